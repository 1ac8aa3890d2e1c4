//! The two decisions as tables: what came back, and what follows. "First" is a first
//! attempt, "last" one with the schedule used up; delays are 10, 100 and 1,000 s,
//! and without jitter half of them is waited.

use super::*;

fn every_error() -> Vec<PortalError> {
    vec![
        PortalError::Unreachable,
        PortalError::Interrupted,
        PortalError::TimedOut,
        PortalError::CertificateRejected,
        PortalError::SessionRefused { said: None },
        PortalError::Throttled {
            retry_after: None,
            said: None,
        },
        PortalError::Throttled {
            retry_after: Some(Duration::from_secs(15)),
            said: None,
        },
        PortalError::OutOfService { said: None },
        PortalError::Rejected { status: 422 },
        PortalError::Failed { status: 503 },
        PortalError::Nonsense {
            problem: "no JSON",
            said: None,
        },
    ]
}

/// A decision as one line of a table.
fn line(decision: Decision) -> String {
    let next = match decision.next {
        NextStep::SendAt(at) => format!("send in {} s", at.duration_since(NOW).as_secs()),
        NextStep::AskAt(at) => format!("ask in {} s", at.duration_since(NOW).as_secs()),
        next => format!("{next:?}"),
    };
    let known = match decision.known_at_portal {
        Some(true) => ", is there",
        Some(false) => ", is not there",
        None => "",
    };
    format!("{:?} -> {next}{known}", decision.outcome)
}

