//! What was answered may be given again, to whom and for as long as the configuration says,
//! and the answer says so.
//!
//! What a reader would get wrong: an answer that is given again is an access like any other.
//! Permission and the officer's own credential are asked for each time.

use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_proto::v1::provenance::Source;
use lienthong_tests::desk::{Desk, failure};
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::http1;
use tonic::Code;

mod operator;
mod sharing;

/// Requests for a record that the population database received.
fn asked(stage: &Stage) -> usize {
    stage.asked_under("037").len()
}

fn provenance(answer: &v1::VerifyCitizenResponse) -> v1::Provenance {
    answer.provenance.clone().unwrap()
}

fn source(answer: &v1::VerifyCitizenResponse) -> Source {
    provenance(answer).source()
}

fn record_source(answer: &v1::LookupCitizenResponse) -> Source {
    answer.provenance.as_ref().unwrap().source()
}

fn millis(duration: prost_types::Duration) -> i64 {
    duration.seconds * 1_000 + i64::from(duration.nanos) / 1_000_000
}

/// Verifies an answer not older than `most` milliseconds.
async fn verify_within(
    desk: &Desk,
    citizen: &SampleCitizen,
    most: i32,
) -> Result<v1::VerifyCitizenResponse, tonic::Status> {
    let max_age = prost_types::Duration {
        seconds: i64::from(most / 1_000),
        nanos: most % 1_000 * 1_000_000,
    };
    let freshness = v1::Freshness {
        max_age: Some(max_age),
        refresh: false,
    };
    let request = v1::VerifyCitizenRequest {
        freshness: Some(freshness),
        ..messages::verify(citizen, desk.dossier())
    };
    desk.ask(request).await
}

#[tokio::test]
async fn the_second_question_is_answered_from_memory_and_says_so() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let first = desk.verify(&plain).await.unwrap();
    let second = desk.verify(&plain).await.unwrap();
    assert_eq!(
        (source(&first), source(&second)),
        (Source::Live, Source::Cache)
    );
    assert_eq!(second.verdict(), Verdict::Match);
    assert_eq!(second.checked, first.checked);
    let (first, second) = (provenance(&first), provenance(&second));
    assert_eq!((first.attempts, second.attempts), (1, 0));
    assert_eq!(second.request_id, first.request_id);
    let micros = |at: prost_types::Timestamp| (at.seconds, at.nanos / 1_000);
    assert_eq!(
        micros(second.observed_at.unwrap()),
        micros(first.observed_at.unwrap())
    );
    assert!(millis(second.age.unwrap()) >= 0 && !second.stale);
    assert_eq!(stage.asked_under("037"), [first.request_id]);
}

#[tokio::test]
async fn a_name_in_another_case_is_the_same_question() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let shouted = SampleCitizen {
        full_name: plain.full_name.to_uppercase(),
        ..plain.clone()
    };
    desk.verify(&plain).await.unwrap();
    assert_eq!(source(&desk.verify(&shouted).await.unwrap()), Source::Cache);
    let other_birth = SampleCitizen {
        birth_date: None,
        ..plain
    };
    let answer = desk.verify(&other_birth).await.unwrap();
    assert_eq!(
        source(&answer),
        Source::Live,
        "the year alone is another question"
    );
}

#[tokio::test]
async fn a_record_that_is_held_answers_for_fewer_fields_and_for_the_verdict() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let whole = desk.look_up(&plain, &[]).await.unwrap();
    let sex = desk.look_up(&plain, &["sex", "religion"]).await.unwrap();
    assert_eq!(
        (record_source(&whole), record_source(&sex)),
        (Source::Live, Source::Cache)
    );
    let only = v1::Citizen {
        sex: whole.citizen.as_ref().unwrap().sex,
        ..v1::Citizen::default()
    };
    assert!(sex.citizen.unwrap() == only, "more than was asked for");
    assert_eq!(sex.withheld, ["religion"]);
    assert_eq!(sex.name_comparison, whole.name_comparison);
    let again = desk.look_up(&plain, &[]).await.unwrap();
    assert_eq!(record_source(&again), Source::Cache);
    assert!(again.citizen == whole.citizen, "another record");
    assert_eq!(again.withheld, whole.withheld);
    assert_eq!(again.name_comparison, whole.name_comparison);
    assert_eq!(source(&desk.verify(&plain).await.unwrap()), Source::Cache);
    assert_eq!(asked(&stage), 1);
}

