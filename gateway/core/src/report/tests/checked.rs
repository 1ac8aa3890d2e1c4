//! The board of what the real check finds.

use jiff::civil::date;

use super::samples::{Province, done, dossier, rows};
use crate::agencies::Agencies;
use crate::calendar::WorkCalendar;
use crate::check::{CheckRules, Checker, Ground};
use crate::dossier::Channel;
use crate::lateness::LateReading;
use crate::observation::DossierFacts;
use crate::ports::portal_history::{Compared, PortalSide};
use crate::report::{Cell, PreviousReport, ReportKind};
use crate::share::Share;

const CALENDAR: &str = include_str!("../../../data/working-calendar.toml");

/// 60 birth registrations, every third one brought in by hand.
fn dossiers() -> Vec<DossierFacts> {
    (0..60)
        .map(|index| {
            let day = date(2026, 10, 5);
            let mut facts = done(dossier("H60.201", "1.001193", day, index), -5);
            if index % 3 == 0 {
                facts.channel = Channel::Direct;
            }
            facts
        })
        .collect()
}

fn province() -> Province {
    let dossiers = dossiers();
    let mut province = Province::new().looking(&dossiers);
    let calendar = WorkCalendar::parse(CALENDAR).unwrap();
    let agencies = Agencies::shipped().unwrap();
    let rules = CheckRules::shipped().unwrap();
    let compared = PortalSide {
        own: Some(Compared {
            at: province.as_of,
            by_fields: true,
        }),
        ..PortalSide::default()
    };
    let ground = Ground {
        services: &province.services,
        register: &province.register,
        evidence_rules: &province.evidence_rules,
        rules: &rules,
        calendar: &calendar,
        agencies: &agencies,
        totals: &[],
        portal: &compared,
        late_reading: LateReading::default(),
        as_of: province.as_of,
    };
    let mut checker = Checker::new(ground, &[], province.window, None);
    for facts in &dossiers {
        checker.look(facts);
    }
    let checks = checker.conclude();
    province.checks = checks;
    province
}

#[test]
fn the_board_shows_the_figures_of_the_check() {
    let province = province();
    let report = province.report(ReportKind::Board);
    assert_eq!(report.dossiers_seen, Cell::Count(60));
    let services = rows(&report, "services");
    assert_eq!(services.len(), 25);
    let birth = &services[8];
    assert_eq!(birth[6], Cell::Count(60));
    assert_eq!(birth[7], Cell::Share(Share::new(40, 60).unwrap()));
    // Direct intake of the 25 needs a reason since 1/10/2025.
    assert!(matches!(birth.last(), Some(Cell::Text(ids)) if ids.contains("C3")));
    let found = rows(&report, "findings");
    assert!(
        found
            .iter()
            .any(|row| row[2] == Cell::Text("C3".to_owned()))
    );
}

#[test]
fn what_is_kept_of_a_real_check_is_read_back() {
    let province = province();
    let kept = PreviousReport::of(&province.material());
    let text = toml::to_string(&kept).unwrap();
    assert_eq!(toml::from_str::<PreviousReport>(&text).unwrap(), kept);
    assert_eq!(kept.services.len(), 25);
}
