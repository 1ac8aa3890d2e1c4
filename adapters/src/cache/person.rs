//! A citizen's record as bytes, and back.
//!
//! Writing takes the record apart field by field and reading puts it together in the
//! same order, so a field that is added to the record does not compile until it stands
//! in both.

use jiff::civil::Date;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Address, BloodType, Citizen, CodedTerm, MaritalStatus, Relative};
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber, Sex};
use lienthong_core::masked::Masked;
use lienthong_core::name::FullName;

use super::packing::{Damaged, Reader, Writer};

type Term = Option<Masked<String>>;

/// Stands for a field that is not there, where no text does.
const NONE: u8 = 0;

pub(super) fn write_citizen(out: &mut Writer, citizen: &Citizen) {
    let Citizen {
        personal_number,
        old_id_card_number,
        full_name,
        sex,
        ethnic_group,
        religion,
        marital_status,
        blood_type,
        birth,
        birth_registration_place,
        native_place,
        permanent_address,
        current_address,
        nationality,
        father,
        mother,
        spouse,
        representative,
        household_head,
        household_book_number,
    } = citizen;
    out.text(personal_number.as_ref().map(PersonalNumber::expose));
    out.text(old_id_card_number.as_ref().map(OldIdCardNumber::expose));
    out.text(full_name.as_ref().map(FullName::expose));
    out.byte(sex.map_or(NONE, |sex| 1 + sex.code()));
    write_coded(out, ethnic_group.as_ref());
    write_coded(out, religion.as_ref());
    out.byte(marital_status.map_or(NONE, |status| 1 + status as u8));
    out.byte(blood_type.map_or(NONE, |blood| 1 + blood as u8));
    write_birth(out, *birth);
    write_address(out, birth_registration_place.as_ref());
    write_address(out, native_place.as_ref());
    write_address(out, permanent_address.as_ref());
    write_address(out, current_address.as_ref());
    write_term(out, nationality.as_ref());
    write_relative(out, father.as_ref());
    write_relative(out, mother.as_ref());
    write_relative(out, spouse.as_ref());
    write_relative(out, representative.as_ref());
    write_relative(out, household_head.as_ref());
    write_term(out, household_book_number.as_ref());
}

pub(super) fn read_citizen(from: &mut Reader<'_>) -> Result<Citizen, Damaged> {
    Ok(Citizen {
        personal_number: read_personal_number(from)?,
        old_id_card_number: read_old_card(from)?,
        full_name: read_name(from)?,
        sex: one_of(from.byte()?, &[Sex::NotRecorded, Sex::Male, Sex::Female])?,
        ethnic_group: read_coded(from)?,
        religion: read_coded(from)?,
        marital_status: one_of(
            from.byte()?,
            &[
                MaritalStatus::NotRecorded,
                MaritalStatus::Single,
                MaritalStatus::Married,
                MaritalStatus::DivorcedOrWidowed,
            ],
        )?,
        blood_type: one_of(
            from.byte()?,
            &[
                BloodType::NotRecorded,
                BloodType::A,
                BloodType::B,
                BloodType::Ab,
                BloodType::O,
            ],
        )?,
        birth: read_birth(from)?,
        birth_registration_place: read_address(from)?,
        native_place: read_address(from)?,
        permanent_address: read_address(from)?,
        current_address: read_address(from)?,
        nationality: from.text()?,
        father: read_relative(from)?,
        mother: read_relative(from)?,
        spouse: read_relative(from)?,
        representative: read_relative(from)?,
        household_head: read_relative(from)?,
        household_book_number: from.text()?,
    })
}

/// The value that was written as its place in the list and 1.
pub(super) fn one_of<T: Copy>(byte: u8, values: &[T]) -> Result<Option<T>, Damaged> {
    match usize::from(byte).checked_sub(1) {
        None => Ok(None),
        Some(place) => values.get(place).copied().map(Some).ok_or(Damaged),
    }
}

pub(super) fn write_term(out: &mut Writer, term: Option<&Masked<String>>) {
    out.text(term.map(|term| term.expose().as_str()));
}

pub(super) fn read_personal_number(
    from: &mut Reader<'_>,
) -> Result<Option<PersonalNumber>, Damaged> {
    parsed(&from.text()?, PersonalNumber::parse)
}

