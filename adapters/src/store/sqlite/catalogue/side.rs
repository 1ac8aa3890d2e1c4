//! The lists beside the procedures: how they stand, and what takes their place.
//!
//! What a reader would get wrong: a list that did not come leaves its last refusal standing.
//! Only one that is taken ends it.

use lienthong_core::catalogue::{Loss, NotTakenSide, SideFetch, SideList, SideState};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueUnit};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::column::{Failure, column, count, known, moment};

const STATE: &str = "
    SELECT fetched_at, entries, refusal, held, offered, lost, failure FROM side WHERE list = ?1";

const TAKE: &str = "
    UPDATE side SET fetched_at = ?2, entries = ?3, refusal = NULL, held = NULL, offered = NULL,
                    lost = NULL, failure = NULL
    WHERE list = ?1";

// It came, if not to be taken: what stood in its way before is over.
const REFUSE: &str = "
    UPDATE side SET refusal = ?2, held = ?3, offered = ?4, lost = ?5, failure = NULL
    WHERE list = ?1";

const FAIL: &str = "UPDATE side SET failure = ?2 WHERE list = ?1";

/// How each list stands.
pub(super) fn states(conn: &Connection) -> Result<Vec<SideState>, Failure> {
    let states = SideList::ALL.into_iter().map(|list| {
        let mut statement = conn.prepare_cached(STATE)?;
        let read = |row: &Row<'_>| Ok(state(list, row));
        let found = statement.query_row([list.name()], read).optional()?;
        known(found, "how a list of the catalogue stands")?
    });
    states.collect()
}

fn state(list: SideList, row: &Row<'_>) -> Result<SideState, Failure> {
    const WHAT: &str = "how a list of the catalogue stands";
    let number = |column| -> Result<u64, Failure> {
        let number: Option<i64> = row.get(column)?;
        count(known(number, WHAT)?, WHAT)
    };
    let refusal: Option<String> = row.get("refusal")?;
    let refusal = match refusal.as_deref() {
        None => None,
        Some("EMPTY") => Some(NotTakenSide::Empty),
        Some("SHRUNK") => Some(NotTakenSide::Shrunk(Loss {
            held: number("held")?,
            offered: number("offered")?,
            lost: number("lost")?,
        })),
        Some(_) => return Err(Failure::Corrupt { what: WHAT }),
    };
    let failure: Option<String> = row.get("failure")?;
    let failure = failure.map(|reason| NotTakenSide::Failed { reason });
    let fetched_at: Option<i64> = row.get("fetched_at")?;
    Ok(SideState {
        list,
        fetched_at: fetched_at
            .map(|at| moment(at, "when a list of the catalogue was fetched"))
            .transpose()?,
        entries: number("entries")?,
        kept: refusal.into_iter().chain(failure).collect(),
    })
}

/// Puts the units in the place of those that are held.
pub(super) fn put_units(
    conn: &Connection,
    units: &SideFetch<Vec<CatalogueUnit>>,
    at: i64,
) -> Result<(), Failure> {
    if let SideFetch::Taken(units) = units {
        conn.execute("DELETE FROM unit", [])?;
        let mut insert = conn.prepare_cached("INSERT INTO unit VALUES (?1, ?2, ?3)")?;
        for unit in units {
            insert.execute(params![unit.code, unit.name, unit.level])?;
        }
    }
    note(conn, SideList::Units, units, at, |units| units.len() as u64)
}

/// Puts the fields in the place of those that are held.
pub(super) fn put_fields(
    conn: &Connection,
    fields: &SideFetch<Vec<CatalogueField>>,
    at: i64,
) -> Result<(), Failure> {
    if let SideFetch::Taken(fields) = fields {
        conn.execute("DELETE FROM field", [])?;
        let mut insert = conn.prepare_cached("INSERT INTO field VALUES (?1, ?2, ?3)")?;
        for CatalogueField { field, sector } in fields {
            insert.execute(params![field.code, field.name, sector])?;
        }
    }
    note(conn, SideList::Fields, fields, at, |fields| {
        fields.len() as u64
    })
}

/// Writes down what came of the online services; they stand in the rows of procedures.
pub(super) fn note_online(
    conn: &Connection,
    online: &SideFetch<u64>,
    at: i64,
) -> Result<(), Failure> {
    note(conn, SideList::OnlineServices, online, at, |count| *count)
}

fn note<T>(
    conn: &Connection,
    list: SideList,
    fetched: &SideFetch<T>,
    at: i64,
    entries: impl FnOnce(&T) -> u64,
) -> Result<(), Failure> {
    let list = list.name();
    match fetched {
        SideFetch::Taken(taken) => {
            let values = params![list, at, column(entries(taken))];
            conn.prepare_cached(TAKE)?.execute(values)?
        }
        SideFetch::Kept(NotTakenSide::Failed { reason }) => {
            conn.prepare_cached(FAIL)?.execute(params![list, reason])?
        }
        SideFetch::Kept(NotTakenSide::Empty) => {
            let nothing: Option<i64> = None;
            let values = params![list, "EMPTY", nothing, nothing, nothing];
            conn.prepare_cached(REFUSE)?.execute(values)?
        }
        SideFetch::Kept(NotTakenSide::Shrunk(loss)) => {
            let values = params![
                list,
                "SHRUNK",
                column(loss.held),
                column(loss.offered),
                column(loss.lost)
            ];
            conn.prepare_cached(REFUSE)?.execute(values)?
        }
    };
    Ok(())
}
