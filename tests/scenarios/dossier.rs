//! A dossier reaches the portal whole, once and in order, and whatever happens on the way
//! stands in its timeline.

use lienthong::demo::messages;
use lienthong::demo::vendor::Vendor;
use lienthong_mocks::{Fault, FaultEffect, Outcome as Seen, PortalDossier};
use lienthong_proto::v1;
use lienthong_proto::v1::attempt::Outcome;
use lienthong_proto::v1::{Cause, PortalStatus, SyncState};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in, outline};
use lienthong_tests::wire::reason;
use tonic::Code;

const CREATE: &str = "DongBoHoSoMC";
const STEPS: &str = "CapNhatTienDoHoSoMC";
const ASK: &str = "TraCuuHoSo";

fn state(stage: &Stage, code: &str, status: PortalStatus) -> v1::RecordDossierRequest {
    messages::state(code, status, &stage.citizen("plain").unwrap(), stage.now())
}

fn step(stage: &Stage, code: &str, number: usize) -> v1::RecordProgressRequest {
    let content = format!("Bước {number}");
    let mut step = messages::step(code, PortalStatus::Processing, &content, stage.now());
    step.event_id = format!("{code}/step/{number}");
    step
}

fn held(stage: &Stage, code: &str) -> PortalDossier {
    stage
        .mocks()
        .portal()
        .dossier(code)
        .expect("the portal holds the dossier")
}

fn contents(dossier: &PortalDossier) -> Vec<String> {
    dossier
        .steps
        .iter()
        .map(|step| step["NoiDungXuLy"].as_str().unwrap().to_owned())
        .collect()
}

fn script(stage: &Stage, operation: &str, code: &str, effect: FaultEffect) {
    let fault = Fault::new(effect).on(operation).for_key(code);
    stage.mocks().portal().script(fault).unwrap();
}

fn says(code: &str, message: &str) -> FaultEffect {
    FaultEffect::ErrorText {
        code: code.into(),
        message: message.to_owned(),
    }
}

async fn all_there(vendor: &mut Vendor, code: &str) -> v1::DossierSync {
    dossier_in(vendor, code, SyncState::Accepted).await.unwrap()
}

fn outcomes(entry: &v1::TimelineEntry) -> Vec<Outcome> {
    entry.attempts.iter().map(v1::Attempt::outcome).collect()
}

#[tokio::test]
async fn a_whole_life_stands_at_the_portal_in_the_order_recorded() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    let life = [
        PortalStatus::NewlyRegistered,
        PortalStatus::Received,
        PortalStatus::Processing,
        PortalStatus::SupplementRequested,
        PortalStatus::FinancialDutyRequested,
        PortalStatus::Processed,
        PortalStatus::Returned,
    ];
    for (index, status) in life.into_iter().enumerate() {
        let receipt = vendor
            .record_state(state(&stage, &code, status))
            .await
            .unwrap();
        assert_eq!(
            (receipt.dossier_code.as_str(), receipt.duplicate),
            (code.as_str(), false)
        );
        assert_eq!(receipt.revision, i64::try_from(2 * index + 1).unwrap());
        let content = format!("Bước {index}");
        let step = messages::step(&code, status, &content, stage.now());
        vendor.record_step(step).await.unwrap();
    }
    let sync = all_there(&mut vendor, &code).await;
    let dossier = held(&stage, &code);
    assert_eq!(dossier.status(), Some("10"));
    assert_eq!((dossier.creates, dossier.updates), (1, 6));
    assert_eq!(
        contents(&dossier),
        (0..7).map(|n| format!("Bước {n}")).collect::<Vec<_>>()
    );
    let statuses: Vec<_> = dossier
        .steps
        .iter()
        .map(|step| step["TrangThai"].clone())
        .collect();
    assert_eq!(statuses, ["1", "2", "4", "5", "6", "9", "10"]);
    assert_eq!(sync.timeline.len(), 14, "{:#?}", outline(&sync));
    assert!(
        sync.timeline
            .iter()
            .all(|entry| entry.state() == SyncState::Accepted)
    );
    assert!(sync.last_accepted_at.is_some());
}

