//! A whole world around one dossier: callers, a store, two workers, a portal, and time.
//!
//! The store obeys the port's promises (leases, fences, strict order), the workers obey the
//! decisions. What a reader would get wrong: a call takes its effect
//! within its budget, which is shorter than the lease. A worker that wakes up later than
//! that does not call any more; it learns at the store that its claim is not its own.

use jiff::{SignedDuration, Timestamp};

use super::super::*;
use super::LATE;
use super::model::{Fate, Recorded, marks};
use super::there::{Happened, PortalSide};
use crate::dossier::samples;
use crate::ports::outbox::{AskReason, Intent, Work};
use crate::ports::portal::{PortalReference, StepMark};
use crate::sync::question::{Question, StepsWithoutList, after_question, without_asking};

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

/// How the world is set up.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// Whether a look-up lists the steps.
    pub(super) lists_steps: bool,
    /// What happens to lost steps where it does not.
    pub(super) without_list: StepsWithoutList,
    /// Whether the portal issues the numbers (P4).
    pub(super) issues_numbers: bool,
    /// Most steps in a call.
    pub(super) steps_per_call: usize,
    /// Drawn once.
    pub(super) jitter: f64,
}

/// Where the oldest event that is not accepted stands.
#[derive(Debug, Clone, Copy)]
enum Head {
    Send(Timestamp),
    Ask(Timestamp, AskReason),
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
    earlier_steps: Vec<StepMark>,
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
    pub(super) portal: PortalSide,
    /// Steps whose acceptance was kept.
    heard: usize,
    /// Whether the script is over, and what stays unclear is a person's.
    over: bool,
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
        let lists_steps = setting.lists_steps;
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
            portal: PortalSide {
                lists_steps,
                ..PortalSide::default()
            },
            heard: 0,
            over: false,
        }
    }

    /// Plays `script`; then everything is recorded, the portal is truthful and nobody dies.
    pub(super) fn play(&mut self, script: Vec<Move>) -> End {
        for each in script {
            self.step(each);
        }
        self.recorded.extend(self.to_come.by_ref());
        self.over = true;
        for _ in 0..2_000 {
            if self.accepted == self.recorded.len() {
                return End::Accepted;
            }
            match self.head {
                Head::Ended => return End::Dead,
                Head::Send(due) | Head::Ask(due, _) => {
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

    /// Steps that had an effect of which the workers did not hear.
    pub(super) fn unheard(&self) -> usize {
        self.portal.effects - self.heard
    }

    /// What was recorded, in the words of the log.
    pub(super) fn wanted(&self) -> Vec<Happened> {
        let mut wanted: Vec<Happened> = Vec::new();
        for event in &self.recorded {
            let happened = match event {
                Recorded::State(summary) => Happened::State(summary.clone()),
                Recorded::Step(step) => Happened::Step(StepMark::of(step)),
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
                self.portal.forget();
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
            self.head = Head::Ask(self.now, AskReason::Interrupted);
        }
        let (due, intent) = match self.head {
            Head::Send(due) => (due, Intent::Send),
            Head::Ask(due, why) => (due, Intent::Ask(why)),
            Head::Ended => return None,
        };
        if self.leased_until.is_some() || due > self.now || self.accepted == self.recorded.len() {
            return None;
        }
        self.claimed = match intent {
            Intent::Send => self.sendable(),
            Intent::Ask(_) => self.claimed.max(1),
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
            earlier_steps: marks(&self.recorded[..self.accepted]),
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
                let steps = matches!(held.work, Work::Steps { .. });
                if steps && decision.outcome == AttemptOutcome::Accepted {
                    self.heard += events;
                }
                self.accepted += events;
                (self.attempt, self.spent, self.claimed) = (0, 0, 0);
                Head::Send(self.now)
            }
            NextStep::SendNow => Head::Send(self.now),
            NextStep::SendAt(at) => Head::Send(at),
            NextStep::AskAt(_) | NextStep::GiveUp if self.is_a_persons(decision) => self.look(),
            NextStep::AskAt(at) => Head::Ask(at, AskReason::LostAnswer),
            NextStep::GiveUp => Head::Ended,
            NextStep::Refuse => panic!("refused, but the portal never said no"),
        };
    }

    /// Whether time alone makes it no clearer.
    fn is_a_persons(&self, decision: Decision) -> bool {
        let cause = decision.outcome.cause();
        // A list from which the portal has lost something stays unclear.
        let unclear = cause == Some(Cause::UpstreamNonsense) && self.over && self.portal.forgot;
        cause == Some(Cause::CannotBeAsked) || unclear
    }

    /// A person looks at the portal, and says what stands there.
    fn look(&mut self) -> Head {
        let earlier = marks(&self.recorded[..self.accepted]).len();
        let happened = self.portal.log.iter();
        let steps = happened.filter(|each| matches!(each, Happened::Step(_)));
        let found = steps.count() - earlier;
        if found > 0 && !self.portal.held.is_empty() {
            self.accepted += found;
            (self.attempt, self.claimed) = (0, 0);
        }
        self.spent = 0;
        Head::Send(self.now)
    }

    fn call(&mut self, held: &Held, fate: Fate) -> Option<Decision> {
        let situation = Situation {
            attempt: held.attempt,
            spent: held.spent,
            schedule: self.schedule,
            now: self.now,
            late_effect: LATE,
            jitter: Jitter::new(self.setting.jitter),
        };
        let number = match &held.reference {
            Some(reference) => reference.number.clone(),
            None => held.work.dossier().as_str().to_owned(),
        };
        if let Intent::Ask(why) = held.intent {
            let reference = held.reference.as_ref();
            let numbers = self.setting.issues_numbers;
            let view = match without_asking(numbers, reference, held.known_at_portal, why) {
                Some(known) => known,
                None => self.portal.find(&number, &held.work, fate)?,
            };
            let question = Question {
                work: &held.work,
                earlier_steps: &held.earlier_steps,
                without_list: self.setting.without_list,
            };
            return Some(after_question(&view, question, situation));
        }
        let sent = match &held.work {
            Work::State(_) if held.known_at_portal => Sent::State(SubmissionMode::Update),
            Work::State(_) => Sent::State(SubmissionMode::Create),
            Work::Steps { steps, .. } => Sent::Steps(steps.len()),
        };
        let result = self.portal.send(&number, &held.work, sent, fate)?;
        Some(after_send(&result, sent, situation))
    }
}
