//! What protects the database, what is kept of its answers, and what is recorded.

use jiff::civil::{Weekday, time};
use lienthong_core::lookup::keeping::{DataClass, Scope};

use super::*;

const CACHE: &str = "scope = \"dossier\" ";
const PROTECTION: &str = "parallel = 64 ";

fn load_with(piece: &str, by: &str) -> Config {
    Folder::new()
        .load(&example_with(piece, by), &[])
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn report_with(piece: &str, by: &str) -> String {
    Folder::new().report(&example_with(piece, by), &[])
}

fn assert_problem(piece: &str, by: &str, problem: &str) {
    let report = report_with(piece, by);
    assert!(report.contains(problem), "{report}");
    assert!(report.contains("\n1 problem in"), "{report}");
}

#[test]
fn nothing_is_limited_that_nobody_announced() {
    let config = Folder::new().load(example(), &[]).unwrap();
    let protection = &config.population.protection;
    assert_eq!(protection.rate, None);
    assert_eq!(protection.daily_quota, None);
    assert_eq!(protection.reserve, Duration::from_millis(50));
    assert!(config.population.maintenance.is_empty());
}

#[test]
fn a_burst_belongs_to_a_rate() {
    let rate = load_with(PROTECTION, "rate = 20 ")
        .population
        .protection
        .rate;
    assert_eq!(rate.unwrap().burst.get(), 20);
    let rate = load_with(PROTECTION, "rate = 20\nburst = 5 ");
    assert_eq!(rate.population.protection.rate.unwrap().burst.get(), 5);
    assert_problem(
        PROTECTION,
        "burst = 5 ",
        "`population.protection.burst` is of no use without a rate",
    );
}

#[test]
fn shares_are_per_cent() {
    assert_problem(
        "quota_warning = 80 ",
        "quota_warning = 101 ",
        "`population.protection.quota_warning` must be a whole number from 0 to 100",
    );
}

#[test]
fn the_reserve_leaves_time_to_ask() {
    assert_problem(
        "reserve = \"50ms\" ",
        "reserve = \"30s\" ",
        "`population.protection.reserve` is not shorter than `listen.limits.default_deadline`",
    );
}

#[test]
fn a_longest_pause_is_not_shorter_than_the_first() {
    let breaker = |text: &str| format!("[population.breaker]\n{text}\n[cache] ");
    let config = load_with("[cache] ", &breaker("pause = \"10m\""));
    assert_eq!(
        config.population.breaker.longest_pause,
        Duration::from_mins(10)
    );
    assert_problem(
        "[cache] ",
        &breaker("pause = \"10m\"\nlongest_pause = \"5m\""),
        "`population.breaker.longest_pause` is shorter than `population.breaker.pause`",
    );
}

fn window(text: &str) -> String {
    format!("[[population.maintenance]]\n{text}\n[cache] ")
}

#[test]
fn maintenance_comes_once_or_each_week() {
    let weekly = "weekday = \"sunday\"\nfrom = \"23:00\"\nuntil = \"01:30\"";
    let once = "from = \"2026-10-07T22:00:00+07:00\"\nuntil = \"2026-10-08T02:00:00+07:00\"";
    let both = format!("{}{}", window(weekly).replace("[cache] ", ""), window(once));
    let folder = Folder::new();
    let config = folder.load(&example_with("[cache] ", &both), &[]).unwrap();
    assert_eq!(
        config.population.maintenance,
        [
            Maintenance::Weekly {
                weekday: Weekday::Sunday,
                from: time(23, 0, 0, 0),
                until: time(1, 30, 0, 0),
            },
            Maintenance::Once {
                from: "2026-10-07T15:00:00Z".parse().unwrap(),
                until: "2026-10-07T19:00:00Z".parse().unwrap(),
            },
        ]
    );
    let described = config.describe().to_string();
    let again = folder.load_again(&described);
    assert_eq!(again.population.maintenance, config.population.maintenance);
}

#[test]
fn a_window_of_maintenance_has_a_length() {
    for (text, problem) in [
        (
            "weekday = \"sunday\"\nfrom = \"23:00\"\nuntil = \"23:00\"",
            "`population.maintenance[0].until` is the same as `from`",
        ),
        (
            "from = \"2026-10-08T00:00:00+07:00\"\nuntil = \"2026-10-07T22:00:00Z\"\n\
             weekday = \"someday\"",
            "`population.maintenance[0].weekday` is not one of the known values",
        ),
        (
            "from = \"2026-10-08T00:00:00Z\"\nuntil = \"2026-10-08T07:00:00+07:00\"",
            "`population.maintenance[0].until` is not later than `from`",
        ),
        (
            "weekday = \"sunday\"\nfrom = \"23h\"\nuntil = \"23:30\"",
            "`population.maintenance[0].from` must be a time of the day",
        ),
        (
            "from = \"2026-10-08\"\nuntil = \"2026-10-09T07:00:00+07:00\"",
            "`population.maintenance[0].from` must be a date and a time",
        ),
    ] {
        assert_problem("[cache] ", &window(text), problem);
    }
}

#[test]
fn a_class_is_kept_by_its_own_rule_or_not_at_all() {
    let cache = load_with("cached = true ", "cached = false ").cache;
    assert_eq!(cache.person, None);
    assert_eq!(cache.verdict, Keeping::default().verdict);
    let cache = load_with("keep = \"1m\"", "keep = \"20s\"").cache;
    let person = cache.of(DataClass::Person).unwrap();
    assert_eq!(person.keep, Duration::from_secs(20));
    assert_eq!(person.size, 32 << 20);
    assert_problem(
        "keep = \"1m\"",
        "keep = \"0s\"",
        "`cache.person.keep` must be a duration from \"1ms\" to \"365d\"",
    );
    assert_problem(
        "\nsize = \"32MiB\"",
        "\nsize = \"0B\"",
        "`cache.person.size` must be a size",
    );
}

#[test]
fn whoever_keeps_more_than_one_dossier_needs_names_what_allows_it() {
    let basis = "legal_basis = \"Quyết định 01/QĐ-UBND\" ";
    for (name, scope) in [
        ("procedure", Scope::Procedure),
        ("province", Scope::Province),
    ] {
        let wider = format!("scope = \"{name}\"\n");
        assert_problem(
            CACHE,
            &format!("{wider}#"),
            "`cache.scope` lets answers serve beyond the dossier they were asked for",
        );
        let lawful = load_with(CACHE, &format!("{wider}{basis}")).cache;
        assert_eq!(lawful.scope, scope);
        assert_eq!(
            lawful.legal_basis.unwrap().as_str(),
            "Quyết định 01/QĐ-UBND"
        );
    }
    let report = report_with(CACHE, "scope = \"province\" ");
    assert!(
        report.contains("used for the task at hand only, neither copied nor handed on"),
        "{report}"
    );
}

#[test]
fn only_a_verdict_may_be_given_past_its_time_and_by_law_only() {
    let stale = |class: &str| format!("[cache.{class}]\nstale = \"5m\"\n\n[audit] ");
    assert_problem(
        "[audit] ",
        &stale("verdict"),
        "`cache.verdict.stale` lets answers be given past their time, and no legal basis",
    );
    for class in ["household", "negative"] {
        assert_problem(
            "[audit] ",
            &stale(class),
            &format!("`cache.{class}.stale` may not be set for this class"),
        );
    }
    assert_problem(
        "keep = \"1m\"",
        "stale = \"1m\"",
        "`cache.person.stale` may not be set for this class",
    );
    let lawful = example_with(CACHE, "legal_basis = \"Quyết định 01/QĐ-UBND\" ")
        .replace("[audit] ", &stale("verdict"));
    let folder = Folder::new();
    let config = folder.load(&lawful, &[]).unwrap();
    let verdict = config.cache.verdict.unwrap();
    assert_eq!(verdict.stale, Duration::from_mins(5));
    let described = config.describe().to_string();
    let again = folder.load_again(&described);
    assert_eq!(again.cache, config.cache);
}

#[test]
fn a_hash_key_is_long_and_has_no_default() {
    let piece = "hash_key_file = \"secrets/audit-hash-key\"";
    assert_problem(
        piece,
        &format!("hash_key = \"{}\"", "k".repeat(31)),
        "`audit.hash_key` is shorter than 32 characters",
    );
    assert_problem(piece, "", "`audit.hash_key` is missing");
    let written = load_with(piece, &format!("hash_key = \"{}\"", "k".repeat(32)));
    assert_eq!(written.audit.hash_key.expose_secret(), "k".repeat(32));
    assert_problem(
        piece,
        &format!("{piece}\nhash_key_id = \"Key 1\""),
        "`audit.hash_key_id` must be a name",
    );
}

#[test]
fn the_record_of_look_ups_is_not_the_outbox() {
    let problem = "`audit.database` is the same as `sync.database`";
    for same in ["outbox.sqlite", "./outbox.sqlite", "pki/../outbox.sqlite"] {
        assert_problem("\"audit.sqlite\"", &format!("\"{same}\""), problem);
    }
}

#[test]
fn readers_of_the_record_are_clients() {
    let readers = load_with("readers = [] ", "readers = [\"igate\"] ")
        .audit
        .readers;
    assert_eq!(readers[0].as_str(), "igate");
    assert_problem(
        "readers = [] ",
        "readers = [\"igate\", \"inspector\"] ",
        "`audit.readers[1]` is none of the clients",
    );
}
