//! The evidence register and the archive of reports, in the outbox's database.
//!
//! What a reader would get wrong: numbers have no gaps, so they are given under a lock of the
//! table and not by a sequence, which leaves one for every transaction that is taken back.
//! Little is recorded here, and nobody waits long.

mod archive;
mod boards;
mod evidence;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::evidence::{
    EvidenceError, EvidenceRegister, NewEvidence, RecordedEvidence, RegisteredEvidence,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::reports::{
    ArchiveError, ArchiveSize, Kept, KeptReport, NewReport, ReportArchive, ReportContents,
    ReportFilter, ReportId,
};
use lienthong_core::publication::ReportAct;
use lienthong_core::report::ReportKind;

use super::PostgresOutbox;
use super::failure::Failure;
use archive::{Act, Keep, ReadReport, ReadReports};
use boards::{Empty, IsTold, LastBefore, Size, Tell};
use evidence::{Count, ReadHistory, Record};

#[async_trait]
impl EvidenceRegister for PostgresOutbox {
    async fn record_on(
        &self,
        version: Option<u64>,
        pieces: Vec<NewEvidence>,
    ) -> Result<Option<Vec<RecordedEvidence>>, EvidenceError> {
        // A refusal is an answer: nothing was written, and it must not begin afresh.
        let record = Record { version, pieces };
        self.link.run(record).await.map_err(failed)?
    }

    async fn history(&self) -> Result<Vec<RegisteredEvidence>, EvidenceError> {
        self.link.run(ReadHistory).await.map_err(failed)
    }

    async fn version(&self) -> Result<u64, EvidenceError> {
        self.link.run(Count).await.map_err(failed)
    }
}

#[async_trait]
impl ReportArchive for PostgresOutbox {
    async fn keep(&self, report: NewReport) -> Result<Kept, ArchiveError> {
        self.link.run(Keep(report)).await.map_err(not_kept)
    }

    async fn act(&self, id: ReportId, act: ReportAct) -> Result<Kept, ArchiveError> {
        self.link.run(Act { id, act }).await.map_err(not_kept)?
    }

    async fn reports(
        &self,
        filter: &ReportFilter,
        before: Option<ReportId>,
        most: u32,
    ) -> Result<Vec<KeptReport>, ArchiveError> {
        let read = ReadReports {
            filter: filter.clone(),
            before,
            most,
        };
        self.link.run(read).await.map_err(not_kept)
    }

    async fn report(
        &self,
        id: ReportId,
    ) -> Result<Option<(KeptReport, ReportContents)>, ArchiveError> {
        self.link.run(ReadReport(id)).await.map_err(not_kept)
    }

    async fn last_before(
        &self,
        kind: ReportKind,
        unit: Option<&AgencyCode>,
        before: Timestamp,
    ) -> Result<Option<KeptReport>, ArchiveError> {
        let unit = unit.cloned();
        let last = LastBefore { kind, unit, before };
        self.link.run(last).await.map_err(not_kept)
    }

    async fn tell(&self, id: ReportId, at: Timestamp) -> Result<bool, ArchiveError> {
        self.link.run(Tell { id, at }).await.map_err(not_kept)?
    }

    async fn is_told(&self, id: ReportId) -> Result<bool, ArchiveError> {
        self.link.run(IsTold(id)).await.map_err(not_kept)
    }

    async fn empty_boards(&self, before: Timestamp, most: u32) -> Result<u32, ArchiveError> {
        let empty = Empty { before, most };
        self.link.run(empty).await.map_err(not_kept)
    }

    async fn size(&self) -> Result<ArchiveSize, ArchiveError> {
        self.link.run(Size).await.map_err(not_kept)
    }
}

/// What the store said, without stored values.
fn reason(failure: Failure) -> String {
    match OutboxError::from(failure) {
        OutboxError::Unavailable { reason } => reason,
        other @ OutboxError::Corrupt { .. } => other.to_string(),
    }
}

fn failed(failure: Failure) -> EvidenceError {
    let reason = reason(failure);
    EvidenceError::Unavailable { reason }
}

fn not_kept(failure: Failure) -> ArchiveError {
    match OutboxError::from(failure) {
        OutboxError::Unavailable { reason } => ArchiveError::Unavailable { reason },
        OutboxError::Corrupt { problem, .. } => ArchiveError::Corrupt {
            what: problem.to_owned(),
        },
    }
}
