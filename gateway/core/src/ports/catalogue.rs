//! The procedure catalogue at its source and in the gateway's own store, as ports.
//!
//! What a reader would get wrong: the source is the portal, and fails as the portal does. The
//! store replaces a catalogue as a whole or not at all; there is never a half one.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use super::portal::PortalError;
use crate::access::OfficerId;
use crate::catalogue::{
    CatalogueChange, Change, Listing, Loss, NamedCode, NextRow, OnlineService, Procedure,
    SideFetch, SideState, SourceList, StepCounts,
};
use crate::procedure::ProcedureCode;

/// Đơn vị of the catalogue of units (`LayDanhMucCoQuan`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogueUnit {
    /// Mã đơn vị (`MADONVI`).
    pub code: String,
    /// Tên đơn vị (`TENDONVI`).
    pub name: String,
    /// Cấp đơn vị (`CAPDONVI`), as it came.
    pub level: String,
}

/// Lĩnh vực of the catalogue of fields (`LayDanhMucLinhVuc`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogueField {
    /// Mã and tên lĩnh vực (`MALINHVUC`, `TENLINHVUC`).
    pub field: NamedCode,
    /// Mã ngành (`MANGANH`), as it came.
    pub sector: String,
}

/// Where the catalogue comes from. Each call is one exchange with the portal and takes
/// `budget` at most; an answer that is not whole is [`PortalError::Nonsense`].
#[async_trait]
pub trait CatalogueSource: Send + Sync {
    /// Name of the profile, as in the configuration (`p2`).
    fn profile(&self) -> &str;

    /// The list of procedures (`LayDanhSachTTHC`).
    async fn list(&self, budget: Duration) -> Result<SourceList, PortalError>;

    /// One procedure in full (`LayThuTuc`); `None` when the source has none under the code.
    /// Its online services come by [`CatalogueSource::online_services`].
    async fn procedure(
        &self,
        code: &ProcedureCode,
        budget: Duration,
    ) -> Result<Option<Procedure>, PortalError>;

    /// The online services of each procedure (`LayDVC`).
    async fn online_services(
        &self,
        budget: Duration,
    ) -> Result<BTreeMap<ProcedureCode, Vec<OnlineService>>, PortalError>;

    /// The catalogue of units (`LayDanhMucCoQuan`).
    async fn units(&self, budget: Duration) -> Result<Vec<CatalogueUnit>, PortalError>;

    /// The catalogue of fields (`LayDanhMucLinhVuc`).
    async fn fields(&self, budget: Duration) -> Result<Vec<CatalogueField>, PortalError>;
}

/// Which catalogue is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueState {
    /// Digest of what it lists; the same content has the same version.
    pub version: String,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// Profile that it came through.
    pub profile: String,
    /// How many procedures it lists.
    pub procedures: u64,
}

/// A procedure as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProcedure {
    /// Its row in the list.
    pub listing: Listing,
    /// Its details; `None` while they were never fetched.
    pub content: Option<Procedure>,
    /// When the details were last fetched.
    pub detail_fetched_at: Option<Timestamp>,
}

/// A catalogue that takes the place of the one that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextCatalogue {
    /// Profile that it came through.
    pub profile: String,
    /// Its procedures, those that are withdrawn included.
    pub rows: Vec<NextRow>,
    /// What is different from the one before.
    pub changes: Vec<Change>,
    /// How many online services came; they stand in the rows.
    pub online: SideFetch<u64>,
    /// The catalogue of units.
    pub units: SideFetch<Vec<CatalogueUnit>>,
    /// The catalogue of fields.
    pub fields: SideFetch<Vec<CatalogueField>>,
}

/// A fetch, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchRecord {
    /// When it ended.
    pub at: Timestamp,
    /// Mã cán bộ: who asked for it; the gateway itself on schedule.
    pub by: OfficerId,
    /// Whether a catalogue that has lost much was to be taken all the same.
    pub accept_shrink: bool,
    /// What came of it.
    pub outcome: FetchOutcome,
}

/// What came of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchOutcome {
    /// The catalogue was taken.
    Taken {
        /// How much it changed.
        counts: StepCounts,
    },
    /// It has lost too many procedures and was refused.
    Shrunk(Loss),
    /// It lists nothing and was refused.
    Empty,
    /// It did not come.
    Failed {
        /// Why, in our words.
        reason: String,
    },
}

/// Which changes are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeFilter {
    /// Only those that were seen after this moment.
    pub since: Option<Timestamp>,
    /// Only those that were seen before this moment.
    pub until: Option<Timestamp>,
    /// Only those of this procedure.
    pub code: Option<ProcedureCode>,
    /// Only those by which a procedure came, went or came back.
    pub presence: bool,
}

/// Keeps the last catalogue, and what changed.
#[async_trait]
pub trait CatalogueStore: Send + Sync {
    /// Which catalogue is held; `None` while none was taken.
    async fn state(&self) -> Result<Option<CatalogueState>, CatalogueStoreError>;

    /// Its list, the withdrawn procedures included, in the order of the codes.
    async fn listings(&self) -> Result<Vec<Listing>, CatalogueStoreError>;

    /// One procedure in full.
    async fn procedure(
        &self,
        code: &ProcedureCode,
    ) -> Result<Option<KeptProcedure>, CatalogueStoreError>;

    /// The catalogue of units, in the order of the codes.
    async fn units(&self) -> Result<Vec<CatalogueUnit>, CatalogueStoreError>;

    /// The catalogue of fields, in the order of the codes.
    async fn fields(&self) -> Result<Vec<CatalogueField>, CatalogueStoreError>;

    /// How each list beside the procedures stands, in the order of [`SideList::ALL`].
    ///
    /// [`SideList::ALL`]: crate::catalogue::SideList::ALL
    async fn sides(&self) -> Result<Vec<SideState>, CatalogueStoreError>;

    /// Puts `next` in the place of what is held and records the fetch, in one transaction.
    async fn replace(
        &self,
        next: NextCatalogue,
        record: FetchRecord,
    ) -> Result<CatalogueState, CatalogueStoreError>;

    /// Records a fetch that brought no catalogue.
    async fn note(&self, record: FetchRecord) -> Result<(), CatalogueStoreError>;

    /// The last fetch, whatever came of it.
    async fn last_fetch(&self) -> Result<Option<FetchRecord>, CatalogueStoreError>;

    /// Fetches that were refused since a catalogue was last taken: the newest of each kind,
    /// the newest first.
    async fn refusals(&self) -> Result<Vec<FetchRecord>, CatalogueStoreError>;

    /// Changes with their numbers, newest first, behind the number `before`.
    async fn changes(
        &self,
        filter: &ChangeFilter,
        before: Option<u64>,
        most: u32,
    ) -> Result<Vec<(u64, CatalogueChange)>, CatalogueStoreError>;
}

/// Why the store did not do its work.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum CatalogueStoreError {
    /// It cannot be used at present; a later call may work.
    #[error("the store of the procedure catalogue cannot be used: {reason}")]
    Unavailable {
        /// What the database said, without values.
        reason: String,
    },
    /// It holds something that cannot be read back.
    #[error("the store of the procedure catalogue holds something that cannot be read: {what}")]
    Corrupt {
        /// What.
        what: &'static str,
    },
}
