//! Worked by hand: dossiers of invented people (place code 000) on an invented clock.

mod laws;

use jiff::{SignedDuration, Timestamp};

use super::{DossierKept, MOST_STEPS};
use crate::agency::AgencyCode;
use crate::dossier::event::EventBody;
use crate::dossier::samples::{dossier, number, step, submitted};
use crate::dossier::{Document, Dossier, Fee, FeeCollection, FileUrl, ResultPaper, Reuse, Step};
use crate::observation::{DossierFacts, ObservationRules, Pause, PauseReason};
use crate::portal_status::PortalStatus;
use crate::ports::audit::AccessOutcome;
use crate::ports::observations::{LookupSeen, Observation};
use crate::procedure::ComponentCode;
use crate::text::Text;

/// The moment `hours` after the dossier was handed in.
fn at(hours: i64) -> Timestamp {
    submitted() + SignedDuration::from_hours(hours)
}

fn with_status(status: PortalStatus) -> Dossier {
    Dossier {
        status,
        ..dossier("Hồ sơ thử")
    }
}

fn state(revision: u64, hours: i64, dossier: Dossier) -> Observation {
    Observation::Event {
        revision,
        occurred_at: at(hours),
        body: EventBody::State(Box::new(dossier)),
    }
}

/// A step that was handled `handled` hours and reported `told` hours after the beginning.
fn stepped(revision: u64, handled: i64, told: i64, change: impl FnOnce(&mut Step)) -> Observation {
    let mut step = step(handled * 3600, "Chuyển xử lý");
    change(&mut step);
    Observation::Event {
        revision,
        occurred_at: at(told),
        body: EventBody::Step {
            dossier: number(),
            step: Box::new(step),
        },
    }
}

fn lookup(hours: i64, outcome: AccessOutcome, fields: &[&str]) -> Observation {
    Observation::Lookup(LookupSeen {
        dossier: number(),
        asked_at: at(hours),
        outcome,
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
    })
}

fn folded(happened: &[Observation]) -> DossierKept {
    let rules = ObservationRules::shipped().unwrap();
    let mut kept = DossierKept::default();
    for one in happened {
        kept.observe(one, &rules);
    }
    kept
}

fn facts(happened: &[Observation]) -> DossierFacts {
    folded(happened).told().unwrap()
}

#[test]
fn a_dossier_from_its_receipt_to_its_result() {
    let due = |status, hours| {
        let mut dossier = with_status(status);
        dossier.dates.due = Some(at(hours));
        dossier
    };
    let facts = facts(&[
        state(1, 0, due(PortalStatus::Received, 48)),
        stepped(2, 1, 1, |_| {}),
        state(3, 20, due(PortalStatus::Processed, 48)),
        state(4, 22, due(PortalStatus::ResultReturned, 48)),
    ]);
    assert_eq!(facts.revision, 4);
    assert_eq!(facts.unit.as_str(), "H22.12");
    assert_eq!((facts.first_due, facts.due), (Some(at(48)), Some(at(48))));
    assert_eq!(facts.due_moved_late_at, None);
    assert_eq!(facts.processed, Some(at(20)));
    assert_eq!(facts.returned, Some(at(22)));
    assert_eq!(facts.ended(), Some(at(20)));
    assert_eq!(facts.status, PortalStatus::ResultReturned);
    assert_eq!(facts.status_since, at(22));
    assert_eq!((facts.reopened_at, facts.pauses.len()), (None, 0));
    assert_eq!(facts.steps.len(), 1);
}

#[test]
fn a_wait_that_states_and_steps_tell_of_counts_once() {
    let waiting = |step: &mut Step| step.status = PortalStatus::SupplementRequired;
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::Received)),
        stepped(2, 3, 3, waiting),
        state(3, 4, with_status(PortalStatus::SupplementRequired)),
        state(4, 10, with_status(PortalStatus::Processing)),
        state(5, 12, with_status(PortalStatus::PaymentRequired)),
        state(6, 13, with_status(PortalStatus::Processed)),
    ]);
    let pause = |reason, from, until| Pause {
        reason,
        from: at(from),
        until: Some(at(until)),
    };
    assert_eq!(
        facts.pauses,
        [
            pause(PauseReason::Supplement, 3, 10),
            pause(PauseReason::Payment, 12, 13)
        ]
    );
    assert_eq!(facts.times().supplements.len(), 1);
}

