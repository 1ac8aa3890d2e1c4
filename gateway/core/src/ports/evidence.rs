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

/// A piece that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// The piece. Its id is a name within the call, by which later pieces of the same call may
    /// say that they take its place; the register gives it another one.
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

/// A piece as it stands in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredEvidence {
    /// Its place in the register: from 1, without gaps, in the order of recording.
    pub sequence: u64,
    /// The piece.
    pub evidence: Evidence,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Calling system.
    pub client: ClientName,
    /// Who recorded it.
    pub operator: OfficerId,
    /// The caller's own name for the recording.
    pub event: EventId,
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
    /// in that order ([`EvidenceId::given`]). A piece that was recorded before under the same
    /// event id by the same client is a duplicate when it says the same, and keeps its id.
    async fn record(
        &self,
        pieces: Vec<NewEvidence>,
    ) -> Result<Vec<RecordedEvidence>, EvidenceError> {
        let recorded = self.record_on(None, pieces).await?;
        Ok(recorded.unwrap_or_default())
    }

    /// As [`EvidenceRegister::record`], and only on the register of this
    /// [`EvidenceRegister::version`]: what was examined beside an older one may contradict what
    /// was recorded since. `Ok(None)`: there is another version, and nothing was recorded; never
    /// given where `version` is `None`.
    async fn record_on(
        &self,
        version: Option<u64>,
        pieces: Vec<NewEvidence>,
    ) -> Result<Option<Vec<RecordedEvidence>>, EvidenceError>;

    /// Everything that was ever recorded and by whom, in the order of recording.
    async fn history(&self) -> Result<Vec<RegisteredEvidence>, EvidenceError>;

    /// Everything that was ever recorded, in the order of recording.
    async fn all(&self) -> Result<Vec<Evidence>, EvidenceError> {
        let history = self.history().await?;
        Ok(history.into_iter().map(|it| it.evidence).collect())
    }

    /// Number of pieces: changes when something is recorded.
    async fn version(&self) -> Result<u64, EvidenceError>;
}
