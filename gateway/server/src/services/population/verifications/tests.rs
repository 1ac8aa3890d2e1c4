use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use lienthong_core::ports::population::{CitizenAnswer, PopulationError};
use lienthong_proto::v1;
use lienthong_proto::v1::verify_citizens_response::Result as Outcome;
use tonic::{Code, Status};

use super::{IN_FLIGHT, Limits, Verifications, answer};
use crate::lookup::tests::fakes::{AMPLE, Desk, OFFICER, Reply, client};
use crate::services::TimeLimit;
use crate::services::population::Population;

const LIMITS: Limits = Limits {
    stream: TimeLimit {
        deadline: None,
        longest: AMPLE,
    },
    each: AMPLE,
    request_bytes: 4096,
};

/// A question about the person with this serial number.
fn question(id: &str, serial: usize) -> v1::VerifyCitizensRequest {
    v1::VerifyCitizensRequest {
        correlation_id: id.to_owned(),
        request: Some(v1::VerifyCitizenRequest {
            context: Some(v1::AccessContext {
                officer_id: OFFICER.to_owned(),
                unit_code: "000.00.01.H42".to_owned(),
                procedure_code: "1.001193".to_owned(),
                dossier_code: "000.00.01.H42-261122-0001".to_owned(),
                purpose: v1::Purpose::DossierIntake.into(),
                ..v1::AccessContext::default()
            }),
            identity: Some(v1::Identity {
                number: Some(v1::identity::Number::PersonalNumber(format!(
                    "000185{serial:06}"
                ))),
            }),
            full_name: "Trần Thị Mẫu Thử".to_owned(),
            birth: Some(v1::BirthDate {
                value: Some(v1::birth_date::Value::Date("1985-02-03".to_owned())),
            }),
            freshness: None,
        }),
    }
}

fn answers(
    desk: &Desk,
    questions: impl stream::Stream<Item = Result<v1::VerifyCitizensRequest, Status>> + Send + 'static,
) -> Verifications {
    let population = Population::new(Arc::clone(&desk.lookups), LIMITS.request_bytes);
    answer(population, client("igate"), None, questions, LIMITS)
}

async fn all(desk: &Desk, questions: Vec<v1::VerifyCitizensRequest>) -> Vec<(String, Outcome)> {
    answers(desk, stream::iter(questions.into_iter().map(Ok)))
        .map(|item| {
            let item = item.unwrap();
            (item.correlation_id, item.result.unwrap())
        })
        .collect()
        .await
}

fn error(outcome: &Outcome) -> &v1::CallError {
    match outcome {
        Outcome::Error(error) => error,
        Outcome::Answer(answer) => panic!("answered: {answer:?}"),
    }
}

#[tokio::test]
async fn each_question_has_one_answer_and_the_stream_ends_after_the_last() {
    let desk = Desk::new();
    let questions = (0..100).map(|serial| question(&format!("q{serial}"), serial));
    let answers: BTreeMap<_, _> = all(&desk, questions.collect()).await.into_iter().collect();
    assert_eq!(answers.len(), 100);
    for (id, outcome) in answers {
        let Outcome::Answer(answer) = outcome else {
            panic!("{id}: {outcome:?}");
        };
        // The source knows one citizen only.
        let expected = if id == "q1" {
            v1::Verdict::Match
        } else {
            v1::Verdict::NoMatch
        };
        assert_eq!(answer.verdict(), expected, "{id}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_one_question_is_told_of_that_one_alone() {
    let desk = Desk::new();
    let mut no_name = question("no name", 1);
    no_name.request.as_mut().unwrap().full_name = String::new();
    let empty = v1::VerifyCitizensRequest {
        correlation_id: "empty".to_owned(),
        request: None,
    };
    let long = "é".repeat(65);
    let questions = vec![
        no_name,
        empty,
        question("", 1),
        question(&long, 1),
        question("good", 1),
    ];
    let answers: BTreeMap<_, _> = all(&desk, questions).await.into_iter().collect();
    let field = |id: &str| error(&answers[id]).violations[0].field.clone();
    assert_eq!(field("no name"), "request.full_name");
    assert_eq!(field("empty"), "request");
    assert_eq!(field(""), "correlation_id");
    assert_eq!(field(&"é".repeat(64)), "correlation_id");
    assert_eq!(error(&answers["empty"]).reason, "INVALID_FIELD");
    assert!(matches!(answers["good"], Outcome::Answer(_)));
}

#[tokio::test]
async fn a_failure_of_one_question_says_when_to_try_again() {
    let desk = Desk::new();
    let retry_after = Duration::from_secs(9);
    desk.source
        .will(Reply::Fails(PopulationError::BreakerOpen { retry_after }));
    let answers = all(&desk, vec![question("a", 1)]).await;
    let error = error(&answers[0].1);
    assert_eq!(error.code, i32::from(Code::Unavailable));
    assert_eq!(error.reason, "BREAKER_OPEN");
    assert_eq!(error.retry_after.unwrap().seconds, 9);
    assert_eq!(desk.log.record().reason, "BREAKER_OPEN");
}

#[tokio::test]
async fn a_correlation_id_is_refused_while_its_question_is_open_and_free_afterwards() {
    let desk = Desk::new();
    desk.source.hold();
    let questions = vec![question("same", 1), question("same", 2)];
    let mut open = answers(&desk, stream::iter(questions.into_iter().map(Ok)));
    let first = open.next().await.unwrap().unwrap();
    let refused = first.result.unwrap();
    assert_eq!(error(&refused).violations[0].field, "correlation_id");
    desk.source.release();
    assert!(matches!(
        open.next().await.unwrap().unwrap().result,
        Some(Outcome::Answer(_))
    ));
    assert!(open.next().await.is_none());

    // Taken only when the first has been answered.
    let one_by_one = stream::unfold(0, |turn| async move {
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        (turn < 2).then(|| (Ok(question("same", turn)), turn + 1))
    });
    let ended: Vec<_> = answers(&desk, one_by_one).collect().await;
    assert_eq!(ended.len(), 2);
    for item in ended {
        assert!(matches!(item.unwrap().result, Some(Outcome::Answer(_))));
    }
}

#[tokio::test]
async fn no_more_is_read_than_there_are_places() {
    let desk = Desk::new();
    desk.source.hold();
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let questions = stream::iter(0..1000).map(move |serial| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(question(&format!("q{serial}"), serial))
    });
    let mut open = answers(&desk, questions);
    assert!(futures_util::poll!(open.next()).is_pending());
    desk.settle().await;
    assert!(futures_util::poll!(open.next()).is_pending());
    assert_eq!(read.load(Ordering::SeqCst), IN_FLIGHT);
    assert!(desk.source.calls() <= IN_FLIGHT);
    desk.source.release();
    for taken in 1..=10 {
        open.next().await.unwrap().unwrap();
        let ahead = read.load(Ordering::SeqCst) - taken;
        assert!(ahead <= IN_FLIGHT, "{ahead}");
    }
    assert_eq!(open.count().await, 990);
}

#[tokio::test]
async fn what_had_been_read_is_answered_before_a_broken_stream_is_told() {
    let desk = Desk::new();
    desk.source.will(Reply::Citizen(CitizenAnswer::NoMatch));
    let broken = Status::new(Code::Internal, "cannot decode");
    let questions = stream::iter([Ok(question("a", 1)), Err(broken)]);
    let mut open = answers(&desk, questions);
    assert_eq!(open.next().await.unwrap().unwrap().correlation_id, "a");
    let status = open.next().await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(open.next().await.is_none());
}
