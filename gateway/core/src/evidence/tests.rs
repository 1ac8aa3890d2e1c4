//! What counts as evidence, for how long, and how far documents go.

mod forms;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

use super::{
    Comparison, Documented, DocumentedState, Evidence, EvidenceClass, EvidenceId, EvidenceRules,
    FileHash, Lack, OutOfDate, Register, Standing, Subject,
};
use crate::agency::AgencyCode;
use crate::essential::{ServiceList, ServiceNumber};
use crate::procedure::ProcedureCode;

fn id(text: &str) -> EvidenceId {
    EvidenceId::parse(text).unwrap()
}

fn code(text: &str) -> ProcedureCode {
    ProcedureCode::parse(text).unwrap()
}

fn unit(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

/// A piece about service 3, Đăng ký thường trú.
fn piece(name: &str, class: EvidenceClass, issued_on: Date) -> Evidence {
    Evidence {
        id: id(name),
        class,
        services: BTreeSet::from([ServiceNumber::new(3).unwrap()]),
        codes: BTreeSet::from([code("1.004222")]),
        units: BTreeSet::new(),
        symbol: None,
        title: "thử".to_owned(),
        issuer: "UBND tỉnh thử nghiệm".to_owned(),
        issuer_code: None,
        signer: None,
        issued_on,
        valid_from: issued_on,
        valid_to: None,
        supersedes: BTreeSet::new(),
        repeals: BTreeSet::new(),
        sha256: FileHash::new([7; 32]),
        address: None,
        compared: None,
        statements: BTreeMap::new(),
    }
}

/// One piece of each class, in the order of the work, and all that the cap wants.
fn whole() -> Vec<Evidence> {
    let day = |number: i8| date(2026, 3, number);
    let mut pieces: Vec<Evidence> = (1..)
        .zip(EvidenceClass::ALL)
        .map(|(number, class)| piece(class.id(), class, day(number)))
        .collect();
    let digitisation = ("digitisation".to_owned(), "có".to_owned());
    pieces[8].statements = BTreeMap::from([digitisation]);
    pieces
}

fn documented_on(pieces: Vec<Evidence>, of: Option<&AgencyCode>, on: Date) -> Documented {
    let list = ServiceList::shipped().unwrap();
    let rules = EvidenceRules::shipped().unwrap();
    let procedure = code("1.004222.H22");
    let subject = Subject {
        service: list.service(ServiceNumber::new(3).unwrap()).unwrap(),
        code: Some(&procedure),
        unit: of,
    };
    Register::new(pieces, BTreeMap::new()).documented(&subject, on, &rules)
}

fn documented(pieces: Vec<Evidence>) -> Documented {
    documented_on(pieces, None, date(2026, 6, 1))
}

#[test]
fn with_all_evidence_the_way_is_walked_to_its_end() {
    let documented = documented(whole());
    assert_eq!(documented.state, DocumentedState::Evaluated);
    assert_eq!(documented.lacks, []);
    let used: Vec<&str> = documented.evidence.iter().map(EvidenceId::as_str).collect();
    assert_eq!(used, ["E1", "E2", "E3", "E4", "E5", "E7", "E8", "E9"]);
}

#[test]
fn a_state_is_only_as_high_as_the_weakest_evidence_below_it() {
    let reached = |without: &str| {
        let mut pieces = whole();
        pieces.retain(|it| it.id.as_str() != without);
        let documented = documented(pieces);
        (documented.state.name(), documented.lacks)
    };
    let missing = |class| vec![Lack::Missing { class }];
    assert_eq!(
        reached("E1"),
        ("NOT_REVIEWED", missing(EvidenceClass::OptionDecision))
    );
    let published = missing(EvidenceClass::PublicationDecision);
    assert_eq!(reached("E2"), ("OPTION_APPROVED", published));
    assert_eq!(
        reached("E3"),
        ("PUBLISHED", missing(EvidenceClass::ProcessDecision))
    );
    assert_eq!(
        reached("E4"),
        ("PROCESS_APPROVED", missing(EvidenceClass::DataMapping))
    );
    assert_eq!(
        reached("E5"),
        ("PROCESS_APPROVED", missing(EvidenceClass::PapersSheet))
    );
    assert_eq!(
        reached("E6"),
        ("CONFIGURED", missing(EvidenceClass::ConnectionMinutes))
    );
    assert_eq!(
        reached("E7"),
        ("CONFIGURED", missing(EvidenceClass::TestMinutes))
    );
    assert_eq!(
        reached("E8"),
        ("IN_OPERATION", missing(EvidenceClass::CostSheet))
    );
}

#[test]
fn without_connection_and_digitisation_nothing_above_configured_counts() {
    let mut pieces = whole();
    pieces.retain(|it| it.class != EvidenceClass::ConnectionMinutes);
    pieces[7].statements.clear();
    let documented = documented(pieces);
    assert_eq!(documented.state, DocumentedState::Configured);
    assert_eq!(documented.uncapped, DocumentedState::Evaluated);
    let class = EvidenceClass::ConnectionMinutes;
    let statement = "digitisation".to_owned();
    assert_eq!(
        documented.lacks,
        [Lack::Missing { class }, Lack::NotStated { statement }]
    );
}

#[test]
fn the_cap_does_not_hold_up_what_is_below_it() {
    let pieces = whole().into_iter().take(3).collect();
    let documented = documented(pieces);
    assert_eq!(documented.state, DocumentedState::ProcessApproved);
    assert_eq!(documented.uncapped, DocumentedState::ProcessApproved);
}

#[test]
fn connection_minutes_count_for_six_months() {
    let last = date(2026, 9, 5);
    let on = |day| documented_on(whole(), None, day);
    assert_eq!(on(last).state, DocumentedState::Evaluated);
    let after = on(date(2026, 9, 6));
    assert_eq!(after.state, DocumentedState::Configured);
    let evidence = id("E6");
    let reasons = vec![OutOfDate::TooOld { last }];
    assert_eq!(after.lacks, [Lack::OutOfDate { evidence, reasons }]);
}

#[test]
fn work_before_the_first_decision_counts_only_where_it_is_stated() {
    let mut sheet = piece("E8", EvidenceClass::CostSheet, date(2026, 1, 5));
    let state = |sheet: &Evidence| documented(vec![sheet.clone()]).state;
    assert_eq!(state(&sheet), DocumentedState::NotReviewed);
    let mut say = |name: &str, value: &str| {
        let statement = (name.to_owned(), value.to_owned());
        sheet.statements.extend([statement]);
        state(&sheet)
    };
    assert_eq!(say("reviewed", "không"), DocumentedState::NotReviewed);
    assert_eq!(say("reviewed", "có"), DocumentedState::Reviewed);
    assert_eq!(say("option_drafted", "có"), DocumentedState::OptionDrafted);
}

#[test]
fn evidence_about_another_agency_or_code_does_not_help() {
    let mut pieces = whole();
    pieces[2].units = BTreeSet::from([unit("H22.12")]);
    let evidence = id("E3");
    let elsewhere = documented_on(pieces.clone(), Some(&unit("H22.13")), date(2026, 6, 1));
    assert_eq!(elsewhere.state, DocumentedState::Published);
    assert_eq!(elsewhere.lacks, [Lack::OtherUnit { evidence }]);
    let whole_province = documented(pieces.clone());
    assert_eq!(whole_province.state, DocumentedState::Published);
    let below = documented_on(pieces.clone(), Some(&unit("H22.12.7")), date(2026, 6, 1));
    assert_eq!(below.state, DocumentedState::Evaluated);
    pieces[2].units.clear();
    pieces[2].codes = BTreeSet::from([code("1.004194")]);
    let evidence = id("E3");
    assert_eq!(documented(pieces).lacks, [Lack::OtherCode { evidence }]);
}

#[test]
fn what_counts_later_does_not_count_yet() {
    let mut pieces = whole();
    let from = date(2026, 7, 1);
    pieces[1].valid_from = from;
    let documented = documented(pieces);
    assert_eq!(documented.state, DocumentedState::OptionApproved);
    let evidence = id("E2");
    assert_eq!(documented.lacks, [Lack::NotYet { evidence, from }]);
}

/// Reasons against `subject`, which stands in a register with `others`.
fn reasons(subject: &Evidence, others: &[Evidence], on: Date) -> Vec<OutOfDate> {
    let rules = EvidenceRules::shipped().unwrap();
    let closed = BTreeMap::from([(unit("H22"), date(2025, 6, 30))]);
    let mut pieces = others.to_vec();
    pieces.push(subject.clone());
    let register = Register::new(pieces, closed);
    match subject.standing(on, &register, &rules) {
        Standing::Valid => Vec::new(),
        Standing::OutOfDate(reasons) => reasons,
        Standing::NotYet { from } => panic!("not before {from}"),
    }
}

#[test]
fn each_way_of_running_out_is_named() {
    let process = piece("E3", EvidenceClass::ProcessDecision, date(2025, 1, 10));
    let on = date(2026, 6, 1);
    assert_eq!(reasons(&process, &[], on), []);

    let last = date(2026, 5, 31);
    let ended = Evidence {
        valid_to: Some(last),
        ..process.clone()
    };
    assert_eq!(reasons(&ended, &[], last), [], "the last day counts");
    assert_eq!(reasons(&ended, &[], on), [OutOfDate::Ended { last }]);

    let mut newer = piece("N", EvidenceClass::ProcessDecision, date(2026, 2, 1));
    newer.supersedes = BTreeSet::from([id("E3")]);
    let by = id("N");
    assert_eq!(
        reasons(&process, &[newer.clone()], on),
        [OutOfDate::Superseded { by }]
    );
    assert_eq!(
        reasons(&process, &[newer], date(2026, 1, 31)),
        [],
        "not before it counts"
    );

    let mut repeal = piece("R", EvidenceClass::PublicationDecision, date(2026, 2, 1));
    repeal.codes.clear();
    repeal.repeals = BTreeSet::from([code("1.004222")]);
    let gone = OutOfDate::Repealed {
        code: code("1.004222"),
        by: id("R"),
    };
    assert_eq!(reasons(&process, &[repeal], on), [gone]);

    let anew = piece("P", EvidenceClass::PublicationDecision, date(2026, 2, 1));
    let changed = OutOfDate::PublishedAnew {
        code: code("1.004222"),
        by: id("P"),
    };
    assert_eq!(
        reasons(&process, std::slice::from_ref(&anew), on),
        [changed]
    );
    let option = piece("E1", EvidenceClass::OptionDecision, date(2025, 1, 10));
    assert_eq!(
        reasons(&option, &[anew], on),
        [],
        "publishing carries an option out"
    );
}

#[test]
fn a_piece_of_or_about_a_closed_agency_runs_out_with_it() {
    let process = piece("E3", EvidenceClass::ProcessDecision, date(2025, 1, 10));
    let on = date(2026, 6, 1);
    let closed = OutOfDate::UnitClosed {
        last: date(2025, 6, 30),
    };
    let issued = Evidence {
        issuer_code: Some(unit("H22.5")),
        ..process.clone()
    };
    assert_eq!(reasons(&issued, &[], on), std::slice::from_ref(&closed));
    assert_eq!(reasons(&issued, &[], date(2025, 6, 30)), []);
    let about = Evidence {
        units: BTreeSet::from([unit("H22.5")]),
        ..process
    };
    assert_eq!(reasons(&about, &[], on), [closed]);
}

#[test]
fn a_review_age_is_the_provinces_own() {
    let rules = "version = \"1\"\n[[class]]\nid = \"e3\"\nreview_months = 12\nsource = \"x\"\ncertainty = \"inferred\"";
    let rules = EvidenceRules::parse(rules).unwrap();
    let mut process = piece("E3", EvidenceClass::ProcessDecision, date(2025, 1, 10));
    let standing = |it: &Evidence, on| it.standing(on, &Register::default(), &rules);
    let since = date(2025, 1, 10);
    assert_eq!(standing(&process, date(2026, 1, 9)), Standing::Valid);
    assert_eq!(
        standing(&process, date(2026, 1, 10)),
        Standing::OutOfDate(vec![OutOfDate::NotReviewed { since }])
    );
    process.compared = Some(Comparison {
        on: date(2025, 12, 1),
        by: "CB-01".to_owned(),
    });
    assert_eq!(standing(&process, date(2026, 1, 10)), Standing::Valid);
}

#[test]
fn two_decisions_of_one_day_about_one_code_are_told() {
    let one = piece("A", EvidenceClass::ProcessDecision, date(2026, 2, 1));
    let mut other = piece("B", EvidenceClass::ProcessDecision, date(2026, 2, 1));
    let on = date(2026, 3, 1);
    let rivals = |other: &Evidence| {
        let register = Register::new(vec![one.clone(), other.clone()], BTreeMap::new());
        register.rivals(on).count()
    };
    assert_eq!(rivals(&other), 1);
    other.units = BTreeSet::from([unit("H22.12")]);
    assert_eq!(rivals(&other), 0, "one is for an agency of its own");
    other.units.clear();
    other.supersedes = BTreeSet::from([id("A")]);
    assert_eq!(rivals(&other), 0, "it says which counts");
}

#[test]
fn states_beside_the_way_have_their_reasons() {
    let list = ServiceList::shipped().unwrap();
    let rules = EvidenceRules::shipped().unwrap();
    let on = date(2026, 6, 1);
    let state = |number, procedure: Option<&str>, pieces: Vec<Evidence>| {
        let procedure = procedure.map(code);
        let subject = Subject {
            service: list.service(ServiceNumber::new(number).unwrap()).unwrap(),
            code: procedure.as_ref(),
            unit: None,
        };
        let register = Register::new(pieces, BTreeMap::new());
        register.documented(&subject, on, &rules).state
    };
    assert_eq!(state(24, None, Vec::new()), DocumentedState::NotApplicable);
    let mut repeal = piece("R", EvidenceClass::PublicationDecision, date(2026, 2, 1));
    repeal.codes.clear();
    repeal.repeals = BTreeSet::from([code("1.004222"), code("2.002621")]);
    let repealed = state(3, Some("1.004222"), vec![repeal.clone()]);
    assert_eq!(repealed, DocumentedState::Repealed);
    let replaced = state(15, Some("2.002621"), vec![repeal]);
    assert_eq!(
        replaced,
        DocumentedState::Superseded,
        "3.000722 took its place"
    );
    let mut stop = piece("S", EvidenceClass::PortalExtract, date(2026, 2, 1));
    let said = ("suspended".to_owned(), "chờ dừng công khai".to_owned());
    stop.statements = BTreeMap::from([said]);
    let mut pieces = whole();
    pieces.push(Evidence {
        issued_on: date(2026, 5, 1),
        valid_from: date(2026, 5, 1),
        ..stop
    });
    assert_eq!(
        state(3, Some("1.004222"), pieces),
        DocumentedState::Suspended
    );
}
