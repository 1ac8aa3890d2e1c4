//! What this gateway remembers of the operations that it works on: their pace, and
//! whether the portal is silent.
//!
//! None of it must survive a restart: an operation that goes on elsewhere begins slowly.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::ports::operations::{Operation, OperationId};
use lienthong_core::sync::retry::Pace;

/// How often the dossiers under way are looked at.
const FOLLOWED_EVERY: SignedDuration = SignedDuration::from_secs(2);

/// First and longest pause after a question that was not answered.
const SILENCE: [Duration; 2] = [Duration::from_secs(30), Duration::from_mins(10)];

/// Questions about one dossier without an answer, after which it is left unanswered: it
/// may be the dossier and not the portal.
const QUESTIONS: u32 = 3;

/// What is remembered of all operations.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<OperationId, Progress>>);

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
    /// Reads and changes what is remembered of `operation`.
    pub(super) fn with<T>(
        &self,
        operation: &Operation,
        now: Timestamp,
        work: impl FnOnce(&mut Progress) -> T,
    ) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let started = &operation.started;
        let progress = all.entry(started.id.clone()).or_insert_with(|| Progress {
            pace: Pace::new(started.per_minute, now),
            followed_at: None,
            silent_until: None,
            silences: 0,
            unanswered: HashMap::new(),
        });
        work(progress)
    }

    /// Forgets an operation that has ended.
    pub(super) fn forget(&self, id: &OperationId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }

    /// Forgets what ended elsewhere: at most so many operations are worked on at once.
    pub(super) fn keep_only(&self, most: usize, present: &OperationId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > most {
            all.retain(|id, _| id == present);
        }
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
    pub(super) fn questions(&mut self, now: Timestamp) -> u32 {
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
        let [first, longest] = SILENCE;
        let pause = first.saturating_mul(1 << self.silences.min(8)).min(longest);
        self.silences = self.silences.saturating_add(1);
        self.silent_until = Some(now.saturating_add(pause).unwrap_or(Timestamp::MAX));
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
