//! Names that occur again and again, by their numbers.
//!
//! What a reader would get wrong: a name that no row needs is only known after every row was
//! looked at. Whoever writes a row while that goes on says which names it needs, so that no
//! name is removed behind somebody's back.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use super::column::Failure;
use crate::store::observations::{
    Known, MOST_WORDS, Row, StoredFacts, StoredLookups, Words, texts,
};

const NAME: &str = "SELECT text FROM word WHERE id = ?1";

const WORD: &str = "SELECT id FROM word WHERE text = ?1";

const NEW_WORD: &str = "
    INSERT INTO word (text, used)
    SELECT ?1, s.sweep FROM state AS s WHERE (SELECT count(*) FROM word) < ?2
    RETURNING id";

// Nothing but a search asks for it.
const NEEDED: &str = "
    UPDATE word
       SET used = s.sweep
      FROM state AS s
     WHERE word.id = ?1 AND s.swept IS NOT NULL AND word.used <> s.sweep";

const STATE: &str = "SELECT sweep, swept FROM state";

const IS_TOLD_ANEW: &str = "SELECT EXISTS (SELECT 1 FROM source WHERE turn IS NOT NULL)";

const NEXT: &str = "
    SELECT number, facts, lookups FROM dossier WHERE number > ?1 ORDER BY number LIMIT ?2";

const SEARCHED: &str = "UPDATE state SET sweep = ?1, swept = ?2";

const REMOVE: &str = "DELETE FROM word WHERE used < ?1";

/// Names that were needed so far.
#[derive(Default)]
pub(super) struct Names(pub(super) Known);

impl Names {
    /// Reads the names of these numbers. One that is not in the list is found missing by
    /// whoever needs it.
    pub(super) fn learn(
        &mut self,
        conn: &Connection,
        ids: impl Iterator<Item = u32>,
    ) -> Result<(), Failure> {
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

/// Has the names in a row among `words`, as far as there is room in the list.
pub(super) fn list(conn: &Connection, row: &Row, words: &mut Words) -> Result<(), Failure> {
    for text in texts(row) {
        if !words.contains_key(text)
            && let Some(id) = word(conn, text)?
        {
            words.insert(text.to_owned(), id);
        }
    }
    Ok(())
}

/// The number of a name; `None` where the list is full.
fn word(conn: &Connection, text: &str) -> Result<Option<u32>, Failure> {
    let known: Option<u32> = conn
        .prepare_cached(WORD)?
        .query_row([text], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        conn.prepare_cached(NEEDED)?.execute([id])?;
        return Ok(known);
    }
    Ok(conn
        .prepare_cached(NEW_WORD)?
        .query_row(params![text, MOST_WORDS], |row| row.get(0))
        .optional()?)
}

/// Looks through more dossiers for names that are needed; removes the others in the end.
pub(super) fn forget(conn: &Connection, most: u32) -> Result<bool, Failure> {
    let is_told_anew = conn
        .prepare_cached(IS_TOLD_ANEW)?
        .query_row([], |row| row.get(0))?;
    let (sweep, swept): (i64, Option<String>) = conn
        .prepare_cached(STATE)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if is_told_anew {
        return Ok(true);
    }
    let (sweep, swept) = match swept {
        Some(swept) => (sweep, swept),
        None => (sweep + 1, String::new()),
    };
    // From here on whoever writes a row says what it needs.
    conn.prepare_cached(SEARCHED)?
        .execute(params![sweep, swept])?;
    let looked = look(conn, &swept, most)?;
    let Looked::Through { needed, last } = looked else {
        tracing::error!("no name is removed, because a dossier cannot be read");
        conn.prepare_cached(SEARCHED)?
            .execute(params![sweep, None::<String>])?;
        return Ok(true);
    };
    for id in needed {
        conn.prepare_cached(NEEDED)?.execute([id])?;
    }
    if last.is_none() {
        conn.prepare_cached(REMOVE)?.execute([sweep])?;
    }
    conn.prepare_cached(SEARCHED)?
        .execute(params![sweep, last])?;
    Ok(last.is_none())
}

enum Looked {
    /// What they need, and the last one where there may be more.
    Through {
        needed: BTreeSet<u32>,
        last: Option<String>,
    },
    Unreadable,
}

fn look(conn: &Connection, after: &str, most: u32) -> Result<Looked, Failure> {
    let mut statement = conn.prepare_cached(NEXT)?;
    let mut rows = statement.query(params![after, most])?;
    let (mut needed, mut last, mut looked) = (BTreeSet::new(), None, 0);
    while let Some(row) = rows.next()? {
        looked += 1;
        last = Some(row.get(0)?);
        let Some(ids) = ids(row.get_ref(1)?, row.get_ref(2)?) else {
            return Ok(Looked::Unreadable);
        };
        needed.extend(ids);
    }
    if looked < most {
        last = None;
    }
    Ok(Looked::Through { needed, last })
}

/// Numbers of the names in a row; `None` where it cannot be read.
fn ids(facts: ValueRef<'_>, lookups: ValueRef<'_>) -> Option<Vec<u32>> {
    let mut ids = Vec::new();
    if let Some(facts) = facts.as_blob_or_null().ok()? {
        ids.extend(StoredFacts::read(facts).ok()?.words());
    }
    if let Some(lookups) = lookups.as_blob_or_null().ok()? {
        ids.extend(StoredLookups::read(lookups).ok()?.words());
    }
    Some(ids)
}
