//! Reading the catalogue back.

use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::{
    CatalogueChange, ChangeKind, Listing, Loss, NamedCode, StepCounts,
};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueState, CatalogueUnit, ChangeFilter, FetchOutcome, FetchRecord,
    KeptProcedure,
};
use lienthong_core::procedure::ProcedureCode;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};
use serde::de::DeserializeOwned;

use super::column::{Failure, count, known, moment, standing};

const STATE: &str = "SELECT version, fetched_at, profile, procedures FROM held";

// Without the content, which a walk through the list would read for nothing.
const LISTINGS: &str = "
    SELECT code, name, fields, levels, detail, withdrawn_at, changed_at
    FROM procedure ORDER BY code";

const PROCEDURE: &str = "
    SELECT code, name, fields, levels, detail, withdrawn_at, changed_at, detail_fetched_at,
           content
    FROM procedure WHERE code = ?1";

const LAST_FETCH: &str = "SELECT * FROM fetch ORDER BY number DESC LIMIT 1";

// The newest of each kind, behind the last catalogue that was taken.
const REFUSALS: &str = "
    SELECT * FROM fetch
    WHERE number IN (
        SELECT max(number) FROM fetch
        WHERE outcome IN ('SHRUNK', 'EMPTY')
          AND number > ifnull((SELECT max(number) FROM fetch WHERE outcome = 'TAKEN'), 0)
        GROUP BY outcome
    )
    ORDER BY number DESC";

/// Which catalogue is held.
pub(super) fn state(conn: &Connection) -> Result<Option<CatalogueState>, Failure> {
    let mut statement = conn.prepare_cached(STATE)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(CatalogueState {
        version: row.get("version")?,
        fetched_at: moment(row.get("fetched_at")?, "when the catalogue was fetched")?,
        profile: row.get("profile")?,
        procedures: count(row.get("procedures")?, "the number of procedures")?,
    }))
}

/// The list, in the order of the codes.
pub(super) fn listings(conn: &Connection) -> Result<Vec<Listing>, Failure> {
    let mut statement = conn.prepare_cached(LISTINGS)?;
    let mut rows = statement.query([])?;
    let mut listings = Vec::new();
    while let Some(row) = rows.next()? {
        listings.push(listing(row)?);
    }
    Ok(listings)
}

/// One procedure in full.
pub(super) fn procedure(
    conn: &Connection,
    code: &ProcedureCode,
) -> Result<Option<KeptProcedure>, Failure> {
    let mut statement = conn.prepare_cached(PROCEDURE)?;
    let mut rows = statement.query([code.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let content: Option<String> = row.get("content")?;
    let fetched_at: Option<i64> = row.get("detail_fetched_at")?;
    Ok(Some(KeptProcedure {
        listing: listing(row)?,
        content: content
            .map(|text| json(&text, "the details of a procedure"))
            .transpose()?,
        detail_fetched_at: fetched_at
            .map(|at| moment(at, "when details were fetched"))
            .transpose()?,
    }))
}

fn listing(row: &Row<'_>) -> Result<Listing, Failure> {
    let text = |column| row.get::<_, String>(column);
    let withdrawn_at: Option<i64> = row.get("withdrawn_at")?;
    let codes = |column| json::<Vec<NamedCode>>(&text(column)?, "codes and names");
    Ok(Listing {
        code: known(
            ProcedureCode::parse(&text("code")?).ok(),
            "a procedure code",
        )?,
        name: text("name")?,
        fields: codes("fields")?,
        levels: codes("levels")?,
        withdrawn_at: withdrawn_at
            .map(|at| moment(at, "when a procedure was withdrawn"))
            .transpose()?,
        changed_at: moment(row.get("changed_at")?, "when a procedure changed")?,
        detail: standing(&text("detail")?)?,
    })
}

/// The catalogue of units.
pub(super) fn units(conn: &Connection) -> Result<Vec<CatalogueUnit>, Failure> {
    let mut statement = conn.prepare_cached("SELECT code, name, level FROM unit ORDER BY code")?;
    let read = |row: &Row<'_>| {
        Ok(CatalogueUnit {
            code: row.get("code")?,
            name: row.get("name")?,
            level: row.get("level")?,
        })
    };
    let units = statement.query_map([], read)?;
    Ok(units.collect::<Result<_, _>>()?)
}

/// The catalogue of fields.
pub(super) fn fields(conn: &Connection) -> Result<Vec<CatalogueField>, Failure> {
    let mut statement =
        conn.prepare_cached("SELECT code, name, sector FROM field ORDER BY code")?;
    let read = |row: &Row<'_>| {
        Ok(CatalogueField {
            field: NamedCode {
                code: row.get("code")?,
                name: row.get("name")?,
            },
            sector: row.get("sector")?,
        })
    };
    let fields = statement.query_map([], read)?;
    Ok(fields.collect::<Result<_, _>>()?)
}

