//! Kept reports and the deeds on them.

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::event::EventId;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{
    ArchiveError, Kept, KeptReport, NewReport, ReportContents, ReportFilter, ReportId, UnitWanted,
};
use lienthong_core::publication::{DeedRefused, ReportAct, Ruling, rule};
use lienthong_core::report::ReportKind;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::known;
use crate::store::register::act::{DeedColumns, hash};

type Failure = super::Failure<ArchiveError>;

const COLUMNS: &str = "sequence, kind, unit, first_day, last_day, as_of, kept_at, client, sha256";

// One that was withdrawn is no reason not to keep the same content again.
const SAME: &str = "
    SELECT sequence FROM report r
     WHERE kind = ?1 AND unit = ?2 AND first_day = ?3 AND last_day = ?4 AND sha256 = ?5
       AND NOT EXISTS (SELECT 1 FROM report_act a
                        WHERE a.report = r.sequence AND a.kind = 'WITHDRAWN')
     ORDER BY sequence DESC LIMIT 1";

const ADD: &str = "
    INSERT INTO report (kind, unit, first_day, last_day, as_of, kept_at, client, sha256,
                        vietnamese, english, checks)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

const CONTENTS: &str = "SELECT vietnamese, english, checks FROM report WHERE sequence = ?1";

const ACTS: &str = "
    SELECT kind, address, day, reason, sha256, client, operator, event_id, at
      FROM report_act WHERE report = ?1 ORDER BY sequence";

const USED: &str = "SELECT report FROM report_act WHERE client = ?1 AND event_id = ?2";

const ADD_ACT: &str = "
    INSERT INTO report_act (report, kind, address, day, reason, sha256, client, operator,
                            event_id, at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// Keeps a report.
pub(super) fn keep(conn: &Connection, report: &NewReport) -> Result<Kept, Failure> {
    let unit = report.unit.as_ref().map_or("", AgencyCode::as_str);
    let (first, last) = (
        report.window.first().to_string(),
        report.window.last().to_string(),
    );
    let kind = report.kind.name();
    let same: Option<i64> = conn
        .prepare_cached(SAME)?
        .query_row(params![kind, unit, first, last, report.sha256.0], |row| {
            row.get(0)
        })
        .optional()?;
    let duplicate = same.is_some();
    let id = if let Some(id) = same {
        id
    } else {
        let contents = &report.contents;
        conn.prepare_cached(ADD)?.execute(params![
            kind,
            unit,
            first,
            last,
            report.as_of.as_microsecond(),
            report.kept_at.as_microsecond(),
            report.client.as_str(),
            report.sha256.0,
            contents.vietnamese,
            contents.english,
            contents.checks,
        ])?;
        conn.last_insert_rowid()
    };
    let report = read(conn, ReportId(number(id)?))?;
    Ok(Kept {
        report: known(report, "a report that was just kept")?,
        duplicate,
    })
}

/// Records a deed.
pub(super) fn act(conn: &Connection, id: ReportId, act: &ReportAct) -> Result<Kept, Failure> {
    let not_there = || Failure::Own(ArchiveError::NotThere { id });
    let report = read(conn, id)?.ok_or_else(not_there)?;
    let (client, event) = (act.client.as_str(), act.event.as_str());
    let used: Option<i64> = conn
        .prepare_cached(USED)?
        .query_row([client, event], |row| row.get(0))
        .optional()?;
    if used.is_some_and(|used| used != column(id)) {
        return Err(refused(DeedRefused::OtherContent));
    }
    let about = ReportFilter {
        kind: Some(report.kind),
        unit: report
            .unit
            .clone()
            .map_or(UnitWanted::Province, UnitWanted::Agency),
        window: Some(report.window),
    };
    let mut others = reports(conn, &about, None, u32::MAX)?;
    others.retain(|other| other.id != id);
    let duplicate = match rule(&report, &others, act).map_err(refused)? {
        Ruling::Repeat => true,
        Ruling::Record => {
            let deed = DeedColumns::from(&act.deed);
            conn.prepare_cached(ADD_ACT)?.execute(params![
                column(id),
                deed.kind,
                deed.address,
                deed.day,
                deed.reason,
                deed.sha256,
                client,
                act.operator.expose(),
                event,
                act.at.as_microsecond(),
            ])?;
            false
        }
    };
    let report = read(conn, id)?.ok_or_else(not_there)?;
    Ok(Kept { report, duplicate })
}

/// Reports below a number, the largest first.
pub(super) fn reports(
    conn: &Connection,
    filter: &ReportFilter,
    before: Option<ReportId>,
    most: u32,
) -> Result<Vec<KeptReport>, Failure> {
    let (sql, values) = wanted(filter, before, most);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut reports = Vec::new();
    while let Some(row) = rows.next()? {
        reports.push(kept(conn, row)?);
    }
    Ok(reports)
}

/// A report with its content.
pub(super) fn report(
    conn: &Connection,
    id: ReportId,
) -> Result<Option<(KeptReport, ReportContents)>, Failure> {
    let Some(report) = read(conn, id)? else {
        return Ok(None);
    };
    let contents = conn
        .prepare_cached(CONTENTS)?
        .query_row([column(id)], |row| {
            Ok(ReportContents {
                vietnamese: row.get(0)?,
                english: row.get(1)?,
                checks: row.get(2)?,
            })
        })?;
    Ok(Some((report, contents)))
}

/// The conditions that are given become the statement, so that an index can serve it.
fn wanted(filter: &ReportFilter, before: Option<ReportId>, most: u32) -> (String, Vec<Value>) {
    let mut sql = format!("SELECT {COLUMNS} FROM report WHERE 1 = 1");
    let mut values: Vec<Value> = Vec::new();
    let mut only = |condition: &str, value: Value| {
        sql.push_str(condition);
        values.push(value);
    };
    if let Some(kind) = filter.kind {
        only(" AND kind = ?", kind.name().to_owned().into());
    }
    match &filter.unit {
        UnitWanted::Any => {}
        UnitWanted::Province => only(" AND unit = ?", String::new().into()),
        UnitWanted::Agency(agency) => only(" AND unit = ?", agency.as_str().to_owned().into()),
    }
    if let Some(window) = filter.window {
        only(" AND first_day = ?", window.first().to_string().into());
        only(" AND last_day = ?", window.last().to_string().into());
    }
    if let Some(before) = before {
        only(" AND sequence < ?", column(before).into());
    }
    only(" ORDER BY sequence DESC LIMIT ?", Value::from(most));
    (sql, values)
}

pub(super) fn read(conn: &Connection, id: ReportId) -> Result<Option<KeptReport>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM report WHERE sequence = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([column(id)])?;
    rows.next()?.map(|row| kept(conn, row)).transpose()
}

