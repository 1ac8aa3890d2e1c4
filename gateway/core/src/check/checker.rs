//! The check itself: dossiers go by one after the other, then it concludes.
//!
//! What a reader would get wrong: it must be shown every dossier, not only those of the
//! services that are checked. Whether a result is used again is seen in other dossiers.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::case::Case;
use super::concluding::conclude;
use super::finding::ServiceCheck;
use super::plan::{Closing, Ground, Plan, Terms};
use super::process::Departments;
use super::results::ReusedResults;
use super::themes::Tally;
use super::time::DayTable;
use crate::agency::AgencyCode;
use crate::essential::ServiceNumber;
use crate::observation::{DossierFacts, Window};
use crate::procedure::ProcedureCode;

/// Days after the window whose working time is added up beforehand: appointments that lie
/// further ahead are asked of the calendar one by one.
const DAYS_AHEAD: i32 = 120;

/// A check of services over the dossiers of a window.
///
/// Memory grows with services, codes, units and distinct values, not with dossiers.
pub struct Checker<'a> {
    plan: Plan<'a>,
    state: State<'a>,
}

/// What was seen so far.
struct State<'a> {
    /// By the place of the code, then by the unit.
    places: Vec<BTreeMap<AgencyCode, Place<'a>>>,
    /// By the place of the service: pieces that speak, and what they say together.
    terms: Vec<Vec<(Vec<usize>, Terms)>>,
    day_tables: Vec<DayTable<'a>>,
    day_table_of: BTreeMap<AgencyCode, usize>,
    departments: Departments<'a>,
    reused: ReusedResults,
    tallies: Vec<Tally>,
}

/// What holds for the dossiers of one code at one unit.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// Whether the check is about the unit.
    included: bool,
    closing: Option<Closing<'a>>,
    terms: usize,
    day_table: usize,
}

impl<'a> Checker<'a> {
    /// A check of these services (empty: all of the list) over the dossiers that were
    /// received in the window by this agency and what is below it (`None`: by anybody).
    #[must_use]
    pub fn new(
        ground: Ground<'a>,
        numbers: &[ServiceNumber],
        window: Window,
        unit: Option<AgencyCode>,
    ) -> Self {
        let plan = Plan::new(ground, numbers, window, unit);
        let state = State::new(&plan);
        Self { plan, state }
    }

    /// Looks at a dossier; each one once, in any order.
    pub fn look(&mut self, facts: &DossierFacts) {
        let Self { plan, state } = self;
        state.look(plan, facts);
    }

    /// What was found, service by service in the order of the list.
    #[must_use]
    pub fn conclude(self) -> Vec<ServiceCheck> {
        let services = self.plan.services.iter().zip(&self.state.tallies);
        services
            .map(|(service, tally)| conclude(&self.plan, service, tally, &self.state.reused))
            .collect()
    }
}

impl<'a> State<'a> {
    fn new(plan: &Plan<'a>) -> Self {
        Self {
            places: plan.code_plans.iter().map(|_| BTreeMap::new()).collect(),
            terms: plan.services.iter().map(|_| Vec::new()).collect(),
            day_tables: Vec::new(),
            day_table_of: BTreeMap::new(),
            departments: Departments::new(plan.ground.rules),
            reused: ReusedResults::default(),
            tallies: plan.services.iter().map(|_| Tally::default()).collect(),
        }
    }

    fn look(&mut self, plan: &Plan<'a>, facts: &DossierFacts) {
        self.reused.look(facts);
        let as_of = plan.ground.as_of;
        let in_window = plan.begins <= facts.received && facts.received < plan.ends;
        if !in_window || facts.received > as_of {
            return;
        }
        let Some(code) = plan.code(&facts.procedure) else {
            return;
        };
        let Some(code_plan) = plan.code_plans.get(code) else {
            return;
        };
        let Some(place) = self.place(plan, code, code_plan.service, facts) else {
            return;
        };
        if !place.included {
            return;
        }
        let terms = self.terms.get(code_plan.service);
        let (Some(service), Some((_, terms)), Some(days), Some(tally)) = (
            plan.services.get(code_plan.service),
            terms.and_then(|terms| terms.get(place.terms)),
            self.day_tables.get(place.day_table),
            self.tallies.get_mut(code_plan.service),
        ) else {
            return;
        };
        let finished = facts.processed.or(facts.returned);
        let came_in = facts.submitted.min(facts.received);
        let asked = facts.lookups.first_asked_at;
        let case = Case {
            facts,
            terms,
            service,
            ground: &plan.ground,
            limits: &plan.limits,
            days,
            came_in,
            code_over: code_plan.is_over(came_in),
            closing: place.closing,
            finished: finished.filter(|finished| *finished <= as_of),
            lawful: facts.lookups.paper_was_lawful(as_of),
            asked: facts.lookups.asked() && asked.is_some_and(|it| it <= as_of),
        };
        tally.look(&case, &mut self.departments);
    }

    /// What holds for the dossier's code at its unit; worked out when the two are first seen
    /// together.
    fn place(
        &mut self,
        plan: &Plan<'a>,
        code: usize,
        service: usize,
        facts: &DossierFacts,
    ) -> Option<Place<'a>> {
        let known = self.places.get(code)?.get(&facts.unit);
        if known.is_some() {
            return known.copied();
        }
        let place = Place {
            included: plan.unit.as_ref().is_none_or(|it| it.includes(&facts.unit)),
            closing: Closing::of(&plan.ground, &facts.unit),
            terms: self.terms(plan, service, &facts.procedure, &facts.unit)?,
            day_table: self.day_table(plan, &facts.unit),
        };
        self.places.get_mut(code)?.insert(facts.unit.clone(), place);
        Some(place)
    }

    fn terms(
        &mut self,
        plan: &Plan<'a>,
        service: usize,
        code: &ProcedureCode,
        unit: &AgencyCode,
    ) -> Option<usize> {
        let service_plan = plan.services.get(service)?;
        let speaking = service_plan.speaking(plan, code, unit);
        let known = self.terms.get_mut(service)?;
        let place = known.iter().position(|(pieces, _)| *pieces == speaking);
        if place.is_some() {
            return place;
        }
        let sources = plan.ground.rules.population_sources();
        let terms = service_plan.terms(&speaking, &mut self.departments, sources);
        known.push((speaking, terms));
        Some(known.len() - 1)
    }

    fn day_table(&mut self, plan: &Plan<'a>, unit: &AgencyCode) -> usize {
        if let Some(place) = self.day_table_of.get(unit) {
            return *place;
        }
        let window = plan.window;
        let last = window.last().checked_add(DAYS_AHEAD.days());
        let last = last.unwrap_or(Date::MAX);
        let calendar = plan.ground.calendar.of(unit);
        self.day_tables
            .push(DayTable::new(calendar, window.first(), last));
        let place = self.day_tables.len() - 1;
        self.day_table_of.insert(unit.clone(), place);
        place
    }
}
