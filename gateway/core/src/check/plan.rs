//! What is held against whom: services, codes, days and documents, prepared once.
//!
//! What a reader would get wrong: a document speaks of the dossiers that were received from
//! its first day on, under its codes and at its agencies. Whether it is valid at all is asked
//! on one day, the last of the window: what has run out by then contradicts nobody.

mod said;
mod terms;

use said::denies;
pub(super) use terms::{Instead, PaperTerm, Terms};

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::claims::Claims;
use super::finding::Criterion;
use super::rules::CheckRules;
use crate::agencies::{Agencies, ClosedAgency};
use crate::agency::AgencyCode;
use crate::calendar::{TimeLimit, TimeRule, WorkCalendar};
use crate::essential::{Days, EssentialService, ServiceList, ServiceNumber};
use crate::evidence::{Evidence, EvidenceId, EvidenceRules, OutOfDate, Register, Standing};
use crate::lateness::LateReading;
use crate::observation::Window;
use crate::ports::observations::ServiceTotal;
use crate::ports::portal_history::PortalSide;
use crate::procedure::ProcedureCode;
use crate::wire_time::{local_date, viet_nam};

/// Everything that a check rests on besides the dossiers.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The services and their codes.
    pub services: &'a ServiceList,
    /// What is documented.
    pub register: &'a Register,
    /// When evidence counts.
    pub evidence_rules: &'a EvidenceRules,
    /// Bounds and rules in law.
    pub rules: &'a CheckRules,
    /// Working days and hours.
    pub calendar: &'a WorkCalendar,
    /// Agencies that ceased.
    pub agencies: &'a Agencies,
    /// How many dossiers there are in all, where that is known.
    pub totals: &'a [ServiceTotal],
    /// What was known of the portal's side at `as_of`: differences, and times in which it
    /// could not be reached.
    pub portal: &'a PortalSide,
    /// By which reading of the portal's rule a dossier is late. Reports use the same.
    pub late_reading: LateReading,
    /// Judged as of this moment: what is known to have come later is not looked at. Channel,
    /// papers, results, appointment, fee and payment have no moment; they are those of the
    /// newest state.
    pub as_of: Timestamp,
}

/// The prepared check.
pub(super) struct Plan<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) window: Window,
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
    pub(super) unit: Option<AgencyCode>,
    pub(super) services: Vec<ServicePlan<'a>>,
    codes: BTreeMap<&'a str, usize>,
    pub(super) code_plans: Vec<CodePlan>,
    pub(super) limits: Limits,
    /// The day on which documents are asked whether they are valid.
    pub(super) judged_on: Date,
}

/// Numbers of the rules that are asked for with each dossier.
pub(super) struct Limits {
    /// Time in which a status may be out of step (C6).
    pub(super) sync: SignedDuration,
    /// Age from which a result is expected to be used again (C8).
    pub(super) reuse: SignedDuration,
    /// Age from which a result that nobody used is one that is never used (C8).
    pub(super) never: SignedDuration,
    /// Time in which an apology may follow (C14).
    pub(super) apology: SignedDuration,
    /// Time after receipt that still is the intake (K2).
    pub(super) intake: SignedDuration,
    /// Requests for a supplement that are allowed (C7).
    pub(super) supplements: u32,
    /// How time is counted where no document states a limit.
    pub(super) unlimited: TimeRule,
}

impl Limits {
    fn of(rules: &CheckRules) -> Self {
        let allowance = |criterion| {
            let rule = rules.rule(criterion);
            rule.map_or(SignedDuration::ZERO, |it| it.allowance)
        };
        let never = rules.rule(Criterion::C(8));
        let never = never.and_then(|it| it.least_days_for_never);
        let most = rules.rule(Criterion::C(7)).and_then(|it| it.most);
        Self {
            sync: allowance(Criterion::C(6)),
            reuse: allowance(Criterion::C(8)),
            never: SignedDuration::from_hours(24 * never.map_or(0, i64::from)),
            apology: allowance(Criterion::C(14)),
            intake: allowance(Criterion::K(2)),
            supplements: most.unwrap_or(u32::MAX),
            unlimited: TimeRule {
                limit: TimeLimit::WorkingDays(u16::MAX),
                cut_off: None,
                pausing: Vec::new(),
            },
        }
    }
}

