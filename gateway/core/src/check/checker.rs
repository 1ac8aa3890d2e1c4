//! The check itself: dossiers go by one after the other, then it concludes.
//!
//! What a reader would get wrong: it must be shown every dossier, not only those of the
//! services that are checked. Whether a result is used again is seen in other dossiers.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::apology::Apologies;
use super::case::{Case, Conclusion};
use super::channel::Channels;
use super::claims::Statement;
use super::currency::Currency;
use super::digitisation::Digitisation;
use super::documents::documented;
use super::fees::Fees;
use super::finding::{Criterion, Finding, ServiceCheck, Verdict};
use super::identity::Identities;
use super::judgement::{Judged, Outcome, Paper, View};
use super::lookups::Lookups;
use super::papers::Papers;
use super::plan::{Closing, Ground, Plan, ServicePlan, Terms};
use super::process::{Departments, Processes};
use super::results::{Results, ReusedResults};
use super::status::Statuses;
use super::tally::Examples;
use super::time::{DayTable, Times};
use super::wording::Words;
use crate::agency::AgencyCode;
use crate::essential::ServiceNumber;
use crate::observation::{Coverage, DossierFacts, Window, coverage};
use crate::procedure::ProcedureCode;

/// Days after the window whose working time is added up beforehand: appointments that lie
/// further ahead are asked of the calendar one by one.
const DAYS_AHEAD: i32 = 120;

/// A check of services over the dossiers of a window.
///
/// Memory grows with services, codes, units and distinct values, not with dossiers.
pub struct Checker<'a> {
    plan: Arc<Plan<'a>>,
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

