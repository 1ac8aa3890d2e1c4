//! From an answer's elements to a citizen's record.
//!
//! The same field comes in two shapes (population.md 2.4), and values may be
//! missing, empty or dirty. A value that cannot be read is left out, so that one
//! bad field does not hide the citizen; only the personal number must be right,
//! because it says whose record this is.

use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Address, BloodType, Citizen, CodedTerm, MaritalStatus, Relative};
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber, Sex};
use lienthong_core::masked::Masked;
use lienthong_core::name::FullName;
use lienthong_core::ports::population::CitizenAnswer;

use super::read::{Element, Flaw, Space, payload};

/// Reads the answer of the look-up (population.md 2.4, 11).
///
/// # Errors
/// A [`Flaw`] when it is not such an answer.
pub(in crate::population) fn read_look_up(bytes: &[u8]) -> Result<CitizenAnswer, Flaw> {
    let collection = payload(bytes)?;
    if collection.space != Space::Citizen || collection.name != "CongdanCollection" {
        return Err("not a CongdanCollection of the dancu namespace");
    }
    let mut citizens = collection.all("CongDan");
    let Some(found) = citizens.next() else {
        return Ok(CitizenAnswer::NoMatch);
    };
    if citizens.next().is_some() {
        return Ok(CitizenAnswer::Several);
    }
    let counted_none = [&collection, found]
        .into_iter()
        .filter_map(|element| element.text_of("SoLuongCongDan"))
        .any(|count| count == "0");
    if counted_none || name_of(found).is_none() {
        return Ok(CitizenAnswer::NoMatch);
    }
    Ok(CitizenAnswer::One(Box::new(citizen(found)?)))
}

/// Reads the answer of the confirmation (population.md 3).
///
/// # Errors
/// A [`Flaw`] when it is not such an answer.
pub(in crate::population) fn read_confirmation(bytes: &[u8]) -> Result<bool, Flaw> {
    let result = payload(bytes)?;
    let known = matches!(
        result.name.as_str(),
        "KetQuaXacThucResponse" | "KetQuaXacThuc"
    );
    if result.space != Space::Query || !known {
        return Err("not a KetQuaXacThuc of the dancuquocgia namespace");
    }
    match result.text_of("TonTai") {
        Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(_) | None => Err("a KetQuaXacThuc without a boolean TonTai"),
    }
}

fn citizen(element: &Element) -> Result<Citizen, Flaw> {
    let personal_number = match element.text_of("SoDinhDanh") {
        Some(text) => {
            Some(PersonalNumber::parse(text).map_err(|_| "a SoDinhDanh that is not 12 digits")?)
        }
        None => None,
    };
    let relative = |name| element.child(name).and_then(relative);
    let address = |name| element.child(name).and_then(address);
    Ok(Citizen {
        personal_number,
        old_id_card_number: old_number(element),
        full_name: name_of(element).and_then(|name| FullName::parse(name.expose()).ok()),
        sex: code(element, "GioiTinh").and_then(Sex::from_code),
        ethnic_group: term(element, "DanToc", "MaDanToc"),
        religion: term(element, "TonGiao", "MaTonGiao"),
        marital_status: code(element, "TinhTrangHonNhan").and_then(marital_status),
        blood_type: code(element, "NhomMau").and_then(blood_type),
        birth: birth(element),
        birth_registration_place: address("NoiDangKyKhaiSinh"),
        native_place: address("QueQuan"),
        permanent_address: address("ThuongTru"),
        current_address: address("NoiOHienTai"),
        nationality: masked(element, "QuocTich"),
        father: relative("Cha"),
        mother: relative("Me"),
        spouse: relative("VoChong"),
        representative: relative("NguoiDaiDien"),
        household_head: relative("ChuHo"),
        household_book_number: masked(element, "SoSoHoKhau"),
    })
}

/// `HoVaTen` as text or as `Ho`, `ChuDem`, `Ten`, of which any may be empty;
/// `None` when nothing stands there.
fn name_of(element: &Element) -> Option<Masked<String>> {
    let name = element.child("HoVaTen")?;
    let parts = ["Ho", "ChuDem", "Ten"]
        .into_iter()
        .filter_map(|part| name.text_of(part));
    let whole = name
        .text()
        .into_iter()
        .chain(parts)
        .collect::<Vec<_>>()
        .join(" ");
    (!whole.is_empty()).then(|| Masked::new(whole))
}

fn old_number(element: &Element) -> Option<OldIdCardNumber> {
    OldIdCardNumber::parse(element.text_of("SoCMND")?).ok()
}

fn masked(element: &Element, name: &str) -> Option<Masked<String>> {
    element
        .text_of(name)
        .map(|text| Masked::new(text.to_owned()))
}

fn code(element: &Element, name: &str) -> Option<u8> {
    element.text_of(name)?.parse().ok()
}

/// A code as text, or as a child with the name beside it in `TenGoi`.
fn term(element: &Element, name: &str, code_name: &str) -> Option<CodedTerm> {
    let term = element.child(name)?;
    let code = term.text().or_else(|| term.text_of(code_name))?;
    Some(CodedTerm {
        code: Masked::new(code.to_owned()),
        name: masked(term, "TenGoi"),
    })
}

/// The full date in either form; the year alone where there is no full date, or
/// one that is none.
fn birth(element: &Element) -> Option<BirthDate> {
    let birth = element.child("NgayThangNamSinh")?;
    [
        birth.text_of("NgayThangNam"),
        birth.text(),
        birth.text_of("Nam"),
    ]
    .into_iter()
    .flatten()
    .find_map(|text| BirthDate::from_wire(text).ok())
}

/// Codes of population.md 6.
fn marital_status(code: u8) -> Option<MaritalStatus> {
    match code {
        0 => Some(MaritalStatus::NotRecorded),
        1 => Some(MaritalStatus::Single),
        2 => Some(MaritalStatus::Married),
        3 => Some(MaritalStatus::DivorcedOrWidowed),
        _ => None,
    }
}

/// Codes of population.md 6.
fn blood_type(code: u8) -> Option<BloodType> {
    match code {
        0 => Some(BloodType::NotRecorded),
        1 => Some(BloodType::A),
        2 => Some(BloodType::B),
        3 => Some(BloodType::Ab),
        4 => Some(BloodType::O),
        _ => None,
    }
}

fn address(element: &Element) -> Option<Address> {
    let address = Address {
        province_code: masked(element, "MaTinhThanh"),
        district_code: masked(element, "MaQuanHuyen"),
        commune_code: masked(element, "MaPhuongXa"),
        administrative_unit_code: masked(element, "MaDonViHanhChinh"),
        detail: masked(element, "ChiTiet"),
        country_code: masked(element, "QuocGia"),
    };
    (address != Address::default()).then_some(address)
}

fn relative(element: &Element) -> Option<Relative> {
    let relative = Relative {
        full_name: name_of(element),
        nationality: masked(element, "QuocTich"),
        personal_number: element
            .text_of("SoDinhDanh")
            .and_then(|text| PersonalNumber::parse(text).ok()),
        old_id_card_number: old_number(element),
        relation_code: masked(element, "QuanHe"),
    };
    let says_something = relative.full_name.is_some()
        || relative.personal_number.is_some()
        || relative.old_id_card_number.is_some()
        || relative.relation_code.is_some()
        || relative.nationality.is_some();
    says_something.then_some(relative)
}

#[cfg(test)]
mod tests;
