//! A stream of verifications: one answer for each question, no faster than they are read,
//! and one that is wrong spoils no other.

use std::collections::{BTreeMap, HashSet};

use bytes::{Bytes, BytesMut};
use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use lienthong_proto::v1::verify_citizens_response::Result as Outcome;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{frame, frame_bytes, reason};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Streaming};

const METHOD: &str = "/lienthong.v1.PopulationService/VerifyCitizens";

/// Questions of one stream that the gateway works on at a time.
const IN_FLIGHT: usize = 32;

fn question(id: &str, citizen: &SampleCitizen, dossier: &str) -> v1::VerifyCitizensRequest {
    v1::VerifyCitizensRequest {
        correlation_id: id.to_owned(),
        request: Some(messages::verify(citizen, dossier)),
    }
}

fn asked(stage: &Stage) -> usize {
    stage.asked_under("037").len()
}

/// Sends all the questions, ends the stream and reads all the answers.
async fn all_answers(
    stage: &Stage,
    questions: Vec<v1::VerifyCitizensRequest>,
) -> Vec<v1::VerifyCitizensResponse> {
    let mut client = stage.vendor().await.unwrap().population;
    let answers = client
        .verify_citizens(tokio_stream::iter(questions))
        .await
        .unwrap();
    answers
        .into_inner()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap()
}

fn error(answer: &v1::VerifyCitizensResponse) -> &v1::CallError {
    match answer.result.as_ref().unwrap() {
        Outcome::Error(error) => error,
        Outcome::Answer(answer) => panic!("an answer: {:?}", answer.verdict()),
    }
}

fn verdict(answer: &v1::VerifyCitizensResponse) -> Verdict {
    match answer.result.as_ref().unwrap() {
        Outcome::Answer(answer) => answer.verdict(),
        Outcome::Error(error) => panic!("{}: {}", error.reason, error.message),
    }
}

#[tokio::test]
async fn each_question_has_its_answer_by_its_id() {
    let stage = Stage::start().await.unwrap();
    let people = stage.mocks().population().citizens();
    let dossier = stage.dossier_code(1);
    let mut questions = Vec::new();
    let mut expected = BTreeMap::new();
    for (index, citizen) in people.iter().enumerate() {
        let other = SampleCitizen {
            full_name: "Lê Thị Khác".to_owned(),
            ..citizen.clone()
        };
        for (id, who, verdict) in [
            (format!("{index}/a"), citizen, Verdict::Match),
            (format!("{index}/b"), &other, Verdict::NoMatch),
        ] {
            questions.push(question(&id, who, &dossier));
            expected.insert(id, verdict);
        }
    }
    let answers = all_answers(&stage, questions).await;
    assert_eq!(answers.len(), expected.len());
    let got: BTreeMap<_, _> = answers
        .iter()
        .map(|answer| (answer.correlation_id.clone(), verdict(answer)))
        .collect();
    assert_eq!(got, expected);
}

