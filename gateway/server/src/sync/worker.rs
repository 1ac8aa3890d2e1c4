//! The sync worker: claims due work, brings it to the portal, settles it.
//!
//! A claim is committed before the portal is called, and no transaction is open
//! during the call. After a crash nothing is special: the lease runs out, and what
//! was under way comes back as a question. [`Worker::run_due`] does one round, so
//! that tests need no sleeping; [`Worker::run`] calls it in a loop.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, Intent, Outbox, OutboxError, Settled, Settlement, Work,
};
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, SubmissionMode,
};
use lienthong_core::sync::outcome::{
    Decision, NextStep, Sent, Situation, after_question, after_send,
};
use lienthong_core::sync::schedule::{Jitter, Schedule};
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// Longest sleep of the loop: work that another process records is seen after it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// Pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// How the worker works.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// When failed attempts are tried again.
    pub schedule: Schedule,
    /// How long a claim holds; longer than the longest call to the portal.
    pub lease: Duration,
    /// Time for one call to the portal.
    pub call_budget: Duration,
    /// Most dossiers worked on at once.
    pub parallel: NonZeroUsize,
    /// Name of this worker in the attempts.
    pub name: String,
}

/// Brings events to the portal.
#[derive(Clone)]
pub struct Worker {
    outbox: Arc<dyn Outbox>,
    portal: Arc<dyn Portal>,
    clock: Arc<dyn Clock>,
    settings: Arc<WorkerSettings>,
    recorded: Arc<Notify>,
}

/// Attempts under way.
type Attempts = JoinSet<Result<Round, OutboxError>>;

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Claims worked on.
    pub claims: usize,
    /// Claims whose work the portal accepted.
    pub accepted: usize,
    /// Claims that failed without effect and are tried again.
    pub postponed: usize,
    /// Claims with unknown effect, to be asked about.
    pub unknown: usize,
    /// Claims left to a person.
    pub given_up: usize,
    /// Claims that another worker had taken over.
    pub lost: usize,
}

impl Worker {
    /// A worker between `outbox` and `portal` that wakes up when `recorded` is
    /// notified.
    #[must_use]
    pub fn new(
        outbox: Arc<dyn Outbox>,
        portal: Arc<dyn Portal>,
        clock: Arc<dyn Clock>,
        settings: WorkerSettings,
        recorded: Arc<Notify>,
    ) -> Self {
        Self {
            outbox,
            portal,
            clock,
            settings: Arc::new(settings),
            recorded,
        }
    }

    /// Does all that is due now, until nothing is due any more.
    ///
    /// # Errors
    /// [`OutboxError`] when the store fails; what was claimed comes back by its lease.
    pub async fn run_due(&self) -> Result<Round, OutboxError> {
        let mut total = Round::default();
        loop {
            let round = self.one_batch().await?;
            if round.claims == 0 {
                return Ok(total);
            }
            total.add(round);
        }
    }

