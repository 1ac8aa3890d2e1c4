//! Folding: the rows of a batch are read, changed and written in the order of their numbers.
//!
//! What a reader would get wrong: a row that cannot be read back does not stop the folding.
//! It is begun afresh, and said so, because everything behind it would wait for ever.

use std::collections::BTreeMap;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierKept, ObservationRules};
use lienthong_core::ports::observations::Observation;
use rusqlite::{Connection, OptionalExtension, params};

use super::column::{Failure, corrupt};
use super::page::{self, Names};
use crate::store::observations::{Columns, MOST_WORDS, Turns, Words, texts, write};

const POSITION: &str = "SELECT position FROM source WHERE name = ?1";

const MOVE: &str = "
    INSERT INTO source (name, position) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position";

const GENERATION: &str = "SELECT generation FROM state WHERE id = 1";

const ROW: &str = "
    SELECT event_generation, lookup_generation, facts, lookups, procedure, unit, received, ended
      FROM dossier
     WHERE number = ?1";

const KEEP: &str = "
    INSERT INTO dossier (number, received, ended, unit, procedure, event_generation,
                         lookup_generation, facts, lookups)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (number) DO UPDATE
       SET received = excluded.received, ended = excluded.ended, unit = excluded.unit,
           procedure = excluded.procedure, event_generation = excluded.event_generation,
           lookup_generation = excluded.lookup_generation, facts = excluded.facts,
           lookups = excluded.lookups";

// Where nothing changes by which a row is found, its entry in the index is left alone.
const KEEP_IN_PLACE: &str = "
    UPDATE dossier
       SET event_generation = ?2, lookup_generation = ?3, facts = ?4, lookups = ?5
     WHERE number = ?1";

const WORD: &str = "SELECT id FROM word WHERE text = ?1";

const NEW_WORD: &str = "
    INSERT INTO word (text)
    SELECT ?1 WHERE (SELECT coalesce(max(id), 0) FROM word) < ?2
    RETURNING id";

// A row that only look-ups made has the last of them as its end.
pub(super) const OVER: &str = "
    DELETE FROM dossier
     WHERE number IN (SELECT number FROM dossier INDEXED BY dossier_scope
                       WHERE ended < ?1 LIMIT ?2)";

/// What is to be folded in.
pub(super) struct Step {
    pub(super) source: String,
    pub(super) before: u64,
    pub(super) after: u64,
    pub(super) happened: Vec<(DossierNumber, Observation)>,
}

/// How far a source is folded in.
pub(super) fn position(conn: &Connection, source: &str) -> Result<u64, Failure> {
    let position: Option<i64> = conn
        .prepare_cached(POSITION)?
        .query_row([source], |row| row.get(0))
        .optional()?;
    u64::try_from(position.unwrap_or(0)).map_err(|_| corrupt("a position is below 0"))
}

/// Folds in what happened, unless the source stands elsewhere.
pub(super) fn observe(
    conn: &Connection,
    step: Step,
    rules: &ObservationRules,
) -> Result<bool, Failure> {
    if position(conn, &step.source)? != step.before {
        return Ok(false);
    }
    let generation: i64 = conn
        .prepare_cached(GENERATION)?
        .query_row([], |row| row.get(0))?;
    let mut folding = Folding {
        conn,
        rules,
        generation,
        names: Names::default(),
        words: Words::new(),
    };
    let mut dossiers: BTreeMap<DossierNumber, Vec<Observation>> = BTreeMap::new();
    for (number, happened) in step.happened {
        dossiers.entry(number).or_default().push(happened);
    }
    for (number, happened) in dossiers {
        folding.dossier(&number, &happened)?;
    }
    let after = i64::try_from(step.after).unwrap_or(i64::MAX);
    conn.prepare_cached(MOVE)?
        .execute(params![step.source, after])?;
    Ok(true)
}

