//! How the facts of a dossier stand in a row, the same in each database.
//!
//! What a reader would get wrong: what follows from other facts is not kept. It is worked out
//! when a row is read, so that a mended rule holds for old rows too.

mod codec;
mod fingerprint;
mod moments;
mod row;
mod scope;

pub(super) use codec::{Known, StoredFacts, StoredLookups, Words, texts, write};
pub(super) use fingerprint::fingerprint;
pub(super) use row::{Columns, Row, Staged, log_of};
pub(super) use scope::Scope;

use lienthong_core::ports::observations::Source;

/// Why a row was not read, without the value.
pub(super) type Problem = &'static str;

/// Most names that get a number of their own. Names of departments are few; a system that
/// writes free text there must not make the list grow without end.
pub(super) const MOST_WORDS: i64 = 100_000;

/// Whoever asks for one dossier that cannot be read is told this, and the problem.
pub(super) const UNREADABLE: &str = "a dossier cannot be read back, have the observations made \
                                     anew (lienthong services rebuild)";

const EVENTS: &str = "events";

const LOOKUPS: &str = "lookups:";

/// A source as it stands in a column.
pub(super) fn source_name(source: &Source) -> String {
    match source {
        Source::Events => EVENTS.to_owned(),
        Source::Lookups(log) => format!("{LOOKUPS}{log}"),
    }
}

/// The source of this name.
pub(super) fn read_source(name: &str) -> Result<Source, Problem> {
    if name == EVENTS {
        return Ok(Source::Events);
    }
    let log = name.strip_prefix(LOOKUPS);
    log.map(|log| Source::Lookups(log.to_owned()))
        .ok_or("the name of a source is not known")
}
