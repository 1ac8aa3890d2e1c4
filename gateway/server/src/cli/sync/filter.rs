//! Which dossiers a command is about.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use jiff::civil::Date;
use jiff::{Span, SpanRelativeTo, ToSpan as _};
use lienthong_core::wire_time::viet_nam;
use lienthong_proto::v1;

/// States by which dossiers can be chosen.
const STATES: [&str; 8] = [
    "pending", "sending", "accepted", "unknown", "waiting", "refused", "dead", "blocked",
];

/// Causes by which dossiers can be chosen.
const CAUSES: [&str; 16] = [
    "session",
    "mapping-missing",
    "field-rejected",
    "duplicate-number",
    "dossier-not-found",
    "upstream-timeout",
    "upstream-unavailable",
    "upstream-throttled",
    "upstream-nonsense",
    "certificate",
    "unknown-text",
    "access-denied",
    "file-unreachable",
    "cannot-be-asked",
    "interrupted",
    "stored-content-unreadable",
];

/// Options that choose dossiers; all that are given must hold.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Which dossiers")]
pub(super) struct Filter {
    /// Sync state; may be given more than once.
    #[arg(long, value_parser = states(), ignore_case = true)]
    state: Vec<v1::SyncState>,
    /// Cause of the last failed attempt; may be given more than once.
    #[arg(long, value_parser = causes(), ignore_case = true)]
    cause: Vec<v1::Cause>,
    /// Mã đơn vị: agency part of the dossier number; units below it are included.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// Mã thủ tục.
    #[arg(long, value_name = "CODE")]
    procedure: Option<String>,
    /// Oldest unaccepted event at least this old, such as 2h or 3d.
    #[arg(long, value_parser = duration, value_name = "AGE")]
    older_than: Option<prost_types::Duration>,
    /// Mã hồ sơ; may be given up to 1000 times.
    #[arg(long, value_name = "CODE")]
    dossier: Vec<String>,
    /// Code that the portal answered with, exactly as it came.
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    upstream_code: Option<String>,
    /// First recorded on this day or later (yyyy-MM-dd, Viet Nam's time).
    #[arg(long, value_parser = beginning, value_name = "DAY")]
    recorded_from: Option<prost_types::Timestamp>,
    /// First recorded on this day or earlier.
    #[arg(long, value_parser = end, value_name = "DAY")]
    recorded_until: Option<prost_types::Timestamp>,
    /// Something recorded, accepted or released on this day or later.
    #[arg(long, value_parser = beginning, value_name = "DAY")]
    touched_from: Option<prost_types::Timestamp>,
}

impl Filter {
    /// As the contract carries it.
    pub(super) fn into_message(self) -> v1::DossierFilter {
        v1::DossierFilter {
            states: self.state.into_iter().map(i32::from).collect(),
            causes: self.cause.into_iter().map(i32::from).collect(),
            unit_code: self.unit.unwrap_or_default(),
            procedure_code: self.procedure.unwrap_or_default(),
            older_than: self.older_than,
            dossier_codes: self.dossier,
            upstream_code: self.upstream_code.unwrap_or_default(),
            recorded_from: self.recorded_from,
            recorded_until: self.recorded_until,
            touched_from: self.touched_from,
        }
    }
}

/// The name in the contract of what is written in small letters on the command line.
fn contract_name(word: &str) -> String {
    word.to_ascii_uppercase().replace('-', "_")
}

fn states() -> impl clap::builder::TypedValueParser<Value = v1::SyncState> {
    PossibleValuesParser::new(STATES).try_map(|word| {
        v1::SyncState::from_str_name(&contract_name(&word)).ok_or("the contract has no such state")
    })
}

fn causes() -> impl clap::builder::TypedValueParser<Value = v1::Cause> {
    PossibleValuesParser::new(CAUSES).try_map(|word| {
        v1::Cause::from_str_name(&contract_name(&word)).ok_or("the contract has no such cause")
    })
}

