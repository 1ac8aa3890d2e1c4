//! Times and trails: C4, C5, K3 and K4, counted by hand.

use jiff::civil::date;

use super::samples::{World, at, other_steps, piece, promised_late, spoilt, states};
use crate::check::Verdict::{CannotObserve, Consistent, Contradicted};
use crate::evidence::{EvidenceClass, EvidenceId};
use crate::observation::{DossierFacts, Pause, PauseReason, Window};

type Spoil = fn(&mut DossierFacts);

#[test]
fn the_last_issued_document_in_force_at_the_receipt_counts() {
    let mut newer = states("time_limit", "4 ngày làm việc");
    newer.id = EvidenceId::parse("MC-2").unwrap();
    newer.issued_on = date(2026, 9, 20);
    newer.valid_from = date(2026, 9, 20);
    let world = World::new(vec![states("time_limit", "2 ngày làm việc"), newer]);
    let early = spoilt(100, 100, promised_late);
    assert_eq!(
        world.verdict("C4", &early),
        Contradicted,
        "three of two days"
    );
    let late = spoilt(100, 100, |it| {
        it.received = at("2026-09-21T09:00:00");
        it.first_due = Some(at("2026-09-24T17:00:00"));
    });
    assert_eq!(world.verdict("C4", &late), Consistent, "three of four days");
}

#[test]
fn times_are_counted_in_the_unit_of_the_limit() {
    // Received on Friday 11/9/2026 at 16:00, promised for Tuesday 15/9 at 10:00.
    let verdict = |limit: &str| {
        let dossiers = spoilt(100, 100, |it| {
            it.received = at("2026-09-11T16:00:00");
            it.first_due = Some(at("2026-09-15T10:00:00"));
        });
        World::new(vec![states("time_limit", limit)]).verdict("C4", &dossiers)
    };
    for (limit, expected) in [
        ("2 ngày làm việc", Consistent),
        ("1 ngày làm việc", Contradicted),
        // 1 h on Friday, 8 h on Monday, 2.5 h on Tuesday.
        ("12 giờ làm việc", Consistent),
        ("11 giờ làm việc", Contradicted),
        ("4 ngày", Consistent),
        ("3 ngày", Contradicted),
        ("1 ngày", Contradicted),
        ("90 giờ", Consistent),
        ("89 giờ", Contradicted),
        ("1 tháng", Consistent),
        ("trong ngày", Contradicted),
    ] {
        assert_eq!(verdict(limit), expected, "{limit}");
    }
}

#[test]
fn days_that_end_on_a_day_off_end_on_the_next_working_day() {
    // Friday 11/9/2026 and 2 days is Sunday, so Monday 14/9 is in time.
    let verdict = |due: &str| {
        let dossiers = spoilt(100, 100, |it| {
            it.received = at("2026-09-11T09:00:00");
            it.first_due = Some(at(due));
        });
        World::new(vec![states("time_limit", "2 ngày")]).verdict("C4", &dossiers)
    };
    assert_eq!(verdict("2026-09-14T17:00:00"), Consistent);
    assert_eq!(verdict("2026-09-15T08:00:00"), Contradicted);
}

#[test]
fn what_comes_after_the_cut_off_counts_from_the_next_working_day() {
    let verdict = |cut_off: Option<(&str, &str)>, due: &str| {
        let mut stated = vec![("time_limit", "trong ngày")];
        stated.extend(cut_off);
        let process = piece("MC-1", EvidenceClass::ProcessDecision, &stated);
        let dossiers = spoilt(100, 100, |it| {
            it.received = at("2026-09-07T15:30:00");
            it.first_due = Some(at(due));
        });
        World::new(vec![process]).verdict("C4", &dossiers)
    };
    let cut_off = Some(("cut_off", "15:00"));
    assert_eq!(verdict(None, "2026-09-07T17:00:00"), Consistent);
    assert_eq!(verdict(None, "2026-09-08T10:00:00"), Contradicted);
    assert_eq!(verdict(cut_off, "2026-09-08T10:00:00"), Consistent);
    assert_eq!(verdict(cut_off, "2026-09-09T10:00:00"), Contradicted);
}

#[test]
fn the_time_of_pauses_is_not_held_against_the_unit() {
    let world = World::new(vec![states("time_limit", "2 ngày làm việc")]);
    let paused = spoilt(100, 100, |it| {
        it.processed = Some(at("2026-09-15T15:00:00"));
        it.pauses = vec![Pause {
            reason: PauseReason::Supplement,
            from: at("2026-09-08T10:00:00"),
            until: Some(at("2026-09-14T10:00:00")),
        }];
    });
    assert_eq!(world.verdict("K4", &paused), Consistent);
    let check = world.check(&paused);
    let elapsed = check
        .figures
        .iter()
        .find(|it| it.code == "ELAPSED_TIME")
        .unwrap();
    assert_eq!(elapsed.value, Some((2.0, "working_days")));
}

