//! One gateway whose population database answers every input of a fuzz target.
//!
//! What a reader would get wrong: a panic in a call is caught by the gateway and answered
//! with `INTERNAL`, so that answer is the find here. Whether an answer is a match is not
//! judged: a true record may well be found by chance.

use std::sync::OnceLock;

use lienthong_tests::answers::{Answers, Question};
use lienthong_tests::profile::Profile;
use tokio::runtime::Runtime;
use tonic::Code;

static ANSWERED: OnceLock<(Runtime, Answers)> = OnceLock::new();

/// Asks while the database answers through this profile with this body.
pub fn read(profile: Profile, question: Question, body: &str) {
    let (runtime, answers) = ANSWERED.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let answers = runtime.block_on(Answers::start(profile)).unwrap();
        (runtime, answers)
    });
    let ended = runtime.block_on(answers.read(question, body)).unwrap();
    if let Err(status) = ended {
        let faults = [Code::Internal, Code::Unknown, Code::DataLoss];
        assert!(!faults.contains(&status.code()), "{:?}", status.code());
    }
}
