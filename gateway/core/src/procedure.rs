//! Codes of the national procedure catalogue.
//!
//! A procedure code may carry the agency it was published for as a suffix, so
//! two different texts can name the same national procedure: compare
//! [`ProcedureCode::national`], and send what was given (portal.md 12.4).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::agency::{is_digits, is_level1};

/// Why a text is not the code it should be; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// Not a procedure code (`MaTTHC`).
    #[error("a procedure code has the form 1.001193, 1.001193.H22 or 1.001193.000.00.00.H22")]
    Procedure,
    /// Not a field code (`MaLinhVuc`).
    #[error("a field code has the form G15-TP07")]
    Field,
    /// Not a component code (`MaThanhPhanHoSo`).
    #[error("a component code has the form 000.00.00.G15-KQ004389")]
    Component,
    /// Not a result code (`MaKetQua`).
    #[error("a result code has the form KQ.G07.000122")]
    Result,
}

macro_rules! catalogue_code {
    ($(#[$doc:meta])* $name:ident, $check:ident, $error:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads a code exactly as given.
            ///
            /// # Errors
            #[doc = concat!("[`InvalidCode::", stringify!($error), "`].")]
            pub fn parse(text: &str) -> Result<Self, InvalidCode> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(InvalidCode::$error) }
            }

            /// The code as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidCode;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

catalogue_code! {
    /// Mã thủ tục hành chính (`MaTTHC`): `1.001193`, with or without the suffix
    /// of an agency. Seven digits instead of six occur once in the national
    /// list and are accepted.
    ProcedureCode, is_procedure, Procedure
}

catalogue_code! {
    /// Mã lĩnh vực (`MaLinhVuc`): `G15-TP07`.
    FieldCode, is_field, Field
}

catalogue_code! {
    /// Mã thành phần hồ sơ (`MaThanhPhanHoSo`): `000.00.00.G15-KQ004389`.
    ComponentCode, is_component, Component
}

catalogue_code! {
    /// Mã kết quả (`MaKetQua`): `KQ.G07.000122`.
    ResultCode, is_result, Result
}

impl ProcedureCode {
    /// The part that names the national procedure, without the agency suffix:
    /// `1.001193`.
    #[must_use]
    pub fn national(&self) -> &str {
        national_part(&self.0)
    }

    /// The ministry or province of the agency suffix, if there is one: `H22`.
    #[must_use]
    pub fn level1(&self) -> Option<&str> {
        (self.national().len() < self.0.len()).then(|| &self.0[self.0.len() - 3..])
    }
}

/// Everything before the second dot, or the whole text.
fn national_part(text: &str) -> &str {
    text.match_indices('.')
        .nth(1)
        .map_or(text, |(second_dot, _)| &text[..second_dot])
}

fn is_procedure(text: &str) -> bool {
    let national = national_part(text);
    let well_numbered = national.split_once('.').is_some_and(|(kind, number)| {
        is_digits(kind, 1) && (is_digits(number, 6) || is_digits(number, 7))
    });
    let suffix = &text[national.len()..];
    let level1 = suffix
        .strip_prefix(".000.00.00.")
        .or_else(|| suffix.strip_prefix('.'));
    well_numbered && (suffix.is_empty() || level1.is_some_and(is_level1))
}

/// `G` and two digits.
fn is_ministry(text: &str) -> bool {
    text.starts_with('G') && is_level1(text)
}

fn is_field(text: &str) -> bool {
    text.split_once('-').is_some_and(|(ministry, field)| {
        is_ministry(ministry)
            && matches!(
                field.as_bytes(),
                [b'A'..=b'Z', b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9']
            )
    })
}

fn is_component(text: &str) -> bool {
    text.strip_prefix("000.00.00.")
        .and_then(|rest| rest.split_once("-KQ"))
        .is_some_and(|(ministry, number)| is_ministry(ministry) && is_digits(number, 6))
}

fn is_result(text: &str) -> bool {
    text.strip_prefix("KQ.")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(ministry, number)| is_ministry(ministry) && is_digits(number, 6))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn procedure_codes_of_all_forms_are_read() {
        for (text, national, level1) in [
            ("1.001193", "1.001193", None),
            ("1.004222", "1.004222", None),
            ("1.0133611", "1.0133611", None),
            ("3.000181.000.00.00.H22", "3.000181", Some("H22")),
            ("2.000815.000.00.00.H55", "2.000815", Some("H55")),
            ("2.000815.H55", "2.000815", Some("H55")),
        ] {
            let code = ProcedureCode::parse(text).unwrap();
            assert_eq!(
                (code.national(), code.level1(), code.as_str()),
                (national, level1, text)
            );
        }
    }

    #[test]
    fn what_is_no_procedure_code_is_refused() {
        for text in [
            "",
            "1",
            "1.",
            "1.00119",
            "1.00119333",
            "11.001193",
            "a.001193",
            "1.00119a",
            "1,001193",
            " 1.001193",
            "1.001193.",
            "1.001193.h22",
            "1.001193.01",
            "1.013229.01",
            "2.000815.000.00.00.H55.02",
            "1.001193.000.00.01.H22",
            "1.001193.000.00.00.",
            "VPCP",
            "1.001193.H22.H22",
        ] {
            assert_eq!(
                ProcedureCode::parse(text),
                Err(InvalidCode::Procedure),
                "{text:?}"
            );
        }
    }

    #[test]
    fn field_component_and_result_codes_follow_their_grammar() {
        for good in ["G03-GD10", "G15-TP07", "G01-CA05"] {
            assert_eq!(FieldCode::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "",
            "G15",
            "H15-TP07",
            "G15-TP7",
            "G15-tp07",
            "G15-TP077",
            "G15TP07",
            "G15-ĐĐ07",
        ] {
            assert_eq!(FieldCode::parse(bad), Err(InvalidCode::Field), "{bad:?}");
        }
        for good in [
            "000.00.00.G15-KQ004389",
            "000.00.00.G01-KQ000001",
            "000.00.00.G09-KQ002269",
        ] {
            assert_eq!(ComponentCode::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "",
            "000.00.00.G15-KQ04389",
            "000.00.00.H15-KQ004389",
            "G15-KQ004389",
        ] {
            assert_eq!(
                ComponentCode::parse(bad),
                Err(InvalidCode::Component),
                "{bad:?}"
            );
        }
        for good in ["KQ.G07.000122", "KQ.G01.000001"] {
            assert_eq!(ResultCode::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "",
            "KQ.G07.00122",
            "KQ.H07.000122",
            "G07.000122",
            "KQ.G07-000122",
        ] {
            assert_eq!(ResultCode::parse(bad), Err(InvalidCode::Result), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn codes_survive_the_round_trip(
            procedure in "[0-9]\\.[0-9]{6,7}((\\.000\\.00\\.00)?\\.[A-Z][0-9]{2})?",
            field in "G[0-9]{2}-[A-Z]{2}[0-9]{2}",
            component in "000\\.00\\.00\\.G[0-9]{2}-KQ[0-9]{6}",
            result in "KQ\\.G[0-9]{2}\\.[0-9]{6}",
        ) {
            prop_assert_eq!(ProcedureCode::parse(&procedure).unwrap().to_string(), procedure);
            prop_assert_eq!(FieldCode::parse(&field).unwrap().to_string(), field);
            prop_assert_eq!(ComponentCode::parse(&component).unwrap().to_string(), component);
            prop_assert_eq!(ResultCode::parse(&result).unwrap().to_string(), result);
        }

        #[test]
        fn any_text_is_answered_without_panic(text in prop_oneof![any::<String>(), "[0-9GHKQ.-]{0,24}"]) {
            if let Ok(code) = ProcedureCode::parse(&text) {
                prop_assert!(text.starts_with(code.national()));
                prop_assert!(code.level1().is_none_or(|level1| text.ends_with(level1)));
            }
            prop_assert_eq!(FieldCode::parse(&text).is_ok_and(|code| code.as_str() != text), false);
            prop_assert_eq!(ComponentCode::parse(&text).is_ok_and(|code| code.as_str() != text), false);
            prop_assert_eq!(ResultCode::parse(&text).is_ok_and(|code| code.as_str() != text), false);
        }
    }
}
