//! How much is kept and how often that served.
//!
//! A look-up asks for one class and for "no match" at once: a miss is counted for the
//! class alone, a hit where the answer stood. "No match" therefore never misses.

use std::sync::atomic::{AtomicU64, Ordering};

use lienthong_core::lookup::AnswerSource;
use lienthong_core::lookup::keeping::DataClass;

/// Figures of one class. Hits and misses count from the start of the process; asking
/// the source although an answer may be kept is neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassFigures {
    /// Answers in memory.
    pub entries: u64,
    /// Their bytes with what the memory needs for each, estimated.
    pub bytes: u64,
    /// Answers given again.
    pub hits: u64,
    /// Times that nothing was kept that would do.
    pub misses: u64,
    /// Answers given past their time.
    pub stale: u64,
}

#[derive(Default)]
struct Count {
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
}

#[derive(Default)]
pub(super) struct Counters {
    verdict: Count,
    person: Count,
    household: Count,
    negative: Count,
}

impl Counters {
    fn of(&self, class: DataClass) -> &Count {
        match class {
            DataClass::Verdict => &self.verdict,
            DataClass::Person => &self.person,
            DataClass::Household => &self.household,
            DataClass::Negative => &self.negative,
        }
    }

    pub(super) fn given(&self, class: DataClass, source: AnswerSource) {
        let count = match source {
            AnswerSource::Live | AnswerSource::Cache => &self.of(class).hits,
            AnswerSource::Stale => &self.of(class).stale,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn missed(&self, class: DataClass) {
        self.of(class).misses.fetch_add(1, Ordering::Relaxed);
    }

    /// The figures; `held` tells entries and bytes of a class.
    pub(super) fn figures(
        &self,
        held: impl Fn(DataClass) -> (u64, u64),
    ) -> [(DataClass, ClassFigures); DataClass::ALL.len()] {
        [
            DataClass::Verdict,
            DataClass::Person,
            DataClass::Household,
            DataClass::Negative,
        ]
        .map(|class| {
            let (entries, bytes) = held(class);
            let count = self.of(class);
            let figures = ClassFigures {
                entries,
                bytes,
                hits: count.hits.load(Ordering::Relaxed),
                misses: count.misses.load(Ordering::Relaxed),
                stale: count.stale.load(Ordering::Relaxed),
            };
            (class, figures)
        })
    }
}
