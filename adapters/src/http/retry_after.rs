//! The `Retry-After` header: seconds, or a date that is turned into a wait.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

static DATES: DateTimeParser = DateTimeParser::new();

/// Longest wait that is believed: an upstream could name one that no clock holds.
const LONGEST: Duration = Duration::from_hours(24);

/// The wait, at most a day, that the header asks for at `now`; a date in the past asks for none.
pub(super) fn parse(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let wait = text.parse().ok().map(Duration::from_secs);
        return wait.map(|wait| wait.min(LONGEST));
    }
    let until = DATES.parse_timestamp(text).ok()?;
    let wait = until.duration_since(now);
    Some(
        Duration::try_from(wait)
            .unwrap_or(Duration::ZERO)
            .min(LONGEST),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn no_wait_is_longer_than_a_day() {
        let now = "1994-11-06T08:49:07Z".parse().unwrap();
        for text in ["1000000000000000000", "06 Nov 2994 08:49:37 GMT"] {
            assert_eq!(parse(text, now), Some(Duration::from_hours(24)), "{text}");
        }
    }

    #[test]
    fn both_forms_are_read_and_others_are_not() {
        let now = "1994-11-06T08:49:07Z".parse().unwrap();
        for (text, wait) in [
            ("120", Some(Duration::from_mins(2))),
            (" 0 ", Some(Duration::ZERO)),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT",
                Some(Duration::from_secs(30)),
            ),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(Duration::ZERO)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(parse(text, now), wait, "{text:?}");
        }
    }
}
