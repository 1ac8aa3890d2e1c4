//! The data file of rules of checks.
//!
//! What a reader would get wrong: a province's own file names only what it has otherwise.
//! What an entry does not name stays as shipped, except its source, which every entry has.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::Deserialize;

use super::{CheckRule, CheckRules, CheckRulesProblem, LawRule, ShareBound};
use crate::check::finding::Criterion;
use crate::essential::{Days, ServiceNumber};
use crate::name::spelling_key;
use crate::target::Operator;

/// Largest sample that may be asked for.
const MOST_SAMPLE: i64 = 1_000_000;
/// Longest allowance: a year, in minutes.
const MOST_MINUTES: i64 = 366 * 24 * 60;
/// Longest time after which a result may be taken for one that is never used: ten years.
const MOST_DAYS: i64 = 3_660;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<String>,
    #[serde(default)]
    population_sources: Vec<String>,
    #[serde(default)]
    department: Vec<RawDepartment>,
    #[serde(default)]
    criterion: Vec<Raw>,
}

/// A role in a process, and how units call it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDepartment {
    role: Option<String>,
    #[serde(default)]
    names: Vec<String>,
}

/// Every key may be missing, so that one such entry does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Option<String>,
    name_vi: Option<String>,
    name_en: Option<String>,
    operator: Option<String>,
    bound: Option<String>,
    least_sample: Option<i64>,
    least_coverage: Option<String>,
    allowance_minutes: Option<i64>,
    least_days_for_never: Option<i64>,
    most: Option<i64>,
    law: Option<RawLaw>,
    source: Option<String>,
    certainty: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLaw {
    document: Option<String>,
    from: Option<String>,
    to: Option<String>,
    last_service: Option<i64>,
    operator: Option<String>,
    bound: Option<String>,
    certainty: Option<String>,
}

/// Which keys mean something for a criterion.
#[derive(Clone, Copy)]
struct Shape(Criterion);

impl Shape {
    /// A share is judged.
    fn bound(self) -> bool {
        match self.0 {
            Criterion::K(3 | 4 | 8) | Criterion::C(4 | 6..=9 | 14 | 15) => false,
            Criterion::K(_) | Criterion::C(_) => true,
        }
    }

    /// Time is allowed before something counts.
    fn allowance(self) -> bool {
        matches!(self.0, Criterion::K(2) | Criterion::C(6 | 8 | 14))
    }

    /// That something never happened is judged.
    fn never(self) -> bool {
        self.0 == Criterion::C(8)
    }

    /// Something is counted in each dossier.
    fn most(self) -> bool {
        self.0 == Criterion::C(7)
    }

    /// A rule in law is held against the traffic.
    fn law(self) -> bool {
        matches!(self.0, Criterion::C(3 | 6 | 7 | 9 | 11..=15))
    }

    /// That rule has a bound of its own beside the one for documents.
    fn law_bound(self) -> bool {
        matches!(self.0, Criterion::C(3 | 11))
    }
}

impl CheckRules {
    /// Reads rules:
    ///
    /// ```toml
    /// version = "2026-11-1"
    ///
    /// [[criterion]]
    /// id = "C1"
    /// name_vi = "Giấy tờ đã cắt giảm hoặc thay thế"
    /// name_en = "Papers that were cut or replaced"
    /// operator = "at-most"
    /// bound = "2%"
    /// least_sample = 30
    /// least_coverage = "50%"
    /// source = "chính sách của tỉnh, chưa có văn bản"
    /// certainty = "inferred"
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong, criterion by criterion in the order of the file; a
    /// criterion without an entry is one of them.
    pub fn parse(text: &str) -> Result<Self, Vec<CheckRulesProblem>> {
        let none = Self {
            version: String::new(),
            population_sources: Vec::new(),
            departments: BTreeMap::new(),
            rules: BTreeMap::new(),
        };
        none.extended_by(text)
    }

    /// These rules with those of a province's own file of the same form above them, which
    /// has only what is otherwise. The version becomes that of both.
    ///
    /// # Errors
    /// Everything that is wrong, criterion by criterion in the order of the file.
    pub fn extended_by(&self, text: &str) -> Result<Self, Vec<CheckRulesProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![CheckRulesProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        let version = file.version.unwrap_or_default().trim().to_owned();
        if version.is_empty() {
            problems.push(CheckRulesProblem::Version);
        }
        let mut rules = self.rules.clone();
        let mut seen = BTreeSet::new();
        for (entry, raw) in (1..).zip(file.criterion) {
            let found = raw.id.clone().unwrap_or_default();
            let Some(criterion) = Criterion::from_id(&found) else {
                problems.push(CheckRulesProblem::Criterion { entry, found });
                continue;
            };
            if !seen.insert(criterion) {
                let id = criterion.id();
                problems.push(CheckRulesProblem::Again { entry, id });
            }
            let known = self.rules.get(&criterion);
            let mut reading = Reading {
                id: found,
                shape: Shape(criterion),
                problems: &mut problems,
            };
            if let Some(rule) = reading.rule(raw, known) {
                rules.insert(criterion, rule);
            }
        }
        let absent = |it: &Criterion| !rules.contains_key(it) && !seen.contains(it);
        problems.extend(Criterion::all().filter(absent).map(|it| {
            let id = it.id();
            CheckRulesProblem::Absent { id }
        }));
        let departments = self.departments_with(file.department, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let version = if self.version.is_empty() {
            version
        } else {
            format!("{}+{version}", self.version)
        };
        let mut population_sources = self.population_sources.clone();
        population_sources.extend(file.population_sources);
        Ok(Self {
            version,
            population_sources,
            departments,
            rules,
        })
    }

    fn departments_with(
        &self,
        entries: Vec<RawDepartment>,
        problems: &mut Vec<CheckRulesProblem>,
    ) -> BTreeMap<String, String> {
        let mut departments = self.departments.clone();
        for (entry, raw) in (1..).zip(entries) {
            let role = spelling_key(raw.role.as_deref().unwrap_or_default());
            if role.is_empty() {
                let (id, key) = (format!("department {entry}"), "role");
                problems.push(CheckRulesProblem::Missing { id, key });
            }
            let names = raw.names.iter().map(|name| spelling_key(name));
            for name in names.chain([role.clone()]).filter(|it| !it.is_empty()) {
                departments.insert(name, role.clone());
            }
        }
        departments
    }
}

/// Reads one entry and keeps what is wrong with it.
struct Reading<'p> {
    id: String,
    shape: Shape,
    problems: &'p mut Vec<CheckRulesProblem>,
}