/// Everything that is counted of one service.
#[derive(Debug, Clone, Default)]
struct Tally {
    seen: u64,
    papers: Papers,
    lookups: Lookups,
    channels: Channels,
    times: Times,
    processes: Processes,
    statuses: Statuses,
    results: Results,
    currency: Currency,
    fees: Fees,
    identities: Identities,
    digitisation: Digitisation,
    apologies: Apologies,
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
        let plan = Arc::new(Plan::new(ground, numbers, window, unit));
        let state = State::new(&plan);
        Self { plan, state }
    }

    /// The same check before it has seen anything, for a second core.
    #[must_use]
    pub fn fork(&self) -> Self {
        let plan = Arc::clone(&self.plan);
        let state = State::new(&plan);
        Self { plan, state }
    }

    /// Looks at a dossier; each one once, in any order.
    pub fn look(&mut self, facts: &DossierFacts) {
        let Self { plan, state } = self;
        state.look(plan, facts);
    }

    /// Adds what another part of the same check has seen.
    pub fn merge(&mut self, other: Self) {
        self.state.reused.merge(&other.state.reused);
        let pairs = self.state.tallies.iter_mut().zip(other.state.tallies);
        for (one, other) in pairs {
            one.merge(&other);
        }
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
            lawful: facts.lookups.paper_is_lawful() && asked.is_none_or(|it| it <= as_of),
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

impl Tally {
    fn look(&mut self, case: &Case<'_>, departments: &mut Departments<'_>) {
        self.seen += 1;
        self.papers.look(case);
        self.lookups.look(case);
        self.channels.look(case);
        self.times.look(case);
        self.processes.look(case, departments);
        self.statuses.look(case);
        self.results.look(case);
        self.currency.look(case);
        self.fees.look(case);
        self.identities.look(case);
        self.digitisation.look(case);
        self.apologies.look(case);
    }

    fn merge(&mut self, other: &Self) {
        self.seen += other.seen;
        self.papers.merge(&other.papers);
        self.lookups.merge(&other.lookups);
        self.channels.merge(&other.channels);
        self.times.merge(&other.times);
        self.processes.merge(&other.processes);
        self.statuses.merge(&other.statuses);
        self.results.merge(&other.results);
        self.currency.merge(&other.currency);
        self.fees.merge(&other.fees);
        self.identities.merge(&other.identities);
        self.digitisation.merge(&other.digitisation);
        self.apologies.merge(&other.apologies);
    }

    fn conclude(&self, view: &View<'_>, reused: &ReusedResults) -> Conclusion {
        let mut out = Conclusion::default();
        self.channels.conclude(view, &mut out);
        self.lookups.conclude(view, &mut out);
        self.papers.conclude(view, &mut out);
        self.results.conclude(view, reused, &mut out);
        self.times.conclude(view, &mut out);
        self.processes.conclude(view, &mut out);
        self.statuses.conclude(view, &mut out);
        self.currency.conclude(view, &mut out);
        self.fees.conclude(view, &mut out);
        self.identities.conclude(view, &mut out);
        self.digitisation.conclude(view, &mut out);
        self.apologies.conclude(view, &mut out);
        conclude_cost(view, &mut out);
        out
    }
}

/// K8: what is planned is printed and never held against anything.
fn conclude_cost(view: &View<'_>, out: &mut Conclusion) {
    let paper = view.service.paper(&[
        Statement::CostBefore,
        Statement::CostAfter,
        Statement::DossiersAYear,
        Statement::Fee,
    ]);
    let unseen = Judged::new(
        Verdict::CannotObserve,
        Words::new(
            "chi phí không quan sát được từ dữ liệu; số liệu trong tài liệu là dự kiến, chỉ có thể khảo sát",
            "costs cannot be seen in the traffic; figures of documents are planned, only a survey could tell",
        ),
    );
    out.find(Criterion::K(8), None, unseen, paper, &Examples::default());
}

fn conclude(
    plan: &Plan<'_>,
    service: &ServicePlan<'_>,
    tally: &Tally,
    reused: &ReusedResults,
) -> ServiceCheck {
    let ground = &plan.ground;
    let number = service.service.number;
    let unit = plan.unit.as_ref();
    let view = View {
        ground,
        service,
        window: plan.window,
        seen: tally.seen,
        unit: plan.unit.is_some(),
        coverage: coverage(ground.totals, number, unit, plan.window, tally.seen),
    };
    let aside = set_aside(service);
    let conclusion = match aside {
        Some(_) => Conclusion::default(),
        None => tally.conclude(&view, reused),
    };
    let mut outcomes = conclusion.outcomes;
    let findings = Criterion::all()
        .map(|criterion| match &aside {
            Some(judged) => finding(&view, criterion, None, Some(judged)),
            None => finding(&view, criterion, outcomes.remove(&criterion), None),
        })
        .collect();
    let rules = ground.evidence_rules;
    ServiceCheck {
        service: number,
        documented: documented(
            service.service,
            ground.register,
            rules,
            unit,
            plan.judged_on,
        ),
        figures: conclusion.figures,
        findings,
        window: plan.window,
        dossiers_seen: tally.seen,
        coverage: match view.coverage {
            Coverage::Known(share) => Some(share),
            Coverage::Unknown | Coverage::Above { .. } => None,
        },
    }
}

/// Why nothing is held against the service at all.
fn set_aside(service: &ServicePlan<'_>) -> Option<Judged> {
    if service.service.outside_procedure_law {
        let words = Words::new(
            "không phải thủ tục hành chính theo luật",
            "not a procedure under the law on administrative procedures",
        );
        return Some(Judged::new(Verdict::NotApplicable, words));
    }
    let mut codes = service.service.codes.iter();
    let known = codes.any(|code| code.role.is_the_service());
    (!known).then(|| {
        let words = Words::new(
            "chưa biết mã thủ tục",
            "the code of the procedure is not known",
        );
        Judged::new(Verdict::CannotObserve, words)
    })
}

fn finding(
    view: &View<'_>,
    criterion: Criterion,
    outcome: Option<Outcome>,
    aside: Option<&Judged>,
) -> Finding {
    let unseen = || {
        let words = Words::new(
            "dữ liệu qua cổng kết nối không cho thấy; chỉ có thể khảo sát",
            "the traffic does not show it; only a survey could",
        );
        Judged::new(Verdict::CannotObserve, words)
    };
    let outcome = outcome.unwrap_or_else(|| Outcome {
        criterion,
        figure: None,
        judged: aside.cloned().unwrap_or_else(unseen),
        paper: Paper::none(),
        examples: Vec::new(),
    });
    let rule = view.rule(outcome.criterion);
    let reason = outcome.judged.words.and(&view.tail());
    Finding {
        criterion,
        name_vi: rule.map_or_else(String::new, |it| it.name_vi.clone()),
        name_en: rule.map_or_else(String::new, |it| it.name_en.clone()),
        verdict: outcome.judged.verdict,
        documented: outcome.paper.text,
        evidence: outcome.paper.evidence,
        figure: outcome.figure,
        reason_vi: reason.vi,
        reason_en: reason.en,
        examples: outcome.examples,
    }
}
