//! A portal that keeps what it is given, and a worker that obeys the decisions.
//!
//! What the portal *does* and what it *says* are chosen apart, call by call, as in
//! the field; the worker sees only what it says.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::super::*;
use super::LATE;
use crate::dossier::{Step, samples};
use crate::ports::outbox::Work;
use crate::ports::portal::{PortalView, StepMark, StepsThere};
use crate::sync::question::{Question, StepsWithoutList, after_question};

/// What was recorded of one dossier, in order.
#[derive(Debug, Clone)]
pub(super) enum Recorded {
    State(String),
    Step(Step),
}

/// How much of a call has its effect.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    None,
    /// At most this many steps; nothing of a state.
    FirstSteps(usize),
    Whole,
}

/// What comes of one call.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    /// Done as asked, answered truthfully.
    Truthful,
    /// Certainly without effect.
    TurnedAway(PortalError),
    /// The effect is there or not, and the answer does not come.
    Lost(PortalError, Effect),
    /// The effect is there or not, and the answer is in no table.
    Mumbles(Effect),
    /// Says the opposite of what it holds, and does nothing.
    Contradicts,
    /// The gateway stops in the middle of the call.
    Crash(Effect),
}

/// The portal, for one dossier.
#[derive(Debug, Default)]
pub(super) struct ModelPortal {
    /// Newest state.
    pub(super) held: Option<String>,
    /// Creates that had an effect.
    pub(super) creates: usize,
    /// Every step that had an effect.
    pub(super) steps: Vec<StepMark>,
    /// Whether a look-up lists the steps.
    pub(super) lists_steps: bool,
    /// Steps that had an effect, and whose answer did not tell so.
    pub(super) lost_steps: usize,
}

impl ModelPortal {
    fn apply(&mut self, work: &Work, sent: Sent, effect: Effect) -> Reading {
        match (work, sent, self.held.is_some()) {
            (Work::State(_), Sent::State(SubmissionMode::Create), true) => Reading::AlreadyThere,
            (Work::State(_), Sent::State(SubmissionMode::Update), false)
            | (Work::Steps { .. }, _, false) => Reading::NotThere,
            (Work::State(dossier), sent, _) => {
                if matches!(effect, Effect::Whole) {
                    self.held = Some(dossier.summary.as_str().to_owned());
                    self.creates += usize::from(sent == Sent::State(SubmissionMode::Create));
                }
                Reading::Accepted
            }
            (Work::Steps { steps, .. }, _, true) => {
                let done = match effect {
                    Effect::None => 0,
                    Effect::FirstSteps(most) => most,
                    Effect::Whole => steps.len(),
                };
                self.steps.extend(steps.iter().take(done).map(StepMark::of));
                Reading::Accepted
            }
        }
    }

    fn lose(&mut self, work: &Work, sent: Sent, effect: Effect) {
        let before = self.steps.len();
        self.apply(work, sent, effect);
        self.lost_steps += self.steps.len() - before;
    }

    /// `None` when the gateway did not live to hear the answer.
    fn send(
        &mut self,
        work: &Work,
        sent: Sent,
        fate: Fate,
    ) -> Option<Result<PortalAnswer, PortalError>> {
        let reading = match fate {
            Fate::Truthful => self.apply(work, sent, Effect::Whole),
            Fate::TurnedAway(error) => return Some(Err(error)),
            Fate::Lost(error, effect) => {
                self.lose(work, sent, effect);
                return Some(Err(error));
            }
            Fate::Mumbles(effect) => {
                self.lose(work, sent, effect);
                Reading::NotUnderstood
            }
            Fate::Contradicts if sent == Sent::State(SubmissionMode::Create) => {
                Reading::AlreadyThere
            }
            Fate::Contradicts => Reading::NotThere,
            Fate::Crash(effect) => {
                self.lose(work, sent, effect);
                return None;
            }
        };
        Some(Ok(PortalAnswer {
            reading,
            code: String::new(),
            text: String::new(),
            reference: None,
        }))
    }

    fn find(&self, work: &Work, fate: Fate) -> Option<Result<PortalView, PortalError>> {
        let there = match fate {
            Fate::Truthful => self.held.is_some(),
            Fate::TurnedAway(error) | Fate::Lost(error, _) => return Some(Err(error)),
            // A state survives a false answer. About steps no false answer is made
            // up: with one, no rule could tell a step that arrived.
            Fate::Contradicts if matches!(work, Work::State(_)) => self.held.is_none(),
            Fate::Contradicts | Fate::Mumbles(_) => {
                return Some(Err(PortalError::Nonsense {
                    problem: "mumbled",
                    said: None,
                }));
            }
            Fate::Crash(_) => return None,
        };
        Some(Ok(if there {
            let steps = if self.lists_steps {
                StepsThere::Listed(self.steps.clone())
            } else {
                StepsThere::NotCarried
            };
            PortalView::Present {
                status: None,
                steps,
                details: Box::default(),
            }
        } else {
            PortalView::Absent
        }))
    }

    /// How many steps stand there behind `earlier` ones, as a person who looks sees it.
    fn found_by_a_person(&self, earlier: &[StepMark]) -> usize {
        self.steps.len() - earlier.len()
    }

    /// Whether everything in `work` up to `events` has had its effect, behind `earlier`
    /// steps of the dossier.
    fn has(&self, work: &Work, events: usize, earlier: &[StepMark]) -> bool {
        let times = |marks: &[StepMark], mark: &StepMark| {
            marks.iter().filter(|other| *other == mark).count()
        };
        match work {
            Work::State(dossier) => self.held.as_deref() == Some(dossier.summary.as_str()),
            Work::Steps { steps, .. } => {
                let steps: Vec<StepMark> = steps[..events].iter().map(StepMark::of).collect();
                let wanted = [earlier, &steps].concat();
                steps
                    .iter()
                    .all(|step| times(&self.steps, step) >= times(&wanted, step))
            }
        }
    }
}

