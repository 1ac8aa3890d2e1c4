//! One attempt at one claim: what is sent or asked, and what it means.
//!
//! What a reader would get wrong: an attempt may be several calls (a number, then the
//! dossier), and all of them together have the time of one. A lease that ran out between
//! two of them would let another worker send the same. Where too little time is left, or
//! our own protection of the portal holds a call back, nothing is sent, and the claim goes
//! back as if it had never been made.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::dossier::Dossier;
use lienthong_core::ports::outbox::{
    AskReason, Claim, Intent, OutboxError, PutBack, Settled, Settlement, Work,
};
use lienthong_core::ports::portal::{PortalError, PortalReference, SubmissionMode};
use lienthong_core::sync::outcome::{
    Decision, NextStep, Sent, Situation, after_reservation, after_send,
};
use lienthong_core::sync::question::{Question, after_question, is_sent_unasked, without_asking};
use lienthong_core::sync::schedule::Jitter;
use tokio::time::Instant;

use super::said::Said;
use super::{Place, Round, Worker};

/// How an attempt ended before it is settled.
enum Outcome {
    /// It is to be settled so.
    Decided(Decision, Said),
    /// Nothing was sent or asked: the claim goes back, and is due after this time.
    NotBegun(Duration),
    /// Another worker has taken the claim over.
    Lost,
}

/// The number under which the portal is to know the dossier.
enum Numbered {
    /// This one; none where the dossier's own is used.
    Known(Option<PortalReference>),
    /// None could be had.
    Without(PortalError),
    /// Another worker has taken the claim over.
    Lost,
}

/// The time for an attempt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    /// No call lasts longer than this: the lease is over soon after.
    pub(super) until: Instant,
    /// An attempt with less time than this is not begun.
    pub(super) least: Duration,
}

impl Time {
    fn left(self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// What is left, if it is worth a call.
    fn enough(self, least: Duration) -> Option<Duration> {
        let left = self.left();
        (left >= least).then_some(left)
    }
}

/// Pause before work is claimed again for which there was no time.
const BREATH: Duration = Duration::from_secs(1);

impl Worker {
    /// One attempt at one claim. The place is given back when the portal has answered.
    pub(super) async fn work(
        &self,
        claim: Claim,
        time: Time,
        place: Place,
    ) -> Result<Round, OutboxError> {
        let ended = match claim.intent {
            Intent::Send => self.send(&claim, time).await?,
            Intent::Ask(why) => self.ask(&claim, why, time).await?,
        };
        drop(place);
        match ended {
            Outcome::Decided(decision, said) => self.settle(&claim, decision, said).await,
            Outcome::NotBegun(pause) => self.put_back(&claim, pause).await,
            Outcome::Lost => Ok(Round::lost()),
        }
    }

    async fn settle(
        &self,
        claim: &Claim,
        decision: Decision,
        said: Said,
    ) -> Result<Round, OutboxError> {
        tell(claim, decision);
        let settled = self
            .outbox
            .settle(Settlement {
                task: claim.task,
                fence: claim.fence,
                dossier: claim.work.dossier().clone(),
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
            Settled::LeaseLost => Round::lost(),
        })
    }

    async fn put_back(&self, claim: &Claim, pause: Duration) -> Result<Round, OutboxError> {
        let dossier = claim.work.dossier();
        tracing::debug!(
            dossier.code = %dossier, task.id = claim.task,
            "an attempt is not begun now, and costs the dossier nothing",
        );
        let now = self.clock.now();
        let settled = self
            .outbox
            .put_back(PutBack {
                task: claim.task,
                fence: claim.fence,
                dossier: dossier.clone(),
                intent: claim.intent,
                due_at: now.checked_add(pause).unwrap_or(now),
            })
            .await?;
        Ok(match settled {
            Settled::Recorded => Round::put_back(),
            Settled::LeaseLost => Round::lost(),
        })
    }