#[test]
fn the_table_of_answers_to_a_send() {
    let readings = [
        Reading::Accepted,
        Reading::AlreadyThere,
        Reading::NotThere,
        Reading::Refused {
            cause: Cause::FieldRejected,
        },
        Reading::NotUnderstood,
    ];
    let mut table = Vec::new();
    for reading in readings {
        for (name, sent) in [
            ("create", CREATE),
            ("update", UPDATE),
            ("3 steps", Sent::Steps(3)),
        ] {
            for (when, situation) in [("first", situation(1, 0)), ("last", exhausted())] {
                let decision = after_send(&says(reading.clone()), sent, situation);
                table.push(format!("{reading:?} to {name}, {when}: {}", line(decision)));
            }
        }
    }
    insta::assert_snapshot!(table.join("\n"), @r"
    Accepted to create, first: Accepted -> Accepted { events: 1 }, is there
    Accepted to create, last: Accepted -> Accepted { events: 1 }, is there
    Accepted to update, first: Accepted -> Accepted { events: 1 }, is there
    Accepted to update, last: Accepted -> Accepted { events: 1 }, is there
    Accepted to 3 steps, first: Accepted -> Accepted { events: 3 }, is there
    Accepted to 3 steps, last: Accepted -> Accepted { events: 3 }, is there
    AlreadyThere to create, first: AlreadyThere -> SendNow, is there
    AlreadyThere to create, last: NotApplied(DuplicateNumber) -> GiveUp, is there
    AlreadyThere to update, first: Unknown(UnknownText) -> ask in 5 s
    AlreadyThere to update, last: Unknown(UnknownText) -> GiveUp
    AlreadyThere to 3 steps, first: Unknown(UnknownText) -> ask in 5 s
    AlreadyThere to 3 steps, last: Unknown(UnknownText) -> GiveUp
    NotThere to create, first: Unknown(UnknownText) -> ask in 5 s
    NotThere to create, last: Unknown(UnknownText) -> GiveUp
    NotThere to update, first: NotThere -> SendNow, is not there
    NotThere to update, last: NotApplied(DuplicateNumber) -> GiveUp, is not there
    NotThere to 3 steps, first: NotApplied(DossierNotFound) -> send in 5 s, is not there
    NotThere to 3 steps, last: NotApplied(DossierNotFound) -> GiveUp, is not there
    Refused { cause: FieldRejected } to create, first: Refused(FieldRejected) -> Refuse
    Refused { cause: FieldRejected } to create, last: Refused(FieldRejected) -> Refuse
    Refused { cause: FieldRejected } to update, first: Refused(FieldRejected) -> Refuse
    Refused { cause: FieldRejected } to update, last: Refused(FieldRejected) -> Refuse
    Refused { cause: FieldRejected } to 3 steps, first: Refused(FieldRejected) -> Refuse
    Refused { cause: FieldRejected } to 3 steps, last: Refused(FieldRejected) -> Refuse
    NotUnderstood to create, first: Unknown(UnknownText) -> ask in 5 s
    NotUnderstood to create, last: Unknown(UnknownText) -> GiveUp
    NotUnderstood to update, first: Unknown(UnknownText) -> ask in 5 s
    NotUnderstood to update, last: Unknown(UnknownText) -> GiveUp
    NotUnderstood to 3 steps, first: Unknown(UnknownText) -> ask in 5 s
    NotUnderstood to 3 steps, last: Unknown(UnknownText) -> GiveUp
    ");
}

#[test]
fn the_table_of_failed_sends() {
    let mut table = Vec::new();
    for error in every_error() {
        for (when, situation) in [("first", situation(1, 0)), ("last", exhausted())] {
            let decision = after_send(&Err(error.clone()), CREATE, situation);
            for sent in [UPDATE, Sent::Steps(3)] {
                assert_eq!(after_send(&Err(error.clone()), sent, situation), decision);
            }
            table.push(format!("{error:?}, {when}: {}", line(decision)));
        }
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    Unreachable, first: NotApplied(UpstreamUnavailable) -> send in 5 s
    Unreachable, last: NotApplied(UpstreamUnavailable) -> send in 300 s
    Interrupted, first: Unknown(UpstreamUnavailable) -> ask in 20 s
    Interrupted, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    TimedOut, first: Unknown(UpstreamTimeout) -> ask in 20 s
    TimedOut, last: Unknown(UpstreamTimeout) -> ask in 300 s
    CertificateRejected, first: NotApplied(Certificate) -> send in 5 s
    CertificateRejected, last: NotApplied(Certificate) -> send in 300 s
    SessionRefused { said: None }, first: NotApplied(Session) -> send in 5 s
    SessionRefused { said: None }, last: NotApplied(Session) -> send in 300 s
    Throttled { retry_after: None, said: None }, first: NotApplied(UpstreamThrottled) -> send in 5 s
    Throttled { retry_after: None, said: None }, last: NotApplied(UpstreamThrottled) -> send in 300 s
    Throttled { retry_after: Some(15s), said: None }, first: NotApplied(UpstreamThrottled) -> send in 15 s
    Throttled { retry_after: Some(15s), said: None }, last: NotApplied(UpstreamThrottled) -> send in 600 s
    OutOfService { said: None }, first: Unknown(UpstreamUnavailable) -> ask in 20 s
    OutOfService { said: None }, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    Rejected { status: 422 }, first: NotApplied(FieldRejected) -> send in 5 s
    Rejected { status: 422 }, last: NotApplied(FieldRejected) -> GiveUp
    Failed { status: 503 }, first: Unknown(UpstreamUnavailable) -> ask in 20 s
    Failed { status: 503 }, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    Nonsense { problem: "no JSON", said: None }, first: Unknown(UpstreamNonsense) -> ask in 20 s
    Nonsense { problem: "no JSON", said: None }, last: Unknown(UpstreamNonsense) -> ask in 300 s
    "#);
}

#[test]
fn the_table_of_failed_questions() {
    let mut table = Vec::new();
    for error in every_error() {
        for (when, situation) in [("first", situation(1, 0)), ("last", exhausted())] {
            let decision = after_question(&Err(error.clone()), question(&state()), situation);
            let about_steps = steps(vec![samples::step(0, "Thẩm định")]);
            assert_eq!(
                after_question(&Err(error.clone()), question(&about_steps), situation),
                decision
            );
            table.push(format!("{error:?}, {when}: {}", line(decision)));
        }
    }
    insta::assert_snapshot!(table.join("\n"), @r#"
    Unreachable, first: Unknown(UpstreamUnavailable) -> ask in 5 s
    Unreachable, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    Interrupted, first: Unknown(UpstreamUnavailable) -> ask in 5 s
    Interrupted, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    TimedOut, first: Unknown(UpstreamTimeout) -> ask in 5 s
    TimedOut, last: Unknown(UpstreamTimeout) -> ask in 300 s
    CertificateRejected, first: Unknown(Certificate) -> ask in 5 s
    CertificateRejected, last: Unknown(Certificate) -> ask in 300 s
    SessionRefused { said: None }, first: Unknown(Session) -> ask in 5 s
    SessionRefused { said: None }, last: Unknown(Session) -> ask in 300 s
    Throttled { retry_after: None, said: None }, first: Unknown(UpstreamThrottled) -> ask in 5 s
    Throttled { retry_after: None, said: None }, last: Unknown(UpstreamThrottled) -> ask in 300 s
    Throttled { retry_after: Some(15s), said: None }, first: Unknown(UpstreamThrottled) -> ask in 15 s
    Throttled { retry_after: Some(15s), said: None }, last: Unknown(UpstreamThrottled) -> ask in 600 s
    OutOfService { said: None }, first: Unknown(UpstreamUnavailable) -> ask in 5 s
    OutOfService { said: None }, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    Rejected { status: 422 }, first: Unknown(FieldRejected) -> ask in 5 s
    Rejected { status: 422 }, last: Unknown(FieldRejected) -> GiveUp
    Failed { status: 503 }, first: Unknown(UpstreamUnavailable) -> ask in 5 s
    Failed { status: 503 }, last: Unknown(UpstreamUnavailable) -> ask in 300 s
    Nonsense { problem: "no JSON", said: None }, first: Unknown(UpstreamNonsense) -> ask in 5 s
    Nonsense { problem: "no JSON", said: None }, last: Unknown(UpstreamNonsense) -> ask in 300 s
    "#);
}

fn listed(marks: Vec<StepMark>) -> Result<PortalView, PortalError> {
    present(StepsThere::Listed(marks))
}

#[test]
fn the_table_of_answers_to_a_question() {
    let [one, two] = [samples::step(0, "Thẩm định"), samples::step(60, "Trình ký")];
    let views = [
        ("absent", Ok(PortalView::Absent)),
        ("present, no list", present(StepsThere::NotCarried)),
        ("present, unreadable", present(StepsThere::Unreadable)),
        ("present, empty list", listed(vec![])),
        ("present, first step", listed(vec![StepMark::of(&one)])),
        (
            "present, both steps",
            listed(vec![StepMark::of(&two), StepMark::of(&one)]),
        ),
    ];
    let mut table = Vec::new();
    for (view, result) in views {
        for (name, work) in [
            ("state", state()),
            ("2 steps", steps(vec![one.clone(), two.clone()])),
        ] {
            for (when, situation) in [("first", situation(1, 0)), ("last", exhausted())] {
                let decision = after_question(&result, question(&work), situation);
                table.push(format!("{view}, about {name}, {when}: {}", line(decision)));
            }
        }
    }
    insta::assert_snapshot!(table.join("\n"), @r"
    absent, about state, first: FoundAbsent -> SendNow, is not there
    absent, about state, last: FoundAbsent -> SendNow, is not there
    absent, about 2 steps, first: NotApplied(DossierNotFound) -> send in 5 s, is not there
    absent, about 2 steps, last: NotApplied(DossierNotFound) -> GiveUp, is not there
    present, no list, about state, first: FoundPresent -> SendNow, is there
    present, no list, about state, last: FoundPresent -> SendNow, is there
    present, no list, about 2 steps, first: Unknown(CannotBeAsked) -> GiveUp, is there
    present, no list, about 2 steps, last: Unknown(CannotBeAsked) -> GiveUp, is there
    present, unreadable, about state, first: FoundPresent -> SendNow, is there
    present, unreadable, about state, last: FoundPresent -> SendNow, is there
    present, unreadable, about 2 steps, first: Unknown(UpstreamNonsense) -> ask in 5 s, is there
    present, unreadable, about 2 steps, last: Unknown(UpstreamNonsense) -> ask in 300 s, is there
    present, empty list, about state, first: FoundPresent -> SendNow, is there
    present, empty list, about state, last: FoundPresent -> SendNow, is there
    present, empty list, about 2 steps, first: FoundPresent -> SendNow, is there
    present, empty list, about 2 steps, last: FoundPresent -> SendNow, is there
    present, first step, about state, first: FoundPresent -> SendNow, is there
    present, first step, about state, last: FoundPresent -> SendNow, is there
    present, first step, about 2 steps, first: FoundDone -> Accepted { events: 1 }, is there
    present, first step, about 2 steps, last: FoundDone -> Accepted { events: 1 }, is there
    present, both steps, about state, first: FoundPresent -> SendNow, is there
    present, both steps, about state, last: FoundPresent -> SendNow, is there
    present, both steps, about 2 steps, first: FoundDone -> Accepted { events: 2 }, is there
    present, both steps, about 2 steps, last: FoundDone -> Accepted { events: 2 }, is there
    ");
}
