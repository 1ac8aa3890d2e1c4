//! C6: the public status, and times in which the portal could not be reached.

use super::samples::{World, at, number, plain, spoilt};
use crate::check::Verdict::{CannotObserve, Consistent, Contradicted, Unproven};
use crate::dossier::Channel;
use crate::observation::DossierFacts;
use crate::ports::portal_history::Compared;
use crate::sync::outage::{Outage, Outages};

#[test]
fn a_status_may_be_out_of_step_for_the_time_that_is_allowed() {
    let mut world = World::new(Vec::new());
    let dossiers = plain(100);
    world
        .portal
        .differing
        .insert(number(7), at("2026-09-30T00:00:00"));
    assert_eq!(
        world.verdict("C6", &dossiers),
        Consistent,
        "24 hours to the second"
    );
    world
        .portal
        .differing
        .insert(number(7), at("2026-09-29T23:59:59"));
    let finding = world.finding("C6", &dossiers);
    assert_eq!(finding.verdict, Contradicted);
    assert_eq!(finding.examples, [number(7)]);
    assert!(
        finding.reason_vi.contains("ngưỡng: chậm 24 giờ;"),
        "{}",
        finding.reason_vi
    );
    assert!(
        finding.reason_en.contains("bound: 24 h late;"),
        "{}",
        finding.reason_en
    );
    world.portal.differing = [(number(999), at("2026-09-01T00:00:00"))].into();
    assert_eq!(
        world.verdict("C6", &dossiers),
        Consistent,
        "not in the window"
    );
}

#[test]
fn a_result_without_a_file_a_reopened_dossier_and_a_date_moved_late_are_untrue() {
    let cases: [fn(&mut DossierFacts); 4] = [
        |it| {
            it.due_moved_late_at = Some(at("2026-09-10T08:00:00"));
            it.apologised_at = Some(at("2026-09-11T08:00:01"));
        },
        |it| it.results[0].has_file = false,
        |it| it.reopened_at = Some(at("2026-09-10T08:00:00")),
        |it| it.due_moved_late_at = Some(at("2026-09-10T08:00:00")),
    ];
    for spoil in cases {
        let finding = World::new(Vec::new()).finding("C6", &spoilt(1, 100, spoil));
        assert_eq!(finding.verdict, Contradicted, "{}", finding.reason_en);
        assert!(finding.reason_en.starts_with("1 of 100 dossiers (1 %)"));
    }
    let near: [fn(&mut DossierFacts); 5] = [
        |it| {
            // A late dossier with Mẫu 04, which states the new date.
            it.due_moved_late_at = Some(at("2026-09-10T08:00:00"));
            it.apologised_at = Some(at("2026-09-11T08:00:00"));
        },
        |it| it.results.clear(),
        |it| it.reopened_at = Some(at("2026-09-30T08:00:00")),
        |it| it.due = Some(at("2026-09-20T17:00:00")),
        |it| {
            it.results[0].has_file = false;
            it.processed = None;
        },
    ];
    for miss in near {
        let verdict = World::new(Vec::new()).verdict("C6", &spoilt(1, 100, miss));
        assert_eq!(verdict, Consistent);
    }
}

#[test]
fn where_nothing_was_compared_the_status_is_not_called_true() {
    let mut world = World::new(Vec::new());
    world.portal.own = None;
    let finding = world.finding("C6", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding.reason_vi.contains("chưa đối soát với Cổng DVCQG"),
        "{}",
        finding.reason_vi
    );
    let reopened = spoilt(1, 100, |it| {
        it.reopened_at = Some(at("2026-09-10T08:00:00"));
    });
    assert_eq!(world.verdict("C6", &reopened), Contradicted);
}

fn compared(moment: &str, by_fields: bool) -> Compared {
    let at = at(moment);
    Compared { at, by_fields }
}

#[test]
fn a_reconciliation_before_the_window_calls_no_status_of_it_true() {
    let mut world = World::new(Vec::new());
    world.portal.own = Some(compared("2026-08-31T23:59:59", true));
    let finding = world.finding("C6", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding
            .reason_vi
            .contains("chưa đối soát với Cổng DVCQG trong khoảng thời gian này (đối soát gần nhất ngày 31/8/2026)"),
        "{}",
        finding.reason_vi
    );
    world.portal.asked = Some(compared("2026-09-10T08:00:00", true));
    assert_eq!(
        world.verdict("C6", &plain(100)),
        Consistent,
        "one that was asked for compared them"
    );
    world.portal.asked = None;
    world.portal.own = Some(compared("2026-09-01T00:00:00", true));
    assert_eq!(world.verdict("C6", &plain(100)), Consistent);
    world.portal.own = Some(compared("2026-08-31T23:59:59", true));
    let since = at("2026-08-20T00:00:00");
    world.portal.differing.insert(number(7), since);
    let finding = world.finding("C6", &plain(100));
    assert_eq!(finding.verdict, Contradicted, "it still stands");
    assert!(
        finding.reason_vi.contains("khác trên Cổng DVCQG 1;")
            || finding.reason_vi.contains("khác trên Cổng DVCQG 1,"),
        "{}",
        finding.reason_vi
    );
}