#[test]
fn a_second_request_is_a_second_wait_and_the_open_one_has_no_end() {
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::SupplementRequired)),
        state(2, 5, with_status(PortalStatus::Processing)),
        state(3, 6, with_status(PortalStatus::SupplementRequired)),
        state(4, 7, with_status(PortalStatus::SupplementRequired)),
    ]);
    let ends: Vec<_> = facts.pauses.iter().map(|pause| pause.until).collect();
    assert_eq!(ends, [Some(at(5)), None]);
    assert_eq!(facts.status_since, at(6));
}

#[test]
fn a_step_that_is_reported_late_stands_where_it_happened() {
    let early = |step: &mut Step| step.status = PortalStatus::Received;
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::Registered)),
        state(2, 9, with_status(PortalStatus::Processed)),
        stepped(3, 2, 10, |_| {}),
        stepped(4, 1, 10, early),
    ]);
    assert_eq!(facts.status, PortalStatus::Processed);
    assert_eq!((facts.status_since, facts.reopened_at), (at(9), None));
    let handled: Vec<_> = facts.steps.iter().map(|step| step.handled_at).collect();
    assert_eq!(handled, [at(1), at(2)]);
}

#[test]
fn a_step_of_the_moment_of_the_end_does_not_reopen_the_dossier() {
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::Received)),
        state(2, 9, with_status(PortalStatus::Processed)),
        stepped(3, 9, 9, |_| {}),
    ]);
    assert_eq!(facts.reopened_at, None);
    assert_eq!(facts.status, PortalStatus::Processed);
}

#[test]
fn a_finished_dossier_that_goes_back_to_work_is_reopened_and_keeps_its_first_end() {
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::Received)),
        state(2, 9, with_status(PortalStatus::Processed)),
        state(3, 12, with_status(PortalStatus::Processing)),
        state(4, 15, with_status(PortalStatus::Processed)),
        state(5, 16, with_status(PortalStatus::ResultReturned)),
    ]);
    assert_eq!(facts.reopened_at, Some(at(12)));
    assert_eq!(facts.processed, Some(at(9)));
}

#[test]
fn an_appointment_is_moved_late_only_after_it_had_passed() {
    let due = |revision, told, due: Option<i64>| {
        let mut dossier = with_status(PortalStatus::Processing);
        dossier.dates.due = due.map(at);
        state(revision, told, dossier)
    };
    let in_time = facts(&[due(1, 0, Some(48)), due(2, 48, Some(72))]);
    assert_eq!(in_time.due_moved_late_at, None);
    assert_eq!(in_time.first_due, Some(at(48)));
    assert_eq!(in_time.due, Some(at(72)));
    let late = facts(&[
        due(1, 0, Some(48)),
        due(2, 49, Some(72)),
        due(3, 60, Some(72)),
    ]);
    assert_eq!(late.due_moved_late_at, Some(at(49)));
    let by_way_of_none = facts(&[due(1, 0, Some(48)), due(2, 47, None), due(3, 49, Some(72))]);
    assert_eq!(by_way_of_none.due_moved_late_at, Some(at(49)));
    let only_gone = facts(&[due(1, 0, Some(48)), due(2, 49, None)]);
    assert_eq!((only_gone.due_moved_late_at, only_gone.due), (None, None));
}

#[test]
fn an_appointment_that_passed_while_the_dossier_waited_had_not_passed() {
    let due = |revision, told, status, due| {
        let mut dossier = with_status(status);
        dossier.dates.due = Some(at(due));
        state(revision, told, dossier)
    };
    let moved = |resumed, moved| {
        facts(&[
            due(1, 0, PortalStatus::Processing, 48),
            due(2, 40, PortalStatus::SupplementRequired, 48),
            due(3, resumed, PortalStatus::Processing, 48),
            due(4, moved, PortalStatus::Processing, 120),
        ])
        .due_moved_late_at
    };
    // Eight hours were left when it began to wait at 40, sixty hours on the wall.
    assert_eq!(moved(100, 101), None);
    assert_eq!(moved(100, 108), None, "to the hour");
    assert_eq!(moved(100, 109), Some(at(109)));
    let still_waiting = facts(&[
        due(1, 0, PortalStatus::Processing, 48),
        due(2, 40, PortalStatus::SupplementRequired, 48),
        due(3, 90, PortalStatus::SupplementRequired, 120),
    ]);
    assert_eq!(still_waiting.due_moved_late_at, None);
}

