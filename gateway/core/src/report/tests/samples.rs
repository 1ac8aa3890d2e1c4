//! An invented province: its dossiers, checks and evidence.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use crate::agency::AgencyCode;
use crate::catalogue::CatalogueChange;
use crate::check::{CheckRules, Criterion, Figure, Finding, ServiceCheck, Verdict};
use crate::dossier::{Channel, OnlinePayment, OwnerKind, ReturnMethod};
use crate::dossier_number::DossierNumber;
use crate::essential::{ServiceList, ServiceNumber};
use crate::evidence::{
    Documented, DocumentedState, Evidence, EvidenceClass, EvidenceId, EvidenceRules, FileHash,
    Lack, Register,
};
use crate::observation::{DossierFacts, LookupFacts, Pause, PauseReason, Window};
use crate::portal_status::PortalStatus;
use crate::procedure::ProcedureCode;
use crate::report::{
    Cell, Gathering, Language, Material, Notice, PreviousReport, Report, ReportKind, ReportRules,
    build,
};
use crate::service_index::{IndexRules, OutsideFigures};
use crate::share::{Percent, Share};
use crate::target::TargetRegister;

/// A target for every unit of H60, invented for the tests.
const TARGETS: &str = r#"
version = "thử-1"
[[target]]
id = "TH1"
metric = "late-dossiers"
operator = "at-least"
value = "5%"
sense = "bars"
scope = "unit"
consequence = "không xếp loại tốt"
authority = "UBND tỉnh thử"
unit = "H60"
document = "Quyết định thử"
valid_from = "2026-01-01"
source = "thử"
certainty = "seen"
validity_certainty = "seen"
"#;

/// October 2026.
pub(super) fn october() -> Window {
    Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap()
}

/// Clock time in Việt Nam on a day.
pub(super) fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0)
        .to_zoned(crate::wire_time::viet_nam())
        .unwrap()
        .timestamp()
}

pub(super) fn unit(code: &str) -> AgencyCode {
    AgencyCode::parse(code).unwrap()
}

pub(super) fn service(number: u16) -> ServiceNumber {
    ServiceNumber::new(number).unwrap()
}

/// A dossier that was received at 8 in the morning, is due after ten days and in hand.
pub(super) fn dossier(unit: &str, procedure: &str, day: Date, sequence: u32) -> DossierFacts {
    let received = at(day, 8);
    let short = format!("{:02}{:02}{:02}", day.year() % 100, day.month(), day.day());
    DossierFacts {
        number: DossierNumber::parse(&format!("{unit}-{short}-{sequence:04}")).unwrap(),
        revision: 1,
        procedure: ProcedureCode::parse(procedure).unwrap(),
        unit: self::unit(unit),
        channel: Channel::Online,
        return_method: ReturnMethod::Direct,
        owner: OwnerKind::Citizen,
        submitted: received,
        received,
        first_due: Some(received + SignedDuration::from_hours(240)),
        due: Some(received + SignedDuration::from_hours(240)),
        due_moved_late_at: None,
        processed: None,
        returned: None,
        stopped: None,
        refused: None,
        withdrawn: None,
        reopened_at: None,
        status: PortalStatus::Processing,
        status_since: received,
        pauses: Vec::new(),
        vneid: false,
        payment: OnlinePayment::None,
        fee: 0,
        digitised_flag: false,
        papers: Vec::new(),
        results: Vec::new(),
        steps: Vec::new(),
        apologised_at: None,
        lookups: LookupFacts::default(),
    }
}

/// The same, done so many hours after its due time (before it, where negative).
pub(super) fn done(mut facts: DossierFacts, hours_after_due: i64) -> DossierFacts {
    facts.processed = facts
        .due
        .map(|due| due + SignedDuration::from_hours(hours_after_due));
    facts.status = PortalStatus::Processed;
    facts
}

pub(super) fn waiting(from: Timestamp, until: Option<Timestamp>) -> Pause {
    Pause {
        reason: PauseReason::Supplement,
        from,
        until,
    }
}

