//! Dossiers whose state at the portal is not the one here (administration.md 3.6, C6).
//!
//! What a reader would get wrong: without a reconciliation nothing is known, which is not
//! the same as nothing being different.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::OutboxError;

use crate::sync::operations::Desk;

/// Dossiers that differ at the portal, each with the moment since which that is known.
pub type Differing = BTreeMap<DossierNumber, Timestamp>;

/// Tells which dossiers differ at the portal.
#[async_trait]
pub trait Mismatches: Send + Sync {
    /// Those that differ and were not mended; `None` where nothing was compared.
    async fn open(&self) -> Result<Option<Differing>, OutboxError>;
}

/// By the last reconciliation.
#[async_trait]
impl Mismatches for Desk {
    async fn open(&self) -> Result<Option<Differing>, OutboxError> {
        self.open_differences().await
    }
}

/// Nothing is compared with the portal.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingCompared;

#[async_trait]
impl Mismatches for NothingCompared {
    async fn open(&self) -> Result<Option<Differing>, OutboxError> {
        Ok(None)
    }
}
