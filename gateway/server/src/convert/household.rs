//! A household in the words of the contract.

use lienthong_core::household::{Household, HouseholdPerson};
use lienthong_core::masked::Masked;
use lienthong_proto::v1;

use super::citizen::birth;

/// Head and members; a head of whom nothing may be seen is none.
pub(crate) fn household(
    household: Household,
) -> (Option<v1::HouseholdMember>, Vec<v1::HouseholdMember>) {
    let members = household.members.into_iter().map(person).collect();
    (household.head.map(person), members)
}

fn person(person: HouseholdPerson) -> v1::HouseholdMember {
    v1::HouseholdMember {
        personal_number: person
            .personal_number
            .map(|number| number.expose().to_owned())
            .unwrap_or_default(),
        full_name: person
            .full_name
            .map(|name| name.expose().to_owned())
            .unwrap_or_default(),
        birth: person.birth.map(birth),
        relation_code: person
            .relation_code
            .map(Masked::into_inner)
            .unwrap_or_default(),
    }
}
