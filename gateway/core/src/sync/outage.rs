//! Times in which the portal could not be reached.
//!
//! What a reader would get wrong: this is what one gateway saw while it had something to
//! send or to ask. A time in which nobody tried is not known to be an outage, and two
//! gateways see the same one at slightly different moments, so times that meet are one.

use jiff::{SignedDuration, Timestamp};

/// A time in which the portal could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outage {
    from: Timestamp,
    until: Timestamp,
}

impl Outage {
    /// The time from `from` until `until`; none where it would end before it begins.
    #[must_use]
    pub fn new(from: Timestamp, until: Timestamp) -> Option<Self> {
        (from <= until).then_some(Self { from, until })
    }

    /// Its first moment.
    #[must_use]
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// The first moment behind it, or the last one at which it was known to go on.
    #[must_use]
    pub fn until(self) -> Timestamp {
        self.until
    }
}

/// Outages in their order, none of which meets another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outages(Vec<Outage>);

impl FromIterator<Outage> for Outages {
    fn from_iter<I: IntoIterator<Item = Outage>>(outages: I) -> Self {
        let mut all: Vec<Outage> = outages.into_iter().collect();
        all.sort_unstable();
        let mut apart: Vec<Outage> = Vec::with_capacity(all.len());
        for outage in all {
            match apart.last_mut() {
                Some(last) if outage.from <= last.until => {
                    last.until = last.until.max(outage.until);
                }
                Some(_) | None => apart.push(outage),
            }
        }
        Self(apart)
    }
}

impl Outages {
    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Outage> {
        self.0.iter().copied()
    }

    /// Whether the portal could not be reached at this moment.
    #[must_use]
    pub fn has(&self, moment: Timestamp) -> bool {
        let behind = self.0.partition_point(|it| it.from <= moment);
        let last = behind.checked_sub(1).and_then(|place| self.0.get(place));
        last.is_some_and(|it| moment < it.until)
    }

    /// How much of the time from `from` until `until` the portal could not be reached.
    #[must_use]
    pub fn within(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let begin = self.0.partition_point(|it| it.until <= from);
        let met = self.0.iter().skip(begin);
        let met = met.take_while(|it| it.from < until);
        let parts = met.map(|it| it.until.min(until).duration_since(it.from.max(from)));
        parts.sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn outages(times: &[(i64, i64)]) -> Outages {
        let all = times.iter();
        all.map(|(from, until)| Outage::new(at(*from), at(*until)).unwrap())
            .collect()
    }

    #[test]
    fn an_outage_does_not_end_before_it_begins() {
        assert!(Outage::new(at(2), at(1)).is_none());
        assert!(Outage::new(at(2), at(2)).is_some());
    }

    #[test]
    fn outages_that_meet_are_one() {
        let told = outages(&[(50, 60), (10, 20), (15, 30), (30, 40), (12, 13)]);
        let apart: Vec<_> = told.iter().map(|it| (it.from(), it.until())).collect();
        assert_eq!(apart, [(at(10), at(40)), (at(50), at(60))]);
    }

    #[test]
    fn the_portal_was_away_from_the_first_moment_until_before_the_last() {
        let told = outages(&[(10, 20), (30, 40)]);
        let away: Vec<i64> = (0..50).filter(|second| told.has(at(*second))).collect();
        let expected: Vec<i64> = (10..20).chain(30..40).collect();
        assert_eq!(away, expected);
        assert!(!Outages::default().has(at(10)));
    }

    #[test]
    fn of_a_time_only_what_lies_in_it_is_counted() {
        let told = outages(&[(10, 20), (30, 40)]);
        for (from, until, expected) in [
            (0, 50, 20),
            (15, 35, 10),
            (12, 14, 2),
            (20, 30, 0),
            (40, 99, 0),
            (35, 20, 0),
        ] {
            let within = told.within(at(from), at(until));
            assert_eq!(
                within,
                SignedDuration::from_secs(expected),
                "{from} to {until}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_counted_is_what_is_there(times in prop::collection::vec((0i64..60, 0i64..9), 0..9), from in 0i64..60, long in 0i64..30) {
            let times: Vec<_> = times.into_iter().map(|(from, long)| (from, from + long)).collect();
            let told = outages(&times);
            let seconds = (from..from + long).filter(|second| told.has(at(*second))).count();
            let within = told.within(at(from), at(from + long));
            prop_assert_eq!(within, SignedDuration::from_secs(i64::try_from(seconds).unwrap()));
        }
    }
}
