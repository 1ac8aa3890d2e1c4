//! The day's quota of requests, with a warning before it is spent.
//!
//! What counts is requests *sent*, because each is a logged access there: a look-up
//! that was renewed after a 401 counts twice, one that never left counts nothing. One
//! place is kept before sending, so that many calls at once cannot pass the limit with
//! their first requests. The second one after a 401 has no place of its own: when a token
//! ends under calls at work, the limit may be passed by as many requests as there are such
//! calls, and then nothing more is let through on that day.

use std::num::NonZeroU64;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::{Percent, viet_nam_moment};
use crate::wire_time::local_date;

/// What the route allows in a day of Viet Nam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaRule {
    /// Requests in a day.
    pub limit: NonZeroU64,
    /// Share of the limit from which on the operator is warned.
    pub warn_at: Percent,
}

/// What is used of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaStatus {
    /// Requests in a day.
    pub limit: u64,
    /// Requests sent today.
    pub used: u64,
    /// Whether the share is reached from which on the operator is warned.
    pub warned: bool,
    /// When the next day begins.
    pub resets_at: Timestamp,
}

/// What an operator should hear of once a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaNews {
    /// The share is reached from which on a warning is wanted.
    NearlySpent,
    /// Nothing is left.
    Spent,
}

/// The day's quota is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaSpent {
    /// When the next day begins.
    pub resets_at: Timestamp,
}

/// A place in the quota; to be settled with [`Quota::settle`].
#[derive(Debug)]
#[must_use]
pub struct QuotaPlace {
    day: Date,
}

/// Count of one day.
#[derive(Debug, Clone)]
pub struct Quota {
    rule: QuotaRule,
    day: Date,
    used: u64,
    kept: u64,
    told: Option<QuotaNews>,
}

impl Quota {
    /// A quota of which nothing is used.
    #[must_use]
    pub fn new(rule: QuotaRule, now: Timestamp) -> Self {
        Self {
            rule,
            day: local_date(now),
            used: 0,
            kept: 0,
            told: None,
        }
    }

    /// Counts `requests` that were sent earlier on this day, before a restart.
    pub fn seed(&mut self, requests: u64, now: Timestamp) {
        self.turn(now);
        self.used = self.used.saturating_add(requests);
    }

    /// Whether a place is left, without keeping it.
    ///
    /// # Errors
    /// [`QuotaSpent`].
    pub fn check(&mut self, now: Timestamp) -> Result<(), QuotaSpent> {
        self.turn(now);
        if self.used.saturating_add(self.kept) >= self.rule.limit.get() {
            return Err(QuotaSpent {
                resets_at: self.resets_at(),
            });
        }
        Ok(())
    }

    /// Keeps a place for a call about to be sent.
    ///
    /// # Errors
    /// [`QuotaSpent`], also when the places that are left are all kept by others.
    pub fn keep(&mut self, now: Timestamp) -> Result<QuotaPlace, QuotaSpent> {
        self.check(now)?;
        self.kept += 1;
        Ok(QuotaPlace { day: self.day })
    }

    /// Gives a place back and counts the requests that were really sent. What was kept
    /// before midnight counts for that day, and no longer matters after it.
    pub fn settle(&mut self, place: &QuotaPlace, sent: u32, now: Timestamp) {
        self.turn(now);
        if place.day == self.day {
            self.kept = self.kept.saturating_sub(1);
            self.used = self.used.saturating_add(u64::from(sent));
        }
    }

    /// What the operator has not heard of yet today.
    pub fn news(&mut self) -> Option<QuotaNews> {
        let news = if self.used >= self.rule.limit.get() {
            QuotaNews::Spent
        } else if self.is_nearly_spent() {
            QuotaNews::NearlySpent
        } else {
            return None;
        };
        let fresh = match self.told {
            None => true,
            Some(QuotaNews::NearlySpent) => news == QuotaNews::Spent,
            Some(QuotaNews::Spent) => false,
        };
        fresh.then(|| *self.told.insert(news))
    }

    /// What is used at `now`.
    pub fn status(&mut self, now: Timestamp) -> QuotaStatus {
        self.turn(now);
        QuotaStatus {
            limit: self.rule.limit.get(),
            used: self.used,
            warned: self.is_nearly_spent(),
            resets_at: self.resets_at(),
        }
    }

    fn is_nearly_spent(&self) -> bool {
        let percent = u128::from(self.rule.warn_at.get());
        self.used > 0 && u128::from(self.used) * 100 >= u128::from(self.rule.limit.get()) * percent
    }

    fn resets_at(&self) -> Timestamp {
        self.day.tomorrow().map_or(Timestamp::MAX, |next| {
            viet_nam_moment(next.to_datetime(Time::midnight()))
        })
    }