/// Forgets the positions and begins a generation.
pub(super) fn begin_anew(conn: &Connection) -> Result<(), Failure> {
    conn.execute("DELETE FROM source", [])?;
    conn.execute("UPDATE state SET generation = generation + 1", [])?;
    Ok(())
}

/// Removes what ended before `before`.
pub(super) fn forget_ended(conn: &Connection, before: i64, most: u32) -> Result<u32, Failure> {
    let removed = conn.prepare_cached(OVER)?.execute(params![before, most])?;
    Ok(u32::try_from(removed).unwrap_or(u32::MAX))
}

struct Folding<'a> {
    conn: &'a Connection,
    rules: &'a ObservationRules,
    generation: i64,
    names: Names,
    words: Words,
}

/// A dossier between reading and writing.
struct Begun {
    kept: DossierKept,
    turns: Turns,
    /// By which its row is found; `None` where there is none.
    found_by: Option<Columns>,
}

impl Folding<'_> {
    fn dossier(&mut self, number: &DossierNumber, happened: &[Observation]) -> Result<(), Failure> {
        let mut begun = self.begun(number)?;
        let mut changed = false;
        for one in happened {
            begun.turns.turn(&mut begun.kept, one, self.generation);
            changed |= begun.kept.observe(one, self.rules);
        }
        if changed {
            self.keep(number, &begun)?;
        }
        Ok(())
    }

    fn begun(&mut self, number: &DossierNumber) -> Result<Begun, Failure> {
        let mut statement = self.conn.prepare_cached(ROW)?;
        let mut rows = statement.query([number.as_str()])?;
        let Some(row) = rows.next()? else {
            return Ok(Begun {
                kept: DossierKept::default(),
                turns: Turns::new(self.generation),
                found_by: None,
            });
        };
        let kept = page::kept(
            self.conn,
            &mut self.names,
            number,
            row.get_ref(2)?,
            row.get_ref(3)?,
        );
        let kept = match kept {
            Ok(kept) => kept,
            Err(Failure::Corrupt { problem }) => {
                tracing::error!(dossier = %number, problem, "the facts of a dossier are begun afresh");
                DossierKept::default()
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        };
        Ok(Begun {
            kept,
            turns: Turns {
                events: row.get(0)?,
                lookups: row.get(1)?,
            },
            found_by: Some(Columns {
                procedure: row.get(4)?,
                unit: row.get(5)?,
                received: row.get(6)?,
                ended: row.get(7)?,
            }),
        })
    }

    fn keep(&mut self, number: &DossierNumber, begun: &Begun) -> Result<(), Failure> {
        for text in texts(&begun.kept) {
            if !self.words.contains_key(text)
                && let Some(id) = word(self.conn, text)?
            {
                self.words.insert(text.to_owned(), id);
            }
        }
        let columns = Columns::of(&begun.kept);
        let bytes = write(&begun.kept, &self.words).map_err(corrupt)?;
        if begun.found_by.as_ref() == Some(&columns) {
            self.conn.prepare_cached(KEEP_IN_PLACE)?.execute(params![
                number.as_str(),
                begun.turns.events,
                begun.turns.lookups,
                bytes.facts,
                bytes.lookups,
            ])?;
            return Ok(());
        }
        self.conn.prepare_cached(KEEP)?.execute(params![
            number.as_str(),
            columns.received,
            columns.ended,
            columns.unit,
            columns.procedure,
            begun.turns.events,
            begun.turns.lookups,
            bytes.facts,
            bytes.lookups,
        ])?;
        Ok(())
    }
}

/// The number of a name; `None` where the list is full.
fn word(conn: &Connection, text: &str) -> Result<Option<u32>, Failure> {
    let known = conn
        .prepare_cached(WORD)?
        .query_row([text], |row| row.get(0))
        .optional()?;
    if known.is_some() {
        return Ok(known);
    }
    Ok(conn
        .prepare_cached(NEW_WORD)?
        .query_row(params![text, MOST_WORDS], |row| row.get(0))
        .optional()?)
}