/// A national code under which dossiers of a chosen service come.
pub(super) struct CodePlan {
    /// Place of the service in [`Plan::services`].
    pub(super) service: usize,
    /// When no dossier may come under it.
    over: Vec<Span>,
}

impl CodePlan {
    /// Whether no dossier might come under it then.
    pub(super) fn is_over(&self, moment: Timestamp) -> bool {
        self.over.iter().any(|span| span.has(moment))
    }
}

/// By what, and from when on, a unit no longer exists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closing<'a> {
    /// The first moment after its last day.
    pub(super) from: Timestamp,
    /// The entry of the list of agencies; without one the register says so.
    pub(super) entry: Option<&'a ClosedAgency>,
}

impl<'a> Closing<'a> {
    /// That of `unit`, by the list of agencies before the register, which is built from it.
    pub(super) fn of(ground: &Ground<'a>, unit: &AgencyCode) -> Option<Self> {
        let entry = ground.agencies.closing(unit);
        let last = entry.map(|it| it.last_day);
        let last = last.or_else(|| ground.register.closed(unit, Date::MAX))?;
        let from = after(last);
        Some(Self { from, entry })
    }

    /// Whether it is known well enough to be held against anybody.
    pub(super) fn is_confirmed(&self) -> bool {
        self.entry.is_none_or(ClosedAgency::is_confirmed)
    }
}

/// One service.
pub(super) struct ServicePlan<'a> {
    pub(super) service: &'a EssentialService,
    /// Valid pieces about the service, the earliest issued first.
    pub(super) valid: Vec<Piece<'a>>,
    /// Pieces that do not count any more.
    lapsed: Vec<(Piece<'a>, Vec<OutOfDate>)>,
    /// Decisions that repeal one of its codes.
    pub(super) repeals: Vec<EvidenceId>,
    /// When the rule in law of a criterion C1 to C15 applies, by its number.
    laws: BTreeMap<u8, Span>,
    /// The first moment of the window.
    begins: Timestamp,
}

/// Moments from and to which something applies.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Timestamp,
    until: Timestamp,
}

impl Span {
    fn has(&self, moment: Timestamp) -> bool {
        self.from <= moment && moment < self.until
    }
}

/// A piece of evidence, read.
pub(super) struct Piece<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) claims: Claims,
    /// The first moment of its first day.
    pub(super) from: Timestamp,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        ground: Ground<'a>,
        numbers: &[ServiceNumber],
        window: Window,
        unit: Option<AgencyCode>,
    ) -> Self {
        let judged_on = window.last().min(local_date(ground.as_of));
        let chosen = |it: &&EssentialService| numbers.is_empty() || numbers.contains(&it.number);
        let services: Vec<ServicePlan<'a>> = ground
            .services
            .services()
            .iter()
            .filter(chosen)
            .map(|service| {
                let mut plan = ServicePlan::new(&ground, service, unit.as_ref(), judged_on);
                plan.begins = window.begins();
                plan
            })
            .collect();
        let mut plan = Self {
            ground,
            window,
            begins: window.begins(),
            ends: window.ends(),
            unit,
            services,
            codes: BTreeMap::new(),
            code_plans: Vec::new(),
            limits: Limits::of(ground.rules),
            judged_on,
        };
        plan.find_codes();
        plan
    }

    /// The codes of the chosen services. A code that stands with several is of the first of
    /// all services that has it, chosen or not, as in [`ServiceList::service_of`].
    fn find_codes(&mut self) {
        let mut taken: BTreeMap<&'a str, ServiceNumber> = BTreeMap::new();
        for service in self.ground.services.services() {
            for code in service.codes.iter().filter(|it| it.role.is_the_service()) {
                let national = code.code.national();
                if taken.contains_key(national) {
                    continue;
                }
                taken.insert(national, service.number);
                let place = self
                    .services
                    .iter()
                    .position(|it| it.service.number == service.number);
                let Some(place) = place else { continue };
                let last_day = code.days.to.map(|last| Span {
                    from: after(last),
                    until: Timestamp::MAX,
                });
                let repealed = repealed(self.ground.register, &code.code, self.judged_on);
                self.codes.insert(national, self.code_plans.len());
                self.code_plans.push(CodePlan {
                    service: place,
                    over: last_day.into_iter().chain(repealed).collect(),
                });
            }
        }
    }

    /// The place of a code in [`Plan::code_plans`].
    pub(super) fn code(&self, procedure: &ProcedureCode) -> Option<usize> {
        self.codes.get(procedure.national()).copied()
    }
}