#[test]
fn of_two_returns_to_work_the_first_is_told() {
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::Received)),
        state(2, 9, with_status(PortalStatus::Processed)),
        state(3, 12, with_status(PortalStatus::Processing)),
        state(4, 15, with_status(PortalStatus::Processed)),
        state(5, 30, with_status(PortalStatus::Processing)),
    ]);
    assert_eq!(facts.reopened_at, Some(at(12)));
}

#[test]
fn dates_tell_an_end_only_until_a_status_does() {
    let mut dated = with_status(PortalStatus::Processing);
    dated.dates.finished = Some(at(8));
    let with_date = facts(&[state(1, 9, dated.clone())]);
    assert_eq!(with_date.processed, Some(at(8)));
    dated.status = PortalStatus::Processed;
    let with_status = facts(&[state(1, 9, dated.clone())]);
    assert_eq!(with_status.processed, Some(at(9)));
    // What a newer state no longer says is not kept.
    dated.status = PortalStatus::Processing;
    dated.dates.finished = None;
    let taken_back = facts(&[state(1, 9, with_date_of(&dated)), state(2, 10, dated)]);
    assert_eq!(taken_back.processed, None);
}

fn with_date_of(dossier: &Dossier) -> Dossier {
    let mut dated = dossier.clone();
    dated.dates.finished = Some(at(8));
    dated
}

#[test]
fn a_refusal_a_stop_and_a_withdrawal_are_ends() {
    let ended = |status| {
        facts(&[
            state(1, 0, with_status(PortalStatus::Received)),
            state(2, 5, with_status(status)),
        ])
    };
    assert_eq!(ended(PortalStatus::NotReceived).refused, Some(at(5)));
    assert_eq!(ended(PortalStatus::Withdrawn).withdrawn, Some(at(5)));
    let stopped = ended(PortalStatus::Stopped);
    assert_eq!(stopped.stopped, Some(at(5)));
    assert_eq!(stopped.pauses[0].reason, PauseReason::Stop);
}

#[test]
fn the_first_apology_counts_whenever_it_is_reported() {
    let sorry = |step: &mut Step| step.content = Text::parse("Ban hành văn bản xin lỗi").unwrap();
    let begun = state(1, 0, with_status(PortalStatus::Processing));
    assert_eq!(facts(std::slice::from_ref(&begun)).apologised_at, None);
    let twice = [begun, stepped(2, 60, 60, sorry), stepped(3, 50, 61, sorry)];
    assert_eq!(facts(&twice).apologised_at, Some(at(50)));
}

#[test]
fn what_was_folded_in_before_changes_nothing_and_a_gap_is_survived() {
    let begun = state(1, 0, with_status(PortalStatus::Received));
    let later = state(7, 5, with_status(PortalStatus::Processing));
    let kept = folded(&[begun.clone(), later.clone()]);
    let mut again = kept.clone();
    let rules = ObservationRules::shipped().unwrap();
    assert!(!again.observe(&later, &rules));
    assert!(!again.observe(&begun, &rules));
    assert_eq!(again, kept);
    assert_eq!(kept.told().unwrap().revision, 7);
}

#[test]
fn a_step_before_any_state_says_too_little_and_a_lookup_before_it_is_kept() {
    let early = [
        lookup(0, AccessOutcome::NotAnswered, &[]),
        stepped(1, 1, 1, |_| {}),
    ];
    assert_eq!(folded(&early).told(), None);
    let mut all = early.to_vec();
    all.push(lookup(1, AccessOutcome::Matched, &["full_name", "birth"]));
    all.push(state(2, 2, with_status(PortalStatus::Received)));
    all.push(lookup(3, AccessOutcome::Matched, &["birth", "address"]));
    all.push(lookup(4, AccessOutcome::NotMatched, &[]));
    all.push(lookup(5, AccessOutcome::Denied, &[]));
    let facts = facts(&all);
    let seen = &facts.lookups;
    assert_eq!(
        (seen.matched, seen.not_matched, seen.failed, seen.denied),
        (2, 1, 1, 1)
    );
    assert_eq!(seen.first_matched_at, Some(at(1)));
    assert_eq!(
        (seen.first_asked_at, seen.last_failed_at),
        (Some(at(0)), Some(at(0)))
    );
    assert!(seen.fields.iter().eq(["address", "birth", "full_name"]));
    assert!(facts.steps.is_empty());
}

