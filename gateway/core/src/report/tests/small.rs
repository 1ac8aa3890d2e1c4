//! No report tells a small count, of whatever dossiers it is made.

use jiff::civil::date;
use proptest::prelude::*;

use super::samples::{Province, check, done, dossier, rows};
use crate::check::{Figure, ServiceCheck};
use crate::dossier::Channel;
use crate::observation::DossierFacts;
use crate::report::{
    Cell, ColumnKind, Counts, PreviousReport, PreviousService, Report, ReportKind,
};

const LIMIT: u64 = 5;
const PROCEDURES: [(u16, &str); 3] = [(9, "1.001193"), (10, "1.000656"), (11, "1.000894")];

/// Dossiers by unit and procedure: so many in time, late, in hand, overdue; every third one
/// direct, every eighth one by post, every fourth one with a look-up.
fn dossiers(table: &[[u32; 4]]) -> Vec<DossierFacts> {
    let mut all: Vec<DossierFacts> = Vec::new();
    for (place, counts) in table.iter().enumerate() {
        let unit = ["H60.201", "H60.202", "H60.203"][place % 3];
        let (_, procedure) = PROCEDURES[place / 3 % 3];
        for (kind, count) in counts.iter().enumerate() {
            for _ in 0..*count {
                let sequence = u32::try_from(all.len()).unwrap();
                let day = if kind == 2 { 28 } else { 5 };
                let mut facts = dossier(unit, procedure, date(2026, 10, day), sequence);
                if kind < 2 {
                    facts = done(facts, if kind == 0 { -5 } else { 5 });
                }
                if sequence.is_multiple_of(3) {
                    facts.channel = Channel::Direct;
                }
                if sequence.is_multiple_of(8) {
                    facts.channel = Channel::Postal;
                }
                facts.lookups.matched = u32::from(sequence.is_multiple_of(4));
                facts.vneid = sequence.is_multiple_of(7);
                all.push(facts);
            }
        }
    }
    all
}

fn province_of(table: &[[u32; 4]]) -> Province {
    let mut province = Province::new().looking(&dossiers(table));
    let checks = PROCEDURES.map(|(number, _)| {
        let counts = province.gathering.service(super::samples::service(number));
        let nothing = Counts::default();
        checked(number, counts.unwrap_or(&nothing))
    });
    province.checks = checks.into();
    province
}

/// A check with figures that complete each other: channels, look-ups, payments.
fn checked(number: u16, counts: &Counts) -> ServiceCheck {
    let seen = counts.received;
    let mut check = check(number, seen, counts.online, (counts.looked_up, seen));
    let late_match = counts.looked_up / 4;
    let paid = seen / 2;
    for (code, numerator, denominator) in [
        ("DIRECT_SHARE", counts.direct, seen),
        ("POSTAL_SHARE", counts.postal, seen),
        (
            "LOOKUP_AT_INTAKE_SHARE",
            counts.looked_up - late_match,
            seen,
        ),
        ("ONLINE_PAYMENT_SHARE", paid, seen),
        ("UNPAID_ONLINE_SHARE", seen - paid - seen / 9, seen),
    ] {
        check.figures.push(Figure {
            code,
            name_vi: code.to_owned(),
            name_en: code.to_owned(),
            numerator,
            denominator,
            value: None,
        });
    }
    check
}

