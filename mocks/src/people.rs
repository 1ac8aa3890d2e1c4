//! The invented population: fixed awkward people, and as many generated ones as asked for.
//!
//! What a reader would get wrong: a person may be without a personal number, share an old card
//! number with somebody else, or have only a birth year. Code that looks a person up by one of
//! these alone finds the wrong one sooner or later (population.md 7).
//!
//! | Kind | What is particular |
//! |---|---|
//! | `plain` | the citizen of population.md 2.5; heads a household of four |
//! | `old-and-new-number` | found by the 12-digit and by the 9-digit number |
//! | `child` | father, mother and the head of the household are named in the record |
//! | `year-only` | only the birth year is known; lives with `plain` |
//! | `apostrophe` | H'Hen Niê; lives with `ede-name` |
//! | `ede-name` | Y Bhăm Niê Kđăm, a letter Đ inside a word |
//! | `old-tone-placement`, `new-tone-placement` | Hoà and Hòa, the same name key |
//! | `two-word-name` | no middle name; Thuỷ or Thủy |
//! | `single-word-name` | one word; heads a household alone |
//! | `four-word-name`, `very-long-name` | many words; nearly a hundred characters |
//! | `eth-letter` | the record itself holds Ð (U+00D0) instead of Đ |
//! | `decomposed-name` | the record itself is in NFD |
//! | `only-old-card` | no 12-digit number; lives with `with-district` |
//! | `shared-old-card` | two people with one 9-digit number |
//! | `sex-digit-differs`, `birth-year-differs` | the number disagrees with the record |
//! | `sex-unknown` | `GioiTinh` 0 |
//! | `with-district` | a district that is no more, and letters that XML must escape |
//! | `no-address` | no address, no household |
//! | `three-part-name` | `Ho`, `ChuDem`, `Ten` filled, whatever the shape of answers |
//! | `ethnicity-structure` | `DanToc` with children, whatever the shape of answers |
//! | `full-record` | every documented element |
//! | `generated` | made from the seed, in households of four |
//! | `wrong-number` (trap) | the answer carries the number of `plain` |
//! | `several` (trap) | the answer holds two people |
//! | `sparse-record` (trap) | only number, name and birth: still a true match |
//! | `no-birth`, `no-name`, `no-number` (traps) | that element is missing |

mod awkward;
mod generated;
mod households;
pub(crate) mod name_key;
mod traps;

use std::fmt;

use serde::Serialize;

use crate::population::{CodeLayout, NameLayout};
pub(crate) use households::Household;

/// Sex as coded by the population database (Giới tính, population.md 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sex {
    Unknown,
    Male,
    Female,
}

impl Sex {
    /// `GioiTinh`: 0 chưa có thông tin, 1 Nam, 2 Nữ.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Male => "1",
            Self::Female => "2",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// Birth date as known (Ngày tháng năm sinh): a day, or only the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Birth {
    Day(jiff::civil::Date),
    Year(i16),
}

impl Birth {
    pub(crate) fn year(self) -> i16 {
        match self {
            Self::Day(day) => day.year(),
            Self::Year(year) => year,
        }
    }
}

/// An address (Thường trú, Quê quán …) in codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) province: &'static str,
    /// `None` since the districts ended on 1/7/2025.
    pub(crate) district: Option<&'static str>,
    pub(crate) ward: &'static str,
    pub(crate) detail: String,
}

/// Another person named in a record (Cha, Mẹ, Chủ hộ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relative {
    pub(crate) full_name: String,
    pub(crate) personal_number: String,
}