#[tokio::test]
async fn what_was_recorded_comes_back_as_it_was_given() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    let given = state(&stage, &code, PortalStatus::Received);
    vendor.record_state(given.clone()).await.unwrap();
    let mut kept = vendor.dossier(&code).await.unwrap().dossier.unwrap();
    let mut given = given.dossier.unwrap();
    // Moments are kept to the microsecond.
    for dossier in [&mut kept, &mut given] {
        let dates = [
            &mut dossier.submitted_at,
            &mut dossier.received_at,
            &mut dossier.due_at,
        ];
        dates
            .into_iter()
            .flatten()
            .for_each(|date| date.nanos -= date.nanos % 1_000);
    }
    assert!(kept == given, "what came back differs from what was given");
}

#[tokio::test]
async fn the_same_event_again_gets_its_first_receipt_and_is_sent_once() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    let (event, step) = (
        state(&stage, &code, PortalStatus::Received),
        step(&stage, &code, 1),
    );
    let first = vendor.record_state(event.clone()).await.unwrap();
    let first_step = vendor.record_step(step.clone()).await.unwrap();
    all_there(&mut vendor, &code).await;
    for _ in 0..3 {
        let again = vendor.record_state(event.clone()).await.unwrap();
        assert_eq!(
            again,
            v1::Receipt {
                duplicate: true,
                ..first.clone()
            }
        );
        let again = vendor.record_step(step.clone()).await.unwrap();
        assert_eq!(
            again,
            v1::Receipt {
                duplicate: true,
                ..first_step.clone()
            }
        );
    }
    let sync = all_there(&mut vendor, &code).await;
    assert_eq!(sync.revision, 2);
    let dossier = held(&stage, &code);
    assert_eq!(
        (dossier.creates, dossier.updates, dossier.steps.len()),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn an_event_that_does_not_fit_what_is_recorded_is_refused_with_its_own_code() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let (code, other) = (stage.dossier_code(1), stage.dossier_code(2));
    let event = state(&stage, &code, PortalStatus::Received);

    let early = vendor
        .record_step(step(&stage, &code, 1))
        .await
        .unwrap_err();
    assert_eq!(
        (early.code(), reason(&early).as_str()),
        (Code::FailedPrecondition, "DOSSIER_NOT_RECORDED")
    );

    vendor.record_state(event.clone()).await.unwrap();
    let mut changed = event.clone();
    changed
        .dossier
        .as_mut()
        .unwrap()
        .summary
        .push_str(" (đã sửa)");
    let reused = vendor.record_state(changed).await.unwrap_err();
    assert_eq!(
        (reused.code(), reason(&reused).as_str()),
        (Code::AlreadyExists, "EVENT_ID_REUSED")
    );
    let mut elsewhere = state(&stage, &other, PortalStatus::Received);
    elsewhere.event_id.clone_from(&event.event_id);
    let reused = vendor.record_state(elsewhere).await.unwrap_err();
    assert_eq!(reused.code(), Code::AlreadyExists);

    let mut outdated = state(&stage, &code, PortalStatus::Processing);
    outdated.occurred_at.as_mut().unwrap().seconds -= 3600;
    let aborted = vendor.record_state(outdated).await.unwrap_err();
    assert_eq!(
        (aborted.code(), reason(&aborted).as_str()),
        (Code::Aborted, "EVENT_STALE")
    );

    let unknown = vendor.dossier(&other).await.unwrap_err();
    assert_eq!(
        (unknown.code(), reason(&unknown).as_str()),
        (Code::NotFound, "DOSSIER_NOT_FOUND")
    );
    let sync = all_there(&mut vendor, &code).await;
    assert_eq!(sync.timeline.len(), 1, "{:#?}", outline(&sync));
}

