//! How what happened becomes the facts of a dossier.
//!
//! What a reader would get wrong: moments decide, not the order of arrival. Everything that
//! follows from statuses (waiting times, ends, a return to work) is worked out anew from the
//! whole trail, so a step that is reported late stands where it happened.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    DossierFacts, LookupFacts, ObservationRules, PaperFact, Pause, PauseReason, ResultFact,
    StepFact,
};
use crate::dossier::event::EventBody;
use crate::dossier::{Document, Dossier, Step};
use crate::portal_status::PortalStatus;
use crate::ports::audit::AccessOutcome;
use crate::ports::observations::{LookupSeen, Observation};

/// Longest name of a department that is kept, in characters.
const DEPARTMENT: usize = 200;

/// Most steps that are kept of one dossier: far more than any procedure has, so that a system
/// that repeats itself cannot make one dossier grow without end.
const MOST_STEPS: usize = 1000;

/// Everything that is kept of one dossier, so that what comes later can be folded in.
///
/// Look-ups may come before the first state, and steps after it only: a step of a dossier of
/// which no state was seen says too little.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DossierKept {
    /// The facts, with no look-ups in them; `None` before the first state.
    pub facts: Option<DossierFacts>,
    /// Look-ups for the dossier.
    pub lookups: LookupFacts,
    /// Statuses that states told, in the order of their moments.
    pub states: Vec<StatusMark>,
    /// Ends that the newest state gives as dates.
    pub stated: StatedEnds,
    /// The newest ngày hẹn trả that was given at all.
    pub last_due: Option<Timestamp>,
}

/// That a dossier had a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusMark {
    /// When.
    pub at: Timestamp,
    /// Which. Of one moment the one with the higher code counts as the later.
    pub status: PortalStatus,
}

/// Dates of a state that count where no status tells the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatedEnds {
    /// Ngày kết thúc xử lý.
    pub finished: Option<Timestamp>,
    /// Ngày trả.
    pub returned: Option<Timestamp>,
    /// Ngày từ chối.
    pub refused: Option<Timestamp>,
}

impl DossierKept {
    /// Folds in what happened; whether that changed anything. An event that is not behind
    /// the newest one does not; a look-up always counts, so give each only once.
    pub fn observe(&mut self, happened: &Observation, rules: &ObservationRules) -> bool {
        match happened {
            Observation::Lookup(seen) => {
                self.lookups.count(seen);
                true
            }
            Observation::Event {
                revision,
                occurred_at,
                body,
            } => {
                let known = self.facts.as_ref().map_or(0, |facts| facts.revision);
                if *revision <= known {
                    return false;
                }
                match body {
                    EventBody::State(dossier) => self.state(*revision, *occurred_at, dossier),
                    EventBody::Step { step, .. } => self.step(*revision, step, rules),
                }
            }
        }
    }

    /// The facts with the look-ups; `None` before the first state.
    #[must_use]
    pub fn told(self) -> Option<DossierFacts> {
        let lookups = self.lookups;
        self.facts.map(|facts| DossierFacts { lookups, ..facts })
    }

    /// Has the events counted from the first on again, on top of what is known: the store that
    /// numbered them was put back from a backup and does not hold the dossier.
    pub fn number_anew(&mut self) {
        if let Some(facts) = &mut self.facts {
            facts.revision = 0;
        }
    }

    /// Works out what follows from the statuses and the dates. Done after each event; whoever
    /// reads kept parts back from a store does it once.
    pub fn derive(&mut self) {
        let Some(facts) = &mut self.facts else { return };
        let steps = facts.steps.iter().map(|step| StatusMark {
            at: step.handled_at,
            status: step.status,
        });
        let mut trail: Vec<StatusMark> = self.states.iter().copied().chain(steps).collect();
        trail.sort_unstable();
        let first = |status| {
            let mark = trail.iter().find(|mark| mark.status == status);
            mark.map(|mark| mark.at)
        };
        facts.processed = first(PortalStatus::Processed).or(self.stated.finished);
        facts.returned = first(PortalStatus::ResultReturned).or(self.stated.returned);
        facts.refused = first(PortalStatus::NotReceived).or(self.stated.refused);
        facts.stopped = first(PortalStatus::Stopped);
        facts.withdrawn = first(PortalStatus::Withdrawn);
        facts.reopened_at = None;
        facts.pauses.clear();
        let mut now: Option<StatusMark> = None;
        for mark in trail {
            if now.is_some_and(|now| now.status == mark.status) {
                continue;
            }
            if let Some(open) = facts.pauses.last_mut() {
                open.until = open.until.or(Some(mark.at));
            }
            if now.is_some_and(|now| is_done(now.status)) && is_at_work(mark.status) {
                facts.reopened_at = facts.reopened_at.or(Some(mark.at));
            }
            facts
                .pauses
                .extend(waits_for(mark.status).map(|reason| Pause {
                    reason,
                    from: mark.at,
                    until: None,
                }));
            now = Some(mark);
        }
        if let Some(now) = now {
            facts.status = now.status;
            facts.status_since = now.at;
        }
    }

