//! Replacing the catalogue, and recording fetches.

use aws_lc_rs::digest::{Context, SHA256};
use lienthong_core::catalogue::{Change, DetailStanding, Loss, NextRow, SideFetch, StepCounts};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueState, CatalogueStoreError, CatalogueUnit, FetchOutcome, FetchRecord,
    NextCatalogue,
};
use rusqlite::{Connection, params};
use serde::Serialize;

use super::column::{Failure, column, standing_name};
use super::side;

// Details that did not come leave what is held: its columns stay.
const KEEP: &str = "
    INSERT INTO procedure (code, name, fields, levels, detail, withdrawn_at, changed_at)
    VALUES (?1, ?2, '[]', '[]', ?3, ?4, ?5)
    ON CONFLICT (code) DO UPDATE SET name = ?2, detail = ?3, withdrawn_at = ?4, changed_at = ?5";

const FETCHED: &str = "UPDATE procedure SET detail_fetched_at = ?2 WHERE code = ?1";

const PUT: &str = "
    INSERT INTO procedure (code, name, fields, levels, detail, withdrawn_at, changed_at,
                           detail_fetched_at, digest, content)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (code) DO UPDATE SET name = ?2, fields = ?3, levels = ?4, detail = ?5,
        withdrawn_at = ?6, changed_at = ?7, detail_fetched_at = ?8, digest = ?9, content = ?10";

const LISTED: &str = "
    SELECT code, name, digest FROM procedure WHERE withdrawn_at IS NULL ORDER BY code";

const HOLD: &str = "
    INSERT INTO held (id, version, fetched_at, profile, procedures) VALUES (1, ?1, ?2, ?3, ?4)
    ON CONFLICT (id) DO UPDATE SET version = ?1, fetched_at = ?2, profile = ?3, procedures = ?4";

