//! What look-ups told, by the log that has them.
//!
//! What a reader would get wrong: a row of version 1 has one sum, and nothing says of which
//! logs it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lienthong_core::observation::LookupFacts;
use serde::{Deserialize, Serialize};

use super::{Known, OTHER_VERSION, Word, Words, bytes, listed, read_rest, spelled, word};
use crate::store::observations::Problem;
use crate::store::observations::moments::{distance, moment_if};
use crate::store::observations::row::UNKNOWN_LOG;

/// Version written. Of version 1 there was one sum for all logs.
const VERSION: u8 = 2;

/// Look-ups of one log.
#[derive(Debug, Serialize, Deserialize)]
struct StoredSum<'a> {
    matched: u32,
    not_matched: u32,
    failed: u32,
    denied: u32,
    /// In microseconds; the others are distances from it.
    first_asked_at: i64,
    first_matched_at: Option<i64>,
    last_failed_at: Option<i64>,
    #[serde(borrow)]
    fields: Vec<Word<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredLog<'a> {
    /// Its name; `None` where that is not known.
    #[serde(borrow)]
    log: Option<Word<'a>>,
    #[serde(borrow)]
    sum: StoredSum<'a>,
    /// The first question that served nobody, as a distance from the first.
    first_unserved_at: Option<i64>,
}

/// What look-ups told.
#[derive(Debug)]
pub(in crate::store) struct StoredLookups<'a>(Vec<StoredLog<'a>>);

/// Names that are to be listed.
pub(super) fn texts(lookups: &BTreeMap<String, LookupFacts>) -> impl Iterator<Item = &str> {
    lookups.iter().flat_map(|(log, seen)| {
        let log = Some(log.as_str()).filter(|log| *log != UNKNOWN_LOG);
        log.into_iter()
            .chain(seen.fields.iter().map(String::as_str))
    })
}

/// Writes what look-ups told; nothing where there were none.
pub(super) fn write(
    lookups: &BTreeMap<String, LookupFacts>,
    words: &Words,
) -> Result<Option<Vec<u8>>, Problem> {
    let logs = lookups.iter().filter_map(|(log, seen)| {
        let name = Some(log.as_str()).filter(|log| *log != UNKNOWN_LOG);
        let first = seen.first_asked_at?;
        Some(StoredLog {
            log: name.map(|name| word(name, words)),
            sum: StoredSum::of(seen, first, words),
            first_unserved_at: seen.first_unserved_at.map(|at| distance(at, first)),
        })
    });
    let logs: Vec<_> = logs.collect();
    if logs.is_empty() {
        return Ok(None);
    }
    bytes(VERSION, &logs).map(Some)
}

impl<'a> StoredLookups<'a> {
    /// Reads the bytes of a row.
    pub(in crate::store) fn read(stored: &'a [u8]) -> Result<Self, Problem> {
        match stored.split_first() {
            Some((&VERSION, rest)) => Ok(Self(read_rest(rest)?)),
            Some((1, rest)) => Ok(Self(vec![StoredLog {
                log: None,
                sum: read_rest(rest)?,
                first_unserved_at: None,
            }])),
            Some(_) => Err(OTHER_VERSION),
            None => Err("its look-ups are empty"),
        }
    }

    /// Numbers of the names in it.
    pub(in crate::store) fn words(&self) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(|one| {
            let names = one.log.iter().chain(&one.sum.fields);
            names.filter_map(listed)
        })
    }

    /// What they told, all logs together.
    pub(in crate::store) fn sum(self, known: &Known) -> Result<LookupFacts, Problem> {
        let mut logs = self.0.into_iter();
        let mut sum = match logs.next() {
            Some(first) => first.facts(known)?,
            None => LookupFacts::default(),
        };
        for more in logs {
            sum.add(&more.facts(known)?);
        }
        Ok(sum)
    }

    /// What they told, by the name of their log.
    pub(in crate::store) fn by_log(
        self,
        known: &Known,
    ) -> Result<BTreeMap<String, LookupFacts>, Problem> {
        let logs = self.0.into_iter().map(|mut one| {
            let name = one.log.take().map(|log| spelled(&log, known)).transpose()?;
            let name = name.unwrap_or_else(|| UNKNOWN_LOG.to_owned());
            Ok((name, one.facts(known)?))
        });
        logs.collect()
    }
}

