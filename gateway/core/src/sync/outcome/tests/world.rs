//! A whole world around one dossier: callers, a store, two workers, a portal, and time.
//!
//! The store obeys the port's promises (leases, fences, strict order), the workers obey the
//! decisions, and the portal keeps a log of everything that ever had an effect on it, also
//! of what it has forgotten since. What a reader would get wrong: a call takes its effect
//! within its budget, which is shorter than the lease. A worker that wakes up later than
//! that does not call any more; it learns at the store that its claim is not its own.

use jiff::{SignedDuration, Timestamp};

use super::super::*;
use super::model::{Effect, Fate, Recorded, mark};
use crate::dossier::samples;
use crate::ports::outbox::Intent;
use crate::ports::portal::PortalReference;

/// How long a claim holds, and how long a call may take.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
const BUDGET: SignedDuration = SignedDuration::from_secs(30);

/// Workers on the one store.
pub(super) const WORKERS: usize = 2;

/// One move of a script.
#[derive(Debug, Clone)]
pub(super) enum Move {
    /// A caller records the next event.
    Record,
    /// A worker does its next thing: claim, number, call or settlement.
    Advance {
        worker: usize,
        /// What comes of it, where it is a call.
        fate: Fate,
    },
    /// A worker is killed, whatever it holds.
    Kill { worker: usize },
    /// Seconds go by.
    Time(i64),
    /// The portal comes back without its memory.
    Forget,
}

/// Something that had an effect at the portal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Happened {
    /// This state was stored.
    State(String),
    /// This step was appended.
    Step(StepMark),
}

/// How the world is set up.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// Whether a look-up lists the steps.
    pub(super) lists_steps: bool,
    /// Whether the portal issues the numbers (P4).
    pub(super) issues_numbers: bool,
    /// Most steps in a call.
    pub(super) steps_per_call: usize,
    /// Drawn once.
    pub(super) jitter: f64,
}

/// The portal, for one dossier.
#[derive(Debug, Default)]
struct PortalSide {
    /// Number under which it is held, and its newest state.
    held: Vec<(String, String)>,
    steps: Vec<StepMark>,
    numbers_issued: usize,
}

/// Where the oldest event that is not accepted stands.
#[derive(Debug, Clone, Copy)]
enum Head {
    Send(Timestamp),
    Ask(Timestamp),
    Ended,
}

/// A claim as a worker holds it.
#[derive(Debug, Clone)]
struct Held {
    fence: u64,
    claimed_at: Timestamp,
    intent: Intent,
    attempt: u32,
    spent: u32,
    known_at_portal: bool,
    reference: Option<PortalReference>,
    work: Work,
    /// What the call brought, once it was made.
    decision: Option<Decision>,
}

/// Everything.
#[derive(Debug)]
pub(super) struct World<'a> {
    setting: Setting,
    schedule: &'a Schedule,
    now: Timestamp,
    to_come: std::vec::IntoIter<Recorded>,
    recorded: Vec<Recorded>,
    accepted: usize,
    head: Head,
    /// Events of the newest claim: a question is about all of them.
    claimed: usize,
    attempt: u32,
    spent: u32,
    fence: u64,
    leased_until: Option<Timestamp>,
    known_at_portal: bool,
    reference: Option<PortalReference>,
    workers: [Option<Held>; WORKERS],
    portal: PortalSide,
    /// Everything that ever had an effect, in order; a state that repeats the one before
    /// it changes nothing and is not told.
    pub(super) log: Vec<Happened>,
    /// Whether the portal ever lost its memory.
    pub(super) forgot: bool,
    /// Dossiers that the portal holds at once, at most.
    pub(super) most_held: usize,
}

/// How the script ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Every event is accepted.
    Accepted,
    /// The schedule ran out.
    Dead,
    /// It goes on and on.
    Endless,
}

