//! A citizen's record and the judgement whether it answers the question.
//!
//! A record about another number than the one asked for is never a match,
//! whatever the upstream thought (population.md, part D 1 and 3).

use std::collections::BTreeSet;

use crate::birth::BirthDate;
use crate::identity::{Identity, OldIdCardNumber, PersonalNumber, Sex};
use crate::masked::Masked;
use crate::name::{FullName, NameComparison};

/// What a caller knows of the citizen in question.
#[derive(Debug, Clone)]
pub struct CitizenQuery {
    /// Number of the citizen.
    pub identity: Identity,
    /// Họ và tên.
    pub name: FullName,
    /// Ngày tháng năm sinh, or the year alone.
    pub birth: BirthDate,
}

/// Whether the data asked about belong to one citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// They do.
    Match,
    /// No such citizen, or the data do not match; the database does not say which.
    NoMatch,
}

/// What was really compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Checked {
    /// The number.
    Number,
    /// The name, by its key.
    Name,
    /// The birth date, or the year where only the year was given.
    Birth,
}

/// The record of one citizen (population.md 2.4). Every field may be missing.
#[derive(Debug, Clone, Default)]
pub struct Citizen {
    /// Số định danh cá nhân (`SoDinhDanh`).
    pub personal_number: Option<PersonalNumber>,
    /// Số CMND (`SoCMND`).
    pub old_id_card_number: Option<OldIdCardNumber>,
    /// Họ và tên (`HoVaTen`).
    pub full_name: Option<FullName>,
    /// Giới tính (`GioiTinh`).
    pub sex: Option<Sex>,
    /// Dân tộc (`DanToc`).
    pub ethnic_group: Option<CodedTerm>,
    /// Tôn giáo (`TonGiao`).
    pub religion: Option<CodedTerm>,
    /// Tình trạng hôn nhân (`TinhTrangHonNhan`).
    pub marital_status: Option<MaritalStatus>,
    /// Nhóm máu (`NhomMau`).
    pub blood_type: Option<BloodType>,
    /// Ngày tháng năm sinh (`NgayThangNamSinh`).
    pub birth: Option<BirthDate>,
    /// Nơi đăng ký khai sinh (`NoiDangKyKhaiSinh`).
    pub birth_registration_place: Option<Address>,
    /// Quê quán (`QueQuan`).
    pub native_place: Option<Address>,
    /// Thường trú (`ThuongTru`).
    pub permanent_address: Option<Address>,
    /// Nơi ở hiện tại (`NoiOHienTai`).
    pub current_address: Option<Address>,
    /// Quốc tịch (`QuocTich`), ISO 3166 alpha-2.
    pub nationality: Option<Masked<String>>,
    /// Cha (`Cha`).
    pub father: Option<Relative>,
    /// Mẹ (`Me`).
    pub mother: Option<Relative>,
    /// Vợ hoặc chồng (`VoChong`).
    pub spouse: Option<Relative>,
    /// Người đại diện (`NguoiDaiDien`).
    pub representative: Option<Relative>,
    /// Chủ hộ (`ChuHo`).
    pub household_head: Option<Relative>,
    /// Số sổ hộ khẩu (`SoSoHoKhau`), the legacy paper book.
    pub household_book_number: Option<Masked<String>>,
}

/// A code of a list that may come with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedTerm {
    /// Code, passed through as it came.
    pub code: Masked<String>,
    /// Name, where the answer carried one.
    pub name: Option<Masked<String>>,
}

/// Tình trạng hôn nhân (population.md 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MaritalStatus {
    /// 0, chưa có thông tin.
    NotRecorded,
    /// 1, chưa kết hôn.
    Single,
    /// 2, đang có vợ hoặc chồng.
    Married,
    /// 3, đã ly hôn hoặc góa.
    DivorcedOrWidowed,
}

/// Nhóm máu (population.md 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BloodType {
    /// 00, chưa có thông tin.
    NotRecorded,
    /// 01.
    A,
    /// 02.
    B,
    /// 03.
    Ab,
    /// 04.
    O,
}

