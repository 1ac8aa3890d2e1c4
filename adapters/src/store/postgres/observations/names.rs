//! Names that occur again and again, by their numbers.
//!
//! What a reader would get wrong: a name that no row needs is only known after every row was
//! looked at. Whoever writes a row while that goes on says which names it needs, so that no
//! name is removed behind somebody's back.

use tokio_postgres::Row as SqlRow;

use super::page::Stored;
use super::sources;
use crate::store::observations::{MOST_WORDS, Row, Words, texts};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

// Whoever folds comes here first, and waits for whoever does.
const LOCK: &str = "SELECT sweep, swept FROM observed_state WHERE id = 1 FOR UPDATE";

const KNOWN: &str = "SELECT text, id FROM observed_word WHERE text = ANY ($1)";

// Nothing where the list is full.
const NEW: &str = "
    INSERT INTO observed_word (text, used)
    SELECT n.text, $2::bigint
      FROM unnest($1::text[]) AS n (text)
     WHERE (SELECT count(*) FROM observed_word) < $3::bigint
        ON CONFLICT (text) DO NOTHING
    RETURNING text, id";

const NEEDED: &str = "UPDATE observed_word SET used = $2 WHERE id = ANY ($1) AND used <> $2";

const NEXT: &str = "
    SELECT number, facts, lookups
      FROM observed_dossier
     WHERE number > $1
     ORDER BY number
     LIMIT $2";

const SEARCHED: &str = "UPDATE observed_state SET sweep = $1, swept = $2 WHERE id = 1";

const REMOVE: &str = "DELETE FROM observed_word WHERE used < $1";

/// How far a search for names is, as whoever holds the one row of the state sees it.
pub(super) struct State {
    sweep: i64,
    /// Up to which dossier; `None` while nobody searches.
    swept: Option<String>,
}

/// Waits for whoever folds, and keeps the others waiting until the transaction ends.
pub(super) async fn lock(session: &Session) -> Result<State, Failure> {
    let row = session.row(LOCK, &[]).await?;
    let row = row.ok_or_else(|| STORE.corrupt("the state of the observations is gone"))?;
    Ok(State {
        sweep: row.try_get(0)?,
        swept: row.try_get(1)?,
    })
}

/// The numbers of the names in what is to be written; those that are new get one, as far as
/// there is room in the list.
pub(super) async fn listed<'a>(
    session: &Session,
    state: &State,
    rows: impl Iterator<Item = &'a Row>,
) -> Result<Words, Failure> {
    let mut needed: Vec<&str> = rows.flat_map(texts).collect();
    needed.sort_unstable();
    needed.dedup();
    let mut words = Words::new();
    if needed.is_empty() {
        return Ok(words);
    }
    let known = session.query(KNOWN, &[&needed]).await?;
    learn(&mut words, &known)?;
    if state.swept.is_some() {
        let ids = known.iter().map(|row| row.try_get(1));
        let ids = ids.collect::<Result<Vec<i32>, _>>()?;
        session.execute(NEEDED, &[&ids, &state.sweep]).await?;
    }
    needed.retain(|text| !words.contains_key(*text));
    if !needed.is_empty() {
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
            [&needed, &state.sweep, &MOST_WORDS];
        learn(&mut words, &session.query(NEW, &values).await?)?;
    }
    Ok(words)
}

fn learn(words: &mut Words, rows: &[SqlRow]) -> Result<(), Failure> {
    for row in rows {
        let id: i32 = row.try_get(1)?;
        words.insert(row.try_get(0)?, STORE.count(id.into())?);
    }
    Ok(())
}

/// Looks through more dossiers for names that are needed; removes the others in the end.
pub(super) struct Forget(pub(super) u32);

impl Command for Forget {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let state = lock(session).await?;
        if sources::is_any_told_anew(session).await? {
            return Ok(true);
        }
        let (sweep, swept) = match state.swept {
            Some(swept) => (state.sweep, swept),
            None => (state.sweep + 1, String::new()),
        };
        let most = i64::from(self.0);
        let rows = session.query(NEXT, &[&swept, &most]).await?;
        let rows = rows.iter().map(Stored::of);
        let rows = rows.collect::<Result<Vec<_>, Failure>>()?;
        let is_last = rows.len() < usize::try_from(self.0).unwrap_or(usize::MAX);
        let mut needed = Vec::new();
        for row in &rows {
            let Some(ids) = row.words() else {
                tracing::error!("no name is removed, because a dossier cannot be read");
                session
                    .execute(SEARCHED, &[&sweep, &None::<String>])
                    .await?;
                return Ok(true);
            };
            needed.extend(ids);
        }
        needed.sort_unstable();
        needed.dedup();
        session.execute(NEEDED, &[&needed, &sweep]).await?;
        if is_last {
            session.execute(REMOVE, &[&sweep]).await?;
        }
        let next = rows.last().filter(|_| !is_last).map(|row| &row.number);
        session.execute(SEARCHED, &[&sweep, &next]).await?;
        Ok(is_last)
    }
}
