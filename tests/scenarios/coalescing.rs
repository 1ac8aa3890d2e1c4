//! However many ask the same at the same time, the population database is asked once, and
//! who hangs up takes nothing from the others.
//!
//! What a reader would get wrong: sharing is among those who would send the same. Another
//! officer, unit or procedure is another question, because the database logs it as theirs.

use std::time::Duration;

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_proto::v1::provenance::Source;
use lienthong_tests::desk::{Desk, failure};
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tonic::{Code, Request};

/// The record of look-ups can be read in plain text.
async fn stage() -> Stage {
    Stage::with(Settings::default().with("listen.plain_client", "archive"))
        .await
        .unwrap()
}

/// The database answers the next `times` questions only after `ms`.
fn slow_down(stage: &Stage, ms: u64, times: u32) {
    let effect = FaultEffect::Delay {
        ms,
        before_effect: false,
    };
    let fault = Fault::new(effect).on("037").times(times);
    stage.mocks().population().script(fault).unwrap();
}

fn asked(stage: &Stage) -> usize {
    stage.asked_under("037").len()
}

/// Waits until the database has the question.
async fn question_arrived(stage: &Stage) {
    eventually("a question at the database", async || {
        Ok((asked(stage) > 0).then_some(()))
    })
    .await
    .unwrap();
}

/// Waits until so many calls are at work in the gateway.
async fn at_work(stage: &Stage, calls: u64) {
    eventually(&format!("{calls} calls at work"), async || {
        let at_work = stage.figure("lienthong_door_calls_in_flight").await?;
        Ok((at_work >= calls).then_some(()))
    })
    .await
    .unwrap();
}

/// Somebody on a connection of their own who looks `citizen` up and may hang up.
async fn caller(
    stage: &Stage,
    citizen: &SampleCitizen,
) -> JoinHandle<Result<v1::LookupCitizenResponse, tonic::Status>> {
    let (desk, citizen) = (stage.desk(1).await.unwrap(), citizen.clone());
    tokio::spawn(async move { desk.look_up(&citizen, &[]).await })
}

