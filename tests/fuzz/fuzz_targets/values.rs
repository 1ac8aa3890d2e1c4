//! Every pure parser of outside text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::parsers::read_as_everything;

fuzz_target!(|text: &str| read_as_everything(text));