/// An address, or a place of registration. Codes are passed through: old records
/// keep codes of units that no longer exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// `MaTinhThanh`.
    pub province_code: Option<Masked<String>>,
    /// `MaQuanHuyen`; districts vanished on 2025-07-01.
    pub district_code: Option<Masked<String>>,
    /// `MaPhuongXa`.
    pub commune_code: Option<Masked<String>>,
    /// `MaDonViHanhChinh`, in the QCVN 109:2017 shape.
    pub administrative_unit_code: Option<Masked<String>>,
    /// `ChiTiet`.
    pub detail: Option<Masked<String>>,
    /// `QuocGia`, ISO 3166 alpha-2.
    pub country_code: Option<Masked<String>>,
}

/// A person named in somebody else's record.
#[derive(Debug, Clone, Default)]
pub struct Relative {
    /// Họ và tên.
    pub full_name: Option<Masked<String>>,
    /// Quốc tịch.
    pub nationality: Option<Masked<String>>,
    /// Số định danh cá nhân.
    pub personal_number: Option<PersonalNumber>,
    /// Số CMND.
    pub old_id_card_number: Option<OldIdCardNumber>,
    /// Quan hệ (`QuanHe`), of the head of household; the code list is unknown.
    pub relation_code: Option<Masked<String>>,
}

macro_rules! citizen_fields {
    ($($variant:ident => $field:ident),+ $(,)?) => {
        /// A field of [`Citizen`], by the name that callers use in a field mask.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CitizenField {
            $(#[doc = concat!("`", stringify!($field), "`")] $variant),+
        }

        impl CitizenField {
            /// Every field.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in a field mask.
            #[must_use]
            pub fn path(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field)),+ }
            }
        }

        impl Citizen {
            /// Drops every field that is not in `allowed`.
            #[must_use]
            pub fn limited_to(mut self, allowed: &BTreeSet<CitizenField>) -> Self {
                $(if !allowed.contains(&CitizenField::$variant) { self.$field = None; })+
                self
            }

            /// The fields that hold a value.
            #[must_use]
            pub fn filled(&self) -> BTreeSet<CitizenField> {
                let mut filled = BTreeSet::new();
                $(if self.$field.is_some() { filled.insert(CitizenField::$variant); })+
                filled
            }
        }
    };
}

citizen_fields! {
    PersonalNumber => personal_number,
    OldIdCardNumber => old_id_card_number,
    FullName => full_name,
    Sex => sex,
    EthnicGroup => ethnic_group,
    Religion => religion,
    MaritalStatus => marital_status,
    BloodType => blood_type,
    Birth => birth,
    BirthRegistrationPlace => birth_registration_place,
    NativePlace => native_place,
    PermanentAddress => permanent_address,
    CurrentAddress => current_address,
    Nationality => nationality,
    Father => father,
    Mother => mother,
    Spouse => spouse,
    Representative => representative,
    HouseholdHead => household_head,
    HouseholdBookNumber => household_book_number,
}

impl CitizenField {
    /// The field with this name.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.path() == path)
    }
}

/// Judgement on a record that came back for a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the record answers the query.
    pub verdict: Verdict,
    /// How the returned name compares with the one asked about; `None` without a
    /// name in the record.
    pub name: Option<NameComparison>,
}

/// Judges whether `citizen` is the person that `query` asked about.
///
/// The database has compared number, name key and birth already; this guards
/// against an answer about somebody else.
#[must_use]
pub fn judge(query: &CitizenQuery, citizen: &Citizen) -> Judgement {
    let same_number = match &query.identity {
        Identity::PersonalNumber(number) => citizen.personal_number.as_ref() == Some(number),
        Identity::OldIdCard(number) => citizen.old_id_card_number.as_ref() == Some(number),
    };
    let name = citizen
        .full_name
        .as_ref()
        .map(|found| query.name.compare(found));
    let other_name = matches!(name, None | Some(NameComparison::Different));
    let other_birth = citizen
        .birth
        .as_ref()
        .is_some_and(|found| !query.birth.agrees_with(found));
    let verdict = if same_number && !other_name && !other_birth {
        Verdict::Match
    } else {
        Verdict::NoMatch
    };
    Judgement { verdict, name }
}

#[cfg(test)]
mod tests;
