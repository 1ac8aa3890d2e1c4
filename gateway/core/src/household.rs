//! A household (hộ gia đình): its head and its members.
//!
//! No public payload of the operation is known (population.md 5); the fields are
//! those of this project's assumption.

use std::collections::BTreeSet;

use crate::birth::BirthDate;
use crate::citizen::CitizenQuery;
use crate::identity::{Identity, PersonalNumber};
use crate::masked::Masked;
use crate::name::{FullName, NameComparison};

/// Head and members of one household.
#[derive(Debug, Clone, Default)]
pub struct Household {
    /// Chủ hộ (`ChuHo`).
    pub head: Option<HouseholdPerson>,
    /// Thành viên (`ThanhVien`), without the head, in the order of the answer.
    pub members: Vec<HouseholdPerson>,
}

/// One person of a household. Every field may be missing.
#[derive(Debug, Clone, Default)]
pub struct HouseholdPerson {
    /// Số định danh cá nhân (`SoDinhDanh`).
    pub personal_number: Option<PersonalNumber>,
    /// Họ và tên (`HoVaTen`).
    pub full_name: Option<FullName>,
    /// Ngày tháng năm sinh (`NgayThangNamSinh`); the answer gives none for the head.
    pub birth: Option<BirthDate>,
    /// Quan hệ với chủ hộ (`QuanHe`), passed through; the head has none.
    pub relation_code: Option<Masked<String>>,
}

/// A field of a household, by the name under which a policy grants it and an answer
/// withholds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HouseholdField {
    /// `head.personal_number`
    HeadPersonalNumber,
    /// `head.full_name`
    HeadFullName,
    /// `members.personal_number`
    MemberPersonalNumber,
    /// `members.full_name`
    MemberFullName,
    /// `members.birth`
    MemberBirth,
    /// `members.relation_code`
    MemberRelationCode,
}

impl HouseholdField {
    /// Every field.
    pub const ALL: &[Self] = &[
        Self::HeadPersonalNumber,
        Self::HeadFullName,
        Self::MemberPersonalNumber,
        Self::MemberFullName,
        Self::MemberBirth,
        Self::MemberRelationCode,
    ];

    /// The name in a policy and in `withheld`.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::HeadPersonalNumber => "head.personal_number",
            Self::HeadFullName => "head.full_name",
            Self::MemberPersonalNumber => "members.personal_number",
            Self::MemberFullName => "members.full_name",
            Self::MemberBirth => "members.birth",
            Self::MemberRelationCode => "members.relation_code",
        }
    }

    /// The field with this name.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.path() == path)
    }
}

impl HouseholdPerson {
    /// What its number says to the question whether this is the person that `query` asks
    /// about; `None` where the answer gives none, or an old card was asked for.
    fn by_number(&self, query: &CitizenQuery) -> Option<bool> {
        match (&query.identity, &self.personal_number) {
            (Identity::PersonalNumber(asked), Some(found)) => Some(asked == found),
            (Identity::PersonalNumber(_), None) | (Identity::OldIdCard(_), _) => None,
        }
    }

    /// Whether name and birth are those that `query` asks about.
    fn by_name(&self, query: &CitizenQuery) -> bool {
        let same_name = self
            .full_name
            .as_ref()
            .is_some_and(|found| query.name.compare(found) != NameComparison::Different);
        let other_birth = self
            .birth
            .as_ref()
            .is_some_and(|found| !query.birth.agrees_with(found));
        same_name && !other_birth
    }
}

impl Household {
    /// Whether the person that `query` asks about belongs to it. An answer about somebody
    /// else's household is never a match.
    ///
    /// A number decides. Name and birth do of a head without one, and of everybody where
    /// an old card was asked for; but not of a member without one who was asked for by
    /// number, because what stood there may have been another number that nobody could
    /// read.
    #[must_use]
    pub fn concerns(&self, query: &CitizenQuery) -> bool {
        let is_by_number = matches!(query.identity, Identity::PersonalNumber(_));
        let is_head =
            |head: &HouseholdPerson| head.by_number(query).unwrap_or_else(|| head.by_name(query));
        let is_member = |member: &HouseholdPerson| {
            member
                .by_number(query)
                .unwrap_or_else(|| !is_by_number && member.by_name(query))
        };
        self.head.as_ref().is_some_and(is_head) || self.members.iter().any(is_member)
    }

    /// Drops every field that is not in `allowed`; without any field of the members,
    /// not even their number is told.
    #[must_use]
    pub fn limited_to(mut self, allowed: &BTreeSet<HouseholdField>) -> Self {
        use HouseholdField as Field;
        let may = |field| allowed.contains(&field);
        self.head = self.head.map(|head| HouseholdPerson {
            personal_number: head
                .personal_number
                .filter(|_| may(Field::HeadPersonalNumber)),
            full_name: head.full_name.filter(|_| may(Field::HeadFullName)),
            birth: None,
            relation_code: None,
        });
        if !may(Field::HeadPersonalNumber) && !may(Field::HeadFullName) {
            self.head = None;
        }
        let of_members = [
            Field::MemberPersonalNumber,
            Field::MemberFullName,
            Field::MemberBirth,
            Field::MemberRelationCode,
        ];
        if !of_members.into_iter().any(may) {
            self.members.clear();
        }
        for member in &mut self.members {
            if !may(Field::MemberPersonalNumber) {
                member.personal_number = None;
            }
            if !may(Field::MemberFullName) {
                member.full_name = None;
            }
            if !may(Field::MemberBirth) {
                member.birth = None;
            }
            if !may(Field::MemberRelationCode) {
                member.relation_code = None;
            }
        }
        self
    }

