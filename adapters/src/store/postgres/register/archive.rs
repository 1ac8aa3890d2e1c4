//! Kept reports and the deeds on them, on PostgreSQL.

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::event::EventId;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{
    ArchiveError, Kept, KeptReport, NewReport, ReportContents, ReportFilter, ReportId, UnitWanted,
};
use lienthong_core::publication::{DeedRefused, ReportAct, Ruling, rule};
use lienthong_core::report::ReportKind;
use tokio_postgres::Row;

use crate::store::postgres::column::{STORE, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};
use crate::store::register::act::{DeedColumns, hash};

// Whoever keeps a report or a deed waits for whoever is doing so; readers wait for nobody.
// Both tables at once and always in this order, so that two never wait for each other.
pub(super) const LOCK: &str = "LOCK TABLE report, report_act IN SHARE ROW EXCLUSIVE MODE";

// One that was withdrawn is no reason not to keep the same content again.
const SAME: &str = "
    SELECT sequence FROM report r
     WHERE kind = $1 AND unit = $2 AND first_day = $3 AND last_day = $4 AND sha256 = $5
       AND NOT EXISTS (SELECT 1 FROM report_act a
                        WHERE a.report = r.sequence AND a.kind = 'WITHDRAWN')
     ORDER BY sequence DESC LIMIT 1";

const ADD: &str = "
    INSERT INTO report (sequence, kind, unit, first_day, last_day, as_of, kept_at, client,
                        sha256, vietnamese, english, checks)
    SELECT coalesce(max(sequence), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
      FROM report
    RETURNING sequence";

// A condition that is not given is NULL.
const REPORTS: &str = "
    SELECT sequence, kind, unit, first_day, last_day, as_of, kept_at, client, sha256
      FROM report
     WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR unit = $2)
       AND ($3::text IS NULL OR first_day = $3) AND ($4::text IS NULL OR last_day = $4)
       AND ($5::bigint IS NULL OR sequence < $5) AND ($6::bigint IS NULL OR sequence = $6)
     ORDER BY sequence DESC
     LIMIT $7";

const CONTENTS: &str = "SELECT vietnamese, english, checks FROM report WHERE sequence = $1";

const ACTS: &str = "
    SELECT report, kind, address, day, reason, sha256, client, operator, event_id, at
      FROM report_act WHERE report = ANY ($1) ORDER BY sequence";

const USED: &str = "SELECT report FROM report_act WHERE client = $1 AND event_id = $2";

const ADD_ACT: &str = "
    INSERT INTO report_act (sequence, report, kind, address, day, reason, sha256, client,
                            operator, event_id, at)
    SELECT coalesce(max(sequence), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
      FROM report_act";

/// Keeps a report.
pub(super) struct Keep(pub(super) NewReport);

impl Command for Keep {
    type Answer = Kept;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Kept, Failure> {
        session.execute(LOCK, &[]).await?;
        let new = &self.0;
        let (kind, unit) = (
            new.kind.name(),
            new.unit.as_ref().map_or("", AgencyCode::as_str),
        );
        let (first, last) = (
            new.window.first().to_string(),
            new.window.last().to_string(),
        );
        let sha256: &[u8] = &new.sha256.0;
        let same = session
            .row(SAME, &[&kind, &unit, &first, &last, &sha256])
            .await?;
        let duplicate = same.is_some();
        let (as_of, kept_at) = (micros(new.as_of), micros(new.kept_at));
        let (client, contents) = (new.client.as_str(), &new.contents);
        let row = match same {
            Some(row) => Some(row),
            None => {
                session
                    .row(
                        ADD,
                        &[
                            &kind,
                            &unit,
                            &first,
                            &last,
                            &as_of,
                            &kept_at,
                            &client,
                            &sha256,
                            &contents.vietnamese,
                            &contents.english,
                            &contents.checks,
                        ],
                    )
                    .await?
            }
        };
        let row = row.ok_or_else(|| STORE.corrupt("a report has no number"))?;
        let id = ReportId(STORE.count(row.try_get(0)?)?);
        let report = read(session, id).await?;
        Ok(Kept {
            report: report.ok_or_else(|| STORE.corrupt("a report is gone"))?,
            duplicate,
        })
    }
}

/// Records a deed.
pub(super) struct Act {
    pub(super) id: ReportId,
    pub(super) act: ReportAct,
}

impl Command for Act {
    type Answer = Result<Kept, ArchiveError>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        session.execute(LOCK, &[]).await?;
        let (id, act) = (self.id, &self.act);
        let Some(report) = read(session, id).await? else {
            return Ok(Err(ArchiveError::NotThere { id }));
        };
        let (client, event) = (act.client.as_str(), act.event.as_str());
        if let Some(row) = session.row(USED, &[&client, &event]).await?
            && row.try_get::<_, i64>(0)? != column(id)
        {
            return Ok(Err(ArchiveError::Refused(DeedRefused::OtherContent)));
        }
        let about = ReportFilter {
            kind: Some(report.kind),
            unit: report
                .unit
                .clone()
                .map_or(UnitWanted::Province, UnitWanted::Agency),
            window: Some(report.window),
        };
        let mut others = reports(session, &about, None, None, u32::MAX).await?;
        others.retain(|other| other.id != id);
        let ruling = match rule(&report, &others, act) {
            Ok(ruling) => ruling,
            Err(refused) => return Ok(Err(ArchiveError::Refused(refused))),
        };
        if ruling == Ruling::Repeat {
            let duplicate = true;
            return Ok(Ok(Kept { report, duplicate }));
        }
        self.add(session).await?;
        let report = read(session, id).await?;
        Ok(Ok(Kept {
            report: report.ok_or_else(|| STORE.corrupt("a report is gone"))?,
            duplicate: false,
        }))
    }
}