    fn state(&mut self, revision: u64, at: Timestamp, dossier: &Dossier) -> bool {
        let due = dossier.dates.due;
        // Taken away for a while and given again later is replaced as well.
        let worked_until = self.without_waits(at);
        let moved_late = self
            .last_due
            .zip(due)
            .is_some_and(|(last, due)| due != last && last < worked_until);
        let mut facts = stated(revision, at, dossier);
        if let Some(earlier) = self.facts.take() {
            facts.first_due = earlier.first_due.or(due);
            facts.due_moved_late_at = earlier.due_moved_late_at;
            facts.steps = earlier.steps;
            facts.apologised_at = earlier.apologised_at;
        }
        if moved_late {
            facts.due_moved_late_at = Some(at);
        }
        self.last_due = due.or(self.last_due);
        self.stated = StatedEnds {
            finished: dossier.dates.finished,
            returned: dossier.dates.returned,
            refused: dossier.dates.refused,
        };
        let mark = StatusMark {
            at,
            status: dossier.status,
        };
        self.mark(mark, &facts.steps);
        self.facts = Some(facts);
        self.derive();
        true
    }

    /// The moment `at`, less the time that the dossier waited before it: a ngày hẹn trả that
    /// passed on the wall while the clock stood still had not passed (administration.md 5.4).
    fn without_waits(&self, at: Timestamp) -> Timestamp {
        let pauses = self.facts.iter().flat_map(|facts| &facts.pauses);
        let waited = pauses.map(|pause| {
            let until = pause.until.unwrap_or(at).min(at);
            until.duration_since(pause.from.min(until))
        });
        waited.fold(at, |at, waited| at.checked_sub(waited).unwrap_or(at))
    }

    /// Notes a status. Of one that is told again and again with nothing in between, the first
    /// and the last mark say all.
    fn mark(&mut self, mark: StatusMark, steps: &[StepFact]) {
        if let [.., one, other] = self.states[..] {
            let same = one.status == mark.status && other.status == mark.status;
            let between = |step: &StepFact| one.at <= step.handled_at && step.handled_at <= mark.at;
            if same && other.at <= mark.at && !steps.iter().any(between) {
                self.states.pop();
            }
        }
        let place = self.states.partition_point(|earlier| *earlier <= mark);
        self.states.insert(place, mark);
    }

    fn step(&mut self, revision: u64, step: &Step, rules: &ObservationRules) -> bool {
        let Some(facts) = &mut self.facts else {
            return false;
        };
        facts.revision = revision;
        if rules.is_apology(step.content.as_str()) {
            let first = facts.apologised_at.unwrap_or(step.handled_at);
            facts.apologised_at = Some(first.min(step.handled_at));
        }
        let step = StepFact {
            handled_at: step.handled_at,
            due_at: step.due_at,
            status: step.status,
            department: step
                .department
                .as_ref()
                .and_then(|it| department(it.as_str())),
        };
        if facts.steps.len() < MOST_STEPS && !facts.steps.contains(&step) {
            let place = facts
                .steps
                .partition_point(|earlier| earlier.handled_at <= step.handled_at);
            facts.steps.insert(place, step);
        }
        self.derive();
        true
    }
}

