//! Values of the data file, read one by one.
//!
//! What a reader would get wrong: what cannot be read is noted and read as nothing, so that
//! everything that is wrong is told at once.

use jiff::civil::Date;

use super::Reading;
use crate::check::rules::{CheckRule, CheckRulesProblem};
use crate::places::SourceCertainty;
use crate::share::Percent;

const CERTAINTIES: &[(&str, SourceCertainty)] = &[
    ("seen", SourceCertainty::Seen),
    ("inferred", SourceCertainty::Inferred),
    ("unverified", SourceCertainty::Unverified),
];

impl Reading<'_> {
    pub(super) fn certainty(
        &mut self,
        found: Option<String>,
        known: Option<SourceCertainty>,
    ) -> Option<SourceCertainty> {
        match found {
            Some(found) => self.one_of("certainty", &found, CERTAINTIES),
            None => known.or_else(|| {
                self.missing("certainty");
                None
            }),
        }
    }

    pub(super) fn missing(&mut self, key: &'static str) {
        let id = self.id.clone();
        self.problems.push(CheckRulesProblem::Missing { id, key });
    }

    pub(super) fn text(&mut self, key: &'static str, value: Option<String>) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty());
        if value.is_none() {
            self.missing(key);
        }
        value
    }

    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        found: &str,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let value = known.iter().find(|(name, _)| *name == found);
        if value.is_none() {
            self.problems.push(CheckRulesProblem::Unknown {
                id: self.id.clone(),
                key,
                found: found.to_owned(),
                known: known.iter().map(|(name, _)| *name).collect(),
            });
        }
        value.map(|&(_, value)| value)
    }

    pub(super) fn percent(&mut self, key: &'static str, found: &str) -> Option<Percent> {
        let percent = Percent::parse(found).ok();
        if percent.is_none() {
            self.problems.push(CheckRulesProblem::Percent {
                id: self.id.clone(),
                key,
                found: found.to_owned(),
            });
        }
        percent
    }

    pub(super) fn number(
        &mut self,
        key: &'static str,
        found: Option<i64>,
        least: i64,
        most: i64,
    ) -> Option<i64> {
        let Some(found) = found else {
            self.missing(key);
            return None;
        };
        if (least..=most).contains(&found) {
            return Some(found);
        }
        self.problems.push(CheckRulesProblem::Number {
            id: self.id.clone(),
            key,
            found,
            least,
            most,
        });
        None
    }

    pub(super) fn day(&mut self, key: &'static str, value: Option<String>) -> Option<Date> {
        let found = value?;
        let day = found.parse().ok();
        if day.is_none() {
            self.problems.push(CheckRulesProblem::Day {
                id: self.id.clone(),
                key,
                found,
            });
        }
        day
    }

    /// Days that are shorter than the `allowance` would hold a result that is not counted yet
    /// for one that is never used.
    pub(super) fn never(
        &mut self,
        found: Option<i64>,
        allowance: Option<i64>,
        known: Option<&CheckRule>,
    ) -> Option<u16> {
        if !self.shape.never() {
            return None;
        }
        let known = known.and_then(|it| it.least_days_for_never).map(i64::from);
        let least = allowance.map_or(1, |minutes| minutes.div_euclid(24 * 60) + 1);
        let days = self.number(
            "least_days_for_never",
            found.or(known),
            least,
            super::MOST_DAYS,
        )?;
        u16::try_from(days).ok()
    }

    pub(super) fn most(&mut self, found: Option<i64>, known: Option<&CheckRule>) -> Option<u32> {
        if !self.shape.most() {
            return None;
        }
        let known = known.and_then(|it| it.most).map(i64::from);
        let most = self.number("most", found.or(known), 0, 100)?;
        u32::try_from(most).ok()
    }
}
