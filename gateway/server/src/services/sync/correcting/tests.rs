//! What becomes of a dossier whose state was put right.

use std::num::NonZeroUsize;
use std::time::Duration;

use lienthong_core::clock::Clock as _;
use lienthong_core::ports::outbox::{ClaimRequest, Outbox as _, Settlement};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_proto::v1::{PortalStatus, SyncState};

use super::*;
use crate::sync::operations::ground::{Ground, client};

/// A dossier of these states, the first of which the portal refused.
async fn refused(ground: &Ground, states: &[PortalStatus]) -> String {
    let code = ground.record(1, states).await;
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
        outcome: AttemptOutcome::Refused(Cause::FieldRejected),
        upstream_code: "-1".to_owned(),
        upstream_text: String::new(),
        next: NextStep::Refuse,
        known_at_portal: None,
        reference: None,
    };
    ground.store.settle(settlement).await.unwrap();
    code
}

fn asked(code: &str) -> v1::CorrectDossierRequest {
    v1::CorrectDossierRequest {
        dossier_code: code.to_owned(),
        reason: "Đã sửa ngày hẹn trả".to_owned(),
        operator_id: "CB-01".to_owned(),
    }
}

async fn correct_it(
    ground: &Ground,
    code: &str,
) -> Result<v1::CorrectDossierResponse, ServerError> {
    correct(&ground.desk, &asked(code), client("console")).await
}

async fn why_not(ground: &Ground, code: &str) -> Unsettled {
    match correct_it(ground, code).await {
        Err(ServerError::Unsettled { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_newest_state_takes_the_place_of_the_refused_one() {
    let ground = Ground::new();
    let states = [PortalStatus::Received, PortalStatus::Processing];
    let code = refused(&ground, &states).await;
    let answer = correct_it(&ground, &code).await.unwrap();
    assert_eq!((answer.state(), answer.revision), (SyncState::Pending, 1));
    ground.settle().await;
    let summary = ground.summary(&code).await;
    assert_eq!(summary.accepted_revision, summary.revision);
    assert_eq!(why_not(&ground, &code).await, Unsettled::NothingToCorrect);
}

#[tokio::test]
async fn without_a_newer_state_nothing_is_sent_and_it_is_said_why() {
    let ground = Ground::new();
    let code = refused(&ground, &[PortalStatus::Received]).await;
    assert_eq!(why_not(&ground, &code).await, Unsettled::NothingToCorrect);
    let nobodys = why_not(&ground, "000.00.00.H00-260701-9999").await;
    assert_eq!(nobodys, Unsettled::NotRecorded);
    assert_eq!(ground.portal.sends(), 0);
}
