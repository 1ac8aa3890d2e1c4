//! What a fault does.
//!
//! What a reader would get wrong: each effect says whether the request *takes effect* (the dossier
//! is stored, the person looked up) before its answer suffers; the two are not the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong. In JSON the variant is the field `kind`, in `snake_case`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultEffect {
    /// Without effect: this HTTP status, body and headers.
    Status {
        /// 200 to 599.
        code: u16,
        /// Body as it stands. Default empty.
        #[serde(default)]
        body: String,
        /// Headers, for example `Retry-After`. Default none.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// The true answer, but late.
    Delay {
        /// Milliseconds of real time.
        ms: u64,
        /// Waits first and takes effect then; a caller who hangs up meanwhile prevents the
        /// effect. Default: takes effect at once and only the answer is late.
        #[serde(default)]
        before_effect: bool,
    },
    /// Takes effect, then never answers; the caller has to hang up.
    Hang,
    /// Without effect, and never answers; the caller has to hang up.
    HangBeforeEffect,
    /// Closes the connection; nothing took effect.
    DropBeforeEffect,
    /// Takes effect, then closes the connection without an answer.
    DropAfterEffect,
    /// Takes effect, announces the whole answer, sends this many bytes of it and closes.
    Truncate {
        /// Bytes of the body that are sent.
        bytes: usize,
    },
    /// Takes effect, announces the whole answer, sends this many bytes of it and resets the
    /// connection.
    Reset {
        /// Bytes of the body that are sent.
        bytes: usize,
    },
    /// Takes effect, then sends a whole HTTP answer that holds only this many bytes of the
    /// document. In json-wrap-xml the inner XML ends early and the JSON around it is whole.
    TruncatedDocument {
        /// Bytes of the document that are sent.
        bytes: usize,
    },
    /// Takes effect, then answers with a small document that grows without bound in a careless
    /// reader: nested entities in XML (in json-wrap-xml inside the JSON), deep nesting in JSON.
    EntityBomb,
    /// Takes effect, then answers 200 with bytes that are neither text, JSON nor XML.
    Garbage,
    /// Without effect: 200 and the page of a web application firewall ("Request Rejected",
    /// portal.md 22).
    Html,
    /// Takes effect, then sends the true answer followed by white space up to this size, without
    /// announcing the length: it parses, so only a limit on size refuses it.
    HugeBody {
        /// Bytes of the whole body.
        bytes: u64,
    },
    /// Population only: takes effect, answers in a namespace that is not the agreed one; in
    /// json-flat under a key that is not.
    WrongNamespace,
    /// Forgets the session or token that the request carries, just before it is looked at.
    ExpireSession,
    /// Without effect, in the upstream's own form. Portal and json-wrap-xml: HTTP 200 with this
    /// `error_code` and message. SOAP: HTTP 500 with a fault of this code and message. json-flat:
    /// HTTP 400 with this `errorCode` and message.
    ErrorText {
        /// `error_code`, text or number, as it shall stand in the answer.
        code: ErrorCode,
        /// The message.
        message: String,
    },
    /// Portal only: takes effect, then this code and message in place of the true ones, in the
    /// upstream's own form and with HTTP status 200.
    OtherWords {
        /// `error_code` (P4: `code`), text or number, as it shall stand in the answer.
        code: ErrorCode,
        /// The message.
        message: String,
    },
    /// Takes effect once, then sends the body of the answer twice in a row.
    AnsweredTwice,
    /// Portal only: the portal itself does the same twice, as when something between repeats a
    /// call, and answers once. A second create changes nothing.
    ApplyTwice,
    /// Portal only: closes the connection at once and takes effect later, as when something
    /// between delivers a call that its caller has given up.
    LateEffect {
        /// Milliseconds of real time until then.
        ms: u64,
    },
    /// The true answer with `error_code` as a number (portal.md 21, population.md 8). Profiles
    /// without such a code answer as ever.
    IntegerErrorCode,
    /// Takes effect, then sends the true answer a few bytes at a time.
    SlowDrip {
        /// Bytes in each piece; at least 1.
        bytes: usize,
        /// Milliseconds of real time before each piece.
        every_ms: u64,
    },
}

impl FaultEffect {
    /// The `kind` of the JSON form.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Delay { .. } => "delay",
            Self::Hang => "hang",
            Self::DropBeforeEffect => "drop_before_effect",
            Self::DropAfterEffect => "drop_after_effect",
            Self::Truncate { .. } => "truncate",
            Self::Reset { .. } => "reset",
            Self::TruncatedDocument { .. } => "truncated_document",
            Self::EntityBomb => "entity_bomb",
            Self::Garbage => "garbage",
            Self::Html => "html",
            Self::HugeBody { .. } => "huge_body",
            Self::WrongNamespace => "wrong_namespace",
            Self::ExpireSession => "expire_session",
            Self::ErrorText { .. } => "error_text",
            Self::IntegerErrorCode => "integer_error_code",
            Self::SlowDrip { .. } => "slow_drip",
            Self::HangBeforeEffect => "hang_before_effect",
            Self::OtherWords { .. } => "other_words",
            Self::AnsweredTwice => "answered_twice",
            Self::ApplyTwice => "apply_twice",
            Self::LateEffect { .. } => "late_effect",
        }
    }
}

/// An error code that is a number in some answers and text in others (portal.md 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ErrorCode {
    /// As a JSON number.
    Number(i64),
    /// As a JSON string.
    Text(String),
}

impl ErrorCode {
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Number(number) => Value::from(*number),
            Self::Text(text) => Value::from(text.as_str()),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl From<&str> for ErrorCode {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for ErrorCode {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
