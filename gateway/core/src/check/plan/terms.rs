//! What documents say to the dossiers of one code at one agency.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Piece, Plan, ServicePlan, denies};
use crate::agency::AgencyCode;
use crate::calendar::{TimeLimit, TimeRule};
use crate::check::claims::{ClaimValue, PaperClaim, Statement};
use crate::check::process::{Department, Departments};
use crate::citizen::CitizenField;
use crate::evidence::Standing;
use crate::procedure::{ComponentCode, ProcedureCode};
use crate::share::Percent;

/// Something that holds for what was received from a moment on.
#[derive(Debug, Clone)]
pub(in crate::check) struct Timed<T> {
    from: Timestamp,
    value: T,
}

/// A paper that is not to be asked for.
#[derive(Debug, Clone)]
pub(in crate::check) struct PaperTerm {
    pub(in crate::check) component: ComponentCode,
    pub(in crate::check) instead: Instead,
}

/// What takes the place of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) enum Instead {
    /// Nothing: it was cut.
    Nothing,
    /// Data of the population database, so that a look-up is expected.
    Population,
    /// Data of another database, of which no look-up is seen.
    OtherSource,
}

/// The approved process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) struct ProcessTerm {
    /// Departments in their order, neighbours that are equal once.
    pub(in crate::check) runs: Vec<Department>,
}

/// What holds for a dossier, by when it was received.
#[derive(Debug, Clone, Default)]
pub(in crate::check) struct Terms {
    papers: Vec<Timed<PaperTerm>>,
    fields: Vec<Timed<BTreeSet<CitizenField>>>,
    full_online: Vec<Timed<bool>>,
    electronic_result: Vec<Timed<bool>>,
    result_codes: Vec<Timed<()>>,
    result_reuse: Vec<Timed<bool>>,
    fee_online: Vec<Timed<bool>>,
    identity: Vec<Timed<bool>>,
    limit: Vec<Timed<TimeRule>>,
    process: Vec<Timed<ProcessTerm>>,
    steps_before: Vec<Timed<u64>>,
    targets: BTreeMap<Statement, Vec<Timed<Percent>>>,
}

/// The last issued of those that hold for what was received then.
fn at<T>(list: &[Timed<T>], received: Timestamp) -> Option<&T> {
    let holding = |it: &&Timed<T>| it.from <= received;
    list.iter().rev().find(holding).map(|it| &it.value)
}

impl Terms {
    /// Papers that are not to be asked for; those of all documents together.
    pub(in crate::check) fn papers(&self, received: Timestamp) -> impl Iterator<Item = &PaperTerm> {
        let holding = move |it: &&Timed<PaperTerm>| it.from <= received;
        self.papers.iter().filter(holding).map(|it| &it.value)
    }

    pub(in crate::check) fn fields(&self, received: Timestamp) -> Option<&BTreeSet<CitizenField>> {
        at(&self.fields, received)
    }

    pub(in crate::check) fn full_online(&self, received: Timestamp) -> Option<bool> {
        at(&self.full_online, received).copied()
    }

    pub(in crate::check) fn electronic_result(&self, received: Timestamp) -> Option<bool> {
        at(&self.electronic_result, received).copied()
    }

    pub(in crate::check) fn defines_result(&self, received: Timestamp) -> bool {
        at(&self.result_codes, received).is_some()
    }

    pub(in crate::check) fn result_reuse(&self, received: Timestamp) -> Option<bool> {
        at(&self.result_reuse, received).copied()
    }

    pub(in crate::check) fn fee_online(&self, received: Timestamp) -> Option<bool> {
        at(&self.fee_online, received).copied()
    }

    pub(in crate::check) fn asks_identity(&self, received: Timestamp) -> bool {
        at(&self.identity, received) == Some(&true)
    }

    pub(in crate::check) fn limit(&self, received: Timestamp) -> Option<&TimeRule> {
        at(&self.limit, received)
    }

    pub(in crate::check) fn process(&self, received: Timestamp) -> Option<&ProcessTerm> {
        at(&self.process, received)
    }

    pub(in crate::check) fn steps_before(&self, received: Timestamp) -> Option<u64> {
        at(&self.steps_before, received).copied()
    }

    /// The percentage that is aimed at under this name.
    pub(in crate::check) fn target(
        &self,
        statement: Statement,
        received: Timestamp,
    ) -> Option<Percent> {
        at(self.targets.get(&statement)?, received).copied()
    }

