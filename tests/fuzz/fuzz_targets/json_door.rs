//! Bodies of JSON at the door of a gateway in this process.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "on_stage.rs"]
mod on_stage;

fuzz_target!(|body: &[u8]| on_stage::post("application/json", body.to_vec().into()));