impl<'a> ServicePlan<'a> {
    fn new(
        ground: &Ground<'a>,
        service: &'a EssentialService,
        unit: Option<&AgencyCode>,
        on: Date,
    ) -> Self {
        let mut plan = Self {
            service,
            valid: Vec::new(),
            lapsed: Vec::new(),
            repeals: Vec::new(),
            laws: laws(ground.rules, service.number),
            begins: Timestamp::MIN,
        };
        for evidence in ground.register.pieces() {
            let of_service = |code: &ProcedureCode| is_of(service, code);
            let repeals = || {
                let mut repealed = evidence.repeals.iter().filter(|code| of_service(code));
                repealed.any(|code| {
                    let mut standing = ground.register.repeals(code, on);
                    standing.any(|(by, _)| by.id == evidence.id)
                })
            };
            if evidence.valid_from <= on && repeals() {
                plan.repeals.push(evidence.id.clone());
            }
            if !concerns(evidence, service, unit) {
                continue;
            }
            // What cannot be read was not recorded by this gateway's rules: it claims nothing.
            let Ok(claims) = Claims::of(evidence) else {
                continue;
            };
            let piece = Piece {
                evidence,
                claims,
                from: midnight(evidence.valid_from),
            };
            let (register, rules) = (ground.register, ground.evidence_rules);
            match evidence.standing_among(of_service, unit, on, register, rules) {
                Standing::Valid => plan.valid.push(piece),
                Standing::OutOfDate(reasons) => plan.lapsed.push((piece, reasons)),
                Standing::NotYet { .. } => {}
            }
        }
        plan
    }

    /// Whether the rule in law of a criterion C1 to C15 applies to what was received then.
    pub(super) fn by_law(&self, number: u8, received: Timestamp) -> bool {
        self.laws
            .get(&number)
            .is_some_and(|span| span.has(received))
    }
}

/// Whether a piece is about the service and, where one is chosen, about the agency, one above
/// or one below it.
fn concerns(evidence: &Evidence, service: &EssentialService, unit: Option<&AgencyCode>) -> bool {
    let about = evidence.services.contains(&service.number);
    let codes = &evidence.codes;
    let of_service = codes.is_empty() || codes.iter().any(|code| is_of(service, code));
    let units = &evidence.units;
    let of_unit = units.is_empty()
        || unit.is_none_or(|unit| {
            let mut covered = units.iter();
            covered.any(|it| it.includes(unit) || unit.includes(it))
        });
    about && of_service && of_unit
}

/// Whether dossiers under `code` are dossiers of the service.
fn is_of(service: &EssentialService, code: &ProcedureCode) -> bool {
    let mut codes = service.codes.iter();
    codes.any(|it| it.role.is_the_service() && it.code.national() == code.national())
}

/// When decisions had repealed `code`: from their first day until it was published again.
fn repealed(register: &Register, code: &ProcedureCode, on: Date) -> Vec<Span> {
    let spans = register.repeals(code, on).map(|(repeal, again)| Span {
        from: midnight(repeal.valid_from),
        until: again.map_or(Timestamp::MAX, |it| midnight(it.valid_from)),
    });
    spans.collect()
}

/// When the rules in law apply to what a service receives.
fn laws(rules: &CheckRules, service: ServiceNumber) -> BTreeMap<u8, Span> {
    let law = |number: u8| {
        let law = rules.rule(Criterion::C(number))?.law.as_ref()?;
        law.covers(service).then(|| (number, span(law.days)))
    };
    (1..=15).filter_map(law).collect()
}

fn span(days: Days) -> Span {
    Span {
        from: days.from.map_or(Timestamp::MIN, midnight),
        until: days.to.map_or(Timestamp::MAX, after),
    }
}

/// The first moment of a day in Việt Nam.
pub(super) fn midnight(day: Date) -> Timestamp {
    day.to_zoned(viet_nam())
        .map_or(Timestamp::MAX, |moment| moment.timestamp())
}

/// The first moment after a day in Việt Nam.
pub(super) fn after(day: Date) -> Timestamp {
    day.tomorrow().map_or(Timestamp::MAX, midnight)
}
