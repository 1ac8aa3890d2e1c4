//! What a call about the procedure catalogue can fail with.
//!
//! What a reader would get wrong: a catalogue that is refused is no outage. The one that is
//! held is still served, and a person decides about the other.

use lienthong_core::catalogue::Loss;
use lienthong_core::ports::catalogue::CatalogueStoreError;
use thiserror::Error;
use tonic::Code;

use super::Reason;

/// Why a call about the procedure catalogue failed.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum CatalogueFailure {
    /// The gateway keeps no catalogue.
    #[error("this gateway keeps no procedure catalogue")]
    NotConfigured,
    /// No catalogue was fetched yet.
    #[error("no procedure catalogue was fetched yet")]
    NotFetched,
    /// The catalogue never listed the procedure.
    #[error("the procedure catalogue has no such procedure")]
    ProcedureNotFound,
    /// Another fetch is under way.
    #[error("a fetch of the procedure catalogue is under way")]
    Running,
    /// The source failed.
    #[error("the procedure catalogue did not come; the one that is held stays: {reason}")]
    SourceFailed {
        /// Why, in our words.
        reason: String,
    },
    /// The new catalogue has lost too many procedures.
    #[error(
        "the procedure catalogue has lost {} of {} procedures and is refused; the one that is \
         held stays", .0.lost, .0.held
    )]
    Shrunk(Loss),
    /// The new catalogue lists nothing.
    #[error("the procedure catalogue lists nothing and is refused; the one that is held stays")]
    Empty,
    /// What is held cannot be read or replaced.
    #[error(transparent)]
    Store(#[from] CatalogueStoreError),
}

impl CatalogueFailure {
    pub(super) fn code(&self) -> Code {
        match self {
            Self::NotConfigured | Self::Shrunk(_) | Self::Empty => Code::FailedPrecondition,
            Self::NotFetched
            | Self::SourceFailed { .. }
            | Self::Store(CatalogueStoreError::Unavailable { .. }) => Code::Unavailable,
            Self::ProcedureNotFound => Code::NotFound,
            Self::Running => Code::ResourceExhausted,
            Self::Store(CatalogueStoreError::Corrupt { .. }) => Code::Internal,
        }
    }

    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::NotConfigured => Reason::CatalogueNotConfigured,
            Self::NotFetched => Reason::CatalogueNotFetched,
            Self::ProcedureNotFound => Reason::ProcedureNotFound,
            Self::Running => Reason::CatalogueRefreshRunning,
            Self::SourceFailed { .. } => Reason::CatalogueSourceFailed,
            Self::Shrunk(_) => Reason::CatalogueShrunk,
            Self::Empty => Reason::CatalogueEmpty,
            Self::Store(CatalogueStoreError::Unavailable { .. }) => Reason::StoreUnavailable,
            Self::Store(CatalogueStoreError::Corrupt { .. }) => Reason::StoreCorrupt,
        }
    }

    /// What the caller is told, without the store's own words.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Store(CatalogueStoreError::Unavailable { .. }) => {
                "the gateway's store of the procedure catalogue cannot be used at present"
                    .to_owned()
            }
            Self::Store(CatalogueStoreError::Corrupt { .. }) => {
                "the gateway's store of the procedure catalogue holds something that cannot be \
                 read back"
                    .to_owned()
            }
            Self::NotConfigured
            | Self::NotFetched
            | Self::ProcedureNotFound
            | Self::Running
            | Self::SourceFailed { .. }
            | Self::Shrunk(_)
            | Self::Empty => self.to_string(),
        }
    }

    /// Whether the same call may succeed by itself later.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::NotFetched
            | Self::SourceFailed { .. }
            | Self::Store(CatalogueStoreError::Unavailable { .. }) => true,
            Self::NotConfigured
            | Self::ProcedureNotFound
            | Self::Running
            | Self::Shrunk(_)
            | Self::Empty
            | Self::Store(CatalogueStoreError::Corrupt { .. }) => false,
        }
    }

    /// Whether somebody must mend something here.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self, Self::Store(CatalogueStoreError::Corrupt { .. }))
    }

    /// What has to hold first: its kind, of what, and what to do.
    pub(super) fn precondition(&self) -> Option<(&'static str, &'static str, &'static str)> {
        match self {
            Self::NotConfigured => Some((
                "CATALOGUE_CONFIGURED",
                "catalogue",
                "add a section [procedures] to the gateway's configuration",
            )),
            Self::Shrunk(_) => Some((
                "CATALOGUE_COMPLETE",
                "catalogue",
                "look at the portal; where it is right, ask again with accept_shrink",
            )),
            Self::Empty => Some((
                "CATALOGUE_COMPLETE",
                "catalogue",
                "ask the portal's operator why its catalogue is empty",
            )),
            Self::NotFetched
            | Self::ProcedureNotFound
            | Self::Running
            | Self::SourceFailed { .. }
            | Self::Store(_) => None,
        }
    }
}
