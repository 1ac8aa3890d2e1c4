//! The evidence register (sổ đăng ký minh chứng) as a port.
//!
//! What a reader would get wrong: it only grows. A newer piece takes the place of an older
//! one by saying so; nothing is changed or removed.

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use crate::access::{ClientName, OfficerId};
use crate::dossier::event::EventId;
use crate::evidence::{Evidence, EvidenceId};

/// A piece that is to be recorded; its id is not given yet and is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// The piece.
    pub evidence: Evidence,
    /// The caller's own name for the recording; the same one records once.
    pub event: EventId,
    /// Calling system.
    pub client: ClientName,
    /// Who records it.
    pub operator: OfficerId,
    /// When.
    pub at: Timestamp,
}

/// A recorded piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvidence {
    /// The piece with its id.
    pub evidence: Evidence,
    /// It was recorded before under the same name.
    pub duplicate: bool,
}

/// Why a piece was not recorded. Nothing was changed.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum EvidenceError {
    /// The name was used before for another content.
    #[error("this event id was used before for another content")]
    OtherContent,
    /// It names a piece that is not in the register.
    #[error("the register holds no evidence {id}")]
    NotThere {
        /// Which.
        id: EvidenceId,
    },
    /// The store cannot be used at present.
    #[error("the evidence register cannot be used: {reason}")]
    Unavailable {
        /// What the store said; holds no stored values.
        reason: String,
    },
}

/// Keeps evidence.
#[async_trait]
pub trait EvidenceRegister: Send + Sync {
    /// Records the pieces in their order, all or none; durable when it returns. Ids are given
    /// in that order.
    async fn record(
        &self,
        pieces: Vec<NewEvidence>,
    ) -> Result<Vec<RecordedEvidence>, EvidenceError>;

    /// Everything that was ever recorded, in the order of recording.
    async fn all(&self) -> Result<Vec<Evidence>, EvidenceError>;

    /// Number of pieces: changes when something is recorded.
    async fn version(&self) -> Result<u64, EvidenceError>;
}
