//! Doubts that the digits of a personal number raise.
//!
//! None of them is a refusal: the number may be right and the declaration or
//! the catalogue old. They are shown to the officer, who has no other hint when
//! the database answers only "no match" (population.md 7.1 and Part D 1).

use crate::birth::BirthDate;
use crate::identity::{PersonalNumber, Sex};
use crate::places::PlaceCatalogue;

/// What a warning is about; the text form is part of the public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningCode {
    /// The place code is not in the catalogue.
    PlaceCodeUnknown,
    /// The century digit disagrees with the declared birth year.
    CenturyMismatch,
    /// The two year digits disagree with the declared birth year.
    BirthYearMismatch,
    /// The sex digit disagrees with the declared sex.
    SexMismatch,
    /// The number spells a birth year that has not come yet.
    BirthYearInFuture,
}

impl WarningCode {
    /// The code as callers see it, in upper snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlaceCodeUnknown => "PLACE_CODE_UNKNOWN",
            Self::CenturyMismatch => "CENTURY_MISMATCH",
            Self::BirthYearMismatch => "BIRTH_YEAR_MISMATCH",
            Self::SexMismatch => "SEX_MISMATCH",
            Self::BirthYearInFuture => "BIRTH_YEAR_IN_FUTURE",
        }
    }

    /// What to tell an officer, in Vietnamese; holds nothing personal.
    #[must_use]
    pub const fn message_vi(self) -> &'static str {
        match self {
            Self::PlaceCodeUnknown => {
                "Ba chữ số đầu của số định danh không có trong danh mục mã nơi đăng ký khai sinh. Đề nghị kiểm tra lại số."
            }
            Self::CenturyMismatch => {
                "Chữ số thế kỷ (chữ số thứ tư) của số định danh không khớp với năm sinh đã khai. Đề nghị kiểm tra lại số và năm sinh."
            }
            Self::BirthYearMismatch => {
                "Hai chữ số năm sinh (chữ số thứ năm và thứ sáu) của số định danh không khớp với năm sinh đã khai. Đề nghị kiểm tra lại số và năm sinh."
            }
            Self::SexMismatch => {
                "Chữ số giới tính (chữ số thứ tư) của số định danh không khớp với giới tính đã khai. Đề nghị kiểm tra lại số và giới tính."
            }
            Self::BirthYearInFuture => {
                "Số định danh cho năm sinh ở tương lai. Đề nghị kiểm tra lại chữ số thứ tư đến thứ sáu."
            }
        }
    }

    /// What to tell an officer, in English; holds nothing personal.
    #[must_use]
    pub const fn message_en(self) -> &'static str {
        match self {
            Self::PlaceCodeUnknown => {
                "The first three digits of the personal number are not a known place of birth registration. Please check the number."
            }
            Self::CenturyMismatch => {
                "The century digit (the fourth) of the personal number disagrees with the declared birth year. Please check the number and the year."
            }
            Self::BirthYearMismatch => {
                "The year digits (the fifth and sixth) of the personal number disagree with the declared birth year. Please check the number and the year."
            }
            Self::SexMismatch => {
                "The sex digit (the fourth) of the personal number disagrees with the declared sex. Please check the number and the sex."
            }
            Self::BirthYearInFuture => {
                "The personal number spells a birth year in the future. Please check its fourth to sixth digits."
            }
        }
    }
}

/// One doubt about a query that is sent all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StructuralWarning {
    /// What is doubtful.
    pub code: WarningCode,
    /// The request field that the doubt points at, in the names of the contract.
    pub field: &'static str,
}

impl StructuralWarning {
    /// See [`WarningCode::message_vi`].
    #[must_use]
    pub const fn message_vi(&self) -> &'static str {
        self.code.message_vi()
    }

    /// See [`WarningCode::message_en`].
    #[must_use]
    pub const fn message_en(&self) -> &'static str {
        self.code.message_en()
    }
}

const NUMBER_FIELD: &str = "identity.personal_number";

/// Everything doubtful about a number beside what was declared with it
/// (population.md 7.1), in the order of its digits.
///
/// `this_year` is the current year in Viet Nam; without it the future is not
/// looked at. A sex of [`Sex::NotRecorded`] declares nothing. A birth year
/// before 1900 has no century digit at all and is therefore always doubted.
#[must_use]
pub fn structural_warnings(
    number: &PersonalNumber,
    birth: Option<&BirthDate>,
    sex: Option<Sex>,
    places: &PlaceCatalogue,
    this_year: Option<i16>,
) -> Vec<StructuralWarning> {
    let declared_year = birth.map(BirthDate::year);
    let number_year = number.birth_year();
    let disagree = |part: fn(i16) -> i16| {
        declared_year
            .zip(number_year)
            .is_some_and(|(declared, spelt)| part(declared) != part(spelt))
    };
    let doubts = [
        (
            WarningCode::PlaceCodeUnknown,
            !places.contains(number.place_code()),
        ),
        (WarningCode::CenturyMismatch, disagree(|year| year / 100)),
        (WarningCode::SexMismatch, sex_disagrees(number, sex)),
        (WarningCode::BirthYearMismatch, disagree(|year| year % 100)),
        (
            WarningCode::BirthYearInFuture,
            this_year
                .zip(number_year)
                .is_some_and(|(now, spelt)| spelt > now),
        ),
    ];
    doubts
        .into_iter()
        .filter(|(_, doubtful)| *doubtful)
        .map(|(code, _)| StructuralWarning {
            code,
            field: NUMBER_FIELD,
        })
        .collect()
}

fn sex_disagrees(number: &PersonalNumber, declared: Option<Sex>) -> bool {
    match declared {
        None | Some(Sex::NotRecorded) => false,
        Some(declared @ (Sex::Male | Sex::Female)) => declared != number.sex(),
    }
}

#[cfg(test)]
mod tests;
