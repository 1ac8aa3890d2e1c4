//! States, causes, moments and lengths of time in words.
//!
//! What a reader would get wrong: moments are shown in Viet Nam's time, whatever the zone
//! of this machine, because the officers and the portal speak of no other.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::wire_time::viet_nam;
use lienthong_proto::v1;

use crate::lang::Lang;

/// `text` on one line, without what would steer a terminal or turn its direction.
pub(super) fn clean(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if c.is_control() || turns(c) { ' ' } else { c })
        .collect()
}

/// How many columns `text` takes: combining marks take none. Wider letters do not occur
/// in what is shown here.
pub(super) fn width(text: &str) -> usize {
    text.chars()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .count()
}

/// A moment in Viet Nam's time, to the second; `-` where there is none.
pub(super) fn moment(moment: Option<&prost_types::Timestamp>) -> String {
    moment
        .and_then(|raw| Timestamp::new(raw.seconds, raw.nanos).ok())
        .map_or_else(|| "-".to_owned(), at)
}

/// A moment in Viet Nam's time, to the second.
pub(super) fn at(moment: Timestamp) -> String {
    moment
        .to_zoned(viet_nam())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// A length of time with its two largest units; `-` where there is none.
pub(super) fn length(duration: Option<&prost_types::Duration>, lang: Lang) -> String {
    duration
        .and_then(|raw| Duration::try_from(*raw).ok())
        .map_or_else(|| "-".to_owned(), |length| spoken(length, lang))
}

/// A length of time with its two largest units.
pub(super) fn spoken(length: Duration, lang: Lang) -> String {
    let total = length.as_secs();
    let units = [
        (total / 86_400, lang.pick("ngày", "d")),
        (total / 3600 % 24, lang.pick("giờ", "h")),
        (total / 60 % 60, lang.pick("phút", "min")),
        (total % 60, lang.pick("giây", "s")),
    ];
    let Some(first) = units.iter().position(|(number, _)| *number > 0) else {
        let unit = lang.pick("giây", "s");
        return if length.is_zero() {
            format!("0 {unit}")
        } else {
            format!("< 1 {unit}")
        };
    };
    let told: Vec<String> = units[first..]
        .iter()
        .take(2)
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    told.join(" ")
}

/// A sync state; in Vietnamese with its name in the contract, by which it is asked for.
pub(super) fn state(state: v1::SyncState, lang: Lang) -> String {
    let vi = match state {
        v1::SyncState::Unspecified => "chưa ghi nhận",
        v1::SyncState::Pending => "chờ gửi",
        v1::SyncState::Sending => "đang gửi",
        v1::SyncState::Accepted => "cổng đã nhận",
        v1::SyncState::Unknown => "chưa rõ, đang hỏi cổng",
        v1::SyncState::Waiting => "chờ gửi lại",
        v1::SyncState::Refused => "bị từ chối",
        v1::SyncState::Dead => "hết lịch gửi lại",
        v1::SyncState::Blocked => "chờ sự kiện trước",
    };
    let name = match state {
        v1::SyncState::Unspecified => "NOT_RECORDED",
        _ => state.as_str_name(),
    };
    named(vi, name, lang)
}

/// A cause; in Vietnamese with its name in the contract, by which it is asked for; `-` for
/// none.
pub(super) fn cause(cause: v1::Cause, lang: Lang) -> String {
    let vi = match cause {
        v1::Cause::Unspecified => return "-".to_owned(),
        v1::Cause::Session => "không có phiên làm việc",
        v1::Cause::MappingMissing => "thiếu mã tương ứng",
        v1::Cause::FieldRejected => "trường bị từ chối",
        v1::Cause::DuplicateNumber => "trùng mã hồ sơ",
        v1::Cause::UpstreamTimeout => "cổng không trả lời kịp",
        v1::Cause::UpstreamUnavailable => "không truy cập được cổng",
        v1::Cause::UpstreamThrottled => "cổng yêu cầu gửi chậm lại",
        v1::Cause::UpstreamNonsense => "không đọc được câu trả lời",
        v1::Cause::Certificate => "chứng thư số không được chấp nhận",
        v1::Cause::UnknownText => "câu trả lời chưa có trong bảng",
        v1::Cause::AccessDenied => "cổng không cho phép",
        v1::Cause::DossierNotFound => "cổng không có hồ sơ",
        v1::Cause::FileUnreachable => "cổng không tải được tệp",
        v1::Cause::Interrupted => "dừng giữa lúc gửi",
        v1::Cause::CannotBeAsked => "chưa rõ và không tra cứu được",
        v1::Cause::StoredContentUnreadable => "không đọc lại được nội dung đã lưu",
    };
    named(vi, cause.as_str_name(), lang)
}

/// How a try ended; in Vietnamese with its name in the contract.
pub(super) fn outcome(outcome: v1::attempt::Outcome, lang: Lang) -> String {
    use v1::attempt::Outcome;
    let vi = match outcome {
        Outcome::Unspecified => return lang.pick("đang gửi", "under way").to_owned(),
        Outcome::Delivered => "cổng đã nhận",
        Outcome::FoundDelivered => "hỏi cổng: đã nhận",
        Outcome::NotApplied => "chưa được nhận",
        Outcome::Unknown => "chưa rõ",
        Outcome::RefusedByPortal => "bị từ chối",
        Outcome::AlreadyThere => "đã có, sẽ cập nhật",
        Outcome::NotThere => "chưa có, sẽ tạo mới",
        Outcome::FoundAbsent => "hỏi cổng: chưa có",
        Outcome::FoundPresent => "hỏi cổng: có hồ sơ",
    };
    named(vi, outcome.as_str_name(), lang)
}

/// A word of the contract, with what it means in Vietnamese before it.
fn named(vi: &str, name: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("{vi} ({name})"),
        Lang::En => name.to_owned(),
    }
}

