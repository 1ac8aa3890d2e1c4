//! Telling a source anew: beside what is known first, then in its place.
//!
//! What a reader would get wrong: a dossier of which something is told anew is written twice,
//! and read only once all of its source has been told. Whatever breaks off is taken up again:
//! each step is a transaction.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::{Observation, Portion, Source};
use rusqlite::{Connection, params};

use super::column::{Failure, corrupt};
use super::fold::{Begun, Folding, by_dossier};
use super::{names, page, sources};
use crate::store::observations::{Row, Staged, log_of, source_name, write};

const STAGED: &str = "
    SELECT revision, facts, lookups FROM anew WHERE turn = ?1 AND number = ?2";

const STAGE: &str = "
    INSERT INTO anew (turn, number, revision, facts, lookups) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (turn, number) DO UPDATE
       SET revision = excluded.revision, facts = excluded.facts, lookups = excluded.lookups";

const MOVE: &str = "
    UPDATE source
       SET anew_position = ?2, anew_fingerprint = ?3, anew_unreadable = anew_unreadable + ?4
     WHERE name = ?1";

const NEXT: &str = "SELECT number FROM anew WHERE turn = ?1 ORDER BY number LIMIT ?2";

const TAKEN: &str = "DELETE FROM anew WHERE turn = ?1 AND number = ?2";

const OVER: &str = "UPDATE source SET turn = NULL, lost = 0 WHERE name = ?1";

/// Folds a portion in beside what is known.
pub(super) fn observe(
    conn: &Connection,
    source: &Source,
    portion: Portion,
    rules: &ObservationRules,
) -> Result<bool, Failure> {
    let Some(turn) = sources::one(conn, source)?.telling(portion.before) else {
        return Ok(false);
    };
    let mut folding = Folding::new(conn);
    for (number, happened) in by_dossier(portion.happened, portion.silent) {
        let mut staged = staged(&mut folding, turn, &number)?.unwrap_or_default();
        tell(&mut folding, source, &number, &mut staged, &happened, rules)?;
        names::list(conn, &staged.row, &mut folding.words)?;
        let bytes = write(&staged.row, &folding.words).map_err(corrupt)?;
        conn.prepare_cached(STAGE)?.execute(params![
            turn,
            number.as_str(),
            sources::column(staged.revision),
            bytes.facts,
            bytes.lookups,
        ])?;
    }
    conn.prepare_cached(MOVE)?.execute(params![
        source_name(source),
        sources::column(portion.after),
        portion.fingerprint.map(|it| it.0),
        sources::column(portion.unreadable),
    ])?;
    Ok(true)
}

fn tell(
    folding: &mut Folding<'_>,
    source: &Source,
    number: &DossierNumber,
    staged: &mut Staged,
    happened: &[Observation],
    rules: &ObservationRules,
) -> Result<(), Failure> {
    let known = if staged.lacks(happened) {
        Some(folding.begun(number)?.row)
    } else {
        None
    };
    for one in happened {
        staged.observe(log_of(source), one, rules, known.as_ref());
    }
    Ok(())
}

/// What was told anew of a dossier. A row that cannot be read back is left out, and said so:
/// then what is known stays.
fn staged(
    folding: &mut Folding<'_>,
    turn: i64,
    number: &DossierNumber,
) -> Result<Option<Staged>, Failure> {
    let mut statement = folding.conn.prepare_cached(STAGED)?;
    let mut rows = statement.query(params![turn, number.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let revision: i64 = row.get(0)?;
    let stored = page::row(
        folding.conn,
        &mut folding.names,
        number,
        row.get_ref(1)?,
        row.get_ref(2)?,
    );
    match stored {
        Ok(row) => Ok(Some(Staged {
            row,
            revision: u64::try_from(revision).unwrap_or(0),
        })),
        Err(Failure::Corrupt { problem }) => {
            tracing::error!(dossier = %number, problem, "what was told anew of a dossier is left out");
            Ok(None)
        }
        Err(failure @ Failure::Database(_)) => Err(failure),
    }
}

/// Has what was told anew of a dossier take its place; whether there was anything.
pub(super) fn take_one(
    folding: &mut Folding<'_>,
    source: &Source,
    turn: i64,
    number: &DossierNumber,
    begun: &mut Begun,
) -> Result<bool, Failure> {
    let Some(staged) = staged(folding, turn, number)? else {
        return Ok(false);
    };
    begun.row.take(staged.row);
    if *source == Source::Events {
        begun.told = turn;
    }
    folding
        .conn
        .prepare_cached(TAKEN)?
        .execute(params![turn, number.as_str()])?;
    Ok(true)
}

/// Has what was told anew of more dossiers take its place; whether that was all.
pub(super) fn take(conn: &Connection, source: &Source, most: u32) -> Result<bool, Failure> {
    let known = sources::one(conn, source)?;
    let Some(turn) = known.taking() else {
        return Ok(known.turn.is_none());
    };
    let numbers = next(conn, turn, most)?;
    let mut folding = Folding::new(conn);
    for text in &numbers {
        let number =
            DossierNumber::parse(text).map_err(|_| corrupt("its number does not parse"))?;
        let mut begun = folding.begun(&number)?;
        if take_one(&mut folding, source, turn, &number, &mut begun)? {
            // Of one whose facts are past their time it was only told that it was.
            if begun.row != Row::default() {
                folding.keep(&number, &begun)?;
            }
        } else {
            conn.prepare_cached(TAKEN)?.execute(params![turn, text])?;
        }
    }
    let is_over = numbers.len() < usize::try_from(most).unwrap_or(usize::MAX);
    if is_over {
        conn.prepare_cached(OVER)?.execute([source_name(source)])?;
    }
    Ok(is_over)
}

fn next(conn: &Connection, turn: i64, most: u32) -> Result<Vec<String>, Failure> {
    let mut statement = conn.prepare_cached(NEXT)?;
    let numbers = statement.query_map(params![turn, most], |row| row.get(0))?;
    Ok(numbers.collect::<Result<_, _>>()?)
}
