//! Answers of the population database that are given again for a short time.
//!
//! Nothing here decides who may ask: a kept answer is served after the same checks as a
//! live one and is recorded like it. How old an answer is goes by the moment at which
//! the source gave it and by the injected clock, never by the time limits of the memory.
//!
//! Answers are kept in memory only, as bytes that are overwritten when they are dropped,
//! under keyed hashes (population.md 14, rule 6).

mod entry;
mod figures;
mod household;
mod key;
mod letters;
mod packing;
mod person;
mod shelf;
mod shelves;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::AccessContext;
use lienthong_core::citizen::{Citizen, CitizenField, CitizenQuery};
use lienthong_core::clock::Clock;
use lienthong_core::household::{Household, HouseholdField};
use lienthong_core::lookup::keeping::{DataClass, Keeping, Standing};
use lienthong_core::lookup::{AnswerSource, Freshness};
use lienthong_core::name::{FullName, KeyRule, NameComparison};
use lienthong_core::ports::population::{Operation, RequestNumber};

use entry::{Compared, Entry, comparison_for};
pub use figures::ClassFigures;
use figures::Counters;
use key::KeyMaker;
pub use key::{CacheKey, NoRandomness};
use shelves::Shelves;

/// Kept answers of one gateway process.
pub struct AnswerCache {
    clock: Arc<dyn Clock>,
    keys: KeyMaker,
    shelves: RwLock<Arc<Shelves>>,
    counters: Counters,
}

/// When and under which number the source gave an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// When the source answered; kept to the microsecond.
    pub observed_at: Timestamp,
    /// Mã yêu cầu (`MaYeuCau`) of the request that was really sent.
    pub request_number: RequestNumber,
}

/// A kept answer.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// What is known.
    pub answer: KeptAnswer<T>,
    /// Where it came from at first.
    pub origin: Origin,
    /// How old it is.
    pub age: Duration,
    /// [`AnswerSource::Cache`], or [`AnswerSource::Stale`] past its time.
    pub source: AnswerSource,
}

/// What a kept answer says.
#[derive(Debug, Clone)]
pub enum KeptAnswer<T> {
    /// The data belong together.
    Match(T),
    /// Nobody matched.
    NoMatch,
}

/// What is kept of a citizen's record.
#[derive(Debug, Clone)]
pub struct KeptRecord {
    /// The fields that the caller wants, and no others.
    pub citizen: Citizen,
    /// How the name on record compares with the one asked about now; `None` without a
    /// name on record.
    pub name: Option<NameComparison>,
}

/// What a caller wants of a record or a household and what the policy lets it see.
#[derive(Debug, Clone, Copy)]
pub struct View<'a, F> {
    /// What it asked for, as far as it may see it.
    pub wanted: &'a BTreeSet<F>,
    /// What it may see.
    pub allowed: &'a BTreeSet<F>,
}

