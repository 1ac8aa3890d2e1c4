//! Which dossier numbers belong to a unit, itself and the units below it.
//!
//! What a reader would get wrong: the two forms of agency codes are read in opposite
//! directions (portal.md 12.1), and a unit in one form is never looked for in the other.

use lienthong_core::agency::{AgencyCode, AgencyForm};

/// Length of an agency code in the old form.
const OLD_LENGTH: usize = "000.00.12.H22".len();

/// The first text behind all numbers of the old form, which begin with a digit; those of the
/// new form begin with a letter.
pub(super) const BEHIND_OLD_FORM: &str = ":";

/// How the numbers of a unit are told by their letters, compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UnitNumbers {
    /// New form: numbers from `from` on, before `before`.
    Range {
        /// First text that may be one.
        from: String,
        /// First text behind them.
        before: String,
    },
    /// Old form: numbers that begin with a digit and hold `text` at character `start`.
    Part {
        /// Character, from 1.
        start: usize,
        /// What stands there.
        text: String,
    },
}

impl UnitNumbers {
    /// The numbers of `unit` and of the units below it.
    pub(super) fn of(unit: &AgencyCode) -> Self {
        let code = unit.as_str();
        match unit.form() {
            // Behind the unit's own code comes the hyphen of the number or the point of
            // a unit below; these two are neighbours, and the slash is next.
            AgencyForm::New => Self::Range {
                from: format!("{code}-"),
                before: format!("{code}/"),
            },
            // Leading groups of zeros name no unit, so that every unit may stand there.
            AgencyForm::Old => {
                let named = code.trim_start_matches(['0', '.']);
                let group = code.len() - named.len();
                // A group keeps its own zeros: 000.05.12.H22 begins with "05".
                let begin = code[..group].rfind('.').map_or(0, |point| point + 1);
                let part = &code[begin..];
                Self::Part {
                    start: OLD_LENGTH - part.len() + 1,
                    text: format!("{part}-"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::agency::AgencyCode;

    use super::UnitNumbers;

    #[test]
    fn a_unit_in_the_new_form_is_a_range_of_numbers() {
        let expected = UnitNumbers::Range {
            from: "H22.12-".to_owned(),
            before: "H22.12/".to_owned(),
        };
        assert_eq!(
            UnitNumbers::of(&AgencyCode::parse("H22.12").unwrap()),
            expected
        );
    }

    #[test]
    fn leading_groups_of_zeros_in_the_old_form_stand_for_every_unit() {
        for (code, start, text) in [
            ("000.00.00.H22", 11, "H22-"),
            ("000.00.12.H22", 8, "12.H22-"),
            ("000.05.12.H22", 5, "05.12.H22-"),
            ("001.05.12.H22", 1, "001.05.12.H22-"),
            ("000.10.00.H22", 5, "10.00.H22-"),
        ] {
            let expected = UnitNumbers::Part {
                start,
                text: text.to_owned(),
            };
            let unit = AgencyCode::parse(code).unwrap();
            assert_eq!(UnitNumbers::of(&unit), expected, "{code}");
        }
    }
}
