//! Small counts, which could tell of a single person, and what would give them away
//! (administration.md 8, design consequence 5).
//!
//! What a reader would get wrong: it is not enough to hide the small count. Where a total and
//! all its other parts are shown, the hidden one is a subtraction away, and a percentage with
//! its whole is as good as the count. So sums are declared, counts that are not printed but
//! follow from printed ones included, and more is hidden until nothing follows.

use super::Cell;
use crate::share::Share;

/// More than any count; far enough from the end of the type that sums of it do not overflow.
const UNBOUNDED: i128 = 1 << 80;

/// Counts of a report, before it is settled which are shown.
#[derive(Clone)]
pub(super) struct Unsettled {
    limit: u64,
    all: Vec<Count>,
    sums: Vec<Sum>,
}

/// Which count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(usize);

#[derive(Clone, Copy)]
struct Count {
    value: u64,
    printed: bool,
    shown: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Plainly,
    /// As fewer than the limit.
    Fewer,
    /// Not at all, to hide another.
    Withheld,
}

#[derive(Clone)]
struct Sum {
    whole: Id,
    parts: Vec<Id>,
}

/// Counts of which it is settled which are shown.
pub(super) struct Settled {
    limit: u64,
    all: Vec<Count>,
}

impl Unsettled {
    /// No counts yet; 1 to `limit` - 1 is too small to be told.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit,
            all: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// A count that the report prints, be it within a share.
    pub(super) fn printed(&mut self, value: u64) -> Id {
        self.add(value, true)
    }

    /// A count that the report does not print, and that may follow from those that it does.
    pub(super) fn implied(&mut self, value: u64) -> Id {
        self.add(value, false)
    }

    fn add(&mut self, value: u64, printed: bool) -> Id {
        let shown = if (1..self.limit).contains(&value) {
            Shown::Fewer
        } else {
            Shown::Plainly
        };
        self.all.push(Count {
            value,
            printed,
            shown,
        });
        Id(self.all.len() - 1)
    }

    /// How many counts there are so far.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether this count is so large.
    pub(super) fn is(&self, id: Id, value: u64) -> bool {
        self.all[id.0].value == value
    }

    /// This count where it is so large, else a printed one of its own.
    pub(super) fn same_or(&mut self, id: Id, value: u64) -> Id {
        if self.is(id, value) {
            id
        } else {
            self.printed(value)
        }
    }

    /// Tells that `whole` is the sum of `parts`. What is missing to the whole is taken for
    /// one more part that is not printed.
    pub(super) fn sum(&mut self, whole: Id, mut parts: Vec<Id>) {
        let of_parts: u64 = parts.iter().map(|part| self.all[part.0].value).sum();
        let rest = self.all[whole.0].value.checked_sub(of_parts);
        match rest {
            Some(0) => {}
            Some(rest) => parts.push(self.implied(rest)),
            // Parts that overlap tell nothing of each other.
            None => return,
        }
        self.sums.push(Sum { whole, parts });
    }

    /// Tells that one of two counts may be a part of the other.
    pub(super) fn nested(&mut self, one: Id, other: Id) {
        // The one that is larger is no part, and telling so does nothing.
        self.sum(one, vec![other]);
        self.sum(other, vec![one]);
    }

    /// All of these together, which is not printed.
    pub(super) fn total(&mut self, parts: &[Id]) -> Id {
        let total = parts.iter().map(|part| self.all[part.0].value).sum();
        self.implied(total)
    }

    /// A count of `part` among `whole`, printed.
    pub(super) fn part_of(&mut self, whole: Id, part: u64) -> Id {
        let part = self.printed(part);
        self.sum(whole, vec![part]);
        part
    }

    /// Hides what is small, and then as much as keeps it hidden.
    pub(super) fn settle(mut self) -> Settled {
        let mut again = true;
        while again {
            again = false;
            for index in 0..self.sums.len() {
                while self.is_exposed(index) && self.hide_another(index) {
                    again = true;
                }
            }
        }
        Settled {
            limit: self.limit,
            all: self.all,
        }
    }

    /// What somebody who reads the report knows of a count: least and most.
    fn known(&self, id: Id) -> (i128, i128) {
        let count = self.all[id.0];
        let limit = i128::from(self.limit);
        match (count.shown, count.printed) {
            (Shown::Plainly, _) => (i128::from(count.value), i128::from(count.value)),
            (Shown::Fewer, true) => (1, limit - 1),
            (Shown::Withheld, true) => (limit, UNBOUNDED),
            (Shown::Fewer | Shown::Withheld, false) => (0, UNBOUNDED),
        }
    }

    /// Whether a hidden count of the sum follows from the others.
    fn is_exposed(&self, index: usize) -> bool {
        let Sum { whole, parts } = &self.sums[index];
        let parts_known: Vec<_> = parts.iter().map(|id| self.known(*id)).collect();
        let least: i128 = parts_known.iter().map(|it| it.0).sum();
        let most: i128 = parts_known.iter().map(|it| it.1).sum();
        let (whole_least, whole_most) = self.known(*whole);
        let is_settled = |(least, most): (i128, i128), (own_least, own_most): (i128, i128)| {
            own_least < own_most && least.max(own_least) >= most.min(own_most)
        };
        let part_follows = parts_known.iter().any(|own| {
            let by_sum = (whole_least - (most - own.1), whole_most - (least - own.0));
            is_settled(by_sum, *own)
        });
        part_follows || is_settled((least, most), (whole_least, whole_most))
    }

    /// Hides one more count of the sum: first one that is not printed, then the smallest
    /// part, then the whole. `false` when there is none left. A nought stays, because it is
    /// known for one wherever a whole is.
    fn hide_another(&mut self, index: usize) -> bool {
        let Sum { whole, parts } = &self.sums[index];
        let hidable = |id: &&Id| {
            let count = self.all[id.0];
            count.shown == Shown::Plainly && count.value > 0
        };
        let rank = |id: &&Id| {
            let count = self.all[id.0];
            (count.printed, count.value, id.0)
        };
        let part = parts.iter().filter(hidable).min_by_key(rank);
        let Some(id) = part.or_else(|| Some(whole).filter(hidable)).copied() else {
            return false;
        };
        self.all[id.0].shown = Shown::Withheld;
        true
    }
}

impl Id {
    /// Whether it is one of the first `count`.
    pub(super) fn is_before(self, count: usize) -> bool {
        self.0 < count
    }
}

impl Settled {
    /// The cell of a count.
    pub(super) fn count(&self, id: Id) -> Cell {
        let count = self.all[id.0];
        match count.shown {
            Shown::Plainly => Cell::Count(count.value),
            Shown::Fewer => Cell::FewerThan(self.limit),
            Shown::Withheld => Cell::Withheld,
        }
    }

    /// The cell of a share; empty of nothing.
    pub(super) fn share(&self, part: Id, whole: Id) -> Cell {
        let (part, whole) = (self.all[part.0], self.all[whole.0]);
        if whole.value == 0 {
            return Cell::Empty;
        }
        if !part.is_shown() || !whole.is_shown() {
            return Cell::Withheld;
        }
        Share::new(part.value, whole.value).map_or(Cell::Withheld, Cell::Share)
    }

    /// Whether figures that rest on the count may be told.
    pub(super) fn tells(&self, id: Id) -> bool {
        self.all[id.0].is_shown()
    }
}

impl Count {
    fn is_shown(self) -> bool {
        self.shown == Shown::Plainly
    }
}

#[cfg(test)]
mod tests;
