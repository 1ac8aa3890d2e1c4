//! Whether a new list may take the place of the one that is held.
//!
//! What a reader would get wrong: it is not the size that counts. A list of other procedures
//! that is just as long has lost all of them.

use std::collections::BTreeSet;

use crate::share::{Percent, Share};

/// Whether a new list may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It may.
    Accepted,
    /// It lists nothing, which no word of an operator makes a catalogue.
    Empty,
    /// It has lost too many entries; an operator may take it all the same.
    Shrunk(Loss),
}

/// Entries that a new list does not have any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Entries that are listed now.
    pub held: u64,
    /// Entries of the new list.
    pub offered: u64,
    /// How many of those that are listed now it does not have.
    pub lost: u64,
}

/// Judges the list `offered` in place of `held`: procedures, or what else the source lists. It
/// is refused when it has lost at least `bound` of what is held.
#[must_use]
pub fn judge<T: Ord>(held: &BTreeSet<T>, offered: &BTreeSet<T>, bound: Percent) -> Acceptance {
    if offered.is_empty() {
        return Acceptance::Empty;
    }
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let lost = count(held.difference(offered).count());
    let share = Share::new(lost, count(held.len())).and_then(|share| share.compare(bound));
    if lost > 0 && share.is_some_and(std::cmp::Ordering::is_ge) {
        return Acceptance::Shrunk(Loss {
            held: count(held.len()),
            offered: count(offered.len()),
            lost,
        });
    }
    Acceptance::Accepted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::procedure::ProcedureCode;

    fn codes(numbers: impl IntoIterator<Item = u32>) -> Vec<ProcedureCode> {
        let code = |number: u32| ProcedureCode::parse(&format!("1.{number:06}")).unwrap();
        numbers.into_iter().map(code).collect()
    }

    fn judged(held: &[ProcedureCode], offered: &[ProcedureCode], percent: u32) -> Acceptance {
        let bound = Percent::whole(percent).unwrap();
        judge::<&ProcedureCode>(&held.iter().collect(), &offered.iter().collect(), bound)
    }

    #[test]
    fn a_list_that_loses_half_is_refused_and_one_that_loses_less_is_not() {
        let held = codes(0..120);
        let loss = Loss {
            held: 120,
            offered: 60,
            lost: 60,
        };
        assert_eq!(judged(&held, &codes(0..60), 50), Acceptance::Shrunk(loss));
        assert_eq!(judged(&held, &codes(0..61), 50), Acceptance::Accepted);
    }

    #[test]
    fn a_list_of_other_procedures_has_lost_all_of_them() {
        let loss = Loss {
            held: 10,
            offered: 10,
            lost: 10,
        };
        let judged = judged(&codes(0..10), &codes(100..110), 50);
        assert_eq!(judged, Acceptance::Shrunk(loss));
    }

    #[test]
    fn the_first_list_is_taken_whatever_its_size_and_an_empty_one_never() {
        assert_eq!(judged(&[], &codes(0..1), 50), Acceptance::Accepted);
        assert_eq!(judged(&[], &[], 50), Acceptance::Empty);
        assert_eq!(judged(&codes(0..10), &[], 100), Acceptance::Empty);
    }

    proptest! {
        #[test]
        fn a_list_that_loses_nothing_is_always_taken(
            held in 0u32..50, more in 1u32..50, percent in 0u32..=100,
        ) {
            let judged = judged(&codes(0..held), &codes(0..held + more), percent);
            prop_assert_eq!(judged, Acceptance::Accepted);
        }
    }
}