#[tokio::test]
async fn a_verdict_that_is_held_gives_no_record() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let record = desk.look_up(&plain, &["sex"]).await.unwrap();
    assert_eq!(record_source(&record), Source::Live);
    assert_eq!(asked(&stage), 2);
}

#[tokio::test]
async fn no_match_is_held_too_and_for_both_questions() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let nobody = SampleCitizen {
        full_name: "Lê Thị Khác".to_owned(),
        ..stage.citizen("plain").unwrap()
    };
    let first = desk.verify(&nobody).await.unwrap();
    let second = desk.look_up(&nobody, &[]).await.unwrap();
    assert_eq!(
        (first.verdict(), second.verdict()),
        (Verdict::NoMatch, Verdict::NoMatch)
    );
    assert_eq!(record_source(&second), Source::Cache);
    assert!(second.citizen.is_none());
    assert_eq!(asked(&stage), 1);
}

#[tokio::test]
async fn the_caller_says_how_old_an_answer_may_be() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let hour = verify_within(&desk, &plain, 3_600_000).await.unwrap();
    assert_eq!(source(&hour), Source::Cache);
    assert_eq!(asked(&stage), 1);
    let none = verify_within(&desk, &plain, 0).await.unwrap();
    assert_eq!(source(&none), Source::Live, "zero asks the source");
    assert_eq!(asked(&stage), 2);
    // Sooner or later what is held is older than that; until then it is given.
    eventually("a live answer", async || {
        let answer = verify_within(&desk, &plain, 200).await?;
        if source(&answer) == Source::Live {
            return Ok(Some(()));
        }
        let age = millis(provenance(&answer).age.unwrap());
        anyhow::ensure!(age <= 200, "{age} ms old");
        Ok(None)
    })
    .await
    .unwrap();
    assert_eq!(asked(&stage), 3);
}

#[tokio::test]
async fn a_refresh_asks_anew_and_replaces_what_was_held() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let first = desk.verify(&plain).await.unwrap();
    let freshness = v1::Freshness {
        max_age: None,
        refresh: true,
    };
    let request = v1::VerifyCitizenRequest {
        freshness: Some(freshness),
        ..messages::verify(&plain, desk.dossier())
    };
    let anew = desk.ask(request).await.unwrap();
    assert_eq!(source(&anew), Source::Live);
    assert_ne!(provenance(&anew).request_id, provenance(&first).request_id);
    let third = desk.verify(&plain).await.unwrap();
    assert_eq!(source(&third), Source::Cache);
    assert_eq!(provenance(&third).request_id, provenance(&anew).request_id);
}

