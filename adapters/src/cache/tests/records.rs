//! A record with every field, and records as plain text so that they can be compared.

use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Address, BloodType, Citizen, CodedTerm, MaritalStatus, Relative};
use lienthong_core::household::{Household, HouseholdPerson};
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber, Sex};
use lienthong_core::masked::Masked;
use lienthong_core::name::FullName;

#[expect(
    clippy::unnecessary_wraps,
    reason = "every field of a record is optional"
)]
fn term(text: &str) -> Option<Masked<String>> {
    Some(Masked::new(text.to_owned()))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every field of a record is optional"
)]
fn coded(code: &str, name: Option<&str>) -> Option<CodedTerm> {
    Some(CodedTerm {
        code: Masked::new(code.to_owned()),
        name: name.and_then(term),
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every field of a record is optional"
)]
fn address(detail: &str) -> Option<Address> {
    Some(Address {
        province_code: term("37"),
        district_code: term("375"),
        commune_code: term("14506"),
        administrative_unit_code: term("37.375.14506"),
        detail: term(detail),
        country_code: term("VN"),
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every field of a record is optional"
)]
fn relative(name: &str, number: &str, relation: Option<&str>) -> Option<Relative> {
    Some(Relative {
        full_name: term(name),
        nationality: term("VN"),
        personal_number: PersonalNumber::parse(number).ok(),
        old_id_card_number: OldIdCardNumber::parse("000155001").ok(),
        relation_code: relation.and_then(term),
    })
}

pub(super) fn full_record() -> Citizen {
    Citizen {
        personal_number: PersonalNumber::parse("000185000001").ok(),
        old_id_card_number: OldIdCardNumber::parse("000185001").ok(),
        full_name: FullName::parse("Trần Thị Mẫu Thử").ok(),
        sex: Some(Sex::Female),
        ethnic_group: coded("01", Some("Kinh")),
        religion: coded("00", None),
        marital_status: Some(MaritalStatus::DivorcedOrWidowed),
        blood_type: Some(BloodType::O),
        birth: BirthDate::parse("1985-02-13").ok(),
        birth_registration_place: address(""),
        native_place: address("Xóm Thử Nghiệm"),
        permanent_address: address("Số 1, đường Thử Nghiệm, tổ 2"),
        current_address: address("Số 3, đường Ví Dụ"),
        nationality: term("VN"),
        father: relative("Trần Văn Mẫu", "000055000002", None),
        mother: relative("Lê Thị Ví Dụ", "000157000003", None),
        spouse: relative("Nguyễn Văn Thử", "000083000004", None),
        representative: None,
        household_head: relative("Nguyễn Văn Thử", "000083000004", Some("02")),
        household_book_number: term("000123456"),
    }
}

fn text(term: Option<&Masked<String>>) -> Option<String> {
    term.map(|term| term.expose().clone())
}

fn exposed_coded(term: Option<&CodedTerm>) -> String {
    format!(
        "{:?}",
        term.map(|term| (term.code.expose().clone(), text(term.name.as_ref())))
    )
}

fn exposed_address(address: Option<&Address>) -> String {
    let parts = address.map(|address| {
        [
            &address.province_code,
            &address.district_code,
            &address.commune_code,
            &address.administrative_unit_code,
            &address.detail,
            &address.country_code,
        ]
        .map(|part| text(part.as_ref()))
    });
    format!("{parts:?}")
}

fn exposed_relative(relative: Option<&Relative>) -> String {
    let parts = relative.map(|relative| {
        (
            text(relative.full_name.as_ref()),
            text(relative.nationality.as_ref()),
            relative
                .personal_number
                .as_ref()
                .map(PersonalNumber::expose),
            relative
                .old_id_card_number
                .as_ref()
                .map(OldIdCardNumber::expose),
            text(relative.relation_code.as_ref()),
        )
    });
    format!("{parts:?}")
}

pub(super) fn exposed(citizen: &Citizen) -> Vec<String> {
    let numbers = (
        citizen.personal_number.as_ref().map(PersonalNumber::expose),
        citizen
            .old_id_card_number
            .as_ref()
            .map(OldIdCardNumber::expose),
        citizen.full_name.as_ref().map(FullName::expose),
        citizen.birth.map(|birth| birth.to_iso()),
    );
    let codes = (citizen.sex, citizen.marital_status, citizen.blood_type);
    let mut all = vec![
        format!("{numbers:?}"),
        format!("{codes:?}"),
        exposed_coded(citizen.ethnic_group.as_ref()),
        exposed_coded(citizen.religion.as_ref()),
        format!("{:?}", text(citizen.nationality.as_ref())),
        format!("{:?}", text(citizen.household_book_number.as_ref())),
    ];
    let addresses = [
        &citizen.birth_registration_place,
        &citizen.native_place,
        &citizen.permanent_address,
        &citizen.current_address,
    ];
    all.extend(addresses.map(|address| exposed_address(address.as_ref())));
    let relatives = [
        &citizen.father,
        &citizen.mother,
        &citizen.spouse,
        &citizen.representative,
        &citizen.household_head,
    ];
    all.extend(relatives.map(|relative| exposed_relative(relative.as_ref())));
    all
}

pub(super) fn exposed_household(household: &Household) -> Vec<String> {
    let person = |person: &HouseholdPerson| {
        let parts = (
            person.personal_number.as_ref().map(PersonalNumber::expose),
            person.full_name.as_ref().map(FullName::expose),
            person.birth.map(|birth| birth.to_iso()),
            text(person.relation_code.as_ref()),
        );
        format!("{parts:?}")
    };
    let head = household.head.as_ref().map_or_else(String::new, person);
    std::iter::once(head)
        .chain(household.members.iter().map(person))
        .collect()
}
