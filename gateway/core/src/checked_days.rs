//! Days that a check or a report can be about (ngày kiểm tra).
//!
//! What a reader would get wrong: it says nothing about the days of dossiers. A dossier of an
//! earlier year is looked at like any other where it was in hand on a day that is asked about.

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

const SHIPPED: &str = include_str!("../data/checked-days.toml");

/// Days that a check or a report can be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedDays {
    earliest: Date,
}

/// One thing that is wrong with a file of checked days.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckedDaysProblem {
    /// Not TOML, or not with the expected keys.
    #[error("are no checked days: {0}")]
    Syntax(String),
    /// No day of the calendar.
    #[error("earliest: \"{0}\" is no day in the form yyyy-MM-dd")]
    Day(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: String,
    earliest: Earliest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Earliest {
    day: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: crate::places::SourceCertainty,
}

impl CheckedDays {
    /// Those of the shipped file.
    ///
    /// # Errors
    /// Never for a released program; a test reads it.
    pub fn shipped() -> Result<Self, Vec<CheckedDaysProblem>> {
        Self::parse(SHIPPED)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<CheckedDaysProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![CheckedDaysProblem::Syntax(error.message().to_owned())])?;
        let day = file.earliest.day;
        let earliest = day.parse();
        Ok(Self {
            earliest: earliest.map_err(|_| vec![CheckedDaysProblem::Day(day)])?,
        })
    }

    /// The first day that can be asked about.
    #[must_use]
    pub fn earliest(&self) -> Date {
        self.earliest
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn there_is_nothing_to_check_before_the_year_of_the_list() {
        let days = CheckedDays::shipped().unwrap();
        assert_eq!(days.earliest(), date(2022, 1, 1));
    }

    #[test]
    fn a_day_that_is_none_is_told() {
        let text = SHIPPED.replace("2022-01-01", "2022-02-30");
        let day = CheckedDaysProblem::Day("2022-02-30".to_owned());
        assert_eq!(CheckedDays::parse(&text), Err(vec![day]));
        assert!(matches!(
            CheckedDays::parse("version = 1").unwrap_err()[..],
            [CheckedDaysProblem::Syntax(_)]
        ));
    }
}