    /// Works until `stop` is cancelled; attempts under way are finished first. A place
    /// is filled again as soon as it is free, so that a slow dossier holds up no other.
    pub async fn run(&self, stop: CancellationToken) {
        let mut running = JoinSet::new();
        while !(stop.is_cancelled() && running.is_empty()) {
            let pause = if stop.is_cancelled() {
                LONGEST_SLEEP
            } else {
                self.fill_and_pause(&mut running).await
            };
            // Told to stop while it was filling: nothing below would wake it.
            if stop.is_cancelled() && running.is_empty() {
                return;
            }
            tokio::select! {
                Some(ended) = running.join_next() => {
                    if let Err(error) = finished(ended) {
                        tracing::error!(%error, "an attempt's end could not be recorded");
                    }
                }
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                () = self.recorded.notified(), if !stop.is_cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Fills the free places; how long to sleep when nothing happens by itself.
    async fn fill_and_pause(&self, running: &mut Attempts) -> Duration {
        match self.fill(running).await {
            // Whatever is due waits for a place, and a place becomes free by an event.
            Ok(_) if running.len() >= self.settings.parallel.get() => LONGEST_SLEEP,
            Ok(_) => self.pause().await,
            Err(error) => {
                tracing::error!(%error, "the sync worker cannot use its store");
                STORE_PAUSE
            }
        }
    }

    /// How long to sleep when nothing is due.
    async fn pause(&self) -> Duration {
        match self.outbox.next_due().await {
            Ok(Some(due)) => {
                let wait = due
                    .duration_since(self.clock.now())
                    .max(SignedDuration::ZERO);
                Duration::try_from(wait)
                    .unwrap_or(LONGEST_SLEEP)
                    .min(LONGEST_SLEEP)
            }
            Ok(None) => LONGEST_SLEEP,
            Err(_) => STORE_PAUSE,
        }
    }

    /// One claim for each place, and waits for all of them.
    async fn one_batch(&self) -> Result<Round, OutboxError> {
        let mut running = JoinSet::new();
        let mut round = Round {
            claims: self.fill(&mut running).await?,
            ..Round::default()
        };
        let mut failure = None;
        while let Some(ended) = running.join_next().await {
            match finished(ended) {
                Ok(done) => round.add(done),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(round), Err)
    }

    /// Begins an attempt in every free place for which something is due.
    async fn fill(&self, running: &mut Attempts) -> Result<usize, OutboxError> {
        let free = self.settings.parallel.get().saturating_sub(running.len());
        let Some(limit) = NonZeroUsize::new(free) else {
            return Ok(0);
        };
        let claims = self
            .outbox
            .claim(ClaimRequest {
                now: self.clock.now(),
                lease: self.settings.lease,
                limit,
                steps_per_call: NonZeroUsize::new(self.portal.steps_per_call())
                    .unwrap_or(NonZeroUsize::MIN),
                worker: self.settings.name.clone(),
            })
            .await?;
        let taken = claims.len();
        for claim in claims {
            let worker = self.clone();
            running.spawn(async move { worker.work(claim).await });
        }
        Ok(taken)
    }

    /// One attempt at one claim.
    async fn work(&self, claim: Claim) -> Result<Round, OutboxError> {
        let (decision, said) = match claim.intent {
            Intent::Send => self.send(&claim).await,
            Intent::Ask => self.ask(&claim).await,
        };
        tell(&claim, decision);
        let settled = self
            .outbox
            .settle(Settlement {
                task: claim.task,
                fence: claim.fence,
                ended_at: self.clock.now(),
                outcome: decision.outcome,
                upstream_code: said.code,
                upstream_text: said.text,
                next: decision.next,
                known_at_portal: decision.known_at_portal,
                reference: said.reference,
            })
            .await?;
        Ok(match settled {
            Settled::Recorded => Round::of(decision.next),
            Settled::LeaseLost => Round {
                lost: 1,
                ..Round::default()
            },
        })
    }

    async fn send(&self, claim: &Claim) -> (Decision, Said) {
        let budget = self.settings.call_budget;
        let reference = claim.reference.as_ref();
        let (result, sent) = match &claim.work {
            Work::State(dossier) => {
                let mode = if claim.known_at_portal {
                    SubmissionMode::Update
                } else {
                    SubmissionMode::Create
                };
                (
                    self.portal.submit(dossier, mode, reference, budget).await,
                    Sent::State(mode),
                )
            }
            Work::Steps { dossier, steps } => {
                let result = self
                    .portal
                    .append_steps(dossier, steps, reference, budget)
                    .await;
                (result, Sent::Steps(steps.len()))
            }
        };
        let said = result.as_ref().map_or_else(Said::from, Said::from);
        (after_send(&result, sent, self.situation(claim)), said)
    }

    async fn ask(&self, claim: &Claim) -> (Decision, Said) {
        let result = self
            .portal
            .find(
                claim.work.dossier(),
                claim.reference.as_ref(),
                self.settings.call_budget,
            )
            .await;
        let said = result.as_ref().map_or_else(Said::from, |_| Said::default());
        (
            after_question(&result, &claim.work, self.situation(claim)),
            said,
        )
    }

    fn situation(&self, claim: &Claim) -> Situation<'_> {
        Situation {
            attempt: claim.attempt,
            spent: claim.spent,
            schedule: &self.settings.schedule,
            now: self.clock.now(),
            jitter: Jitter::new(rand::random::<f64>()),
        }
    }
}

/// What an attempt did; one that ended in a panic comes back by its lease.
fn finished(ended: Result<Result<Round, OutboxError>, JoinError>) -> Result<Round, OutboxError> {
    ended.unwrap_or_else(|_| {
        tracing::error!("an attempt at the portal ended in a panic");
        Ok(Round::default())
    })
}

fn tell(claim: &Claim, decision: Decision) {
    let dossier = claim.work.dossier();
    match decision.outcome.cause() {
        None => tracing::debug!(
            dossier.code = %dossier, task.id = claim.task, attempt = claim.attempt,
            outcome = ?decision.outcome, "attempt at the portal",
        ),
        Some(cause) => tracing::warn!(
            dossier.code = %dossier, task.id = claim.task, attempt = claim.attempt,
            cause = cause.name(), next = next_name(decision.next),
            until = until(decision.next).map(tracing::field::display),
            "an attempt at the portal failed",
        ),
    }
}

/// What the portal said in words.
#[derive(Debug, Default)]
struct Said {
    code: String,
    text: String,
    reference: Option<PortalReference>,
}

impl From<&PortalAnswer> for Said {
    fn from(answer: &PortalAnswer) -> Self {
        Self {
            code: answer.code.clone(),
            text: answer.text.clone(),
            reference: answer.reference.clone(),
        }
    }
}

impl From<&PortalError> for Said {
    fn from(error: &PortalError) -> Self {
        error.said().map_or_else(Self::default, |said| Self {
            code: said.code().to_owned(),
            text: said.text().to_owned(),
            reference: None,
        })
    }
}

impl Round {
    fn of(next: NextStep) -> Self {
        let mut round = Self::default();
        match next {
            NextStep::Accepted { .. } => round.accepted = 1,
            NextStep::SendNow | NextStep::SendAt(_) => round.postponed = 1,
            NextStep::AskAt(_) => round.unknown = 1,
            NextStep::Refuse | NextStep::GiveUp => round.given_up = 1,
        }
        round
    }

    fn add(&mut self, other: Self) {
        self.claims += other.claims;
        self.accepted += other.accepted;
        self.postponed += other.postponed;
        self.unknown += other.unknown;
        self.given_up += other.given_up;
        self.lost += other.lost;
    }
}

fn next_name(next: NextStep) -> &'static str {
    match next {
        NextStep::Accepted { .. } => "accepted",
        NextStep::SendNow => "send now",
        NextStep::SendAt(_) => "send later",
        NextStep::AskAt(_) => "ask later",
        NextStep::Refuse => "left to a person: refused",
        NextStep::GiveUp => "left to a person: attempts used up",
    }
}

fn until(next: NextStep) -> Option<Timestamp> {
    match next {
        NextStep::SendAt(at) | NextStep::AskAt(at) => Some(at),
        NextStep::Accepted { .. } | NextStep::SendNow | NextStep::Refuse | NextStep::GiveUp => None,
    }
}

#[cfg(test)]
mod tests;