const CHANGE: &str = "
    INSERT INTO change (code, name, kind, fields, seen_at, version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const FETCH: &str = "
    INSERT INTO fetch (at, operator, accept_shrink, outcome, version, added, changed, withdrawn,
                       restored, not_fetched, held, offered, lost, reason)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

/// Hexadecimal digits of a version: 128 bits, which tell any two catalogues apart.
const VERSION_DIGITS: usize = 32;

/// A catalogue made ready outside the writer's thread.
pub(super) struct Prepared {
    profile: String,
    rows: Vec<PreparedRow>,
    changes: Vec<(Change, String)>,
    online: SideFetch<u64>,
    units: SideFetch<Vec<CatalogueUnit>>,
    fields: SideFetch<Vec<CatalogueField>>,
}

struct PreparedRow {
    row: NextRow,
    content: Option<PreparedContent>,
}

/// What columns cannot hold as it is.
struct PreparedContent {
    fields: String,
    levels: String,
    digest: Vec<u8>,
    json: String,
}

impl Prepared {
    /// Writes down what a column cannot hold as it is.
    pub(super) fn new(next: NextCatalogue) -> Result<Self, CatalogueStoreError> {
        let rows = next.rows.into_iter().map(PreparedRow::new);
        let changes = next.changes.into_iter().map(|change| {
            let fields = json(&change.fields)?;
            Ok((change, fields))
        });
        Ok(Self {
            profile: next.profile,
            rows: rows.collect::<Result<_, CatalogueStoreError>>()?,
            changes: changes.collect::<Result<_, CatalogueStoreError>>()?,
            online: next.online,
            units: next.units,
            fields: next.fields,
        })
    }
}

impl PreparedRow {
    fn new(mut row: NextRow) -> Result<Self, CatalogueStoreError> {
        let content = row.content.take().map(|procedure| {
            let json_text = json(procedure.as_ref())?;
            let mut digest = Context::new(&SHA256);
            digest.update(json_text.as_bytes());
            Ok::<_, CatalogueStoreError>(PreparedContent {
                fields: json(&procedure.fields)?,
                levels: json(&procedure.levels)?,
                digest: digest.finish().as_ref().to_vec(),
                json: json_text,
            })
        });
        Ok(Self {
            row,
            content: content.transpose()?,
        })
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, CatalogueStoreError> {
    serde_json::to_string(value).map_err(|_| CatalogueStoreError::Unavailable {
        reason: "a procedure cannot be written as JSON".to_owned(),
    })
}

/// Puts a catalogue in the place of what is held. The caller's transaction makes it whole.
pub(super) fn replace(
    conn: &Connection,
    next: &Prepared,
    record: &FetchRecord,
) -> Result<CatalogueState, Failure> {
    for row in &next.rows {
        put(conn, row, record)?;
    }
    let at = record.at.as_microsecond();
    side::note_online(conn, &next.online, at)?;
    side::put_units(conn, &next.units, at)?;
    side::put_fields(conn, &next.fields, at)?;
    let state = hold(conn, next, record)?;
    let mut insert = conn.prepare_cached(CHANGE)?;
    for (change, fields) in &next.changes {
        let (code, kind) = (change.code.as_str(), change.kind.name());
        insert.execute(params![code, change.name, kind, fields, at, state.version])?;
    }
    note(conn, record, Some(&state.version))?;
    Ok(state)
}

fn put(
    conn: &Connection,
    PreparedRow { row, content }: &PreparedRow,
    record: &FetchRecord,
) -> Result<(), Failure> {
    let (code, detail) = (row.code.as_str(), standing_name(row.detail));
    let withdrawn_at = row.withdrawn_at.map(jiff::Timestamp::as_microsecond);
    let changed_at = row.changed_at.as_microsecond();
    let fetched_at = record.at.as_microsecond();
    let Some(content) = content else {
        let values = params![code, row.name, detail, withdrawn_at, changed_at];
        conn.prepare_cached(KEEP)?.execute(values)?;
        if row.detail == DetailStanding::Fresh && row.withdrawn_at.is_none() {
            let values = params![code, fetched_at];
            conn.prepare_cached(FETCHED)?.execute(values)?;
        }
        return Ok(());
    };
    conn.prepare_cached(PUT)?.execute(params![
        code,
        row.name,
        content.fields,
        content.levels,
        detail,
        withdrawn_at,
        changed_at,
        fetched_at,
        content.digest,
        content.json,
    ])?;
    Ok(())
}

/// Writes down which catalogue is held now. Its version is a digest of what is listed, in the
/// order of the codes.
fn hold(
    conn: &Connection,
    next: &Prepared,
    record: &FetchRecord,
) -> Result<CatalogueState, Failure> {
    let mut digest = Context::new(&SHA256);
    let mut procedures = 0_u64;
    let mut statement = conn.prepare_cached(LISTED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (code, name): (String, String) = (row.get("code")?, row.get("name")?);
        let content: Option<Vec<u8>> = row.get("digest")?;
        for part in [
            code.as_bytes(),
            name.as_bytes(),
            &content.unwrap_or_default(),
        ] {
            // Each part with its length, so that no two catalogues run together.
            digest.update(&(part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        procedures += 1;
    }
    let state = CatalogueState {
        version: version(digest.finish().as_ref()),
        fetched_at: record.at,
        profile: next.profile.clone(),
        procedures,
    };
    conn.prepare_cached(HOLD)?.execute(params![
        state.version,
        state.fetched_at.as_microsecond(),
        state.profile,
        column(state.procedures),
    ])?;
    Ok(state)
}

fn version(digest: &[u8]) -> String {
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    let mut version: String = digits.collect();
    version.truncate(VERSION_DIGITS);
    version
}

/// Records a fetch; `version` is what is held by it.
pub(super) fn note(
    conn: &Connection,
    record: &FetchRecord,
    version: Option<&str>,
) -> Result<(), Failure> {
    let (mut counts, mut loss, mut reason) = (None, None, None);
    let name = match &record.outcome {
        FetchOutcome::Taken { counts: of_it } => {
            counts = Some(*of_it);
            "TAKEN"
        }
        FetchOutcome::Shrunk(of_it) => {
            loss = Some(*of_it);
            "SHRUNK"
        }
        FetchOutcome::Empty => "EMPTY",
        FetchOutcome::Failed { reason: why } => {
            reason = Some(why.as_str());
            "FAILED"
        }
    };
    let of_step = |part: fn(&StepCounts) -> u64| counts.as_ref().map(part).map(column);
    let of_loss = |part: fn(&Loss) -> u64| loss.as_ref().map(part).map(column);
    conn.prepare_cached(FETCH)?.execute(params![
        record.at.as_microsecond(),
        record.by.expose(),
        record.accept_shrink,
        name,
        version,
        of_step(|it| it.added),
        of_step(|it| it.changed),
        of_step(|it| it.withdrawn),
        of_step(|it| it.restored),
        of_step(|it| it.not_fetched),
        of_loss(|it| it.held),
        of_loss(|it| it.offered),
        of_loss(|it| it.lost),
        reason,
    ])?;
    Ok(())
}