#[tokio::test]
async fn what_is_held_is_given_for_its_time_and_no_longer() {
    let stage = Stage::with(Settings::default().with("cache.verdict.keep", "300ms"))
        .await
        .unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    eventually("a live answer", async || {
        let answer = desk.verify(&plain).await?;
        if source(&answer) == Source::Live {
            return Ok(Some(()));
        }
        let age = millis(provenance(&answer).age.unwrap());
        anyhow::ensure!(age <= 300, "{age} ms old");
        Ok(None)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_class_that_may_not_be_kept_is_asked_for_each_time() {
    let off = ["verdict", "person", "negative"];
    for class in off {
        let settings = Settings::default().with(&format!("cache.{class}.cached"), "false");
        let stage = Stage::with(settings).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        let nobody = SampleCitizen {
            full_name: "Lê Thị Khác".to_owned(),
            ..plain.clone()
        };
        let mut kept = Vec::new();
        for _ in 0..2 {
            let negative = source(&desk.verify(&nobody).await.unwrap());
            let verdict = source(&desk.verify(&plain).await.unwrap());
            let person = record_source(&desk.look_up(&plain, &[]).await.unwrap());
            kept = vec![
                ("negative", negative),
                ("verdict", verdict),
                ("person", person),
            ];
        }
        for (what, source) in kept {
            let expected = if what == class {
                Source::Live
            } else {
                Source::Cache
            };
            assert_eq!(source, expected, "{what} while {class} is not kept");
        }
    }
}

#[tokio::test]
async fn an_officer_without_a_credential_gets_nothing_from_memory_either() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let mut request = messages::verify(&plain, desk.dossier());
    request.context.as_mut().unwrap().officer_id = "000180000077".to_owned();
    let refused = desk.ask(request).await;
    let expected = (Code::PermissionDenied, "OFFICER_NOT_MAPPED".to_owned());
    assert_eq!(failure(&refused), Some(expected));
    let mut request = messages::verify(&plain, desk.dossier());
    request.context.as_mut().unwrap().purpose = v1::Purpose::Inspection.into();
    let refused = desk.ask(request).await;
    let expected = (Code::PermissionDenied, "NOT_PERMITTED_PURPOSE".to_owned());
    assert_eq!(failure(&refused), Some(expected));
    assert_eq!(asked(&stage), 1);
}

/// A gateway that holds verdicts for a moment, and `stale` long after that.
async fn short_memory(stale: Option<&str>) -> Stage {
    let mut settings = Settings::default()
        .with("cache.verdict.keep", "100ms")
        .population_within("2s")
        .with("population.breaker.pause", "100ms")
        .with("population.breaker.longest_pause", "200ms")
        .with("population.breaker.refused_pause", "100ms");
    if let Some(stale) = stale {
        settings = settings
            .with("cache.legal_basis", "QĐ 01/2026/QĐ-UBND, Điều 3")
            .with("cache.verdict.stale", stale);
    }
    Stage::with(settings).await.unwrap()
}

#[tokio::test]
async fn past_its_time_a_verdict_bridges_an_outage_only_where_that_is_configured() {
    let stage = short_memory(None).await;
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    stage.mocks().population().pause();
    // Not given again once its time is over.
    let refused = eventually("an answer that is too old", async || {
        Ok(desk.verify(&plain).await.err())
    })
    .await
    .unwrap();
    assert_eq!(refused.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_verdict_past_its_time_is_marked_and_nothing_else_is_given() {
    let stage = short_memory(Some("1h")).await;
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let nobody = SampleCitizen {
        full_name: "Lê Thị Khác".to_owned(),
        ..plain.clone()
    };
    let live = desk.look_up(&plain, &[]).await.unwrap();
    desk.verify(&nobody).await.unwrap();
    stage.mocks().population().pause();
    let old = eventually("a verdict past its time", async || {
        let answer = desk.verify(&plain).await?;
        Ok(provenance(&answer).stale.then_some(answer))
    })
    .await
    .unwrap();
    assert_eq!(
        (old.verdict(), source(&old)),
        (Verdict::Match, Source::Cache)
    );
    let from = provenance(&old);
    assert!(millis(from.age.unwrap()) >= 100);
    assert_eq!(from.request_id, live.provenance.unwrap().request_id);

    // A caller who wants a fresh answer gets none rather than an old one.
    let strict = verify_within(&desk, &plain, 50).await;
    assert_eq!(strict.unwrap_err().code(), Code::Unavailable);
    // The licence, and who may ask, count as ever.
    let mut request = messages::verify(&plain, desk.dossier());
    request.context.as_mut().unwrap().officer_id = "000180000077".to_owned();
    assert_eq!(
        desk.ask(request).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    // Another dossier has nothing to fall back on.
    let elsewhere = desk.at(stage.dossier_code(2)).verify(&plain).await;
    assert_eq!(elsewhere.unwrap_err().code(), Code::Unavailable);

    stage.mocks().population().resume();
    let live = eventually("a live answer", async || {
        let answer = desk.verify(&plain).await?;
        Ok((source(&answer) == Source::Live).then_some(answer))
    })
    .await
    .unwrap();
    assert!(!provenance(&live).stale);
}

#[tokio::test]
async fn a_record_past_its_time_is_never_given() {
    let settings = Settings::default()
        .with("cache.legal_basis", "QĐ 01/2026/QĐ-UBND, Điều 3")
        .with("cache.verdict.stale", "1h")
        .with("cache.person.keep", "100ms")
        .with("cache.negative.keep", "100ms")
        .population_within("2s");
    let stage = Stage::with(settings).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let nobody = SampleCitizen {
        full_name: "Lê Thị Khác".to_owned(),
        ..plain.clone()
    };
    desk.look_up(&plain, &[]).await.unwrap();
    desk.verify(&nobody).await.unwrap();
    stage.mocks().population().pause();
    for question in ["a record", "no match"] {
        let refused = eventually(question, async || {
            Ok(match question {
                "a record" => desk.look_up(&plain, &[]).await.err(),
                _ => desk.verify(&nobody).await.err(),
            })
        });
        assert_eq!(
            refused.await.unwrap().code(),
            Code::Unavailable,
            "{question}"
        );
    }
}
