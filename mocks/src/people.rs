//! The invented population: fixed awkward people, and as many generated ones as asked for.
//!
//! What a reader would get wrong: a person may be without a personal number, share an old card
//! number with somebody else, or have only a birth year. Code that looks a person up by one of
//! these alone finds the wrong one sooner or later (population.md 7).

mod awkward;
mod generated;
pub(crate) mod name_key;

use std::fmt;

use serde::Serialize;

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

/// How a name is laid out in the answer (population.md 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameShape {
    /// Live 037: the whole name in `Ten`, upper case.
    WholeInTen,
    /// QCVN 109:2017: `Ho`, `ChuDem`, `Ten` filled.
    ThreeParts,
}

/// How ethnic group and religion are laid out (population.md 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeShape {
    /// Live 037: the plain code.
    Plain,
    /// QCVN 109:2017: a structure with the code and its name.
    Structure,
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
    pub(crate) name_shape: NameShape,
    pub(crate) code_shape: CodeShape,
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
    /// What is particular about the person: `plain`, `year-only`, `generated` and so on.
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

/// The awkward people first, then the generated ones.
pub(crate) fn population(seed: u64, generated: usize) -> Vec<Person> {
    let mut people = awkward::people();
    people.extend(generated::people(seed, generated));
    people
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{SampleCitizen, population};

    fn samples(seed: u64) -> Vec<SampleCitizen> {
        population(seed, 500)
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
