//! How the values of statements are read.
//!
//! What a reader would get wrong: nothing is rounded or converted. "1,5 ngày" has no place in
//! a limit of whole days, and the register refuses it rather than choose what was meant.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

use super::{ClaimProblem, ClaimValue, PaperClaim, Statement, Syntax};
use crate::calendar::TimeLimit;
use crate::citizen::CitizenField;
use crate::procedure::{ComponentCode, ResultCode};
use crate::share::{InvalidPercent, Percent};

/// Most steps of a process.
const MOST_STEPS: usize = 40;
/// Longest name of a department or a source, in characters.
const LONGEST_NAME: usize = 200;
/// Most hours of one step.
const MOST_STEP_HOURS: u64 = 1_000;
/// Largest amount, in đồng.
const MOST_AMOUNT: u64 = 1_000_000_000_000;

/// Reads the value of a statement.
pub(super) fn read(statement: Statement, text: &str) -> Result<ClaimValue, ClaimProblem> {
    let text: String = text.trim().nfc().collect();
    if text.is_empty() {
        return Err(ClaimProblem::Empty { statement });
    }
    let reading = Reading { statement };
    match statement.syntax() {
        Syntax::Flag => reading.flag(&text).map(ClaimValue::Flag),
        Syntax::Papers => reading.papers(&text).map(ClaimValue::Papers),
        Syntax::Fields => reading.fields(&text).map(ClaimValue::Fields),
        Syntax::Percent => reading.percent(&text).map(ClaimValue::Percent),
        Syntax::Limit => reading.limit(&text).map(ClaimValue::Limit),
        Syntax::CutOff => reading.cut_off(&text),
        Syntax::Steps => reading.steps(&text).map(ClaimValue::Steps),
        Syntax::StepHours => reading.step_hours(&text).map(ClaimValue::StepHours),
        Syntax::Count { most } => reading.number(&text, 1, most).map(ClaimValue::Number),
        Syntax::Level => reading.level(&text).map(ClaimValue::Number),
        Syntax::Amount => reading.amount(&text).map(ClaimValue::Number),
        Syntax::Results => reading.results(&text).map(ClaimValue::Results),
    }
}

/// Which statement is read.
#[derive(Clone, Copy)]
struct Reading {
    statement: Statement,
}

impl Reading {
    fn flag(self, text: &str) -> Result<bool, ClaimProblem> {
        match text.to_lowercase().as_str() {
            "có" | "yes" | "true" | "1" | "x" => Ok(true),
            "không" | "no" | "false" | "0" => Ok(false),
            _ => Err(self.form(text)),
        }
    }

    fn papers(self, text: &str) -> Result<Vec<PaperClaim>, ClaimProblem> {
        let mut papers: Vec<PaperClaim> = Vec::new();
        for entry in self.entries(text)? {
            let (code, source) = entry
                .split_once('=')
                .map_or((entry, None), |(code, source)| (code, Some(source.trim())));
            let component = ComponentCode::parse(code.trim()).map_err(|_| self.code(entry))?;
            if papers.iter().any(|it| it.component == component) {
                return Err(self.twice(component.as_str()));
            }
            let named =
                |source: &&str| !source.is_empty() && source.chars().count() <= LONGEST_NAME;
            if source.is_some_and(|source| !named(&source)) {
                return Err(self.form(entry));
            }
            papers.push(PaperClaim {
                component,
                source: source.map(str::to_owned),
            });
        }
        Ok(papers)
    }

    fn fields(self, text: &str) -> Result<BTreeSet<CitizenField>, ClaimProblem> {
        let mut fields = BTreeSet::new();
        for entry in self.entries(text)? {
            let path = entry.rsplit_once('=').map_or(entry, |(_, path)| path);
            let path = path.trim();
            let field = CitizenField::from_path(&path.to_lowercase());
            let field = field.ok_or_else(|| ClaimProblem::Field {
                statement: self.statement,
                found: path.to_owned(),
            })?;
            // Two boxes of a form may come from one field.
            fields.insert(field);
        }
        Ok(fields)
    }

    fn percent(self, text: &str) -> Result<Percent, ClaimProblem> {
        Percent::parse(text).map_err(|error| match error {
            InvalidPercent::Format => self.form(text),
            InvalidPercent::AboveHundred => ClaimProblem::AboveHundred {
                statement: self.statement,
                found: text.to_owned(),
            },
        })
    }

    fn limit(self, text: &str) -> Result<TimeLimit, ClaimProblem> {
        let words = text.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let (number, unit) = match words.as_slice() {
            ["trong", "ngày"] | ["trong", "ngày", "làm", "việc"] | ["same", "day"] => {
                return Ok(TimeLimit::WorkingDays(0));
            }
            [number, unit @ ..] => (*number, unit.join(" ")),
            [] => return Err(self.form(text)),
        };
        let whole = |most: u16| -> Result<u16, ClaimProblem> {
            let found = self.number(number, 1, most.into())?;
            u16::try_from(found).map_err(|_| self.form(text))
        };
        match unit.as_str() {
            "giờ làm việc" | "working hours" | "working hour" => {
                whole(2_000).map(TimeLimit::WorkingHours)
            }
            "ngày làm việc" | "working days" | "working day" => {
                whole(500).map(TimeLimit::WorkingDays)
            }
            "ngày" | "days" | "day" => whole(1_000).map(TimeLimit::CalendarDays),
            "giờ" | "hours" | "hour" => whole(2_000).map(TimeLimit::Hours),
            "tháng" | "months" | "month" => {
                let months = self.number(number, 1, 36)?;
                let months = u8::try_from(months).map_err(|_| self.form(text))?;
                Ok(TimeLimit::Months(months))
            }
            _ => Err(self.form(text)),
        }
    }

