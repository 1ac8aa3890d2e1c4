//! People made from a seed, for volume.
//!
//! What a reader would get wrong: the last six digits count up from 500 000, so that a generated
//! number can never be one of the fixed people's, nor two be the same.

use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::{Address, Birth, Person, Sex};

const FAMILY_NAMES: [&str; 12] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
];
const FEMALE_MIDDLE: [&str; 5] = ["Thị", "Thị Thu", "Ngọc", "Thuỳ", "Khánh"];
const MALE_MIDDLE: [&str; 5] = ["Văn", "Hữu", "Đức", "Quang", "Thế"];
const FEMALE_GIVEN: [&str; 8] = ["Lan", "Hoà", "Thuỷ", "Yến", "Nguyệt", "Ánh", "Mỹ", "Loan"];
const MALE_GIVEN: [&str; 8] = ["An", "Bình", "Dũng", "Khoẻ", "Huỳnh", "Quý", "Thắng", "Đạt"];

/// `count` people, the same for the same seed.
pub(super) fn people(seed: u64, count: usize) -> Vec<Person> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|index| person(&mut rng, index)).collect()
}

fn pick<'a>(rng: &mut StdRng, from: &[&'a str]) -> &'a str {
    from.choose(rng).copied().unwrap_or_default()
}

fn person(rng: &mut StdRng, index: usize) -> Person {
    let female = rng.random_bool(0.5);
    let year = rng.random_range(1940..=2020_i16);
    let birth = birth(rng, year);
    let digit = match (year < 2000, female) {
        (true, false) => 0,
        (true, true) => 1,
        (false, false) => 2,
        (false, true) => 3,
    };
    let (middle, given) = if female {
        (pick(rng, &FEMALE_MIDDLE), pick(rng, &FEMALE_GIVEN))
    } else {
        (pick(rng, &MALE_MIDDLE), pick(rng, &MALE_GIVEN))
    };
    let family = pick(rng, &FAMILY_NAMES);
    let order = 500_000 + index;
    Person {
        kind: "generated",
        personal_number: Some(format!("000{digit}{:02}{order:06}", year.rem_euclid(100))),
        old_id_card_number: (year < 2000 && rng.random_bool(0.5)).then(|| format!("000{order:06}")),
        full_name: format!("{family} {middle} {given}"),
        birth,
        sex: if female { Sex::Female } else { Sex::Male },
        ethnicity: ("01", "Kinh"),
        religion: "00",
        marital_status: if rng.random_bool(0.5) { "1" } else { "2" },
        blood_group: Some("00"),
        home_town: None,
        residence: Some(Address {
            province: "99",
            district: rng.random_bool(0.3).then_some("999"),
            ward: "99902",
            detail: format!("TỔ {}", rng.random_range(1..40)),
        }),
        father: None,
        mother: None,
        household_head: None,
        birth_place: None,
        current_residence: None,
        spouse: None,
        representative: None,
        household_book: None,
        name_layout: None,
        code_layout: None,
        trick: None,
    }
}

/// One in twenty has only a year.
fn birth(rng: &mut StdRng, year: i16) -> Birth {
    let (month, day) = (rng.random_range(1..=12_i8), rng.random_range(1..=28_i8));
    if rng.random_bool(0.05) {
        return Birth::Year(year);
    }
    Date::new(year, month, day).map_or(Birth::Year(year), Birth::Day)
}