impl Act {
    async fn add(&self, session: &Session) -> Result<(), Failure> {
        let act = &self.act;
        let deed = DeedColumns::from(&act.deed);
        let (client, event) = (act.client.as_str(), act.event.as_str());
        let (id, at) = (column(self.id), micros(act.at));
        let operator = act.operator.expose();
        session
            .execute(
                ADD_ACT,
                &[
                    &id,
                    &deed.kind,
                    &deed.address,
                    &deed.day,
                    &deed.reason,
                    &deed.sha256,
                    &client,
                    &operator,
                    &event,
                    &at,
                ],
            )
            .await
            .map(drop)
    }
}

/// Reads reports below a number.
pub(super) struct ReadReports {
    pub(super) filter: ReportFilter,
    pub(super) before: Option<ReportId>,
    pub(super) most: u32,
}

impl Command for ReadReports {
    type Answer = Vec<KeptReport>;

    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        reports(session, &self.filter, self.before, None, self.most).await
    }
}

/// Reads a report with its content.
pub(super) struct ReadReport(pub(super) ReportId);

impl Command for ReadReport {
    type Answer = Option<(KeptReport, ReportContents)>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        let Some(report) = read(session, self.0).await? else {
            return Ok(None);
        };
        let row = session.row(CONTENTS, &[&column(self.0)]).await?;
        let row = row.ok_or_else(|| STORE.corrupt("a report is gone"))?;
        let contents = ReportContents {
            vietnamese: row.try_get(0)?,
            english: row.try_get(1)?,
            checks: row.try_get(2)?,
        };
        Ok(Some((report, contents)))
    }
}

pub(super) async fn read(session: &Session, id: ReportId) -> Result<Option<KeptReport>, Failure> {
    let any = ReportFilter::default();
    let found = reports(session, &any, None, Some(id), 1).await?;
    Ok(found.into_iter().next())
}

async fn reports(
    session: &Session,
    filter: &ReportFilter,
    before: Option<ReportId>,
    exactly: Option<ReportId>,
    most: u32,
) -> Result<Vec<KeptReport>, Failure> {
    let kind = filter.kind.map(ReportKind::name);
    let unit = match &filter.unit {
        UnitWanted::Any => None,
        UnitWanted::Province => Some(""),
        UnitWanted::Agency(agency) => Some(agency.as_str()),
    };
    let first = filter.window.map(|window| window.first().to_string());
    let last = filter.window.map(|window| window.last().to_string());
    let (before, exactly) = (before.map(column), exactly.map(column));
    let most = i64::from(most);
    let rows = session
        .query(
            REPORTS,
            &[&kind, &unit, &first, &last, &before, &exactly, &most],
        )
        .await?;
    let mut reports = rows.iter().map(kept).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<i64> = reports.iter().map(|report| column(report.id)).collect();
    for row in session.query(ACTS, &[&ids]).await? {
        let (id, act) = done(&row)?;
        if let Some(report) = reports.iter_mut().find(|report| report.id == id) {
            report.acts.push(act);
        }
    }
    Ok(reports)
}

fn kept(row: &Row) -> Result<KeptReport, Failure> {
    let corrupt = |what| move || STORE.corrupt(what);
    let unit = match row.try_get::<_, &str>(2)? {
        "" => None,
        unit => Some(AgencyCode::parse(unit).map_err(|_| STORE.corrupt("a unit"))?),
    };
    let day = |index| -> Result<_, Failure> {
        let text: &str = row.try_get(index)?;
        text.parse().map_err(|_| STORE.corrupt("a day"))
    };
    let window = Window::new(day(3)?, day(4)?);
    Ok(KeptReport {
        id: ReportId(STORE.count(row.try_get(0)?)?),
        kind: ReportKind::from_name(row.try_get(1)?).ok_or_else(corrupt("a kind of report"))?,
        unit,
        window: window.map_err(|_| STORE.corrupt("the days of a report"))?,
        as_of: STORE.moment(row.try_get(5)?)?,
        kept_at: STORE.moment(row.try_get(6)?)?,
        client: ClientName::parse(row.try_get(7)?).ok_or_else(corrupt("a calling system"))?,
        sha256: hash(row.try_get(8)?).ok_or_else(corrupt("a hash"))?,
        acts: Vec::new(),
    })
}

fn done(row: &Row) -> Result<(ReportId, ReportAct), Failure> {
    let corrupt = |what| move || STORE.corrupt(what);
    let deed = DeedColumns {
        kind: row.try_get(1)?,
        address: row.try_get(2)?,
        day: row.try_get(3)?,
        reason: row.try_get(4)?,
        sha256: row.try_get(5)?,
    };
    let act = ReportAct {
        deed: deed.read().map_err(|what| STORE.corrupt(what))?,
        client: ClientName::parse(row.try_get(6)?).ok_or_else(corrupt("a calling system"))?,
        operator: OfficerId::parse(row.try_get(7)?).ok_or_else(corrupt("an officer"))?,
        event: EventId::parse(row.try_get(8)?).ok_or_else(corrupt("an event id"))?,
        at: STORE.moment(row.try_get(9)?)?,
    };
    Ok((ReportId(STORE.count(row.try_get(0)?)?), act))
}

/// A number as it stands in a column; one that no column can hold is in none.
pub(super) fn column(id: ReportId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}
