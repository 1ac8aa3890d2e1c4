//! From a household's elements to its head and members (population.md 5).
//!
//! The head stands in an element of its own. An answer that repeats them among the
//! members has still one such person, the head.
//!
//! A number that cannot be read is not a missing one. Whose household this is hangs on
//! the head's, so there it makes the answer nonsense; of a member it is left out, and
//! [`Household::concerns`] takes no member without a number for one who was asked for by
//! it.

use lienthong_core::household::{Household, HouseholdPerson};
use lienthong_core::ports::population::HouseholdAnswer;

use super::citizen::{birth, full_name, masked, personal_number};
use super::element::{Element, Problem};

/// Reads `HoGiaDinh`.
pub(super) fn read(household: &Element) -> Result<HouseholdAnswer, Problem> {
    if household.text().is_some() {
        return Err("a text in place of a household");
    }
    let mut heads = household.all("ChuHo").filter(|head| head.says_something());
    let head = heads.next();
    if heads.next().is_some() {
        return Err("more than one head of one household");
    }
    let members: Vec<_> = household
        .all("ThanhVien")
        .filter(|member| member.says_something())
        .collect();
    if head.is_none() && members.is_empty() {
        return if household.says_something() {
            Err("a household without head and members that says something else")
        } else {
            Ok(HouseholdAnswer::NoMatch)
        };
    }
    head.map(personal_number).transpose()?;
    let head = head
        .map(|head| person(head).ok_or("a ChuHo of which nothing can be read"))
        .transpose()?
        .map(|person| HouseholdPerson {
            birth: None,
            relation_code: None,
            ..person
        });
    let head_number = head.as_ref().and_then(|head| head.personal_number.as_ref());
    let members = members
        .into_iter()
        .map(|member| person(member).ok_or("a ThanhVien of which nothing can be read"))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .filter(|member| head_number.is_none() || member.personal_number.as_ref() != head_number)
        .collect();
    Ok(HouseholdAnswer::One(Box::new(Household { head, members })))
}

/// A person of whom at least one field can be read.
fn person(element: &Element) -> Option<HouseholdPerson> {
    let person = HouseholdPerson {
        personal_number: personal_number(element).ok().flatten(),
        full_name: full_name(element).ok().flatten(),
        birth: birth(element),
        relation_code: masked(element, "QuanHe"),
    };
    let is_known = person.personal_number.is_some()
        || person.full_name.is_some()
        || person.birth.is_some()
        || person.relation_code.is_some();
    is_known.then_some(person)
}

#[cfg(test)]
mod tests;
