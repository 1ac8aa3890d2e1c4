use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Figures, IndexRules, NoPoints, RuleStatus};

fn reading(id: &str) -> IndexRules {
    let all = IndexRules::shipped().expect("the shipped readings");
    all.into_iter().find(|it| it.id() == id).expect("a reading")
}

fn figures<const N: usize>(figures: [(&str, u64); N]) -> Figures {
    let named = figures.map(|(name, count)| (name.to_owned(), count));
    BTreeMap::from(named)
}

/// Points of one component by these figures.
fn points(reading: &IndexRules, id: &str, figures: &Figures) -> Result<f64, NoPoints> {
    let estimate = reading.estimate(figures);
    let component = estimate.components.into_iter();
    let mut found = component.filter(|it| it.component.id == id);
    found.next().expect("a component").points
}

fn close(found: Result<f64, NoPoints>, wanted: f64) {
    let found = found.expect("points");
    assert!(
        (found - wanted).abs() < 0.000_1,
        "{found} instead of {wanted}"
    );
}

#[test]
fn every_reading_makes_up_100_points_in_the_groups_of_its_source() {
    let groups = |id: &str| {
        let reading = reading(id);
        let groups = reading.groups().iter();
        groups.map(|group| group.points).collect::<Vec<f64>>()
    };
    assert_eq!(groups("766-2022-text"), [18.0, 20.0, 22.0, 22.0, 18.0]);
    assert_eq!(
        groups("766-portal-2025"),
        [18.0, 20.0, 12.0, 10.0, 18.0, 22.0]
    );
    assert_eq!(
        groups("766-metrics-2026"),
        [18.0, 20.0, 12.0, 10.0, 18.0, 22.0]
    );
    for reading in IndexRules::shipped().unwrap() {
        let estimate = reading.estimate(&Figures::new());
        assert_eq!(
            (estimate.least, estimate.most),
            (0.0, 100.0),
            "{}",
            reading.id()
        );
        assert_eq!(estimate.band(), None);
        assert!(
            reading
                .components()
                .iter()
                .all(|it| it.status != RuleStatus::Official),
            "no legal text was read"
        );
    }
}

#[test]
fn a_share_gives_its_part_of_the_points() {
    let portal = reading("766-portal-2025");
    let counts = figures([
        ("dossiers_on_time", 945),
        ("dossiers_received_and_handled", 1_000),
    ]);
    // 20 x 945/1000
    close(points(&portal, "2.1", &counts), 18.9);
}

#[test]
fn the_denominator_of_the_sync_is_the_larger_of_two() {
    let portal = reading("766-portal-2025");
    let counts = |report, portal| {
        figures([
            ("dossiers_synced", 900),
            ("dossiers_in_national_report", report),
            ("dossiers_on_portal", portal),
        ])
    };
    // 6 x 900/1200 and 6 x 900/1000
    close(points(&portal, "1.4", &counts(1_200, 1_000)), 4.5);
    close(points(&portal, "1.4", &counts(800, 1_000)), 5.4);
    // More synced than counted is a fault of the count, not a merit.
    close(points(&portal, "1.4", &counts(800, 700)), 6.0);
}

#[test]
fn payment_follows_the_fitted_formula() {
    let portal = reading("766-portal-2025");
    let counts = |paid, online| {
        figures([
            ("dossiers_paid_online", paid),
            ("dossiers_with_duty", 1_000),
            ("procedures_paid_online", online),
            ("procedures_with_fee_dossiers", 20),
            ("procedures_with_fee", 100),
        ])
    };
    // 6 x 0.5 + 2.5 x 0.4 + 2.5 x 0.2 = 3 + 1 + 0.5
    close(points(&portal, "3.6", &counts(500, 40)), 4.5);
    // The second term has at most 2: 6 x 0.5 + 2 + 0.5
    close(points(&portal, "3.6", &counts(500, 90)), 5.5);
}

#[test]
fn satisfaction_is_full_from_ninety_in_a_hundred() {
    let portal = reading("766-portal-2025");
    let counts = |late, complained| {
        figures([
            ("dossiers_received", 1_000),
            ("dossiers_late", late),
            ("dossiers_complained", complained),
        ])
    };
    close(points(&portal, "5.4", &counts(80, 20)), 6.0);
    close(points(&portal, "5.4", &counts(0, 0)), 6.0);
    // 6 x 0.72/0.9
    close(points(&portal, "5.4", &counts(250, 30)), 4.8);
    let none = figures([
        ("dossiers_received", 0),
        ("dossiers_late", 0),
        ("dossiers_complained", 0),
    ]);
    close(points(&portal, "5.4", &none), 0.0);
}