pub(super) fn read_name(from: &mut Reader<'_>) -> Result<Option<FullName>, Damaged> {
    parsed(&from.text()?, FullName::parse)
}

fn read_old_card(from: &mut Reader<'_>) -> Result<Option<OldIdCardNumber>, Damaged> {
    parsed(&from.text()?, OldIdCardNumber::parse)
}

fn parsed<T, E>(
    text: &Term,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, Damaged> {
    text.as_ref()
        .map(|text| parse(text.expose()).map_err(|_| Damaged))
        .transpose()
}

pub(super) fn write_birth(out: &mut Writer, birth: Option<BirthDate>) {
    match birth {
        None => out.byte(NONE),
        Some(BirthDate::Date(date)) => {
            out.byte(1);
            out.bytes(&date.year().to_be_bytes());
            out.bytes(&date.month().to_be_bytes());
            out.bytes(&date.day().to_be_bytes());
        }
        Some(BirthDate::Year(year)) => {
            out.byte(2);
            out.bytes(&year.to_be_bytes());
        }
    }
}

pub(super) fn read_birth(from: &mut Reader<'_>) -> Result<Option<BirthDate>, Damaged> {
    match from.byte()? {
        NONE => Ok(None),
        1 => {
            let year = i16::from_be_bytes(from.array()?);
            let month = i8::from_be_bytes(from.array()?);
            let day = i8::from_be_bytes(from.array()?);
            let date = Date::new(year, month, day).map_err(|_| Damaged)?;
            Ok(Some(BirthDate::Date(date)))
        }
        2 => Ok(Some(BirthDate::Year(i16::from_be_bytes(from.array()?)))),
        _ => Err(Damaged),
    }
}

fn write_coded(out: &mut Writer, term: Option<&CodedTerm>) {
    let Some(CodedTerm { code, name }) = term else {
        return out.byte(NONE);
    };
    out.byte(1);
    write_term(out, Some(code));
    write_term(out, name.as_ref());
}

fn read_coded(from: &mut Reader<'_>) -> Result<Option<CodedTerm>, Damaged> {
    match from.byte()? {
        NONE => Ok(None),
        1 => Ok(Some(CodedTerm {
            code: from.text()?.ok_or(Damaged)?,
            name: from.text()?,
        })),
        _ => Err(Damaged),
    }
}

fn write_address(out: &mut Writer, address: Option<&Address>) {
    let Some(address) = address else {
        return out.byte(NONE);
    };
    let Address {
        province_code,
        district_code,
        commune_code,
        administrative_unit_code,
        detail,
        country_code,
    } = address;
    out.byte(1);
    for term in [
        province_code,
        district_code,
        commune_code,
        administrative_unit_code,
        detail,
        country_code,
    ] {
        write_term(out, term.as_ref());
    }
}

fn read_address(from: &mut Reader<'_>) -> Result<Option<Address>, Damaged> {
    match from.byte()? {
        NONE => Ok(None),
        1 => Ok(Some(Address {
            province_code: from.text()?,
            district_code: from.text()?,
            commune_code: from.text()?,
            administrative_unit_code: from.text()?,
            detail: from.text()?,
            country_code: from.text()?,
        })),
        _ => Err(Damaged),
    }
}

fn write_relative(out: &mut Writer, relative: Option<&Relative>) {
    let Some(relative) = relative else {
        return out.byte(NONE);
    };
    let Relative {
        full_name,
        nationality,
        personal_number,
        old_id_card_number,
        relation_code,
    } = relative;
    out.byte(1);
    write_term(out, full_name.as_ref());
    write_term(out, nationality.as_ref());
    out.text(personal_number.as_ref().map(PersonalNumber::expose));
    out.text(old_id_card_number.as_ref().map(OldIdCardNumber::expose));
    write_term(out, relation_code.as_ref());
}

fn read_relative(from: &mut Reader<'_>) -> Result<Option<Relative>, Damaged> {
    match from.byte()? {
        NONE => Ok(None),
        1 => Ok(Some(Relative {
            full_name: from.text()?,
            nationality: from.text()?,
            personal_number: read_personal_number(from)?,
            old_id_card_number: read_old_card(from)?,
            relation_code: from.text()?,
        })),
        _ => Err(Damaged),
    }
}
