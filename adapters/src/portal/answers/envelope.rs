//! An answer as it came: a code, a sentence and what hangs on them.
//!
//! The code comes as integer or string, and of some wrappers not at all: their whole
//! answer is a sentence (portal.md 10 and 21).

use lienthong_core::ports::portal::PortalError;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::success::{SUCCESS, claims_success};

/// An answer of the portal.
pub(in crate::portal) struct Envelope {
    class: Code,
    code: String,
    message: String,
    result: Value,
    session: Option<String>,
    /// The HTTP status of an answer without words that could be read.
    wordless: Option<u16>,
    /// Whether all of P4's own object is there, with a number for its code.
    whole: bool,
}

/// What a code says before the sentence is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// Fine: `0`, `"0"` or `"00"`; of P4 `200` too.
    Zero,
    /// Another.
    NonZero,
    /// None at all, in an object that should have one.
    Absent,
    /// The whole answer is a sentence.
    Text,
}

/// `{error_code, message[, result][, session]}`.
#[derive(Deserialize)]
struct SessionObject {
    #[serde(default)]
    error_code: Value,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    result: Value,
    #[serde(default)]
    session: Option<String>,
}

/// `{code, message, data}` of P4 (portal.md 9).
#[derive(Deserialize)]
struct TypedObject {
    #[serde(default)]
    code: Value,
    #[serde(default)]
    message: Option<String>,
    /// Null is there, and says that this is the portal's own object.
    #[serde(default, deserialize_with = "present")]
    data: Option<Value>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Envelope {
    /// Reads an object of P1 to P3.
    ///
    /// # Errors
    /// [`PortalError::Nonsense`] when it is not such an object.
    pub(in crate::portal) fn read(body: &[u8]) -> Result<Self, PortalError> {
        let read: SessionObject = object(body)?;
        let code = code_text(&read.error_code)?;
        Ok(Self {
            class: class_of(&code, &[]),
            code,
            message: read.message.unwrap_or_default(),
            result: read.result,
            session: read.session,
            wordless: None,
            whole: false,
        })
    }

    /// Reads an object of P4. `fine` is whether the HTTP status leaves it to the code to
    /// say so.
    ///
    /// # Errors
    /// [`PortalError::Nonsense`] when it is not such an object.
    pub(in crate::portal) fn read_typed(body: &[u8], fine: bool) -> Result<Self, PortalError> {
        let read: TypedObject = object(body)?;
        let code = code_text(&read.code)?;
        let class = class_of(&code, &["200"]);
        Ok(Self {
            class: if fine { class } else { Code::NonZero },
            code,
            whole: read.code.is_i64() && read.message.is_some() && read.data.is_some(),
            message: read.message.unwrap_or_default(),
            result: read.data.unwrap_or_default(),
            session: None,
            wordless: None,
        })
    }

    /// An answer that is nothing but a sentence.
    pub(in crate::portal) fn of_text(text: &str) -> Self {
        Self {
            class: Code::Text,
            code: String::new(),
            message: text.to_owned(),
            result: Value::Null,
            session: None,
            wordless: None,
            whole: false,
        }
    }

    /// What was read of an answer whose HTTP status is no success: its words, whatever its
    /// code says. Without words nothing is known but the status.
    pub(in crate::portal) fn under_status(read: Result<Self, PortalError>, status: u16) -> Self {
        let words = read.unwrap_or_else(|_| Self {
            wordless: Some(status),
            ..Self::of_text("")
        });
        let code = if words.code.is_empty() {
            format!("HTTP {status}")
        } else {
            words.code
        };
        Self {
            class: Code::NonZero,
            code,
            result: Value::Null,
            ..words
        }
    }

    /// The session of a log-in that went well.
    pub(in crate::portal) fn into_session(self) -> Option<SecretString> {
        let fine = self.class == Code::Zero;
        self.session
            .filter(|session| fine && !session.is_empty())
            .map(SecretString::from)
    }

    /// What hangs on the answer: `result`, or `data` of P4.
    pub(in crate::portal) fn result(&self) -> &Value {
        &self.result
    }

    /// Whether the words say of a part at least that it went well.
    pub(in crate::portal) fn claims_success(&self) -> bool {
        claims_success(&self.folded())
    }

    /// Whether this is P4's own object with this number for a code. What stands in between
    /// writes JSON as well, and seldom all of this.
    pub(in crate::portal) fn is_own(&self, code: u16) -> bool {
        self.whole && self.code == code.to_string()
    }

    pub(super) fn class(&self) -> Code {
        self.class
    }

    pub(super) fn code(&self) -> &str {
        &self.code
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn wordless(&self) -> Option<u16> {
        self.wordless
    }

    /// The sentence composed, in lower case and with single spaces, so that one
    /// written form stands for all.
    pub(super) fn folded(&self) -> String {
        folded(&self.message)
    }

    /// The sentence without values that the call carried: a name may hold any word.
    pub(super) fn folded_without(&self, values: &[&str]) -> String {
        let known = values.iter().map(|value| folded(value));
        // A value of one word may be a word of the sentence itself.
        let known = known.filter(|value| value.contains(' ') && value != SUCCESS);
        let rest = known.fold(self.folded(), |rest, value| rest.replace(&value, "…"));
        folded(&rest)
    }
}

fn folded(text: &str) -> String {
    let folded = text.nfc().collect::<String>().to_lowercase();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a JSON object.
fn object<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, PortalError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // A struct may be read from a list as well, and `[]` would pass.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(no_object());
    }
    serde_json::from_slice(body).map_err(|_| no_object())
}

fn no_object() -> PortalError {
    PortalError::Nonsense {
        problem: "not a JSON object of the portal",
        said: None,
    }
}

/// A code as text; empty when there is none.
fn code_text(code: &Value) -> Result<String, PortalError> {
    match code {
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(no_object()),
    }
}

fn class_of(code: &str, fine: &[&str]) -> Code {
    if code.is_empty() {
        Code::Absent
    } else if code.bytes().all(|byte| byte == b'0') || fine.contains(&code) {
        Code::Zero
    } else {
        Code::NonZero
    }
}