    /// The fields that hold a value, of the head or of any member.
    #[must_use]
    pub fn filled(&self) -> BTreeSet<HouseholdField> {
        use HouseholdField as Field;
        let mut filled = BTreeSet::new();
        let mut note = |field, is_filled: bool| {
            if is_filled {
                filled.insert(field);
            }
        };
        if let Some(head) = &self.head {
            note(Field::HeadPersonalNumber, head.personal_number.is_some());
            note(Field::HeadFullName, head.full_name.is_some());
        }
        for member in &self.members {
            note(
                Field::MemberPersonalNumber,
                member.personal_number.is_some(),
            );
            note(Field::MemberFullName, member.full_name.is_some());
            note(Field::MemberBirth, member.birth.is_some());
            note(Field::MemberRelationCode, member.relation_code.is_some());
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: &str, name: &str) -> HouseholdPerson {
        HouseholdPerson {
            personal_number: PersonalNumber::parse(number).ok(),
            full_name: FullName::parse(name).ok(),
            birth: BirthDate::parse("2010-09-01").ok(),
            relation_code: Some(Masked::new("CH99".to_owned())),
        }
    }

    fn household() -> Household {
        Household {
            head: Some(person("000185000001", "TRẦN THỊ MẪU THỬ")),
            members: vec![person("000210000002", "LÊ VĂN VÍ DỤ")],
        }
    }

    #[test]
    fn a_field_is_found_by_its_path() {
        for field in HouseholdField::ALL {
            assert_eq!(HouseholdField::from_path(field.path()), Some(*field));
        }
        assert_eq!(HouseholdField::from_path("members"), None);
    }

    fn asked(number: Identity, name: &str) -> CitizenQuery {
        CitizenQuery {
            identity: number,
            name: FullName::parse(name).unwrap(),
            birth: BirthDate::parse("2010-09-01").unwrap(),
        }
    }

    #[test]
    fn the_household_of_somebody_else_is_not_an_answer() {
        let number = |number| Identity::from(PersonalNumber::parse(number).unwrap());
        let member = number("000210000002");
        assert!(household().concerns(&asked(member, "LÊ VĂN VÍ DỤ")));
        let stranger = number("000210000003");
        assert!(!household().concerns(&asked(stranger, "LÊ VĂN VÍ DỤ")));
        assert!(!Household::default().concerns(&asked(number("000210000002"), "LÊ VĂN VÍ DỤ")));
    }

    #[test]
    fn without_a_number_to_compare_name_and_birth_tell_whose_household_it_is() {
        let old = || Identity::from(crate::identity::OldIdCardNumber::parse("000185001").unwrap());
        assert!(household().concerns(&asked(old(), "LE VAN VI DU")));
        assert!(!household().concerns(&asked(old(), "LÊ VĂN KHÁC")));
        let mut other_birth = asked(old(), "LÊ VĂN VÍ DỤ");
        other_birth.birth = BirthDate::parse("2011-09-01").unwrap();
        assert!(!household().concerns(&other_birth));
    }

    #[test]
    fn a_member_without_a_number_is_not_the_one_who_was_asked_for_by_number() {
        let unnumbered = |name: &str| person("", name);
        let asked = |number: Identity| asked(number, "LÊ VĂN VÍ DỤ");
        let number = || Identity::from(PersonalNumber::parse("000210000002").unwrap());
        let old = crate::identity::OldIdCardNumber::parse("000185001").unwrap();
        let member = Household {
            head: household().head,
            members: vec![unnumbered("LÊ VĂN VÍ DỤ")],
        };
        assert!(!member.concerns(&asked(number())));
        assert!(member.concerns(&asked(old.into())));
        let head = Household {
            head: Some(unnumbered("LÊ VĂN VÍ DỤ")),
            members: Vec::new(),
        };
        assert!(head.concerns(&asked(number())));
    }

    #[test]
    fn nothing_is_left_without_a_permission() {
        let nothing = household().limited_to(&BTreeSet::new());
        assert!(nothing.head.is_none());
        assert!(nothing.members.is_empty());
    }

    #[test]
    fn only_the_fields_that_are_allowed_are_left() {
        let allowed = BTreeSet::from([
            HouseholdField::HeadFullName,
            HouseholdField::MemberRelationCode,
        ]);
        let limited = household().limited_to(&allowed);
        let head = limited.head.clone().unwrap();
        assert!(head.full_name.is_some());
        assert!(head.personal_number.is_none() && head.birth.is_none());
        let [member] = limited.members.as_slice() else {
            panic!("one member");
        };
        assert!(member.relation_code.is_some());
        assert!(member.personal_number.is_none() && member.full_name.is_none());
        assert!(member.birth.is_none());
        assert_eq!(limited.filled(), allowed);
    }
}