/// A record that is wrong or incomplete on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trick {
    /// The answer carries somebody else's number.
    OtherNumber(&'static str),
    /// The answer holds two people; the second has this number.
    Several(&'static str),
    /// Only number, name and birth.
    Sparse,
    /// No `NgayThangNamSinh`.
    NoBirth,
    /// No `HoVaTen`.
    NoName,
    /// No `SoDinhDanh`.
    NoNumber,
}

/// What the population database holds of one person.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) kind: &'static str,
    /// Số định danh cá nhân; absent for who never got one.
    pub(crate) personal_number: Option<String>,
    /// Số chứng minh nhân dân, nine digits.
    pub(crate) old_id_card_number: Option<String>,
    pub(crate) full_name: String,
    pub(crate) birth: Birth,
    pub(crate) sex: Sex,
    /// Dân tộc: code and name.
    pub(crate) ethnicity: (&'static str, &'static str),
    /// Tôn giáo: code.
    pub(crate) religion: &'static str,
    /// Tình trạng hôn nhân: code.
    pub(crate) marital_status: &'static str,
    /// Nhóm máu: code; the element is missing when absent.
    pub(crate) blood_group: Option<&'static str>,
    /// Quê quán.
    pub(crate) home_town: Option<Address>,
    /// Thường trú.
    pub(crate) residence: Option<Address>,
    /// Cha.
    pub(crate) father: Option<Relative>,
    /// Mẹ.
    pub(crate) mother: Option<Relative>,
    /// Chủ hộ, with `QuanHe`.
    pub(crate) household_head: Option<(&'static str, Relative)>,
    /// Nơi đăng ký khai sinh.
    pub(crate) birth_place: Option<Address>,
    /// Nơi ở hiện tại.
    pub(crate) current_residence: Option<Address>,
    /// Vợ chồng.
    pub(crate) spouse: Option<Relative>,
    /// Người đại diện.
    pub(crate) representative: Option<Relative>,
    /// Số sổ hộ khẩu, of the paper book that is no more.
    pub(crate) household_book: Option<&'static str>,
    /// A layout of the person's own, which wins over the answer's.
    pub(crate) name_layout: Option<NameLayout>,
    /// The same for ethnic group and religion.
    pub(crate) code_layout: Option<CodeLayout>,
    pub(crate) trick: Option<Trick>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// An invented person that a demo or a test can ask about.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SampleCitizen {
    /// Số định danh cá nhân, 12 digits beginning with 000. Absent for who has only an old card.
    pub personal_number: Option<String>,
    /// Số chứng minh nhân dân, 9 digits.
    pub old_id_card_number: Option<String>,
    /// Họ và tên as a person would write it, with accents.
    pub full_name: String,
    /// Ngày sinh as `yyyy-MM-dd`; absent when only the year is known.
    pub birth_date: Option<String>,
    /// Năm sinh, always known.
    pub birth_year: i16,
    /// Giới tính: `male`, `female` or `unknown`.
    pub sex: &'static str,
    /// What is particular about the person; every kind stands in the table of this crate's
    /// module `people`: `plain`, `year-only`, `generated` and so on.
    pub kind: &'static str,
}

impl fmt::Debug for SampleCitizen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleCitizen")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl From<&Person> for SampleCitizen {
    fn from(person: &Person) -> Self {
        Self {
            personal_number: person.personal_number.clone(),
            old_id_card_number: person.old_id_card_number.clone(),
            full_name: person.full_name.clone(),
            birth_date: match person.birth {
                Birth::Day(day) => Some(day.to_string()),
                Birth::Year(_) => None,
            },
            birth_year: person.birth.year(),
            sex: person.sex.word(),
            kind: person.kind,
        }
    }
}

/// Everybody, and who lives with whom.
pub(crate) struct Population {
    pub(crate) people: Vec<Person>,
    pub(crate) households: Vec<Household>,
}

/// The awkward people first, then the generated ones.
pub(crate) fn population(seed: u64, generated: usize) -> Population {
    let mut people = awkward::people();
    people.extend(traps::people());
    let fixed = people.len();
    people.extend(generated::people(seed, generated));
    let households = households::settle(&mut people, fixed);
    Population { people, households }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{SampleCitizen, population};

    fn samples(seed: u64) -> Vec<SampleCitizen> {
        population(seed, 500)
            .people
            .iter()
            .map(SampleCitizen::from)
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_people_and_another_gives_others() {
        assert!(samples(7) == samples(7));
        assert!(samples(7) != samples(8));
    }

    #[test]
    fn every_number_is_twelve_digits_of_place_000_and_belongs_to_one_person() {
        let people = samples(3);
        let numbers: Vec<_> = people
            .iter()
            .filter_map(|p| p.personal_number.as_deref())
            .collect();
        assert!(
            numbers
                .iter()
                .all(|n| n.len() == 12 && n.starts_with("000"))
        );
        assert!(
            numbers
                .iter()
                .all(|n| n.bytes().all(|b| b.is_ascii_digit()))
        );
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
        let cards = people
            .iter()
            .filter_map(|p| p.old_id_card_number.as_deref());
        assert!(cards.clone().all(|n| n.len() == 9 && n.starts_with("000")));
        assert!(
            cards.clone().collect::<HashSet<_>>().len() < cards.count(),
            "one card is shared"
        );
    }
}