/// A length of time as people write it: `90s`, `2h`, `3d`.
pub(super) fn duration(text: &str) -> Result<prost_types::Duration, &'static str> {
    let problem = "write it like 90s, 5m, 2h or 3d";
    let span: Span = text.parse().map_err(|_| problem)?;
    let length = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| problem)?;
    if length.is_negative() || length.is_zero() {
        return Err("it must be longer than nothing");
    }
    Ok(prost_types::Duration {
        seconds: length.as_secs(),
        nanos: length.subsec_nanos(),
    })
}

fn day(text: &str) -> Result<Date, &'static str> {
    text.parse().map_err(|_| "write the day like 2026-07-01")
}

fn midnight(day: Date) -> Result<prost_types::Timestamp, &'static str> {
    let zoned = day.to_zoned(viet_nam());
    let moment = zoned.map_err(|_| "there is no such day")?.timestamp();
    Ok(prost_types::Timestamp {
        seconds: moment.as_second(),
        nanos: 0,
    })
}

fn beginning(text: &str) -> Result<prost_types::Timestamp, &'static str> {
    midnight(day(text)?)
}

/// The moment behind the last of the day: the contract's bound is not part of the range.
fn end(text: &str) -> Result<prost_types::Timestamp, &'static str> {
    let next = day(text)?.checked_add(1.day());
    midnight(next.map_err(|_| "there is no such day")?)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lienthong_core::sync::cause::Cause;
    use lienthong_core::sync::state::SyncState;
    use lienthong_proto::v1;

    use super::{CAUSES, Filter, STATES, beginning, contract_name, duration, end};

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        filter: Filter,
    }

    fn read(arguments: &[&str]) -> Result<v1::DossierFilter, clap::Error> {
        let command = Command::try_parse_from([&["test"], arguments].concat())?;
        Ok(command.filter.into_message())
    }

    #[test]
    fn every_state_and_cause_of_the_contract_can_be_asked_for() {
        for state in SyncState::ALL {
            let name = crate::convert::sync::state(state).as_str_name();
            assert!(
                STATES.iter().any(|word| contract_name(word) == name),
                "{name}"
            );
        }
        for cause in Cause::ALL {
            let name = cause.name();
            assert!(
                CAUSES.iter().any(|word| contract_name(word) == name),
                "{name}"
            );
        }
        for word in STATES {
            assert_eq!(read(&["--state", word]).unwrap().states.len(), 1, "{word}");
        }
        for word in CAUSES {
            assert_eq!(read(&["--cause", word]).unwrap().causes.len(), 1, "{word}");
        }
    }

    #[test]
    fn conditions_are_carried_as_they_are_given() {
        let arguments = [
            "--state",
            "REFUSED",
            "--state",
            "dead",
            "--cause",
            "field-rejected",
            "--unit",
            "H22.12",
            "--procedure",
            "1.004222",
            "--older-than",
            "2h",
            "--dossier",
            "A",
            "--dossier",
            "B",
            "--upstream-code",
            "-1",
        ];
        let filter = read(&arguments).unwrap();
        assert_eq!(
            filter.states().collect::<Vec<_>>(),
            [v1::SyncState::Refused, v1::SyncState::Dead]
        );
        assert_eq!(filter.unit_code, "H22.12");
        assert_eq!(filter.older_than.unwrap().seconds, 7200);
        assert_eq!(filter.dossier_codes, ["A", "B"]);
        assert_eq!(filter.upstream_code, "-1");
        assert_eq!(read(&[]).unwrap(), v1::DossierFilter::default());
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for wrong in [
            ["--state", "happy"],
            ["--state", "sync_state_unspecified"],
            ["--older-than", "soon"],
            ["--older-than", "0s"],
            ["--older-than", "1mo"],
            ["--recorded-from", "01/07/2026"],
        ] {
            assert!(read(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn days_begin_and_end_at_midnight_in_viet_nam() {
        assert_eq!(beginning("2026-07-01").unwrap().seconds, 1_782_838_800);
        assert_eq!(end("2026-07-01").unwrap().seconds, 1_782_838_800 + 86_400);
        assert_eq!(duration("3d").unwrap().seconds, 3 * 86_400);
    }
}
