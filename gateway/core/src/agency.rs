//! Identification codes of agencies, in the two forms that are in use at once.
//!
//! The forms are read in opposite directions: the old one (QCVN 102:2016) puts
//! the ministry or province last, the new one (QĐ 20/2020/QĐ-TTg) first
//! (portal.md 12.1). Neither is ever rewritten into the other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest agency code, in characters (QĐ 20/2020/QĐ-TTg, portal.md 12.1).
pub const MAX_CHARACTERS: usize = 35;

/// How many groups may follow the first level in the new form, and how many
/// characters each may have (portal.md 12.3, inferred).
const MAX_SUBLEVELS: usize = 7;
const MAX_SUBLEVEL_CHARACTERS: usize = 4;

/// Mã định danh cơ quan: `000.00.01.H22` or `H22.12`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgencyCode(String);

/// Which rule an agency code follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgencyForm {
    /// QCVN 102:2016/BTTTT: four groups, least significant first.
    Old,
    /// QĐ 20/2020/QĐ-TTg: most significant first.
    New,
}

/// Why a text is not an agency code; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAgencyCode {
    /// More than [`MAX_CHARACTERS`].
    #[error("an agency code has at most {MAX_CHARACTERS} characters, found {found}")]
    TooLong {
        /// Characters found.
        found: usize,
    },
    /// Neither the old nor the new form.
    #[error("an agency code has the form 000.00.01.H22 or H22.12")]
    Format,
}

impl AgencyCode {
    /// Reads a code exactly as given, in either form.
    ///
    /// # Errors
    /// [`InvalidAgencyCode`] when it is too long or has neither form.
    pub fn parse(text: &str) -> Result<Self, InvalidAgencyCode> {
        let found = text.chars().count();
        if found > MAX_CHARACTERS {
            return Err(InvalidAgencyCode::TooLong { found });
        }
        if is_old(text) || is_new(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAgencyCode::Format)
        }
    }

    /// The code as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which of the two forms this code has.
    #[must_use]
    pub fn form(&self) -> AgencyForm {
        if self.0.starts_with(|c: char| c.is_ascii_digit()) {
            AgencyForm::Old
        } else {
            AgencyForm::New
        }
    }

    /// The ministry (`G09`) or province (`H22`) that the agency belongs to.
    #[must_use]
    pub fn level1(&self) -> &str {
        match self.form() {
            AgencyForm::Old => &self.0[self.0.len() - 3..],
            AgencyForm::New => &self.0[..3],
        }
    }

    /// Whether `other` is this agency or one below it. Between the two forms only a whole
    /// ministry or province is recognised.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        let (above, below) = (self.path(), other.path());
        let comparable = self.form() == other.form() || above.len() == 1;
        comparable && below.starts_with(&above)
    }

    /// Its groups, the ministry or province first, without the zeros that stand for none.
    fn path(&self) -> Vec<&str> {
        match self.form() {
            AgencyForm::New => self.0.split('.').collect(),
            AgencyForm::Old => {
                let mut path: Vec<&str> = self.0.rsplit('.').collect();
                let is_none = |group: &str| group.bytes().all(|byte| byte == b'0');
                while path.last().is_some_and(|group| is_none(group)) {
                    path.pop();
                }
                path
            }
        }
    }
}

/// A letter and two digits: `G09`, `H22`.
pub(crate) fn is_level1(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9'])
}

/// Exactly `count` ASCII digits.
pub(crate) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_old(text: &str) -> bool {
    let mut groups = text.split('.');
    let widths = [3, 2, 2]
        .iter()
        .all(|&width| groups.next().is_some_and(|g| is_digits(g, width)));
    widths && groups.next().is_some_and(is_level1) && groups.next().is_none()
}

fn is_new(text: &str) -> bool {
    let mut groups = text.split('.');
    groups.next().is_some_and(is_level1)
        && groups.clone().count() <= MAX_SUBLEVELS
        && groups.all(|group| {
            (1..=MAX_SUBLEVEL_CHARACTERS).contains(&group.len())
                && group
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        })
}

