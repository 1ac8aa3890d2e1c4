//! Folding: the rows of a batch are read, changed and written in the order of their numbers.
//!
//! What a reader would get wrong: a row that cannot be read back does not stop the folding.
//! It is begun afresh, and said so, because everything behind it would wait for ever.

use std::collections::BTreeMap;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::{Observation, Portion, Source};
use rusqlite::{Connection, params};

use super::column::{Failure, corrupt};
use super::names::{self, Names};
use super::{anew, page, sources};
use crate::store::observations::{Columns, Row, Words, log_of, source_name, write};

const MOVE: &str = "
    INSERT INTO source (name, position, fingerprint, unreadable) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (name) DO UPDATE
       SET position = excluded.position, fingerprint = excluded.fingerprint,
           unreadable = source.unreadable + excluded.unreadable";

const ROW: &str = "
    SELECT facts, lookups, procedure, unit, received, ended, told
      FROM dossier WHERE number = ?1";

const KEEP: &str = "
    INSERT INTO dossier (number, received, ended, unit, procedure, facts, lookups, told)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (number) DO UPDATE
       SET received = excluded.received, ended = excluded.ended, unit = excluded.unit,
           procedure = excluded.procedure, facts = excluded.facts, lookups = excluded.lookups,
           told = excluded.told";

// Where nothing changes by which a row is found, its entries in the indexes are left alone.
const KEEP_IN_PLACE: &str = "
    UPDATE dossier SET facts = ?2, lookups = ?3, told = ?4 WHERE number = ?1";

// A row that only look-ups made has the last of them as its end.
pub(super) const OVER: &str = "
    DELETE FROM dossier
     WHERE number IN (SELECT number FROM dossier INDEXED BY dossier_ended
                       WHERE ended < ?1 LIMIT ?2)";

/// Folds a portion in, unless the source stands elsewhere.
pub(super) fn observe(
    conn: &Connection,
    source: &Source,
    portion: Portion,
    rules: &ObservationRules,
) -> Result<bool, Failure> {
    let known = sources::one(conn, source)?;
    if !known.standing.is_followed() || known.standing.position != portion.before {
        return Ok(false);
    }
    let mut folding = Folding::new(conn);
    for (number, happened) in by_dossier(portion.happened, portion.silent) {
        let mut begun = folding.begun(&number)?;
        // What was told anew has seen all that came before, and takes its place first.
        let mut changed = match known.taking() {
            Some(turn) => anew::take_one(&mut folding, source, turn, &number, &mut begun)?,
            None => false,
        };
        if *source == Source::Events && !happened.is_empty() && begun.told < known.put_back {
            begun.row.kept.number_anew();
            begun.told = known.put_back;
        }
        for one in &happened {
            changed |= begun.row.observe(log_of(source), one, rules);
        }
        if changed && begun.row != Row::default() {
            folding.keep(&number, &begun)?;
        }
    }
    conn.prepare_cached(MOVE)?.execute(params![
        source_name(source),
        sources::column(portion.after),
        portion.fingerprint.map(|it| it.0),
        sources::column(portion.unreadable),
    ])?;
    Ok(true)
}

/// What happened, by the dossier to which it did; nothing to those of which nothing is told.
pub(super) fn by_dossier(
    happened: Vec<(DossierNumber, Observation)>,
    silent: Vec<DossierNumber>,
) -> BTreeMap<DossierNumber, Vec<Observation>> {
    let mut dossiers: BTreeMap<DossierNumber, Vec<Observation>> = BTreeMap::new();
    for (number, happened) in happened {
        dossiers.entry(number).or_default().push(happened);
    }
    for number in silent {
        dossiers.entry(number).or_default();
    }
    dossiers
}

/// Removes what ended before `before`.
pub(super) fn forget_ended(conn: &Connection, before: i64, most: u32) -> Result<u32, Failure> {
    let removed = conn.prepare_cached(OVER)?.execute(params![before, most])?;
    Ok(u32::try_from(removed).unwrap_or(u32::MAX))
}

/// A batch at work.
pub(super) struct Folding<'a> {
    pub(super) conn: &'a Connection,
    pub(super) names: Names,
    pub(super) words: Words,
}

/// A dossier between reading and writing.
pub(super) struct Begun {
    pub(super) row: Row,
    /// Under which number the events last told something of it.
    pub(super) told: i64,
    /// By which its row is found; `None` where there is none.
    found_by: Option<Columns>,
}

impl<'a> Folding<'a> {
    pub(super) fn new(conn: &'a Connection) -> Self {
        Self {
            conn,
            names: Names::default(),
            words: Words::new(),
        }
    }

    /// What is kept of a dossier.
    pub(super) fn begun(&mut self, number: &DossierNumber) -> Result<Begun, Failure> {
        let mut statement = self.conn.prepare_cached(ROW)?;
        let mut rows = statement.query([number.as_str()])?;
        let Some(row) = rows.next()? else {
            return Ok(Begun {
                row: Row::default(),
                told: 0,
                found_by: None,
            });
        };
        let stored = page::row(
            self.conn,
            &mut self.names,
            number,
            row.get_ref(0)?,
            row.get_ref(1)?,
        );
        let kept = match stored {
            Ok(kept) => kept,
            Err(Failure::Corrupt { problem }) => {
                tracing::error!(dossier = %number, problem, "the facts of a dossier are begun afresh");
                Row::default()
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        };
        Ok(Begun {
            row: kept,
            told: row.get(6)?,
            found_by: Some(Columns {
                procedure: row.get(2)?,
                unit: row.get(3)?,
                received: row.get(4)?,
                ended: row.get(5)?,
            }),
        })
    }

    /// Writes what is kept of a dossier.
    pub(super) fn keep(&mut self, number: &DossierNumber, begun: &Begun) -> Result<(), Failure> {
        names::list(self.conn, &begun.row, &mut self.words)?;
        let columns = Columns::of(&begun.row);
        let bytes = write(&begun.row, &self.words).map_err(corrupt)?;
        if begun.found_by.as_ref() == Some(&columns) {
            let values = params![number.as_str(), bytes.facts, bytes.lookups, begun.told];
            self.conn.prepare_cached(KEEP_IN_PLACE)?.execute(values)?;
            return Ok(());
        }
        self.conn.prepare_cached(KEEP)?.execute(params![
            number.as_str(),
            columns.received,
            columns.ended,
            columns.unit,
            columns.procedure,
            bytes.facts,
            bytes.lookups,
            begun.told,
        ])?;
        Ok(())
    }
}
