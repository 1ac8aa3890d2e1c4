//! The files under `tests/fuzz/corpus`, one folder a fuzz target.
//!
//! What a reader would get wrong: the name of an answer of the population database says what
//! it has to be taken for. `match-…` and `no-match-…` are verdicts; every other one is to be
//! refused, and taking it for "no such person" would be as wrong as taking it for a match.

use std::path::Path;

use bytes::Bytes;
use lienthong_proto::v1::Verdict;
use lienthong_tests::answers::{Answers, Question};
use lienthong_tests::parsers::read_as_everything;
use lienthong_tests::profile::Profile;
use tonic::Code;

/// The inputs of one target.
pub(super) fn files(target: &str) -> Vec<Bytes> {
    named_files(target)
        .into_iter()
        .map(|(_, file)| file)
        .collect()
}

/// The same with their names.
pub(super) fn named_files(target: &str) -> Vec<(String, Bytes)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files: Vec<_> = entries
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, Bytes::from(std::fs::read(path).unwrap()))
        })
        .collect();
    assert!(!files.is_empty(), "{} is empty", dir.display());
    files
}

/// Everything that the pure parsers were fuzzed with.
pub(super) fn values() {
    for file in files("values") {
        read_as_everything(&String::from_utf8_lossy(&file));
    }
}

/// Gives everything that was found for a target as the database's answer.
async fn replay(target: &str, answers: &Answers, question: Question) {
    let mut mistaken = Vec::new();
    for (name, file) in named_files(target) {
        let body = String::from_utf8_lossy(&file);
        let ended = answers.read(question, &body).await.unwrap();
        let ended = ended.map_err(|status| status.code());
        if !is_meant(&name, ended) {
            mistaken.push(format!("{target}/{name}: {ended:?}"));
        }
    }
    assert!(mistaken.is_empty(), "{mistaken:#?}");
}

fn is_meant(name: &str, ended: Result<Verdict, Code>) -> bool {
    if name.starts_with("match-") {
        return ended == Ok(Verdict::Match);
    }
    if name.starts_with("no-match-") {
        return ended == Ok(Verdict::NoMatch);
    }
    let refusals = [
        Err(Code::Unavailable),
        Err(Code::FailedPrecondition),
        Err(Code::PermissionDenied),
    ];
    refusals.contains(&ended)
}

#[tokio::test]
async fn every_answer_in_soap_is_taken_for_what_it_is() {
    for profile in [Profile::SoapLgsp, Profile::SoapEsb] {
        let answers = Answers::start(profile).await.unwrap();
        replay("soap_answer", &answers, Question::Record).await;
        replay("household_answer", &answers, Question::Household).await;
        replay("relatives_answer", &answers, Question::Relatives).await;
    }
}

#[tokio::test]
async fn every_answer_of_soap_in_json_is_taken_for_what_it_is() {
    let answers = Answers::start(Profile::JsonWrapXml).await.unwrap();
    replay("json_wrap_answer", &answers, Question::Record).await;
}

#[tokio::test]
async fn every_answer_in_json_is_taken_for_what_it_is() {
    let answers = Answers::start(Profile::JsonFlat).await.unwrap();
    replay("json_flat_answer", &answers, Question::Record).await;
}
