//! The table of what each failure may have done, and the look-up's own number.

use proptest::prelude::*;

use super::*;

/// One of each. A new variant has to be added by hand; the match in the port makes
/// sure that it is decided.
fn every_error() -> [PopulationError; 21] {
    [
        PopulationError::NotOffered,
        PopulationError::Unreachable,
        PopulationError::Interrupted,
        PopulationError::TimedOut,
        PopulationError::CertificateRejected,
        PopulationError::CredentialsRefused,
        PopulationError::AddressRefused,
        PopulationError::Forbidden,
        PopulationError::OfficerNotMapped,
        PopulationError::ProcedureNotLicensed,
        PopulationError::OfficerNotLicensed,
        PopulationError::StepUpRequired,
        PopulationError::Maintenance {
            until: Timestamp::UNIX_EPOCH,
            retry_after: Duration::from_mins(1),
        },
        PopulationError::BreakerOpen {
            retry_after: Duration::from_secs(5),
        },
        PopulationError::Busy,
        PopulationError::RateLimited {
            retry_after: Duration::from_secs(1),
        },
        PopulationError::QuotaSpent {
            resets_at: Timestamp::UNIX_EPOCH,
            retry_after: Duration::from_mins(1),
        },
        PopulationError::Throttled {
            retry_after: Some(Duration::from_secs(30)),
        },
        PopulationError::Failed { status: 503 },
        PopulationError::Rejected { status: 400 },
        PopulationError::Nonsense(AnswerStructure {
            status: 200,
            media_type: "text/html".to_owned(),
            length: 512,
            problem: "no envelope",
            ..AnswerStructure::default()
        }),
    ]
}

#[test]
fn the_table_says_what_each_failure_may_have_done() {
    let table: Vec<String> = every_error()
        .iter()
        .map(|error| format!("{:?}: {error}", error.certainty()))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    Refused: the population profile does not offer this operation
    NotApplied: the population database cannot be reached
    Unknown: the connection to the population database was lost before the answer
    Unknown: the population database did not answer in time
    NotApplied: the certificate of the population database was not accepted
    Refused: the population database refused the gateway's credentials
    Refused: the population database does not admit this gateway's address or account
    Refused: the population database forbids this look-up and does not say why
    Refused: no credential for the population database is mapped to this officer
    Refused: the procedure is not licensed for look-ups
    Refused: the officer is not licensed for look-ups
    Refused: the population database asks the officer for a one-time password
    NotApplied: the population database is under announced maintenance
    NotApplied: the population database failed lately and is not asked for a while
    NotApplied: as many look-ups as allowed are at work
    NotApplied: the rate of look-ups that is agreed for this route is used up
    NotApplied: the day's quota of look-ups is spent
    NotApplied: the population database asks to slow down
    Unknown: the population database failed with HTTP status 503
    Refused: the population database rejected the request with HTTP status 400
    Unknown: the population database gave an answer that cannot be understood (no envelope)
    ");
}

#[test]
fn a_request_number_fits_the_database() {
    for number in ["1", "019a0b1c-2d3e-7f40-8a5b-000000000001", &"a".repeat(40)] {
        assert_eq!(RequestNumber::new(number).unwrap().as_str(), number);
    }
    for text in ["", " ", "a b", "a<b", "mã", "a.b", &"a".repeat(41)] {
        assert_eq!(RequestNumber::new(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered_without_panic(text in any::<String>()) {
        let fits = (1..=40).contains(&text.chars().count())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        prop_assert_eq!(RequestNumber::new(text.clone()).is_some(), fits);
    }
}
