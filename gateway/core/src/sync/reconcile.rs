//! Our ledger against the portal's view of one dossier.
//!
//! What a reader would get wrong: a field that the answer does not carry is not a
//! difference. The real portal's answer is publicly known only as present or absent
//! (portal.md 4), so presence alone must be enough to say something.

mod compare;
mod repair;
#[cfg(test)]
mod samples;

pub use compare::compare;
pub use repair::{ByHand, Repair, plan, repair};

use jiff::Timestamp;

use crate::portal_status::PortalStatus;
use crate::sync::cause::Cause;

/// A date of a dossier that both sides may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DateField {
    /// Ngày tiếp nhận (`NgayTiepNhan`).
    Received,
    /// Ngày hẹn trả (`NgayHenTra`).
    Due,
    /// Ngày kết thúc xử lý (`NgayKetThucXuLy`).
    Finished,
    /// Ngày trả (`NgayTra`).
    Returned,
}

impl DateField {
    /// The fields, in the order in which they are compared.
    pub const ALL: [Self; 4] = [Self::Received, Self::Due, Self::Finished, Self::Returned];
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// We believe that the portal has the dossier, and it does not know it.
    MissingThere,
    /// The portal has a dossier that was never recorded here.
    MissingHere,
    /// The portal has the dossier, and we believe that it does not yet.
    UnexpectedThere,
    /// The portal's status is that of an earlier event of ours.
    StatusBehind {
        /// Ours.
        ours: PortalStatus,
        /// Theirs.
        theirs: PortalStatus,
    },
    /// The portal's status is that of none of our events, or of one that it has not
    /// accepted yet.
    StatusAhead {
        /// Ours.
        ours: PortalStatus,
        /// Theirs.
        theirs: PortalStatus,
    },
    /// The portal's status is not one of the ten.
    StatusUnknown {
        /// Ours.
        ours: PortalStatus,
        /// Theirs, letter for letter.
        theirs: String,
    },
    /// Accepted steps are not among those that the portal lists.
    StepsMissing {
        /// How many.
        steps: u64,
        /// Revision of the first of them, where every accepted step from it on is missing; 0
        /// where others stand behind it, or where it cannot be told which are missing.
        first_revision: u64,
    },
    /// A date differs.
    DateChanged {
        /// Which.
        field: DateField,
        /// Ours; `None` where we have none.
        ours: Option<Timestamp>,
        /// Theirs; `None` where they have none.
        theirs: Option<Timestamp>,
    },
    /// Result papers stand there without a file although ours have one.
    ResultWithoutFile {
        /// How many.
        papers: u64,
    },
}

/// What a reconciliation found of one dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The portal gave no answer.
    Unanswered(Cause),
    /// It answered.
    Answered {
        /// Whether fields could be compared, not presence alone.
        by_fields: bool,
        /// What differs; empty when the sides agree.
        differences: Vec<Difference>,
    },
}
