//! What a person found at the portal about an event whose effect is unknown.
//!
//! What a reader would get wrong: a person's word is taken as it is. The portal is not asked
//! again, and nothing checks that he looked.

/// What stands at the portal of the events that were sent together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// They stand there.
    Arrived {
        /// Revision of the last that does; `None`: every event that was sent together with
        /// the first, or the first alone where it had happened before the store was put back
        /// from a backup, since nobody knows what was sent together then.
        through: Option<u64>,
    },
    /// None of them does.
    Absent,
}

impl Found {
    /// Its name, as stores keep it with who said so.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arrived { .. } => "RESOLVE_ARRIVED",
            Self::Absent => "RESOLVE_ABSENT",
        }
    }
}

/// What came of a person's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// The events up to this revision are accepted; what is behind them goes on.
    Accepted {
        /// Revision of the last.
        through_revision: u64,
    },
    /// The event of this revision is due again, to be sent.
    Due {
        /// Its revision.
        revision: u64,
    },
    /// The event that was said to stand there is not one of those that were sent together;
    /// nothing was done.
    NotSentTogether {
        /// Revision of the last that was.
        last_revision: u64,
    },
    /// The oldest unaccepted event is another one, or its effect is not unknown (any more);
    /// nothing was done.
    Untouched,
    /// What would have to be sent is not kept any more; nothing was done.
    Expired,
    /// There is no such dossier.
    NotRecorded,
}
