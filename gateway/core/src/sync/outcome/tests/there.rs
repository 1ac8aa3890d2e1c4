//! The portal of [`super::world`]: what it holds, what it says, and a log of everything
//! that ever had an effect on it, also of what it has forgotten since.

use super::super::*;
use super::model::{Effect, Fate};
use crate::ports::outbox::Work;
use crate::ports::portal::{PortalView, StepMark, StepsThere};

/// Something that had an effect at the portal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Happened {
    /// This state was stored.
    State(String),
    /// This step was appended.
    Step(StepMark),
}

/// The portal, for one dossier.
#[derive(Debug, Default)]
pub(super) struct PortalSide {
    /// Whether a look-up lists the steps.
    pub(super) lists_steps: bool,
    /// Number under which it is held, and its newest state.
    pub(super) held: Vec<(String, String)>,
    pub(super) steps: Vec<StepMark>,
    pub(super) numbers_issued: usize,
    /// Everything that ever had an effect, in order; a state that repeats the one before
    /// it changes nothing and is not told.
    pub(super) log: Vec<Happened>,
    /// Steps that had an effect.
    pub(super) effects: usize,
    /// Whether it ever lost its memory.
    pub(super) forgot: bool,
    /// Dossiers that it held at once, at most.
    pub(super) most_held: usize,
}

impl PortalSide {
    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.steps.clear();
        self.forgot = true;
    }

    /// `None` when the worker did not live to hear the answer.
    pub(super) fn send(
        &mut self,
        number: &str,
        work: &Work,
        sent: Sent,
        fate: Fate,
    ) -> Option<Result<PortalAnswer, PortalError>> {
        let reading = match fate {
            Fate::Truthful => self.apply(number, work, sent, Effect::Whole),
            Fate::TurnedAway(error) => return Some(Err(error)),
            Fate::Lost(error, effect) => {
                self.apply(number, work, sent, effect);
                return Some(Err(error));
            }
            Fate::Mumbles(effect) => {
                self.apply(number, work, sent, effect);
                Reading::NotUnderstood
            }
            Fate::Contradicts if sent == Sent::State(SubmissionMode::Create) => {
                Reading::AlreadyThere
            }
            Fate::Contradicts => Reading::NotThere,
            Fate::Crash(effect) => {
                self.apply(number, work, sent, effect);
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

    fn apply(&mut self, number: &str, work: &Work, sent: Sent, effect: Effect) -> Reading {
        let at = self.held.iter().position(|(held, _)| held == number);
        match (work, sent, at) {
            (Work::State(_), Sent::State(SubmissionMode::Create), Some(_)) => {
                return Reading::AlreadyThere;
            }
            (Work::State(_), Sent::State(SubmissionMode::Update), None)
            | (Work::Steps { .. }, _, None) => return Reading::NotThere,
            (Work::State(dossier), _, at) => {
                if matches!(effect, Effect::Whole) {
                    let summary = dossier.summary.as_str().to_owned();
                    self.happened(Happened::State(summary.clone()));
                    match at {
                        Some(at) => self.held[at].1 = summary,
                        None => self.held.push((number.to_owned(), summary)),
                    }
                    self.most_held = self.most_held.max(self.held.len());
                }
            }
            (Work::Steps { steps, .. }, _, Some(_)) => {
                let done = match effect {
                    Effect::None => 0,
                    Effect::FirstSteps(most) => most,
                    Effect::Whole => steps.len(),
                };
                for step in steps.iter().take(done) {
                    self.effects += 1;
                    self.steps.push(StepMark::of(step));
                    self.happened(Happened::Step(StepMark::of(step)));
                }
            }
        }
        Reading::Accepted
    }

    fn happened(&mut self, happened: Happened) {
        let repeats = matches!(happened, Happened::State(_)) && self.log.last() == Some(&happened);
        if !repeats {
            self.log.push(happened);
        }
    }

    pub(super) fn find(
        &self,
        number: &str,
        work: &Work,
        fate: Fate,
    ) -> Option<Result<PortalView, PortalError>> {
        let held = self.held.iter().any(|(held, _)| held == number);
        let there = match fate {
            Fate::Truthful => held,
            Fate::TurnedAway(error) | Fate::Lost(error, _) => return Some(Err(error)),
            // About steps no false answer is made up: with one, no rule could tell.
            Fate::Contradicts if matches!(work, Work::State(_)) => !held,
            Fate::Contradicts | Fate::Mumbles(_) => {
                return Some(Err(PortalError::Nonsense {
                    problem: "mumbled",
                    said: None,
                }));
            }
            Fate::Crash(_) => return None,
        };
        if !there {
            return Some(Ok(PortalView::Absent));
        }
        let steps = if self.lists_steps {
            StepsThere::Listed(self.steps.clone())
        } else {
            StepsThere::NotCarried
        };
        Some(Ok(PortalView::Present {
            status: None,
            steps,
            details: Box::default(),
        }))
    }
}
