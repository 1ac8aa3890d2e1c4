//! The table of what each failure may have done at the portal.

use super::*;

/// One of each. A new variant has to be added by hand; the matches in the port make
/// sure that it is decided.
fn every_error() -> [PortalError; 9] {
    [
        PortalError::Unreachable,
        PortalError::Interrupted,
        PortalError::TimedOut,
        PortalError::CertificateRejected,
        PortalError::SessionRefused,
        PortalError::Throttled { retry_after: None },
        PortalError::Throttled {
            retry_after: Some(Duration::from_secs(30)),
        },
        PortalError::Failed { status: 503 },
        PortalError::Nonsense { problem: "no JSON" },
    ]
}

#[test]
fn the_table_says_what_each_failure_may_have_done() {
    let table: Vec<String> = every_error()
        .iter()
        .map(|error| format!("{:?}, {}: {error}", error.certainty(), error.cause().name()))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    NotApplied, UPSTREAM_UNAVAILABLE: the portal cannot be reached
    Unknown, UPSTREAM_UNAVAILABLE: the connection to the portal was lost before the answer
    Unknown, UPSTREAM_TIMEOUT: the portal did not answer in time
    NotApplied, CERTIFICATE: the portal's certificate was not accepted
    NotApplied, SESSION: the portal gave no valid session
    NotApplied, UPSTREAM_THROTTLED: the portal asks to slow down
    NotApplied, UPSTREAM_THROTTLED: the portal asks to slow down
    Unknown, UPSTREAM_UNAVAILABLE: the portal failed with HTTP status 503
    Unknown, UPSTREAM_NONSENSE: the portal gave an answer that cannot be understood: no JSON
    ");
}

#[test]
fn no_failure_of_a_call_is_a_final_no() {
    for error in every_error() {
        assert_ne!(error.certainty(), Certainty::Refused, "{error}");
    }
}

#[test]
fn what_may_have_arrived_is_never_called_without_effect() {
    for error in [
        PortalError::Interrupted,
        PortalError::TimedOut,
        PortalError::Failed { status: 500 },
        PortalError::Failed { status: 400 },
        PortalError::Nonsense { problem: "" },
    ] {
        assert_eq!(error.certainty(), Certainty::Unknown, "{error}");
    }
}
