//! What this gateway remembers of the operations that it works on: their pace, and
//! whether the portal is silent.
//!
//! None of it must survive a restart: an operation that goes on elsewhere begins slowly.
//! What a reader would get wrong: beside the pace of each operation there is one of all
//! questions. However many reconciliations run, together they ask the portal no faster than
//! the configuration allows this gateway.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::ports::operations::{Operation, OperationId};
use lienthong_core::sync::retry::Pace;

use super::turns::Turns;

/// How often the dossiers under way are looked at.
const FOLLOWED_EVERY: SignedDuration = SignedDuration::from_secs(2);

/// First and longest pause after a question that was not answered.
const SILENCE: [Duration; 2] = [Duration::from_secs(30), Duration::from_mins(10)];

/// Questions about one dossier without an answer, after which it is left unanswered: it
/// may be the dossier and not the portal.
const QUESTIONS: u32 = 3;

/// What is remembered of all operations.
#[derive(Debug)]
pub(super) struct Memory(Mutex<Remembered>);

#[derive(Debug)]
struct Remembered {
    of: HashMap<OperationId, Progress>,
    questions: Turns,
}

/// What is remembered of one operation.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) pace: Pace,
    followed_at: Option<Timestamp>,
    silent_until: Option<Timestamp>,
    silences: u32,
    /// Questions without an answer, by item.
    unanswered: HashMap<u64, u32>,
}

impl Memory {
    /// Nothing yet; all questions together keep to `per_minute`.
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        Self(Mutex::new(Remembered {
            of: HashMap::new(),
            questions: Turns::new(per_minute),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads and changes what is remembered of `operation`.
    pub(super) fn with<T>(
        &self,
        operation: &Operation,
        now: Timestamp,
        work: impl FnOnce(&mut Progress) -> T,
    ) -> T {
        work(self.lock().progress(operation, now))
    }

    /// Takes leave to ask at most `most` questions for `operation` now. Those that are not
    /// asked are given back.
    pub(super) fn take_questions(&self, operation: &Operation, now: Timestamp, most: u32) -> u32 {
        let mut all = self.lock();
        let own = all.progress(operation, now).questions(now).min(most);
        if own == 0 {
            return 0;
        }
        let taken = all.questions.take(&operation.started.id, now, own);
        let progress = all.progress(operation, now);
        for _ in 0..taken {
            progress.pace.spend();
        }
        taken
    }

    /// `questions` for which leave was taken are not asked.
    pub(super) fn give_back_questions(
        &self,
        operation: &Operation,
        now: Timestamp,
        questions: u32,
    ) {
        let mut all = self.lock();
        for _ in 0..questions {
            all.questions.give_back();
            all.progress(operation, now).pace.give_back();
        }
    }

    /// Forgets an operation that has ended.
    pub(super) fn forget(&self, id: &OperationId) {
        self.lock().of.remove(id);
    }

    /// Forgets what ended elsewhere: only those of `open` go on.
    pub(super) fn keep_only(&self, open: &HashSet<&OperationId>) {
        self.lock().of.retain(|id, _| open.contains(id));
    }
}

impl Remembered {
    fn progress(&mut self, operation: &Operation, now: Timestamp) -> &mut Progress {
        let started = &operation.started;
        self.of
            .entry(started.id.clone())
            .or_insert_with(|| Progress {
                pace: Pace::new(started.per_minute, now),
                followed_at: None,
                silent_until: None,
                silences: 0,
                unanswered: HashMap::new(),
            })
    }
}

impl Progress {
    /// Whether the dossiers under way are to be looked at now.
    pub(super) fn may_follow(&mut self, now: Timestamp) -> bool {
        let may = self.followed_at.is_none_or(|at| {
            let since = now.duration_since(at);
            since >= FOLLOWED_EVERY || since.is_negative()
        });
        if may {
            self.followed_at = Some(now);
        }
        may
    }

    /// Questions that may be asked now.
    fn questions(&mut self, now: Timestamp) -> u32 {
        match self.silent_until {
            Some(until) if now < until => 0,
            // One shows whether the portal is back.
            Some(_) => self.pace.allowance(now).min(1),
            None => self.pace.allowance(now),
        }
    }

    /// The portal answered.
    pub(super) fn heard(&mut self, item: u64) {
        self.silent_until = None;
        self.silences = 0;
        self.unanswered.remove(&item);
    }

    /// The portal did not answer the question about `item`; whether to give the item up.
    pub(super) fn silent(&mut self, item: u64, now: Timestamp) -> bool {
        // Questions that were on their way together are one silence.
        if self.silent_until.is_none_or(|until| until <= now) {
            let [first, longest] = SILENCE;
            let pause = first.saturating_mul(1 << self.silences.min(8)).min(longest);
            self.silences = self.silences.saturating_add(1);
            self.silent_until = Some(now.saturating_add(pause).unwrap_or(Timestamp::MAX));
        }
        let questions = self.unanswered.entry(item).or_default();
        *questions += 1;
        let give_up = *questions >= QUESTIONS;
        if give_up {
            self.unanswered.remove(&item);
        }
        give_up
    }

    /// The portal was not asked at all, because it is left alone.
    pub(super) fn left_alone(&mut self, left: Duration, now: Timestamp) {
        let pause = left.clamp(Duration::from_secs(1), SILENCE[1]);
        self.silent_until = Some(now.saturating_add(pause).unwrap_or(Timestamp::MAX));
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Memory;
    use crate::sync::operations::ground::{Ground, rate};

    #[test]
    fn several_questions_that_are_not_answered_together_are_one_silence() {
        let memory = Memory::new(rate(120));
        let operation = Ground::running("c1");
        let at = |second| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let silent = |item, second| {
            memory.with(&operation, at(second), |progress| {
                progress.silent(item, at(second))
            })
        };
        for item in 1..=4 {
            assert!(!silent(item, 0));
        }
        assert_eq!(memory.take_questions(&operation, at(29), 4), 0);
        assert_eq!(memory.take_questions(&operation, at(30), 4), 1);
        // The next silence is longer.
        assert!(!silent(1, 30));
        assert_eq!(memory.take_questions(&operation, at(89), 4), 0);
        assert_eq!(memory.take_questions(&operation, at(90), 4), 1);
    }
}