impl FromStr for AgencyCode {
    type Err = InvalidAgencyCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AgencyCode {
    type Error = InvalidAgencyCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<AgencyCode> for String {
    fn from(code: AgencyCode) -> Self {
        code.0
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_are_read_with_their_first_level() {
        for (text, form, level1) in [
            ("000.00.01.H22", AgencyForm::Old, "H22"),
            ("000.17.22.H56", AgencyForm::Old, "H56"),
            ("000.00.00.H30", AgencyForm::Old, "H30"),
            ("000.00.00.G15", AgencyForm::Old, "G15"),
            ("H56.14", AgencyForm::New, "H56"),
            ("H26.170", AgencyForm::New, "H26"),
            ("H55.242", AgencyForm::New, "H55"),
            ("G09.20", AgencyForm::New, "G09"),
            ("H22.1.2", AgencyForm::New, "H22"),
            ("H22", AgencyForm::New, "H22"),
            ("H22.A1.0Z9", AgencyForm::New, "H22"),
        ] {
            let code = AgencyCode::parse(text).unwrap();
            assert_eq!(
                (code.form(), code.level1(), code.as_str()),
                (form, level1, text)
            );
            assert_eq!(code.to_string(), text);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "h22",
            "H2",
            "H222",
            "22H",
            "H22.",
            ".H22",
            "H22..1",
            "H22.12345",
            "H22.a",
            "H22 ",
            "H22-1",
            "000.00.01.h22",
            "000.00.H22",
            "00.00.01.H22",
            "000.00.01.H22.1",
            "000.000.01.H22",
            "H22.1.2.3.4.5.6.7.8",
            "H22.Đ",
        ] {
            assert_eq!(
                AgencyCode::parse(text),
                Err(InvalidAgencyCode::Format),
                "{text:?}"
            );
        }
    }

    #[test]
    fn thirty_five_characters_are_the_limit() {
        let longest = "H22.AAAA.AAAA.AAAA.AAAA.AAAA.AAAA.A";
        assert_eq!(longest.len(), MAX_CHARACTERS);
        assert!(AgencyCode::parse(longest).is_ok());
        let longer = format!("{longest}A");
        assert_eq!(
            AgencyCode::parse(&longer),
            Err(InvalidAgencyCode::TooLong { found: 36 })
        );
    }

    proptest! {
        #[test]
        fn a_code_survives_the_round_trip(
            text in prop_oneof![
                "[0-9]{3}\\.[0-9]{2}\\.[0-9]{2}\\.[A-Z][0-9]{2}",
                "[A-Z][0-9]{2}(\\.[0-9A-Z]{1,4}){0,6}",
            ]
        ) {
            let code = AgencyCode::parse(&text).unwrap();
            prop_assert_eq!(code.to_string(), &text[..]);
            prop_assert!(is_level1(code.level1()));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in prop_oneof![any::<String>(), "[0-9A-Z.]{0,40}"]) {
            if let Ok(code) = AgencyCode::parse(&text) {
                prop_assert_eq!(code.as_str(), &text[..]);
                prop_assert!(is_level1(code.level1()));
            }
        }
    }

    #[test]
    fn an_agency_includes_what_is_below_it() {
        let code = |text: &str| AgencyCode::parse(text).unwrap();
        let includes = |above: &str, below: &str| code(above).includes(&code(below));
        assert!(includes("H22", "H22"));
        assert!(includes("H22", "H22.12.3"));
        assert!(includes("H22.12", "H22.12.3"));
        assert!(!includes("H22.1", "H22.12"));
        assert!(!includes("H22.12.3", "H22.12"));
        assert!(includes("000.00.00.H22", "000.05.01.H22"));
        assert!(includes("000.00.01.H22", "000.05.01.H22"));
        assert!(!includes("000.00.02.H22", "000.05.01.H22"));
        assert!(includes("H22", "000.05.01.H22"), "the whole province");
        assert!(includes("000.00.00.H22", "H22.12"));
        assert!(!includes("H22.12", "000.00.12.H22"), "never rewritten");
        assert!(!includes("H22", "H23.1"));
    }
}
