//! What the population database answers to a look-up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::answers::Question;
use lienthong_tests::profile::Profile;

#[path = "answered.rs"]
mod answered;

fuzz_target!(|body: &str| answered::read(Profile::SoapLgsp, Question::Record, body));
