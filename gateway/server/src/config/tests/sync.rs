//! `[sync]`: the store, the guard of the portal, and what operators may do.

use std::num::{NonZeroU32, NonZeroUsize};

use jiff::civil::time;
use lienthong_core::sync::question::StepsWithoutList;

use super::*;

const URL: &str = "postgresql://gateway:S3CRET-database@db.h99.example/lienthong";

/// The example with `lines` in place of the store that it names.
fn with_store(lines: &str) -> String {
    let store = example_with("store = \"sqlite\" ", "#");
    store.replace("database = \"outbox.sqlite\"", lines)
}

fn load_with(text: &str) -> Config {
    Folder::new()
        .load(text, &[])
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn assert_problem(text: &str, problem: &str) {
    let report = Folder::new().report(text, &[]);
    assert!(report.contains(problem), "{report}");
    assert!(report.contains("\n1 problem in"), "{report}");
    assert!(!report.contains("S3CRET"), "{report}");
}

#[test]
fn several_gateways_may_share_a_postgresql() {
    let lines = format!("store = \"postgresql\"\npostgresql_url = \"{URL}\"");
    let config = load_with(&with_store(&lines));
    let StoreSettings::Postgresql(settings) = &config.sync.store else {
        panic!("{:?}", config.sync.store);
    };
    assert_eq!(settings.url.expose_secret(), URL);
    assert_eq!(settings.connections, NonZeroUsize::new(8).unwrap());
    assert!(!config.describe().to_string().contains("S3CRET"));
    assert!(!format!("{config:?}").contains("S3CRET"));
}

#[test]
fn the_address_may_stand_in_a_file_of_its_own() {
    let folder = Folder::new();
    folder.write("secrets/outbox-url", &format!("{URL}\n"));
    let lines = "store = \"postgresql\"\npostgresql_url_file = \"secrets/outbox-url\"\n\
                 postgresql_connections = 3";
    let config = folder.load(&with_store(lines), &[]).unwrap();
    let StoreSettings::Postgresql(settings) = &config.sync.store else {
        panic!("{:?}", config.sync.store);
    };
    assert_eq!(settings.url.expose_secret(), URL);
    assert_eq!(settings.connections, NonZeroUsize::new(3).unwrap());
}

#[test]
fn settings_of_the_other_store_are_refused() {
    let lines = format!("database = \"outbox.sqlite\"\npostgresql_url = \"{URL}\"");
    let problem = "`sync.postgresql_url` is of no use with the store sqlite";
    assert_problem(&with_store(&lines), problem);
    let lines = format!("store = \"postgresql\"\ndatabase = \"a\"\npostgresql_url = \"{URL}\"");
    let problem = "`sync.database` is of no use with the store postgresql";
    assert_problem(&with_store(&lines), problem);
}

#[test]
fn a_postgresql_needs_an_address_that_is_one() {
    let text = with_store("store = \"postgresql\"");
    assert_problem(&text, "`sync.postgresql_url` is missing");
    let lines = "store = \"postgresql\"\npostgresql_url = \"S3CRET-host\"";
    let problem = "`sync.postgresql_url` is not the address of a PostgreSQL database";
    assert_problem(&with_store(lines), problem);
}

#[test]
fn the_guard_of_the_portal_can_be_set() {
    let text = example_with(
        "failures = 5\npause = \"10s\"\n",
        "pause = \"10m\"\nburst = \"0ms\"\n",
    )
    .replace("parallel = 8 ", "calls_per_second = 20 #");
    let sync = load_with(&text).sync;
    assert_eq!(sync.calls_per_second, NonZeroU32::new(20));
    assert_eq!(sync.breaker.pause, Duration::from_mins(10));
    assert_eq!(sync.breaker.longest_pause, Duration::from_mins(10));
    let piece = "pause = \"10s\"\n";
    let by = "pause = \"10s\"\nlongest_pause = \"5s\"\n";
    let problem = "`sync.breaker.longest_pause` is shorter than `sync.breaker.pause`";
    assert_problem(&example_with(piece, by), problem);
}

#[test]
fn operators_are_clients() {
    let piece = "operators = [] ";
    let sync = load_with(&example_with(piece, "operators = [\"igate\"] ")).sync;
    assert_eq!(sync.operators[0].as_str(), "igate");
    assert_problem(
        &example_with(piece, "operators = [\"igate\", \"inspector\"] "),
        "`sync.operators[1]` is none of the clients",
    );
}

#[test]
fn nothing_is_compared_and_nothing_expires_unless_wanted() {
    let sync = load_with(example()).sync;
    assert_eq!((sync.reconcile, sync.retention), (None, None));
    let text = example_with("# reconcile_at", "reconcile_at");
    let sync = load_with(&text).sync;
    let nightly = ReconcileSchedule {
        at: time(2, 0, 0, 0),
        window_days: 7,
    };
    assert_eq!(sync.reconcile, Some(nightly));
    let text = example_with("# reconcile_window", "reconcile_window");
    assert_problem(&text, "`sync.reconcile_window` is of no use without a time");
    let text = example_with("# retention", "retention");
    let sync = load_with(&text).sync;
    assert_eq!(sync.retention, Some(Duration::from_hours(365 * 24)));
}

#[test]
fn what_is_kept_is_kept_long_enough_to_be_of_use() {
    let with = |lines: &str| example_with("# retention", &format!("{lines}\n#"));
    for key in ["retention", "unfinished_retention", "operations_kept"] {
        let problem = format!("`sync.{key}` is shorter than a day");
        assert_problem(&with(&format!("{key} = \"23h\"")), &problem);
        load_with(&with(&format!("{key} = \"1d\"")));
    }
    let lines = "retention = \"8d\"\nunfinished_retention = \"7d\"";
    let problem = "`sync.unfinished_retention` is shorter than `sync.retention`";
    assert_problem(&with(lines), problem);
    let lines = "reconcile_at = \"02:00\"\nretention = \"7d\"";
    let problem = "`sync.retention` is not longer than `sync.reconcile_window`";
    assert_problem(&with(lines), problem);
    load_with(&with("reconcile_at = \"02:00\"\nretention = \"8d\""));
    load_with(&with("retention = \"1825d\""));
}

#[test]
fn a_breaker_loses_its_patience_before_a_call_that_hangs_is_cut() {
    let with = |total: &str, patience: &str| {
        let breaker = format!("pause = \"10s\"\npatience = \"{patience}\"\n");
        let text = example_with("pause = \"10s\"\n", &breaker);
        let limits = "[portal.limits]\nconnect = \"1s\"\nread = \"1s\"\n";
        text.replace(
            "\n[sync]",
            &format!("\n{limits}total = \"{total}\"\n[sync]"),
        )
    };
    let problem = "`sync.breaker.patience` is longer than half of `portal.limits.total`";
    assert_problem(&with("2s", "1001ms"), problem);
    load_with(&with("2s", "1s"));
}

#[test]
fn only_a_portal_that_can_be_asked_is_compared_with() {
    let nightly =
        |portal: &str| super::portal::example_by(portal).replace("# reconcile_at", "reconcile_at");
    for name in ["p3_is_updating", "p3_three_urls", "p4"] {
        let portal = super::profiles::profile(name);
        let portal = portal.strip_prefix("[portal]\n").unwrap();
        load_with(&nightly(portal));
        let mute: String = portal
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("find_path"))
            .collect();
        let problem = "`sync.reconcile_at` needs a portal that can be asked";
        assert_problem(&nightly(&mute), problem);
    }
}

#[test]
fn steps_without_a_list_are_a_persons_matter_unless_wanted_otherwise() {
    let person = load_with(example()).sync.steps_without_list;
    assert_eq!(person, StepsWithoutList::Person);
    let text = example_with(
        "# steps_without_list = \"person\"",
        "steps_without_list = \"send_again\"",
    );
    let again = load_with(&text).sync.steps_without_list;
    assert_eq!(again, StepsWithoutList::SendAgain);
}
