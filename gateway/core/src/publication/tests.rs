use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::{Deed, DeedRefused, Place, ReportAct, Ruling, Stage, rule};
use crate::access::{ClientName, OfficerId};
use crate::dossier::event::EventId;
use crate::observation::Window;
use crate::ports::reports::{ContentHash, KeptReport, ReportId};
use crate::report::ReportKind;
use crate::text::Text;

const HASH: ContentHash = ContentHash([7; 32]);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn kept(id: u64, kind: ReportKind) -> KeptReport {
    KeptReport {
        id: ReportId(id),
        kind,
        unit: None,
        window: Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap(),
        as_of: at("2026-10-31T17:00:00Z"),
        kept_at: at("2026-11-01T01:00:00Z"),
        client: ClientName::parse("igate").unwrap(),
        sha256: HASH,
        acts: Vec::new(),
    }
}

fn act(event: &str, deed: Deed) -> ReportAct {
    ReportAct {
        deed,
        client: ClientName::parse("igate").unwrap(),
        operator: OfficerId::parse("CB-01").unwrap(),
        event: EventId::parse(event).unwrap(),
        at: at("2026-11-05T02:00:00Z"),
    }
}

fn approve(event: &str) -> ReportAct {
    act(event, Deed::Approved { sha256: HASH })
}

fn publish(event: &str, place: Place, on: Date) -> ReportAct {
    let address = Text::parse("https://example.gov.vn/tre-han").unwrap();
    act(event, Deed::Published { place, address, on })
}

fn withdraw(event: &str) -> ReportAct {
    let reason = Text::parse("sai số liệu của một đơn vị").unwrap();
    act(event, Deed::Withdrawn { reason })
}

/// Records `act` as a store does.
fn record(report: &mut KeptReport, others: &[KeptReport], act: ReportAct) {
    assert_eq!(rule(report, others, &act), Ok(Ruling::Record));
    report.acts.push(act);
}

#[test]
fn a_list_goes_from_draft_over_approval_to_both_publications() {
    let mut list = kept(1, ReportKind::LateUnits);
    assert_eq!(list.stage(), Stage::Draft);
    record(&mut list, &[], approve("a"));
    assert_eq!(list.stage(), Stage::Approved);
    record(
        &mut list,
        &[],
        publish("b", Place::Inside, date(2026, 11, 5)),
    );
    assert_eq!(list.stage(), Stage::PublishedInside);
    record(
        &mut list,
        &[],
        publish("c", Place::Website, date(2026, 11, 5)),
    );
    assert_eq!(list.stage(), Stage::Published);
    record(&mut list, &[], withdraw("d"));
    assert_eq!(list.stage(), Stage::Withdrawn);
    let refused = rule(&list, &[], &approve("e"));
    assert_eq!(refused, Err(DeedRefused::Withdrawn { report: list.id }));
}

#[test]
fn the_website_may_come_first() {
    let mut list = kept(1, ReportKind::LateUnits);
    record(&mut list, &[], approve("a"));
    record(
        &mut list,
        &[],
        publish("b", Place::Website, date(2026, 11, 5)),
    );
    assert_eq!(list.stage(), Stage::PublishedOnWebsite);
    let again = rule(&list, &[], &publish("c", Place::Website, date(2026, 11, 5)));
    assert_eq!(
        again,
        Err(DeedRefused::AlreadyPublished { report: list.id })
    );
}

#[test]
fn what_is_not_approved_is_not_published() {
    let list = kept(1, ReportKind::LateUnits);
    let refused = rule(&list, &[], &publish("b", Place::Inside, date(2026, 11, 5)));
    assert_eq!(refused, Err(DeedRefused::NotApproved { report: list.id }));
}

#[test]
fn what_was_not_read_is_not_approved() {
    let list = kept(1, ReportKind::LateUnits);
    let other = act(
        "a",
        Deed::Approved {
            sha256: ContentHash([8; 32]),
        },
    );
    let refused = rule(&list, &[], &other);
    assert_eq!(refused, Err(DeedRefused::OtherHash { report: list.id }));
}

#[test]
fn a_corrected_list_is_approved_only_when_the_wrong_one_is_withdrawn() {
    let mut wrong = kept(1, ReportKind::LateUnits);
    record(&mut wrong, &[], approve("a"));
    let corrected = kept(2, ReportKind::LateUnits);
    let refused = rule(&corrected, &[wrong.clone()], &approve("b"));
    let other = wrong.id;
    assert_eq!(refused, Err(DeedRefused::AnotherApproved { other }));
    record(&mut wrong, &[], withdraw("c"));
    let allowed = rule(&corrected, &[wrong], &approve("b"));
    assert_eq!(allowed, Ok(Ruling::Record));
}

#[test]
fn the_day_of_publication_lies_between_approval_and_today() {
    let mut list = kept(1, ReportKind::LateUnits);
    record(&mut list, &[], approve("a"));
    let on = |day| rule(&list, &[], &publish("b", Place::Inside, day));
    assert_eq!(on(date(2026, 11, 4)), Err(DeedRefused::BeforeApproval));
    assert_eq!(on(date(2026, 11, 5)), Ok(Ruling::Record));
    assert_eq!(on(date(2026, 11, 6)), Err(DeedRefused::InFuture));
}

#[test]
fn the_same_event_is_recorded_once_and_never_for_something_else() {
    let mut list = kept(1, ReportKind::LateUnits);
    record(&mut list, &[], approve("a"));
    assert_eq!(rule(&list, &[], &approve("a")), Ok(Ruling::Repeat));
    let other = rule(&list, &[], &withdraw("a"));
    assert_eq!(other, Err(DeedRefused::OtherContent));
}

#[test]
fn other_reports_are_kept_and_nothing_else() {
    for kind in ReportKind::ALL {
        let report = kept(1, kind);
        let published = kind == ReportKind::LateUnits;
        let stage = if published { Stage::Draft } else { Stage::Kept };
        assert_eq!(report.stage(), stage, "{kind:?}");
        let allowed = rule(&report, &[], &approve("a")).is_ok();
        assert_eq!(allowed, published, "{kind:?}");
    }
}

#[test]
fn a_number_is_read_as_it_is_shown_and_shorter() {
    for text in ["BC-000007", "bc-7", "7", " BC-7 "] {
        assert_eq!(ReportId::parse(text), Some(ReportId(7)), "{text}");
    }
    assert_eq!(ReportId(7).to_string(), "BC-000007");
    for text in [
        "",
        "0",
        "BC-",
        "MC-7",
        "-7",
        "7a",
        "9999999999999999999",
        "bç7",
    ] {
        assert_eq!(ReportId::parse(text), None, "{text}");
    }
}

#[test]
fn a_hash_is_read_as_it_is_shown() {
    let text = HASH.to_string();
    assert_eq!(text.len(), 64);
    assert_eq!(ContentHash::parse(&text), Some(HASH));
    assert_eq!(ContentHash::parse(&text.to_uppercase()), Some(HASH));
    assert_eq!(ContentHash::parse(&text[1..]), None);
    assert_eq!(ContentHash::parse(&"g".repeat(64)), None);
}
