//! People whose answer a careless reader would take for the right one.
//!
//! What a reader would get wrong: the question is right and the person exists. It is the answer
//! that must not be believed, or must be believed with parts missing (population.md Part D 15).

use super::awkward::{born, plain};
use super::{Person, Sex, Trick};

/// All of them, born on the same day.
pub(super) fn people() -> Vec<Person> {
    let trap = |kind, number, name, trick| Person {
        trick: Some(trick),
        ..plain(kind, number, name, born(1982, 11, 20), Sex::Male)
    };
    vec![
        trap(
            "wrong-number",
            "000082000026",
            "Lý Văn Lạc",
            Trick::OtherNumber("000185000001"),
        ),
        trap(
            "several",
            "000082000027",
            "Mạc Văn Đôi",
            Trick::Several("000082000099"),
        ),
        trap(
            "sparse-record",
            "000082000028",
            "Tạ Văn Vắng",
            Trick::Sparse,
        ),
        trap("no-birth", "000082000029", "Tô Văn Khuyết", Trick::NoBirth),
        trap("no-name", "000082000030", "Cù Văn Ẩn", Trick::NoName),
        trap("no-number", "000082000031", "La Văn Trống", Trick::NoNumber),
    ]
}
