//! What both upstreams have behind the stage: a journal, a script of faults, a gate and a clock.
//!
//! What a reader would get wrong: the gate belongs to the sockets, the script to the requests. A
//! paused upstream plays no fault and writes no entry, because no request reaches it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Clock;
use crate::fault::{Fault, FaultEffect, Script, ScriptProblem, Stage, Storm, Weather};
use crate::guarded::Guarded;
use crate::journal::{Entry, Journal, Outcome, Received};
use crate::listener::Gate;

/// Shared by an upstream's handlers, its Rust handle and the control API.
#[derive(Debug)]
pub(crate) struct Backstage {
    pub(crate) gate: Gate,
    pub(crate) clock: Arc<Clock>,
    stage: Stage,
    journal: Journal,
    script: Script,
    weather: Guarded<Option<Weather>>,
}

impl Backstage {
    pub(crate) fn new(stage: Stage, clock: Arc<Clock>) -> Self {
        Self {
            gate: Gate::default(),
            clock,
            stage,
            journal: Journal::default(),
            script: Script::default(),
            weather: Guarded::default(),
        }
    }

    pub(crate) fn journal(&self) -> Vec<Entry> {
        self.journal.entries()
    }

    /// Writes down what came of a request.
    pub(crate) fn note(&self, received: Received, outcome: Outcome, fault: Option<&FaultEffect>) {
        self.journal.write(
            self.clock.now(),
            received,
            outcome,
            fault.map(FaultEffect::kind),
        );
    }

    /// The fault that this request shall suffer: a scripted one first, else one of the storm.
    pub(crate) fn fault_for(&self, received: &Received) -> Option<FaultEffect> {
        let scripted = self.script.take(received);
        scripted.or_else(|| self.weather.lock().as_mut()?.draw(received))
    }

    /// Begins a storm in place of the one before, or says everything that is wrong with it.
    pub(crate) fn begin_storm(&self, storm: Storm) -> Result<(), Vec<ScriptProblem>> {
        let problems = storm.problems(&self.stage);
        if problems.is_empty() {
            *self.weather.lock() = Some(Weather::new(storm));
            Ok(())
        } else {
            Err(problems)
        }
    }

    pub(crate) fn end_storm(&self) {
        *self.weather.lock() = None;
    }

    /// The storm as it was set, and how often each kind of fault was played since.
    pub(crate) fn storm(&self) -> Option<(Storm, BTreeMap<&'static str, u64>)> {
        self.weather.lock().as_ref().map(Weather::report)
    }

    /// Adds a fault, or says everything that is wrong with it.
    pub(crate) fn script(&self, fault: Fault) -> Result<(), Vec<ScriptProblem>> {
        let problems = self.problems(&fault);
        if problems.is_empty() {
            self.script.add(fault);
            Ok(())
        } else {
            Err(problems)
        }
    }

    pub(crate) fn problems(&self, fault: &Fault) -> Vec<ScriptProblem> {
        self.stage.problems(fault)
    }

    pub(crate) fn clear_faults(&self) {
        self.script.clear();
    }

    pub(crate) fn waiting_faults(&self) -> Vec<Fault> {
        self.script.waiting()
    }
}
