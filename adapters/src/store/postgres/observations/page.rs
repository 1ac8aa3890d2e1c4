//! Reading facts: one dossier, or a page of those that are wanted.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, DossierKept};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::store::observations::{Known, Scope, StoredFacts, StoredLookups};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const DOSSIER: &str = "SELECT number, facts, lookups FROM observed_dossier WHERE number = $1";

const WORDS: &str = "SELECT id, text FROM observed_word WHERE id = ANY ($1)";

/// A row as it stands.
pub(super) struct Stored {
    pub(super) number: String,
    pub(super) facts: Option<Vec<u8>>,
    pub(super) lookups: Option<Vec<u8>>,
}

/// Rows, and the names that they need.
pub(super) struct Found {
    pub(super) rows: Vec<Stored>,
    pub(super) words: Known,
}

impl Stored {
    pub(super) fn of(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            number: row.try_get(0)?,
            facts: row.try_get(1)?,
            lookups: row.try_get(2)?,
        })
    }

    /// What is kept of the dossier.
    pub(super) fn kept(
        &self,
        number: &DossierNumber,
        words: &Known,
    ) -> Result<DossierKept, Failure> {
        let corrupt = |problem| STORE.corrupt(problem);
        let mut kept = match &self.facts {
            Some(facts) => {
                let facts = StoredFacts::read(facts).map_err(corrupt)?;
                facts.kept(number.clone(), words).map_err(corrupt)?
            }
            None => DossierKept::default(),
        };
        if let Some(lookups) = &self.lookups {
            let lookups = StoredLookups::read(lookups).map_err(corrupt)?;
            kept.lookups = lookups.facts(words).map_err(corrupt)?;
        }
        Ok(kept)
    }
}

/// Rows with the names that they need. A row that cannot be read needs none.
pub(super) async fn with_words(session: &Session, rows: Vec<Stored>) -> Result<Found, Failure> {
    let mut ids: Vec<i32> = Vec::new();
    let mut needs = |id: u32| ids.extend(i32::try_from(id));
    for row in &rows {
        if let Some(Ok(facts)) = row.facts.as_deref().map(StoredFacts::read) {
            facts.words().for_each(&mut needs);
        }
        if let Some(Ok(lookups)) = row.lookups.as_deref().map(StoredLookups::read) {
            lookups.words().for_each(&mut needs);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let mut words = Known::new();
    if !ids.is_empty() {
        for row in session.query(WORDS, &[&ids]).await? {
            let id: i32 = row.try_get(0)?;
            words.insert(STORE.count(id.into())?, row.try_get(1)?);
        }
    }
    Ok(Found { rows, words })
}

/// The facts of rows in the order of their numbers, on a thread of its own: others wait for
/// this one.
pub(super) async fn decoded(mut found: Found) -> Result<Vec<DossierFacts>, Failure> {
    let decoding = tokio::task::spawn_blocking(move || {
        found.rows.sort_unstable_by(|a, b| a.number.cmp(&b.number));
        let mut facts = Vec::with_capacity(found.rows.len());
        for row in &found.rows {
            let number = DossierNumber::parse(&row.number)
                .map_err(|_| STORE.corrupt("its number does not parse"))?;
            facts.extend(row.kept(&number, &found.words)?.told());
        }
        Ok(facts)
    });
    decoding.await.map_err(|_| Failure::Stopped)?
}

/// One dossier.
pub(super) struct ReadDossier(pub(super) DossierNumber);

impl Command for ReadDossier {
    type Answer = Found;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Found, Failure> {
        let row = session.row(DOSSIER, &[&self.0.as_str()]).await?;
        let row = row.as_ref().map(Stored::of).transpose()?;
        with_words(session, row.into_iter().collect()).await
    }
}

/// A page of those that are wanted.
pub(super) struct ReadPage {
    pub(super) scope: Scope,
    pub(super) after: String,
    pub(super) most: u32,
}

impl ReadPage {
    /// The index decides which rows are told, and only those are read.
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
        with_words(session, rows).await
    }
}
