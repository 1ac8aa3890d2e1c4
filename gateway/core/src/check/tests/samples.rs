//! An invented service, its documents and its dossiers.
//!
//! A plain dossier is good in every respect; a test spoils what it is about. The window is
//! September 2026, and it is judged at its end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::agencies::Agencies;
use crate::agency::AgencyCode;
use crate::calendar::WorkCalendar;
use crate::check::{CheckRules, Checker, Criterion, Finding, Ground, ServiceCheck, Verdict};
use crate::dossier::{Channel, OnlinePayment, OwnerKind, ReturnMethod, Reuse};
use crate::dossier_number::DossierNumber;
use crate::essential::{ServiceList, ServiceNumber};
use crate::evidence::{Evidence, EvidenceClass, EvidenceId, EvidenceRules, FileHash, Register};
use crate::lateness::LateReading;
use crate::observation::{DossierFacts, LookupFacts, PaperFact, ResultFact, StepFact, Window};
use crate::portal_status::PortalStatus;
use crate::ports::observations::ServiceTotal;
use crate::ports::portal_history::{Compared, PortalSide};
use crate::procedure::{ComponentCode, ProcedureCode, ResultCode};

/// The paper that documents replace.
pub(super) const PAPER: &str = "000.00.00.G01-KQ000001";

pub(super) fn at(text: &str) -> Timestamp {
    format!("{text}+07:00").parse().unwrap()
}

