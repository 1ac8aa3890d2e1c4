//! What a procedure system reports about a dossier: a state or a step, once.

use jiff::Timestamp;

use super::{Dossier, Step};
use crate::access::ClientName;
use crate::dossier_number::DossierNumber;

/// The caller's own name for one event; 1 to 64 visible ASCII characters.
///
/// Together with the calling system it makes recording idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(String);

impl EventId {
    /// Longest value, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// Takes `text` when it has 1 to 64 visible ASCII characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The name as the caller gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event as it is handed to the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Calling system.
    pub client: ClientName,
    /// The caller's name for the event.
    pub id: EventId,
    /// When it happened, by the caller's clock.
    pub occurred_at: Timestamp,
    /// What happened.
    pub body: EventBody,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventBody {
    /// The dossier's full state.
    State(Box<Dossier>),
    /// One processing step of a dossier.
    Step {
        /// Mã hồ sơ of the dossier that the step belongs to.
        dossier: DossierNumber,
        /// The step.
        step: Box<Step>,
    },
}

impl EventBody {
    /// Number of the dossier that the event is about.
    #[must_use]
    pub fn dossier(&self) -> &DossierNumber {
        match self {
            Self::State(dossier) => &dossier.number,
            Self::Step { dossier, .. } => dossier,
        }
    }
}

#[cfg(test)]
mod tests;