impl AnswerCache {
    /// An empty cache that keeps what `keeping` allows.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new(keeping: Keeping, clock: Arc<dyn Clock>) -> Result<Self, NoRandomness> {
        Ok(Self {
            clock,
            keys: KeyMaker::random()?,
            shelves: RwLock::new(Arc::new(Shelves::new(0, keeping))),
            counters: Counters::default(),
        })
    }

    /// The key of a question within the configured scope, also for classes that are not
    /// kept. `operation` is the one that answers the question, `rule` the one of the
    /// profile that is asked.
    #[must_use]
    pub fn key(
        &self,
        context: &AccessContext,
        operation: Operation,
        query: &CitizenQuery,
        rule: KeyRule,
    ) -> CacheKey {
        let shelves = self.shelves();
        let scope = shelves.keeping.scope;
        CacheKey {
            hash: self.keys.question(scope, context, operation, query, rule),
            generation: shelves.generation,
        }
    }

    /// What is known of whether the data belong together.
    #[must_use]
    pub fn verdict(&self, key: &CacheKey, freshness: Freshness) -> Option<Kept<()>> {
        self.find(key, DataClass::Verdict, freshness, |_| Some(()))
    }

    /// As [`AnswerCache::verdict`], also past its time where the rule allows that; for
    /// when the source cannot be asked. What the caller accepts holds here too.
    #[must_use]
    pub fn stale_verdict(&self, key: &CacheKey, freshness: Freshness) -> Option<Kept<()>> {
        let shelves = self.shelves_of(key)?;
        let candidate = shelves.latest(&key.hash, DataClass::Verdict, self.clock.now())?;
        if !freshness.accepts(candidate.age) {
            return None;
        }
        let class = candidate.class;
        let kept = candidate.into_kept(|_| Some(()))?;
        self.counters.given(class, kept.source);
        Some(kept)
    }

    /// What is known of the record. An entry serves a caller who may see all of it and
    /// wants nothing else, and whose spelling of `name` can still be compared.
    #[must_use]
    pub fn record(
        &self,
        key: &CacheKey,
        name: &FullName,
        view: View<'_, CitizenField>,
        freshness: Freshness,
    ) -> Option<Kept<KeptRecord>> {
        self.find(key, DataClass::Person, freshness, |entry| {
            let (citizen, compared) = entry.record(view.wanted, view.allowed).ok().flatten()?;
            let spelling = self.keys.spelling(name);
            let name = comparison_for(&compared, &citizen, name, spelling).ok()?;
            let citizen = citizen.limited_to(view.wanted);
            Some(KeptRecord { citizen, name })
        })
    }

    /// What is known of the household. An entry serves a caller who may see all of it
    /// and wants nothing else.
    #[must_use]
    pub fn household(
        &self,
        key: &CacheKey,
        view: View<'_, HouseholdField>,
        freshness: Freshness,
    ) -> Option<Kept<Household>> {
        self.find(key, DataClass::Household, freshness, |entry| {
            let household = entry.household(view.wanted, view.allowed).ok().flatten()?;
            Some(household.limited_to(view.wanted))
        })
    }

    /// Keeps that the data belong together.
    pub fn put_verdict(&self, key: &CacheKey, origin: &Origin) {
        self.put(key, DataClass::Verdict, origin, || Entry::bare(origin));
    }

    /// Keeps the `fields` of a record that answered the question, and how the `name`
    /// that was asked about compared. Keeps no verdict.
    pub fn put_record(
        &self,
        key: &CacheKey,
        name: &FullName,
        comparison: Option<NameComparison>,
        citizen: &Citizen,
        fields: &BTreeSet<CitizenField>,
        origin: &Origin,
    ) {
        self.put(key, DataClass::Person, origin, || {
            let compared = Compared {
                spelling: self.keys.spelling(name),
                comparison,
            };
            Entry::of_record(origin, &compared, citizen, fields)
        });
    }

    /// Keeps the `fields` of a household.
    pub fn put_household(
        &self,
        key: &CacheKey,
        household: &Household,
        fields: &BTreeSet<HouseholdField>,
        origin: &Origin,
    ) {
        self.put(key, DataClass::Household, origin, || {
            Entry::of_household(origin, household, fields)
        });
    }

    /// Keeps that nobody matched; what was known before is dropped, whether or not "no
    /// match" may be kept.
    pub fn put_negative(&self, key: &CacheKey, origin: &Origin) {
        self.put(key, DataClass::Negative, origin, || Entry::bare(origin));
    }

    /// Forgets everything at once: on an operator's command, and when the policy or the
    /// key of the record of look-ups changed. What is on its way under an old key is not
    /// kept when it comes. Others need not wait, but the caller does: to overwrite a
    /// million answers takes a second or two.
    pub fn clear(&self) {
        self.renew(Keeping::clone);
    }

    /// Forgets everything at once and goes by other rules from now on.
    pub fn replace(&self, keeping: Keeping) {
        self.renew(|_| keeping);
    }

    /// The rules.
    #[must_use]
    pub fn keeping(&self) -> Keeping {
        self.shelves().keeping.clone()
    }

    /// Wipes what is past its time. A cache that is in use does so by itself; one that
    /// nobody asks does not, so this is called every few seconds.
    pub fn sweep(&self) {
        let shelves = self.shelves();
        for shelf in DataClass::ALL.iter().filter_map(|class| shelves.of(*class)) {
            shelf.sweep();
        }
    }

    /// What each class holds and how often it served, since the start of the process.
    #[must_use]
    pub fn figures(&self) -> [(DataClass, ClassFigures); DataClass::ALL.len()] {
        self.sweep();
        let shelves = self.shelves();
        self.counters.figures(|class| {
            shelves
                .of(class)
                .map_or((0, 0), |shelf| (shelf.entries(), shelf.bytes()))
        })
    }

    fn shelves(&self) -> Arc<Shelves> {
        Arc::clone(&self.shelves.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn renew(&self, rules: impl FnOnce(&Keeping) -> Keeping) {
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        let generation = shelves.generation.wrapping_add(1);
        let empty = Shelves::new(generation, rules(&shelves.keeping));
        let old = std::mem::replace(&mut *shelves, Arc::new(empty));
        // To wipe a million entries takes a while, and nobody need wait for it.
        drop(shelves);
        drop(old);
    }

    /// The memory, if the key was made for it.
    fn shelves_of(&self, key: &CacheKey) -> Option<Arc<Shelves>> {
        Some(self.shelves()).filter(|shelves| shelves.generation == key.generation)
    }

    fn find<T>(
        &self,
        key: &CacheKey,
        class: DataClass,
        freshness: Freshness,
        read: impl FnOnce(&Entry) -> Option<T>,
    ) -> Option<Kept<T>> {
        if freshness.refresh {
            return None;
        }
        let shelves = self.shelves_of(key)?;
        let kept = shelves
            .latest(&key.hash, class, self.clock.now())
            .filter(|found| found.standing == Standing::Fresh && freshness.accepts(found.age))
            .and_then(|found| Some((found.class, found.into_kept(read)?)));
        if let Some((class, kept)) = kept {
            self.counters.given(class, kept.source);
            Some(kept)
        } else {
            self.counters.missed(class);
            None
        }
    }

    fn put(
        &self,
        key: &CacheKey,
        class: DataClass,
        origin: &Origin,
        entry: impl FnOnce() -> Entry,
    ) {
        let Some(shelves) = self.shelves_of(key) else {
            return;
        };
        for other in DataClass::ALL {
            let contradicts =
                *other != class && (class == DataClass::Negative || *other == DataClass::Negative);
            if contradicts && let Some(shelf) = shelves.of(*other) {
                shelf.remove_until(key.hash, origin.observed_at);
            }
        }
        if let Some(shelf) = shelves.of(class) {
            shelf.put(key.hash, entry());
        }
    }
}

impl fmt::Debug for AnswerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache").finish_non_exhaustive()
    }
}
