//! Names of agencies, as reports show them.
//!
//! What a reader would get wrong: a name goes onto lists that are published. So it names an
//! agency and nobody who works there; what looks like a person's number or address is refused,
//! from an operator's file and from the catalogue of units alike.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::agency::AgencyCode;
use crate::text::{InvalidText, Text};

/// Digits in a row from which on a number may be a person's: an old identity card has nine,
/// a telephone ten, the personal number twelve.
const PERSONAL_DIGITS: usize = 9;

/// Why a text is no name of an agency; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidUnitName {
    /// Empty, longer than 200 characters, or with control characters.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// On more than one line.
    #[error("must be on one line")]
    Lines,
    /// A number that may be a person's, or an address.
    #[error("must not hold a number of nine digits or more, nor an e-mail address")]
    Personal,
}

/// Reads the name of an agency, trimmed.
///
/// # Errors
/// [`InvalidUnitName`], naming the first rule that is broken.
pub fn unit_name(raw: &str) -> Result<String, InvalidUnitName> {
    let name = Text::<200>::parse(raw)?;
    let name = name.as_str();
    if name.contains(['\n', '\t']) {
        return Err(InvalidUnitName::Lines);
    }
    // Numbers are also written in groups.
    let joined: String = name
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-'))
        .collect();
    let mut runs = joined.split(|c: char| !c.is_ascii_digit());
    if name.contains('@') || runs.any(|run| run.len() >= PERSONAL_DIGITS) {
        return Err(InvalidUnitName::Personal);
    }
    Ok(name.to_owned())
}

/// One thing that is wrong with a file of names; entries are counted from 1 in the order of
/// the file. Holds nothing of what stands there, which may be about a person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnitNamesProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a file of names of agencies: {0}")]
    Syntax(String),
    /// `version` is missing or empty.
    #[error("`version` is missing")]
    Version,
    /// `code` is missing or no code.
    #[error("unit {entry}: `code` is not a code such as H60, H60.12 or 000.00.12.H60")]
    Code {
        /// Which entry.
        entry: usize,
    },
    /// A code that stands twice.
    #[error("unit {entry}: {code} stands there already")]
    CodeAgain {
        /// Which entry.
        entry: usize,
        /// Which code.
        code: AgencyCode,
    },
    /// `name` is missing or no name of an agency.
    #[error("unit {entry}: `name` {why}")]
    Name {
        /// Which entry.
        entry: usize,
        /// Why.
        why: InvalidUnitName,
    },
}

/// Tên cơ quan, đơn vị by their codes, as an operator supplies them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitNames {
    version: String,
    names: BTreeMap<AgencyCode, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<String>,
    #[serde(default)]
    unit: Vec<Raw>,
}

/// Every key may be missing, so that one such entry does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    code: Option<String>,
    name: Option<String>,
}

impl UnitNames {
    /// Reads a file of names:
    ///
    /// ```toml
    /// version = "2026-11-1"
    ///
    /// [[unit]]
    /// code = "H60.12"
    /// name = "Ủy ban nhân dân xã Thử Một"
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong, entry by entry in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<UnitNamesProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![UnitNamesProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        let version = file.version.unwrap_or_default().trim().to_owned();
        if version.is_empty() {
            problems.push(UnitNamesProblem::Version);
        }
        let mut names = BTreeMap::new();
        for (entry, raw) in (1..).zip(file.unit) {
            let code = AgencyCode::parse(raw.code.unwrap_or_default().trim());
            let name = unit_name(&raw.name.unwrap_or_default());
            if code.is_err() {
                problems.push(UnitNamesProblem::Code { entry });
            }
            if let Err(why) = name {
                problems.push(UnitNamesProblem::Name { entry, why });
            }
            let (Ok(code), Ok(name)) = (code, name) else {
                continue;
            };
            if names.insert(code.clone(), name).is_some() {
                problems.push(UnitNamesProblem::CodeAgain { entry, code });
            }
        }
        if problems.is_empty() {
            Ok(Self { version, names })
        } else {
            Err(problems)
        }
    }

    /// Version of the data; empty where there is none.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The names by their codes.
    #[must_use]
    pub fn names(&self) -> &BTreeMap<AgencyCode, String> {
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_agencies_are_read_by_their_codes_in_both_forms() {
        let text = "version = \"1\"\n\
                    [[unit]]\ncode = \"H60.12\"\nname = \" UBND xã Thử Một \"\n\
                    [[unit]]\ncode = \"000.00.12.H60\"\nname = \"Trường THPT 19-5, cơ sở 2\"\n";
        let names = UnitNames::parse(text).unwrap();
        let all: Vec<&str> = names.names().values().map(String::as_str).collect();
        assert_eq!(all, ["Trường THPT 19-5, cơ sở 2", "UBND xã Thử Một"]);
        assert_eq!(names.version(), "1");
    }

    #[test]
    fn everything_wrong_with_a_file_is_told_at_once_and_nothing_of_what_stands_there() {
        let text = "[[unit]]\ncode = \"xã Thử\"\nname = \"\"\n\
                    [[unit]]\ncode = \"H60.12\"\nname = \"Ông A 000.090.012.345\"\n\
                    [[unit]]\ncode = \"H60.13\"\nname = \"UBND\"\n\
                    [[unit]]\ncode = \"H60.13\"\nname = \"UBND\\nxã\"\n\
                    [[unit]]\ncode = \"H60.13\"\nname = \"UBND\"\n";
        let problems = UnitNames::parse(text).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "`version` is missing",
                "unit 1: `code` is not a code such as H60, H60.12 or 000.00.12.H60",
                "unit 1: `name` must not be empty",
                "unit 2: `name` must not hold a number of nine digits or more, nor an e-mail \
                 address",
                "unit 4: `name` must be on one line",
                "unit 5: H60.13 stands there already",
            ]
        );
    }

    #[test]
    fn what_looks_like_a_persons_number_or_address_is_no_name() {
        for raw in [
            "012345678",
            "Số 0123 456 789",
            "a@xa.invalid",
            "000-090-012-345",
        ] {
            assert_eq!(unit_name(raw), Err(InvalidUnitName::Personal), "{raw}");
        }
        assert!(unit_name("Công an phường 12, Quận 10").is_ok());
    }

    #[test]
    fn a_file_with_a_key_that_nobody_knows_is_refused() {
        let text = "version = \"1\"\n[[unit]]\ncode = \"H60\"\nname = \"X\"\nhead = \"Y\"\n";
        let problems = UnitNames::parse(text).unwrap_err();
        assert!(matches!(problems[..], [UnitNamesProblem::Syntax(_)]));
    }
}