impl<'a> World<'a> {
    pub(super) fn new(setting: Setting, schedule: &'a Schedule, events: Vec<Recorded>) -> Self {
        let now = samples::submitted();
        Self {
            setting,
            schedule,
            now,
            to_come: events.into_iter(),
            recorded: Vec::new(),
            accepted: 0,
            head: Head::Send(now),
            claimed: 0,
            attempt: 0,
            spent: 0,
            fence: 0,
            leased_until: None,
            known_at_portal: false,
            reference: None,
            workers: [None, None],
            portal: PortalSide::default(),
            log: Vec::new(),
            forgot: false,
            most_held: 0,
        }
    }

    /// Plays `script`; then everything is recorded, the portal is truthful and nobody dies.
    pub(super) fn play(&mut self, script: Vec<Move>) -> End {
        for each in script {
            self.step(each);
        }
        self.recorded.extend(self.to_come.by_ref());
        for _ in 0..2_000 {
            if self.accepted == self.recorded.len() {
                return End::Accepted;
            }
            match self.head {
                Head::Ended => return End::Dead,
                Head::Send(due) | Head::Ask(due) => {
                    let busy = self.workers[0].is_some();
                    let free = self.leased_until.unwrap_or(due).max(due);
                    if !busy {
                        self.now = self.now.max(free);
                    }
                }
            }
            self.advance(0, Fate::Truthful);
        }
        End::Endless
    }

    /// What was recorded, in the words of the log.
    pub(super) fn wanted(&self) -> Vec<Happened> {
        let mut wanted: Vec<Happened> = Vec::new();
        for event in &self.recorded {
            let happened = match event {
                Recorded::State(summary) => Happened::State(summary.clone()),
                Recorded::Step(step) => Happened::Step(mark(step)),
            };
            wanted.push(happened);
        }
        wanted
    }

    fn step(&mut self, each: Move) {
        match each {
            Move::Record => self.recorded.extend(self.to_come.next()),
            Move::Advance { worker, fate } => self.advance(worker, fate),
            Move::Kill { worker } => self.workers[worker] = None,
            Move::Time(seconds) => self.now += SignedDuration::from_secs(seconds),
            Move::Forget => {
                self.portal.held.clear();
                self.portal.steps.clear();
                self.forgot = true;
            }
        }
    }

    fn advance(&mut self, worker: usize, fate: Fate) {
        let Some(held) = self.workers[worker].take() else {
            self.workers[worker] = self.claim();
            return;
        };
        if let Some(decision) = held.decision {
            self.settle(&held, decision);
            return;
        }
        let unnumbered = held.reference.is_none() && matches!(held.work, Work::State(_));
        if self.setting.issues_numbers && unnumbered && held.intent == Intent::Send {
            // A number that is not kept is never used.
            self.workers[worker] = self.reserve(held);
            return;
        }
        if self.now > held.claimed_at + BUDGET {
            return;
        }
        // `None`: killed in the middle of the call.
        self.workers[worker] = self.call(&held, fate).map(|decision| Held {
            decision: Some(decision),
            ..held
        });
    }

    fn claim(&mut self) -> Option<Held> {
        let lease_over = self.leased_until.is_some_and(|until| until <= self.now);
        if lease_over {
            self.leased_until = None;
            self.head = Head::Ask(self.now);
        }
        let (due, intent) = match self.head {
            Head::Send(due) => (due, Intent::Send),
            Head::Ask(due) => (due, Intent::Ask),
            Head::Ended => return None,
        };
        if self.leased_until.is_some() || due > self.now || self.accepted == self.recorded.len() {
            return None;
        }
        self.claimed = match intent {
            Intent::Send => self.sendable(),
            Intent::Ask => self.claimed.max(1),
        };
        self.fence += 1;
        self.attempt += 1;
        self.leased_until = Some(self.now + LEASE);
        Some(Held {
            fence: self.fence,
            claimed_at: self.now,
            intent,
            attempt: self.attempt,
            spent: self.spent,
            known_at_portal: self.known_at_portal,
            reference: self.reference.clone(),
            work: self.work(),
            decision: None,
        })
    }

    /// Events that one call carries: a state, or consecutive steps.
    fn sendable(&self) -> usize {
        let waiting = &self.recorded[self.accepted..];
        let steps = waiting
            .iter()
            .take_while(|event| matches!(event, Recorded::Step(_)))
            .take(self.setting.steps_per_call);
        steps.count().max(1)
    }

