//! From the elements of a `CongdanCollection` to a citizen's record.
//!
//! The same field comes in two shapes (population.md 2.4), and values may be
//! missing, empty or dirty. A value that cannot be read, or stands there twice, is left
//! out, so that one bad field does not hide the citizen; only number and name must be
//! right, because they say whose record this is.

use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Address, BloodType, Citizen, CodedTerm, MaritalStatus, Relative};
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber, Sex};
use lienthong_core::lookup::plan::OF_RELATIVES;
use lienthong_core::masked::Masked;
use lienthong_core::name::FullName;
use lienthong_core::ports::population::CitizenAnswer;

use super::element::{Element, Problem};

/// What may stand in a collection besides its citizens (population.md 2.4).
const ABOUT_THE_COLLECTION: [&str; 5] = [
    "SoLuongCongDan",
    "SoCongDan",
    "GhiChu",
    "ThoiDiemDuLieu",
    "id",
];

const NO_NAME: Problem = "a HoVaTen that is not a name";

/// Reads the `CongdanCollection` of a look-up (population.md 2.4, 11).
///
/// # Errors
/// What is wrong, when neither a citizen nor one of the known forms of "not found"
/// stands there.
pub(in crate::population) fn read(collection: &Element) -> Result<CitizenAnswer, Problem> {
    if collection.text().is_some() {
        return Err("a text in place of citizens");
    }
    if collection
        .all("CongDan")
        .any(|citizen| citizen.text().is_some())
    {
        return Err("a text in place of a citizen");
    }
    let mut citizens = collection.all("CongDan");
    let Some(found) = citizens.next() else {
        return nobody(collection);
    };
    if citizens.next().is_some() {
        return Ok(CitizenAnswer::Several);
    }
    let counts: Vec<u32> = [collection, found].into_iter().flat_map(counts).collect();
    if counts.contains(&0) || !found.says_something() {
        return Ok(CitizenAnswer::NoMatch);
    }
    if counts.iter().any(|count| *count > 1) {
        return Ok(CitizenAnswer::Several);
    }
    if found.child("HoVaTen").is_none() {
        return Err("a CongDan without HoVaTen");
    }
    if !found.all("HoVaTen").any(Element::says_something) {
        return Ok(CitizenAnswer::NoMatch);
    }
    Ok(CitizenAnswer::One(Box::new(citizen(found)?)))
}

/// Reads the `CongdanCollection` about father and mother (population.md 4): the
/// record holds number, name, birth and the two, whatever else was sent.
///
/// # Errors
/// As [`read`].
pub(super) fn read_relatives(collection: &Element) -> Result<CitizenAnswer, Problem> {
    Ok(match read(collection)? {
        CitizenAnswer::One(citizen) => {
            let allowed = OF_RELATIVES.iter().copied().collect();
            CitizenAnswer::One(Box::new(citizen.limited_to(&allowed)))
        }
        answer @ (CitizenAnswer::NoMatch | CitizenAnswer::Several) => answer,
    })
}

/// A collection without citizens is "not found" only if it says nothing else.
fn nobody(collection: &Element) -> Result<CitizenAnswer, Problem> {
    if counts(collection).any(|count| count > 0) {
        return Err("a count of citizens without citizens");
    }
    let is_about_it = |child: &Element| {
        child
            .name
            .is_some_and(|name| ABOUT_THE_COLLECTION.contains(&name))
    };
    let mut others = collection.children().iter();
    if others.any(|child| !is_about_it(child) && child.says_something()) {
        return Err("a CongdanCollection that holds something else");
    }
    Ok(CitizenAnswer::NoMatch)
}

/// How many citizens the answer says that it holds, as often as it says so.
fn counts(element: &Element) -> impl Iterator<Item = u32> {
    ["SoLuongCongDan", "SoCongDan"]
        .into_iter()
        .flat_map(|name| element.all(name))
        .filter_map(|count| count.text()?.parse().ok())
}

