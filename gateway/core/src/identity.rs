//! Numbers that name a citizen, and what their digits let us doubt.
//!
//! A number that looks wrong is still a number: only its length and alphabet
//! are refused. What its digits say about place, century and sex becomes a
//! warning, because numbers legitimately disagree with the person after
//! corrections (population.md 7.1).

mod old_id_card;
mod personal_number;
mod structure;

pub use old_id_card::{InvalidOldIdCardNumber, OldIdCardNumber};
pub use personal_number::{InvalidPersonalNumber, PersonalNumber};
pub use structure::{StructuralWarning, WarningCode, structural_warnings};

/// The number under which a citizen is asked for.
///
/// An old card number alone never identifies a person: such numbers were
/// issued twice and changed on moving (population.md 7.2). Name and birth are
/// always sent with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Số định danh cá nhân: 12 digits.
    PersonalNumber(PersonalNumber),
    /// Số chứng minh nhân dân (CMND): 9 digits.
    OldIdCard(OldIdCardNumber),
}

impl Identity {
    /// The digits, for the wire and for keyed hashes only.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::PersonalNumber(number) => number.expose(),
            Self::OldIdCard(number) => number.expose(),
        }
    }
}

impl From<PersonalNumber> for Identity {
    fn from(number: PersonalNumber) -> Self {
        Self::PersonalNumber(number)
    }
}

impl From<OldIdCardNumber> for Identity {
    fn from(number: OldIdCardNumber) -> Self {
        Self::OldIdCard(number)
    }
}

/// Giới tính, as the population database knows it.
///
/// Neighbouring systems give the same digits other meanings (population.md 6),
/// so these codes are not for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Chưa có thông tin: the database holds no answer.
    NotRecorded,
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Sex {
    /// `GioiTinh` on the wire: 0, 1 or 2 (population.md 6).
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::NotRecorded => 0,
            Self::Male => 1,
            Self::Female => 2,
        }
    }

    /// The sex for a `GioiTinh` code; `None` for a code outside the list.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::NotRecorded),
            1 => Some(Self::Male),
            2 => Some(Self::Female),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sex_codes_are_those_of_the_population_database() {
        for sex in [Sex::NotRecorded, Sex::Male, Sex::Female] {
            assert_eq!(Sex::from_code(sex.code()), Some(sex));
        }
        assert_eq!(Sex::from_code(1), Some(Sex::Male));
        assert_eq!(Sex::from_code(3), None);
    }

    #[test]
    fn an_identity_never_shows_its_number() {
        let new = Identity::from(PersonalNumber::parse("000185000001").unwrap());
        let old = Identity::from(OldIdCardNumber::parse("000185001").unwrap());
        assert_eq!(
            format!("{new:?} {old:?}"),
            "PersonalNumber(***) OldIdCard(***)"
        );
        assert_eq!((new.expose(), old.expose()), ("000185000001", "000185001"));
    }
}
