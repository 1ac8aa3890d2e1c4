//! What is counted while the dossiers go by, and nothing that grows with their number.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Figure;
use super::rules::ShareBound;
use super::wording::Words;
use crate::dossier_number::DossierNumber;
use crate::share::{Percent, Share};
use crate::target::Operator;

/// Most example dossiers of a finding.
const MOST_EXAMPLES: usize = 5;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) part: u64,
    pub(super) whole: u64,
}

impl Count {
    pub(super) fn add(&mut self, is: bool) {
        self.part += u64::from(is);
        self.whole += 1;
    }

    pub(super) fn share(self) -> Share {
        // A part is never more than its whole.
        Share::new(self.part, self.whole).unwrap_or_default()
    }

    /// The same of those that are not.
    pub(super) fn opposite(self) -> Self {
        Self {
            part: self.whole - self.part,
            whole: self.whole,
        }
    }

    pub(super) fn figure(self, code: &'static str, vi: &str, en: &str) -> Figure {
        Figure {
            code,
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            numerator: self.part,
            denominator: self.whole,
            value: None,
        }
    }
}

/// A count over all dossiers of a service, and over those that a document speaks of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Both {
    pub(super) all: Count,
    pub(super) covered: Count,
}

impl Both {
    pub(super) fn add(&mut self, covered: bool, is: bool) {
        self.all.add(is);
        if covered {
            self.covered.add(is);
        }
    }

    /// Those that the document speaks of; all, where there is none.
    pub(super) fn of(self, documented: bool) -> Count {
        if documented { self.covered } else { self.all }
    }

    pub(super) fn opposite(self) -> Self {
        Self {
            all: self.all.opposite(),
            covered: self.covered.opposite(),
        }
    }
}

/// Percentages that documents aim at, for the dossiers that are counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Targets(BTreeSet<Option<Percent>>);

impl Targets {
    pub(super) fn note(&mut self, target: Option<Percent>) {
        self.0.insert(target);
    }

    /// The bound to hold a share against: what documents aim at in the place of the shipped
    /// one. Where they differ from dossier to dossier the lowest counts, so that nobody is
    /// held against what the document of another says.
    pub(super) fn bound(&self, shipped: ShareBound) -> (ShareBound, Words) {
        let of = |target: Option<Percent>| target.unwrap_or(shipped.percent);
        let lowest = self.0.iter().copied().map(of).min();
        let stated = self.0.iter().any(Option::is_some);
        let Some(percent) = lowest.filter(|_| stated) else {
            return (shipped, Words::default());
        };
        let bound = ShareBound {
            operator: Operator::AtLeast,
            percent,
        };
        let words = if self.0.len() > 1 {
            Words::new(
                "chỉ tiêu của các hồ sơ khác nhau, lấy mức thấp nhất",
                "the dossiers have different targets, of which the lowest is taken",
            )
        } else {
            Words::new("chỉ tiêu của tài liệu", "the target of a document")
        };
        (bound, words)
    }
}

/// Dossiers that show something: a few, the smallest numbers first.
#[derive(Debug, Clone, Default)]
pub(super) struct Examples(BTreeSet<DossierNumber>);

impl Examples {
    /// Notes a dossier, without copying its number where it would not be kept.
    pub(super) fn note(&mut self, number: &DossierNumber) {
        let full = self.0.len() >= MOST_EXAMPLES;
        if full && self.0.last().is_some_and(|last| last <= number) {
            return;
        }
        self.0.insert(number.clone());
        if self.0.len() > MOST_EXAMPLES {
            self.0.pop_last();
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for number in &other.0 {
            self.note(number);
        }
    }

    pub(super) fn list(&self) -> Vec<DossierNumber> {
        self.0.iter().cloned().collect()
    }
}

/// How often each value was seen: exact medians, whose memory grows with the values and not
/// with the dossiers.
#[derive(Debug, Clone)]
pub(super) struct Histogram<K> {
    counts: BTreeMap<(K, i64), u64>,
}

impl<K> Default for Histogram<K> {
    fn default() -> Self {
        Self {
            counts: BTreeMap::new(),
        }
    }
}

impl<K: Copy + Ord> Histogram<K> {
    pub(super) fn add(&mut self, kind: K, value: i64) {
        *self.counts.entry((kind, value)).or_default() += 1;
    }

    /// The kind that was seen most, the first of equals, how often, and its median; of an
    /// even number the lower one of the two in the middle.
    pub(super) fn median(&self) -> Option<(K, u64, i64)> {
        let mut kinds: BTreeMap<K, u64> = BTreeMap::new();
        for ((kind, _), count) in &self.counts {
            *kinds.entry(*kind).or_default() += count;
        }
        let (kind, seen) = kinds.into_iter().rev().max_by_key(|(_, seen)| *seen)?;
        let middle = seen.div_ceil(2);
        let mut before = 0;
        let of_kind = self.counts.iter().filter(|((it, _), _)| *it == kind);
        for ((_, value), count) in of_kind {
            before += count;
            if before >= middle {
                return Some((kind, seen, *value));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(sequence: u32) -> DossierNumber {
        DossierNumber::parse(&format!("H60.201-260714-{sequence:05}")).unwrap()
    }

    #[test]
    fn the_smallest_five_numbers_are_the_examples() {
        let mut examples = Examples::default();
        for sequence in [9, 3, 7, 1, 8, 2, 3, 6] {
            examples.note(&number(sequence));
        }
        assert_eq!(examples.list(), [1, 2, 3, 6, 7].map(number));
    }

    #[test]
    fn a_median_is_the_lower_middle_of_the_kind_that_was_seen_most() {
        let median = |values: &[(u8, i64)]| {
            let mut histogram = Histogram::default();
            for (kind, value) in values {
                histogram.add(*kind, *value);
            }
            histogram.median()
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(1, 4)]), Some((1, 1, 4)));
        assert_eq!(median(&[(1, 4), (1, 2), (1, 9)]), Some((1, 3, 4)));
        assert_eq!(median(&[(1, 4), (1, 2), (1, 9), (1, 9)]), Some((1, 4, 4)));
        assert_eq!(median(&[(1, 4), (2, 7), (2, 8)]), Some((2, 2, 7)));
        assert_eq!(
            median(&[(1, 4), (2, 7)]),
            Some((1, 1, 4)),
            "the first of equals"
        );
    }

    proptest! {
        #[test]
        fn a_median_is_that_of_the_sorted_values(values in prop::collection::vec(-50i64..50, 1..40)) {
            let mut histogram = Histogram::default();
            for value in &values {
                histogram.add((), *value);
            }
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let expected = sorted[(sorted.len() - 1) / 2];
            prop_assert_eq!(histogram.median().map(|((), _, value)| value), Some(expected));
        }

        #[test]
        fn merged_examples_are_those_of_all(one in prop::collection::vec(0u32..90, 0..30), other in prop::collection::vec(0u32..90, 0..30)) {
            let noted = |sequences: &[u32]| {
                let mut examples = Examples::default();
                for sequence in sequences {
                    examples.note(&number(*sequence));
                }
                examples
            };
            let mut merged = noted(&one);
            merged.merge(&noted(&other));
            let all: Vec<u32> = one.iter().chain(&other).copied().collect();
            prop_assert_eq!(merged.list(), noted(&all).list());
        }
    }
}
