//! What the population database answers to a look-up.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "on_stage.rs"]
mod on_stage;

fuzz_target!(|body: &str| on_stage::answer_a_look_up_with(body));
