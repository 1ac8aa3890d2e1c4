//! An answer as it came: a code, a sentence and what hangs on them.
//!
//! The code comes as integer or string, and of some wrappers not at all: their whole
//! answer is a sentence (portal.md 10 and 21).

use lienthong_core::ports::portal::{PortalError, Said};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

/// An answer of the portal.
pub(in crate::portal) struct Envelope {
    class: Code,
    code: String,
    message: String,
    result: Value,
    session: Option<String>,
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
    #[serde(default)]
    data: Value,
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
            message: read.message.unwrap_or_default(),
            result: read.data,
            session: None,
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
        }
    }

    /// The session of a log-in that went well.
    pub(in crate::portal) fn into_session(self) -> Option<SecretString> {
        let fine = self.class == Code::Zero;
        self.session
            .filter(|session| fine && !session.is_empty())
            .map(SecretString::from)
    }

    /// The words of the answer, without the values `known`.
    pub(in crate::portal) fn said(&self, known: &[&str]) -> Said {
        Said::new(&self.code, &self.message, known)
    }

    /// What hangs on the answer: `result`, or `data` of P4.
    pub(in crate::portal) fn result(&self) -> &Value {
        &self.result
    }

    pub(super) fn class(&self) -> Code {
        self.class
    }

    /// The sentence composed, in lower case and with single spaces, so that one
    /// written form stands for all.
    pub(super) fn folded(&self) -> String {
        let folded = self.message.nfc().collect::<String>().to_lowercase();
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    }
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
