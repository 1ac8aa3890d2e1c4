//! Folding: one transaction for a batch, and one batch at a time in the whole database.
//!
//! What a reader would get wrong: a row that cannot be read back does not stop the folding.
//! It is begun afresh, and said so, because everything behind it would wait for ever.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierKept, ObservationRules};
use lienthong_core::ports::observations::Observation;

use tokio_postgres::Row;

use super::page::{self, Found, Stored};
use crate::store::observations::{Columns, MOST_WORDS, Turns, Words, texts, write};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const POSITION: &str = "SELECT position FROM observed_source WHERE name = $1";

// Whoever folds comes here first, and waits for whoever does.
const LOCK: &str = "SELECT generation FROM observed_state WHERE id = 1 FOR UPDATE";

const MOVE: &str = "
    INSERT INTO observed_source (name, position) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position";

const ROWS: &str = "
    SELECT number, facts, lookups, event_generation, lookup_generation
      FROM observed_dossier
     WHERE number = ANY ($1)";

const KEEP: &str = "
    INSERT INTO observed_dossier (number, received, ended, unit, procedure, event_generation,
                                  lookup_generation, facts, lookups)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
                         $6::bigint[], $7::bigint[], $8::bytea[], $9::bytea[])
        ON CONFLICT (number) DO UPDATE
       SET received = excluded.received, ended = excluded.ended, unit = excluded.unit,
           procedure = excluded.procedure, event_generation = excluded.event_generation,
           lookup_generation = excluded.lookup_generation, facts = excluded.facts,
           lookups = excluded.lookups";

const KNOWN_WORDS: &str = "SELECT text, id FROM observed_word WHERE text = ANY ($1)";

// Nothing where the list is full.
const NEW_WORDS: &str = "
    INSERT INTO observed_word (text)
    SELECT n.text FROM unnest($1::text[]) AS n (text)
     WHERE (SELECT coalesce(max(id), 0) FROM observed_word) < $2::bigint
        ON CONFLICT (text) DO NOTHING
    RETURNING text, id";

const FORGET_POSITIONS: &str = "DELETE FROM observed_source";

const NEXT_GENERATION: &str = "UPDATE observed_state SET generation = generation + 1";

// A row that only look-ups made has the last of them as its end.
const OVER: &str = "
    DELETE FROM observed_dossier
     WHERE number = ANY (ARRAY(
           SELECT number FROM observed_dossier WHERE ended < $1 ORDER BY number LIMIT $2))";

/// How far a source is folded in.
pub(super) struct ReadPosition(pub(super) String);

impl Command for ReadPosition {
    type Answer = u64;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<u64, Failure> {
        position(session, &self.0).await
    }
}

async fn position(session: &Session, source: &str) -> Result<u64, Failure> {
    match session.row(POSITION, &[&source]).await? {
        Some(row) => STORE.count(row.try_get(0)?),
        None => Ok(0),
    }
}

async fn lock(session: &Session) -> Result<i64, Failure> {
    let row = session.row(LOCK, &[]).await?;
    let row = row.ok_or_else(|| STORE.corrupt("the state of the observations is gone"))?;
    Ok(row.try_get(0)?)
}

/// Folds in what happened, unless the source stands elsewhere.
pub(super) struct Fold {
    pub(super) source: String,
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) happened: Arc<BTreeMap<DossierNumber, Vec<Observation>>>,
    pub(super) rules: Arc<ObservationRules>,
}

impl Command for Fold {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let generation = lock(session).await?;
        if position(session, &self.source).await? != self.before {
            return Ok(false);
        }
        if !self.happened.is_empty() {
            let (found, turns) = self.read(session).await?;
            let (happened, rules) = (Arc::clone(&self.happened), Arc::clone(&self.rules));
            // On a thread of its own: others wait for this one.
            let folding = tokio::task::spawn_blocking(move || {
                folded(&happened, &found, &turns, generation, &rules)
            });
            let folded = folding.await.map_err(|_| Failure::Stopped)?;
            keep(session, folded).await?;
        }
        let after = i64::try_from(self.after).unwrap_or(i64::MAX);
        session.execute(MOVE, &[&self.source, &after]).await?;
        Ok(true)
    }
}

impl Fold {
    async fn read(&self, session: &Session) -> Result<(Found, HashMap<String, Turns>), Failure> {
        let numbers: Vec<&str> = self.happened.keys().map(DossierNumber::as_str).collect();
        let mut rows = Vec::new();
        let mut turns = HashMap::new();
        for row in session.query(ROWS, &[&numbers]).await? {
            let stored = Stored::of(&row)?;
            let of_row = Turns {
                events: row.try_get(3)?,
                lookups: row.try_get(4)?,
            };
            turns.insert(stored.number.clone(), of_row);
            rows.push(stored);
        }
        Ok((page::with_words(session, rows).await?, turns))
    }
}

