//! How the facts of a dossier stand in a row, the same in each database.
//!
//! What a reader would get wrong: what follows from other facts is not kept. It is worked out
//! when a row is read, so that a mended rule holds for old rows too.

mod codec;
mod moments;
mod scope;

pub(super) use codec::{Known, StoredFacts, StoredLookups, Words, texts, write};
pub(super) use scope::Scope;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::observation::{DossierKept, LookupFacts};
use lienthong_core::ports::observations::{Observation, Source};

/// Why a row was not read, without the value.
pub(super) type Problem = &'static str;

/// Most names that get a number of their own. Names of departments are few; a system that
/// writes free text there must not make the list grow without end.
pub(super) const MOST_WORDS: i64 = 100_000;

/// By which a row is found, beside its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// Mã thủ tục without the suffix of an agency; `None` before the first state.
    pub(super) procedure: Option<String>,
    /// The receiving unit.
    pub(super) unit: Option<String>,
    /// Ngày tiếp nhận, in microseconds.
    pub(super) received: Option<i64>,
    /// When the dossier came to its end. Where only look-ups are known, the last of those
    /// that is told: retention goes by it.
    pub(super) ended: Option<i64>,
}

impl Columns {
    /// The columns of a dossier.
    pub(super) fn of(kept: &DossierKept) -> Self {
        let micros = |at: Timestamp| at.as_microsecond();
        if let Some(facts) = &kept.facts {
            return Self {
                procedure: Some(facts.procedure.national().to_owned()),
                unit: Some(facts.unit.as_str().to_owned()),
                received: Some(micros(facts.received)),
                ended: facts.ended().map(micros),
            };
        }
        let seen = &kept.lookups;
        let last = seen
            .last_failed_at
            .max(seen.first_matched_at)
            .max(seen.first_asked_at);
        Self {
            procedure: None,
            unit: None,
            received: None,
            ended: last.map(micros),
        }
    }
}

/// A source as it stands in a column.
pub(super) fn source_name(source: &Source) -> String {
    match source {
        Source::Events => "events".to_owned(),
        Source::Lookups(log) => format!("lookups:{log}"),
    }
}

/// Look-ups that are recorded in another order than they were asked lie closer together.
const OUT_OF_ORDER: SignedDuration = SignedDuration::from_secs(2);

/// What stays of look-ups when they are told anew, the first of them at `told`. Where an older
/// one was known, the beginning of the record is gone (or another gateway has it): then it
/// stays that there were such look-ups, each sort counted once. A failure that is forgotten
/// would make lawful paper a contradiction (administration.md 3.1).
fn left_of(known: &LookupFacts, told: Timestamp) -> LookupFacts {
    let is_whole = known
        .first_asked_at
        .is_none_or(|first| told.duration_since(first) <= OUT_OF_ORDER);
    if is_whole {
        return LookupFacts::default();
    }
    LookupFacts {
        matched: known.matched.min(1),
        not_matched: known.not_matched.min(1),
        failed: known.failed.min(1),
        denied: known.denied.min(1),
        ..known.clone()
    }
}

/// The generations in which what is kept of a dossier was last begun anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turns {
    /// What events told.
    pub(super) events: i64,
    /// What look-ups told.
    pub(super) lookups: i64,
}

impl Turns {
    /// Of a dossier that is new in `generation`.
    pub(super) fn new(generation: i64) -> Self {
        Self {
            events: generation,
            lookups: generation,
        }
    }

    /// Forgets in `kept` what an earlier generation told, where it is now told anew.
    pub(super) fn turn(&mut self, kept: &mut DossierKept, happened: &Observation, generation: i64) {
        match happened {
            Observation::Event { revision, .. } => {
                if self.events < generation {
                    self.events = generation;
                    // Of one whose first events are gone, what was known stays.
                    if *revision == 1 {
                        kept.forget_events();
                    }
                }
            }
            Observation::Lookup(seen) => {
                if self.lookups < generation {
                    self.lookups = generation;
                    kept.lookups = left_of(&kept.lookups, seen.asked_at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn failed_first() -> LookupFacts {
        LookupFacts {
            matched: 3,
            failed: 2,
            first_asked_at: Some(at("2026-10-01T02:00:00Z")),
            last_failed_at: Some(at("2026-10-01T02:00:00Z")),
            first_matched_at: Some(at("2026-10-05T02:00:00Z")),
            ..LookupFacts::default()
        }
    }

    #[test]
    fn a_record_that_is_whole_is_told_anew_from_the_first_look_up_on() {
        for told in ["2026-10-01T02:00:00Z", "2026-10-01T02:00:01Z"] {
            assert_eq!(left_of(&failed_first(), at(told)), LookupFacts::default());
        }
        let nothing = LookupFacts::default();
        assert_eq!(left_of(&nothing, at("2026-10-05T02:00:00Z")), nothing);
    }

    #[test]
    fn a_failed_look_up_whose_record_is_gone_still_makes_paper_lawful() {
        let left = left_of(&failed_first(), at("2026-10-05T02:00:00Z"));
        assert!(left.paper_is_lawful());
        assert_eq!((left.matched, left.failed), (1, 1));
        assert_eq!(left.last_failed_at, failed_first().last_failed_at);
    }
}
