//! Moments and days as the national portal writes them.
//!
//! The portal's texts carry no offset: they are clock time in Viet Nam. The
//! country has been at UTC+7 without summer time since 13 June 1975, so a fixed
//! offset is used and the conversion cannot fail or be ambiguous; for earlier
//! moments it would be up to an hour off, and the portal has none.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

const VIET_NAM: Offset = Offset::constant(7);

/// Why a text is not a moment or day of the portal; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWireTime {
    /// Not exactly the expected number of ASCII digits. The empty text, which
    /// the portal uses for "no value", is one of these.
    #[error("expected {digits} digits")]
    Format {
        /// 14 for a moment, 8 for a day.
        digits: usize,
    },
    /// The right form, but the calendar or the clock has no such value.
    #[error("the calendar has no such day or time")]
    NoSuchTime,
}

/// The time zone of all government systems: clock time in Viet Nam.
#[must_use]
pub const fn viet_nam() -> TimeZone {
    TimeZone::fixed(VIET_NAM)
}

/// The day in Viet Nam at that moment.
#[must_use]
pub fn local_date(moment: Timestamp) -> Date {
    VIET_NAM.to_datetime(moment).date()
}

/// `yyyyMMddHHmmss` in Viet Nam; fractions of a second are cut off.
///
/// The form has four digits for the year, so only the years 0 to 9999 can be
/// read back.
#[must_use]
pub fn to_portal_text(moment: Timestamp) -> String {
    let local = VIET_NAM.to_datetime(moment);
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    format!(
        "{}{hour:02}{minute:02}{second:02}",
        date_to_portal_text(local.date())
    )
}

/// Reads `yyyyMMddHHmmss` as clock time in Viet Nam.
///
/// # Errors
/// [`InvalidWireTime`] for another form or an impossible day or time; a leap
/// second (`60`) is impossible too.
pub fn from_portal_text(text: &str) -> Result<Timestamp, InvalidWireTime> {
    let digits = digits(text, 14)?;
    let date = date_of(&digits[..8])?;
    let part = |from: usize| i8::try_from(number(&digits[from..from + 2]));
    let (Ok(hour), Ok(minute), Ok(second)) = (part(8), part(10), part(12)) else {
        return Err(InvalidWireTime::NoSuchTime);
    };
    DateTime::new(
        date.year(),
        date.month(),
        date.day(),
        hour,
        minute,
        second,
        0,
    )
    .and_then(|local| VIET_NAM.to_timestamp(local))
    .map_err(|_| InvalidWireTime::NoSuchTime)
}

/// `yyyyMMdd`.
#[must_use]
pub fn date_to_portal_text(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// Reads `yyyyMMdd`.
///
/// # Errors
/// [`InvalidWireTime`] for another form or an impossible day.
pub fn date_from_portal_text(text: &str) -> Result<Date, InvalidWireTime> {
    date_of(digits(text, 8)?)
}

/// The day with these parts, if the calendar has it.
pub(crate) fn civil_date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn digits(text: &str, digits: usize) -> Result<&[u8], InvalidWireTime> {
    let bytes = text.as_bytes();
    if bytes.len() == digits && bytes.iter().all(u8::is_ascii_digit) {
        Ok(bytes)
    } else {
        Err(InvalidWireTime::Format { digits })
    }
}

fn number(digits: &[u8]) -> i16 {
    digits
        .iter()
        .fold(0, |n, digit| n * 10 + i16::from(digit - b'0'))
}

fn date_of(digits: &[u8]) -> Result<Date, InvalidWireTime> {
    civil_date(
        number(&digits[..4]),
        number(&digits[4..6]),
        number(&digits[6..8]),
    )
    .ok_or(InvalidWireTime::NoSuchTime)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_portal_writes_clock_time_in_viet_nam() {
        let moment: Timestamp = "2025-07-14T02:30:00.75Z".parse().unwrap();
        assert_eq!(to_portal_text(moment), "20250714093000");
        let read = from_portal_text("20250714093000").unwrap();
        assert_eq!(read, "2025-07-14T02:30:00Z".parse().unwrap());
    }

    #[test]
    fn the_day_changes_at_midnight_in_viet_nam() {
        let before: Timestamp = "2025-07-14T16:59:59Z".parse().unwrap();
        let after: Timestamp = "2025-07-14T17:00:00Z".parse().unwrap();
        assert_eq!(local_date(before), date(2025, 7, 14));
        assert_eq!(local_date(after), date(2025, 7, 15));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        use InvalidWireTime::{Format, NoSuchTime};
        for (text, error) in [
            ("", Format { digits: 14 }),
            ("20250714", Format { digits: 14 }),
            ("2025-07-14T09:3", Format { digits: 14 }),
            ("2025071409300 ", Format { digits: 14 }),
            ("20250714093000Z", Format { digits: 14 }),
            ("20250230093000", NoSuchTime),
            ("20250714240000", NoSuchTime),
            ("20250714096000", NoSuchTime),
            ("20250714093060", NoSuchTime),
            ("20250714999999", NoSuchTime),
        ] {
            assert_eq!(from_portal_text(text), Err(error), "{text:?}");
        }
        assert_eq!(date_from_portal_text("20250714"), Ok(date(2025, 7, 14)));
        assert_eq!(date_from_portal_text("20250732"), Err(NoSuchTime));
        assert_eq!(date_from_portal_text("250714"), Err(Format { digits: 8 }));
    }

    proptest! {
        #[test]
        fn the_fixed_offset_is_that_of_the_real_zone(second in 171_849_600i64..7_258_118_400) {
            let moment = Timestamp::from_second(second).unwrap();
            let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
            prop_assert_eq!(zone.to_offset(moment), VIET_NAM);
        }

        #[test]
        fn every_second_survives_the_round_trip(second in -62_000_000_000i64..253_000_000_000) {
            let moment = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(from_portal_text(&to_portal_text(moment)), Ok(moment));
            let day = local_date(moment);
            prop_assert_eq!(date_from_portal_text(&date_to_portal_text(day)), Ok(day));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in prop_oneof![any::<String>(), "[0-9]{8}", "[0-9]{14}"]) {
            if let Ok(moment) = from_portal_text(&text) {
                prop_assert_eq!(to_portal_text(moment), text.clone());
            }
            if let Ok(day) = date_from_portal_text(&text) {
                prop_assert_eq!(date_to_portal_text(day), text);
            }
        }
    }
}
