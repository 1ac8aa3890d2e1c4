//! How far a source is folded in, who follows it, and how it is told anew.
//!
//! What a reader would get wrong: what a source told before stays in its place until all of it
//! has been told again beside it, and then dossier by dossier takes its place. So no fact is
//! ever read that is made of half of what there is.

use jiff::Timestamp;

use super::{Fingerprint, Source};
use crate::access::{ClientName, OfficerId};
use crate::text::Text;

/// One process that follows sources. No other one has the same, nor it itself after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FollowerId(pub String);

/// Who was seen to follow a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// Which process.
    pub id: FollowerId,
    /// When it was last noted.
    pub seen_at: Timestamp,
}

/// Who was refused as a follower of a log, because another process follows one of the same
/// name: what is recorded there in that time is in no fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rival {
    /// Which process it was last.
    pub id: FollowerId,
    /// When one was first refused.
    pub since: Timestamp,
    /// When one was last refused.
    pub seen_at: Timestamp,
}

/// How far it is with a source that is told anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anew {
    /// It is told again from its beginning, beside what is known.
    Telling {
        /// Up to where.
        position: u64,
        /// What stands there.
        fingerprint: Option<Fingerprint>,
    },
    /// All is told, and what was told takes its place, dossier by dossier.
    Taking,
}

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which source.
    pub source: Source,
    /// How far it is folded in; 0 before the first time.
    pub position: u64,
    /// What stood there then.
    pub fingerprint: Option<Fingerprint>,
    /// Its store was put back from a backup, and what it holds has not taken its place yet.
    /// While it is [`Anew::Telling`], `position` is of the store that was.
    pub is_lost: bool,
    /// Everything that its store held at this moment is folded in.
    pub complete_until: Option<Timestamp>,
    /// Who follows it; `None` when nobody ever did.
    pub follower: Option<Follower>,
    /// Who has a log of the same name that is not observed; `None` when nobody is known to.
    pub rival: Option<Rival>,
    /// How far it is with being told anew; `None` when it is not.
    pub anew: Option<Anew>,
    /// Its rows that could not be read and are in no fact.
    pub unreadable: u64,
}

impl Standing {
    /// Of a source of which nothing is known.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            position: 0,
            fingerprint: None,
            is_lost: false,
            complete_until: None,
            follower: None,
            rival: None,
            anew: None,
            unreadable: 0,
        }
    }

    /// Whether somebody can tell it again from its beginning: the events, which every gateway
    /// reads, and every log that a gateway was seen to follow. What was only given once would
    /// be waited for without end.
    #[must_use]
    pub fn can_be_told_anew(&self) -> bool {
        match self.source {
            Source::Events => true,
            Source::Lookups(_) => self.follower.is_some(),
        }
    }

    /// Whether `position` is a place of the store as it is: something can be folded in there.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        !(self.is_lost && matches!(self.anew, Some(Anew::Telling { .. })))
    }
}

/// Why a source is told anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebuildCause {
    /// An operator asked for all sources.
    Asked {
        /// Mã cán bộ.
        operator: OfficerId,
        /// The calling system.
        client: ClientName,
        /// Lý do.
        reason: Text<500>,
    },
    /// The store of this source was put back from a backup.
    PutBack {
        /// Which source, and it alone.
        source: Source,
        /// Where it stood when that was found: [`Standing::position`], or that of
        /// [`Anew::Telling`].
        position: u64,
    },
}

/// That sources are told anew. It is never changed nor removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuild {
    /// From 1, in their order.
    pub number: u64,
    /// When it began.
    pub at: Timestamp,
    /// Why.
    pub cause: RebuildCause,
}
