//! One attempt at one claim: what is sent or asked, and what it means.
//!
//! What a reader would get wrong: an attempt may be several calls (a number, then the
//! dossier), and all of them together have the time of one. A lease that ran out between
//! two of them would let another worker send the same.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::dossier::Dossier;
use lienthong_core::ports::outbox::{Claim, Intent, OutboxError, Settled, Settlement, Work};
use lienthong_core::ports::portal::{
    PortalAnswer, PortalError, PortalReference, PortalView, SubmissionMode,
};
use lienthong_core::sync::outcome::{
    Decision, NextStep, Sent, Situation, after_question, after_reservation, after_send,
};
use lienthong_core::sync::schedule::Jitter;
use tokio::time::Instant;

use super::{Place, Round, Worker};

/// How an attempt ended before it is settled.
enum Outcome {
    /// It is to be settled so.
    Decided(Decision, Said),
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

impl Worker {
    /// One attempt at one claim. The place is given back when the portal has answered.
    pub(super) async fn work(&self, claim: Claim, place: Place) -> Result<Round, OutboxError> {
        let until = Instant::now() + self.settings.call_budget;
        let ended = match claim.intent {
            Intent::Send => self.send(&claim, until).await?,
            Intent::Ask => self.ask(&claim, until).await,
        };
        drop(place);
        let Outcome::Decided(decision, said) = ended else {
            return Ok(Round::lost());
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
            Settled::LeaseLost => Round::lost(),
        })
    }

    async fn send(&self, claim: &Claim, until: Instant) -> Result<Outcome, OutboxError> {
        let (result, sent) = match &claim.work {
            Work::State(dossier) => {
                let reference = match self.number(claim, dossier, until).await? {
                    Numbered::Known(reference) => reference,
                    Numbered::Lost => return Ok(Outcome::Lost),
                    Numbered::Without(error) => {
                        let decision = after_reservation(&error, self.situation(claim));
                        return Ok(Outcome::Decided(decision, Said::from(&error)));
                    }
                };
                let mode = if claim.known_at_portal {
                    SubmissionMode::Update
                } else {
                    SubmissionMode::Create
                };
                let left = left(until);
                let result = self
                    .portal
                    .submit(dossier, mode, reference.as_ref(), left)
                    .await;
                (result, Sent::State(mode))
            }
            Work::Steps { dossier, steps } => {
                let reference = claim.reference.as_ref();
                let result = self
                    .portal
                    .append_steps(dossier, steps, reference, left(until))
                    .await;
                (result, Sent::Steps(steps.len()))
            }
        };
        let said = result.as_ref().map_or_else(Said::from, Said::from);
        let decision = after_send(&result, sent, self.situation(claim));
        Ok(Outcome::Decided(decision, said))
    }

    /// Where the portal issues the numbers: the dossier's, or a new one, which is kept
    /// before anything is sent under it. After a lost answer the dossier is found by it
    /// only.
    async fn number(
        &self,
        claim: &Claim,
        dossier: &Dossier,
        until: Instant,
    ) -> Result<Numbered, OutboxError> {
        if claim.reference.is_some() || !self.portal.issues_numbers() {
            return Ok(Numbered::Known(claim.reference.clone()));
        }
        // The other half is for the dossier itself.
        let reference = match self.portal.reserve(dossier, left(until) / 2).await {
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

    async fn ask(&self, claim: &Claim, until: Instant) -> Outcome {
        let reference = claim.reference.as_ref();
        let result = if reference.is_none() && self.portal.issues_numbers() {
            // The attempt ended before a number was kept, so nothing was sent.
            Ok(PortalView::Absent)
        } else {
            let dossier = claim.work.dossier();
            self.portal.find(dossier, reference, left(until)).await
        };
        let said = result.as_ref().map_or_else(Said::from, |_| Said::default());
        let decision = after_question(&result, &claim.work, self.situation(claim));
        Outcome::Decided(decision, said)
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

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
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
        Self {
            code: error.upstream_code(),
            text: error.upstream_text(),
            reference: None,
        }
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
