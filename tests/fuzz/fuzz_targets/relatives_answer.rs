//! What the population database answers to a question about father and mother.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::answers::Question;
use lienthong_tests::profile::Profile;

#[path = "answered.rs"]
mod answered;

fuzz_target!(|body: &str| answered::read(Profile::SoapLgsp, Question::Relatives, body));
