//! Why what a person says of one dossier cannot be taken.

use thiserror::Error;
use tonic::Code;

use super::Reason;

/// Why an event is neither settled nor put right by a person's word. Nothing was changed.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum Unsettled {
    /// It is not the oldest unaccepted one, or whether it arrived is known, or it is being
    /// sent or asked about at this moment.
    #[error("this event does not wait for a person to say whether it arrived")]
    NotUnknown,
    /// Its oldest unaccepted event is no refused or dead state, or no newer state is
    /// recorded that puts it right.
    #[error("this dossier has no refused state that a newer one puts right")]
    NothingToCorrect,
    /// It would have to be sent, and what it holds is not kept any more.
    #[error("what would have to be sent is not kept any more")]
    Expired,
    /// No system recorded such a dossier.
    #[error("no system has recorded it")]
    NotRecorded,
}

impl Unsettled {
    pub(super) fn code(self) -> Code {
        match self {
            Self::NotUnknown | Self::NothingToCorrect | Self::Expired => Code::FailedPrecondition,
            Self::NotRecorded => Code::NotFound,
        }
    }

    pub(super) fn reason(self) -> Reason {
        match self {
            Self::NotUnknown => Reason::EventNotUnknown,
            Self::NothingToCorrect => Reason::NothingToCorrect,
            Self::Expired => Reason::ContentExpired,
            Self::NotRecorded => Reason::DossierNotFound,
        }
    }

    /// What must be so before it can be taken; `None` where nothing helps.
    pub(super) fn precondition(self) -> Option<&'static str> {
        match self {
            Self::NotUnknown => Some("look at the dossier again: something has changed meanwhile"),
            Self::NothingToCorrect => {
                Some("record the dossier's state anew, with what was corrected")
            }
            Self::Expired => Some("record the dossier's state anew"),
            Self::NotRecorded => None,
        }
    }
}