/// A small count that follows from the percentages that are kept of a service, the number of
/// its dossiers known.
fn follows(check: &ServiceCheck, told: &PreviousService) -> Option<(&'static str, u64)> {
    let part = |code: &str| {
        let figure = check.figures.iter().find(|it| it.code == code)?;
        told.figures.contains_key(code).then_some(figure.numerator)
    };
    let mut found: Vec<(&'static str, u64)> = Vec::new();
    for figure in &check.figures {
        if let Some(part) = part(figure.code) {
            found.push((figure.code, part));
            found.push((figure.code, figure.denominator - part));
        }
    }
    let seen = check.dossiers_seen;
    let channels = ["ONLINE_SHARE", "DIRECT_SHARE", "POSTAL_SHARE"].map(part);
    let known: Vec<u64> = channels.into_iter().flatten().collect();
    if known.len() == 2 {
        found.push(("the third channel", seen - known.iter().sum::<u64>()));
    }
    let mut differ = |name, one: &str, other: &str| {
        if let (Some(one), Some(other)) = (part(one), part(other)) {
            found.push((name, one - other));
        }
    };
    differ("matched late", "LOOKUP_SHARE", "LOOKUP_AT_INTAKE_SHARE");
    let payments = ["ONLINE_PAYMENT_SHARE", "UNPAID_ONLINE_SHARE"].map(part);
    if let [Some(paid), Some(unpaid)] = payments {
        found.push(("paid in no known way", seen - paid - unpaid));
    }
    found.into_iter().find(|(_, count)| is_small(*count))
}

/// A small count that the kept percentages of a report tell.
fn kept_tells(province: &Province) -> Option<(&'static str, u64)> {
    let kept = PreviousReport::of(&province.material());
    let mut services = province.checks.iter();
    services.find_map(|check| follows(check, &kept.services[&check.service]))
}

fn is_small(count: u64) -> bool {
    (1..LIMIT).contains(&count)
}

fn is_hidden(cell: &Cell) -> bool {
    matches!(cell, Cell::FewerThan(_) | Cell::Withheld)
}

/// Columns that count no dossiers.
const OTHERS: [&str; 10] = [
    "consistent",
    "contradicted",
    "undocumented",
    "unproven",
    "evidence_expired",
    "not_applicable",
    "cannot_observe",
    "estimated",
    "components",
    "days_late",
];

fn tells_small(report: &Report) -> Option<String> {
    for section in &report.sections {
        for (index, column) in section.columns.iter().enumerate() {
            if column.kind != ColumnKind::Number || OTHERS.contains(&column.name) {
                continue;
            }
            for row in &section.rows {
                let small = match &row[index] {
                    Cell::Count(count) => is_small(*count),
                    Cell::Share(share) => {
                        let (part, whole) = (share.part(), share.whole());
                        is_small(part) || is_small(whole) || is_small(whole - part)
                    }
                    Cell::Empty
                    | Cell::Text(_)
                    | Cell::FewerThan(_)
                    | Cell::Withheld
                    | Cell::Value(..)
                    | Cell::Day(_)
                    | Cell::Moment(_)
                    | Cell::Verdict(_) => false,
                };
                if small {
                    return Some(format!(
                        "{} {}: {:?}",
                        section.name, column.name, row[index]
                    ));
                }
            }
        }
    }
    None
}

/// Whether exactly one of these cells is hidden, so that it is what the others lack.
fn one_hidden<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> bool {
    cells.into_iter().filter(|cell| is_hidden(cell)).count() == 1
}

fn position(report: &Report, section: &str, name: &str) -> usize {
    let mut sections = report.sections.iter();
    let section = sections.find(|it| it.name == section).unwrap();
    section
        .columns
        .iter()
        .position(|it| it.name == name)
        .unwrap()
}

/// Whether points of the index tell how many dossiers were not in time.
fn points_tell(province: &Province) -> bool {
    let tally = &province.gathering.all().tally;
    let on_time = tally.finished_in_time + tally.open_in_time;
    let rest = tally.received_and_handled() - on_time;
    let report = province.report(ReportKind::ServiceIndex);
    let mut late_rows = rows(&report, "components")
        .iter()
        .filter(|row| row[1] == Cell::Text("2.1".to_owned()));
    late_rows.any(|row| matches!(row[6], Cell::Value(..)) && (is_small(on_time) || is_small(rest)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_comparison_tells_a_small_count(
        before in prop::collection::vec(prop::array::uniform4(0u32..60), 1..9),
        now in prop::collection::vec(prop::array::uniform4(0u32..60), 1..9)
    ) {
        let mut province = province_of(&now);
        let before = province_of(&before);
        prop_assert_eq!(kept_tells(&before), None);
        prop_assert_eq!(kept_tells(&province), None);
        let kept = PreviousReport::of(&province.material());
        province.previous = Some(PreviousReport::of(&before.material()));
        let report = province.report(ReportKind::Changes);
        for row in rows(&report, "figures") {
            let (Cell::Count(number), Cell::Text(code)) = (&row[0], &row[2]) else {
                panic!("{row:?}")
            };
            let number = super::samples::service(u16::try_from(*number).unwrap());
            prop_assert!(kept.services[&number].figures.contains_key(code));
        }
    }

    #[test]
    fn no_report_tells_a_small_count(
        table in prop::collection::vec(prop::array::uniform4(0u32..9), 1..9)
    ) {
        let province = province_of(&table);
        for kind in ReportKind::ALL {
            let report = province.report(kind);
            prop_assert_eq!(tells_small(&report), None);
        }
        prop_assert!(!points_tell(&province));

        let report = province.report(ReportKind::Project06Month);
        for name in ["received", "online"] {
            let index = position(&report, "services", name);
            prop_assert!(!one_hidden(rows(&report, "services").iter().map(|row| &row[index])));
        }

        let report = province.report(ReportKind::LateUnits);
        let [counted, finished, late, open, overdue] =
            ["counted", "finished", "finished_late", "open", "overdue"]
                .map(|name| position(&report, "units", name));
        for row in rows(&report, "units") {
            prop_assert!(!one_hidden([&row[counted], &row[finished], &row[open]]));
        }
        // Units that are not listed have no late dossier, so these columns add up.
        for index in [late, overdue] {
            prop_assert!(!one_hidden(rows(&report, "units").iter().map(|row| &row[index])));
        }

        let report = province.report(ReportKind::Board);
        let index = position(&report, "services", "received");
        let received = rows(&report, "services").iter().map(|row| &row[index]);
        prop_assert!(!one_hidden(received.chain([&report.dossiers_seen])));
    }
}

#[test]
fn the_property_would_see_a_small_count() {
    let mut province = province_of(&[[7, 3, 0, 0]]);
    province.rules.limit = 1;
    assert!(tells_small(&province.report(ReportKind::Project06Month)).is_some());
    assert!(tells_small(&province.report(ReportKind::LateUnits)).is_some());
    assert!(tells_small(&province.report(ReportKind::Board)).is_some());
    assert!(kept_tells(&province).is_some());
    assert!(points_tell(&province));
}

#[test]
fn percentages_that_are_harmless_alone_are_not_kept_together() {
    // 50 dossiers: 41 online and 6 direct would tell that 3 came by post; 50 matched and 48 at
    // the intake that 2 matched later.
    let mut province = Province::new();
    let counts = Counts {
        received: 50,
        online: 41,
        direct: 6,
        postal: 3,
        looked_up: 50,
        ..Counts::default()
    };
    let mut check = checked(9, &counts);
    for figure in &mut check.figures {
        if figure.code == "LOOKUP_AT_INTAKE_SHARE" {
            figure.numerator = 48;
        }
    }
    province.checks = vec![check.clone()];
    let kept = PreviousReport::of(&province.material());
    let told = &kept.services[&super::samples::service(9)];
    assert_eq!(follows(&check, told), None);
    let channels = ["ONLINE_SHARE", "DIRECT_SHARE", "POSTAL_SHARE"];
    let told = channels.map(|code| told.figures.contains_key(code));
    assert_eq!(told, [true, false, false]);
    // Each of them alone is not small, so a rule that looks at one figure would keep both.
    province.rules.limit = 1;
    let kept = PreviousReport::of(&province.material());
    let told = &kept.services[&super::samples::service(9)];
    assert_eq!(follows(&check, told), Some(("POSTAL_SHARE", 3)));
}

#[test]
fn what_the_board_withholds_is_not_kept_either() {
    // 25 of 10's neighbour would be the total less 3, so the board does not print it.
    let mut province = Province::new();
    province.checks = vec![
        check(9, 340, 320, (300, 340)),
        check(10, 3, 3, (3, 3)),
        check(11, 25, 20, (20, 25)),
    ];
    let report = province.report(ReportKind::Board);
    let withheld = position(&report, "services", "received");
    assert_eq!(rows(&report, "services")[2][withheld], Cell::Withheld);
    let kept = PreviousReport::of(&province.material());
    let told = |number| {
        kept.services[&super::samples::service(number)]
            .figures
            .len()
    };
    assert_eq!((told(9), told(10), told(11)), (2, 0, 0));
}
