//! What was known of the portal's side at a moment: since when dossiers differ there, and
//! when it could not be reached.
//!
//! What a reader would get wrong: everything has its moments, so that days that are over are
//! told the same for ever. A later reconciliation adds to what is known of later days only. Of
//! days before the moments were kept nothing is told to be compared.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::dossier_number::DossierNumber;
use crate::ports::outbox::OutboxError;
use crate::sync::outage::{Outage, Outages};

/// The last reconciliation that had an answer of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// When it ended.
    pub at: Timestamp,
    /// Whether it saw fields of any dossier, and not only whether dossiers are there.
    pub by_fields: bool,
}

/// What was known of the portal's side at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortalSide {
    /// The gateway's own last reconciliation; `None` where there was none.
    pub own: Option<Compared>,
    /// The last one that an operator asked for, which may have been about a single dossier.
    pub asked: Option<Compared>,
    /// Dossiers that differed there and were not known to be mended, each with the moment
    /// since which that was known.
    pub differing: BTreeMap<DossierNumber, Timestamp>,
    /// Times in which it could not be reached, until that moment.
    pub outages: Outages,
}

impl PortalSide {
    /// The reconciliation that tells most of the time from `begin` on: the gateway's own, else
    /// one that was asked for. Where neither ended since, the latest, which tells nothing of
    /// that time; `None` where nothing was ever compared.
    #[must_use]
    pub fn compared(&self, begin: Timestamp) -> Option<Compared> {
        let since = |it: &Compared| it.at >= begin;
        let latest = || {
            let both = self.own.into_iter().chain(self.asked);
            both.max_by_key(|it| it.at)
        };
        self.own
            .filter(since)
            .or_else(|| self.asked.filter(since))
            .or_else(latest)
    }

    /// Whether statuses at the portal were seen since `begin`.
    #[must_use]
    pub fn saw_statuses(&self, begin: Timestamp) -> bool {
        let compared = self.compared(begin);
        compared.is_some_and(|it| it.at >= begin && it.by_fields)
    }
}

/// Keeps what is known of the portal's side.
///
/// Differences come and go with what [`crate::ports::operations::Operations::found`] keeps
/// of a dossier, and go where a repair of it found nothing to send again.
#[async_trait]
pub trait PortalHistory: Send + Sync {
    /// What was known at `as_of`.
    async fn side(&self, as_of: Timestamp) -> Result<PortalSide, OutboxError>;

    /// Keeps a time in which the portal could not be reached. One that began at the same
    /// moment is made as long as this one, and never shorter.
    async fn keep_outage(&self, outage: Outage) -> Result<(), OutboxError>;

    /// Removes at most `most` differences that were mended, and as many outages that ended,
    /// before `before`. How many of both.
    async fn forget_side(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError>;
}