    async fn send(&self, claim: &Claim, time: Time) -> Result<Outcome, OutboxError> {
        let (result, sent) = match &claim.work {
            Work::State(dossier) => {
                if time.enough(time.least).is_none() {
                    return Ok(Outcome::NotBegun(BREATH));
                }
                let reference = match self.number(claim, dossier, time).await? {
                    Numbered::Known(reference) => reference,
                    Numbered::Lost => return Ok(Outcome::Lost),
                    Numbered::Without(error) => return Ok(self.without_number(claim, &error)),
                };
                let mode = if claim.known_at_portal {
                    SubmissionMode::Update
                } else {
                    SubmissionMode::Create
                };
                // A number may have taken half of the time, and its keeping any time.
                let Some(left) = time.enough(time.least / 2) else {
                    return Ok(Outcome::NotBegun(BREATH));
                };
                let result = self
                    .portal
                    .submit(dossier, mode, reference.as_ref(), left)
                    .await;
                (result, Sent::State(mode))
            }
            Work::Steps { dossier, steps } => {
                let Some(left) = time.enough(time.least) else {
                    return Ok(Outcome::NotBegun(BREATH));
                };
                let reference = claim.reference.as_ref();
                let result = self
                    .portal
                    .append_steps(dossier, steps, reference, left)
                    .await;
                (result, Sent::Steps(steps.len()))
            }
        };
        if let Some(not_begun) = result.as_ref().err().and_then(not_begun) {
            return Ok(not_begun);
        }
        let said = result.as_ref().map_or_else(Said::from, Said::from);
        let decision = after_send(&result, sent, self.situation(claim));
        Ok(Outcome::Decided(decision, said))
    }

    fn without_number(&self, claim: &Claim, error: &PortalError) -> Outcome {
        if let Some(not_begun) = not_begun(error) {
            return not_begun;
        }
        let decision = after_reservation(error, self.situation(claim));
        Outcome::Decided(decision, Said::from(error))
    }

    /// Where the portal issues the numbers: the dossier's, or a new one, which is kept
    /// before anything is sent under it. After a lost answer the dossier is found by it
    /// only.
    async fn number(
        &self,
        claim: &Claim,
        dossier: &Dossier,
        time: Time,
    ) -> Result<Numbered, OutboxError> {
        if claim.reference.is_some() || !self.portal.issues_numbers() {
            return Ok(Numbered::Known(claim.reference.clone()));
        }
        // The other half is for the dossier itself.
        let reference = match self.portal.reserve(dossier, time.left() / 2).await {
            Ok(reference) => reference,
            Err(error) => return Ok(Numbered::Without(error)),
        };
        let kept = self
            .outbox
            .keep_reference(claim.task, claim.fence, &reference)
            .await?;
        Ok(match kept {
            Settled::Recorded => Numbered::Known(Some(reference)),
            Settled::LeaseLost => Numbered::Lost,
        })
    }

    async fn ask(&self, claim: &Claim, why: AskReason, time: Time) -> Result<Outcome, OutboxError> {
        let reference = claim.reference.as_ref();
        let numbers = self.portal.issues_numbers();
        let known = without_asking(numbers, reference, claim.known_at_portal, why);
        let result = if let Some(known) = known {
            known
        } else {
            let Some(left) = time.enough(time.least) else {
                return Ok(Outcome::NotBegun(BREATH));
            };
            self.portal
                .find(claim.work.dossier(), reference, left)
                .await
        };
        if is_sent_unasked(&result, &claim.work, self.portal.repeats_states()) {
            return self.send(claim, time).await;
        }
        if let Some(not_begun) = result.as_ref().err().and_then(not_begun) {
            return Ok(not_begun);
        }
        let said = result.as_ref().map_or_else(Said::from, |_| Said::default());
        let question = Question {
            work: &claim.work,
            earlier_steps: &claim.earlier_steps,
            without_list: self.settings.steps_without_list,
        };
        let decision = after_question(&result, question, self.situation(claim));
        Ok(Outcome::Decided(decision, said))
    }

    fn situation(&self, claim: &Claim) -> Situation<'_> {
        Situation {
            attempt: claim.attempt,
            spent: claim.spent,
            schedule: &self.settings.schedule,
            now: self.clock.now(),
            late_effect: self.settings.call_budget,
            jitter: Jitter::new(rand::random::<f64>()),
        }
    }
}

/// What follows from an error of ours, which nothing was sent before.
fn not_begun(error: &PortalError) -> Option<Outcome> {
    match error {
        // Nothing is claimed while the portal is left alone.
        PortalError::BreakerOpen => Some(Outcome::NotBegun(Duration::ZERO)),
        PortalError::Busy => Some(Outcome::NotBegun(BREATH)),
        PortalError::Unreachable
        | PortalError::Interrupted
        | PortalError::TimedOut
        | PortalError::CertificateRejected
        | PortalError::SessionRefused { .. }
        | PortalError::Throttled { .. }
        | PortalError::OutOfService { .. }
        | PortalError::Rejected { .. }
        | PortalError::MappingMissing { .. }
        | PortalError::FieldNotCarried { .. }
        | PortalError::FileUnreachable { .. }
        | PortalError::AccessDenied { .. }
        | PortalError::NotOffered { .. }
        | PortalError::Failed { .. }
        | PortalError::Nonsense { .. } => None,
    }
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
