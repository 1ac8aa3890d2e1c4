//! One pace of questions that several operations share, each in its turn.
//!
//! What a reader would get wrong: without turns the operation that happens to look first
//! each time would take all, and another one would wait for its end.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::ports::operations::OperationId;
use lienthong_core::sync::retry::Pace;

/// An operation that has not asked for its turn for so long has ended or was taken over.
const GONE: SignedDuration = SignedDuration::from_secs(5);

/// The shared pace, and who waits for it.
#[derive(Debug)]
pub(super) struct Turns {
    per_minute: NonZeroU32,
    /// Begun with the first question.
    pace: Option<Pace>,
    /// Longest waiting first, each with the moment when it last asked.
    waiting: VecDeque<(OperationId, Timestamp)>,
}

impl Turns {
    /// At most `per_minute` questions in any minute, of all operations together.
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        Self {
            per_minute,
            pace: None,
            waiting: VecDeque::new(),
        }
    }

    fn pace(&mut self, now: Timestamp) -> &mut Pace {
        let per_minute = self.per_minute;
        self.pace.get_or_insert_with(|| Pace::new(per_minute, now))
    }

    /// How many of `wanted` questions (at least one) `operation` may ask now; they are spent.
    pub(super) fn take(&mut self, operation: &OperationId, now: Timestamp, wanted: u32) -> u32 {
        // A clock that was set back makes everybody wait anew.
        self.waiting
            .retain(|(_, at)| *at <= now && now.duration_since(*at) < GONE);
        let allowed = self.pace(now).allowance(now).min(wanted);
        let first = self.waiting.front().is_none_or(|(id, _)| id == operation);
        if allowed == 0 || !first {
            match self.waiting.iter_mut().find(|(id, _)| id == operation) {
                Some((_, at)) => *at = now,
                None => self.waiting.push_back((operation.clone(), now)),
            }
            return 0;
        }
        self.waiting.retain(|(id, _)| id != operation);
        let pace = self.pace(now);
        for _ in 0..allowed {
            pace.spend();
        }
        allowed
    }

    /// One question that was spent is not asked.
    pub(super) fn give_back(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> OperationId {
        OperationId::parse(name).unwrap()
    }

    /// Every second `names` ask in this order; how many questions each got in a minute.
    fn minute(turns: &mut Turns, names: &[&str]) -> Vec<u32> {
        let mut got = vec![0; names.len()];
        for second in 0..60 {
            let now = Timestamp::from_second(second).unwrap();
            for (got, name) in got.iter_mut().zip(names) {
                *got += turns.take(&id(name), now, 4);
            }
        }
        got
    }

    #[test]
    fn whoever_always_looks_first_does_not_get_it_all() {
        let mut turns = Turns::new(NonZeroU32::new(60).unwrap());
        let got = minute(&mut turns, &["a", "b", "c"]);
        let (least, most) = (got.iter().min().unwrap(), got.iter().max().unwrap());
        assert!(most - least <= 4, "{got:?}");
        assert!((50..=60).contains(&got.iter().sum::<u32>()), "{got:?}");
    }

    #[test]
    fn one_alone_gets_the_whole_pace() {
        let mut turns = Turns::new(NonZeroU32::new(60).unwrap());
        let got = minute(&mut turns, &["a"]);
        assert!((50..=60).contains(&got[0]), "{got:?}");
    }

    #[test]
    fn one_that_is_gone_holds_nobody_up() {
        let mut turns = Turns::new(NonZeroU32::new(60).unwrap());
        let at = |second| Timestamp::from_second(second).unwrap();
        while turns.take(&id("a"), at(0), 4) > 0 {}
        assert_eq!(turns.take(&id("b"), at(0), 4), 0);
        assert_eq!(
            turns.take(&id("c"), at(3), 1),
            0,
            "the turn of a, then of b"
        );
        assert_eq!(turns.take(&id("c"), at(6), 1), 1);
    }
}
