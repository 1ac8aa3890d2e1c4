//! Whether what a register holds can be read and belongs together.
//!
//! What a reader would get wrong: the hash of a report is one of its content in a form that
//! only its maker knows, so it is not computed again here; that rows can be read and that
//! none is missing is.

use lienthong_core::ports::reports::ReportFilter;
use rusqlite::Connection;

use super::{archive, evidence};

/// Rows that were left out: the file counts them without gaps.
const MISSING: [(&str, &str); 3] = [
    (
        "pieces of evidence",
        "SELECT ifnull(max(sequence), 0) - count(*) FROM evidence",
    ),
    (
        "reports",
        "SELECT ifnull(max(sequence), 0) - count(*) FROM report",
    ),
    (
        "deeds on reports",
        "SELECT ifnull(max(sequence), 0) - count(*) FROM report_act",
    ),
];

/// What is wrong, without stored values.
pub(in crate::store::sqlite) fn problems(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut problems = Vec::new();
    for (what, sql) in MISSING {
        let missing: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if missing != 0 {
            problems.push(format!("{missing} {what} are missing"));
        }
    }
    match evidence::history(conn) {
        Ok(_) => {}
        Err(super::Failure::Database(error)) => return Err(error),
        Err(super::Failure::Corrupt { what }) => problems.push(super::unreadable(what)),
        Err(super::Failure::Own(error)) => problems.push(error.to_string()),
    }
    match archive::reports(conn, &ReportFilter::default(), None, u32::MAX) {
        Ok(_) => {}
        Err(super::Failure::Database(error)) => return Err(error),
        Err(super::Failure::Corrupt { what }) => problems.push(super::unreadable(what)),
        Err(super::Failure::Own(error)) => problems.push(error.to_string()),
    }
    Ok(problems)
}