#[test]
fn without_petitions_the_readings_differ() {
    let none = figures([
        ("petitions", 0),
        ("petitions_on_time", 0),
        ("petitions_unhappy", 0),
        ("petitions_repeated", 0),
        ("petitions_late", 0),
    ]);
    let portal = reading("766-portal-2025");
    close(points(&portal, "5.2", &none), 6.0);
    close(points(&portal, "5.3", &none), 6.0);
    let sheet = reading("766-metrics-2026");
    assert_eq!(points(&sheet, "5.2", &none), Err(NoPoints::EmptyUnknown));
}

#[test]
fn digitisation_is_linear_on_the_portal_and_full_at_eighty_in_the_sheet() {
    let counts = figures([("dossiers_digitised", 400), ("dossiers", 1_000)]);
    close(points(&reading("766-portal-2025"), "4.2", &counts), 1.6);
    close(points(&reading("766-metrics-2026"), "4.2", &counts), 2.0);
}

#[test]
fn a_part_larger_than_its_whole_gives_no_points() {
    let counts = figures([("dossiers_digitised", 1_001), ("dossiers", 1_000)]);
    let names = ["dossiers_digitised", "dossiers"].map(str::to_owned);
    assert_eq!(
        points(&reading("766-portal-2025"), "4.2", &counts),
        Err(NoPoints::FiguresContradict(names.to_vec()))
    );
}

#[test]
fn what_is_not_known_is_not_zero() {
    let portal = reading("766-portal-2025");
    let half = figures([("dossiers_on_time", 5)]);
    let missing = vec!["dossiers_received_and_handled".to_owned()];
    assert_eq!(
        points(&portal, "2.1", &half),
        Err(NoPoints::FiguresMissing(missing))
    );
    assert_eq!(points(&portal, "3", &half), Err(NoPoints::RuleUnknown));
    let empty = figures([
        ("dossiers_on_time", 0),
        ("dossiers_received_and_handled", 0),
    ]);
    assert_eq!(points(&portal, "2.1", &empty), Err(NoPoints::Empty));
}

#[test]
fn an_estimate_has_two_ends_and_a_band_only_where_they_agree() {
    let rules = |unknown: &str, rest: &str| {
        let text = format!(
            "id = \"t\"\nname = \"t\"\nsource = \"t\"\n\
             [bands]\nsource = \"t\"\ncertainty = \"seen\"\nsteps = [\
             {{ from = 90, name_vi = \"Xuất sắc\", name_en = \"excellent\" }}, \
             {{ from = 80, name_vi = \"Tốt\", name_en = \"good\" }}, \
             {{ from = 0, name_vi = \"Yếu\", name_en = \"weak\" }}]\n\
             [[group]]\nid = \"1\"\nname = \"g\"\npoints = 100\n\
             [[component]]\nid = \"a\"\ngroup = \"1\"\nname = \"a\"\nstatus = \"reported\"\n\
             points = {rest}\nrule = \"linear\"\nof = \"n\"\nover = [\"d\"]\n\
             [[component]]\nid = \"b\"\ngroup = \"1\"\nname = \"b\"\nstatus = \"unknown\"\npoints = {unknown}\n"
        );
        IndexRules::parse(&text).unwrap()
    };
    let counts = figures([("n", 90), ("d", 100)]);
    let narrow = rules("5", "95");
    let estimate = narrow.estimate(&counts);
    assert!((estimate.least - 85.5).abs() < 1e-9 && (estimate.most - 90.5).abs() < 1e-9);
    assert_eq!(estimate.band(), None, "Tốt or Xuất sắc");
    let narrower = rules("1", "99");
    assert_eq!(narrower.estimate(&counts).band(), None, "89.1 or 90.1");
    let counts = figures([("n", 85), ("d", 100)]);
    assert_eq!(narrower.estimate(&counts).band().unwrap().name_vi, "Tốt");
}

