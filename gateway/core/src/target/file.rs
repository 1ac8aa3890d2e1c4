//! The data file of targets.
//!
//! What a reader would get wrong: the metric decides which keys a bound has: `value` for
//! percentages and points, `rank` and `years` for ranks.

use jiff::civil::Date;
use serde::Deserialize;

use super::problem::TargetProblem;
use super::register::{Bound, Metric, Operator, Rank, Scope, Sense, Target, TargetRegister};
use crate::agency::AgencyCode;
use crate::places::SourceCertainty;
use crate::share::Percent;

const CERTAINTIES: &[(&str, SourceCertainty)] = &[
    ("seen", SourceCertainty::Seen),
    ("inferred", SourceCertainty::Inferred),
    ("unverified", SourceCertainty::Unverified),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    target: Vec<Raw>,
}

/// Every key may be missing, so that one such target does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Option<String>,
    metric: Option<String>,
    operator: Option<String>,
    value: Option<String>,
    rank: Option<String>,
    years: Option<i64>,
    sense: Option<String>,
    scope: Option<String>,
    consequence: Option<String>,
    authority: Option<String>,
    unit: Option<String>,
    document: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    scope_ends: Option<String>,
    source: Option<String>,
    certainty: Option<String>,
    validity_certainty: Option<String>,
}

impl TargetRegister {
    /// Reads a register in the form of `data/targets.toml`:
    ///
    /// ```toml
    /// version = "2026-11-1"
    ///
    /// [[target]]
    /// id = "T1"
    /// metric = "late-dossiers"
    /// operator = "at-least"
    /// value = "5%"
    /// sense = "bars"
    /// scope = "unit"
    /// consequence = "không xếp hạng tốt về kết quả CCHC"
    /// authority = "Ban Thường vụ Tỉnh ủy Khánh Hòa"
    /// unit = "H32"
    /// document = "Kết luận số 91"
    /// valid_from = "2022-10-27"
    /// source = "001_db0fd330bd77ffbc.txt"
    /// certainty = "seen"
    /// validity_certainty = "inferred"
    /// ```
    ///
    /// Optional are `unit`, `valid_to` (the last day) and `scope_ends` (the last day of an
    /// abolished tier). Ranks have `rank` and `years` instead of `value`.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<TargetProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![TargetProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        if file.target.is_empty() {
            problems.push(TargetProblem::Empty);
        }
        let mut targets = Vec::with_capacity(file.target.len());
        let mut ids: Vec<String> = Vec::new();
        for (target, raw) in (1..).zip(file.target) {
            let id = raw.id.clone().unwrap_or_default();
            let earlier = ids.iter().position(|one| *one == id && !id.is_empty());
            if let Some(earlier) = earlier.map(|place| place + 1) {
                problems.push(TargetProblem::SameId { target, earlier });
            }
            ids.push(id);
            let mut reading = Reading {
                target,
                problems: &mut problems,
            };
            targets.extend(reading.target(raw));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            version: file.version,
            targets,
        })
    }
}

/// Reads one target and keeps what is wrong with it.
struct Reading<'p> {
    target: usize,
    problems: &'p mut Vec<TargetProblem>,
}

