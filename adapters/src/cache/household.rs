//! A household as bytes, and back.

use lienthong_core::household::{Household, HouseholdPerson};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::name::FullName;

use super::packing::{Damaged, Reader, Writer};
use super::person::{read_birth, read_name, read_personal_number, write_birth, write_term};

pub(super) fn write_household(out: &mut Writer, household: &Household) {
    let Household { head, members } = household;
    out.byte(u8::from(head.is_some()));
    out.number(members.len());
    for person in head.iter().chain(members) {
        let HouseholdPerson {
            personal_number,
            full_name,
            birth,
            relation_code,
        } = person;
        out.text(personal_number.as_ref().map(PersonalNumber::expose));
        out.text(full_name.as_ref().map(FullName::expose));
        write_birth(out, *birth);
        write_term(out, relation_code.as_ref());
    }
}

pub(super) fn read_household(from: &mut Reader<'_>) -> Result<Household, Damaged> {
    let has_head = from.byte()? == 1;
    let members = from.number()?;
    let head = has_head.then(|| read_person(from)).transpose()?;
    let members = (0..members)
        .map(|_| read_person(from))
        .collect::<Result<_, _>>()?;
    Ok(Household { head, members })
}

fn read_person(from: &mut Reader<'_>) -> Result<HouseholdPerson, Damaged> {
    Ok(HouseholdPerson {
        personal_number: read_personal_number(from)?,
        full_name: read_name(from)?,
        birth: read_birth(from)?,
        relation_code: from.text()?,
    })
}