/// A check with these shares of dossiers, everything not applicable.
pub(super) fn check(number: u16, seen: u64, online: u64, looked_up: (u64, u64)) -> ServiceCheck {
    let figure = |code, name: &str, numerator, denominator| Figure {
        code,
        name_vi: name.to_owned(),
        name_en: code.to_lowercase(),
        numerator,
        denominator,
        value: None,
    };
    ServiceCheck {
        service: service(number),
        documented: Documented {
            state: DocumentedState::NotReviewed,
            uncapped: DocumentedState::NotReviewed,
            lacks: vec![Lack::Missing {
                class: EvidenceClass::OptionDecision,
            }],
            evidence: Vec::new(),
        },
        figures: vec![
            figure("ONLINE_SHARE", "Tỷ lệ trực tuyến", online, seen),
            figure("LOOKUP_SHARE", "Tỷ lệ có tra cứu", looked_up.0, looked_up.1),
        ],
        findings: Criterion::all()
            .map(|criterion| finding(criterion, Verdict::NotApplicable))
            .collect(),
        window: october(),
        dossiers_seen: seen,
        coverage: None,
    }
}

fn finding(criterion: Criterion, verdict: Verdict) -> Finding {
    Finding {
        criterion,
        name_vi: format!("nội dung {}", criterion.id()),
        name_en: format!("about {}", criterion.id()),
        verdict,
        documented: String::new(),
        evidence: Vec::new(),
        figure: None,
        reason_vi: String::new(),
        reason_en: String::new(),
        examples: Vec::new(),
    }
}

/// Gives a criterion another verdict, with its reason.
pub(super) fn judge(check: &mut ServiceCheck, id: &str, verdict: Verdict, reason: &str) {
    let criterion = Criterion::from_id(id).unwrap();
    let found = check
        .findings
        .iter_mut()
        .find(|it| it.criterion == criterion);
    let found = found.unwrap();
    found.verdict = verdict;
    found.reason_vi = reason.to_owned();
    found.reason_en = format!("reason of {id}");
}

pub(super) fn covered(mut check: ServiceCheck, all: u64) -> ServiceCheck {
    check.coverage = Share::new(check.dossiers_seen, all);
    check
}

/// A piece of evidence about service 9 in the whole province.
pub(super) fn piece(id: &str, class: EvidenceClass, issued_on: Date) -> Evidence {
    Evidence {
        id: EvidenceId::parse(id).unwrap(),
        class,
        services: [service(9)].into(),
        codes: std::collections::BTreeSet::new(),
        units: std::collections::BTreeSet::new(),
        symbol: None,
        title: format!("trích yếu {id}"),
        issuer: "UBND tỉnh thử".to_owned(),
        issuer_code: None,
        signer: Some("NGƯỜI THỬ KÝ".to_owned()),
        issued_on,
        valid_from: issued_on,
        valid_to: None,
        supersedes: std::collections::BTreeSet::new(),
        repeals: std::collections::BTreeSet::new(),
        sha256: FileHash::new([7; 32]),
        address: None,
        compared: None,
        statements: BTreeMap::new(),
    }
}

/// Nothing gathered yet, by the shipped rules of the checks.
pub(super) fn gathering(
    window: Window,
    as_of: Timestamp,
    services: &ServiceList,
    rules: &ReportRules,
) -> Gathering {
    let checks = CheckRules::shipped().unwrap();
    Gathering::new(window, as_of, services, rules, &checks)
}

/// Versions of what is shipped, as a gateway tells them.
fn versions() -> BTreeMap<&'static str, String> {
    let rules = ReportRules::shipped().unwrap();
    let index = IndexRules::shipped().unwrap();
    let index: Vec<&str> = index.iter().map(IndexRules::id).collect();
    let services = ServiceList::shipped().unwrap();
    let evidence = EvidenceRules::shipped().unwrap();
    let checks = CheckRules::shipped().unwrap();
    let targets = TargetRegister::parse(TARGETS).unwrap();
    BTreeMap::from([
        ("services", services.version().to_owned()),
        ("evidence", evidence.version().to_owned()),
        ("checks", checks.version().to_owned()),
        ("calendar", "lịch-thử".to_owned()),
        ("targets", targets.version().to_owned()),
        ("index", index.join(", ")),
        ("reports", rules.version().to_owned()),
        ("late", rules.reading().version().to_owned()),
    ])
}

