//! What an answer may be taken for, told from its bytes alone.
//!
//! What a reader would get wrong: this shares nothing with the adapters' tables, and is much
//! coarser. It knows what must never happen, and not what should.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::{ISSUED, Taken, sample};
use crate::portal_profile::PortalProfile;

/// Words with which no sentence says that all went well.
const DOUBTS: [&str; 8] = [
    "không",
    "chưa",
    "lỗi",
    "thất bại",
    "một phần",
    "error",
    "exception",
    "nhưng",
];

/// # Panics
/// When `body` may not be taken for `taken`.
pub(super) fn check(profile: PortalProfile, taken: Taken, body: &str) {
    match taken {
        Taken::Accepted | Taken::Created => {
            assert!(may_be_success(profile, body), "taken for a success");
        }
        Taken::Absent => assert!(may_be_absence(body), "taken for a dossier that is missing"),
        Taken::There => assert!(sentence(body).contains("tồn tại"), "taken for a duplicate"),
        Taken::NotThere => assert!(
            ["tồn tại", "tìm thấy", "trên hệ thống"]
                .iter()
                .any(|words| sentence(body).contains(words)),
            "taken for a dossier that is missing"
        ),
        Taken::Refused
        | Taken::Unknown
        | Taken::NotApplied
        | Taken::Present
        | Taken::Listed
        | Taken::Unreadable
        | Taken::Unanswered
        | Taken::Number
        | Taken::NoNumber => {}
    }
}

/// Whether a number can be kept.
pub(super) fn is_number(number: &str) -> bool {
    let length = number.chars().count();
    (1..=50).contains(&length) && !number.contains(char::is_whitespace)
}

fn may_be_success(profile: PortalProfile, body: &str) -> bool {
    let said = sentence(body);
    let words = format!(
        " {} ",
        said.split(|c: char| !c.is_alphanumeric())
            .collect::<Vec<_>>()
            .join(" ")
    );
    let doubtful = DOUBTS
        .iter()
        .any(|doubt| words.contains(&format!(" {doubt} ")));
    let silent = said.trim().is_empty() && profile != PortalProfile::P3ThreeUrls;
    let plain = profile == PortalProfile::P3ThreeUrls && object(body).is_none();
    (is_fine(body) || plain) && (silent || (said.contains("thành công") && !doubtful))
}

fn may_be_absence(body: &str) -> bool {
    let said = sentence(body);
    let named = ["hồ sơ", "mahoso"].iter().any(|name| said.contains(name))
        || [sample::NUMBER, ISSUED]
            .iter()
            .any(|number| said.contains(&number.to_lowercase()));
    let nothing = object(body).is_some_and(|answer| {
        ["result", "data"]
            .iter()
            .all(|name| match answer.get(name) {
                None | Some(Value::Null) => true,
                Some(Value::Array(found)) => found.is_empty(),
                Some(Value::Object(found)) => found.is_empty(),
                Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) => false,
            })
    });
    named || (is_fine(body) && nothing)
}

fn is_fine(body: &str) -> bool {
    let code = object(body).and_then(|answer| {
        let code = answer.get("error_code").or_else(|| answer.get("code"));
        code.cloned()
    });
    match code {
        Some(Value::Number(code)) => code.as_i64() == Some(0) || code.as_i64() == Some(200),
        Some(Value::String(code)) => {
            let code = code.trim();
            !code.is_empty() && (code.bytes().all(|byte| byte == b'0') || code == "200")
        }
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

/// The sentence in lower case and composed; the body itself where it is no object.
fn sentence(body: &str) -> String {
    let said = object(body).map_or_else(
        || body.to_owned(),
        |answer| {
            let message = answer.get("message").and_then(Value::as_str);
            message.unwrap_or_default().to_owned()
        },
    );
    let said = said.nfc().collect::<String>().to_lowercase();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn object(body: &str) -> Option<Value> {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    serde_json::from_str(body).ok().filter(Value::is_object)
}