#[tokio::test]
async fn what_the_portal_refuses_stops_its_own_dossier_and_no_other() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let (code, other) = (stage.dossier_code(1), stage.dossier_code(2));
    script(
        &stage,
        CREATE,
        &code,
        says("-1", "Trường ChuHoSo không hợp lệ"),
    );
    for code in [&code, &other] {
        vendor
            .record_state(state(&stage, code, PortalStatus::Received))
            .await
            .unwrap();
        vendor.record_step(step(&stage, code, 1)).await.unwrap();
    }
    all_there(&mut vendor, &other).await;
    let sync = dossier_in(&mut vendor, &code, SyncState::Refused)
        .await
        .unwrap();
    let [refused, follower] = sync.timeline.as_slice() else {
        panic!("{:#?}", outline(&sync))
    };
    assert_eq!(outcomes(refused), [Outcome::RefusedByPortal]);
    let attempt = &refused.attempts[0];
    assert_eq!(attempt.cause(), Cause::FieldRejected);
    assert_eq!(attempt.upstream_code, "-1");
    assert_eq!(attempt.upstream_text, "Trường ChuHoSo không hợp lệ");
    assert!(!attempt.advice_vi.is_empty() && !attempt.advice_en.is_empty());
    assert_eq!(follower.state(), SyncState::Blocked);
    assert_eq!(follower.blocked_by, refused.event_id);
    assert_eq!(follower.attempts, []);
    assert_eq!(stage.mocks().portal().dossier(&code), None);
}

#[tokio::test]
async fn a_text_that_nobody_knows_leads_to_a_question_and_not_to_a_second_send() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    script(
        &stage,
        CREATE,
        &code,
        says("-9", "Kết quả 77, xin liên hệ quản trị viên"),
    );
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    let sync = all_there(&mut vendor, &code).await;
    let expected = [Outcome::Unknown, Outcome::FoundAbsent, Outcome::Delivered];
    assert_eq!(outcomes(&sync.timeline[0]), expected);
    assert_eq!(sync.timeline[0].attempts[0].cause(), Cause::UnknownText);
    assert_eq!(held(&stage, &code).creates, 1);
    let asked: Vec<_> = stage
        .delivered()
        .into_iter()
        .map(|entry| entry.operation)
        .collect();
    assert_eq!(asked, ["login", CREATE, ASK, CREATE]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_and_no_step_is_sent_twice() {
    let settings = Settings::default().impatient();
    let stage = Stage::with(settings).await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    script(&stage, CREATE, &code, FaultEffect::DropAfterEffect);
    script(&stage, STEPS, &code, FaultEffect::DropAfterEffect);
    script(&stage, STEPS, &code, FaultEffect::Truncate { bytes: 5 });
    script(&stage, STEPS, &code, FaultEffect::Garbage);
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    all_there(&mut vendor, &code).await;
    for number in 1..=4 {
        vendor
            .record_step(step(&stage, &code, number))
            .await
            .unwrap();
        all_there(&mut vendor, &code).await;
    }
    let sync = all_there(&mut vendor, &code).await;
    for entry in &sync.timeline[1..4] {
        assert_eq!(outcomes(entry), [Outcome::Unknown, Outcome::FoundDelivered]);
    }
    let dossier = held(&stage, &code);
    assert_eq!(dossier.creates, 1);
    assert_eq!(contents(&dossier), ["Bước 1", "Bước 2", "Bước 3", "Bước 4"]);
    assert_eq!(stage.mocks().portal().waiting_faults(), []);
}

#[tokio::test]
async fn a_session_that_ended_costs_one_new_log_in_and_no_attempt() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let codes: Vec<_> = (1..=8)
        .map(|sequence| stage.dossier_code(sequence))
        .collect();
    vendor
        .record_state(state(&stage, &codes[0], PortalStatus::Received))
        .await
        .unwrap();
    all_there(&mut vendor, &codes[0]).await;
    assert_eq!(stage.mocks().portal().sessions_issued(), 1);
    stage.mocks().portal().forget_sessions();
    for code in &codes[1..] {
        vendor
            .record_state(state(&stage, code, PortalStatus::Received))
            .await
            .unwrap();
    }
    for code in &codes[1..] {
        let sync = all_there(&mut vendor, code).await;
        assert_eq!(outcomes(&sync.timeline[0]), [Outcome::Delivered]);
        assert_eq!(held(&stage, code).creates, 1);
    }
    assert_eq!(stage.mocks().portal().sessions_issued(), 2);
}