impl Reading<'_> {
    /// The target; `None` when anything is wrong with it.
    fn target(&mut self, raw: Raw) -> Option<Target> {
        let before = self.problems.len();
        let metric = self.one_of("metric", raw.metric.as_deref(), Metric::NAMES);
        let operator = self.one_of("operator", raw.operator.as_deref(), Operator::NAMES);
        let bound = metric.and_then(|metric| self.bound(metric, &raw));
        let sense = self.one_of("sense", raw.sense.as_deref(), Sense::NAMES);
        let scope = self.one_of("scope", raw.scope.as_deref(), Scope::NAMES);
        let unit = raw.unit.map(|text| AgencyCode::parse(&text));
        if matches!(unit, Some(Err(_))) {
            let target = self.target;
            self.problems.push(TargetProblem::Unit { target });
        }
        let valid_from = self.text("valid_from", raw.valid_from);
        let valid_from = self.day("valid_from", valid_from);
        let valid_to = self.day("valid_to", raw.valid_to);
        let scope_ends = self.day("scope_ends", raw.scope_ends);
        let last = valid_to.into_iter().chain(scope_ends).min();
        if last.is_some_and(|last| valid_from.is_some_and(|first| last < first)) {
            let target = self.target;
            self.problems.push(TargetProblem::Backwards { target });
        }
        let known = CERTAINTIES;
        let certainty = self.one_of("certainty", raw.certainty.as_deref(), known);
        let validity = raw.validity_certainty.as_deref();
        let validity_certainty = self.one_of("validity_certainty", validity, known);
        let id = self.text("id", raw.id);
        let consequence = self.text("consequence", raw.consequence);
        let authority = self.text("authority", raw.authority);
        let document = self.text("document", raw.document);
        let source = self.text("source", raw.source);
        if self.problems.len() > before {
            return None;
        }
        Some(Target {
            id: id?,
            metric: metric?,
            operator: operator?,
            bound: bound?,
            sense: sense?,
            scope: scope?,
            consequence: consequence?,
            authority: authority?,
            unit: unit.and_then(Result::ok),
            document: document?,
            valid_from: valid_from?,
            valid_to,
            scope_ends,
            source: source?,
            certainty: certainty?,
            validity_certainty: validity_certainty?,
        })
    }

    fn bound(&mut self, metric: Metric, raw: &Raw) -> Option<Bound> {
        if metric == Metric::ReformRank {
            self.needless("value", raw.value.is_some());
            let rank = self.one_of("rank", raw.rank.as_deref(), Rank::NAMES);
            let years = self.years(raw.years);
            return Some(Bound::Rank {
                rank: rank?,
                years: years?,
            });
        }
        self.needless("rank", raw.rank.is_some());
        self.needless("years", raw.years.is_some());
        let found = self.text("value", raw.value.clone())?;
        let Ok(percent) = Percent::parse(&found) else {
            let target = self.target;
            self.problems.push(TargetProblem::Percent { target, found });
            return None;
        };
        Some(if metric == Metric::DigitisedResultsGrowth {
            Bound::PointsAYear(percent)
        } else {
            Bound::Percent(percent)
        })
    }

    fn years(&mut self, years: Option<i64>) -> Option<u8> {
        let target = self.target;
        let Some(found) = years else {
            self.missing("years");
            return None;
        };
        let years = u8::try_from(found).ok().filter(|it| (1..=10).contains(it));
        if years.is_none() {
            self.problems.push(TargetProblem::Years { target, found });
        }
        years
    }

    fn missing(&mut self, key: &'static str) {
        let target = self.target;
        self.problems.push(TargetProblem::Missing { target, key });
    }

    fn needless(&mut self, key: &'static str, is_there: bool) {
        if is_there {
            let target = self.target;
            self.problems.push(TargetProblem::Needless { target, key });
        }
    }

    fn text(&mut self, key: &'static str, value: Option<String>) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty());
        if value.is_none() {
            self.missing(key);
        }
        value
    }

    fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        found: Option<&str>,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let Some(found) = found else {
            self.missing(key);
            return None;
        };
        let value = known.iter().find(|(name, _)| *name == found);
        if value.is_none() {
            self.problems.push(TargetProblem::Unknown {
                target: self.target,
                key,
                found: found.to_owned(),
                known: known.iter().map(|(name, _)| *name).collect(),
            });
        }
        value.map(|&(_, value)| value)
    }

    fn day(&mut self, key: &'static str, text: Option<String>) -> Option<Date> {
        let found = text?;
        let day = found.parse().ok();
        if day.is_none() {
            let target = self.target;
            self.problems
                .push(TargetProblem::Day { target, key, found });
        }
        day
    }
}
