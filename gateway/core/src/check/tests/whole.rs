//! A check of the whole list.

use jiff::civil::date;

use super::samples::{PAPER, World, at, found, plain, spoilt, states, unit, with_paper};
use crate::check::{Criterion, ServiceCheck, Verdict};
use crate::essential::ServiceNumber;
use crate::evidence::DocumentedState;
use crate::observation::Window;
use crate::ports::observations::ServiceTotal;
use crate::share::Share;

fn all(world: &World) -> Vec<ServiceCheck> {
    world.with(&[], |mut checker| {
        for dossier in plain(40) {
            checker.look(&dossier);
        }
        checker.conclude()
    })
}

#[test]
fn all_services_are_checked_in_the_order_of_the_list() {
    let checks = all(&World::new(Vec::new()));
    let numbers: Vec<u16> = checks.iter().map(|it| it.service.get()).collect();
    assert_eq!(numbers, (1..=25).collect::<Vec<u16>>());
    for check in &checks {
        assert_eq!(check.findings.len(), Criterion::all().count());
        let expected = if check.service.get() == 3 { 40 } else { 0 };
        assert_eq!(check.dossiers_seen, expected);
    }
}

#[test]
fn a_service_outside_the_law_is_not_held_against_anything() {
    for check in all(&World::new(Vec::new())) {
        if matches!(check.service.get(), 24 | 25) {
            let mut findings = check.findings.iter();
            assert!(findings.all(|it| it.verdict == Verdict::NotApplicable));
            assert_eq!(check.documented.state, DocumentedState::NotApplicable);
            assert!(check.figures.is_empty());
        }
    }
}

#[test]
fn a_service_whose_code_is_not_known_cannot_be_observed() {
    let checks = all(&World::new(Vec::new()));
    let unknown: Vec<u16> = checks
        .iter()
        .filter(|it| found(it, "C9").verdict == Verdict::CannotObserve)
        .map(|it| it.service.get())
        .collect();
    assert_eq!(unknown, [1, 2, 7, 8, 14, 17, 18, 19, 20, 21]);
    let finding = found(&checks[0], "C1");
    assert!(finding.reason_vi.starts_with("chưa biết mã thủ tục"));
    assert!(!finding.name_vi.is_empty());
}

fn total(dossiers: u64, unit_code: Option<&str>) -> ServiceTotal {
    ServiceTotal {
        service: ServiceNumber::new(3).unwrap(),
        unit: unit_code.map(unit),
        window: Window::new(date(2026, 9, 1), date(2026, 9, 30)).unwrap(),
        dossiers,
        source: "báo cáo thử".to_owned(),
    }
}

#[test]
fn too_small_a_coverage_proves_nothing_but_a_single_contradiction() {
    let mut world = World::new(vec![states("papers_replaced", PAPER)]);
    let bad = spoilt(100, 100, |it| {
        with_paper(it);
        it.processed = None;
    });
    world.totals = vec![total(200, None)];
    let check = world.check(&bad);
    assert_eq!(check.coverage, Share::new(100, 200));
    assert_eq!(
        found(&check, "C1").verdict,
        Verdict::Contradicted,
        "half is enough"
    );
    world.totals = vec![total(201, None)];
    let check = world.check(&bad);
    let finding = found(&check, "C1");
    assert_eq!(finding.verdict, Verdict::Unproven);
    assert!(
        finding
            .reason_en
            .contains("coverage 49.75 %, at least 50 % needed")
    );
    assert_eq!(found(&check, "C14").verdict, Verdict::Contradicted);
    assert_eq!(found(&check, "C7").verdict, Verdict::Unproven);
}

#[test]
fn a_total_below_what_was_seen_is_told_and_not_clipped() {
    let mut world = World::new(Vec::new());
    world.totals = vec![total(39, None)];
    let check = world.check(&plain(40));
    assert_eq!(check.coverage, None);
    let finding = found(&check, "C7");
    assert_eq!(finding.verdict, Verdict::Consistent);
    assert!(
        finding
            .reason_vi
            .contains("cổng kết nối thấy 40 hồ sơ, nhiều hơn tổng số 39"),
        "{}",
        finding.reason_vi
    );
}

#[test]
fn only_what_the_window_and_the_agency_received_is_counted() {
    let mut world = World::new(Vec::new());
    let mut dossiers = plain(4);
    dossiers[0].received = at("2026-08-31T23:59:59");
    dossiers[1].received = at("2026-09-01T00:00:00");
    dossiers[2].received = at("2026-09-30T23:59:59");
    dossiers[3].received = at("2026-10-01T00:00:00");
    assert_eq!(world.check(&dossiers).dossiers_seen, 2);
    world.as_of = at("2026-09-30T12:00:00");
    assert_eq!(world.check(&dossiers).dossiers_seen, 1, "not yet received");
    world.unit = Some(unit("H60.202"));
    assert_eq!(world.check(&dossiers).dossiers_seen, 0);
    world.unit = Some(unit("H60"));
    assert_eq!(world.check(&dossiers).dossiers_seen, 1);
}

#[test]
fn the_figures_of_a_service_have_codes_of_their_own() {
    let check = World::new(Vec::new()).check(&plain(40));
    let mut codes: Vec<&str> = check.figures.iter().map(|it| it.code).collect();
    let told = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), told);
    let figure = |code: &str| check.figures.iter().find(|it| it.code == code).unwrap();
    assert_eq!(figure("ONLINE_SHARE").share(), Share::new(40, 40));
    assert_eq!(figure("LATE_SHARE").share(), Share::new(0, 40));
    assert_eq!(figure("PROMISED_TIME").value, Some((2.0, "working_days")));
    assert_eq!(figure("ELAPSED_TIME").value, Some((1.0, "working_days")));
    assert_eq!(figure("STEPS").value, Some((4.0, "steps")));
    let held: Vec<&str> = check.findings.iter().filter_map(|it| it.figure).collect();
    assert!(held.iter().all(|code| codes.contains(code)), "{held:?}");
}

#[test]
fn of_two_codes_the_one_that_is_suspended_goes_least_far() {
    let mut world = World::new(Vec::new());
    let own = "version = \"t\"\n[[service]]\nnumber = 3\ncodes = [{ code = \"9.000003\", \
               role = \"main\", certainty = \"seen\" }]";
    world.services = world.services.extended_by(own).unwrap();
    let mut stopped = states("suspended", "có");
    stopped.codes = [crate::procedure::ProcedureCode::parse("9.000003").unwrap()].into();
    world.evidence = vec![stopped];
    let check = world.check(&plain(1));
    assert_eq!(check.documented.state, DocumentedState::Suspended);
}
