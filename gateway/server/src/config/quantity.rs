//! Durations and sizes as people write them: `30s`, `5m`, `64KiB`.
//!
//! One number and one unit. `1h30m`, `1.5h` and a bare number are refused: a
//! setting that can be read in two ways will be.

use std::time::Duration;

/// Unit and its length in milliseconds, longest first.
const DURATION_UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Unit and its size in bytes, largest first.
const SIZE_UNITS: [(&str, usize); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

const LONGEST: Duration = Duration::from_hours(365 * 24);
/// Ten years and the days between: for what is kept and not for what is waited for.
const LONGEST_KEPT: Duration = Duration::from_hours(3_660 * 24);
const LARGEST: usize = 1 << 30;

/// Reads a duration from `1ms` to `365d`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    parse_up_to(LONGEST, text)
}

/// Reads how long something is kept: a duration from `1ms` to `3660d`.
pub(super) fn parse_long_duration(text: &str) -> Option<Duration> {
    parse_up_to(LONGEST_KEPT, text)
}

fn parse_up_to(longest: Duration, text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let (_, millis) = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?;
    let duration = Duration::from_millis(number.checked_mul(*millis)?);
    (!duration.is_zero() && duration <= longest).then_some(duration)
}

/// Reads a duration as [`parse_duration`] does, or zero with any unit.
pub(super) fn parse_duration_or_zero(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let is_zero = number == 0 && DURATION_UNITS.iter().any(|(name, _)| *name == unit);
    if is_zero {
        return Some(Duration::ZERO);
    }
    parse_duration(text)
}

/// Writes whole milliseconds with the longest unit that leaves no rest.
pub(super) fn duration_text(duration: Duration) -> String {
    let total = duration.as_millis();
    let fitting = DURATION_UNITS
        .iter()
        .find(|(_, millis)| total.is_multiple_of((*millis).into()));
    let (unit, millis) = fitting.copied().unwrap_or(("ms", 1));
    format!("{}{unit}", total / u128::from(millis))
}

/// Reads a size from `1B` to `1GiB`, in bytes.
pub(super) fn parse_size(text: &str) -> Option<usize> {
    let (number, unit) = split(text)?;
    let (_, bytes) = SIZE_UNITS.iter().find(|(name, _)| *name == unit)?;
    let size = usize::try_from(number).ok()?.checked_mul(*bytes)?;
    (1..=LARGEST).contains(&size).then_some(size)
}

/// Writes a size with the largest unit that leaves no rest.
pub(super) fn size_text(size: usize) -> String {
    let fitting = SIZE_UNITS
        .iter()
        .find(|(_, bytes)| size.is_multiple_of(*bytes));
    let (unit, bytes) = fitting.copied().unwrap_or(("B", 1));
    format!("{}{unit}", size / bytes)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_is_one_number_and_one_unit() {
        for (text, millis) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
        }
        for text in [
            "",
            "30",
            "s",
            "0s",
            "-1s",
            "1.5h",
            "1h30m",
            "30 s",
            "30S",
            "366d",
            "99999999999999999d",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_kept_may_be_kept_for_years() {
        let years = Duration::from_hours(1_825 * 24);
        assert_eq!(parse_long_duration("1825d"), Some(years));
        assert_eq!(parse_long_duration("3661d"), None);
    }

    #[test]
    fn a_size_is_one_number_and_one_unit() {
        for (text, bytes) in [
            ("512B", 512),
            ("64KiB", 65_536),
            ("1MiB", 1_048_576),
            ("1GiB", 1 << 30),
        ] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in [
            "",
            "64",
            "0B",
            "64kb",
            "64KB",
            "1 MiB",
            "2GiB",
            "99999999999999999999B",
        ] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in 1_u64..=31_536_000_000, size in 1_usize..=1 << 30) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse_duration(&duration_text(duration)), Some(duration));
            prop_assert_eq!(parse_size(&size_text(size)), Some(size));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in any::<String>()) {
            let _ = (parse_duration(&text), parse_size(&text));
        }
    }
}
