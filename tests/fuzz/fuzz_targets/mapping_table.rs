//! The mapping table, a file that an operator writes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lienthong_tests::parsers::read_as_mapping_table;

fuzz_target!(|text: &str| read_as_mapping_table(text));
