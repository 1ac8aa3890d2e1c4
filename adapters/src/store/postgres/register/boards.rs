//! The boards among the reports, on PostgreSQL: the last one before a moment, what was told of
//! them, and the content of old ones, which goes.

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::reports::{ArchiveError, ArchiveSize, KeptReport, ReportId};
use lienthong_core::report::ReportKind;

use super::archive::{LOCK, column, read};
use crate::store::postgres::column::{STORE, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

// The conditions of the index `report_standing`, and of equal moments the newest report.
const LAST_BEFORE: &str = "
    SELECT sequence FROM report
     WHERE kind = $1 AND unit = $2 AND as_of < $3 AND checks <> ''
     ORDER BY as_of DESC, sequence DESC LIMIT 1";

const IS_TOLD: &str = "SELECT EXISTS (SELECT 1 FROM report_told WHERE report = $1)";

// Of two gateways that tell at once, one adds the row.
const TELL: &str =
    "INSERT INTO report_told (report, told_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";

// The trigger of the table refuses every other change, so both say the same.
const EMPTY: &str = "
    UPDATE report SET vietnamese = '', english = '', checks = ''
     WHERE sequence IN (
        SELECT r.sequence FROM report r
         WHERE r.kind = 'board' AND r.as_of < $1 AND r.checks <> ''
           -- Not the last one of its month …
           AND EXISTS (SELECT 1 FROM report later
                        WHERE later.kind = 'board' AND later.unit = r.unit
                          AND later.checks <> ''
                          AND left(later.last_day, 7) = left(r.last_day, 7)
                          AND (later.as_of, later.sequence) > (r.as_of, r.sequence))
           -- … and none that somebody decided about.
           AND NOT EXISTS (SELECT 1 FROM report_act a WHERE a.report = r.sequence)
         ORDER BY r.sequence LIMIT $2)";

// As they lie on the disk: what is compressed is not read for its length.
const SIZE: &str = "
    SELECT count(*),
           coalesce(sum(pg_column_size(vietnamese)::bigint + pg_column_size(english)
                        + pg_column_size(checks)), 0)::bigint
      FROM report";

/// The report judged as of the latest moment before another, of those with content.
pub(super) struct LastBefore {
    pub(super) kind: ReportKind,
    pub(super) unit: Option<AgencyCode>,
    pub(super) before: Timestamp,
}

impl Command for LastBefore {
    type Answer = Option<KeptReport>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        let unit = self.unit.as_ref().map_or("", AgencyCode::as_str);
        let (kind, before) = (self.kind.name(), micros(self.before));
        let Some(row) = session.row(LAST_BEFORE, &[&kind, &unit, &before]).await? else {
            return Ok(None);
        };
        read(session, ReportId(STORE.count(row.try_get(0)?)?)).await
    }
}

/// Asks whether it was told what turned in a report.
pub(super) struct IsTold(pub(super) ReportId);

impl Command for IsTold {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let row = session.row(IS_TOLD, &[&column(self.0)]).await?;
        Ok(row.is_some_and(|row| row.get(0)))
    }
}

/// Records that it was told; whether that is new.
pub(super) struct Tell {
    pub(super) id: ReportId,
    pub(super) at: Timestamp,
}

impl Command for Tell {
    type Answer = Result<bool, ArchiveError>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        let id = self.id;
        if read(session, id).await?.is_none() {
            return Ok(Err(ArchiveError::NotThere { id }));
        }
        let added = session
            .execute(TELL, &[&column(id), &micros(self.at)])
            .await?;
        Ok(Ok(added > 0))
    }
}

/// Takes the content of old boards away; of how many.
pub(super) struct Empty {
    pub(super) before: Timestamp,
    pub(super) most: u32,
}

impl Command for Empty {
    type Answer = u32;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<u32, Failure> {
        session.execute(LOCK, &[]).await?;
        let most = i64::from(self.most);
        let emptied = session
            .execute(EMPTY, &[&micros(self.before), &most])
            .await?;
        Ok(u32::try_from(emptied).unwrap_or(u32::MAX))
    }
}

/// Measures the archive.
pub(super) struct Size;

impl Command for Size {
    type Answer = ArchiveSize;

    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<ArchiveSize, Failure> {
        let row = session.row(SIZE, &[]).await?;
        let row = row.ok_or_else(|| STORE.corrupt("the archive has no size"))?;
        Ok(ArchiveSize {
            reports: STORE.count(row.try_get(0)?)?,
            bytes: STORE.count(row.try_get(1)?)?,
        })
    }
}
