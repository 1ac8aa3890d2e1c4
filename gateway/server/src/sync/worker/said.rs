//! What the portal said at an attempt, as its row keeps it.

use lienthong_core::ports::portal::{PortalAnswer, PortalError, PortalReference};

/// What the portal said in words.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) text: String,
    /// How the portal names the dossier from now on.
    pub(super) reference: Option<PortalReference>,
}

impl From<&PortalAnswer> for Said {
    fn from(answer: &PortalAnswer) -> Self {
        Self {
            code: answer.code.clone(),
            text: answer.text.clone(),
            reference: answer.reference.clone(),
        }
    }
}

impl From<&PortalError> for Said {
    fn from(error: &PortalError) -> Self {
        Self {
            code: error.upstream_code(),
            text: error.upstream_text(),
            reference: None,
        }
    }
}
