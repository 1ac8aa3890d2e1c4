//! What becomes of a dossier by the word of a person.

use std::num::NonZeroUsize;
use std::time::Duration;

use lienthong_core::clock::Clock as _;
use lienthong_core::ports::outbox::{ClaimRequest, Outbox as _, Settlement};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_proto::v1::resolve_unknown_request::Found;
use lienthong_proto::v1::{PortalStatus, SyncState};

use super::*;
use crate::sync::operations::ground::{Ground, client};

/// A dossier with two events, of the first of which nobody knows whether it arrived.
async fn of_unknown_effect(ground: &Ground) -> String {
    let code = ground.record(1, &[PortalStatus::Received]).await;
    let now = ground.clock.now();
    let request = ClaimRequest {
        now,
        lease: Duration::from_mins(1),
        limit: NonZeroUsize::MIN,
        steps_per_call: NonZeroUsize::MIN,
        worker: "worker".to_owned(),
    };
    let claim = ground.store.claim(request).await.unwrap().remove(0);
    let settlement = Settlement {
        task: claim.task,
        fence: claim.fence,
        dossier: claim.work.dossier().clone(),
        ended_at: now,
        outcome: AttemptOutcome::Unknown(Cause::CannotBeAsked),
        upstream_code: String::new(),
        upstream_text: String::new(),
        next: NextStep::GiveUp,
        known_at_portal: None,
        reference: None,
    };
    ground.store.settle(settlement).await.unwrap();
    code
}

fn said(code: &str, found: Found) -> v1::ResolveUnknownRequest {
    v1::ResolveUnknownRequest {
        dossier_code: code.to_owned(),
        revision: 1,
        found: found.into(),
        through_revision: 0,
        reason: "Đã xem trên cổng".to_owned(),
        operator_id: "CB-01".to_owned(),
    }
}

async fn say(
    ground: &Ground,
    message: &v1::ResolveUnknownRequest,
) -> Result<v1::ResolveUnknownResponse, ServerError> {
    resolve(&ground.desk, message, client("console")).await
}

/// Why the word was not taken.
async fn unsettled(ground: &Ground, message: &v1::ResolveUnknownRequest) -> Unsettled {
    match say(ground, message).await {
        Err(ServerError::Unsettled { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_arrived_is_accepted_and_the_rest_goes_on() {
    let ground = Ground::new();
    let code = of_unknown_effect(&ground).await;
    let answer = say(&ground, &said(&code, Found::Arrived)).await.unwrap();
    assert_eq!(answer.accepted_revision, 1);
    let summary = ground.summary(&code).await;
    assert_eq!(summary.accepted_revision, 1);
    assert_eq!(ground.portal.sends(), 0, "nothing is sent by it");
    let again = unsettled(&ground, &said(&code, Found::Arrived)).await;
    assert_eq!(again, Unsettled::NotUnknown);
}

#[tokio::test]
async fn what_is_not_there_is_sent_and_not_asked_about() {
    let ground = Ground::new();
    let code = of_unknown_effect(&ground).await;
    let answer = say(&ground, &said(&code, Found::Absent)).await.unwrap();
    assert_eq!(answer.state(), SyncState::Pending);
    assert_eq!((answer.revision, answer.accepted_revision), (1, 0));
    ground.settle().await;
    assert_eq!(ground.portal.questions(), 0);
    assert!(ground.portal.held(&code).is_some());
}

#[tokio::test]
async fn a_word_that_does_not_fit_changes_nothing_and_says_why() {
    let ground = Ground::new();
    let code = of_unknown_effect(&ground).await;
    let other_event = v1::ResolveUnknownRequest {
        revision: 2,
        ..said(&code, Found::Arrived)
    };
    let why = unsettled(&ground, &other_event).await;
    assert_eq!(why, Unsettled::NotUnknown);
    let nobodys = said("000.00.00.H00-260701-9999", Found::Absent);
    assert_eq!(unsettled(&ground, &nobodys).await, Unsettled::NotRecorded);
    let too_far = v1::ResolveUnknownRequest {
        through_revision: 2,
        ..said(&code, Found::Arrived)
    };
    let Err(ServerError::Invalid(wrong)) = say(&ground, &too_far).await else {
        panic!("an event that was not sent was taken");
    };
    assert_eq!(wrong[0].field, "through_revision");
    let summary = ground.summary(&code).await;
    assert_eq!(summary.accepted_revision, 0);
}
