//! The name under which one call is found in logs, audit and support requests.

use std::sync::Arc;

use http::HeaderValue;

/// Request id (`x-request-id`) of a call; stands in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Longest id that is taken from a caller, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// A new id: a UUID of version 7.
    #[must_use]
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7().to_string().into())
    }

    /// The id that a caller sent, when it has 1 to 64 visible ASCII characters.
    #[must_use]
    pub fn from_header(value: &HeaderValue) -> Option<Self> {
        let bytes = value.as_bytes();
        let fits =
            (1..=Self::MAX_LENGTH).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(bytes).ok().filter(|_| fits)?;
        Some(Self(text.into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
