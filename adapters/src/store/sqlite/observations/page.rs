//! Reading facts: one dossier, or a page of those that are wanted.
//!
//! What a reader would get wrong: the index decides which rows are told, and only those are
//! read. It holds everything that a condition looks at.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, DossierKept};
use lienthong_core::ports::observations::FactsPage;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::column::{Failure, corrupt};
use super::names::Names;
use crate::store::observations::{Problem, Row, Scope, StoredFacts, StoredLookups};

const DOSSIER: &str = "SELECT facts, lookups FROM dossier WHERE number = ?1";

/// What events told of a dossier, as it stands in this column.
fn events(
    conn: &Connection,
    names: &mut Names,
    number: &DossierNumber,
    facts: ValueRef<'_>,
) -> Result<DossierKept, Failure> {
    let Some(stored) = bytes(facts)? else {
        return Ok(DossierKept::default());
    };
    let stored = StoredFacts::read(stored).map_err(corrupt)?;
    names.learn(conn, stored.words())?;
    stored.kept(number.clone(), &names.0).map_err(corrupt)
}

/// What is kept of a dossier in these two columns.
pub(super) fn row(
    conn: &Connection,
    names: &mut Names,
    number: &DossierNumber,
    facts: ValueRef<'_>,
    lookups: ValueRef<'_>,
) -> Result<Row, Failure> {
    let mut row = Row {
        kept: events(conn, names, number, facts)?,
        ..Row::default()
    };
    if let Some(stored) = bytes(lookups)? {
        let stored = StoredLookups::read(stored).map_err(corrupt)?;
        names.learn(conn, stored.words())?;
        row.lookups = stored.by_log(&names.0).map_err(corrupt)?;
    }
    Ok(row)
}

/// The facts in these two columns.
fn told(
    conn: &Connection,
    names: &mut Names,
    number: &DossierNumber,
    facts: ValueRef<'_>,
    lookups: ValueRef<'_>,
) -> Result<Option<DossierFacts>, Failure> {
    let mut kept = events(conn, names, number, facts)?;
    if let Some(stored) = bytes(lookups)? {
        let stored = StoredLookups::read(stored).map_err(corrupt)?;
        names.learn(conn, stored.words())?;
        kept.lookups = stored.sum(&names.0).map_err(corrupt)?;
    }
    Ok(kept.told())
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
    told(conn, &mut names, number, row.get_ref(0)?, row.get_ref(1)?)
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
) -> Result<FactsPage, Failure> {
    let (sql, values) = statement(scope, after, most);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut names = Names::default();
    let (mut page, mut found) = (FactsPage::default(), 0);
    while let Some(row) = rows.next()? {
        found += 1;
        let number = row.get_ref(0)?.as_str().ok().map(DossierNumber::parse);
        let number = number.and_then(Result::ok);
        let number = number.ok_or_else(|| corrupt("its number does not parse"))?;
        match told(conn, &mut names, &number, row.get_ref(1)?, row.get_ref(2)?) {
            Ok(facts) => page.facts.extend(facts),
            Err(Failure::Corrupt { .. }) => page.unreadable += 1,
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
        page.next = Some(number);
    }
    if found < most {
        page.next = None;
    }
    if page.unreadable > 0 {
        let dossiers = page.unreadable;
        tracing::error!(dossiers, "dossiers cannot be read back and are not told");
    }
    Ok(page)
}
