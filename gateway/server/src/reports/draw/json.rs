//! Canonical JSON.
//!
//! What a reader would get wrong: the JSON of the board is a `CheckServicesResponse` and
//! nothing else, as the contract promises. It has two hashes: that of the report's content,
//! which names the report in every form of it, and that of the answer itself, which alone can
//! be computed anew from this file. The other reports are their content beside its hash.

use serde_json::json;

use super::Drawing;
use crate::reports::canonical::{canonical, hash};

/// The file.
pub(super) fn draw(drawing: &Drawing) -> Vec<u8> {
    let sha256 = drawing.content.sha256().to_string();
    let mut value = match &drawing.checks {
        Some(checks) => {
            let mut checks = checks.clone();
            let of_checks = hash(&canonical(&checks)).to_string();
            if let Some(members) = checks.as_object_mut() {
                members.insert("contentSha256".to_owned(), sha256.into());
                members.insert("checksSha256".to_owned(), of_checks.into());
            }
            checks
        }
        None => json!({
            "content": drawing.content.value(),
            "content_sha256": sha256,
        }),
    };
    if let (Some(state), None) = (&drawing.state, &drawing.checks)
        && let Some(members) = value.as_object_mut()
    {
        let lines: Vec<_> = state
            .lines
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        let state = json!({"headline": state.headline, "lines": lines, "void": state.is_void});
        members.insert("state".to_owned(), state);
    }
    let mut file = canonical(&value).into_bytes();
    file.push(b'\n');
    file
}