/// A dossier that is to be written.
struct Folded {
    number: DossierNumber,
    kept: DossierKept,
    turns: Turns,
}

/// What becomes of the dossiers to which something happened.
fn folded(
    happened: &BTreeMap<DossierNumber, Vec<Observation>>,
    found: &Found,
    turns: &HashMap<String, Turns>,
    generation: i64,
    rules: &ObservationRules,
) -> Vec<Folded> {
    let rows: HashMap<&str, &Stored> = found
        .rows
        .iter()
        .map(|row| (row.number.as_str(), row))
        .collect();
    let mut folded = Vec::new();
    for (number, happened) in happened {
        let row = rows.get(number.as_str());
        let kept = row.map(|row| row.kept(number, &found.words)).transpose();
        let kept = kept.unwrap_or_else(|failure| {
            tracing::error!(dossier = %number, error = %failure, "the facts of a dossier are begun afresh");
            None
        });
        let mut one = Folded {
            number: number.clone(),
            kept: kept.unwrap_or_default(),
            turns: turns
                .get(number.as_str())
                .copied()
                .unwrap_or(Turns::new(generation)),
        };
        let mut changed = false;
        for happened in happened {
            one.turns.turn(&mut one.kept, happened, generation);
            changed |= one.kept.observe(happened, rules);
        }
        if changed {
            folded.push(one);
        }
    }
    folded
}

async fn keep(session: &Session, folded: Vec<Folded>) -> Result<(), Failure> {
    if folded.is_empty() {
        return Ok(());
    }
    let words = words(session, &folded).await?;
    let writing = tokio::task::spawn_blocking(move || {
        let written = folded.into_iter().map(|one| {
            let bytes = write(&one.kept, &words).map_err(|problem| STORE.corrupt(problem))?;
            Ok((Columns::of(&one.kept), bytes, one.number, one.turns))
        });
        written.collect::<Result<Vec<_>, Failure>>()
    });
    let written = writing.await.map_err(|_| Failure::Stopped)??;
    let column = |part: fn(&Columns) -> Option<i64>| -> Vec<Option<i64>> {
        written.iter().map(|(columns, ..)| part(columns)).collect()
    };
    let text = |part: fn(&Columns) -> Option<&str>| -> Vec<Option<&str>> {
        written.iter().map(|(columns, ..)| part(columns)).collect()
    };
    let numbers: Vec<&str> = written.iter().map(|(.., it, _)| it.as_str()).collect();
    let events: Vec<i64> = written.iter().map(|(.., turns)| turns.events).collect();
    let lookups: Vec<i64> = written.iter().map(|(.., turns)| turns.lookups).collect();
    let facts: Vec<Option<&[u8]>> = written
        .iter()
        .map(|(_, bytes, ..)| bytes.facts.as_deref())
        .collect();
    let seen: Vec<Option<&[u8]>> = written
        .iter()
        .map(|(_, bytes, ..)| bytes.lookups.as_deref())
        .collect();
    session
        .execute(
            KEEP,
            &[
                &numbers,
                &column(|it| it.received),
                &column(|it| it.ended),
                &text(|it| it.unit.as_deref()),
                &text(|it| it.procedure.as_deref()),
                &events,
                &lookups,
                &facts,
                &seen,
            ],
        )
        .await?;
    Ok(())
}

/// The numbers of the names in what is to be written; those that are new get one.
async fn words(session: &Session, folded: &[Folded]) -> Result<Words, Failure> {
    let mut needed: Vec<&str> = folded.iter().flat_map(|one| texts(&one.kept)).collect();
    needed.sort_unstable();
    needed.dedup();
    let mut words = Words::new();
    if needed.is_empty() {
        return Ok(words);
    }
    learn(&mut words, &session.query(KNOWN_WORDS, &[&needed]).await?)?;
    needed.retain(|text| !words.contains_key(*text));
    if !needed.is_empty() {
        let rows = session.query(NEW_WORDS, &[&needed, &MOST_WORDS]).await?;
        learn(&mut words, &rows)?;
    }
    Ok(words)
}

fn learn(words: &mut Words, rows: &[Row]) -> Result<(), Failure> {
    for row in rows {
        let id: i32 = row.try_get(1)?;
        words.insert(row.try_get(0)?, STORE.count(id.into())?);
    }
    Ok(())
}

/// Forgets the positions and begins a generation.
pub(super) struct BeginAnew;

impl Command for BeginAnew {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        lock(session).await?;
        session.execute(FORGET_POSITIONS, &[]).await?;
        session.execute(NEXT_GENERATION, &[]).await?;
        Ok(())
    }
}

/// Removes what ended before a moment.
pub(super) struct ForgetEnded {
    pub(super) before: i64,
    pub(super) most: u32,
}

impl Command for ForgetEnded {
    type Answer = u32;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<u32, Failure> {
        lock(session).await?;
        let most = i64::from(self.most);
        let removed = session.execute(OVER, &[&self.before, &most]).await?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}
