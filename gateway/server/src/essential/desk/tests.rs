use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::check::{Criterion, Verdict};
use lienthong_core::essential::ServiceNumber;
use lienthong_core::observation::Window;

use super::*;
use crate::essential::KnowledgeFile;
use crate::essential::doubles::{Fixed, Office, at, birth, sent_back_twice};

const MINUTE: Duration = Duration::from_mins(1);

fn codes(inspected: &Inspected) -> Vec<&'static str> {
    inspected.warnings.iter().map(|it| it.code).collect()
}

#[tokio::test]
async fn every_dossier_is_looked_at_page_by_page() {
    let received = at("2026-11-10T05:00:00Z");
    let facts: Vec<_> = (0..4_500).map(|number| birth(number, received)).collect();
    let office = Office::with(Fixed::of(facts));
    let question = office.desk.usual_question();
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert_eq!(inspected.dossiers, 4_500);
    let births = ServiceNumber::new(9).unwrap();
    let check = inspected.checks.iter().find(|it| it.service == births);
    assert_eq!(check.unwrap().dossiers_seen, 4_500);
    assert_eq!(inspected.checks.len(), 25);
    // Two full ones, and one that is not.
    assert_eq!(office.facts.pages.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn one_dossier_that_was_sent_back_twice_contradicts() {
    let received = at("2026-11-10T05:00:00Z");
    let facts = vec![birth(1, received), sent_back_twice(2, received)];
    let office = Office::with(Fixed::of(facts));
    let question = Question {
        numbers: vec![ServiceNumber::new(9).unwrap()],
        ..office.desk.usual_question()
    };
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    let [check] = inspected.checks.as_slice() else {
        panic!("{}", inspected.checks.len());
    };
    let finding = check
        .findings
        .iter()
        .find(|it| it.criterion == Criterion::C(7));
    let finding = finding.unwrap();
    assert_eq!(
        finding.verdict,
        Verdict::Contradicted,
        "{}",
        finding.reason_en
    );
    assert_eq!(finding.examples, [sent_back_twice(2, received).number]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_ends_the_call_in_its_time() {
    let office = Office::with(Fixed {
        hangs: true,
        ..Fixed::default()
    });
    let question = office.desk.usual_question();
    let ended = office.desk.inspect(&question, MINUTE).await;
    assert_eq!(ended.unwrap_err(), EssentialFailure::TooSlow);
}

#[tokio::test(start_paused = true)]
async fn more_checks_than_there_are_places_for_wait_and_are_told_so() {
    let office = Office::with(Fixed {
        hangs: true,
        ..Fixed::default()
    });
    let question = office.desk.usual_question();
    let hour = Duration::from_hours(1);
    let slow = || office.desk.inspect(&question, hour);
    let third = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        office.desk.inspect(&question, MINUTE).await
    };
    let (_, _, third) = tokio::join!(slow(), slow(), third);
    assert_eq!(third.unwrap_err(), EssentialFailure::Busy);
}

#[tokio::test]
async fn facts_that_cannot_be_read_are_no_empty_board() {
    let office = Office::with(Fixed::default());
    office.facts.out.store(true, Ordering::Relaxed);
    let question = office.desk.usual_question();
    let ended = office.desk.inspect(&question, MINUTE).await;
    assert!(matches!(
        ended,
        Err(EssentialFailure::Observations(
            ObservationError::Unavailable { .. }
        ))
    ));
}

#[tokio::test]
async fn whoever_asks_twice_on_one_day_is_told_the_same() {
    let received = at("2026-11-10T05:00:00Z");
    let office = Office::with(Fixed::of(vec![sent_back_twice(1, received)]));
    let first = office.desk.usual_question();
    let told = office.desk.inspect(&first, MINUTE).await.unwrap();
    office.clock.advance(SignedDuration::from_hours(6));
    let second = office.desk.usual_question();
    let again = office.desk.inspect(&second, MINUTE).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(told.checks, again.checks);
}

#[tokio::test]
async fn a_year_without_calendar_is_a_loud_warning() {
    let office = Office::with(Fixed::default());
    let days = |first: &str, last: &str| {
        Window::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    };
    let now = at("2027-03-01T03:00:00Z");
    let question = Question::about(days("2027-02-01", "2027-02-28"), now);
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert!(codes(&inspected).contains(&"CALENDAR_GAP"));
    let text = &inspected.warnings[0].text_vi;
    assert!(text.contains("2027"), "{text}");
    drop(inspected);
    // The days themselves have a calendar, but time limits reach into the next year.
    let question = Question::about(days("2026-12-01", "2026-12-20"), now);
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert!(codes(&inspected).contains(&"CALENDAR_GAP"));
    drop(inspected);
    let question = office.desk.usual_question();
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert!(!codes(&inspected).contains(&"CALENDAR_GAP"));
}

#[tokio::test]
async fn zeros_of_a_unit_that_nobody_knows_are_told_with_it() {
    let received = at("2026-11-10T05:00:00Z");
    let office = Office::with(Fixed::of(vec![birth(1, received)]));
    for (unit, told) in [
        ("H60.201", None),
        ("H99.77", Some("UNIT_UNKNOWN")),
        ("H22.12", Some("UNIT_CLOSED")),
    ] {
        let question = Question {
            unit: Some(AgencyCode::parse(unit).unwrap()),
            ..office.desk.usual_question()
        };
        let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
        let codes = codes(&inspected).into_iter();
        let about: Vec<_> = codes.filter(|it| it.starts_with("UNIT_")).collect();
        assert_eq!(about, Vec::from_iter(told), "{unit}");
    }
}

#[tokio::test]
async fn what_is_not_looked_at_yet_is_told() {
    let office = Office::with(Fixed::default());
    let question = office.desk.usual_question();
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert_eq!(codes(&inspected), ["RECONCILIATION_MISSING"]);
    let notices = inspected.notices;
    office.following.0.store(false, Ordering::Relaxed);
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert!(codes(&inspected).contains(&"OBSERVATION_LAG"));
    assert!(inspected.is_behind());
    assert_eq!(inspected.notices, notices, "what passes is in no report");
}

#[tokio::test]
async fn more_dossiers_than_there_are_is_told_and_no_coverage() {
    let totals = "[[total]]\nservice = 9\nfirst_day = \"2026-10-01\"\nlast_day = \"2026-11-30\"\n\
                  dossiers = 1\nsource = \"báo cáo tháng\"\n";
    let files = BTreeMap::from([(KnowledgeFile::Totals, totals.to_owned())]);
    let knowledge = Knowledge::with(&files).unwrap_or_else(|problems| panic!("{problems:?}"));
    let received = at("2026-11-10T05:00:00Z");
    let facts = vec![birth(1, received), birth(2, received)];
    let office = Office::knowing(Fixed::of(facts), knowledge);
    let window = Window::new("2026-10-01".parse().unwrap(), "2026-11-30".parse().unwrap());
    let question = Question::about(window.unwrap(), at("2026-12-05T00:00:00Z"));
    let inspected = office.desk.inspect(&question, MINUTE).await.unwrap();
    assert!(codes(&inspected).contains(&"COVERAGE_ABOVE_WHOLE"));
    let births = inspected.checks.iter().find(|it| it.service.get() == 9);
    assert_eq!(births.unwrap().coverage, None);
}

#[tokio::test]
async fn totals_of_other_days_are_told_to_be_of_no_use() {
    let totals = "[[total]]\nservice = 9\nfirst_day = \"2026-10-01\"\nlast_day = \"2026-10-31\"\n\
                  dossiers = 100\nsource = \"báo cáo tháng\"\n";
    let files = BTreeMap::from([(KnowledgeFile::Totals, totals.to_owned())]);
    let inspected = async |first: &str, last: &str| {
        let knowledge = Knowledge::with(&files).unwrap_or_else(|problems| panic!("{problems:?}"));
        let office = Office::knowing(Fixed::default(), knowledge);
        let window = Window::new(first.parse().unwrap(), last.parse().unwrap());
        let question = Question::about(window.unwrap(), at("2026-12-05T00:00:00Z"));
        office.desk.inspect(&question, MINUTE).await.unwrap()
    };
    let other = inspected("2026-10-02", "2026-10-31").await;
    let told = other
        .warnings
        .iter()
        .find(|it| it.code == "NO_TOTAL_FOR_WINDOW");
    let text = &told.unwrap().text_en;
    assert!(
        text.starts_with("Service 9: there are totals of other days"),
        "{text}"
    );
    let same = inspected("2026-10-01", "2026-10-31").await;
    assert!(!codes(&same).contains(&"NO_TOTAL_FOR_WINDOW"));
}

#[tokio::test]
async fn the_register_is_read_again_only_when_something_was_recorded() {
    let office = Office::with(Fixed::default());
    let first = office.desk.register().await.unwrap();
    let second = office.desk.register().await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn every_service_of_the_list_has_a_documented_state() {
    let office = Office::with(Fixed::default());
    let register = office.desk.register().await.unwrap();
    let listed = office.desk.listed(&register, office.desk.today(), None);
    assert_eq!(listed.len(), 25);
    let numbers: Vec<u16> = listed.iter().map(|it| it.service.number.get()).collect();
    assert_eq!(numbers, (1..=25).collect::<Vec<u16>>());
}

#[tokio::test]
async fn a_place_is_taken_until_what_was_found_is_drawn() {
    let office = Office::with(Fixed::default());
    let question = office.desk.usual_question();
    let short = Duration::from_millis(20);
    let one = office.desk.inspect(&question, MINUTE).await.unwrap();
    let other = office.desk.inspect(&question, MINUTE).await.unwrap();
    let refused = office.desk.inspect(&question, short).await.unwrap_err();
    assert_eq!(refused, EssentialFailure::Busy);
    // The daily check waits for no caller.
    office.desk.inspect_daily(&question, MINUTE).await.unwrap();
    let place = one.place().clone();
    drop(one);
    let refused = office.desk.inspect(&question, short).await.unwrap_err();
    assert_eq!(refused, EssentialFailure::Busy);
    drop((place, other));
    office.desk.inspect(&question, MINUTE).await.unwrap();
}