impl StoredLog<'_> {
    fn facts(self, known: &Known) -> Result<LookupFacts, Problem> {
        let facts = self.sum.facts(known)?;
        let Some(first) = facts.first_asked_at else {
            return Ok(facts);
        };
        Ok(LookupFacts {
            first_unserved_at: moment_if(self.first_unserved_at, first)?,
            ..facts
        })
    }
}

impl<'a> StoredSum<'a> {
    fn of(seen: &'a LookupFacts, first: Timestamp, words: &Words) -> Self {
        let since = |at: Option<Timestamp>| at.map(|at| distance(at, first));
        Self {
            matched: seen.matched,
            not_matched: seen.not_matched,
            failed: seen.failed,
            denied: seen.denied,
            first_asked_at: first.as_microsecond(),
            first_matched_at: since(seen.first_matched_at),
            last_failed_at: since(seen.last_failed_at),
            fields: seen.fields.iter().map(|name| word(name, words)).collect(),
        }
    }

    fn facts(self, known: &Known) -> Result<LookupFacts, Problem> {
        let first = Timestamp::from_microsecond(self.first_asked_at)
            .map_err(|_| "its first look-up is outside the calendar")?;
        let fields = self.fields.iter().map(|name| spelled(name, known));
        Ok(LookupFacts {
            matched: self.matched,
            not_matched: self.not_matched,
            failed: self.failed,
            denied: self.denied,
            first_asked_at: Some(first),
            first_matched_at: moment_if(self.first_matched_at, first)?,
            last_failed_at: moment_if(self.last_failed_at, first)?,
            first_unserved_at: None,
            fields: fields.collect::<Result<BTreeSet<_>, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(failed: u32, at: i64) -> LookupFacts {
        let at = Timestamp::from_second(1_790_000_000 + at).unwrap();
        LookupFacts {
            failed,
            first_asked_at: Some(at),
            last_failed_at: Some(at),
            first_unserved_at: Some(at),
            fields: BTreeSet::from(["birth".to_owned()]),
            ..LookupFacts::default()
        }
    }

    #[test]
    fn logs_are_kept_apart_and_told_together() {
        let logs = BTreeMap::from([("a".to_owned(), sum(1, 5)), ("b".to_owned(), sum(2, 3))]);
        let words = Words::from([("a".to_owned(), 7)]);
        let known = Known::from([(7, "a".to_owned())]);
        let written = write(&logs, &words).unwrap().unwrap();
        let read = || StoredLookups::read(&written).unwrap();
        assert_eq!(read().words().collect::<Vec<_>>(), [7]);
        assert_eq!(read().by_log(&known), Ok(logs));
        let all = read().sum(&known).unwrap();
        assert_eq!(
            (all.failed, all.first_asked_at),
            (3, sum(2, 3).first_asked_at)
        );
        assert_eq!(all.last_failed_at, sum(1, 5).last_failed_at);
    }

    #[test]
    fn a_row_of_version_1_is_of_a_log_that_is_not_known() {
        let first = sum(2, 3).first_asked_at.unwrap();
        let words = Words::new();
        let earlier = LookupFacts {
            first_unserved_at: None,
            ..sum(2, 3)
        };
        let stored = bytes(1, &StoredSum::of(&earlier, first, &words)).unwrap();
        let read = StoredLookups::read(&stored).unwrap();
        let logs = read.by_log(&Known::new()).unwrap();
        assert_eq!(logs, BTreeMap::from([(UNKNOWN_LOG.to_owned(), earlier)]));
        let again = write(&logs, &words).unwrap().unwrap();
        let again = StoredLookups::read(&again).unwrap();
        assert_eq!(again.by_log(&Known::new()), Ok(logs));
    }

    #[test]
    fn another_version_is_not_guessed_at() {
        for other in [&[3, 0][..], &[]] {
            assert!(StoredLookups::read(other).is_err());
        }
    }
}
