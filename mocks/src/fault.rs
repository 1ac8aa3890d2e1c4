//! Scripted faults: what shall go wrong, as data, so that a test and the control API say it in
//! the same words.
//!
//! What a reader would get wrong: a request plays at most one fault, the oldest that fits and has
//! times left; and each effect says on which side of the *effect* (the dossier stored, the person
//! looked up) it falls, because that is what makes a time-out ambiguous.

mod ready_made;
mod stage;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::guarded::Guarded;
use crate::journal::Received;

pub use stage::ScriptProblem;
pub(crate) use stage::Stage;

/// One fault of one upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests that come through this profile of the population database: `soap-lgsp`,
    /// `soap-esb`, `json-wrap-xml`, `json-flat`, or `ngsp` for its token call. Any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Only requests of this operation: `token`, `037`, `033`, `household`, `relatives`, `login`,
    /// or a portal `service`. Any operation when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Only requests about this `MaHoSo` or `MaYeuCau`. Any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How many requests shall suffer it; at least 1. Default 1.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub effect: FaultEffect,
}

const fn once() -> u32 {
    1
}

impl Fault {
    /// A fault that the next request suffers, whatever it is.
    #[must_use]
    pub const fn new(effect: FaultEffect) -> Self {
        Self {
            profile: None,
            operation: None,
            key: None,
            times: 1,
            effect,
        }
    }

    /// The same for one operation only.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// The same for one profile of the population database only.
    #[must_use]
    pub fn through(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// The same for one `MaHoSo` or `MaYeuCau` only.
    #[must_use]
    pub fn for_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The same, this many times.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn fits(&self, received: &Received) -> bool {
        self.operation
            .as_ref()
            .is_none_or(|operation| *operation == received.operation)
            && self
                .profile
                .as_deref()
                .is_none_or(|profile| received.profile == Some(profile))
            && self
                .key
                .as_ref()
                .is_none_or(|key| received.keys.contains(key))
    }
}

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

/// The faults of one upstream that still wait.
#[derive(Debug, Default)]
pub(crate) struct Script {
    waiting: Guarded<Vec<Fault>>,
}

impl Script {
    /// Adds a fault behind those that wait.
    pub(crate) fn add(&self, fault: Fault) {
        self.waiting.lock().push(fault);
    }

    /// Forgets all that wait.
    pub(crate) fn clear(&self) {
        self.waiting.lock().clear();
    }

    /// Those that wait, with the times that are left.
    pub(crate) fn waiting(&self) -> Vec<Fault> {
        self.waiting.lock().clone()
    }

    /// Takes the oldest fault that fits, once.
    pub(crate) fn take(&self, received: &Received) -> Option<FaultEffect> {
        let mut waiting = self.waiting.lock();
        let at = waiting.iter().position(|fault| fault.fits(received))?;
        let fault = waiting.get_mut(at)?;
        fault.times = fault.times.saturating_sub(1);
        let effect = fault.effect.clone();
        if fault.times == 0 {
            waiting.remove(at);
        }
        Some(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultEffect, Script};
    use crate::journal::Received;

    fn received(operation: &str, key: &str) -> Received {
        Received {
            operation: operation.to_owned(),
            keys: vec![key.to_owned()],
            ..Received::default()
        }
    }

    #[test]
    fn a_fault_plays_only_for_its_operation_and_key_and_only_its_times() {
        let script = Script::default();
        script.add(
            Fault::new(FaultEffect::Html)
                .on("037")
                .for_key("A")
                .times(2),
        );
        assert_eq!(script.take(&received("033", "A")), None);
        assert_eq!(script.take(&received("037", "B")), None);
        assert_eq!(script.take(&received("037", "A")), Some(FaultEffect::Html));
        assert_eq!(script.take(&received("037", "A")), Some(FaultEffect::Html));
        assert_eq!(script.take(&received("037", "A")), None);
    }

    #[test]
    fn a_fault_is_the_same_in_json_and_in_rust() {
        let json = r#"{"operation":"login","times":2,"effect":{"kind":"status","code":503,"headers":{"Retry-After":"7"}}}"#;
        let fault: Fault = serde_json::from_str(json).unwrap();
        let FaultEffect::Status {
            code,
            headers,
            body,
        } = &fault.effect
        else {
            panic!("{fault:?}")
        };
        assert_eq!(
            (*code, headers["Retry-After"].as_str(), body.as_str()),
            (503, "7", "")
        );
        let again: Fault = serde_json::from_str(&serde_json::to_string(&fault).unwrap()).unwrap();
        assert_eq!(again, fault);
        assert!(serde_json::from_str::<Fault>(r#"{"effect":{"kind":"html"},"tims":2}"#).is_err());
    }
}
