//! The memory of all classes under one set of rules.
//!
//! A match and "no match" for one question contradict each other: whichever was observed
//! last holds.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::lookup::AnswerSource;
use lienthong_core::lookup::keeping::{DataClass, Keeping, Standing};

use super::entry::Entry;
use super::key::KeyHash;
use super::shelf::{Shelf, Stored};
use super::{Kept, KeptAnswer};

/// The memory under one set of rules.
pub(super) struct Shelves {
    pub(super) generation: u64,
    pub(super) keeping: Keeping,
    verdict: Option<Shelf<Entry>>,
    person: Option<Shelf<Entry>>,
    household: Option<Shelf<Entry>>,
    negative: Option<Shelf<Entry>>,
}

/// An entry that may still be given.
pub(super) struct Candidate {
    pub(super) class: DataClass,
    entry: Entry,
    pub(super) age: Duration,
    pub(super) standing: Standing,
}

impl Shelves {
    pub(super) fn new(generation: u64, keeping: Keeping) -> Self {
        let shelf = |class| {
            let rule = keeping.of(class)?;
            Some(Shelf::new(rule.size, rule.longest(class)))
        };
        Self {
            generation,
            verdict: shelf(DataClass::Verdict),
            person: shelf(DataClass::Person),
            household: shelf(DataClass::Household),
            negative: shelf(DataClass::Negative),
            keeping,
        }
    }

    pub(super) fn of(&self, class: DataClass) -> Option<&Shelf<Entry>> {
        match class {
            DataClass::Verdict => self.verdict.as_ref(),
            DataClass::Person => self.person.as_ref(),
            DataClass::Household => self.household.as_ref(),
            DataClass::Negative => self.negative.as_ref(),
        }
    }

    /// What was observed last of `class` and "no match", unless it is gone; of two at
    /// one moment, "no match".
    pub(super) fn latest(
        &self,
        key: &KeyHash,
        class: DataClass,
        now: Timestamp,
    ) -> Option<Candidate> {
        [DataClass::Negative, class]
            .into_iter()
            .filter_map(|class| self.candidate(key, class, now))
            .min_by_key(|candidate| candidate.age)
    }

    /// What is kept of `class`, unless it is gone, which also takes it out of memory. An
    /// answer from the future, after the clock was set back, has no age and is left out.
    fn candidate(&self, key: &KeyHash, class: DataClass, now: Timestamp) -> Option<Candidate> {
        let place = self.of(class)?;
        let entry = place.get(key)?;
        let observed_at = entry.observed_at();
        let age = Duration::try_from(now.duration_since(observed_at)).ok()?;
        match self.keeping.standing(class, age) {
            Standing::Gone => {
                place.remove_until(*key, observed_at);
                None
            }
            standing @ (Standing::Fresh | Standing::Stale) => Some(Candidate {
                class,
                entry,
                age,
                standing,
            }),
        }
    }
}

impl Candidate {
    /// The answer with its origin; `read` gets it out of an entry that is a match.
    pub(super) fn into_kept<T>(self, read: impl FnOnce(&Entry) -> Option<T>) -> Option<Kept<T>> {
        let answer = match self.class {
            DataClass::Negative => KeptAnswer::NoMatch,
            DataClass::Verdict | DataClass::Person | DataClass::Household => {
                KeptAnswer::Match(read(&self.entry)?)
            }
        };
        let source = match self.standing {
            Standing::Fresh => AnswerSource::Cache,
            Standing::Stale | Standing::Gone => AnswerSource::Stale,
        };
        Some(Kept {
            answer,
            origin: self.entry.origin().ok()?,
            age: self.age,
            source,
        })
    }
}