    /// Begins a new day. Never an earlier one: a clock that is set back over midnight
    /// must not give the day's quota out twice.
    fn turn(&mut self, now: Timestamp) {
        let today = local_date(now);
        if today > self.day {
            *self = Self::new(self.rule, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn quota(limit: u64, percent: u8, now: Timestamp) -> Quota {
        let rule = QuotaRule {
            limit: NonZeroU64::new(limit).unwrap(),
            warn_at: Percent::new(percent).unwrap(),
        };
        Quota::new(rule, now)
    }

    fn send(quota: &mut Quota, sent: u32, now: Timestamp) -> Result<(), QuotaSpent> {
        let place = quota.keep(now)?;
        quota.settle(&place, sent, now);
        Ok(())
    }

    #[test]
    fn the_day_of_viet_nam_begins_a_new_quota() {
        let evening = at("2026-11-21T23:59:59+07:00");
        let midnight = at("2026-11-22T00:00:00+07:00");
        let mut quota = quota(2, 80, evening);
        assert_eq!(send(&mut quota, 2, evening), Ok(()));
        let spent = QuotaSpent {
            resets_at: midnight,
        };
        assert_eq!(send(&mut quota, 1, evening), Err(spent));
        assert_eq!(send(&mut quota, 1, midnight), Ok(()));
        assert_eq!(quota.status(midnight).used, 1);
    }

    #[test]
    fn a_clock_that_is_set_back_gives_no_second_quota() {
        let morning = at("2026-11-22T00:10:00+07:00");
        let before = at("2026-11-21T23:50:00+07:00");
        let mut quota = quota(1, 80, morning);
        assert_eq!(send(&mut quota, 1, morning), Ok(()));
        assert!(send(&mut quota, 1, before).is_err());
        assert!(send(&mut quota, 1, morning).is_err());
    }

    #[test]
    fn a_call_that_never_left_counts_nothing_and_one_renewed_counts_twice() {
        let now = Timestamp::UNIX_EPOCH;
        let mut quota = quota(10, 80, now);
        send(&mut quota, 0, now).unwrap();
        assert_eq!(quota.status(now).used, 0);
        send(&mut quota, 2, now).unwrap();
        assert_eq!(quota.status(now).used, 2);
    }

    #[test]
    fn a_call_over_midnight_counts_for_the_day_before() {
        let evening = at("2026-11-21T23:59:59+07:00");
        let morning = at("2026-11-22T00:00:01+07:00");
        let mut quota = quota(1, 80, evening);
        let place = quota.keep(evening).unwrap();
        let other = quota.keep(morning).unwrap();
        quota.settle(&place, 1, morning);
        assert_eq!(quota.status(morning).used, 0);
        quota.settle(&other, 1, morning);
        assert_eq!(quota.status(morning).used, 1);
    }

    #[test]
    fn the_operator_hears_of_each_step_once_a_day() {
        let now = at("2026-11-21T10:00:00+07:00");
        let mut quota = quota(10, 80, now);
        send(&mut quota, 7, now).unwrap();
        assert_eq!(quota.news(), None);
        send(&mut quota, 1, now).unwrap();
        assert_eq!(quota.news(), Some(QuotaNews::NearlySpent));
        assert_eq!(quota.news(), None);
        assert!(quota.status(now).warned);
        send(&mut quota, 2, now).unwrap();
        assert_eq!(quota.news(), Some(QuotaNews::Spent));
        assert_eq!(quota.news(), None);
        let next = at("2026-11-22T10:00:00+07:00");
        send(&mut quota, 8, next).unwrap();
        assert_eq!(quota.news(), Some(QuotaNews::NearlySpent));
    }

    #[test]
    fn what_was_sent_before_a_restart_still_counts() {
        let now = Timestamp::UNIX_EPOCH;
        let mut quota = quota(10, 80, now);
        quota.seed(9, now);
        assert_eq!(send(&mut quota, 1, now), Ok(()));
        assert!(send(&mut quota, 1, now).is_err());
    }

    proptest! {
        #[test]
        fn renewed_calls_pass_the_limit_by_no_more_than_were_at_work(
            limit in 1_u64..50,
            steps in prop::collection::vec((any::<bool>(), 0_u32..=2), 0..200),
        ) {
            let now = Timestamp::UNIX_EPOCH;
            let mut quota = quota(limit, 80, now);
            let mut flying = Vec::new();
            let mut at_work = 0;
            let mut total = 0;
            for (start, sent) in steps {
                if start {
                    let before = quota.status(now).used;
                    let place = quota.keep(now);
                    prop_assert!(place.is_err() || before < limit);
                    flying.extend(place);
                    at_work = at_work.max(u64::try_from(flying.len()).unwrap());
                } else if let Some(place) = flying.pop() {
                    quota.settle(&place, sent, now);
                    total += u64::from(sent);
                }
                prop_assert!(total <= limit + at_work);
            }
            prop_assert_eq!(quota.status(now).used, total);
        }

        #[test]
        fn calls_at_once_never_pass_the_limit(
            limit in 1_u64..50,
            steps in prop::collection::vec(any::<bool>(), 0..200),
        ) {
            let now = Timestamp::UNIX_EPOCH;
            let mut quota = quota(limit, 80, now);
            let mut flying = Vec::new();
            let mut sent = 0;
            for start in steps {
                if start {
                    flying.extend(quota.keep(now));
                } else if let Some(place) = flying.pop() {
                    quota.settle(&place, 1, now);
                    sent += 1;
                }
                prop_assert!(sent + u64::try_from(flying.len()).unwrap() <= limit);
            }
            prop_assert_eq!(quota.status(now).used, sent);
        }
    }
}