fn kept(conn: &Connection, row: &Row<'_>) -> Result<KeptReport, Failure> {
    let text = |column| row.get::<_, String>(column);
    let id = ReportId(number(row.get("sequence")?)?);
    let unit = text("unit")?;
    let unit = match unit.as_str() {
        "" => None,
        unit => Some(known(AgencyCode::parse(unit).ok(), "a unit")?),
    };
    let day = |column| -> Result<_, Failure> { known(text(column)?.parse().ok(), "a day") };
    let window = Window::new(day("first_day")?, day("last_day")?);
    Ok(KeptReport {
        id,
        kind: known(ReportKind::from_name(&text("kind")?), "a kind of report")?,
        unit,
        window: known(window.ok(), "the days of a report")?,
        as_of: moment(row.get("as_of")?)?,
        kept_at: moment(row.get("kept_at")?)?,
        client: known(ClientName::parse(&text("client")?), "a calling system")?,
        sha256: known(hash(&row.get::<_, Vec<u8>>("sha256")?), "a hash")?,
        acts: acts(conn, id)?,
    })
}

fn acts(conn: &Connection, id: ReportId) -> Result<Vec<ReportAct>, Failure> {
    let mut statement = conn.prepare_cached(ACTS)?;
    let mut rows = statement.query([column(id)])?;
    let mut acts = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |column| row.get::<_, String>(column);
        let deed = DeedColumns {
            kind: text("kind")?,
            address: row.get("address")?,
            day: row.get("day")?,
            reason: row.get("reason")?,
            sha256: row.get("sha256")?,
        };
        acts.push(ReportAct {
            deed: deed.read().map_err(Failure::corrupt)?,
            client: known(ClientName::parse(&text("client")?), "a calling system")?,
            operator: known(OfficerId::parse(&text("operator")?), "an officer")?,
            event: known(EventId::parse(&text("event_id")?), "an event id")?,
            at: moment(row.get("at")?)?,
        });
    }
    Ok(acts)
}

fn refused(why: DeedRefused) -> Failure {
    Failure::Own(ArchiveError::Refused(why))
}

fn moment(micros: i64) -> Result<Timestamp, Failure> {
    known(Timestamp::from_microsecond(micros).ok(), "a moment")
}

pub(super) fn number(stored: i64) -> Result<u64, Failure> {
    known(u64::try_from(stored).ok(), "the number of a report")
}

/// A number as it stands in a column; one that no column can hold is in none.
pub(super) fn column(id: ReportId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}
