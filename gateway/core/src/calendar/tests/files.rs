//! Reading calendar files: layers of units, and everything that is wrong at once.

use proptest::prelude::*;

use super::*;

const YEAR: &str = "version = \"1\"\n[[year]]\nyear = 2026\nannounced = true\nsource = \"s\"\n\
                    certainty = \"seen\"\n";

fn days(dates: &str, kind: &str, more: &str) -> String {
    format!(
        "[[days]]\ndates = [{dates}]\nkind = \"{kind}\"\nname = \"n\"\nsource = \"s\"\n\
         certainty = \"seen\"\n{more}\n"
    )
}

fn problems(text: &str) -> Vec<String> {
    let problems = WorkCalendar::parse(text).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

fn unit(code: &str) -> AgencyCode {
    AgencyCode::parse(code).unwrap()
}

#[test]
fn the_entry_of_the_unit_stands_above_that_of_the_province_and_the_country() {
    let text = [
        YEAR,
        &days("\"2026-10-08\"", "holiday", ""),
        &days("\"2026-10-07\"", "closed", "unit = \"H22\""),
        &days(
            "\"2026-10-07\", \"2026-10-08\"",
            "open",
            "unit = \"H22.12\"",
        ),
    ]
    .concat();
    let calendar = WorkCalendar::parse(&text).unwrap();
    for (code, on_the_7th, on_the_8th) in [
        ("H22.12", true, true),
        ("H22.12.3", true, true),
        ("H22.13", false, false),
        ("H22.121", false, false),
        ("000.00.12.H22", false, false),
        ("H23", true, false),
    ] {
        let unit = unit(code);
        let calendar = calendar.of(&unit);
        assert_eq!(
            calendar.is_working(date(2026, 10, 7)),
            Ok(on_the_7th),
            "{code}"
        );
        assert_eq!(
            calendar.is_working(date(2026, 10, 8)),
            Ok(on_the_8th),
            "{code}"
        );
    }
    assert_eq!(calendar.national().is_working(date(2026, 10, 7)), Ok(true));
}

#[test]
fn a_province_puts_its_own_file_above_the_national_one() {
    let national = shipped();
    let local = [
        "version = \"H22-1\"\n",
        &days("\"2026-10-07\"", "closed", "unit = \"H22\""),
    ]
    .concat();
    let calendar = national.extended(&local).unwrap();
    let province = unit("H22");
    assert_eq!(
        calendar.of(&province).is_working(date(2026, 10, 7)),
        Ok(false)
    );
    assert_eq!(
        calendar.of(&province).is_working(date(2026, 9, 2)),
        Ok(false)
    );
    let elsewhere = calendar.national().is_working(date(2026, 10, 7));
    assert_eq!(elsewhere, Ok(true));
    assert_eq!(calendar.version(), "2026-11-1+H22-1");
    let announced = "version = \"2027-1\"\n[[year]]\nyear = 2027\nannounced = true\n\
                     source = \"s\"\ncertainty = \"seen\"\n";
    let days_of_tet = days("\"2027-02-04\", \"2027-02-05\"", "holiday", "");
    let announced = [announced, &days_of_tet].concat();
    let calendar = national.extended(&announced).unwrap();
    let next = calendar.national().add_working_days(date(2027, 2, 3), 1);
    assert_eq!(next, Ok(date(2027, 2, 8)));
    // The national file had the first of January already.
    assert_eq!(calendar.national().is_working(date(2027, 1, 1)), Ok(false));
}

#[test]
fn office_hours_in_a_file_above_replace_those_from_the_same_day() {
    let hours = "version = \"1\"\n[[hours]]\nvalid_from = \"2024-01-01\"\n\
                 sessions = [\"08:00-16:00\"]\nsource = \"s\"\ncertainty = \"seen\"\n";
    let calendar = shipped().extended(hours).unwrap();
    let closing = calendar.national().closing(date(2026, 10, 1));
    assert_eq!(closing, Ok(at(10, 1, hm(16, 0))));
}

#[test]
fn a_year_without_any_working_day_is_refused() {
    assert_eq!(
        problems(&format!("{YEAR}week = []\n")),
        ["year 1 has no `week`"]
    );
}

#[test]
fn a_file_above_another_is_checked_together_with_it() {
    let local = |days: &str| ["version = \"1\"\n", days].concat();
    let told = |text: &str| {
        let problems = shipped().extended(text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let outside = local(&days("\"2031-10-07\"", "closed", "unit = \"H22\""));
    assert_eq!(
        told(&outside),
        ["days 1: 2031-10-07 is in no year of the calendar"]
    );
    let half = local(&days("\"2026-10-02\"", "swapped-off", ""));
    assert_eq!(
        told(&half),
        ["2026 has 3 days swapped off and 2 swapped on"]
    );
}

#[test]
fn a_year_may_have_another_working_week() {
    let week =
        "week = [\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\"]";
    let text = format!("{YEAR}{week}\n");
    let calendar = WorkCalendar::parse(&text).unwrap();
    assert_eq!(calendar.national().is_working(date(2026, 10, 3)), Ok(true));
    assert_eq!(calendar.national().is_working(date(2026, 10, 4)), Ok(false));
}

#[test]
fn office_hours_count_from_their_day_and_a_province_has_its_own() {
    let hours = |from: &str, session: &str, more: &str| {
        format!(
            "[[hours]]\nvalid_from = \"{from}\"\nsessions = [\"{session}\"]\nsource = \"s\"\n\
             certainty = \"seen\"\n{more}\n"
        )
    };
    let text = [
        YEAR,
        &hours("2026-07-01", "08:00-16:00", ""),
        &hours("2026-01-01", "07:00-15:00", ""),
        &hours("2026-10-01", "06:00-14:00", "unit = \"H22\""),
    ]
    .concat();
    let calendar = WorkCalendar::parse(&text).unwrap();
    let national = calendar.national();
    assert_eq!(
        national.closing(date(2026, 6, 30)),
        Ok(at(6, 30, hm(15, 0)))
    );
    assert_eq!(national.closing(date(2026, 7, 1)), Ok(at(7, 1, hm(16, 0))));
    let early = date(2025, 12, 31);
    assert_eq!(
        national.closing(early),
        Err(CalendarGap::Hours { date: early })
    );
    let (province, before) = (unit("H22"), date(2026, 9, 30));
    assert_eq!(
        calendar.of(&province).closing(before),
        Ok(at(9, 30, hm(16, 0)))
    );
    assert_eq!(
        calendar.of(&province).closing(date(2026, 10, 1)),
        Ok(at(10, 1, hm(14, 0)))
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text = [
        YEAR,
        "[[year]]\nyear = 2026\nannounced = true\nsource = \"s\"\ncertainty = \"sure\"\n",
        "[[year]]\nyear = 26\nsource = \" \"\ncertainty = \"seen\"\nweek = [\"thứ hai\"]\n",
        &days("\"2026-02-30\", \"2025-01-01\"", "holiday", ""),
        &days("\"2026-10-03\"", "swapped-off", ""),
        &days("\"2026-10-03\"", "feast", "unit = \"Hà Nội\""),
        &days("\"2026-10-03\"", "holiday", ""),
        "[[days]]\n",
        "[[hours]]\nvalid_from = \"2026-01-01\"\nsessions = [\"07:30-11:30\", \"11:00-17:00\", \
         \"9-8\"]\nsource = \"s\"\ncertainty = \"seen\"\n",
        "[[hours]]\nvalid_from = \"2026-01-01\"\nsource = \"s\"\ncertainty = \"seen\"\n",
    ]
    .concat();
    assert_eq!(
        problems(&text),
        [
            "year 2: `certainty` is \"sure\"; known are seen, inferred, unverified",
            "year 2: 2026 stands there already",
            "year 3 has no `source`",
            "year 3 has no `announced`",
            "year 3: `week` is \"thứ hai\"; known are monday, tuesday, wednesday, thursday, \
             friday, saturday, sunday",
            "year 3: 26 is not a year between 1945 and 2099",
            "days 1: \"2026-02-30\" is not a day such as 2026-07-01",
            "days 1: 2025-01-01 is in no year of the calendar",
            "days 2: 2026-10-03 is a Saturday, so `swapped-off` changes nothing",
            "days 3: `kind` is \"feast\"; known are holiday, substitute, swapped-off, \
             swapped-on, closed, open",
            "days 3: `unit` is not an agency code",
            "days 4: 2026-10-03 stands there already, in days 2",
            "days 5 has no `kind`",
            "days 5 has no `name`",
            "days 5 has no `source`",
            "days 5 has no `certainty`",
            "days 5 has no `dates`",
            "hours 1: \"11:00-17:00\" is not a session such as 07:30-11:30 after the one before",
            "hours 1: \"9-8\" is not a session such as 07:30-11:30 after the one before",
            "hours 2 has no `sessions`",
            "hours 2 begin on the same day as hours 1",
        ]
    );
}

#[test]
fn a_swap_with_one_half_only_is_refused() {
    let text = [YEAR, &days("\"2026-10-02\"", "swapped-off", "")].concat();
    assert_eq!(
        problems(&text),
        ["2026 has 1 days swapped off and 0 swapped on"]
    );
    let text = [
        YEAR,
        &days("\"2026-10-03\"", "swapped-on", "unit = \"H22\""),
    ]
    .concat();
    assert_eq!(
        problems(&text),
        ["2026 has 0 days swapped off and 1 swapped on for H22"]
    );
}

#[test]
fn what_is_no_calendar_file_is_refused() {
    assert!(matches!(
        WorkCalendar::parse("version = 1").unwrap_err()[..],
        [CalendarProblem::Syntax(_)]
    ));
    let unknown_key = format!("{YEAR}holidays = []\n");
    assert!(matches!(
        WorkCalendar::parse(&unknown_key).unwrap_err()[..],
        [CalendarProblem::Syntax(_)]
    ));
}

proptest! {
    #[test]
    fn any_text_is_answered_without_panic(text in any::<String>()) {
        prop_assert!(WorkCalendar::parse(&text).is_err());
    }

    #[test]
    fn any_dates_are_answered_without_panic(
        dates in proptest::collection::vec("202[5-7]-[01][0-9]-[0-3][0-9]", 0..6),
        kind in "(holiday|substitute|swapped-off|swapped-on|closed|open)",
    ) {
        let dates = dates.iter().map(|date| format!("\"{date}\"")).collect::<Vec<_>>().join(", ");
        let text = [YEAR, &days(&dates, &kind, "")].concat();
        if let Err(problems) = WorkCalendar::parse(&text) {
            prop_assert!(!problems.is_empty());
        }
    }
}