/// Trạng thái hồ sơ with its number at the portal.
pub(super) fn portal_status(status: v1::PortalStatus, lang: Lang) -> String {
    let known = u8::try_from(i32::from(status)).ok();
    match known.and_then(|code| PortalStatus::try_from(code).ok()) {
        None => "-".to_owned(),
        Some(known) => {
            let name = match lang {
                Lang::Vi => known.name_vi(),
                Lang::En => known.name_en(),
            };
            format!("{} {name}", known.code())
        }
    }
}

/// Yes or no.
pub(super) fn yes_no(yes: bool, lang: Lang) -> &'static str {
    if yes {
        lang.pick("có", "yes")
    } else {
        lang.pick("không", "no")
    }
}

/// `text`, or `-` where it is empty.
pub(super) fn or_dash(text: &str) -> String {
    if text.is_empty() { "-" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lienthong_proto::v1;

    use super::{cause, length, moment, outcome, portal_status, spoken, state, width};
    use crate::lang::Lang;

    #[test]
    fn a_moment_is_told_in_viet_nams_time() {
        let raw = prost_types::Timestamp {
            seconds: 1_782_864_000,
            nanos: 999,
        };
        assert_eq!(moment(Some(&raw)), "2026-07-01 07:00:00");
        assert_eq!(moment(None), "-");
    }

    #[test]
    fn a_length_is_told_with_its_two_largest_units() {
        let told = |seconds| spoken(Duration::from_secs(seconds), Lang::En);
        assert_eq!(told(0), "0 s");
        assert_eq!(told(59), "59 s");
        assert_eq!(told(3600), "1 h");
        assert_eq!(told(3661), "1 h 1 min");
        assert_eq!(told(86_400 * 3 + 5), "3 d");
        assert_eq!(spoken(Duration::from_millis(3), Lang::Vi), "< 1 giây");
        assert_eq!(length(None, Lang::Vi), "-");
    }

    #[test]
    fn a_state_carries_the_name_by_which_it_is_asked_for() {
        assert_eq!(
            state(v1::SyncState::Refused, Lang::Vi),
            "bị từ chối (REFUSED)"
        );
        assert_eq!(state(v1::SyncState::Refused, Lang::En), "REFUSED");
        assert_eq!(
            portal_status(v1::PortalStatus::Received, Lang::Vi),
            "2 Được tiếp nhận"
        );
        assert_eq!(portal_status(v1::PortalStatus::Unspecified, Lang::Vi), "-");
    }

    #[test]
    fn a_cause_and_an_outcome_are_told_like_a_state() {
        let refused = v1::Cause::FieldRejected;
        assert_eq!(
            cause(refused, Lang::Vi),
            "trường bị từ chối (FIELD_REJECTED)"
        );
        assert_eq!(cause(refused, Lang::En), "FIELD_REJECTED");
        assert_eq!(cause(v1::Cause::Unspecified, Lang::Vi), "-");
        let unknown = v1::attempt::Outcome::Unknown;
        assert_eq!(outcome(unknown, Lang::Vi), "chưa rõ (OUTCOME_UNKNOWN)");
    }

    #[test]
    fn marks_take_no_room() {
        assert_eq!(width("hồ sơ"), 5);
        assert_eq!(width("ho\u{302}\u{300} so\u{31b}"), 5);
    }
}