#[test]
fn a_year_without_a_calendar_is_told_and_no_date_is_guessed() {
    let mut world = World::new(vec![states("time_limit", "20 ngày làm việc")]);
    world.window = Window::new(date(2026, 12, 1), date(2026, 12, 31)).unwrap();
    world.as_of = at("2027-01-01T00:00:00");
    let dossiers = |beyond| {
        spoilt(beyond, 100, |it| {
            it.first_due = Some(at("2027-01-05T17:00:00"));
        })
        .into_iter()
        .map(|mut it| {
            it.received = at("2026-12-07T09:00:00");
            it.first_due = it.first_due.max(Some(at("2026-12-10T17:00:00")));
            it
        })
        .collect::<Vec<_>>()
    };
    let finding = world.finding("C4", &dossiers(51));
    assert_eq!(finding.verdict, CannotObserve, "they could turn it");
    assert!(
        finding.reason_vi.contains("CẢNH BÁO"),
        "{}",
        finding.reason_vi
    );
    assert!(
        finding
            .reason_en
            .contains("the holidays of 2027 are not announced in full")
    );
    let finding = world.finding("C4", &dossiers(50));
    assert_eq!(finding.verdict, Consistent, "they could not");
    assert!(
        finding
            .reason_en
            .contains("WARNING: no date was computed for 50 dossiers")
    );
}

#[test]
fn a_trail_that_is_longer_for_a_lawful_reason_is_not_compared() {
    let steps = "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa";
    let world = World::new(vec![states("steps", steps)]);
    let verdict = |excuse: Spoil| {
        let mut dossiers = spoilt(40, 100, |it| {
            other_steps(it);
            excuse(it);
        });
        dossiers.truncate(100);
        world.verdict("C5", &dossiers)
    };
    assert_eq!(verdict(|_| {}), Contradicted);
    assert_eq!(
        verdict(|it| {
            it.pauses = vec![Pause {
                reason: PauseReason::Supplement,
                from: at("2026-09-07T15:00:00"),
                until: Some(at("2026-09-08T08:00:00")),
            }];
        }),
        Consistent
    );
    assert_eq!(
        verdict(|it| it.reopened_at = Some(at("2026-09-09T08:00:00"))),
        Consistent
    );
    assert_eq!(
        verdict(|it| it.processed = None),
        Consistent,
        "not finished"
    );
    assert_eq!(verdict(|it| it.steps[0].department = None), Consistent);
    let nameless = spoilt(100, 100, |it| it.steps[0].department = None);
    assert_eq!(world.verdict("C5", &nameless), CannotObserve);
    let before = World::new(vec![states("steps_before", "9")]);
    assert_eq!(before.verdict("K3", &nameless), CannotObserve);
}

#[test]
fn another_spelling_of_a_department_is_no_other_step() {
    let steps = "Một cửa > Cảnh sát khu vực > Hòa giải > Một cửa";
    let world = World::new(vec![states("steps", steps)]);
    let written = |desk: &str, third: &str| {
        let (desk, third) = (desk.to_owned(), third.to_owned());
        spoilt(100, 100, move |it| {
            for (place, name) in [(0, &desk), (2, &third), (3, &desk)] {
                it.steps[place].department = Some(name.clone());
            }
        })
    };
    let by_the_table = written("BỘ PHẬN MỘT CỬA", "Hoà giải");
    assert_eq!(world.verdict("C5", &by_the_table), Consistent);
    let finding = world.finding("C5", &written("Một cửa UBND xã Thử", "Hòa giải"));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding
            .reason_vi
            .contains("tên bộ phận trong tiến trình của 100 hồ sơ chưa được đối chiếu"),
        "{}",
        finding.reason_vi
    );
    let known = written("Một cửa", "Phòng Văn hóa - Xã hội");
    assert_eq!(
        world.verdict("C5", &known),
        Contradicted,
        "the table has it"
    );
}

#[test]
fn trails_that_could_not_be_compared_turn_no_share() {
    let steps = "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa";
    let world = World::new(vec![states("steps", steps)]);
    let verdict = |other: usize, unclear: usize| {
        let mut dossiers = spoilt(0, 100, |_| {});
        for dossier in dossiers.iter_mut().take(other) {
            other_steps(dossier);
        }
        for dossier in dossiers.iter_mut().skip(other).take(unclear) {
            dossier.steps[1].department = Some("Tổ công tác số 3".to_owned());
        }
        world.verdict("C5", &dossiers)
    };
    assert_eq!(verdict(5, 5), Consistent, "ten of a hundred at most");
    assert_eq!(verdict(5, 6), CannotObserve);
    assert_eq!(verdict(10, 30), CannotObserve);
    assert_eq!(verdict(11, 30), Contradicted, "whatever the others are");
}

#[test]
fn steps_are_held_against_their_number_before_where_that_is_stated() {
    let sheet = piece(
        "MC-1",
        EvidenceClass::ProcessDecision,
        &[
            ("steps", "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa"),
            ("steps_before", "6"),
        ],
    );
    let world = World::new(vec![sheet]);
    // Five runs of departments instead of four, then six.
    let five = spoilt(100, 100, |it| {
        let again = it.steps[1].clone();
        it.steps.push(again);
    });
    assert_eq!(world.verdict("K3", &five), Consistent, "fewer than before");
    assert_eq!(
        world.verdict("C5", &five),
        Contradicted,
        "and not as approved"
    );
    let six = spoilt(100, 100, |it| {
        other_steps(it);
        let again = it.steps[1].clone();
        it.steps.push(again);
    });
    assert_eq!(world.verdict("K3", &six), Contradicted);
}
