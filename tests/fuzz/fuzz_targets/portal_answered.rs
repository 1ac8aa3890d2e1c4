//! A portal that answers every input of a fuzz target.
//!
//! What a reader would get wrong: what an answer may be taken for is judged where it is
//! read; a panic there is the find.

use std::sync::OnceLock;

use lienthong_tests::portal_answers::{Call, PortalAnswers};
use lienthong_tests::portal_profile::PortalProfile;
use tokio::runtime::Runtime;

static ANSWERED: OnceLock<(Runtime, PortalAnswers)> = OnceLock::new();

/// Calls while the portal answers with this body.
pub fn read(profile: PortalProfile, call: Call, body: &str) {
    let (runtime, answers) = ANSWERED.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let answers = runtime.block_on(PortalAnswers::start()).unwrap();
        (runtime, answers)
    });
    runtime.block_on(answers.read(profile, call, body));
}
