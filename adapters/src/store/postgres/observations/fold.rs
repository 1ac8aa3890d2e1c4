//! Folding: one transaction for a portion, and one portion at a time in the whole database.
//!
//! What a reader would get wrong: a row that cannot be read back does not stop the folding.
//! It is begun afresh, and said so, because everything behind it would wait for ever.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::{Fingerprint, Observation, Portion, Source};

use super::names::{self, State};
use super::page::{self, Found};
use super::{anew, sources};
use crate::store::observations::{Columns, Row, log_of, source_name, write};
use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const MOVE: &str = "
    INSERT INTO observed_source (name, position, fingerprint, unreadable)
    VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE
       SET position = excluded.position, fingerprint = excluded.fingerprint,
           unreadable = observed_source.unreadable + excluded.unreadable";

const KEEP: &str = "
    INSERT INTO observed_dossier (number, received, ended, unit, procedure, facts, lookups,
                                  told)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],
                         $6::bytea[], $7::bytea[], $8::bigint[])
        ON CONFLICT (number) DO UPDATE
       SET received = excluded.received, ended = excluded.ended, unit = excluded.unit,
           procedure = excluded.procedure, facts = excluded.facts, lookups = excluded.lookups,
           told = excluded.told";

// A row that only look-ups made has the last of them as its end.
pub(in crate::store::postgres) const OVER: &str = "
    DELETE FROM observed_dossier
     WHERE number = ANY (ARRAY(
           SELECT number FROM observed_dossier WHERE ended < $1 ORDER BY ended LIMIT $2))";

/// A portion by the dossiers to which something happened.
pub(super) struct Batch {
    pub(super) before: u64,
    pub(super) after: i64,
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) unreadable: i64,
    pub(super) happened: Arc<BTreeMap<DossierNumber, Vec<Observation>>>,
}

impl From<Portion> for Batch {
    fn from(portion: Portion) -> Self {
        let mut dossiers: BTreeMap<DossierNumber, Vec<Observation>> = BTreeMap::new();
        for (number, happened) in portion.happened {
            dossiers.entry(number).or_default().push(happened);
        }
        for number in portion.silent {
            dossiers.entry(number).or_default();
        }
        Self {
            before: portion.before,
            after: sources::column(portion.after),
            fingerprint: portion.fingerprint,
            unreadable: sources::column(portion.unreadable),
            happened: Arc::new(dossiers),
        }
    }
}

impl Batch {
    pub(super) fn numbers(&self) -> Vec<&str> {
        self.happened.keys().map(DossierNumber::as_str).collect()
    }

    /// What stands where it ends, as it stands in a column.
    pub(super) fn mark(&self) -> Option<&[u8]> {
        self.fingerprint.as_ref().map(|it| it.0.as_slice())
    }
}

/// Folds a portion in, unless the source stands elsewhere.
pub(super) struct Fold {
    pub(super) source: Source,
    pub(super) batch: Batch,
    pub(super) rules: Arc<ObservationRules>,
}

impl Command for Fold {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let state = names::lock(session).await?;
        let known = sources::one(session, &self.source).await?;
        if !known.standing.is_followed() || known.standing.position != self.batch.before {
            return Ok(false);
        }
        if !self.batch.happened.is_empty() {
            self.fold(session, &state, &known).await?;
        }
        let name = source_name(&self.source);
        let (after, unreadable) = (self.batch.after, self.batch.unreadable);
        session
            .execute(MOVE, &[&name, &after, &self.batch.mark(), &unreadable])
            .await?;
        Ok(true)
    }
}

