//! Reading facts: one dossier, or a page of those that are wanted.
//!
//! What a reader would get wrong: the index decides which rows are told, and only those are
//! read. It holds everything that a condition looks at.

use std::collections::hash_map::Entry;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, DossierKept};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::column::{Failure, corrupt};
use crate::store::observations::{Known, Problem, Scope, StoredFacts, StoredLookups};

const DOSSIER: &str = "SELECT facts, lookups FROM dossier WHERE number = ?1";

const NAME: &str = "SELECT text FROM word WHERE id = ?1";

/// Names that were needed so far.
#[derive(Default)]
pub(super) struct Names(Known);

impl Names {
    /// Reads the names of these numbers. One that is not in the list is found missing by
    /// whoever needs it.
    fn learn(&mut self, conn: &Connection, ids: impl Iterator<Item = u32>) -> Result<(), Failure> {
        for id in ids {
            if let Entry::Vacant(place) = self.0.entry(id) {
                let name = conn
                    .prepare_cached(NAME)?
                    .query_row([id], |row| row.get(0))
                    .optional()?;
                if let Some(name) = name {
                    place.insert(name);
                }
            }
        }
        Ok(())
    }
}

/// What is kept of a dossier in these two columns.
pub(super) fn kept(
    conn: &Connection,
    names: &mut Names,
    number: &DossierNumber,
    facts: ValueRef<'_>,
    lookups: ValueRef<'_>,
) -> Result<DossierKept, Failure> {
    let mut kept = match bytes(facts)? {
        Some(stored) => {
            let stored = StoredFacts::read(stored).map_err(corrupt)?;
            names.learn(conn, stored.words())?;
            stored.kept(number.clone(), &names.0).map_err(corrupt)?
        }
        None => DossierKept::default(),
    };
    if let Some(stored) = bytes(lookups)? {
        let stored = StoredLookups::read(stored).map_err(corrupt)?;
        names.learn(conn, stored.words())?;
        kept.lookups = stored.facts(&names.0).map_err(corrupt)?;
    }
    Ok(kept)
}

fn bytes(value: ValueRef<'_>) -> Result<Option<&[u8]>, Failure> {
    const OTHER: Problem = "its facts are no bytes";
    value.as_blob_or_null().map_err(|_| corrupt(OTHER))
}

/// One dossier.
pub(super) fn dossier(
    conn: &Connection,
    number: &DossierNumber,
) -> Result<Option<DossierFacts>, Failure> {
    let mut statement = conn.prepare_cached(DOSSIER)?;
    let mut rows = statement.query([number.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let mut names = Names::default();
    let kept = kept(conn, &mut names, number, row.get_ref(0)?, row.get_ref(1)?)?;
    Ok(kept.told())
}

/// The statement that finds a page, and its parameters in their order.
pub(super) fn statement(
    scope: &Scope,
    after: Option<&DossierNumber>,
    most: u32,
) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![
        after.map_or("", DossierNumber::as_str).to_owned().into(),
        scope.ends.into(),
        scope.begins.into(),
        most.into(),
    ];
    let mut sql = "
        SELECT d.number, d.facts, d.lookups
          FROM (SELECT number
                  FROM dossier INDEXED BY dossier_scope
                 WHERE number > ?1 AND received < ?2 AND (ended IS NULL OR ended >= ?3)"
        .to_owned();
    if let Some(unit) = &scope.unit {
        let parameter = format!("?{}", values.len() + 1);
        let (condition, value) = unit.condition(&parameter);
        sql.push_str(" AND ");
        sql.push_str(&condition);
        values.push(value.to_owned().into());
    }
    if !scope.procedures.is_empty() {
        let first = values.len() + 1;
        let places = (first..first + scope.procedures.len()).map(|place| format!("?{place}"));
        sql.push_str(" AND procedure IN (");
        sql.push_str(&places.collect::<Vec<_>>().join(", "));
        sql.push(')');
        values.extend(scope.procedures.iter().map(|code| code.clone().into()));
    }
    sql.push_str(
        "
                 ORDER BY number
                 LIMIT ?4) AS p
          JOIN dossier d ON d.number = p.number
         ORDER BY p.number",
    );
    (sql, values)
}

/// A page of those that are wanted.
pub(super) fn page(
    conn: &Connection,
    scope: &Scope,
    after: Option<&DossierNumber>,
    most: u32,
) -> Result<Vec<DossierFacts>, Failure> {
    let (sql, values) = statement(scope, after, most);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut names = Names::default();
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get_ref(0)?.as_str().ok().map(DossierNumber::parse);
        let number = number.and_then(Result::ok);
        let number = number.ok_or_else(|| corrupt("its number does not parse"))?;
        let kept = kept(conn, &mut names, &number, row.get_ref(1)?, row.get_ref(2)?)?;
        page.extend(kept.told());
    }
    Ok(page)
}