#[test]
fn papers_that_point_to_one_file_have_one_number() {
    let mut dossier = with_status(PortalStatus::Received);
    dossier.documents = ["a", "b", "a", "c", "b"]
        .into_iter()
        .map(document)
        .collect();
    dossier.documents[3].deleted = true;
    dossier.results = vec![result(Some("https://kho.example/kq.pdf")), result(None)];
    dossier.fees = vec![fee(8_000), fee(500)];
    let facts = facts(&[state(1, 0, dossier)]);
    let files: Vec<u16> = facts.papers.iter().map(|paper| paper.file).collect();
    assert_eq!(files, [0, 1, 0, 1]);
    let with_file: Vec<bool> = facts.results.iter().map(|it| it.has_file).collect();
    assert_eq!((with_file, facts.fee), (vec![true, false], 8_500));
}

#[test]
fn the_receiving_unit_goes_before_the_agency_of_the_number() {
    let mut dossier = with_status(PortalStatus::Received);
    dossier.receiving_unit = AgencyCode::parse("H22.12.3").ok();
    assert_eq!(facts(&[state(1, 0, dossier)]).unit.as_str(), "H22.12.3");
}

#[test]
fn a_department_is_trimmed_and_cut_and_a_step_told_twice_is_one() {
    let long = format!("Phòng {}", "Một cửa ".repeat(60));
    let named = |step: &mut Step| step.department = Text::parse(&long).ok();
    let facts = facts(&[
        state(1, 0, with_status(PortalStatus::Received)),
        stepped(2, 1, 1, named),
        stepped(3, 1, 2, named),
    ]);
    assert_eq!(facts.steps.len(), 1);
    assert_eq!(facts.revision, 3);
    let kept = facts.steps[0].department.as_deref().unwrap();
    assert!(kept.chars().count() <= 200 && kept == kept.trim(), "{kept}");
    assert!(long.starts_with(kept));
}

#[test]
fn a_system_that_repeats_itself_does_not_make_a_dossier_grow_without_end() {
    let rules = ObservationRules::shipped().unwrap();
    let mut kept = folded(&[state(1, 0, with_status(PortalStatus::Processing))]);
    for revision in 2..1_500 {
        let hour = i64::try_from(revision).unwrap();
        kept.observe(
            &state(revision, hour, with_status(PortalStatus::Processing)),
            &rules,
        );
    }
    assert_eq!(kept.states.len(), 2);
    assert_eq!(kept.facts.as_ref().unwrap().status_since, at(0));
    // The steps of a machine that reports one each hour; far apart in `derive`, so few of them.
    let facts = kept.facts.as_mut().unwrap();
    let one = stepped(0, 1, 1, |_| {});
    let Observation::Event {
        body: EventBody::Step { step, .. },
        ..
    } = one
    else {
        unreachable!()
    };
    facts.steps = (0..MOST_STEPS)
        .map(|index| super::StepFact {
            handled_at: at(i64::try_from(index).unwrap()),
            due_at: None,
            status: step.status,
            department: None,
        })
        .collect();
    kept.observe(&stepped(9_999, 3_000, 3_000, |_| {}), &rules);
    assert_eq!(kept.facts.unwrap().steps.len(), MOST_STEPS);
}

fn document(file: &str) -> Document {
    Document {
        id: None,
        name: Text::parse("Tờ khai thử").unwrap(),
        deleted: false,
        component: ComponentCode::parse("000.00.00.G15-KQ004389").unwrap(),
        url: FileUrl::parse(&format!("https://kho.example/{file}.pdf")).unwrap(),
        digitised: true,
        reuse: Reuse::None,
        from_national_store: false,
        replaced_by_result: None,
    }
}

fn result(url: Option<&str>) -> ResultPaper {
    ResultPaper {
        name: Text::parse("Giấy khai sinh").unwrap(),
        component: None,
        id: None,
        result: None,
        url: url.and_then(FileUrl::parse),
    }
}

fn fee(amount: u64) -> Fee {
    Fee {
        name: Text::parse("Lệ phí").unwrap(),
        code: Text::parse("LP1").unwrap(),
        collected: FeeCollection::AtIntake,
        amount,
        kind: Text::parse("1").unwrap(),
    }
}
