//! Dossiers and steps as P1 to P3 write them (portal.md 5, 6 and 10).
//!
//! Every value is a string, dates are clock time in Viet Nam, and what is absent
//! is the empty string: never a value that was made up so that it passes.

mod papers;

use jiff::Timestamp;
use lienthong_core::dossier::{
    Channel, Dossier, OnlinePayment, OwnerKind, ReturnMethod, Step, SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::Identity;
use lienthong_core::masked::Masked;
use lienthong_core::text::Text;
use lienthong_core::wire_time::to_portal_text;
use serde::Serialize;

use papers::{AttachmentEntry, DocumentEntry};
pub(super) use papers::{FeeEntry, ResultEntry};

/// Fields that a dossier carries (portal.md 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldSet {
    /// The fields of 2019.
    P1,
    /// Those and the fields that QĐ 766 added in 2022.
    P2,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StepEntry<'a> {
    ma_ho_so: &'a str,
    nguoi_xu_ly: &'a str,
    chuc_danh: &'a str,
    thoi_diem_xu_ly: String,
    phong_ban_xu_ly: &'a str,
    noi_dung_xu_ly: &'a str,
    trang_thai: String,
    ngay_bat_dau: String,
    ngay_ket_thuc_theo_quy_dinh: String,
}

impl<'a> StepEntry<'a> {
    pub(super) fn of(dossier: &'a DossierNumber, step: &'a Step) -> Self {
        Self {
            ma_ho_so: dossier.as_str(),
            nguoi_xu_ly: step.handler_name.as_str(),
            chuc_danh: text(step.handler_title.as_ref()),
            thoi_diem_xu_ly: to_portal_text(step.handled_at),
            phong_ban_xu_ly: text(step.department.as_ref()),
            noi_dung_xu_ly: step.content.as_str(),
            trang_thai: step.status.code().to_string(),
            ngay_bat_dau: date(step.started_at),
            ngay_ket_thuc_theo_quy_dinh: date(step.due_at),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DossierEntry<'a> {
    ma_ho_so: &'a str,
    #[serde(rename = "MaTTHC")]
    ma_tthc: &'a str,
    #[serde(rename = "TenTTHC")]
    ten_tthc: &'a str,
    ma_linh_vuc: &'a str,
    ten_linh_vuc: &'a str,
    so_bien_nhan: &'a str,
    chu_ho_so: &'a str,
    loai_doi_tuong: &'static str,
    ma_doi_tuong: &'a str,
    thong_tin_khac: &'a str,
    email: &'a str,
    fax: &'a str,
    so_dien_thoai: &'a str,
    trich_yeu_ho_so: &'a str,
    ngay_tiep_nhan: String,
    ngay_hen_tra: String,
    trang_thai_ho_so: String,
    ngay_tra: String,
    thong_tin_tra: &'a str,
    hinh_thuc: &'static str,
    ngay_ket_thuc_xu_ly: String,
    don_vi_xu_ly: &'a str,
    ghi_chu: &'a str,
    #[serde(flatten)]
    second_generation: Option<DossierEntryP2<'a>>,
    tai_lieu_nop: Vec<DocumentEntry<'a>>,
    danh_sach_le_phi: Vec<FeeEntry<'a>>,
    danh_sach_tep_dinh_kem_khac: Vec<AttachmentEntry<'a>>,
    /// The form of its entries is unproven; all systems seen send none
    /// (portal.md 5.4).
    danh_sach_ho_so_bo_sung: [(); 0],
    danh_sach_giay_to_ket_qua: Vec<ResultEntry<'a>>,
}

/// Fields that QĐ 766 added.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DossierEntryP2<'a> {
    kenh_thuc_hien: &'static str,
    so_giay_to_chu_ho_so: &'a str,
    noi_nop_ho_so: &'static str,
    ho_so_co_thanh_phan_so_hoa: &'static str,
    #[serde(rename = "TaiKhoanDuocXacThucVoiVNeID")]
    tai_khoan_duoc_xac_thuc_voi_vneid: &'static str,
    duoc_thanh_toan_truc_tuyen: &'static str,
    ngay_tu_choi: String,
    ngay_nop_ho_so: String,
    #[serde(rename = "DinhDanhCHS")]
    dinh_danh_chs: Vec<IdentityEntry<'a>>,
    #[serde(rename = "DSKetNoiCSDL")]
    ds_ket_noi_csdl: Vec<DatabaseEntry<'a>>,
}

impl<'a> DossierEntry<'a> {
    pub(super) fn of(dossier: &'a Dossier, fields: FieldSet) -> Self {
        let Dossier { owner, dates, .. } = dossier;
        // Only a dossier that came in online has an account of the portal behind it.
        let tech_id = owner
            .tech_id
            .as_ref()
            .filter(|_| dossier.channel == Channel::Online);
        Self {
            ma_ho_so: dossier.number.as_str(),
            ma_tthc: dossier.procedure.as_str(),
            ten_tthc: dossier.procedure_name.as_str(),
            ma_linh_vuc: dossier.field.as_str(),
            ten_linh_vuc: dossier.field_name.as_str(),
            so_bien_nhan: text(dossier.receipt_number.as_ref()),
            chu_ho_so: owner.name.as_str(),
            loai_doi_tuong: owner_kind(owner.kind),
            ma_doi_tuong: text(tech_id),
            thong_tin_khac: text(dossier.other_information.as_ref()),
            email: masked(owner.email.as_ref()),
            fax: masked(owner.fax.as_ref()),
            so_dien_thoai: masked(owner.phone.as_ref()),
            trich_yeu_ho_so: dossier.summary.as_str(),
            ngay_tiep_nhan: to_portal_text(dates.received),
            ngay_hen_tra: date(dates.due),
            trang_thai_ho_so: dossier.status.code().to_string(),
            ngay_tra: date(dates.returned),
            thong_tin_tra: text(dossier.return_information.as_ref()),
            hinh_thuc: return_method(dossier.return_method),
            ngay_ket_thuc_xu_ly: date(dates.finished),
            don_vi_xu_ly: dossier.processing_unit_name.as_str(),
            ghi_chu: text(dossier.note.as_ref()),
            second_generation: match fields {
                FieldSet::P1 => None,
                FieldSet::P2 => Some(DossierEntryP2::of(dossier)),
            },
            tai_lieu_nop: list(&dossier.documents, |it| DocumentEntry::of(it, fields)),
            danh_sach_le_phi: list(&dossier.fees, FeeEntry::of),
            danh_sach_tep_dinh_kem_khac: list(&dossier.other_attachments, AttachmentEntry::of),
            danh_sach_ho_so_bo_sung: [],
            danh_sach_giay_to_ket_qua: list(&dossier.results, |it| ResultEntry::of(it, fields)),
        }
    }
}

impl<'a> DossierEntryP2<'a> {
    fn of(dossier: &'a Dossier) -> Self {
        let identities = &dossier.owner.identities;
        Self {
            kenh_thuc_hien: match dossier.channel {
                Channel::Direct => "1",
                Channel::Online => "2",
                Channel::Postal => "3",
            },
            so_giay_to_chu_ho_so: identities.first().map_or("", Identity::expose),
            noi_nop_ho_so: match dossier.submitted_at_place {
                SubmissionPlace::NationalPortal => "1",
                SubmissionPlace::LocalSystem => "2",
            },
            ho_so_co_thanh_phan_so_hoa: flag(dossier.has_digitised_components),
            tai_khoan_duoc_xac_thuc_voi_vneid: flag(dossier.vneid_verified_account),
            duoc_thanh_toan_truc_tuyen: match dossier.online_payment {
                OnlinePayment::None => "0",
                OnlinePayment::NationalPortal => "1",
                OnlinePayment::LocalGateway => "2",
            },
            ngay_tu_choi: date(dossier.dates.refused),
            ngay_nop_ho_so: to_portal_text(dossier.dates.submitted),
            dinh_danh_chs: list(identities, IdentityEntry::of),
            ds_ket_noi_csdl: list(&dossier.connected_databases, |code| DatabaseEntry {
                ma_csdl: code.as_str(),
            }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct IdentityEntry<'a> {
    loai_dinh_danh: &'static str,
    so_dinh_danh: &'a str,
}

impl<'a> IdentityEntry<'a> {
    fn of(identity: &'a Identity) -> Self {
        let loai_dinh_danh = match identity {
            Identity::PersonalNumber(_) => "1",
            Identity::OldIdCard(_) => "2",
        };
        Self {
            loai_dinh_danh,
            so_dinh_danh: identity.expose(),
        }
    }
}

#[derive(Serialize)]
struct DatabaseEntry<'a> {
    #[serde(rename = "MaCSDL")]
    ma_csdl: &'a str,
}

fn list<'a, T, E>(items: &'a [T], entry: impl Fn(&'a T) -> E) -> Vec<E> {
    items.iter().map(entry).collect()
}

pub(super) fn text<const MAX: usize>(text: Option<&Text<MAX>>) -> &str {
    text.map_or("", Text::as_str)
}

pub(super) fn masked(value: Option<&Masked<String>>) -> &str {
    value.map_or("", |value| value.expose().as_str())
}

fn date(moment: Option<Timestamp>) -> String {
    moment.map(to_portal_text).unwrap_or_default()
}

fn flag(set: bool) -> &'static str {
    if set { "1" } else { "0" }
}

fn owner_kind(kind: OwnerKind) -> &'static str {
    match kind {
        OwnerKind::Citizen => "1",
        OwnerKind::Enterprise => "2",
        OwnerKind::StateAgency => "3",
        OwnerKind::OtherOrganisation => "4",
    }
}

fn return_method(method: ReturnMethod) -> &'static str {
    match method {
        ReturnMethod::Direct => "0",
        ReturnMethod::Postal => "1",
    }
}

#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod tests;
