//! Reading facts: one dossier, or a page of those that are wanted.
//!
//! What a reader would get wrong: the index decides which rows are told, and only those are
//! read. It holds everything that a condition looks at.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, DossierKept};
use lienthong_core::ports::observations::FactsPage;
use tokio_postgres::Row as SqlRow;
use tokio_postgres::types::ToSql;

use crate::store::observations::{Known, Row, Scope, StoredFacts, StoredLookups};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const DOSSIERS: &str =
    "SELECT number, facts, lookups, told FROM observed_dossier WHERE number = ANY ($1)";

const WORDS: &str = "SELECT id, text FROM observed_word WHERE id = ANY ($1)";

/// What stands in the columns of a dossier.
pub(super) struct Stored {
    pub(super) number: String,
    facts: Option<Vec<u8>>,
    lookups: Option<Vec<u8>>,
    /// Under which number the events last told something of it, where that was asked for.
    pub(super) told: i64,
}

/// Rows, and the names that they need.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Stored>,
    pub(super) words: Known,
}

impl Stored {
    /// Of a row whose first columns are number, facts and look-ups.
    pub(super) fn of(row: &SqlRow) -> Result<Self, Failure> {
        Ok(Self {
            number: row.try_get(0)?,
            facts: row.try_get(1)?,
            lookups: row.try_get(2)?,
            told: 0,
        })
    }

    /// Whose row it is.
    pub(super) fn dossier(&self) -> Result<DossierNumber, Failure> {
        DossierNumber::parse(&self.number).map_err(|_| STORE.corrupt("its number does not parse"))
    }

    fn events(&self, number: &DossierNumber, words: &Known) -> Result<DossierKept, Failure> {
        let corrupt = |problem| STORE.corrupt(problem);
        let Some(facts) = &self.facts else {
            return Ok(DossierKept::default());
        };
        let facts = StoredFacts::read(facts).map_err(corrupt)?;
        facts.kept(number.clone(), words).map_err(corrupt)
    }

    /// What is kept of the dossier.
    pub(super) fn row(&self, number: &DossierNumber, words: &Known) -> Result<Row, Failure> {
        let corrupt = |problem| STORE.corrupt(problem);
        let mut row = Row {
            kept: self.events(number, words)?,
            ..Row::default()
        };
        if let Some(lookups) = &self.lookups {
            let lookups = StoredLookups::read(lookups).map_err(corrupt)?;
            row.lookups = lookups.by_log(words).map_err(corrupt)?;
        }
        Ok(row)
    }

    fn told(&self, number: &DossierNumber, words: &Known) -> Result<Option<DossierFacts>, Failure> {
        let corrupt = |problem| STORE.corrupt(problem);
        let mut kept = self.events(number, words)?;
        if let Some(lookups) = &self.lookups {
            let lookups = StoredLookups::read(lookups).map_err(corrupt)?;
            kept.lookups = lookups.sum(words).map_err(corrupt)?;
        }
        Ok(kept.told())
    }

    /// Numbers of the names that it needs; `None` where it cannot be read.
    pub(super) fn words(&self) -> Option<Vec<i32>> {
        let mut ids: Vec<u32> = Vec::new();
        if let Some(facts) = &self.facts {
            ids.extend(StoredFacts::read(facts).ok()?.words());
        }
        if let Some(lookups) = &self.lookups {
            ids.extend(StoredLookups::read(lookups).ok()?.words());
        }
        ids.into_iter().map(|id| i32::try_from(id).ok()).collect()
    }
}

/// The rows of these dossiers, in no order.
pub(super) async fn rows(session: &Session, numbers: &[&str]) -> Result<Vec<Stored>, Failure> {
    let rows = session.query(DOSSIERS, &[&numbers]).await?;
    let rows = rows.iter().map(|row| {
        Ok(Stored {
            told: row.try_get(3)?,
            ..Stored::of(row)?
        })
    });
    rows.collect()
}

/// The names that rows need. A row that cannot be read needs none.
pub(super) async fn names<'a>(
    session: &Session,
    rows: impl Iterator<Item = &'a Stored>,
) -> Result<Known, Failure> {
    let mut ids: Vec<i32> = rows.filter_map(Stored::words).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut words = Known::new();
    if !ids.is_empty() {
        for row in session.query(WORDS, &[&ids]).await? {
            let id: i32 = row.try_get(0)?;
            words.insert(STORE.count(id.into())?, row.try_get(1)?);
        }
    }
    Ok(words)
}

/// Rows with the names that they need.
pub(super) async fn with_names(session: &Session, rows: Vec<Stored>) -> Result<Found, Failure> {
    let words = names(session, rows.iter()).await?;
    Ok(Found { rows, words })
}

/// One dossier.
pub(super) struct ReadDossier(pub(super) DossierNumber);

impl Command for ReadDossier {
    type Answer = Found;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Found, Failure> {
        let rows = rows(session, &[self.0.as_str()]).await?;
        with_names(session, rows).await
    }
}

/// The facts of the one dossier that was found.
pub(super) fn one(found: &Found) -> Result<Option<DossierFacts>, Failure> {
    match found.rows.first() {
        Some(row) => row.told(&row.dossier()?, &found.words),
        None => Ok(None),
    }
}

/// A page of those that are wanted.
pub(super) struct ReadPage {
    pub(super) scope: Scope,
    pub(super) after: String,
    pub(super) most: u32,
}

impl ReadPage {
    fn statement(&self) -> String {
        let unit = self.scope.unit.as_ref();
        let unit = unit.map_or("$6::text IS NULL".to_owned(), |unit| {
            unit.condition("$6::text").0
        });
        format!(
            "SELECT number, facts, lookups
               FROM observed_dossier
              WHERE number = ANY (ARRAY(
                    SELECT number
                      FROM observed_dossier
                     WHERE number > $1 AND received < $2 AND (ended IS NULL OR ended >= $3)
                       AND (cardinality($5::text[]) = 0 OR procedure = ANY ($5::text[]))
                       AND {unit}
                     ORDER BY number
                     LIMIT $4))"
        )
    }
}

impl Command for ReadPage {
    type Answer = Found;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Found, Failure> {
        let most = i64::from(self.most);
        let unit = self.scope.unit.as_ref().map(|unit| unit.condition("").1);
        let values: [&(dyn ToSql + Sync); 6] = [
            &self.after,
            &self.scope.ends,
            &self.scope.begins,
            &most,
            &self.scope.procedures,
            &unit,
        ];
        let rows = session.query(&self.statement(), &values).await?;
        let rows = rows.iter().map(Stored::of).collect::<Result<_, _>>()?;
        with_names(session, rows).await
    }
}

/// The facts of a page of at most so many, on a thread of its own: others wait for this one.
pub(super) async fn decoded(mut found: Found, most: u32) -> Result<FactsPage, Failure> {
    let decoding = tokio::task::spawn_blocking(move || {
        found.rows.sort_unstable_by(|a, b| a.number.cmp(&b.number));
        let mut page = FactsPage::default();
        for row in &found.rows {
            let number = row.dossier()?;
            match row.told(&number, &found.words) {
                Ok(facts) => page.facts.extend(facts),
                Err(_) => page.unreadable += 1,
            }
            page.next = Some(number);
        }
        if found.rows.len() < usize::try_from(most).unwrap_or(usize::MAX) {
            page.next = None;
        }
        if page.unreadable > 0 {
            let dossiers = page.unreadable;
            tracing::error!(dossiers, "dossiers cannot be read back and are not told");
        }
        Ok(page)
    });
    decoding.await.map_err(|_| Failure::Stopped)?
}
