//! What both upstreams have behind the stage: a journal, a script of faults, a gate and a clock.
//!
//! What a reader would get wrong: the gate belongs to the sockets, the script to the requests. A
//! paused upstream plays no fault and writes no entry, because no request reaches it.

use std::sync::Arc;

use crate::clock::Clock;
use crate::fault::{Fault, FaultEffect, Script, ScriptProblem, Stage};
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
}

impl Backstage {
    pub(crate) fn new(stage: Stage, clock: Arc<Clock>) -> Self {
        Self {
            gate: Gate::default(),
            clock,
            stage,
            journal: Journal::default(),
            script: Script::default(),
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

    /// The fault that this request shall suffer.
    pub(crate) fn fault_for(&self, received: &Received) -> Option<FaultEffect> {
        self.script.take(received)
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
