//! Shares and percentages without floating point, so that a threshold is met or missed
//! exactly and a report is the same byte for byte.
//!
//! What a reader would get wrong: a share of nothing is no share. With a whole of 0 there is
//! no percentage and no comparison; 0 of 0 is neither 0 % nor 100 % (administration.md 4.4).

use std::cmp::Ordering;
use std::fmt;

use thiserror::Error;

/// So many of so many. The default is none of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Share {
    part: u64,
    whole: u64,
}

/// A percentage from 0 to 100, to two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent {
    hundredths: u32,
}

/// Why a text is not a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPercent {
    /// Not a plain number with at most two decimals.
    #[error("a percentage has the form 5, 2.5, 68,7 or 80%")]
    Format,
    /// More than 100.
    #[error("a percentage is at most 100")]
    AboveHundred,
}

impl Share {
    /// `part` of `whole`; `None` when the part is larger than the whole.
    #[must_use]
    pub const fn new(part: u64, whole: u64) -> Option<Self> {
        if part > whole {
            None
        } else {
            Some(Self { part, whole })
        }
    }

    /// The numerator (tử số).
    #[must_use]
    pub const fn part(self) -> u64 {
        self.part
    }

    /// The denominator (mẫu số).
    #[must_use]
    pub const fn whole(self) -> u64 {
        self.whole
    }

    /// The percentage, rounded half up; `None` of nothing. For showing only: compare with
    /// [`Share::compare`], which does not round.
    #[must_use]
    pub fn percent(self) -> Option<Percent> {
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        let rounded = (part * 20_000 + whole).checked_div(whole * 2)?;
        let hundredths = u32::try_from(rounded).ok()?;
        Some(Percent { hundredths })
    }

    /// How the share stands to `percent`, exactly; `None` of nothing.
    #[must_use]
    pub fn compare(self, percent: Percent) -> Option<Ordering> {
        if self.whole == 0 {
            return None;
        }
        let share = u128::from(self.part) * 10_000;
        let bound = u128::from(self.whole) * u128::from(percent.hundredths);
        Some(share.cmp(&bound))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.whole)
    }
}

impl Percent {
    /// All.
    pub const HUNDRED: Self = Self { hundredths: 10_000 };

    /// A whole percentage; `None` above 100.
    #[must_use]
    pub const fn whole(percent: u32) -> Option<Self> {
        if percent > 100 {
            None
        } else {
            Some(Self {
                hundredths: percent * 100,
            })
        }
    }

    /// Reads `5`, `2.5`, `68,7` or `80%`.
    ///
    /// # Errors
    /// [`InvalidPercent`].
    pub fn parse(text: &str) -> Result<Self, InvalidPercent> {
        let text = text.trim();
        let text = text.strip_suffix('%').unwrap_or(text).trim_end();
        let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |part: &str, max: usize| {
            (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 6) || !digits(decimals, 2) {
            return Err(InvalidPercent::Format);
        }
        let number = |part: &str| part.parse::<u32>().map_err(|_| InvalidPercent::Format);
        let scale = if decimals.len() == 1 { 10 } else { 1 };
        let hundredths = number(whole)? * 100 + number(decimals)? * scale;
        if hundredths > Self::HUNDRED.hundredths {
            return Err(InvalidPercent::AboveHundred);
        }
        Ok(Self { hundredths })
    }

    /// Hundredths of a percent, 0 to 10 000.
    #[must_use]
    pub const fn hundredths(self) -> u32 {
        self.hundredths
    }

    /// Larger by so many points, at most 100.
    #[must_use]
    pub fn plus(self, points: Self) -> Self {
        let sum = self.hundredths + points.hundredths;
        Self {
            hundredths: sum.min(Self::HUNDRED.hundredths),
        }
    }

    /// As Vietnamese texts write it: `68,7%`.
    #[must_use]
    pub fn text_vi(self) -> String {
        format!("{}%", self.to_string().replace('.', ","))
    }
}

impl fmt::Display for Percent {
    /// `68.7`, without needless decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.hundredths / 100, self.hundredths % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{whole}"),
            (_, 0) => write!(f, "{whole}.{}", rest / 10),
            (_, _) => write!(f, "{whole}.{rest:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn percent(text: &str) -> Percent {
        Percent::parse(text).unwrap()
    }

    #[test]
    fn percentages_are_read_and_written() {
        for (text, hundredths, shown, vi) in [
            ("5", 500, "5", "5%"),
            (" 80% ", 8_000, "80", "80%"),
            ("68,7", 6_870, "68.7", "68,7%"),
            ("83.80%", 8_380, "83.8", "83,8%"),
            ("0.05", 5, "0.05", "0,05%"),
            ("100", 10_000, "100", "100%"),
        ] {
            let read = percent(text);
            assert_eq!(read.hundredths(), hundredths);
            assert_eq!(
                (read.to_string().as_str(), read.text_vi().as_str()),
                (shown, vi)
            );
        }
        for text in ["", "%", "5%%", "-5", "1.234", ".5", "5.", "năm"] {
            assert_eq!(
                Percent::parse(text),
                Err(InvalidPercent::Format),
                "{text:?}"
            );
        }
        assert_eq!(Percent::parse("100.01"), Err(InvalidPercent::AboveHundred));
        assert_eq!(Percent::whole(101), None);
    }

    #[test]
    fn a_share_is_compared_exactly_and_shown_rounded() {
        let share = |part, whole| Share::new(part, whole).unwrap();
        assert_eq!(share(5, 100).compare(percent("5")), Some(Ordering::Equal));
        assert_eq!(
            share(49_999, 1_000_000).compare(percent("5")),
            Some(Ordering::Less)
        );
        assert_eq!(share(49_999, 1_000_000).percent(), Some(percent("5")));
        assert_eq!(share(1, 3).percent(), Some(percent("33.33")));
        assert_eq!(share(2, 3).percent(), Some(percent("66.67")));
        assert_eq!(share(0, 7).percent(), Some(percent("0")));
        assert_eq!(share(1, 3).to_string(), "1/3");
    }

    #[test]
    fn a_share_of_nothing_is_no_share() {
        let nothing = Share::new(0, 0).unwrap();
        assert_eq!(
            (nothing.percent(), nothing.compare(Percent::HUNDRED)),
            (None, None)
        );
        assert_eq!(Share::new(2, 1), None);
    }

    proptest! {
        #[test]
        fn a_share_lies_between_none_and_all(part in any::<u64>(), rest in any::<u64>()) {
            let whole = part.saturating_add(rest);
            let share = Share::new(part, whole).unwrap();
            prop_assert!(share.compare(Percent::HUNDRED) != Some(Ordering::Greater));
            prop_assert!(share.percent().is_none_or(|it| it <= Percent::HUNDRED));
        }

        #[test]
        fn every_percentage_survives_the_round_trip(hundredths in 0u32..=10_000) {
            let percent = Percent { hundredths };
            prop_assert_eq!(Percent::parse(&percent.to_string()), Ok(percent));
            prop_assert_eq!(Percent::parse(&percent.text_vi()), Ok(percent));
        }
    }
}
