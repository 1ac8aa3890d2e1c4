//! Sums of look-ups, and what is left of one whose record is told anew.
//!
//! What a reader would get wrong: a record that is told anew may lack its beginning or its end
//! (another file, a backup that was put back). That a look-up of some outcome happened is never
//! taken back; only how often may be.

use jiff::Timestamp;

use super::LookupFacts;

impl LookupFacts {
    /// Adds what another record of look-ups told of the same dossier.
    pub fn add(&mut self, other: &Self) {
        self.first_unserved_at = unserved(self, other);
        for (sum, more) in [
            (&mut self.matched, other.matched),
            (&mut self.not_matched, other.not_matched),
            (&mut self.failed, other.failed),
            (&mut self.denied, other.denied),
        ] {
            *sum = sum.saturating_add(more);
        }
        self.span(other);
    }

    /// What is known of a record that was `known` and of which `told` was told anew. An outcome
    /// that is not told again counts once: a failure that is forgotten would make lawful paper
    /// a contradiction (administration.md 3.1).
    #[must_use]
    pub fn retold(known: &Self, mut told: Self) -> Self {
        told.first_unserved_at = unserved(&told, known);
        for (sum, was) in [
            (&mut told.matched, known.matched),
            (&mut told.not_matched, known.not_matched),
            (&mut told.failed, known.failed),
            (&mut told.denied, known.denied),
        ] {
            *sum = (*sum).max(was.min(1));
        }
        told.span(known);
        told
    }

    /// Widens moments and fields by those of `other`.
    fn span(&mut self, other: &Self) {
        self.first_matched_at = first(self.first_matched_at, other.first_matched_at);
        self.first_asked_at = first(self.first_asked_at, other.first_asked_at);
        self.last_failed_at = self.last_failed_at.max(other.last_failed_at);
        for field in &other.fields {
            if !self.fields.contains(field) {
                self.fields.insert(field.clone());
            }
        }
    }
}

/// The earlier of two moments.
fn first(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// When a look-up first served nobody; not known where that is not known of one of the two.
fn unserved(one: &LookupFacts, other: &LookupFacts) -> Option<Timestamp> {
    if one.is_unserved_sometime() || other.is_unserved_sometime() {
        return None;
    }
    first(one.first_unserved_at, other.first_unserved_at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dossier_number::DossierNumber;
    use crate::ports::audit::AccessOutcome;
    use crate::ports::observations::LookupSeen;

    fn sum(seen: &[(i64, usize)]) -> LookupFacts {
        let mut facts = LookupFacts::default();
        for &(second, outcome) in seen {
            facts.count(&LookupSeen {
                dossier: DossierNumber::parse("000.00.00.H60-261001-0001").unwrap(),
                asked_at: Timestamp::from_second(1_790_000_000 + second).unwrap(),
                outcome: AccessOutcome::ALL[outcome],
                fields: vec![format!("field{outcome}")],
            });
        }
        facts
    }

    fn record() -> impl Strategy<Value = Vec<(i64, usize)>> {
        proptest::collection::vec((0i64..1_000, 0usize..4), 0..12).prop_map(|mut record| {
            record.sort_unstable();
            record
        })
    }

    proptest! {
        #[test]
        fn a_record_that_is_told_anew_in_part_adds_no_contradiction(
            record in record(), begin in 0usize..12, end in 0usize..12,
        ) {
            let begin = begin.min(record.len());
            let end = end.clamp(begin, record.len());
            let (known, told) = (sum(&record), sum(&record[begin..end]));
            let left = LookupFacts::retold(&known, told.clone());
            prop_assert_eq!(left.paper_is_lawful(), known.paper_is_lawful());
            prop_assert_eq!(left.asked(), known.asked());
            prop_assert_eq!(left.matched > 0, known.matched > 0);
            prop_assert_eq!(left.first_matched_at, known.first_matched_at);
            prop_assert_eq!(left.last_failed_at, known.last_failed_at);
            prop_assert_eq!(left.first_unserved_at, known.first_unserved_at);
            prop_assert!(left.matched <= known.matched && left.failed <= known.failed);
            prop_assert!(told.matched <= left.matched && told.failed <= left.failed);
        }

        #[test]
        fn a_record_that_is_told_anew_whole_counts_as_it_is_told(
            record in record(), again in record(),
        ) {
            let whole = sum(&record);
            let mut twice = whole.clone();
            twice.add(&whole);
            prop_assert_eq!(LookupFacts::retold(&twice, whole.clone()), whole.clone());
            let mut both = whole;
            both.add(&sum(&again));
            prop_assert_eq!(both, sum(&[record, again].concat()));
        }
    }
}