    fn cut_off(self, text: &str) -> Result<ClaimValue, ClaimProblem> {
        let time = text.parse().map_err(|_| self.form(text))?;
        Ok(ClaimValue::CutOff(time))
    }

    fn steps(self, text: &str) -> Result<Vec<String>, ClaimProblem> {
        let steps: Vec<String> = text
            .split(['>', '→'])
            .map(|step| step.trim().to_owned())
            .collect();
        let named = |step: &String| !step.is_empty() && step.chars().count() <= LONGEST_NAME;
        if steps.len() > MOST_STEPS || !steps.iter().all(named) {
            return Err(self.form(text));
        }
        Ok(steps)
    }

    fn step_hours(self, text: &str) -> Result<Vec<u32>, ClaimProblem> {
        let hours = |entry: &str| -> Result<u32, ClaimProblem> {
            let (whole, decimals) = entry.split_once([',', '.']).unwrap_or((entry, "0"));
            let decimals = match decimals.len() {
                1 => format!("{decimals}0"),
                2 => decimals.to_owned(),
                _ => return Err(self.form(entry)),
            };
            let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            if whole.is_empty() || !plain(whole) || !plain(&decimals) {
                return Err(self.form(entry));
            }
            let bounds = || self.bounds(entry, 0, MOST_STEP_HOURS);
            let hundredths = format!("{whole}{decimals}")
                .parse::<u32>()
                .map_err(|_| bounds())?;
            let fits = hundredths > 0 && u64::from(hundredths) <= MOST_STEP_HOURS * 100;
            if fits { Ok(hundredths) } else { Err(bounds()) }
        };
        self.entries(text)?.into_iter().map(hours).collect()
    }

    fn level(self, text: &str) -> Result<u64, ClaimProblem> {
        let words = text.to_lowercase();
        let number = words
            .split_whitespace()
            .filter(|word| !matches!(*word, "mức" | "độ" | "vneid" | "level"))
            .collect::<Vec<_>>()
            .join(" ");
        self.number(&number, 1, 3)
    }

    fn amount(self, text: &str) -> Result<u64, ClaimProblem> {
        let lower = text.to_lowercase();
        let number = ["đồng", "vnđ", "vnd", "đ"]
            .iter()
            .find_map(|unit| lower.strip_suffix(unit))
            .unwrap_or(&lower)
            .trim_end();
        let groups: Vec<&str> = number.split(['.', ',', ' ']).collect();
        let grouped = groups.len() == 1
            || groups.first().is_some_and(|first| first.len() <= 3)
                && groups.iter().skip(1).all(|group| group.len() == 3);
        if !grouped {
            return Err(self.form(text));
        }
        self.number(&groups.concat(), 0, MOST_AMOUNT)
    }

    fn results(self, text: &str) -> Result<BTreeSet<ResultCode>, ClaimProblem> {
        let mut results = BTreeSet::new();
        for entry in self.entries(text)? {
            let code = ResultCode::parse(entry).map_err(|_| self.code(entry))?;
            if !results.insert(code) {
                return Err(self.twice(entry));
            }
        }
        Ok(results)
    }

    fn number(self, text: &str, least: u64, most: u64) -> Result<u64, ClaimProblem> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.form(text));
        }
        let number = text.parse().ok();
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.bounds(text, least, most))
    }

    /// The entries of a list; a list of nothing is empty.
    fn entries(self, text: &str) -> Result<Vec<&str>, ClaimProblem> {
        let entries = text.split([';', '\n']).map(str::trim);
        let entries: Vec<&str> = entries.filter(|entry| !entry.is_empty()).collect();
        if entries.is_empty() {
            let statement = self.statement;
            return Err(ClaimProblem::Empty { statement });
        }
        Ok(entries)
    }

    fn form(self, found: &str) -> ClaimProblem {
        ClaimProblem::Form {
            statement: self.statement,
            found: found.to_owned(),
        }
    }

    fn code(self, found: &str) -> ClaimProblem {
        ClaimProblem::Code {
            statement: self.statement,
            found: found.to_owned(),
        }
    }

    fn twice(self, found: &str) -> ClaimProblem {
        ClaimProblem::Twice {
            statement: self.statement,
            found: found.to_owned(),
        }
    }

    fn bounds(self, found: &str, least: u64, most: u64) -> ClaimProblem {
        ClaimProblem::Bounds {
            statement: self.statement,
            found: found.to_owned(),
            least,
            most,
        }
    }
}
