//! A fetch that somebody wants, and what it brings.

use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::{Loss, StepCounts, VanishedCode};
use lienthong_core::ports::catalogue::{CatalogueState, CatalogueStoreError};
use thiserror::Error;

/// Who wants a fetch, and how.
#[derive(Debug, Clone)]
pub struct Order {
    /// Mã cán bộ.
    pub by: OfficerId,
    /// Take a catalogue also when it has lost much.
    pub accept_shrink: bool,
}

/// What a fetch brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// Which catalogue is held now.
    pub state: CatalogueState,
    /// How much it changed.
    pub counts: StepCounts,
    /// Rows of the source whose code is none.
    pub left_out: u64,
    /// Rows of the source for a code that came before.
    pub repeated: u64,
    /// Codes of essential services that went with it.
    pub vanished: Vec<VanishedCode>,
}

/// Why a fetch that was asked for brought no catalogue; what is held stays.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum RefreshError {
    /// Another fetch is under way.
    #[error("a fetch of the catalogue is under way")]
    Running,
    /// The gateway stops.
    #[error("the gateway is stopping")]
    Stopping,
    /// The source failed.
    #[error("the catalogue did not come: {reason}")]
    Failed {
        /// Why, in our words.
        reason: String,
    },
    /// The catalogue has lost too many procedures.
    #[error("the catalogue has lost {} of {} procedures and is refused", .0.lost, .0.held)]
    Shrunk(Loss),
    /// The catalogue lists nothing.
    #[error("the catalogue lists nothing and is refused")]
    Empty,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] CatalogueStoreError),
}
