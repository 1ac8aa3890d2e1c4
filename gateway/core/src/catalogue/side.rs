//! The lists that come beside the procedures: the online services, the units and the fields.
//!
//! What a reader would get wrong: each has an age of its own. A catalogue of this night may
//! carry the units of last month, because theirs came empty ever since.

use std::fmt;

use jiff::Timestamp;

use super::acceptance::Loss;
use super::schedule::FetchPlan;

/// A list beside the procedures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SideList {
    /// Dịch vụ công trực tuyến of the procedures (`LayDVC`).
    OnlineServices,
    /// The catalogue of units (`LayDanhMucCoQuan`).
    Units,
    /// The catalogue of fields (`LayDanhMucLinhVuc`).
    Fields,
}

impl SideList {
    /// Every list.
    pub const ALL: [Self; 3] = [Self::OnlineServices, Self::Units, Self::Fields];

    /// Name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OnlineServices => "ONLINE_SERVICES",
            Self::Units => "UNITS",
            Self::Fields => "FIELDS",
        }
    }
}

impl fmt::Display for SideList {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::OnlineServices => "the online services",
            Self::Units => "the catalogue of units",
            Self::Fields => "the catalogue of fields",
        })
    }
}

/// Why a list was not taken with the catalogue; what is held of it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTakenSide {
    /// It did not come.
    Failed {
        /// Why, in our words.
        reason: String,
    },
    /// It names nothing that can be read.
    Empty,
    /// It has lost too much of what is held.
    Shrunk(Loss),
}

/// What a fetch brought of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideFetch<T> {
    /// It takes the place of what is held.
    Taken(T),
    /// What is held stays.
    Kept(NotTakenSide),
}

/// How a list stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideState {
    /// Which.
    pub list: SideList,
    /// When it was last taken; `None` while it never was, or nobody wrote down when.
    pub fetched_at: Option<Timestamp>,
    /// How many entries are held.
    pub entries: u64,
    /// Why newer ones were not taken since: how it was last refused, and how it last failed.
    /// A failure does not take a refusal's place, for that one waits for a person.
    pub kept: Vec<NotTakenSide>,
}

impl SideState {
    /// Whether it is stale at `now`, as the catalogue itself would be; one whose age nobody
    /// knows is.
    #[must_use]
    pub fn is_stale(&self, plan: &FetchPlan, now: Timestamp) -> bool {
        self.fetched_at.is_none_or(|at| plan.is_stale(at, now))
    }
}