/// Changes, newest first. The conditions that are given become the statement.
pub(super) fn changes(
    conn: &Connection,
    filter: &ChangeFilter,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<(u64, CatalogueChange)>, Failure> {
    let mut sql = "SELECT * FROM change WHERE TRUE".to_owned();
    if filter.presence {
        sql.push_str(" AND kind <> 'CHANGED'");
    }
    let mut values: Vec<Value> = Vec::new();
    let mut only = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    };
    let micros = |at: jiff::Timestamp| Value::from(at.as_microsecond());
    let number = |number: u64| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    only(" AND number < ?", before.map(number));
    only(" AND seen_at > ?", filter.since.map(micros));
    only(" AND seen_at < ?", filter.until.map(micros));
    let code = filter.code.as_ref();
    only(
        " AND code = ?",
        code.map(|it| Value::from(it.as_str().to_owned())),
    );
    sql.push_str(" ORDER BY number DESC LIMIT ?");
    values.push(Value::from(most));
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let number = count(row.get("number")?, "the number of a change")?;
        changes.push((number, change(row)?));
    }
    Ok(changes)
}

fn change(row: &Row<'_>) -> Result<CatalogueChange, Failure> {
    let text = |column| row.get::<_, String>(column);
    Ok(CatalogueChange {
        code: known(
            ProcedureCode::parse(&text("code")?).ok(),
            "a procedure code",
        )?,
        name: text("name")?,
        kind: known(ChangeKind::from_name(&text("kind")?), "a kind of change")?,
        fields: json(&text("fields")?, "the paths of a change")?,
        seen_at: moment(row.get("seen_at")?, "when a change was seen")?,
        version: text("version")?,
    })
}

/// The last fetch.
pub(super) fn last_fetch(conn: &Connection) -> Result<Option<FetchRecord>, Failure> {
    let mut statement = conn.prepare_cached(LAST_FETCH)?;
    let read = |row: &Row<'_>| Ok(fetch(row));
    statement.query_row([], read).optional()?.transpose()
}

/// The newest fetch of each kind that was refused since a catalogue was last taken.
pub(super) fn refusals(conn: &Connection) -> Result<Vec<FetchRecord>, Failure> {
    let mut statement = conn.prepare_cached(REFUSALS)?;
    let mut rows = statement.query([])?;
    let mut refusals = Vec::new();
    while let Some(row) = rows.next()? {
        refusals.push(fetch(row)?);
    }
    Ok(refusals)
}

fn fetch(row: &Row<'_>) -> Result<FetchRecord, Failure> {
    let operator: String = row.get("operator")?;
    Ok(FetchRecord {
        at: moment(row.get("at")?, "when a fetch ended")?,
        by: known(OfficerId::parse(&operator), "who fetched")?,
        accept_shrink: row.get("accept_shrink")?,
        outcome: outcome(row)?,
    })
}

fn outcome(row: &Row<'_>) -> Result<FetchOutcome, Failure> {
    const WHAT: &str = "what came of a fetch";
    let number = |column| -> Result<u64, Failure> {
        let number: Option<i64> = row.get(column)?;
        count(known(number, WHAT)?, WHAT)
    };
    let name: String = row.get("outcome")?;
    match name.as_str() {
        "TAKEN" => Ok(FetchOutcome::Taken {
            counts: StepCounts {
                added: number("added")?,
                changed: number("changed")?,
                withdrawn: number("withdrawn")?,
                restored: number("restored")?,
                not_fetched: number("not_fetched")?,
            },
        }),
        "SHRUNK" => Ok(FetchOutcome::Shrunk(Loss {
            held: number("held")?,
            offered: number("offered")?,
            lost: number("lost")?,
        })),
        "EMPTY" => Ok(FetchOutcome::Empty),
        "FAILED" => Ok(FetchOutcome::Failed {
            reason: known(row.get("reason")?, WHAT)?,
        }),
        _ => Err(Failure::Corrupt { what: WHAT }),
    }
}

fn json<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, Failure> {
    known(serde_json::from_str(text).ok(), what)
}
