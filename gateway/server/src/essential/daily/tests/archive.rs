//! An archive that fails where a test wants it to.
//!
//! What a reader would get wrong: it keeps nothing of its own. What it does not fail at is the
//! register's answer.

use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use lienthong_adapters::store::SqliteRegister;
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::reports::{
    ArchiveSize, Kept, KeptReport, NewReport, ReportContents, ReportId,
};
use lienthong_core::publication::ReportAct;
use lienthong_core::report::ReportKind;

use super::*;

/// The register, with what does not work.
pub(super) struct Flaky {
    pub(super) register: Arc<SqliteRegister>,
    /// Neither is it recorded what was told, nor measured.
    pub(super) is_out: AtomicBool,
    /// What is kept beside this report is of another form.
    pub(super) garbled: Option<ReportId>,
}

impl Flaky {
    fn works(&self) -> Result<(), ArchiveError> {
        if self.is_out.load(Ordering::Relaxed) {
            let reason = "thử".to_owned();
            return Err(ArchiveError::Unavailable { reason });
        }
        Ok(())
    }
}

#[async_trait]
impl ReportArchive for Flaky {
    async fn keep(&self, report: NewReport) -> Result<Kept, ArchiveError> {
        self.register.keep(report).await
    }

    async fn act(&self, id: ReportId, act: ReportAct) -> Result<Kept, ArchiveError> {
        self.register.act(id, act).await
    }

    async fn reports(
        &self,
        filter: &ReportFilter,
        before: Option<ReportId>,
        most: u32,
    ) -> Result<Vec<KeptReport>, ArchiveError> {
        self.register.reports(filter, before, most).await
    }

    async fn report(
        &self,
        id: ReportId,
    ) -> Result<Option<(KeptReport, ReportContents)>, ArchiveError> {
        let found = self.register.report(id).await?;
        Ok(found.map(|(report, mut contents)| {
            if self.garbled == Some(id) {
                contents.checks = "{\"form\":2}".to_owned();
            }
            (report, contents)
        }))
    }

    async fn last_before(
        &self,
        kind: ReportKind,
        unit: Option<&AgencyCode>,
        before: Timestamp,
    ) -> Result<Option<KeptReport>, ArchiveError> {
        self.register.last_before(kind, unit, before).await
    }

    async fn tell(&self, id: ReportId, at: Timestamp) -> Result<bool, ArchiveError> {
        self.works()?;
        self.register.tell(id, at).await
    }

    async fn is_told(&self, id: ReportId) -> Result<bool, ArchiveError> {
        self.register.is_told(id).await
    }

    async fn empty_boards(&self, before: Timestamp, most: u32) -> Result<u32, ArchiveError> {
        self.register.empty_boards(before, most).await
    }

    async fn size(&self) -> Result<ArchiveSize, ArchiveError> {
        self.works()?;
        self.register.size().await
    }
}