    fn work(&self) -> Work {
        let events = &self.recorded[self.accepted..self.accepted + self.claimed];
        if let [Recorded::State(summary)] = events {
            return Work::State(Box::new(samples::dossier(summary)));
        }
        let step = |event: &Recorded| match event {
            Recorded::Step(step) => step.clone(),
            Recorded::State(_) => panic!("a state among the steps of a claim"),
        };
        Work::Steps {
            dossier: samples::number(),
            steps: events.iter().map(step).collect(),
        }
    }

    fn holds(&self, held: &Held) -> bool {
        held.fence == self.fence && self.leased_until.is_some()
    }

    fn reserve(&mut self, held: Held) -> Option<Held> {
        self.portal.numbers_issued += 1;
        let reference = PortalReference {
            number: format!("P4-{}", self.portal.numbers_issued),
            id: None,
        };
        if !self.holds(&held) {
            return None;
        }
        self.reference = Some(reference.clone());
        Some(Held {
            reference: Some(reference),
            ..held
        })
    }

    fn settle(&mut self, held: &Held, decision: Decision) {
        if !self.holds(held) {
            return;
        }
        self.leased_until = None;
        self.known_at_portal = decision.known_at_portal.unwrap_or(self.known_at_portal);
        self.spent += u32::from(decision.outcome.spends_patience());
        self.head = match decision.next {
            NextStep::Accepted { events } => {
                assert!(events <= self.claimed, "{events} of {}", self.claimed);
                self.accepted += events;
                (self.attempt, self.spent, self.claimed) = (0, 0, 0);
                Head::Send(self.now)
            }
            NextStep::SendNow => Head::Send(self.now),
            NextStep::SendAt(at) => Head::Send(at),
            NextStep::AskAt(at) => Head::Ask(at),
            NextStep::GiveUp => Head::Ended,
            NextStep::Refuse => panic!("refused, but the portal never said no"),
        };
    }

    fn call(&mut self, held: &Held, fate: Fate) -> Option<Decision> {
        let situation = Situation {
            attempt: held.attempt,
            spent: held.spent,
            schedule: self.schedule,
            now: self.now,
            jitter: Jitter::new(self.setting.jitter),
        };
        let number = match &held.reference {
            Some(reference) => reference.number.clone(),
            None => held.work.dossier().as_str().to_owned(),
        };
        if held.intent == Intent::Ask {
            let view = self.find(&number, &held.work, fate)?;
            return Some(after_question(&view, &held.work, situation));
        }
        let sent = match &held.work {
            Work::State(_) if held.known_at_portal => Sent::State(SubmissionMode::Update),
            Work::State(_) => Sent::State(SubmissionMode::Create),
            Work::Steps { steps, .. } => Sent::Steps(steps.len()),
        };
        let result = self.send(&number, &held.work, sent, fate)?;
        Some(after_send(&result, sent, situation))
    }

    fn send(
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
        let at = self.portal.held.iter().position(|(held, _)| held == number);
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
                        Some(at) => self.portal.held[at].1 = summary,
                        None => self.portal.held.push((number.to_owned(), summary)),
                    }
                    self.most_held = self.most_held.max(self.portal.held.len());
                }
            }
            (Work::Steps { steps, .. }, _, Some(_)) => {
                let done = match effect {
                    Effect::None => 0,
                    Effect::FirstSteps(most) => most,
                    Effect::Whole => steps.len(),
                };
                for step in steps.iter().take(done) {
                    self.portal.steps.push(mark(step));
                    self.happened(Happened::Step(mark(step)));
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

    fn find(
        &self,
        number: &str,
        work: &Work,
        fate: Fate,
    ) -> Option<Result<PortalView, PortalError>> {
        let held = self.portal.held.iter().any(|(held, _)| held == number);
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
        let steps = self.setting.lists_steps.then(|| self.portal.steps.clone());
        Some(Ok(PortalView::Present {
            status: None,
            steps,
            details: Box::default(),
        }))
    }
}
