use jiff::SignedDuration;

use super::super::samples::{mark, record, state, step, steps, view};
use super::compare;
use crate::dossier::{FileUrl, ResultPaper, samples};
use crate::portal_status::PortalStatus;
use crate::ports::outbox::{DossierRecord, EventKind};
use crate::ports::portal::{PortalDetails, PortalView};
use crate::sync::reconcile::{DateField, Difference, Finding};
use crate::sync::state::SyncState;
use crate::text::Text;

const RECEIVED: PortalStatus = PortalStatus::Received;
const PROCESSING: PortalStatus = PortalStatus::Processing;
const PROCESSED: PortalStatus = PortalStatus::Processed;

fn differences(record: &DossierRecord, view: &PortalView) -> Vec<Difference> {
    match compare(Some(record), Some(&steps(record)), view) {
        Finding::Answered { differences, .. } => differences,
        Finding::Unanswered(_) => unreachable!("the portal answered"),
    }
}

fn said(status: PortalStatus) -> PortalView {
    view(Some(status), None, PortalDetails::default())
}

fn with_details(details: PortalDetails) -> PortalView {
    view(None, None, details)
}

#[test]
fn presence_alone_says_what_is_missing_on_either_side() {
    let there = view(None, None, PortalDetails::default());
    let ours = record(&[state(RECEIVED)]);
    let refused = record(&[(EventKind::State, RECEIVED, SyncState::Refused)]);
    let one = |difference: Option<Difference>| Finding::Answered {
        by_fields: false,
        differences: difference.into_iter().collect(),
    };
    assert_eq!(compare(Some(&ours), None, &there), one(None));
    assert_eq!(
        compare(Some(&ours), None, &PortalView::Absent),
        one(Some(Difference::MissingThere))
    );
    assert_eq!(
        compare(None, None, &there),
        one(Some(Difference::MissingHere))
    );
    assert_eq!(compare(None, None, &PortalView::Absent), one(None));
    assert_eq!(
        compare(Some(&refused), None, &there),
        one(Some(Difference::UnexpectedThere))
    );
    assert_eq!(
        compare(Some(&refused), None, &PortalView::Absent),
        one(None)
    );
}

#[test]
fn an_answer_with_fields_is_compared_by_fields() {
    let ours = record(&[state(RECEIVED)]);
    assert_eq!(
        compare(Some(&ours), None, &said(RECEIVED)),
        Finding::Answered {
            by_fields: true,
            differences: Vec::new()
        }
    );
}

#[test]
fn a_status_of_an_earlier_event_is_behind_and_any_other_is_ahead() {
    let ours = record(&[state(RECEIVED), state(PROCESSING)]);
    assert_eq!(
        differences(&ours, &said(RECEIVED)),
        [Difference::StatusBehind {
            ours: PROCESSING,
            theirs: RECEIVED
        }]
    );
    assert_eq!(
        differences(&ours, &said(PROCESSED)),
        [Difference::StatusAhead {
            ours: PROCESSING,
            theirs: PROCESSED
        }]
    );
}

#[test]
fn a_status_that_the_portal_has_not_accepted_is_not_expected_there() {
    let ours = record(&[
        state(RECEIVED),
        (EventKind::State, PROCESSED, SyncState::Refused),
    ]);
    assert_eq!(differences(&ours, &said(RECEIVED)), []);
    assert_eq!(
        differences(&ours, &said(PROCESSED)),
        [Difference::StatusAhead {
            ours: RECEIVED,
            theirs: PROCESSED
        }]
    );
}

#[test]
fn a_step_may_or_may_not_move_the_status_there() {
    let ours = record(&[state(RECEIVED), step()]);
    assert_eq!(differences(&ours, &said(RECEIVED)), []);
    assert_eq!(differences(&ours, &said(PROCESSING)), []);
}

