//! The number that `NoiHoSo` issues.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::portal_answers::Call;
use lienthong_tests::portal_profile::PortalProfile;

#[path = "portal_answered.rs"]
mod portal_answered;

fuzz_target!(|body: &str| {
    portal_answered::read(PortalProfile::P4, Call::Number, body);
});