/// A question with something wrong, and what its error must say.
type Wrong = (
    v1::VerifyCitizensRequest,
    (Code, &'static str),
    Vec<&'static str>,
);

fn wrong_questions(good: impl Fn(&str) -> v1::VerifyCitizensRequest) -> Vec<Wrong> {
    let with = |id: &str, spoil: fn(&mut v1::VerifyCitizenRequest)| {
        let mut question = good(id);
        spoil(question.request.as_mut().unwrap());
        question
    };
    let two_faults = with("two faults", |request| {
        request.full_name = String::new();
        "?".clone_into(&mut request.context.as_mut().unwrap().dossier_code);
    });
    let purpose = with("purpose", |request| {
        request.context.as_mut().unwrap().purpose = v1::Purpose::Inspection.into();
    });
    let officer = with("officer", |request| {
        "000180000077".clone_into(&mut request.context.as_mut().unwrap().officer_id);
    });
    let empty = v1::VerifyCitizensRequest {
        correlation_id: "empty".to_owned(),
        request: None,
    };
    let invalid = (Code::InvalidArgument, "INVALID_FIELD");
    let id = vec!["correlation_id"];
    vec![
        (
            two_faults,
            invalid,
            vec!["request.context.dossier_code", "request.full_name"],
        ),
        (
            purpose,
            (Code::PermissionDenied, "NOT_PERMITTED_PURPOSE"),
            vec![],
        ),
        (
            officer,
            (Code::PermissionDenied, "OFFICER_NOT_MAPPED"),
            vec![],
        ),
        (empty, invalid, vec!["request"]),
        (good(""), invalid, id.clone()),
        (good(&"x".repeat(65)), invalid, id),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_one_question_is_told_with_it_alone() {
    let stage = Stage::start().await.unwrap();
    let (plain, dossier) = (stage.citizen("plain").unwrap(), stage.dossier_code(1));
    let good = |id: &str| question(id, &plain, &dossier);
    let wrong = wrong_questions(good);
    let good_ids = ["first".to_owned(), "ấ".repeat(64), "last".to_owned()];
    let mut questions: Vec<_> = good_ids.iter().map(|id| good(id)).collect();
    questions.extend(wrong.iter().map(|(question, ..)| question.clone()));
    // A good one stands behind the wrong ones.
    questions.swap(2, 8);
    let answers = all_answers(&stage, questions).await;
    let by_id: BTreeMap<_, _> = answers
        .iter()
        .map(|answer| (answer.correlation_id.clone(), answer))
        .collect();
    assert_eq!((answers.len(), by_id.len()), (9, 9));
    for id in &good_ids {
        assert_eq!(verdict(by_id[id]), Verdict::Match, "{id}");
    }
    for (question, (code, reason), fields) in wrong {
        // What came of the id, as far as an id may be long.
        let id: String = question.correlation_id.chars().take(64).collect();
        let error = error(by_id[&id]);
        let got = (error.code, error.reason.as_str());
        assert_eq!(got, (code.into(), reason), "{id}");
        let violations = error.violations.iter();
        let mut violated: Vec<_> = violations.map(|each| each.field.as_str()).collect();
        violated.sort_unstable();
        assert_eq!(violated, fields, "{id}");
        assert!(!error.message.is_empty(), "{id}");
        assert!(error.retry_after.is_none(), "{id}: trying again is no use");
    }
    assert_eq!(asked(&stage), 1, "one good question, three times");
}

#[tokio::test]
async fn a_failure_of_the_database_says_when_to_try_again() {
    let stage = Stage::start().await.unwrap();
    let (plain, dossier) = (stage.citizen("plain").unwrap(), stage.dossier_code(1));
    let fault = Fault::new(FaultEffect::status(500)).on("037");
    stage.mocks().population().script(fault).unwrap();
    let answers = all_answers(&stage, vec![question("a", &plain, &dossier)]).await;
    let error = error(&answers[0]);
    assert_eq!(
        (error.code, error.reason.as_str()),
        (Code::Unavailable.into(), "UPSTREAM_UNAVAILABLE")
    );
    assert!(error.retry_after.is_some());
}

#[tokio::test]
async fn an_id_is_free_again_once_its_question_is_answered() {
    let stage = Stage::start().await.unwrap();
    let (plain, dossier) = (stage.citizen("plain").unwrap(), stage.dossier_code(1));
    let late = FaultEffect::Delay {
        ms: 500,
        before_effect: false,
    };
    let fault = Fault::new(late).on("037");
    stage.mocks().population().script(fault).unwrap();
    let (send, questions) = mpsc::channel(4);
    let mut client = stage.vendor().await.unwrap().population;
    let twice = question("twice", &plain, &dossier);
    send.send(twice.clone()).await.unwrap();
    send.send(twice.clone()).await.unwrap();
    let answers = client.verify_citizens(ReceiverStream::new(questions)).await;
    let mut answers = answers.unwrap().into_inner();
    // The second is refused while the first is worked on.
    let first = answers.next().await.unwrap().unwrap();
    assert_eq!(first.correlation_id, "twice");
    assert_eq!(error(&first).violations[0].field, "correlation_id");
    let second = answers.next().await.unwrap().unwrap();
    assert_eq!(verdict(&second), Verdict::Match);
    // An answer comes while the caller may still ask.
    send.send(twice).await.unwrap();
    let third = answers.next().await.unwrap().unwrap();
    assert_eq!(verdict(&third), Verdict::Match);
    drop(send);
    assert!(
        answers.next().await.is_none(),
        "the stream ends with the questions"
    );
}

#[tokio::test]
async fn no_more_are_worked_on_at_a_time_than_a_stream_may() {
    let stage = Stage::start().await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let fault = Fault::new(FaultEffect::Hang).on("037").times(1_000);
    stage.mocks().population().script(fault).unwrap();
    // Other dossiers, so that nothing is shared.
    let questions: Vec<_> = (1..=200)
        .map(|number| question(&format!("{number}"), &plain, &stage.dossier_code(number)))
        .collect();
    let mut client = stage.vendor().await.unwrap().population;
    let stream = client
        .verify_citizens(tokio_stream::iter(questions))
        .await
        .unwrap();
    eventually("questions at the database", async || {
        Ok((asked(&stage) >= IN_FLIGHT).then_some(()))
    })
    .await
    .unwrap();
    // Time enough for another to slip through.
    let mut vendor = stage.vendor().await.unwrap();
    for _ in 0..50 {
        vendor.health().await.unwrap();
    }
    assert_eq!(asked(&stage), IN_FLIGHT);
    drop(stream);
}

/// A client that is sent little before it reads.
async fn narrow(stage: &Stage) -> PopulationServiceClient<Channel> {
    let address = stage.addresses().unwrap().plain.unwrap();
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .unwrap()
        .initial_stream_window_size(1_024)
        .initial_connection_window_size(65_535)
        .connect()
        .await
        .unwrap();
    PopulationServiceClient::new(channel)
}

#[tokio::test]
async fn a_caller_that_does_not_read_is_not_worked_for() {
    const QUESTIONS: usize = 2_000;
    let stage = Stage::start().await.unwrap();
    let people = stage.mocks().population().citizens();
    let people = &people[..20];
    let mut client = narrow(&stage).await;
    let questions: Vec<_> = (0..QUESTIONS)
        .map(|number| {
            let dossier = stage.dossier_code(u32::try_from(number / 20).unwrap());
            question(&number.to_string(), &people[number % 20], &dossier)
        })
        .collect();
    let stream = client
        .verify_citizens(tokio_stream::iter(questions))
        .await
        .unwrap();
    eventually("questions at the database", async || {
        Ok((asked(&stage) >= IN_FLIGHT).then_some(()))
    })
    .await
    .unwrap();
    // Somebody else is served meanwhile; in that time all questions would be answered.
    let desk = stage.desk(9_000).await.unwrap();
    for number in 0..200 {
        let desk = desk.at(stage.dossier_code(9_000 + number));
        desk.verify(&people[0]).await.unwrap();
    }
    let worked_for = asked(&stage) - 200;
    assert!(worked_for < 1_000, "{worked_for} answers that nobody reads");
    let ids = read_all(stream.into_inner()).await;
    assert_eq!(ids.len(), QUESTIONS);
}

async fn read_all(mut answers: Streaming<v1::VerifyCitizensResponse>) -> HashSet<String> {
    let mut ids = HashSet::new();
    while let Some(answer) = answers.next().await {
        let answer = answer.unwrap();
        assert_eq!(verdict(&answer), Verdict::Match);
        assert!(ids.insert(answer.correlation_id), "an answer twice");
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_questions_have_five_thousand_answers() {
    const QUESTIONS: usize = 5_000;
    let stage = Stage::with(Settings::default().with("listen.plain_client", "archive"))
        .await
        .unwrap();
    let people = stage.mocks().population().citizens();
    let dossier = stage.dossier_code(1);
    let count = people.len();
    let questions = (0..QUESTIONS)
        .map(move |number| question(&number.to_string(), &people[number % count], &dossier));
    let mut client = stage.vendor().await.unwrap().population;
    let answers = client.verify_citizens(tokio_stream::iter(questions)).await;
    let ids = read_all(answers.unwrap().into_inner()).await;
    assert_eq!(ids.len(), QUESTIONS);
    // Each is an access: the record has one more for none of them, and one less for none.
    let mut auditor = stage.auditor().await.unwrap();
    let accesses = auditor.of_dossier(&stage.dossier_code(1)).await.unwrap();
    assert_eq!(accesses.len(), QUESTIONS);
    let sent: i32 = accesses.iter().map(|access| access.attempt).sum();
    assert_eq!(usize::try_from(sent).unwrap(), asked(&stage));
}

/// The messages of a gRPC body.
fn answers_in(mut body: Bytes) -> Vec<v1::VerifyCitizensResponse> {
    let mut answers = Vec::new();
    while body.len() >= 5 {
        let length = u32::from_be_bytes(body[1..5].try_into().unwrap()) as usize;
        let message = body.split_to(5 + length).split_off(5);
        answers.push(v1::VerifyCitizensResponse::decode(message).unwrap());
    }
    answers
}

#[tokio::test]
async fn what_breaks_the_stream_ends_it_after_the_answers_to_what_came_before() {
    let stage = Stage::start().await.unwrap();
    let (plain, dossier) = (stage.citizen("plain").unwrap(), stage.dossier_code(1));
    let good = frame(&question("good", &plain, &dossier));
    let rows = [
        ("no message", frame_bytes(&[0xff; 40]), "MALFORMED_MESSAGE"),
        (
            "half a message",
            good.slice(..good.len() - 7),
            "MALFORMED_MESSAGE",
        ),
        (
            "too large",
            frame_bytes(&vec![0; (1 << 20) + 1]),
            "MESSAGE_TOO_LARGE",
        ),
    ];
    for (row, bad, expected) in rows {
        let mut body = BytesMut::from(good.as_ref());
        body.extend_from_slice(&bad);
        let mut wire = stage.wire().await.unwrap();
        let answer = wire.grpc(METHOD, &[], body.freeze()).await.unwrap();
        let answers = answers_in(answer.body.clone());
        assert_eq!(answers.len(), 1, "{row}");
        assert_eq!(verdict(&answers[0]), Verdict::Match, "{row}");
        let status = answer.status().unwrap();
        assert_eq!(reason(&status), expected, "{row}: {status:?}");
    }
}

#[tokio::test]
async fn a_stream_without_questions_ends_at_once() {
    let stage = Stage::start().await.unwrap();
    assert_eq!(all_answers(&stage, Vec::new()).await, []);
}

#[tokio::test]
async fn who_is_not_known_opens_no_stream() {
    let stage = Stage::with(Settings::default().without("listen.plain_client"))
        .await
        .unwrap();
    let mut client = stage.plain_vendor().await.unwrap().population;
    let refused = client.verify_citizens(tokio_stream::iter(Vec::new())).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
}
