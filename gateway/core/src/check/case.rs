//! One dossier while it is looked at, and what its findings are gathered in.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::finding::{Criterion, Figure, Verdict};
use super::judgement::{Judged, Outcome, Paper};
use super::plan::{Closing, Ground, Limits, ServicePlan, Terms};
use super::tally::Examples;
use super::time::DayTable;
use crate::observation::DossierFacts;

/// A dossier of a service, with what holds for it.
pub(super) struct Case<'c> {
    pub(super) facts: &'c DossierFacts,
    pub(super) terms: &'c Terms,
    pub(super) service: &'c ServicePlan<'c>,
    pub(super) ground: &'c Ground<'c>,
    pub(super) limits: &'c Limits,
    pub(super) days: &'c DayTable<'c>,
    /// When it came in: what a citizen handed in on the last evening that was right did not
    /// become wrong by being received on the next morning.
    pub(super) came_in: Timestamp,
    /// Whether no dossier might come in under its code then.
    pub(super) code_over: bool,
    /// By what its unit does not exist, whenever that was.
    pub(super) closing: Option<Closing<'c>>,
    /// When it came to a result: status 9, else 10.
    pub(super) finished: Option<Timestamp>,
    /// Whether paper instead of data is lawful (administration.md 3.1).
    pub(super) lawful: bool,
    /// Whether the population database was asked.
    pub(super) asked: bool,
}

impl Case<'_> {
    /// Whether the rule in law of a criterion C1 to C15 applies to the dossier: by the day on
    /// which it was handed in where that decides (C9, C11, C15), else by that of its receipt.
    pub(super) fn by_law(&self, number: u8) -> bool {
        let moment = match number {
            9 | 11 | 15 => self.came_in,
            _ => self.facts.received,
        };
        self.service.by_law(number, moment)
    }

    /// Whether the portal could not be reached when it was handed in or received.
    pub(super) fn portal_away(&self) -> bool {
        let outages = &self.ground.portal.outages;
        outages.has(self.came_in) || outages.has(self.facts.received)
    }

    /// Whether something of that moment had happened at the moment of judging.
    pub(super) fn happened(&self, moment: Option<Timestamp>) -> Option<Timestamp> {
        moment.filter(|moment| *moment <= self.ground.as_of)
    }

    /// Whether a result paper names a file.
    pub(super) fn has_electronic_result(&self) -> bool {
        self.facts.results.iter().any(|result| result.has_file)
    }
}

/// Figures and findings of one service.
#[derive(Default)]
pub(super) struct Conclusion {
    pub(super) figures: Vec<Figure>,
    pub(super) outcomes: BTreeMap<Criterion, Outcome>,
}

impl Conclusion {
    pub(super) fn figure(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// Notes a finding. Examples are told of contradictions only: whom nothing is held
    /// against is not named.
    pub(super) fn find(
        &mut self,
        criterion: Criterion,
        figure: Option<&'static str>,
        judged: Judged,
        paper: Paper,
        examples: &Examples,
    ) {
        let examples = if judged.verdict == Verdict::Contradicted {
            examples.list()
        } else {
            Vec::new()
        };
        let outcome = Outcome {
            criterion,
            figure,
            judged,
            paper,
            examples,
        };
        self.outcomes.insert(criterion, outcome);
    }
}
