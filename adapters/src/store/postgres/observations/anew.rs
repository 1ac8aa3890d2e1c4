//! Telling a source anew: beside what is known first, then in its place.
//!
//! What a reader would get wrong: a dossier of which something is told anew is written twice,
//! and read only once all of its source has been told. Whatever breaks off is taken up again:
//! each step is a transaction, and whoever takes one holds up everybody who folds.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::Source;

use super::fold::{Batch, Begun, begun, keep};
use super::names::{self, State};
use super::page::{self, Found};
use super::sources;
use crate::store::observations::{Known, Staged, log_of, source_name, write};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const STAGED: &str = "
    SELECT number, facts, lookups, revision
      FROM observed_anew
     WHERE turn = $1 AND number = ANY ($2)";

const STAGE: &str = "
    INSERT INTO observed_anew (turn, number, revision, facts, lookups)
    SELECT $1, s.* FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::bytea[]) AS s
        ON CONFLICT (turn, number) DO UPDATE
       SET revision = excluded.revision, facts = excluded.facts, lookups = excluded.lookups";

const MOVE: &str = "
    UPDATE observed_source
       SET anew_position = $2, anew_fingerprint = $3, anew_unreadable = anew_unreadable + $4
     WHERE name = $1";

const NEXT: &str = "
    SELECT number, facts, lookups, revision
      FROM observed_anew
     WHERE turn = $1
     ORDER BY number
     LIMIT $2";

const TAKEN: &str = "DELETE FROM observed_anew WHERE turn = $1 AND number = ANY ($2)";

const OVER: &str = "UPDATE observed_source SET turn = NULL, lost = FALSE WHERE name = $1";

const LEFT_OVER: &str = "
    DELETE FROM observed_anew
     WHERE (turn, number) IN (SELECT turn, number
                                FROM observed_anew
                               WHERE turn <> ALL (ARRAY(SELECT turn
                                                          FROM observed_source
                                                         WHERE turn IS NOT NULL))
                               ORDER BY turn, number
                               LIMIT 20000)";

/// What stands in the columns of what was told anew of a dossier.
pub(super) struct Stored {
    columns: page::Stored,
    revision: u64,
}

impl Stored {
    fn of(row: &tokio_postgres::Row) -> Result<Self, Failure> {
        Ok(Self {
            columns: page::Stored::of(row)?,
            revision: STORE.count(row.try_get(3)?)?,
        })
    }

    pub(super) fn number(&self) -> &str {
        &self.columns.number
    }

    pub(super) fn columns(&self) -> &page::Stored {
        &self.columns
    }

    /// What it says. What cannot be read back is left out, and said so: then what is known
    /// stays.
    fn read(&self, number: &DossierNumber, words: &Known) -> Option<Staged> {
        match self.columns.row(number, words) {
            Ok(row) => Some(Staged {
                row,
                revision: self.revision,
            }),
            Err(failure) => {
                tracing::error!(dossier = %number, error = %failure, "what was told anew of a dossier is left out");
                None
            }
        }
    }
}

/// What was told anew of these dossiers, in no order.
pub(super) async fn rows(
    session: &Session,
    turn: i64,
    numbers: &[&str],
) -> Result<Vec<Stored>, Failure> {
    let rows = session.query(STAGED, &[&turn, &numbers]).await?;
    rows.iter().map(Stored::of).collect()
}

/// Has what was told anew take its place in what is known of the same dossiers; under which
/// number, where the events told it.
pub(super) fn take(
    begun: &mut BTreeMap<DossierNumber, Begun>,
    staged: &[Stored],
    turn: Option<i64>,
    words: &Known,
) {
    let staged: HashMap<&str, &Stored> = staged.iter().map(|it| (it.number(), it)).collect();
    for (number, begun) in begun {
        let told = staged.get(number.as_str());
        if let Some(told) = told.and_then(|told| told.read(number, words)) {
            begun.row.take(told.row);
            begun.told = turn.unwrap_or(begun.told);
            begun.changed = true;
        }
    }
}

/// Removes what took its place.
pub(super) async fn taken(session: &Session, turn: i64, numbers: &[String]) -> Result<(), Failure> {
    session.execute(TAKEN, &[&turn, &numbers]).await.map(drop)
}

/// Removes some of what no source has any more.
pub(super) async fn remove_left_over(session: &Session) -> Result<(), Failure> {
    session.execute(LEFT_OVER, &[]).await.map(drop)
}

/// Folds a portion in beside what is known.
pub(super) struct FoldAnew {
    pub(super) source: Source,
    pub(super) batch: Batch,
    pub(super) rules: Arc<ObservationRules>,
}

impl Command for FoldAnew {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let state = names::lock(session).await?;
        let known = sources::one(session, &self.source).await?;
        let Some(turn) = known.telling(self.batch.before) else {
            return Ok(false);
        };
        if !self.batch.happened.is_empty() {
            let staged = self.staged(session, turn).await?;
            let folded = self.folded(session, staged).await?;
            stage(session, &state, turn, folded).await?;
        }
        let name = source_name(&self.source);
        let (after, unreadable) = (self.batch.after, self.batch.unreadable);
        session
            .execute(MOVE, &[&name, &after, &self.batch.mark(), &unreadable])
            .await?;
        Ok(true)
    }
}

