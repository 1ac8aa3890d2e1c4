//! The boards among the reports: the last one before a moment, what was told of them, and the
//! content of old ones, which goes.

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::reports::{ArchiveError, ArchiveSize, KeptReport, ReportId};
use lienthong_core::report::ReportKind;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::archive::{column, number, read};
use super::known;

type Failure = super::Failure<ArchiveError>;

// The conditions of the index `report_standing`, and of equal moments the newest report.
const LAST_BEFORE: &str = "
    SELECT sequence FROM report
     WHERE kind = ?1 AND unit = ?2 AND as_of < ?3 AND checks <> ''
     ORDER BY as_of DESC, sequence DESC LIMIT 1";

const IS_TOLD: &str = "SELECT EXISTS (SELECT 1 FROM report_told WHERE report = ?1)";

const TELL: &str = "INSERT INTO report_told (report, told_at) VALUES (?1, ?2)";

// The trigger of the table refuses every other change, so both say the same.
const EMPTY: &str = "
    UPDATE report SET vietnamese = '', english = '', checks = ''
     WHERE sequence IN (
        SELECT r.sequence FROM report r
         WHERE r.kind = 'board' AND r.as_of < ?1 AND r.checks <> ''
           -- Not the last one of its month …
           AND EXISTS (SELECT 1 FROM report later
                        WHERE later.kind = 'board' AND later.unit = r.unit
                          AND later.checks <> ''
                          AND substr(later.last_day, 1, 7) = substr(r.last_day, 1, 7)
                          AND (later.as_of, later.sequence) > (r.as_of, r.sequence))
           -- … and none that somebody decided about.
           AND NOT EXISTS (SELECT 1 FROM report_act a WHERE a.report = r.sequence)
         ORDER BY r.sequence LIMIT ?2)";

const SIZE: &str = "
    SELECT count(*),
           ifnull(sum(octet_length(vietnamese) + octet_length(english)
                      + octet_length(checks)), 0)
      FROM report";

/// The report judged as of the latest moment before `before`, of those with content.
pub(super) fn last_before(
    conn: &Connection,
    kind: ReportKind,
    unit: Option<&AgencyCode>,
    before: Timestamp,
) -> Result<Option<KeptReport>, Failure> {
    let unit = unit.map_or("", AgencyCode::as_str);
    let found: Option<i64> = conn
        .prepare_cached(LAST_BEFORE)?
        .query_row(params![kind.name(), unit, before.as_microsecond()], |row| {
            row.get(0)
        })
        .optional()?;
    let Some(found) = found else {
        return Ok(None);
    };
    read(conn, ReportId(number(found)?))
}

/// Whether it was told what turned in the report.
pub(super) fn is_told(conn: &Connection, id: ReportId) -> Result<bool, Failure> {
    let mut statement = conn.prepare_cached(IS_TOLD)?;
    Ok(statement.query_row([column(id)], |row| row.get(0))?)
}

/// Records that it was told; whether that is new.
pub(super) fn tell(conn: &Connection, id: ReportId, at: Timestamp) -> Result<bool, Failure> {
    if is_told(conn, id)? {
        return Ok(false);
    }
    if read(conn, id)?.is_none() {
        return Err(Failure::Own(ArchiveError::NotThere { id }));
    }
    let mut statement = conn.prepare_cached(TELL)?;
    statement.execute(params![column(id), at.as_microsecond()])?;
    Ok(true)
}

/// Takes the content of old boards away; of how many.
pub(super) fn empty(conn: &Connection, before: Timestamp, most: u32) -> Result<u32, Failure> {
    let mut statement = conn.prepare_cached(EMPTY)?;
    let emptied = statement.execute(params![before.as_microsecond(), most])?;
    Ok(u32::try_from(emptied).unwrap_or(u32::MAX))
}

/// How much there is.
pub(super) fn size(conn: &Connection) -> Result<ArchiveSize, Failure> {
    let (reports, bytes): (i64, i64) = conn
        .prepare_cached(SIZE)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let counted = |number: i64| known(u64::try_from(number).ok(), "a count");
    Ok(ArchiveSize {
        reports: counted(reports)?,
        bytes: counted(bytes)?,
    })
}
