//! Whether what a catalogue holds belongs together.
//!
//! What a reader would get wrong: a file without any procedure is sound. Nothing was fetched
//! yet.

use aws_lc_rs::digest::{SHA256, digest};
use rusqlite::Connection;

/// What must be zero, and what it counts.
const MISSING: [(&str, &str); 3] = [
    (
        "changes are missing",
        "SELECT ifnull(max(number), 0) - count(*) FROM change",
    ),
    (
        "fetches are missing",
        "SELECT ifnull(max(number), 0) - count(*) FROM fetch",
    ),
    (
        "procedures are listed that do not stand there, or the other way round",
        "SELECT abs(ifnull((SELECT procedures FROM held), 0)
                    - (SELECT count(*) FROM procedure WHERE withdrawn_at IS NULL))",
    ),
];

const CONTENTS: &str = "SELECT digest, content FROM procedure WHERE content IS NOT NULL";

/// What is wrong, without stored values.
pub(in crate::store::sqlite) fn problems(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut problems = Vec::new();
    for (what, sql) in MISSING {
        let missing: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if missing != 0 {
            problems.push(format!("{missing} {what}"));
        }
    }
    let mut statement = conn.prepare(CONTENTS)?;
    let mut rows = statement.query([])?;
    let mut altered = 0_u64;
    while let Some(row) = rows.next()? {
        let kept = row.get_ref(0)?.as_blob().ok();
        let content = row.get_ref(1)?.as_bytes().unwrap_or_default();
        if kept != Some(digest(&SHA256, content).as_ref()) {
            altered += 1;
        }
    }
    if altered > 0 {
        problems.push(format!(
            "{altered} procedures are not what was fetched of them"
        ));
    }
    Ok(problems)
}