    fn take(&mut self, piece: &Piece<'_>, departments: &mut Departments<'_>, sources: &[String]) {
        let from = piece.from;
        for (statement, claim) in piece.claims.iter() {
            match (&claim.value, statement) {
                (ClaimValue::Papers(papers), statement) => {
                    let replaced = statement == Statement::PapersReplaced;
                    self.papers.extend(papers.iter().map(|paper| {
                        let value = PaperTerm {
                            component: paper.component.clone(),
                            instead: instead(replaced, paper, sources),
                        };
                        Timed { from, value }
                    }));
                }
                (ClaimValue::Fields(fields), _) => self.fields.push(Timed {
                    from,
                    value: fields.clone(),
                }),
                (ClaimValue::Flag(value), statement) => self.flag(statement, from, *value),
                (ClaimValue::Limit(limit), Statement::TimeLimit) => {
                    let value = time_rule(*limit, piece);
                    self.limit.push(Timed { from, value });
                }
                (ClaimValue::Steps(steps), _) => {
                    let steps = steps.iter().map(|it| departments.named(it));
                    let mut runs: Vec<Department> = steps.collect();
                    runs.dedup();
                    let value = ProcessTerm { runs };
                    self.process.push(Timed { from, value });
                }
                (ClaimValue::Number(value), Statement::StepsBefore) => {
                    let value = *value;
                    self.steps_before.push(Timed { from, value });
                }
                (value @ ClaimValue::Number(_), Statement::IdentityLevel) => {
                    let value = !denies(Statement::IdentityLevel, value);
                    self.identity.push(Timed { from, value });
                }
                (ClaimValue::Percent(value), statement) => {
                    let value = *value;
                    let targets = self.targets.entry(statement).or_default();
                    targets.push(Timed { from, value });
                }
                (ClaimValue::Results(_), _) => self.result_codes.push(Timed { from, value: () }),
                (
                    ClaimValue::Limit(_)
                    | ClaimValue::Number(_)
                    | ClaimValue::CutOff(_)
                    | ClaimValue::StepHours(_),
                    _,
                ) => {}
            }
        }
    }

    fn flag(&mut self, statement: Statement, from: Timestamp, value: bool) {
        let list = match statement {
            Statement::FullOnline => &mut self.full_online,
            Statement::ElectronicResult => &mut self.electronic_result,
            Statement::ResultReuse => &mut self.result_reuse,
            Statement::FeeOnline => &mut self.fee_online,
            Statement::Reviewed
            | Statement::OptionDrafted
            | Statement::Suspended
            | Statement::Digitisation
            | Statement::Connection
            | Statement::PapersCut
            | Statement::PapersReplaced
            | Statement::FieldsFromPopulation
            | Statement::LookupTarget
            | Statement::OnlineTarget
            | Statement::PaymentTarget
            | Statement::TimeLimit
            | Statement::TimeLimitBefore
            | Statement::CutOff
            | Statement::Steps
            | Statement::StepHours
            | Statement::StepsBefore
            | Statement::AgencyCount
            | Statement::AgencyCountBefore
            | Statement::ResultCodes
            | Statement::IdentityLevel
            | Statement::Fee
            | Statement::CostBefore
            | Statement::CostAfter
            | Statement::DossiersAYear => return,
        };
        list.push(Timed { from, value });
    }
}

fn instead(replaced: bool, paper: &PaperClaim, sources: &[String]) -> Instead {
    let population = |name: &String| {
        let name = name.to_lowercase();
        sources.iter().any(|known| known.to_lowercase() == name)
    };
    match (replaced, &paper.source) {
        (false, _) => Instead::Nothing,
        (true, Some(name)) if !population(name) => Instead::OtherSource,
        (true, Some(_) | None) => Instead::Population,
    }
}

/// The limit with the cut-off that the same document states.
fn time_rule(limit: TimeLimit, piece: &Piece<'_>) -> TimeRule {
    let cut_off = piece.claims.get(Statement::CutOff);
    let cut_off = cut_off.and_then(|claim| match claim.value {
        ClaimValue::CutOff(time) => Some(time),
        ClaimValue::Flag(_)
        | ClaimValue::Papers(_)
        | ClaimValue::Fields(_)
        | ClaimValue::Percent(_)
        | ClaimValue::Limit(_)
        | ClaimValue::Steps(_)
        | ClaimValue::StepHours(_)
        | ClaimValue::Number(_)
        | ClaimValue::Results(_) => None,
    });
    TimeRule {
        limit,
        cut_off,
        pausing: Vec::new(),
    }
}

impl ServicePlan<'_> {
    /// Places of the valid pieces that speak of `code` at `unit`, neither of which is gone on
    /// the day of judging.
    pub(in crate::check) fn speaking(
        &self,
        plan: &Plan<'_>,
        code: &ProcedureCode,
        unit: &AgencyCode,
    ) -> Vec<usize> {
        let speaks = |piece: &Piece<'_>| {
            let evidence = piece.evidence;
            let mut codes = evidence.codes.iter();
            let about = evidence.codes.is_empty()
                || codes.any(|covered| covered.national() == code.national());
            let mut units = evidence.units.iter();
            let covers = evidence.units.is_empty() || units.any(|covered| covered.includes(unit));
            let same = |it: &ProcedureCode| it.national() == code.national();
            let (on, register) = (plan.judged_on, plan.ground.register);
            let rules = plan.ground.evidence_rules;
            let standing = || evidence.standing_among(same, Some(unit), on, register, rules);
            about && covers && standing() == Standing::Valid
        };
        let pieces = self.valid.iter().enumerate();
        pieces
            .filter(|(_, piece)| speaks(piece))
            .map(|(place, _)| place)
            .collect()
    }

    /// What these pieces say together. `sources` are names of the population database.
    pub(in crate::check) fn terms(
        &self,
        pieces: &[usize],
        departments: &mut Departments<'_>,
        sources: &[String],
    ) -> Terms {
        let mut terms = Terms::default();
        for place in pieces {
            if let Some(piece) = self.valid.get(*place) {
                terms.take(piece, departments, sources);
            }
        }
        terms
    }
}
