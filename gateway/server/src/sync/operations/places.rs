//! Where operations are worked on: places, kept apart by what they are for.
//!
//! What a reader would get wrong: a place keeps its operation until it ends, which for a
//! comparison of weeks, or one that waits for a silent portal, is days. So comparisons have
//! places of their own and never stand in the way of what a person waits for, and no more
//! operations are taken than there are places.

use std::sync::atomic::{AtomicBool, Ordering};

use lienthong_core::ports::operations::OperationKind;

/// A group of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Places {
    /// For what a person brings back or mends.
    Sending,
    /// For comparisons.
    Comparing,
}

impl Places {
    /// Every group.
    pub(super) const ALL: [Self; 2] = [Self::Sending, Self::Comparing];

    /// Where an operation of `kind` is worked on.
    pub(super) fn of(kind: OperationKind) -> Self {
        match kind {
            OperationKind::Retry | OperationKind::Repair => Self::Sending,
            OperationKind::Reconciliation => Self::Comparing,
        }
    }

    /// What is worked on there.
    pub(super) fn kinds(self) -> &'static [OperationKind] {
        match self {
            Self::Sending => &[OperationKind::Retry, OperationKind::Repair],
            Self::Comparing => &[OperationKind::Reconciliation],
        }
    }

    /// How many there are at one gateway, and how many operations may be open at once.
    pub(super) fn count(self) -> usize {
        match self {
            Self::Sending => 8,
            Self::Comparing => 4,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Comparing => "comparing",
        }
    }
}

/// One place, by its group and its number from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) group: Places,
    pub(super) number: usize,
}

impl Place {
    /// Every place.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Places::ALL
            .into_iter()
            .flat_map(|group| (0..group.count()).map(move |number| Self { group, number }))
    }

    /// The name by which an operation is held here by the gateway `name`.
    pub(super) fn worker(self, name: &str) -> String {
        format!("{name}/{}/{}", self.group.name(), self.number)
    }
}

/// Which places have an operation: one that has none looks for one only where the place
/// before it has one, so that an idle gateway asks its store once for each group.
#[derive(Debug)]
pub(super) struct Taken(Vec<(Place, AtomicBool)>);

impl Taken {
    /// None yet.
    pub(super) fn none() -> Self {
        Self(
            Place::all()
                .map(|place| (place, AtomicBool::new(false)))
                .collect(),
        )
    }

    fn is(&self, place: Place) -> bool {
        self.0
            .iter()
            .any(|(each, taken)| *each == place && taken.load(Ordering::Relaxed))
    }

    /// Whether `place` is to look for an operation, or goes on with its own.
    pub(super) fn may_look(&self, place: Place) -> bool {
        let before = place.number.checked_sub(1);
        let before = before.map(|number| Place { number, ..place });
        self.is(place) || before.is_none_or(|before| self.is(before))
    }

    /// Notes whether `place` has an operation; whether it had none and now has one, so that
    /// the place behind it may look.
    pub(super) fn note(&self, place: Place, taken: bool) -> bool {
        let Some((_, now)) = self.0.iter().find(|(each, _)| *each == place) else {
            return false;
        };
        !now.swap(taken, Ordering::Relaxed) && taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_place_in_one_group() {
        for kind in OperationKind::ALL {
            let of: Vec<Places> = Places::ALL
                .into_iter()
                .filter(|group| group.kinds().contains(&kind))
                .collect();
            assert_eq!(of, [Places::of(kind)]);
        }
    }

    #[test]
    fn an_idle_gateway_looks_once_for_each_group() {
        let taken = Taken::none();
        let looking = |taken: &Taken| Place::all().filter(|place| taken.may_look(*place)).count();
        assert_eq!(looking(&taken), Places::ALL.len());
        let first = Place {
            group: Places::Sending,
            number: 0,
        };
        assert!(taken.note(first, true));
        assert!(!taken.note(first, true));
        assert_eq!(looking(&taken), Places::ALL.len() + 1);
        // The second goes on with its own when the first has none any more.
        taken.note(Place { number: 1, ..first }, true);
        taken.note(first, false);
        assert_eq!(looking(&taken), Places::ALL.len() + 2);
    }
}