impl FoldAnew {
    /// What was told anew so far of the dossiers to which something happened.
    async fn staged(
        &self,
        session: &Session,
        turn: i64,
    ) -> Result<BTreeMap<DossierNumber, Staged>, Failure> {
        let rows = rows(session, turn, &self.batch.numbers()).await?;
        let words = page::names(session, rows.iter().map(Stored::columns)).await?;
        let happened = Arc::clone(&self.batch.happened);
        let reading = tokio::task::spawn_blocking(move || {
            let rows: HashMap<&str, &Stored> = rows.iter().map(|it| (it.number(), it)).collect();
            let staged = happened.keys().map(|number| {
                let row = rows.get(number.as_str());
                let staged = row.and_then(|row| row.read(number, &words));
                (number.clone(), staged.unwrap_or_default())
            });
            staged.collect()
        });
        reading.await.map_err(|_| Failure::Stopped)
    }

    async fn folded(
        &self,
        session: &Session,
        mut staged: BTreeMap<DossierNumber, Staged>,
    ) -> Result<BTreeMap<DossierNumber, Staged>, Failure> {
        // Where an event in front is not told again, what is known has to go on.
        let lacking = self.batch.happened.iter().filter(|(number, happened)| {
            staged
                .get(number)
                .is_some_and(|staged| staged.lacks(happened))
        });
        let lacking: Vec<DossierNumber> = lacking.map(|(number, _)| number.clone()).collect();
        let numbers: Vec<&str> = lacking.iter().map(DossierNumber::as_str).collect();
        let found = if numbers.is_empty() {
            Found::default()
        } else {
            page::with_names(session, page::rows(session, &numbers).await?).await?
        };
        let (happened, rules) = (Arc::clone(&self.batch.happened), Arc::clone(&self.rules));
        let log = log_of(&self.source).to_owned();
        let folding = tokio::task::spawn_blocking(move || {
            let known = begun(&found, lacking.iter());
            for (number, happened) in happened.iter() {
                let known = known.get(number).map(|begun| &begun.row);
                if let Some(staged) = staged.get_mut(number) {
                    for one in happened {
                        staged.observe(&log, one, &rules, known);
                    }
                }
            }
            staged
        });
        folding.await.map_err(|_| Failure::Stopped)
    }
}

/// Writes what was told anew.
async fn stage(
    session: &Session,
    state: &State,
    turn: i64,
    staged: BTreeMap<DossierNumber, Staged>,
) -> Result<(), Failure> {
    let rows = staged.values().map(|staged| &staged.row);
    let words = names::listed(session, state, rows).await?;
    let writing = tokio::task::spawn_blocking(move || {
        let written = staged.into_iter().map(|(number, staged)| {
            let bytes = write(&staged.row, &words).map_err(|problem| STORE.corrupt(problem))?;
            Ok((number, sources::column(staged.revision), bytes))
        });
        written.collect::<Result<Vec<_>, Failure>>()
    });
    let written = writing.await.map_err(|_| Failure::Stopped)??;
    let numbers: Vec<&str> = written.iter().map(|(it, ..)| it.as_str()).collect();
    let revisions: Vec<i64> = written.iter().map(|(_, it, _)| *it).collect();
    let facts = written.iter().map(|(.., bytes)| bytes.facts.as_deref());
    let facts: Vec<Option<&[u8]>> = facts.collect();
    let lookups = written.iter().map(|(.., bytes)| bytes.lookups.as_deref());
    let lookups: Vec<Option<&[u8]>> = lookups.collect();
    session
        .execute(STAGE, &[&turn, &numbers, &revisions, &facts, &lookups])
        .await
        .map(drop)
}

/// Has what was told anew of more dossiers take its place; whether that was all.
pub(super) struct TakeAnew {
    pub(super) source: Source,
    pub(super) most: u32,
}

impl Command for TakeAnew {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let state = names::lock(session).await?;
        let known = sources::one(session, &self.source).await?;
        let Some(turn) = known.taking() else {
            return Ok(known.turn.is_none());
        };
        let most = i64::from(self.most);
        let staged = session.query(NEXT, &[&turn, &most]).await?;
        let staged = staged.iter().map(Stored::of);
        let staged = staged.collect::<Result<Vec<_>, Failure>>()?;
        let is_over = staged.len() < usize::try_from(self.most).unwrap_or(usize::MAX);
        if !staged.is_empty() {
            let numbers: Vec<String> = staged.iter().map(|it| it.number().to_owned()).collect();
            let texts: Vec<&str> = numbers.iter().map(String::as_str).collect();
            let rows = page::rows(session, &texts).await?;
            let stored = rows.iter().chain(staged.iter().map(Stored::columns));
            let words = page::names(session, stored).await?;
            let found = Found { rows, words };
            let told = Some(turn).filter(|_| self.source == Source::Events);
            let taking = tokio::task::spawn_blocking(move || taken_over(&found, &staged, told));
            let begun = taking.await.map_err(|_| Failure::Stopped)??;
            keep(session, &state, begun).await?;
            taken(session, turn, &numbers).await?;
        }
        if is_over {
            let name = source_name(&self.source);
            session.execute(OVER, &[&name]).await?;
        }
        Ok(is_over)
    }
}

fn taken_over(
    found: &Found,
    staged: &[Stored],
    told: Option<i64>,
) -> Result<BTreeMap<DossierNumber, Begun>, Failure> {
    let numbers = staged.iter().map(|it| it.columns.dossier());
    let numbers = numbers.collect::<Result<Vec<_>, Failure>>()?;
    let mut begun = begun(found, numbers.iter());
    take(&mut begun, staged, told, &found.words);
    Ok(begun)
}
