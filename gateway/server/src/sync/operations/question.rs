//! One question to the portal about one dossier, and the comparison with what is recorded.
//!
//! What a reader would get wrong: the dossier goes on while the portal is asked. An answer
//! counts only where the record stands as it did before the question; otherwise the
//! dossier is under way, and a difference would be none.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{DossierRecord, OutboxError};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::reconcile::{Difference, Finding, compare};
use lienthong_core::sync::state::SyncState;

use super::OperationsRunner;

/// What came of a question.
#[derive(Debug)]
pub(super) enum Asked {
    /// It was answered and compared.
    Compared {
        /// What is recorded, if anything is.
        record: Option<Box<DossierRecord>>,
        /// Whether fields could be compared.
        by_fields: bool,
        /// What differs.
        differences: Vec<Difference>,
    },
    /// The dossier has work under way.
    UnderWay,
    /// The portal gave no answer that counts.
    NotAnswered(Cause),
    /// The portal is left alone for now, so it was not asked.
    LeftAlone,
    /// The portal cannot be asked about this dossier, now or later.
    NotAskable(Cause),
    /// The profile has no such question.
    NotOffered,
}

impl Asked {
    /// Whether the portal was really asked.
    pub(super) fn cost_a_question(&self) -> bool {
        match self {
            Self::Compared { .. } | Self::NotAnswered(_) => true,
            Self::UnderWay | Self::LeftAlone | Self::NotAskable(_) | Self::NotOffered => false,
        }
    }
}

impl OperationsRunner {
    /// Asks the portal about `dossier` and compares.
    pub(super) async fn ask(&self, dossier: &DossierNumber) -> Result<Asked, OutboxError> {
        let before = self.desk.outbox().dossier(dossier).await?;
        if before.as_ref().is_some_and(is_under_way) {
            return Ok(Asked::UnderWay);
        }
        let reference = before.as_ref().and_then(|record| record.reference.as_ref());
        if let Some(record) = &before
            && reference.is_none()
            && self.portal.issues_numbers()
        {
            return Ok(without_number(record));
        }
        let budget = self.settings.call_budget;
        let view = match self.portal.find(dossier, reference, budget).await {
            Ok(view) => view,
            Err(PortalError::NotOffered { .. }) => return Ok(Asked::NotOffered),
            Err(PortalError::BreakerOpen | PortalError::Busy) => return Ok(Asked::LeftAlone),
            Err(error) => return Ok(Asked::NotAnswered(error.cause())),
        };
        let steps = self.desk.ledger().recorded_steps(dossier).await?;
        let record = self.desk.outbox().dossier(dossier).await?;
        if !stands_still(before.as_ref(), record.as_ref()) {
            return Ok(Asked::UnderWay);
        }
        Ok(match compare(record.as_ref(), steps.as_deref(), &view) {
            Finding::Answered {
                by_fields,
                differences,
            } => compared(record, by_fields, differences),
            Finding::Unanswered(cause) => Asked::NotAnswered(cause),
        })
    }
}

/// What is known of a dossier without the number by which the portal would be asked.
fn without_number(record: &DossierRecord) -> Asked {
    if record.known_at_portal || record.last_accepted_at.is_some() {
        // It was brought there by another profile, or its number went with a lost disk.
        return Asked::NotAskable(Cause::CannotBeAsked);
    }
    // A number is kept before anything is sent, so nothing ever was.
    compared(Some(record.clone()), false, Vec::new())
}

fn compared(record: Option<DossierRecord>, by_fields: bool, differences: Vec<Difference>) -> Asked {
    Asked::Compared {
        record: record.map(Box::new),
        by_fields,
        differences,
    }
}

fn is_under_way(record: &DossierRecord) -> bool {
    match record.state {
        SyncState::Pending
        | SyncState::Sending
        | SyncState::Unknown
        | SyncState::Waiting
        | SyncState::Blocked => true,
        SyncState::Accepted | SyncState::Refused | SyncState::Dead => false,
    }
}

fn stands_still(before: Option<&DossierRecord>, after: Option<&DossierRecord>) -> bool {
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => {
            let of =
                |record: &DossierRecord| (record.revision, record.state, record.last_accepted_at);
            of(before) == of(after)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}
