use jiff::civil::date;

use super::{Agencies, AgenciesProblem};
use crate::agency::AgencyCode;
use crate::places::SourceCertainty;

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

#[test]
fn the_shipped_file_closes_twenty_nine_of_sixty_three_provinces() {
    let agencies = Agencies::shipped().unwrap();
    assert_eq!(agencies.all().count(), 63 - 34);
    let successors: std::collections::BTreeSet<&AgencyCode> = agencies
        .all()
        .filter_map(|it| it.successor.as_ref())
        .collect();
    assert_eq!(successors.len(), 23, "provinces that took others in");
    let by_day = agencies.closed_by_last_day();
    assert!(successors.iter().all(|it| !by_day.contains_key(*it)));
    assert!(by_day.values().all(|day| *day == date(2025, 6, 30)));
}

#[test]
fn a_unit_of_a_closed_province_is_closed_from_the_day_after_its_last() {
    let agencies = Agencies::shipped().unwrap();
    let closed = |unit: &str, on| agencies.closed(&code(unit), on);
    assert_eq!(closed("H22.12", date(2025, 6, 30)), None, "the last day");
    let entry = closed("H22.12", date(2025, 7, 1)).unwrap();
    assert_eq!(entry.successor, Some(code("H60")));
    assert_eq!(entry.certainty, SourceCertainty::Unverified);
    let old_form = closed("000.05.01.H22", date(2025, 7, 1)).unwrap();
    assert_eq!(old_form.code, code("H22"));
    assert_eq!(closed("H60.12", date(2026, 1, 1)), None);
}

#[test]
fn no_shipped_entry_is_confirmed_and_an_operators_is_taken_before_it() {
    let shipped = Agencies::shipped().unwrap();
    assert!(shipped.all().all(|it| !it.is_confirmed()));
    let entry = |code: &str, day: &str, certainty: &str| {
        format!(
            "[[agency]]\ncode = \"{code}\"\nname = \"thử\"\nlast_day = \"{day}\"\n\
             source = \"x\"\ncertainty = \"{certainty}\"\n"
        )
    };
    let own = entry("H22.12", "2026-01-31", "seen");
    let agencies = shipped.extended_by(&format!("version = \"t\"\n{own}"));
    let agencies = agencies.unwrap();
    let closing = |unit: &str| agencies.closing(&code(unit)).map(|it| it.last_day);
    assert_eq!(closing("H22.12.1"), Some(date(2026, 1, 31)));
    assert_eq!(closing("H22.13"), Some(date(2025, 6, 30)));
    assert_eq!(closing("H60.12"), None);
}

#[test]
fn a_province_adds_its_own_units() {
    let own = "version = \"H60-1\"\n[[agency]]\ncode = \"H60.7\"\nname = \"UBND huyện thử\"\n\
               last_day = \"2025-06-30\"\nsource = \"x\"\ncertainty = \"seen\"\n\
               [[agency]]\ncode = \"H22\"\nname = \"Hà Giang\"\nlast_day = \"2025-07-31\"\n\
               source = \"x\"\ncertainty = \"seen\"";
    let agencies = Agencies::shipped().unwrap().extended_by(own).unwrap();
    assert_eq!(agencies.version(), "2026-11-1+H60-1");
    let below = agencies.closed(&code("H60.7.3"), date(2025, 7, 1)).unwrap();
    assert_eq!(below.successor, None);
    assert_eq!(agencies.closed(&code("H60.8"), date(2025, 7, 1)), None);
    let corrected = agencies.closed(&code("H22"), date(2025, 7, 1));
    assert_eq!(corrected, None, "its own entry counts");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = "[[agency]]\ncode = \"h22\"\nlast_day = \"2025-06-31\"\ncertainty = \"sure\"\n\
                [[agency]]\ncode = \"H22\"\nname = \"a\"\nlast_day = \"2025-06-30\"\n\
                successor = \"H22\"\nsource = \"x\"\ncertainty = \"seen\"";
    let problems = Agencies::parse(file).unwrap_err();
    let told: Vec<String> = problems.iter().map(AgenciesProblem::to_string).collect();
    assert_eq!(
        told,
        [
            "`version` is missing",
            "agency 1: `code` is \"h22\", not a code such as H22 or H22.12",
            "agency 1 has no `name`",
            "agency 1: `last_day` is \"2025-06-31\", not a day such as 2025-06-30",
            "agency 1 has no `source`",
            "agency 1: certainty \"sure\" is not seen, inferred or unverified",
            "agency 2: H22 cannot succeed itself",
        ]
    );
    let twice = "version = \"1\"\n[[agency]]\ncode = \"H22\"\nname = \"a\"\nlast_day = \"2025-06-30\"\n\
                 source = \"x\"\ncertainty = \"seen\"\n";
    let twice = format!("{twice}{}", twice.trim_start_matches("version = \"1\"\n"));
    let entry = 2;
    let again = AgenciesProblem::CodeAgain {
        entry,
        code: code("H22"),
    };
    assert_eq!(Agencies::parse(&twice), Err(vec![again]));
    assert!(matches!(
        Agencies::parse("agencies = 1").unwrap_err()[..],
        [AgenciesProblem::Syntax(_)]
    ));
}