/// Everything that reports are made of.
pub(super) struct Province {
    pub(super) window: Window,
    pub(super) as_of: Timestamp,
    pub(super) services: ServiceList,
    pub(super) checks: Vec<ServiceCheck>,
    pub(super) gathering: Gathering,
    pub(super) register: Register,
    pub(super) evidence_rules: EvidenceRules,
    pub(super) targets: TargetRegister,
    pub(super) index: Vec<IndexRules>,
    pub(super) outside: OutsideFigures,
    pub(super) versions: BTreeMap<&'static str, String>,
    pub(super) rules: ReportRules,
    pub(super) public: bool,
    pub(super) check_rules: CheckRules,
    pub(super) unit_names: BTreeMap<AgencyCode, String>,
    pub(super) catalogue_changes: Option<Vec<CatalogueChange>>,
    pub(super) notices: Vec<Notice>,
    pub(super) previous: Option<PreviousReport>,
}

impl Province {
    pub(super) fn new() -> Self {
        let services = ServiceList::shipped().unwrap();
        let rules = ReportRules::shipped().unwrap();
        let (window, as_of) = (october(), october().ends());
        Self {
            window,
            as_of,
            checks: Vec::new(),
            gathering: gathering(window, as_of, &services, &rules),
            services,
            register: Register::default(),
            evidence_rules: EvidenceRules::shipped().unwrap(),
            targets: TargetRegister::parse(TARGETS).unwrap(),
            index: IndexRules::shipped().unwrap(),
            outside: OutsideFigures::default(),
            versions: versions(),
            rules,
            public: false,
            check_rules: CheckRules::shipped().unwrap(),
            unit_names: BTreeMap::from([(unit("H60.201"), "UBND xã Thử Một".to_owned())]),
            catalogue_changes: None,
            notices: Vec::new(),
            previous: None,
        }
    }

    pub(super) fn looking(mut self, dossiers: &[DossierFacts]) -> Self {
        for facts in dossiers {
            self.gathering.look(facts);
        }
        self
    }

    pub(super) fn material(&self) -> Material<'_> {
        Material {
            window: self.window,
            as_of: self.as_of,
            unit: None,
            services: &self.services,
            checks: &self.checks,
            gathering: &self.gathering,
            register: &self.register,
            evidence_rules: &self.evidence_rules,
            targets: &self.targets,
            index: &self.index,
            outside: &self.outside,
            rules: &self.rules,
            check_rules: &self.check_rules,
            versions: &self.versions,
            unit_names: &self.unit_names,
            catalogue_changes: self.catalogue_changes.as_deref(),
            notices: &self.notices,
            previous: self.previous.as_ref(),
            public: self.public,
        }
    }

    pub(super) fn report(&self, kind: ReportKind) -> Report {
        build(kind, &self.material(), Language::Vietnamese)
    }
}

/// A report as text: title, remarks, and the named tables.
pub(super) fn drawn(report: &Report, sections: &[&str]) -> String {
    let mut lines = vec![
        report.title.clone(),
        format!(
            "thấy {}, độ bao phủ {}",
            shown(&report.dossiers_seen),
            shown(&report.coverage)
        ),
    ];
    for section in &report.sections {
        if !sections.contains(&section.name) {
            continue;
        }
        lines.push(format!("# {}: {}", section.name, section.heading));
        let headings: Vec<&str> = section
            .columns
            .iter()
            .map(|it| it.heading.as_str())
            .collect();
        lines.push(headings.join(" | "));
        for row in &section.rows {
            let cells: Vec<String> = row.iter().map(shown).collect();
            lines.push(cells.join(" | "));
        }
        lines.extend(section.remarks.iter().map(|remark| format!("* {remark}")));
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::FewerThan(limit) => format!("<{limit}"),
        Cell::Withheld => "–".to_owned(),
        Cell::Share(share) => share.percent().map_or_else(String::new, Percent::text_vi),
        Cell::Value(value, unit) => format!("{value} {unit}"),
        Cell::Day(day) => day.to_string(),
        Cell::Moment(moment) => moment.to_string(),
        Cell::Verdict(verdict) => verdict.name_vi().to_owned(),
    }
}

/// The rows of a table.
pub(super) fn rows<'r>(report: &'r Report, section: &str) -> &'r [Vec<Cell>] {
    let found = report.sections.iter().find(|it| it.name == section);
    &found.unwrap().rows
}
