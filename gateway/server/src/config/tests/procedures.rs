//! `[procedures]`: the procedure catalogue.

use jiff::civil::time;

use super::*;

fn with(lines: &str) -> String {
    format!("{}\n[procedures]\n{lines}\n", example())
}

fn load_with(lines: &str) -> Procedures {
    let config = Folder::new().load(&with(lines), &[]);
    let config = config.unwrap_or_else(|problems| panic!("{problems}"));
    config.procedures.unwrap()
}

fn assert_problem(text: &str, problem: &str) {
    let report = Folder::new().report(text, &[]);
    assert!(report.contains(problem), "{report}");
    assert!(report.contains("\n1 problem in"), "{report}");
}

#[test]
fn without_the_section_no_catalogue_is_kept() {
    let config = Folder::new().load(example(), &[]).unwrap();
    assert!(config.procedures.is_none());
    assert!(!config.describe().to_string().contains("[procedures]"));
}

#[test]
fn an_empty_section_is_enough() {
    let settings = load_with("");
    assert_eq!(settings.refresh_at, time(1, 0, 0, 0));
    assert_eq!(settings.stale_after, Duration::from_hours(72));
    assert_eq!(settings.most_lost.to_string(), "50");
    assert_eq!((settings.parallel.get(), settings.most_missing), (4, 10));
    assert!(settings.database.ends_with("catalogue.sqlite"));
    assert_eq!(settings.share_path, None);
    assert_eq!(settings.answer_size, 32 << 20);
    assert_eq!(settings.list_time, Duration::from_mins(2));
}

#[test]
fn what_is_described_loads_again() {
    let lines = "database = \"procedures.sqlite\"\nshare_path = \"/mapi/share\"\n\
                 refresh_at = \"02:30\"\njitter = \"5m\"\nstale_after = \"7d\"\n\
                 retry_after = \"10m\"\nmost_lost = 30\nmost_missing = 0\nparallel = 2\n\
                 calls_per_second = 20\ntotal = \"1h\"\nlist_time = \"5m\"\n\
                 answer_size = \"8MiB\"";
    let folder = Folder::new();
    let config = folder.load(&with(lines), &[]).unwrap();
    let described = config.describe().to_string();
    let again = folder.load_again(&described);
    assert_eq!(again.describe().to_string(), described);
    let section = &described[described.find("[procedures]").unwrap()..];
    for line in lines.lines().skip(1) {
        assert!(section.contains(line.trim()), "{line}\n{section}");
    }
}

#[test]
fn a_portal_without_a_catalogue_is_told() {
    let session = "login_path = \"/mapi/login\"\nintegration_path = \"/mapi/g\"\n\
                   username = \"h99_motcua\"\npassword_file = \"secrets/portal-password\"\n\
                   agency_code = \"000.00.00.H99\"\n";
    let wrapper = "create_path = \"/a\"\nupdate_path = \"/b\"\nsteps_path = \"/c\"\n";
    let text = example_with(
        "profile = \"p2\"\nbase",
        "profile = \"p3_three_urls\"\nbase",
    );
    let text = text.replace(session, wrapper) + "\n[procedures]\n";
    assert_problem(&text, "`procedures` needs the portal's profile p1 or p2");
}

#[test]
fn dossiers_come_first() {
    let calls = "# calls_per_second = 20        # where the route has a bound";
    let text = example_with(calls, "calls_per_second = 20") + "\n[procedures]\n";
    assert!(Folder::new().load(&text, &[]).is_ok());
    let greedy = format!("{text}calls_per_second = 11\n");
    assert_problem(&greedy, "is more than half of `sync.calls_per_second`");
}

#[test]
fn a_bound_below_a_day_and_a_share_of_nothing_are_told() {
    assert_problem(&with("stale_after = \"12h\""), "is shorter than a day");
    let none = with("most_lost = 0");
    assert_problem(&none, "must be a whole number from 1 to 100");
}
