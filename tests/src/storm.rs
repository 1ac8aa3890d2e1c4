//! Wrong answers of the portal by chance, for every call of every profile.
//!
//! What a reader would get wrong: a portal that does twice what it was told once, by itself,
//! is beyond any caller's power, so that is no part of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The kinds of wrong answers in a storm.
#[must_use]
pub fn kinds(storm: &Value) -> BTreeSet<&str> {
    let rules = storm["rules"].as_array().into_iter().flatten();
    rules
        .filter_map(|rule| rule["effect"]["kind"].as_str())
        .collect()
}

/// A storm in the mocks' JSON form. Of a hundred calls about `strength` times 50 go wrong.
#[must_use]
pub fn storm(seed: u64, strength: f64) -> Value {
    let slowed_down = json!({"Retry-After": "1"});
    let rules = [
        (0.06, json!({"kind": "drop_after_effect"})),
        (0.06, json!({"kind": "drop_before_effect"})),
        (0.04, json!({"kind": "delay", "ms": 1_300})),
        (
            0.05,
            json!({"kind": "delay", "ms": 300, "before_effect": true}),
        ),
        (0.02, json!({"kind": "hang"})),
        // Comes after the caller has given up, and before the time of a call is over.
        (0.04, json!({"kind": "late_effect", "ms": 600})),
        (0.04, json!({"kind": "answered_twice"})),
        (
            0.04,
            json!({"kind": "other_words", "code": "7", "message": "Đã ghi nhận yêu cầu"}),
        ),
        (0.03, json!({"kind": "html"})),
        (0.03, json!({"kind": "garbage"})),
        (0.03, json!({"kind": "truncate", "bytes": 7})),
        (0.03, json!({"kind": "status", "code": 502})),
        (
            0.02,
            json!({"kind": "status", "code": 429, "headers": slowed_down}),
        ),
        (0.02, json!({"kind": "expire_session"})),
        (
            0.02,
            json!({"kind": "slow_drip", "bytes": 8, "every_ms": 20}),
        ),
        (0.02, json!({"kind": "integer_error_code"})),
    ];
    let rules = rules.map(|(share, effect)| json!({"share": share * strength, "effect": effect}));
    json!({"seed": seed, "rules": rules})
}