#[test]
fn a_status_outside_the_table_is_told_letter_for_letter() {
    let ours = record(&[state(RECEIVED)]);
    let details = PortalDetails {
        raw_status: Some("11".to_owned()),
        ..PortalDetails::default()
    };
    assert_eq!(
        differences(&ours, &with_details(details)),
        [Difference::StatusUnknown {
            ours: RECEIVED,
            theirs: "11".to_owned()
        }]
    );
}

#[test]
fn missing_steps_name_the_first_only_where_all_behind_it_are_missing() {
    let ours = record(&[state(RECEIVED), step(), step(), step()]);
    let missing = |steps, first_revision| {
        [Difference::StepsMissing {
            steps,
            first_revision,
        }]
    };
    let shows = |revisions: &[u64]| view(None, Some(revisions), PortalDetails::default());
    assert_eq!(differences(&ours, &shows(&[2, 3, 4])), []);
    assert_eq!(differences(&ours, &shows(&[4, 2, 3])), []);
    assert_eq!(differences(&ours, &shows(&[2])), missing(2, 3));
    assert_eq!(differences(&ours, &shows(&[])), missing(3, 2));
    assert_eq!(differences(&ours, &shows(&[2, 4])), missing(1, 0));
}

#[test]
fn of_two_equal_steps_one_mark_shows_one() {
    let ours = record(&[state(RECEIVED), step(), step()]);
    let mut twice = steps(&ours);
    twice[1].mark = mark(2);
    let there = view(None, Some(&[2]), PortalDetails::default());
    let Finding::Answered { differences, .. } = compare(Some(&ours), Some(&twice), &there) else {
        unreachable!("the portal answered");
    };
    assert_eq!(
        differences,
        [Difference::StepsMissing {
            steps: 1,
            first_revision: 3
        }]
    );
}

#[test]
fn without_the_recorded_steps_missing_ones_are_only_counted() {
    let ours = record(&[state(RECEIVED), step(), step()]);
    let there = view(None, Some(&[2]), PortalDetails::default());
    let Finding::Answered { differences, .. } = compare(Some(&ours), None, &there) else {
        unreachable!("the portal answered");
    };
    assert_eq!(
        differences,
        [Difference::StepsMissing {
            steps: 1,
            first_revision: 0
        }]
    );
}

#[test]
fn dates_differ_by_the_second_and_a_day_alone_agrees_with_its_day() {
    let ours = record(&[state(RECEIVED)]);
    let received = samples::submitted();
    let told = |at| {
        with_details(PortalDetails {
            received: Some(Some(at)),
            due: Some(None),
            ..PortalDetails::default()
        })
    };
    assert_eq!(differences(&ours, &told(received)), []);
    let day_alone = "2025-07-13T17:00:00Z".parse().unwrap();
    assert_eq!(differences(&ours, &told(day_alone)), []);
    let later = received + SignedDuration::from_secs(1);
    assert_eq!(
        differences(&ours, &told(later)),
        [Difference::DateChanged {
            field: DateField::Received,
            ours: Some(received),
            theirs: Some(later)
        }]
    );
}

#[test]
fn result_papers_without_their_files_are_counted() {
    let mut ours = record(&[state(PROCESSED)]);
    let paper = |url: Option<&str>| ResultPaper {
        name: Text::parse("Giấy khai sinh").unwrap(),
        component: None,
        id: None,
        result: None,
        url: url.map(|url| FileUrl::parse(url).unwrap()),
    };
    let url = Some("https://files.example/1");
    ours.dossier.as_mut().unwrap().results = vec![paper(url), paper(url), paper(None)];
    let told = |results: &[bool]| {
        with_details(PortalDetails {
            results: Some(results.to_vec()),
            ..PortalDetails::default()
        })
    };
    assert_eq!(differences(&ours, &told(&[true, true, false])), []);
    assert_eq!(
        differences(&ours, &told(&[true, false])),
        [Difference::ResultWithoutFile { papers: 1 }]
    );
    assert_eq!(
        differences(&ours, &with_details(PortalDetails::default())),
        []
    );
}
