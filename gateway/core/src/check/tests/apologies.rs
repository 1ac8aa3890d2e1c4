//! C14: an apology for each dossier that is late.

use super::samples::{World, at, number, spoilt};
use crate::check::Verdict::{Consistent, Contradicted, Unproven};
use crate::check::{ServiceCheck, Verdict};
use crate::lateness::LateReading;
use crate::observation::{DossierFacts, Pause, PauseReason};

fn verdict(id: &str, dossiers: &[DossierFacts]) -> Verdict {
    World::new(Vec::new()).verdict(id, dossiers)
}

fn supplement(day: i8) -> Pause {
    Pause {
        reason: PauseReason::Supplement,
        from: at(&format!("2026-09-{day:02}T10:00:00")),
        until: Some(at(&format!("2026-09-{day:02}T16:00:00"))),
    }
}

#[test]
fn a_late_dossier_needs_an_apology() {
    let late = |it: &mut DossierFacts| it.processed = Some(at("2026-09-09T17:00:01"));
    let finding = World::new(Vec::new()).finding("C14", &spoilt(1, 100, late));
    assert_eq!(finding.verdict, Contradicted);
    assert_eq!(finding.examples, [number(1)]);
    let in_time = spoilt(1, 100, |it| it.processed = Some(at("2026-09-09T17:00:00")));
    assert_eq!(verdict("C14", &in_time), Consistent, "to the second");
    let apologised = spoilt(1, 100, |it| {
        late(it);
        it.apologised_at = Some(at("2026-09-20T08:00:00"));
    });
    assert_eq!(verdict("C14", &apologised), Consistent);
    let apologised_later = spoilt(1, 100, |it| {
        late(it);
        it.apologised_at = Some(at("2026-10-01T08:00:00"));
    });
    assert_eq!(verdict("C14", &apologised_later), Contradicted);
    let overdue = spoilt(1, 100, |it| it.processed = None);
    assert_eq!(verdict("C14", &overdue), Contradicted);
    let supplemented = spoilt(1, 100, |it| {
        it.processed = Some(at("2026-09-09T22:00:00"));
        it.pauses = vec![supplement(8)];
    });
    assert_eq!(verdict("C14", &supplemented), Consistent, "six hours off");
    let twice_and_not_due = spoilt(1, 100, |it| {
        it.processed = None;
        it.due = Some(at("2026-10-20T17:00:00"));
        let mut open = supplement(20);
        open.until = None;
        it.pauses = vec![supplement(8), open];
    });
    assert_eq!(
        verdict("C14", &twice_and_not_due),
        Consistent,
        "no date has passed"
    );
}

#[test]
fn a_wait_for_a_fee_may_halt_the_clock_so_that_no_apology_is_owed() {
    let waited = |hours: i8| {
        spoilt(1, 100, |it| {
            let mut fee = supplement(8);
            fee.reason = PauseReason::Payment;
            fee.until = Some(at(&format!("2026-09-08T{:02}:00:00", 10 + hours)));
            it.pauses = vec![fee];
            it.processed = Some(at("2026-09-09T19:00:00"));
        })
    };
    let finding = World::new(Vec::new()).finding("C14", &waited(2));
    assert_eq!(
        finding.verdict, Unproven,
        "two hours late, two hours waited"
    );
    assert!(
        finding
            .reason_vi
            .contains("1 hồ sơ khác chưa có văn bản xin lỗi"),
        "{}",
        finding.reason_vi
    );
    assert_eq!(verdict("C14", &waited(1)), Contradicted);
}

#[test]
fn late_dossiers_are_counted_by_the_reading_that_reports_use() {
    let twice_and_in_time = spoilt(4, 100, |it| it.pauses = vec![supplement(7), supplement(8)]);
    let mut world = World::new(Vec::new());
    let late = |check: &ServiceCheck| {
        let mut figures = check.figures.iter();
        let figure = figures.find(|it| it.code == "LATE_SHARE").unwrap();
        figure.numerator
    };
    world.late_reading = LateReading::WhileWaiting;
    let check = world.check(&twice_and_in_time);
    assert_eq!(late(&check), 0);
    world.late_reading = LateReading::ForGood;
    let check = world.check(&twice_and_in_time);
    assert_eq!(late(&check), 4);
    // No date has passed: nobody is owed an apology by either reading.
    assert_eq!(super::samples::found(&check, "C14").verdict, Consistent);
    let reason = super::samples::found(&check, "C14").reason_vi;
    assert!(reason.contains("làm hồ sơ trễ hạn hẳn"), "{reason}");
}