impl LookupFacts {
    /// Counts a look-up. Give each only once.
    pub fn count(&mut self, seen: &LookupSeen) {
        let known = !self.is_unserved_sometime();
        let counted = match seen.outcome {
            AccessOutcome::Matched => &mut self.matched,
            AccessOutcome::NotMatched => &mut self.not_matched,
            AccessOutcome::Denied => &mut self.denied,
            AccessOutcome::NotAnswered => &mut self.failed,
        };
        *counted = counted.saturating_add(1);
        let at = seen.asked_at;
        let earlier = |first: Option<Timestamp>| Some(first.map_or(at, |first| first.min(at)));
        self.first_asked_at = earlier(self.first_asked_at);
        match seen.outcome {
            AccessOutcome::Matched => self.first_matched_at = earlier(self.first_matched_at),
            AccessOutcome::NotAnswered => {
                self.last_failed_at = Some(
                    self.last_failed_at
                        .map_or(at, |last: Timestamp| last.max(at)),
                );
            }
            AccessOutcome::NotMatched | AccessOutcome::Denied => {}
        }
        match seen.outcome {
            AccessOutcome::NotMatched | AccessOutcome::NotAnswered if known => {
                self.first_unserved_at = earlier(self.first_unserved_at);
            }
            AccessOutcome::NotMatched
            | AccessOutcome::NotAnswered
            | AccessOutcome::Matched
            | AccessOutcome::Denied => {}
        }
        for field in &seen.fields {
            if !self.fields.contains(field) {
                self.fields.insert(field.clone());
            }
        }
    }
}

/// What one state says by itself.
fn stated(revision: u64, at: Timestamp, dossier: &Dossier) -> DossierFacts {
    let unit = dossier
        .receiving_unit
        .as_ref()
        .unwrap_or_else(|| dossier.number.agency());
    let fees = dossier.fees.iter().map(|fee| fee.amount);
    DossierFacts {
        number: dossier.number.clone(),
        revision,
        procedure: dossier.procedure.clone(),
        unit: unit.clone(),
        channel: dossier.channel,
        return_method: dossier.return_method,
        owner: dossier.owner.kind,
        submitted: dossier.dates.submitted,
        received: dossier.dates.received,
        first_due: dossier.dates.due,
        due: dossier.dates.due,
        due_moved_late_at: None,
        processed: None,
        returned: None,
        stopped: None,
        refused: None,
        withdrawn: None,
        reopened_at: None,
        status: dossier.status,
        status_since: at,
        pauses: Vec::new(),
        vneid: dossier.vneid_verified_account,
        payment: dossier.online_payment,
        fee: fees.fold(0, u64::saturating_add),
        digitised_flag: dossier.has_digitised_components,
        papers: papers(&dossier.documents),
        results: dossier
            .results
            .iter()
            .map(|paper| ResultFact {
                code: paper.result.clone(),
                has_file: paper.url.is_some(),
            })
            .collect(),
        steps: Vec::new(),
        apologised_at: None,
        lookups: LookupFacts::default(),
    }
}

fn papers(documents: &[Document]) -> Vec<PaperFact> {
    let mut files: BTreeMap<&str, u16> = BTreeMap::new();
    let kept = documents.iter().filter(|document| !document.deleted);
    kept.map(|document| {
        let next = u16::try_from(files.len()).unwrap_or(u16::MAX);
        PaperFact {
            component: document.component.clone(),
            digitised: document.digitised,
            reuse: document.reuse,
            from_store: document.from_national_store,
            replaced_by: document.replaced_by_result.clone(),
            file: *files.entry(document.url.as_str()).or_insert(next),
        }
    })
    .collect()
}

/// The name of a department, trimmed and cut; `None` where nothing is left.
fn department(name: &str) -> Option<String> {
    let cut: String = name.trim().chars().take(DEPARTMENT).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Why a dossier of this status waits (administration.md 5.4).
fn waits_for(status: PortalStatus) -> Option<PauseReason> {
    match status {
        PortalStatus::SupplementRequired => Some(PauseReason::Supplement),
        PortalStatus::PaymentRequired => Some(PauseReason::Payment),
        PortalStatus::Stopped => Some(PauseReason::Stop),
        PortalStatus::Registered
        | PortalStatus::Received
        | PortalStatus::NotReceived
        | PortalStatus::Processing
        | PortalStatus::Withdrawn
        | PortalStatus::Processed
        | PortalStatus::ResultReturned => None,
    }
}

/// Finished: the result is there, or handed over.
fn is_done(status: PortalStatus) -> bool {
    matches!(
        status,
        PortalStatus::Processed | PortalStatus::ResultReturned
    )
}

/// Somebody works on it, or waits for something to go on.
fn is_at_work(status: PortalStatus) -> bool {
    matches!(
        status,
        PortalStatus::Registered
            | PortalStatus::Received
            | PortalStatus::Processing
            | PortalStatus::SupplementRequired
            | PortalStatus::PaymentRequired
    )
}

#[cfg(test)]
mod tests;