fn citizen(element: &Element) -> Result<Citizen, Problem> {
    let relative = |name| element.only(name).and_then(relative);
    let address = |name| element.only(name).and_then(address);
    Ok(Citizen {
        personal_number: only_number(element)?,
        old_id_card_number: old_number(element),
        full_name: only_name(element)?,
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

fn only_number(element: &Element) -> Result<Option<PersonalNumber>, Problem> {
    if element.repeats("SoDinhDanh") {
        return Err("a CongDan with more than one SoDinhDanh");
    }
    personal_number(element)
}

/// The number of the person that `element` is about; `None` when nothing stands there.
///
/// # Errors
/// When what stands there is no number, or two of them.
pub(super) fn personal_number(element: &Element) -> Result<Option<PersonalNumber>, Problem> {
    let mut numbers = element.all("SoDinhDanh").filter_map(|found| {
        if !found.children().is_empty() {
            return Some(Err("a SoDinhDanh with elements in it"));
        }
        let number = PersonalNumber::parse(found.text()?);
        Some(number.map_err(|_| "a SoDinhDanh that is not 12 digits"))
    });
    let Some(first) = numbers.next().transpose()? else {
        return Ok(None);
    };
    for number in numbers {
        if number? != first {
            return Err("two numbers of one person");
        }
    }
    Ok(Some(first))
}

fn only_name(element: &Element) -> Result<Option<FullName>, Problem> {
    if element.repeats("HoVaTen") {
        return Err("a CongDan with more than one HoVaTen");
    }
    full_name(element)
}

/// The name of the person that `element` is about; `None` when nothing stands there.
///
/// # Errors
/// When what stands there cannot be a name, or two of them.
pub(super) fn full_name(element: &Element) -> Result<Option<FullName>, Problem> {
    name_of(element)?
        .map(|name| FullName::parse(name.expose()))
        .transpose()
        .map_err(|_| NO_NAME)
}

/// `HoVaTen` as text or as `Ho`, `ChuDem`, `Ten`, of which any may be empty, with
/// single spaces: a line break is how an answer was printed, not a part of a name.
fn name_of(element: &Element) -> Result<Option<Masked<String>>, Problem> {
    let Some(name) = element.only("HoVaTen") else {
        let says_something = element.all("HoVaTen").any(Element::says_something);
        return if says_something {
            Err(NO_NAME)
        } else {
            Ok(None)
        };
    };
    let parts = ["Ho", "ChuDem", "Ten"];
    let doubled = |part: &&'static str| {
        name.only(part).is_none() && name.all(part).any(Element::says_something)
    };
    if parts.iter().any(doubled) {
        return Err(NO_NAME);
    }
    let words: Vec<_> = name
        .text()
        .into_iter()
        .chain(parts.into_iter().filter_map(|part| name.only_text(part)))
        .flat_map(str::split_whitespace)
        .collect();
    Ok((!words.is_empty()).then(|| Masked::new(words.join(" "))))
}

fn old_number(element: &Element) -> Option<OldIdCardNumber> {
    OldIdCardNumber::parse(element.only_text("SoCMND")?).ok()
}

/// The text of a child as it came.
pub(super) fn masked(element: &Element, name: &'static str) -> Option<Masked<String>> {
    element.only_text(name).and_then(passed_on)
}

/// A text that every reader after this one can take: what XML forbids came through JSON,
/// or past a parser that does not look, and breaks the next document that it stands in.
fn passed_on(text: &str) -> Option<Masked<String>> {
    let is_allowed = |letter: char| match letter {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        letter => letter >= ' ',
    };
    text.chars()
        .all(is_allowed)
        .then(|| Masked::new(text.to_owned()))
}

fn code(element: &Element, name: &'static str) -> Option<u8> {
    element.only_text(name)?.parse().ok()
}

/// A code as text, or as a child with the name beside it in `TenGoi`.
fn term(element: &Element, name: &'static str, code_name: &'static str) -> Option<CodedTerm> {
    let term = element.only(name)?;
    let code = term.text().or_else(|| term.only_text(code_name))?;
    Some(CodedTerm {
        code: passed_on(code)?,
        name: masked(term, "TenGoi"),
    })
}

/// The full date in either form; the year alone where there is no full date, or
/// one that is none.
pub(super) fn birth(element: &Element) -> Option<BirthDate> {
    let birth = element.only("NgayThangNamSinh")?;
    [
        birth.only_text("NgayThangNam"),
        birth.text(),
        birth.only_text("Nam"),
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
        full_name: name_of(element)
            .ok()
            .flatten()
            .and_then(|name| passed_on(name.expose())),
        nationality: masked(element, "QuocTich"),
        personal_number: personal_number(element).ok().flatten(),
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
