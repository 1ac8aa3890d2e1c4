//! `[services]`: the operator's files, and what the settings demand of each other.

use jiff::civil::time;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::lateness::LateReading;

use super::*;
use crate::essential::KnowledgeFile;

/// The example with `lines` at the end of the section.
fn with(lines: &str) -> String {
    example_with("window_days = 30 ", &format!("{lines}\n#"))
}

const LIST: &str = "version = \"H60-1\"\n[[service]]\nnumber = 1\ncodes = [{ code = \"9.000001\", \
                    role = \"main\", certainty = \"unverified\" }]\n";

#[test]
fn without_settings_the_services_are_checked_each_morning_beside_the_outbox() {
    let folder = Folder::new();
    let config = folder.load(example(), &[]).unwrap();
    let services = &config.services;
    assert_eq!(services.folder, folder.0.path());
    assert_eq!(services.check_at, Some(time(5, 30, 0, 0)));
    assert_eq!(services.window_days, 30);
    assert_eq!(services.observe_every, Duration::from_secs(5));
    assert_eq!(services.knowledge.services.services().len(), 25);
    assert!(services.roles.recorders.is_empty());
    assert_eq!(services.keep_boards, Duration::from_hours(100 * 24));
}

#[test]
fn each_outbox_has_observations_of_its_own() {
    let folder = Folder::new();
    let usual = folder.load(example(), &[]).unwrap();
    assert_eq!(usual.services.observations, "observations.sqlite");
    let second = example_with("\"outbox.sqlite\"", "\"second.sqlite\"");
    let second = folder.load(&second, &[]).unwrap();
    assert_eq!(second.services.observations, "second-observations.sqlite");
}

#[test]
fn the_daily_check_can_be_left_to_people() {
    let text = example_with("check_at = \"05:30\"", "check_at = \"off\"");
    let folder = Folder::new();
    let config = folder.load(&text, &[]).unwrap();
    assert_eq!(config.services.check_at, None);
    let again = folder.load_again(&config.describe().to_string());
    assert_eq!(again.describe(), config.describe());
}

#[test]
fn an_operators_list_stands_beside_what_is_shipped() {
    let folder = Folder::new();
    folder.write("services.toml", LIST);
    let config = folder
        .load(&with("list_file = \"services.toml\""), &[])
        .unwrap_or_else(|problems| panic!("{problems}"));
    let services = &config.services;
    assert_eq!(
        services.files[&KnowledgeFile::List],
        folder.path("services.toml")
    );
    let first = services.knowledge.services.services().first().unwrap();
    assert_eq!(Some(first.number), ServiceNumber::new(1));
    assert_eq!(first.codes.len(), 1);
}

#[test]
fn report_rules_of_the_province_stand_above_the_shipped_ones() {
    let folder = Folder::new();
    let rules = "version = \"tỉnh-1\"\n[late]\ncompared = \"R1\"\nreading = \"for-good\"\n\
                 source = \"thử\"\ncertainty = \"seen\"\n";
    folder.write("reports.toml", rules);
    let text = with("report_rules_file = \"reports.toml\"");
    let config = folder
        .load(&text, &[])
        .unwrap_or_else(|problems| panic!("{problems}"));
    let rules = &config.services.knowledge.report_rules;
    assert_eq!(rules.reading(), LateReading::ForGood);
    assert!(rules.version().ends_with("+tỉnh-1"), "{}", rules.version());
    let again = folder.load_again(&config.describe().to_string());
    assert_eq!(again.describe(), config.describe());
}

#[test]
fn names_of_agencies_of_the_province_are_read_and_every_mistake_is_told_at_once() {
    let folder = Folder::new();
    let text = with("unit_names_file = \"names.toml\"");
    let names = "version = \"1\"\n[[unit]]\ncode = \"H60.12\"\nname = \"UBND xã Thử Một\"\n";
    folder.write("names.toml", names);
    let config = folder
        .load(&text, &[])
        .unwrap_or_else(|problems| panic!("{problems}"));
    let names: Vec<_> = config.services.knowledge.unit_names.values().collect();
    assert_eq!(names, ["UBND xã Thử Một"]);
    let again = folder.load_again(&config.describe().to_string());
    assert_eq!(again.describe(), config.describe());
    let wrong = "[[unit]]\ncode = \"xã\"\nname = \"Ông A 000090012345\"\n";
    folder.write("names.toml", wrong);
    let report = folder.report(&text, &[]);
    for told in [
        "services.unit_names_file",
        "`version` is missing",
        "unit 1: `code` is not a code",
        "unit 1: `name` must not hold a number of nine digits",
    ] {
        assert!(report.contains(told), "{told} in {report}");
    }
    assert!(!report.contains("000090012345"), "{report}");
}

#[test]
fn everything_wrong_with_the_files_is_told_at_once_with_its_place() {
    let folder = Folder::new();
    folder.write("list.toml", "version = \"1\"\n\n[[service]\n");
    folder.write("targets.toml", "version = \"1\"\n");
    folder.write(
        "calendar.toml",
        "version = \"1\"\n[[days]]\ndates = [\"2026-02-30\"]\n",
    );
    let lines = "list_file = \"list.toml\"\ntargets_file = \"targets.toml\"\n\
                 calendar_file = \"calendar.toml\"\ntotals_file = \"missing.toml\"";
    let report = folder.report(&with(lines), &[]);
    for told in [
        "services.list_file",
        "line 3",
        "services.targets_file",
        "services.calendar_file",
        "services.totals_file",
        "names a file that does not exist",
    ] {
        assert!(report.contains(told), "{told} in {report}");
    }
}

#[test]
fn what_settings_of_the_section_demand_is_told_at_once() {
    let lines = "keep_observations = \"2d\"\nrecorders = [\"nobody\"]\nunit = \"H60\"";
    let text = with(lines).replace("recorders = []  ", "#");
    let report = Folder::new().report(&text, &[]);
    assert!(
        report.contains("is shorter than `services.window_days`"),
        "{report}"
    );
    assert!(report.contains("is none of the clients"), "{report}");
    assert!(report.contains("2 problems in"), "{report}");
}

#[test]
fn an_hour_that_is_none_and_a_folder_that_is_not_there_are_refused() {
    let text = with("folder = \"elsewhere\"").replace("\"05:30\"", "\"25:00\"");
    let report = Folder::new().report(&text, &[]);
    assert!(report.contains("or \"off\""), "{report}");
    assert!(
        report.contains("names a folder that does not exist"),
        "{report}"
    );
}