pub(super) fn unit(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

pub(super) fn result(text: &str) -> ResultCode {
    ResultCode::parse(text).unwrap()
}

pub(super) fn number(sequence: u32) -> DossierNumber {
    DossierNumber::parse(&format!("H60.201-20260907-{sequence:05}")).unwrap()
}

pub(super) fn paper(component: &str, file: u16) -> PaperFact {
    PaperFact {
        component: ComponentCode::parse(component).unwrap(),
        digitised: true,
        reuse: Reuse::None,
        from_store: false,
        replaced_by: None,
        file,
    }
}

fn step(moment: &str, department: &str) -> StepFact {
    StepFact {
        handled_at: at(moment),
        due_at: None,
        status: PortalStatus::Processing,
        department: Some(department.to_owned()),
    }
}

/// Đăng ký thường trú, received on Monday 7/9/2026 at 9:00, promised for Wednesday and
/// finished on Tuesday.
pub(super) fn dossier(sequence: u32) -> DossierFacts {
    let received = at("2026-09-07T09:00:00");
    DossierFacts {
        number: number(sequence),
        revision: 5,
        procedure: ProcedureCode::parse("1.004222").unwrap(),
        unit: unit("H60.201"),
        channel: Channel::Online,
        return_method: ReturnMethod::Direct,
        owner: OwnerKind::Citizen,
        submitted: received,
        received,
        first_due: Some(at("2026-09-09T17:00:00")),
        due: Some(at("2026-09-09T17:00:00")),
        due_moved_late_at: None,
        processed: Some(at("2026-09-08T15:00:00")),
        returned: None,
        stopped: None,
        refused: None,
        withdrawn: None,
        reopened_at: None,
        status: PortalStatus::Processed,
        status_since: at("2026-09-08T15:00:00"),
        pauses: Vec::new(),
        vneid: true,
        payment: OnlinePayment::NationalPortal,
        fee: 10_000,
        digitised_flag: true,
        papers: vec![
            paper("000.00.00.G01-KQ000007", 0),
            paper("000.00.00.G01-KQ000008", 1),
        ],
        results: vec![ResultFact {
            code: Some(result("KQ.G01.000001")),
            has_file: true,
        }],
        steps: vec![
            step("2026-09-07T09:30:00", "Một cửa"),
            step("2026-09-07T14:00:00", "Cảnh sát khu vực"),
            step("2026-09-08T10:00:00", "Lãnh đạo"),
            step("2026-09-08T15:00:00", "Một cửa"),
        ],
        apologised_at: None,
        lookups: looked_up(received),
    }
}

/// Hands a dossier in, and receives it, at one moment.
pub(super) fn came_in(dossier: &mut DossierFacts, moment: Timestamp) {
    dossier.submitted = moment;
    dossier.received = moment;
}

/// Another piece of the same register.
pub(super) fn other(mut evidence: Evidence, id: &str) -> Evidence {
    evidence.id = EvidenceId::parse(id).unwrap();
    evidence
}

/// One look-up that matched.
pub(super) fn looked_up(moment: Timestamp) -> LookupFacts {
    LookupFacts {
        matched: 1,
        first_matched_at: Some(moment),
        first_asked_at: Some(moment),
        fields: BTreeSet::from(["full_name".to_owned(), "birth".to_owned()]),
        ..LookupFacts::default()
    }
}

/// One look-up that was not answered.
pub(super) fn outage(moment: Timestamp) -> LookupFacts {
    LookupFacts {
        failed: 1,
        first_asked_at: Some(moment),
        last_failed_at: Some(moment),
        ..LookupFacts::default()
    }
}

/// A piece of evidence about service 3 that states this.
pub(super) fn piece(id: &str, class: EvidenceClass, stated: &[(&str, &str)]) -> Evidence {
    Evidence {
        id: EvidenceId::parse(id).unwrap(),
        class,
        services: BTreeSet::from([ServiceNumber::new(3).unwrap()]),
        codes: BTreeSet::new(),
        units: BTreeSet::new(),
        symbol: None,
        title: "văn bản thử".to_owned(),
        issuer: "UBND tỉnh thử".to_owned(),
        issuer_code: None,
        signer: None,
        issued_on: date(2026, 3, 2),
        valid_from: date(2026, 3, 2),
        valid_to: None,
        supersedes: BTreeSet::new(),
        repeals: BTreeSet::new(),
        sha256: FileHash::new([1; 32]),
        address: None,
        compared: None,
        statements: stated
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
    }
}

/// A decision (E1) that states one thing.
pub(super) fn states(name: &str, text: &str) -> Evidence {
    piece("MC-1", EvidenceClass::OptionDecision, &[(name, text)])
}

pub(super) fn expired(mut evidence: Evidence) -> Evidence {
    evidence.valid_to = Some(date(2026, 8, 31));
    evidence
}

/// Everything a check rests on.
pub(super) struct World {
    pub(super) services: ServiceList,
    pub(super) rules: CheckRules,
    pub(super) evidence: Vec<Evidence>,
    pub(super) closed: BTreeMap<AgencyCode, Date>,
    pub(super) agencies: Agencies,
    pub(super) totals: Vec<ServiceTotal>,
    pub(super) portal: PortalSide,
    pub(super) late_reading: LateReading,
    pub(super) window: Window,
    pub(super) as_of: Timestamp,
    pub(super) unit: Option<AgencyCode>,
    pub(super) calendar: WorkCalendar,
    pub(super) evidence_rules: EvidenceRules,
}

impl World {
    pub(super) fn new(evidence: Vec<Evidence>) -> Self {
        let calendar = include_str!("../../../data/working-calendar.toml");
        Self {
            services: ServiceList::shipped().unwrap(),
            rules: CheckRules::shipped().unwrap(),
            evidence,
            closed: BTreeMap::new(),
            agencies: Agencies::shipped().unwrap(),
            totals: Vec::new(),
            portal: PortalSide {
                own: Some(Compared {
                    at: at("2026-09-30T02:00:00"),
                    by_fields: true,
                }),
                ..PortalSide::default()
            },
            late_reading: LateReading::default(),
            window: Window::new(date(2026, 9, 1), date(2026, 9, 30)).unwrap(),
            as_of: at("2026-10-01T00:00:00"),
            unit: None,
            calendar: WorkCalendar::parse(calendar).unwrap(),
            evidence_rules: EvidenceRules::shipped().unwrap(),
        }
    }

    /// Runs `check` on a checker of these services.
    pub(super) fn with<T>(&self, numbers: &[u16], check: impl FnOnce(Checker<'_>) -> T) -> T {
        let register = Register::new(self.evidence.clone(), self.closed.clone());
        let ground = Ground {
            services: &self.services,
            register: &register,
            evidence_rules: &self.evidence_rules,
            rules: &self.rules,
            calendar: &self.calendar,
            agencies: &self.agencies,
            totals: &self.totals,
            portal: &self.portal,
            late_reading: self.late_reading,
            as_of: self.as_of,
        };
        let numbers: Vec<ServiceNumber> = numbers
            .iter()
            .map(|it| ServiceNumber::new(*it).unwrap())
            .collect();
        let unit = self.unit.clone();
        check(Checker::new(ground, &numbers, self.window, unit))
    }

    /// What is found of service 3.
    pub(super) fn check(&self, dossiers: &[DossierFacts]) -> ServiceCheck {
        let checks = self.with(&[3], |mut checker| {
            for dossier in dossiers {
                checker.look(dossier);
            }
            checker.conclude()
        });
        let [check] = <[ServiceCheck; 1]>::try_from(checks).unwrap();
        check
    }

    pub(super) fn finding(&self, id: &str, dossiers: &[DossierFacts]) -> Finding {
        found(&self.check(dossiers), id)
    }

    pub(super) fn verdict(&self, id: &str, dossiers: &[DossierFacts]) -> Verdict {
        self.finding(id, dossiers).verdict
    }
}

pub(super) fn found(check: &ServiceCheck, id: &str) -> Finding {
    let criterion = Criterion::from_id(id).unwrap();
    let mut findings = check.findings.iter();
    findings
        .find(|it| it.criterion == criterion)
        .unwrap()
        .clone()
}

/// `all` dossiers, of which the first `some` are spoilt.
pub(super) fn spoilt(some: u32, all: u32, spoil: impl Fn(&mut DossierFacts)) -> Vec<DossierFacts> {
    (1..=all)
        .map(|sequence| {
            let mut dossier = dossier(sequence);
            if sequence <= some {
                spoil(&mut dossier);
            }
            dossier
        })
        .collect()
}

/// Good dossiers.
pub(super) fn plain(all: u32) -> Vec<DossierFacts> {
    spoilt(0, all, |_| {})
}

/// Puts the replaced paper into a dossier.
pub(super) fn with_paper(dossier: &mut DossierFacts) {
    dossier.papers.push(paper(PAPER, 9));
}

/// Promises one working day more than the two that are approved.
pub(super) fn promised_late(dossier: &mut DossierFacts) {
    dossier.first_due = Some(at("2026-09-10T08:00:00"));
}

/// Sends a dossier to the department in the middle once more.
pub(super) fn other_steps(dossier: &mut DossierFacts) {
    let again = dossier.steps[1].clone();
    dossier.steps.insert(3, again);
}
