//! The portal's answers under `tests/fuzz/corpus`, through the adapter of each profile.
//!
//! What a reader would get wrong: the name of a file says what its words have to be taken
//! for (see [`Taken::prefix`]). Most of them leave an effect open, and none of those may be
//! taken for done or for refused.

use lienthong_tests::parsers::read_as_mapping_table;
use lienthong_tests::portal_answers::{Call, PortalAnswers};
use lienthong_tests::portal_profile::PortalProfile;

use super::corpus::{files, named_files};

async fn replay(target: &str, profile: PortalProfile, calls: &[Call]) {
    let answers = PortalAnswers::start().await.unwrap();
    let mut mistaken = Vec::new();
    for (name, file) in named_files(target) {
        let body = String::from_utf8_lossy(&file);
        for &call in calls {
            let taken = answers.read(profile, call, &body).await;
            if !name.starts_with(taken.prefix()) {
                mistaken.push(format!("{target}/{name} for {call:?}: {taken:?}"));
            }
        }
    }
    assert!(mistaken.is_empty(), "{mistaken:#?}");
}

#[tokio::test]
async fn every_answer_to_a_dossier_is_taken_for_what_it_is() {
    let calls = [Call::State, Call::Steps];
    replay("portal_envelope", PortalProfile::P1, &calls).await;
    replay("portal_envelope", PortalProfile::P3IsUpdating, &calls).await;
    replay("portal_text", PortalProfile::P3ThreeUrls, &calls).await;
    replay("portal_typed", PortalProfile::P4, &[Call::Steps]).await;
}

#[tokio::test]
async fn every_answer_to_a_question_is_taken_for_what_it_is() {
    replay("portal_search", PortalProfile::P1, &[Call::Question]).await;
    let wrapper = PortalProfile::P3IsUpdating;
    replay("portal_search", wrapper, &[Call::Question]).await;
    let typed = PortalProfile::P4;
    replay("portal_typed_search", typed, &[Call::Question]).await;
    replay("portal_number", typed, &[Call::Number]).await;
}

#[test]
fn every_mapping_table_is_read_or_refused_with_a_reason() {
    for file in files("mapping_table") {
        read_as_mapping_table(&String::from_utf8_lossy(&file));
    }
}