impl Reading<'_> {
    /// The rule; `None` when anything is wrong with it.
    fn rule(&mut self, raw: Raw, known: Option<&CheckRule>) -> Option<CheckRule> {
        let before = self.problems.len();
        self.needless(&raw);
        let of = |text: &CheckRule| (text.name_vi.clone(), text.name_en.clone());
        let names = known.map(of).unzip();
        let name_vi = self.text("name_vi", raw.name_vi.or(names.0));
        let name_en = self.text("name_en", raw.name_en.or(names.1));
        let standing = known.and_then(|it| it.bound);
        let bound = if self.shape.bound() {
            self.bound("bound", raw.operator, raw.bound, standing)
        } else {
            None
        };
        let least_sample = raw.least_sample.or_else(|| {
            let sample = known?.least_sample;
            i64::try_from(sample).ok()
        });
        let least_sample = self.number("least_sample", least_sample, 1, MOST_SAMPLE);
        let coverage = raw.least_coverage;
        let least_coverage = match coverage {
            Some(found) => self.percent("least_coverage", &found),
            None => known.and_then(|it| it.least_coverage),
        };
        let minutes = raw.allowance_minutes.or_else(|| {
            let allowance = known.map(|it| it.allowance.as_secs() / 60);
            allowance.or((!self.shape.allowance()).then_some(0))
        });
        let minutes = self.number("allowance_minutes", minutes, 0, MOST_MINUTES);
        let never = self.never(raw.least_days_for_never, minutes, known);
        let most = self.most(raw.most, known);
        let law = self.law(raw.law, known);
        let source = self.text("source", raw.source);
        let certainty = self.certainty(raw.certainty, known.map(|it| it.certainty));
        if self.problems.len() > before {
            return None;
        }
        Some(CheckRule {
            name_vi: name_vi?,
            name_en: name_en?,
            bound,
            least_sample: u64::try_from(least_sample?).ok()?,
            least_coverage,
            allowance: SignedDuration::from_mins(minutes?),
            least_days_for_never: never,
            most,
            law,
            source: source?,
            certainty: certainty?,
        })
    }

    /// Keys that mean nothing for this criterion are told, as a bound that is not read
    /// would seem to be in force.
    fn needless(&mut self, raw: &Raw) {
        let there = [
            ("operator", raw.operator.is_some() && !self.shape.bound()),
            ("bound", raw.bound.is_some() && !self.shape.bound()),
            (
                "allowance_minutes",
                raw.allowance_minutes.is_some() && !self.shape.allowance(),
            ),
            (
                "least_days_for_never",
                raw.least_days_for_never.is_some() && !self.shape.never(),
            ),
            ("most", raw.most.is_some() && !self.shape.most()),
            ("law", raw.law.is_some() && !self.shape.law()),
        ];
        for (key, needless) in there {
            if needless {
                let id = self.id.clone();
                self.problems.push(CheckRulesProblem::Needless { id, key });
            }
        }
    }

    fn law(&mut self, raw: Option<RawLaw>, known: Option<&CheckRule>) -> Option<LawRule> {
        if !self.shape.law() {
            return None;
        }
        let known = known.and_then(|it| it.law.as_ref());
        let Some(raw) = raw else {
            if known.is_none() {
                self.missing("law");
            }
            return known.cloned();
        };
        let document = self.text("law.document", raw.document);
        let from = self.day("law.from", raw.from);
        let to = self.day("law.to", raw.to);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            let id = self.id.clone();
            self.problems.push(CheckRulesProblem::Backwards { id });
        }
        let last = raw.last_service;
        let last = last.and_then(|it| self.number("law.last_service", Some(it), 1, 999));
        let bound = if self.shape.law_bound() {
            self.bound("law.bound", raw.operator, raw.bound, None)
        } else {
            if raw.bound.is_some() || raw.operator.is_some() {
                let (id, key) = (self.id.clone(), "law.bound");
                self.problems.push(CheckRulesProblem::Needless { id, key });
            }
            None
        };
        Some(LawRule {
            document: document?,
            days: Days { from, to },
            last_service: last
                .and_then(|it| u16::try_from(it).ok())
                .and_then(ServiceNumber::new),
            bound,
            certainty: self.certainty(raw.certainty, None)?,
        })
    }

    fn bound(
        &mut self,
        key: &'static str,
        operator: Option<String>,
        percent: Option<String>,
        known: Option<ShareBound>,
    ) -> Option<ShareBound> {
        let operator = match operator {
            Some(found) => self.one_of("operator", &found, Operator::NAMES),
            None => known.map(|it| it.operator).or_else(|| {
                self.missing("operator");
                None
            }),
        };
        let percent = match percent {
            Some(found) => self.percent(key, &found),
            None => known.map(|it| it.percent).or_else(|| {
                self.missing(key);
                None
            }),
        };
        Some(ShareBound {
            operator: operator?,
            percent: percent?,
        })
    }
}
