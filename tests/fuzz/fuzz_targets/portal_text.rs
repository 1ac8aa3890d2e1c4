//! What a wrapper that speaks in sentences answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::portal_answers::Call;
use lienthong_tests::portal_profile::PortalProfile;

#[path = "portal_answered.rs"]
mod portal_answered;

fuzz_target!(|body: &str| {
    portal_answered::read(PortalProfile::P3ThreeUrls, Call::State, body);
});