impl Fold {
    /// Of each dossier what was told anew has seen all that came before, and takes its place
    /// first.
    async fn fold(
        &self,
        session: &Session,
        state: &State,
        known: &sources::Known,
    ) -> Result<(), Failure> {
        let taking = known.taking();
        let numbers = self.batch.numbers();
        let rows = page::rows(session, &numbers).await?;
        let staged = match taking {
            Some(turn) => anew::rows(session, turn, &numbers).await?,
            None => Vec::new(),
        };
        let taken: Vec<String> = staged.iter().map(|it| it.number().to_owned()).collect();
        let stored = rows.iter().chain(staged.iter().map(anew::Stored::columns));
        let words = page::names(session, stored).await?;
        let found = Found { rows, words };
        let (happened, rules) = (Arc::clone(&self.batch.happened), Arc::clone(&self.rules));
        let log = log_of(&self.source).to_owned();
        let is_events = self.source == Source::Events;
        let (turn, put_back) = (taking.filter(|_| is_events), known.put_back);
        // On a thread of its own: others wait for this one.
        let folding = tokio::task::spawn_blocking(move || {
            let mut begun = begun(&found, happened.keys());
            anew::take(&mut begun, &staged, turn, &found.words);
            for (number, happened) in happened.iter() {
                if let Some(begun) = begun.get_mut(number) {
                    if is_events && !happened.is_empty() && begun.told < put_back {
                        begun.row.kept.number_anew();
                        begun.told = put_back;
                    }
                    for one in happened {
                        begun.changed |= begun.row.observe(&log, one, &rules);
                    }
                }
            }
            begun
        });
        let begun = folding.await.map_err(|_| Failure::Stopped)?;
        keep(session, state, begun).await?;
        if let Some(turn) = taking {
            anew::taken(session, turn, &taken).await?;
        }
        Ok(())
    }
}

/// A dossier between reading and writing.
#[derive(Default)]
pub(super) struct Begun {
    pub(super) row: Row,
    /// Under which number the events last told something of it.
    pub(super) told: i64,
    pub(super) changed: bool,
}

/// What is kept of these dossiers.
pub(super) fn begun<'a>(
    found: &Found,
    numbers: impl Iterator<Item = &'a DossierNumber>,
) -> BTreeMap<DossierNumber, Begun> {
    let rows = found.rows.iter().map(|row| (row.number.as_str(), row));
    let rows: HashMap<&str, _> = rows.collect();
    let mut begun = BTreeMap::new();
    for number in numbers {
        let mut one = Begun::default();
        if let Some(row) = rows.get(number.as_str()) {
            one.told = row.told;
            one.row = row.row(number, &found.words).unwrap_or_else(|failure| {
                tracing::error!(dossier = %number, error = %failure, "the facts of a dossier are begun afresh");
                Row::default()
            });
        }
        begun.insert(number.clone(), one);
    }
    begun
}

/// Writes what is kept of the dossiers that changed.
pub(super) async fn keep(
    session: &Session,
    state: &State,
    begun: BTreeMap<DossierNumber, Begun>,
) -> Result<(), Failure> {
    // Of one whose facts are past their time it may only be told that it was.
    let changed = begun.into_iter();
    let rows: Vec<(DossierNumber, Begun)> = changed
        .filter(|(_, begun)| begun.changed && begun.row != Row::default())
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let words = names::listed(session, state, rows.iter().map(|(_, it)| &it.row)).await?;
    let writing = tokio::task::spawn_blocking(move || {
        let written = rows.into_iter().map(|(number, begun)| {
            let row = &begun.row;
            let bytes = write(row, &words).map_err(|problem| STORE.corrupt(problem))?;
            Ok((number, Columns::of(row), begun.told, bytes))
        });
        written.collect::<Result<Vec<_>, Failure>>()
    });
    let written = writing.await.map_err(|_| Failure::Stopped)??;
    let moments = |part: fn(&Columns) -> Option<i64>| -> Vec<Option<i64>> {
        written
            .iter()
            .map(|(_, columns, ..)| part(columns))
            .collect()
    };
    let texts = |part: fn(&Columns) -> Option<&str>| -> Vec<Option<&str>> {
        written
            .iter()
            .map(|(_, columns, ..)| part(columns))
            .collect()
    };
    let told: Vec<i64> = written.iter().map(|(_, _, told, _)| *told).collect();
    let numbers: Vec<&str> = written.iter().map(|(it, ..)| it.as_str()).collect();
    let facts = written.iter().map(|(.., bytes)| bytes.facts.as_deref());
    let lookups = written.iter().map(|(.., bytes)| bytes.lookups.as_deref());
    session
        .execute(
            KEEP,
            &[
                &numbers,
                &moments(|it| it.received),
                &moments(|it| it.ended),
                &texts(|it| it.unit.as_deref()),
                &texts(|it| it.procedure.as_deref()),
                &facts.collect::<Vec<Option<&[u8]>>>(),
                &lookups.collect::<Vec<Option<&[u8]>>>(),
                &told,
            ],
        )
        .await?;
    Ok(())
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
        names::lock(session).await?;
        anew::remove_left_over(session).await?;
        let most = i64::from(self.most);
        let removed = session.execute(OVER, &[&self.before, &most]).await?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}
