//! Messages of gRPC at the door of a gateway in this process.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::wire::frame_bytes;

#[path = "on_stage.rs"]
mod on_stage;

fuzz_target!(|body: &[u8]| on_stage::post("application/grpc", frame_bytes(body)));