#[tokio::test]
async fn a_dossier_that_the_portal_has_already_is_updated() {
    let mut stage = Stage::start().await.unwrap();
    let code = stage.dossier_code(1);
    let mut vendor = stage.vendor().await.unwrap();
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    all_there(&mut vendor, &code).await;
    // A gateway that knows nothing of it, as after the loss of its outbox.
    stage.stop_gateway().await;
    stage.set("sync.database", "second.sqlite");
    stage.start_gateway().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    vendor
        .record_state(state(&stage, &code, PortalStatus::Processing))
        .await
        .unwrap();
    let sync = all_there(&mut vendor, &code).await;
    assert_eq!(
        outcomes(&sync.timeline[0]),
        [Outcome::AlreadyThere, Outcome::Delivered]
    );
    let dossier = held(&stage, &code);
    assert_eq!(
        (dossier.creates, dossier.updates, dossier.status()),
        (1, 1, Some("4"))
    );
}

#[tokio::test]
async fn a_dossier_that_the_portal_forgot_is_created_again() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    all_there(&mut vendor, &code).await;
    assert!(stage.mocks().portal().forget_dossier(&code));
    vendor
        .record_state(state(&stage, &code, PortalStatus::Processing))
        .await
        .unwrap();
    let sync = all_there(&mut vendor, &code).await;
    // Whether the gateway knows the portal's words for it or has to ask, it ends the same.
    let (last, before) = sync.timeline[1].attempts.split_last().unwrap();
    assert_eq!(last.outcome(), Outcome::Delivered);
    assert!(
        before
            .iter()
            .all(|attempt| attempt.outcome() != Outcome::Delivered)
    );
    let dossier = held(&stage, &code);
    assert_eq!((dossier.creates, dossier.status()), (1, Some("4")));
}

#[tokio::test]
async fn twenty_five_steps_arrive_in_order_by_ten_at_most() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    all_there(&mut vendor, &code).await;
    stage.mocks().portal().pause();
    for number in 1..=25 {
        vendor
            .record_step(step(&stage, &code, number))
            .await
            .unwrap();
    }
    stage.mocks().portal().resume();
    all_there(&mut vendor, &code).await;
    let expected: Vec<_> = (1..=25).map(|number| format!("Bước {number}")).collect();
    assert_eq!(contents(&held(&stage, &code)), expected);
    let journal = stage.delivered();
    let calls: Vec<_> = journal
        .iter()
        .filter(|entry| entry.operation == STEPS)
        .collect();
    assert!((3..25).contains(&calls.len()), "{} calls", calls.len());
    assert!(
        calls
            .iter()
            .all(|entry| entry.outcome == Seen::ProgressAdded),
        "{calls:?}"
    );
}

#[tokio::test]
async fn an_outage_uses_up_no_patience_and_everything_arrives_once_after_it() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    stage.mocks().portal().pause();
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    vendor.record_step(step(&stage, &code, 1)).await.unwrap();
    // More attempts than the schedule has delays.
    let what = "eight failed attempts";
    lienthong_tests::patience::eventually(what, async || {
        let sync = vendor.dossier(&code).await?.sync.unwrap_or_default();
        Ok((sync.timeline[0].attempts.len() >= 8).then_some(()))
    })
    .await
    .unwrap();
    stage.mocks().portal().resume();
    let sync = all_there(&mut vendor, &code).await;
    let (last, failed) = sync.timeline[0].attempts.split_last().unwrap();
    assert_eq!(last.outcome(), Outcome::Delivered);
    for attempt in failed {
        assert_eq!(
            attempt.outcome(),
            Outcome::NotApplied,
            "{:#?}",
            outline(&sync)
        );
        assert_eq!(attempt.cause(), Cause::UpstreamUnavailable);
        assert!(!attempt.advice_vi.is_empty());
    }
    let dossier = held(&stage, &code);
    assert_eq!(
        (dossier.creates, dossier.updates, dossier.steps.len()),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn work_in_the_outbox_outlives_a_restart() {
    let mut stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let code = stage.dossier_code(1);
    stage.mocks().portal().pause();
    vendor
        .record_state(state(&stage, &code, PortalStatus::Received))
        .await
        .unwrap();
    vendor.record_step(step(&stage, &code, 1)).await.unwrap();
    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    stage.mocks().portal().resume();
    let mut vendor = stage.vendor().await.unwrap();
    let sync = all_there(&mut vendor, &code).await;
    assert_eq!(sync.timeline.len(), 2);
    let dossier = held(&stage, &code);
    assert_eq!(
        (dossier.creates, contents(&dossier)),
        (1, vec!["Bước 1".to_owned()])
    );
}