/// Waits until the record holds so many accesses for the first dossier.
async fn recorded(stage: &Stage, accesses: usize) -> Vec<v1::Access> {
    let mut auditor = stage.auditor().await.unwrap();
    let code = stage.dossier_code(1);
    eventually(&format!("{accesses} accesses recorded"), async || {
        let found = auditor.of_dossier(&code).await?;
        Ok((found.len() >= accesses).then_some(found))
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_equal_questions_make_one_request() {
    const CALLERS: usize = 1_000;
    let stage = stage().await;
    slow_down(&stage, 2_500, 1);
    let plain = stage.citizen("plain").unwrap();
    let mut asking = JoinSet::new();
    for _ in 0..CALLERS / 100 {
        let desk = stage.desk(1).await.unwrap();
        for _ in 0..100 {
            let (desk, plain) = (desk.clone(), plain.clone());
            asking.spawn(async move { desk.look_up(&plain, &[]).await });
        }
    }
    let answers = asking.join_all().await;
    let origins: Vec<_> = answers
        .into_iter()
        .map(|answer| {
            let answer = answer.unwrap();
            assert_eq!(answer.verdict(), Verdict::Match);
            answer.provenance.unwrap()
        })
        .collect();
    let under = stage.asked_under("037");
    assert_eq!(under.len(), 1, "requests at the database");
    assert!(origins.iter().all(|origin| origin.request_id == under[0]));
    let attempts: i32 = origins.iter().map(|origin| origin.attempts).sum();
    assert_eq!(attempts, 1, "who sent it, and nobody else");
    let live = origins
        .iter()
        .filter(|origin| origin.source() == Source::Live);
    assert!(
        live.count() > 100,
        "many asked while the answer was on its way"
    );

    // Each of them is an access of its own.
    let accesses = recorded(&stage, CALLERS).await;
    assert_eq!(accesses.len(), CALLERS);
    let sent: i32 = accesses.iter().map(|access| access.attempt).sum();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn the_first_to_ask_may_hang_up() {
    let stage = stage().await;
    slow_down(&stage, 1_000, 1);
    let plain = stage.citizen("plain").unwrap();
    let first = caller(&stage, &plain).await;
    question_arrived(&stage).await;
    let second = caller(&stage, &plain).await;
    at_work(&stage, 2).await;
    first.abort();
    let answer = second.await.unwrap().unwrap();
    assert_eq!(answer.verdict(), Verdict::Match);
    assert_eq!(answer.provenance.unwrap().attempts, 0);
    assert_eq!(asked(&stage), 1);
    let accesses = recorded(&stage, 2).await;
    let mut sent: Vec<_> = accesses.iter().map(|access| access.attempt).collect();
    sent.sort_unstable();
    assert_eq!(
        sent,
        [0, 1],
        "who hung up is recorded with the request that was sent"
    );
}

#[tokio::test]
async fn all_but_the_last_may_hang_up() {
    const CALLERS: usize = 20;
    let stage = stage().await;
    slow_down(&stage, 2_000, 1);
    let plain = stage.citizen("plain").unwrap();
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        callers.push(caller(&stage, &plain).await);
    }
    at_work(&stage, CALLERS as u64).await;
    let last = callers.pop().unwrap();
    for caller in callers {
        caller.abort();
    }
    let answer = last.await.unwrap().unwrap();
    assert_eq!(answer.verdict(), Verdict::Match);
    assert_eq!(asked(&stage), 1);
    assert_eq!(recorded(&stage, CALLERS).await.len(), CALLERS);
}

#[tokio::test]
async fn when_all_hang_up_the_answer_is_recorded_and_not_lost() {
    let stage = stage().await;
    slow_down(&stage, 700, 1);
    let plain = stage.citizen("plain").unwrap();
    let only = caller(&stage, &plain).await;
    question_arrived(&stage).await;
    only.abort();
    let accesses = recorded(&stage, 1).await;
    assert_eq!(accesses[0].outcome(), v1::access::Outcome::Matched);
    let desk = stage.desk(1).await.unwrap();
    let answer = desk.look_up(&plain, &[]).await.unwrap();
    assert_eq!(answer.provenance.unwrap().source(), Source::Cache);
    assert_eq!(asked(&stage), 1);
}

#[tokio::test]
async fn a_failure_is_shared_too_and_the_next_question_asks_anew() {
    let stage = stage().await;
    // The answer drips, and then the connection is cut.
    let effect = FaultEffect::SlowDrip {
        bytes: 1,
        every_ms: 200,
    };
    let fault = Fault::new(effect).on("037");
    stage.mocks().population().script(fault).unwrap();
    let plain = stage.citizen("plain").unwrap();
    let mut callers = Vec::new();
    for _ in 0..5 {
        callers.push(caller(&stage, &plain).await);
    }
    question_arrived(&stage).await;
    at_work(&stage, 5).await;
    stage.mocks().population().pause();
    for caller in callers {
        let expected = (Code::Unavailable, "UPSTREAM_UNAVAILABLE".to_owned());
        assert_eq!(failure(&caller.await.unwrap()), Some(expected));
    }
    stage.mocks().population().resume();
    let answer = stage.desk(1).await.unwrap().look_up(&plain, &[]).await;
    assert_eq!(answer.unwrap().provenance.unwrap().source(), Source::Live);
    assert_eq!(asked(&stage), 2);
}

/// Looks `citizen` up within `limit`.
async fn within(
    desk: &Desk,
    citizen: &SampleCitizen,
    limit: Duration,
) -> Result<v1::LookupCitizenResponse, tonic::Status> {
    let mut request = Request::new(messages::look_up(citizen, desk.dossier()));
    request.set_timeout(limit);
    Ok(desk.client().lookup_citizen(request).await?.into_inner())
}

/// Whether the time was up, whichever side noticed first.
fn ran_out_of_time<T>(result: &Result<T, tonic::Status>) -> bool {
    let code = result.as_ref().err().map(tonic::Status::code);
    matches!(code, Some(Code::DeadlineExceeded | Code::Cancelled))
}

#[tokio::test]
async fn who_joins_keeps_a_deadline_of_its_own() {
    let stage = stage().await;
    slow_down(&stage, 1_500, 1);
    let plain = stage.citizen("plain").unwrap();
    let patient = caller(&stage, &plain).await;
    question_arrived(&stage).await;
    let hasty = stage.desk(1).await.unwrap();
    let started = Instant::now();
    let refused = within(&hasty, &plain, Duration::from_millis(400)).await;
    assert!(
        started.elapsed() < Duration::from_millis(1_200),
        "{:?}",
        started.elapsed()
    );
    assert!(ran_out_of_time(&refused));
    assert_eq!(patient.await.unwrap().unwrap().verdict(), Verdict::Match);
    assert_eq!(asked(&stage), 1);
    let accesses = recorded(&stage, 2).await;
    let late = accesses
        .iter()
        .find(|access| access.outcome() == v1::access::Outcome::NotAnswered)
        .unwrap();
    assert_eq!(
        (late.reason.as_str(), late.attempt),
        ("DEADLINE_EXCEEDED", 0)
    );
}

#[tokio::test]
async fn who_leads_with_little_time_costs_nobody_else_the_answer() {
    let stage = stage().await;
    slow_down(&stage, 1_500, 1);
    let plain = stage.citizen("plain").unwrap();
    let desk = stage.desk(1).await.unwrap();
    let hasty = {
        let (desk, plain) = (desk.clone(), plain.clone());
        tokio::spawn(async move { within(&desk, &plain, Duration::from_millis(700)).await })
    };
    question_arrived(&stage).await;
    let patient = caller(&stage, &plain).await;
    let refused = hasty.await.unwrap();
    assert!(ran_out_of_time(&refused));
    assert_eq!(patient.await.unwrap().unwrap().verdict(), Verdict::Match);
    assert_eq!(asked(&stage), 1);
}

#[tokio::test]
async fn other_officers_procedures_and_people_are_asked_for_apart() {
    let settings = Settings::default()
        .with("cache.scope", "province")
        .with("cache.legal_basis", "QĐ 01/2026/QĐ-UBND, Điều 3");
    let stage = Stage::with(settings).await.unwrap();
    slow_down(&stage, 1_000, 10);
    let desk = stage.desk(1).await.unwrap();
    let plain = messages::verify(&stage.citizen("plain").unwrap(), desk.dossier());
    let mut procedure = plain.clone();
    procedure.context.as_mut().unwrap().procedure_code = "1.001193".to_owned();
    let mut unit = plain.clone();
    unit.context.as_mut().unwrap().unit_code = "H99.13".to_owned();
    let person = messages::verify(&stage.citizen("year-only").unwrap(), desk.dossier());
    let same = plain.clone();
    let mut asking = JoinSet::new();
    for request in [plain, procedure, unit, person, same] {
        let desk = desk.clone();
        asking.spawn(async move { desk.ask(request).await });
    }
    at_work(&stage, 5).await;
    for answer in asking.join_all().await {
        assert_eq!(answer.unwrap().verdict(), Verdict::Match);
    }
    assert_eq!(asked(&stage), 4);
}
