//! Gathers from the dossiers, one by one, what the reports print.
//!
//! What a reader would get wrong: two sets of dossiers are counted. Channel, papers and
//! payments are of those received in the window; lateness is of those in hand in it, which
//! may have been received long before. Nothing that came after the moment of judging counts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::ReportRules;
use super::counts::Counts;
use crate::agency::AgencyCode;
use crate::check::{CheckRules, Criterion};
use crate::dossier_number::DossierNumber;
use crate::essential::{ServiceList, ServiceNumber};
use crate::lateness::{ApologyDuty, Judgement, LateReading, Point, Standing, judge};
use crate::observation::{DossierFacts, Window};
use crate::procedure::ProcedureCode;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What the reports print of the dossiers. Its memory grows with units and procedures. Of the
/// dossiers that lack an apology, which a report lists one by one, it keeps as many as a table
/// may have: those that are late longest.
#[derive(Debug, Clone)]
pub struct Gathering {
    window: Window,
    begins: Timestamp,
    ends: Timestamp,
    as_of: Timestamp,
    reading: LateReading,
    /// Time in which an apology may follow.
    apology_within: SignedDuration,
    /// Services by the national codes of their own dossiers.
    codes: BTreeMap<String, ServiceNumber>,
    all: Counts,
    services: BTreeMap<ServiceNumber, Counts>,
    units: BTreeMap<AgencyCode, Counts>,
    procedures: BTreeMap<String, Counts>,
    most_rows: usize,
    unapologised: BTreeMap<Longest, Unapologised>,
}

/// The order in which dossiers are kept: the longest late first.
type Longest = (Reverse<u64>, DossierNumber);

/// A dossier that owes a written apology and has none; nothing of a citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unapologised {
    pub(super) unit: AgencyCode,
    pub(super) number: DossierNumber,
    pub(super) procedure: ProcedureCode,
    pub(super) service: Option<ServiceNumber>,
    /// Ngày hẹn trả.
    pub(super) due: Option<Timestamp>,
    /// Days begun since.
    pub(super) days_late: u64,
    pub(super) point: Point,
    /// Whether it is done.
    pub(super) done: bool,
}

impl Gathering {
    /// Nothing gathered yet. How long an apology may take is what `checks` say of C14, so
    /// that checks and reports mean the same dossiers.
    #[must_use]
    pub fn new(
        window: Window,
        as_of: Timestamp,
        services: &ServiceList,
        rules: &ReportRules,
        checks: &CheckRules,
    ) -> Self {
        let codes = services.services().iter().flat_map(|service| {
            let own = service.codes.iter().filter(|it| it.role.is_the_service());
            own.map(|it| (it.code.national().to_owned(), service.number))
        });
        let mut by_code = BTreeMap::new();
        for (code, number) in codes {
            by_code.entry(code).or_insert(number);
        }
        Self {
            window,
            begins: window.begins(),
            ends: window.ends(),
            as_of,
            reading: rules.reading,
            apology_within: checks
                .rule(Criterion::C(14))
                .map_or(SignedDuration::ZERO, |rule| rule.allowance),
            codes: by_code,
            all: Counts::default(),
            services: BTreeMap::new(),
            units: BTreeMap::new(),
            procedures: BTreeMap::new(),
            most_rows: rules.most_rows,
            unapologised: BTreeMap::new(),
        }
    }

    /// Adds a dossier. Each is given once; one that has nothing to do with the window adds
    /// nothing.
    pub fn look(&mut self, facts: &DossierFacts) {
        if facts.received >= self.ends || facts.received > self.as_of {
            return;
        }
        let times = facts.times();
        let ended = times.end();
        let received = self.begins <= facts.received;
        let in_hand = ended.is_none_or(|ended| self.begins <= ended);
        if !received && !in_hand {
            return;
        }
        let service = self.codes.get(facts.procedure.national()).copied();
        let mut counts = Counts::default();
        if received {
            counts.add_received(facts, ended, self.as_of);
        }
        if in_hand {
            let judged = judge(&times, self.as_of, self.reading);
            let otherwise = if times.supplements.len() > 1 {
                judge(&times, self.as_of, other(self.reading))
            } else {
                judged
            };
            let duty = facts.apology_duty(self.apology_within, self.as_of);
            counts.add_in_hand(facts, self.as_of, duty, (&judged, &otherwise));
            if duty == ApologyDuty::Owed && !facts.is_apologised(self.as_of) {
                self.list(Unapologised::of(facts, service, &judged));
            }
        }
        self.all += &counts;
        if let Some(service) = service {
            *self.services.entry(service).or_default() += &counts;
        }
        match self.units.get_mut(&facts.unit) {
            Some(unit) => *unit += &counts,
            None => drop(self.units.insert(facts.unit.clone(), counts.clone())),
        }
        let national = facts.procedure.national();
        match self.procedures.get_mut(national) {
            Some(procedure) => *procedure += &counts,
            None => drop(self.procedures.insert(national.to_owned(), counts)),
        }
    }

    fn list(&mut self, dossier: Unapologised) {
        let place = (Reverse(dossier.days_late), dossier.number.clone());
        self.unapologised.insert(place, dossier);
        if self.unapologised.len() > self.most_rows {
            self.unapologised.pop_last();
        }
    }

    /// The days that it is about.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// All dossiers together.
    #[must_use]
    pub fn all(&self) -> &Counts {
        &self.all
    }

    /// The dossiers of a service; `None` where there were none.
    #[must_use]
    pub fn service(&self, number: ServiceNumber) -> Option<&Counts> {
        self.services.get(&number)
    }

    /// The units that had dossiers, by their codes.
    pub fn units(&self) -> impl Iterator<Item = (&AgencyCode, &Counts)> {
        self.units.iter()
    }

    /// The national codes of the procedures that had dossiers.
    pub fn procedures(&self) -> impl Iterator<Item = (&str, &Counts)> {
        self.procedures
            .iter()
            .map(|(code, counts)| (code.as_str(), counts))
    }

    /// Dossiers that lack an apology, by unit, day and number; of too many those that are late
    /// longest.
    pub(super) fn unapologised(&self) -> Vec<&Unapologised> {
        let mut list: Vec<&Unapologised> = self.unapologised.values().collect();
        list.sort_by(|one, other| {
            let key = |it: &Unapologised| (it.due.is_none(), it.due);
            (&one.unit, key(one), &one.number).cmp(&(&other.unit, key(other), &other.number))
        });
        list
    }
}

/// The reading of the late rule that is not this one.
pub(super) fn other(reading: LateReading) -> LateReading {
    match reading {
        LateReading::WhileWaiting => LateReading::ForGood,
        LateReading::ForGood => LateReading::WhileWaiting,
    }
}

impl Unapologised {
    fn of(facts: &DossierFacts, service: Option<ServiceNumber>, judged: &Judgement) -> Self {
        let over = judged
            .measured
            .zip(judged.limit)
            .map_or(SignedDuration::ZERO, |(end, limit)| {
                end.duration_since(limit)
            });
        let begun = over.as_nanos().div_euclid(DAY.as_nanos())
            + i128::from(over.as_nanos().rem_euclid(DAY.as_nanos()) != 0);
        Self {
            unit: facts.unit.clone(),
            number: facts.number.clone(),
            procedure: facts.procedure.clone(),
            service,
            due: facts.due,
            days_late: u64::try_from(begun).unwrap_or(0),
            point: judged.point,
            done: judged.standing == Standing::FinishedLate,
        }
    }
}
