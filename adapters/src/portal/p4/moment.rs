//! The three ways in which one API writes a moment (portal.md 9).
//!
//! All of them are clock time in Viet Nam without a zone. Which one a field wants is
//! fixed by the field, so each has a function of its own and none is the default.

use jiff::Timestamp;
use jiff::civil::DateTime;
use lienthong_core::wire_time::{from_portal_text, viet_nam};

/// `yyyy-MM-dd HH:mm:ss`: `NgayNop` and `NgayTiepNhan` of B4.
pub(super) fn spaced(moment: Timestamp) -> String {
    local(moment).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `yyyy-MM-ddTHH:mm:ss.SSS`: every date of B5.
pub(super) fn precise(moment: Timestamp) -> String {
    let local = local(moment);
    let whole = local.strftime("%Y-%m-%dT%H:%M:%S");
    format!("{whole}.{:03}", local.millisecond())
}

/// A moment in any of the three, the third being the `yyyyMMddHHmmss` of P1. No text has
/// more than one of these forms.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = from_portal_text(text) {
        return Some(moment);
    }
    let spaced = || DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok();
    let precise = || DateTime::strptime("%Y-%m-%dT%H:%M:%S%.f", text).ok();
    let local = spaced().or_else(precise)?;
    local
        .to_zoned(viet_nam())
        .ok()
        .map(|zoned| zoned.timestamp())
}

fn local(moment: Timestamp) -> DateTime {
    viet_nam().to_datetime(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_clock_time_in_viet_nam() {
        let moment: Timestamp = "2026-06-09T01:00:00.042Z".parse().unwrap();
        assert_eq!(spaced(moment), "2026-06-09 08:00:00");
        assert_eq!(precise(moment), "2026-06-09T08:00:00.042");
        let night: Timestamp = "2026-06-08T17:00:00Z".parse().unwrap();
        assert_eq!(spaced(night), "2026-06-09 00:00:00");
        assert_eq!(precise(night), "2026-06-09T00:00:00.000");
    }

    #[test]
    fn every_form_is_read_and_nothing_else() {
        let moment: Timestamp = "2026-06-09T01:00:00Z".parse().unwrap();
        for text in [
            "2026-06-09 08:00:00",
            "2026-06-09T08:00:00.000",
            "2026-06-09T08:00:00",
            "20260609080000",
        ] {
            assert_eq!(read(text), Some(moment), "{text}");
        }
        for text in [
            "",
            "2026-06-09",
            "09/06/2026 08:00:00",
            "2026-06-09T08:00:00Z",
            "2026-02-30 08:00:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