#[test]
fn bands_begin_where_the_page_says() {
    for (points, band) in [
        (90.0, "Xuất sắc"),
        (89.99, "Tốt"),
        (80.0, "Tốt"),
        (79.99, "Khá"),
        (70.0, "Khá"),
        (69.9, "Trung bình"),
        (50.0, "Trung bình"),
        (49.9, "Yếu"),
    ] {
        for reading in IndexRules::shipped().unwrap() {
            assert_eq!(reading.band(points).unwrap().name_vi, band, "{points}");
        }
    }
}

#[test]
fn every_count_of_a_shipped_reading_has_a_name() {
    for reading in IndexRules::shipped().unwrap() {
        let figures = reading.components().iter().flat_map(|it| it.figures());
        for figure in figures {
            let named = reading.figure_name(figure);
            assert!(named.is_some(), "{}: {figure}", reading.id());
        }
    }
}

#[test]
fn bands_fall_to_nothing() {
    let text = include_str!("../../data/service-index/766-portal-2025.toml");
    for (right, wrong) in [
        ("from = 80,", "from = 70,"),
        ("from = 0,", "from = 10,"),
        ("from = 90,", "from = 101,"),
    ] {
        let told = IndexRules::parse(&text.replacen(right, wrong, 1)).unwrap_err();
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["bands: `from` falls from at most 100 to 0"]);
    }
    let without = text.split_once("[bands]").unwrap().0.to_owned()
        + text
            .split_once("# What the counts")
            .unwrap()
            .1
            .split_once('\n')
            .unwrap()
            .1;
    let reading = IndexRules::parse(&without).unwrap();
    assert_eq!(reading.band(85.0), None);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let wrong = r#"
        id = "t"
        name = "t"
        source = "t"
        [[group]]
        id = "1"
        name = "g"
        points = 0
        [[group]]
        id = "1"
        name = "g"
        points = 10
        [[component]]
        id = "a"
        group = "9"
        name = "a"
        status = "sure"
        points = 101
        rule = "square"
        [[component]]
        id = "a"
        group = "1"
        name = "a"
        status = "unknown"
        points = 5
        rule = "linear"
        of = "n"
        over = ["d"]
        zero = "nil"
        [[component]]
        id = "b"
        group = "1"
        name = "b"
        status = "reported"
        points = 5
        rule = "full_at"
        share = 1.5
        of = "n"
        over = ["d"]
    "#;
    let told: Vec<String> = IndexRules::parse(wrong)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    group 1: points are above 0 and at most 100
    group 2: 1 stands there already
    component 1: there is no group 9
    component 1: points are above 0 and at most 100
    component 1: `status` is "sure"; known are official, reported, reconstructed, unknown
    component 1: `rule` is "square"; known are linear, full_at, sum
    component 2: a stands there already
    component 2: `zero` is "nil"; known are na, full, none, unknown
    component 2: rule "linear" goes with every status but "unknown"
    component 3: rule "full_at" needs `of`, `over` and a `share` above 0, at most 1
    component 3: rule "full_at" goes with every status but "unknown"
    "#);
}

#[test]
fn components_that_do_not_make_up_their_group_are_told() {
    let text = include_str!("../../data/service-index/766-portal-2025.toml");
    let wrong = text.replacen("points = 22", "points = 23", 1);
    let told = IndexRules::parse(&wrong).unwrap_err();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["group 6 has 23 points, its components 22"]);
}

proptest! {
    #[test]
    fn points_stay_between_nothing_and_all(counts in prop::collection::vec(0_u64..5_000, 40)) {
        for reading in IndexRules::shipped().unwrap() {
            let names = reading.components().iter().flat_map(|it| &it.terms);
            let names = names.flat_map(|term| term.share.names().cloned());
            let figures: Figures = names.zip(counts.iter().copied()).collect();
            let estimate = reading.estimate(&figures);
            for it in &estimate.components {
                if let Ok(points) = it.points {
                    prop_assert!((0.0..=it.component.points).contains(&points));
                }
            }
            prop_assert!(estimate.least <= estimate.most && estimate.most <= 100.0 + 1e-9);
        }
    }

    #[test]
    fn more_in_time_never_gives_fewer_points(on_time in 0_u64..1_000, more in 0_u64..1_000) {
        let portal = reading("766-portal-2025");
        let by = |on_time| {
            let counts = figures([
                ("dossiers_on_time", on_time),
                ("dossiers_received_and_handled", 2_000),
            ]);
            points(&portal, "2.1", &counts).unwrap()
        };
        prop_assert!(by(on_time) <= by(on_time + more));
    }
}