#[test]
fn where_only_presence_was_compared_no_status_is_called_true() {
    let mut world = World::new(Vec::new());
    world.portal.own = Some(compared("2026-09-30T02:00:00", false));
    let finding = world.finding("C6", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding
            .reason_vi
            .contains("chỉ đối soát có hay không có hồ sơ trên Cổng DVCQG"),
        "{}",
        finding.reason_vi
    );
    let since = at("2026-09-20T00:00:00");
    world.portal.differing.insert(number(7), since);
    assert_eq!(world.verdict("C6", &plain(100)), Contradicted);
}

fn away(from: &str, until: &str) -> Outages {
    Outage::new(at(from), at(until)).into_iter().collect()
}

#[test]
fn a_difference_that_stands_because_the_portal_was_away_is_not_held_against_anybody() {
    let mut world = World::new(Vec::new());
    // Known for two days, of which the portal was away for one and a minute.
    let since = at("2026-09-29T00:00:00");
    world.portal.differing.insert(number(7), since);
    assert_eq!(world.verdict("C6", &plain(100)), Contradicted);
    world.portal.outages = away("2026-09-29T12:00:00", "2026-09-30T12:01:00");
    let finding = world.finding("C6", &plain(100));
    assert_eq!(finding.verdict, Unproven, "{}", finding.reason_vi);
    assert!(finding.examples.is_empty());
    assert!(
        finding
            .reason_vi
            .contains("1 hồ sơ khác trạng thái không bị tính"),
        "{}",
        finding.reason_vi
    );
    world.portal.outages = away("2026-09-29T12:00:00", "2026-09-30T11:59:59");
    assert_eq!(
        world.verdict("C6", &plain(100)),
        Contradicted,
        "more than a day with the portal there"
    );
    world.portal.outages = away("2026-09-20T00:00:00", "2026-09-28T00:00:00");
    assert_eq!(
        world.verdict("C6", &plain(100)),
        Contradicted,
        "an outage before it says nothing"
    );
}

#[test]
fn an_outage_of_the_portal_excuses_no_other_untrue_status() {
    let mut world = World::new(Vec::new());
    world.portal.outages = away("2026-09-01T00:00:00", "2026-10-01T00:00:00");
    let reopened = spoilt(1, 100, |it| {
        it.reopened_at = Some(at("2026-09-10T08:00:00"));
    });
    assert_eq!(world.verdict("C6", &reopened), Contradicted);
}

#[test]
fn the_last_reconciliation_by_then_is_told() {
    let finding = World::new(Vec::new()).finding("C6", &plain(100));
    assert!(
        finding
            .reason_vi
            .contains("đối soát gần nhất ngày 30/9/2026"),
        "{}",
        finding.reason_vi
    );
}

#[test]
fn direct_intake_while_the_portal_was_away_is_neither_held_against_anybody_nor_good() {
    let direct = |some| spoilt(some, 100, |it| it.channel = Channel::Direct);
    let mut world = World::new(vec![super::samples::states("full_online", "có")]);
    for id in ["C3", "K5"] {
        assert_eq!(world.verdict(id, &direct(60)), Contradicted, "{id}");
    }
    world.portal.outages = away("2026-09-07T08:00:00", "2026-09-07T09:00:01");
    let finding = world.finding("C3", &direct(60));
    assert_eq!(finding.verdict, Unproven, "{}", finding.reason_vi);
    assert!(finding.examples.is_empty());
    assert!(
        finding
            .reason_vi
            .contains("không tính 60 hồ sơ nộp khi cổng kết nối không gọi được Cổng DVCQG"),
        "{}",
        finding.reason_vi
    );
    let few = world.finding("C3", &direct(2));
    assert_eq!(
        few.verdict, Consistent,
        "2 % are allowed: {}",
        few.reason_vi
    );
    assert_eq!(world.verdict("C3", &direct(3)), Unproven);
    assert_eq!(world.verdict("K5", &direct(60)), Consistent);
    let no_files = spoilt(100, 100, |it| it.results.clear());
    assert_eq!(
        world.verdict("C3", &no_files),
        Contradicted,
        "an outage excuses no missing file"
    );
    let mut half = direct(60);
    for online in half.iter_mut().skip(60).take(30) {
        online.results.clear();
    }
    let finding = world.finding("K5", &half);
    assert_eq!(finding.verdict, Unproven, "{}", finding.reason_vi);
    assert!(
        finding.reason_vi.contains(
            "60 hồ sơ không tính vì tra cứu không thành công, không khớp hoặc cổng kết nối \
             không gọi được Cổng DVCQG có thể làm thay đổi kết quả"
        ),
        "{}",
        finding.reason_vi
    );
    world.portal.outages = away("2026-09-07T08:00:00", "2026-09-07T09:00:00");
    assert_eq!(
        world.verdict("C3", &direct(60)),
        Contradicted,
        "it was back when they came"
    );
}