/// The marks of the steps among `events`.
pub(super) fn marks(events: &[Recorded]) -> Vec<StepMark> {
    let mark = |event: &Recorded| match event {
        Recorded::Step(step) => Some(StepMark::of(step)),
        Recorded::State(_) => None,
    };
    events.iter().filter_map(mark).collect()
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// All events are accepted.
    Accepted,
    /// The schedule ran out.
    Dead,
    /// More calls than allowed.
    Endless,
}

/// Where the oldest event that is not accepted stands.
#[derive(Debug, Clone, Copy)]
enum Head {
    Pending,
    Waiting(Timestamp),
    Unknown(Timestamp),
}

/// A worker for one dossier.
#[derive(Debug)]
pub(super) struct Worker<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) steps_per_call: usize,
    pub(super) known_at_portal: bool,
    pub(super) jitter: f64,
    pub(super) without_list: StepsWithoutList,
    /// Calls after which it is stopped.
    pub(super) most_calls: usize,
    /// Calls made.
    pub(super) calls: usize,
}

/// How long a claim holds.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

impl Worker<'_> {
    /// Brings `events` to `portal`; once `fates` are used up, the portal is truthful.
    ///
    /// Panics when an event is called accepted whose effect is not there, and when a
    /// wait does not lie in the future.
    pub(super) fn run(
        &mut self,
        events: &[Recorded],
        portal: &mut ModelPortal,
        fates: Vec<Fate>,
    ) -> Ended {
        let mut fates = fates.into_iter();
        let (mut done, mut head, mut attempt, mut spent) = (0, Head::Pending, 0, 0);
        let mut now = samples::submitted();
        while done < events.len() {
            if self.calls == self.most_calls {
                return Ended::Endless;
            }
            self.calls += 1;
            attempt += 1;
            if let Head::Waiting(at) | Head::Unknown(at) = head {
                assert!(at > now, "{head:?} does not lie after {now}");
                now = at;
            }
            let work = self.work(&events[done..]);
            let earlier = marks(&events[..done]);
            let fate = fates.next().unwrap_or(Fate::Truthful);
            let situation = Situation {
                attempt,
                spent,
                schedule: self.schedule,
                now,
                late_effect: LATE,
                jitter: Jitter::new(self.jitter),
            };
            let question = Question {
                work: &work,
                earlier_steps: &earlier,
                without_list: self.without_list,
            };
            let Some(decision) = self.attempt(head, question, portal, fate, situation) else {
                head = Head::Unknown(now + LEASE);
                continue;
            };
            self.known_at_portal = decision.known_at_portal.unwrap_or(self.known_at_portal);
            spent += u32::from(decision.outcome.spends_patience());
            head = match decision.next {
                NextStep::Accepted { events } => {
                    assert!(
                        portal.has(&work, events, &earlier),
                        "accepted, but not there: {work:?}"
                    );
                    (done, attempt, spent) = (done + events, 0, 0);
                    Head::Pending
                }
                NextStep::SendNow => Head::Pending,
                NextStep::SendAt(at) => Head::Waiting(at),
                NextStep::AskAt(at) => Head::Unknown(at),
                NextStep::GiveUp
                    if decision.outcome == AttemptOutcome::Unknown(Cause::CannotBeAsked) =>
                {
                    done += portal.found_by_a_person(&earlier);
                    (attempt, spent) = (0, 0);
                    Head::Pending
                }
                NextStep::GiveUp => return Ended::Dead,
                NextStep::Refuse => panic!("refused, but the portal never said no"),
            };
        }
        Ended::Accepted
    }

    fn attempt(
        &self,
        head: Head,
        question: Question<'_>,
        portal: &mut ModelPortal,
        fate: Fate,
        situation: Situation<'_>,
    ) -> Option<Decision> {
        let work = question.work;
        if let Head::Unknown(_) = head {
            let view = portal.find(work, fate)?;
            return Some(after_question(&view, question, situation));
        }
        let sent = match work {
            Work::State(_) if self.known_at_portal => Sent::State(SubmissionMode::Update),
            Work::State(_) => Sent::State(SubmissionMode::Create),
            Work::Steps { steps, .. } => Sent::Steps(steps.len()),
        };
        let result = portal.send(work, sent, fate)?;
        Some(after_send(&result, sent, situation))
    }

    /// The work of the oldest events: one state, or consecutive steps.
    fn work(&self, events: &[Recorded]) -> Work {
        if let Recorded::State(summary) = &events[0] {
            return Work::State(Box::new(samples::dossier(summary)));
        }
        let steps = events.iter().map_while(|event| match event {
            Recorded::Step(step) => Some(step.clone()),
            Recorded::State(_) => None,
        });
        Work::Steps {
            dossier: samples::number(),
            steps: steps.take(self.steps_per_call).collect(),
        }
    }
}

/// Errors after which nothing can have happened.
pub(super) fn without_effect() -> Vec<PortalError> {
    vec![
        PortalError::Unreachable,
        PortalError::CertificateRejected,
        PortalError::SessionRefused { said: None },
        PortalError::Throttled {
            retry_after: None,
            said: None,
        },
        PortalError::Throttled {
            retry_after: Some(Duration::from_hours(24)),
            said: None,
        },
    ]
}

/// Errors after which anything may have happened.
pub(super) fn with_unknown_effect() -> Vec<PortalError> {
    vec![
        PortalError::Interrupted,
        PortalError::TimedOut,
        PortalError::OutOfService { said: None },
        PortalError::Failed { status: 502 },
        PortalError::Nonsense {
            problem: "no JSON",
            said: None,
        },
    ]
}
