//! B4, B5 and B6 (portal.md 9): typed values, and nothing in place of what is not known.
//!
//! The gateway knows a dossier's owner and not who handed it in, so what the submitter is
//! called and under which account is left out rather than taken from the owner. So are
//! `SoLuong` and `LoaiBan` of a component: how many copies there are, and whether the file
//! was made of an original, nobody has told. `IDHoSo` of B5 and `IdHoSo` of B6 are the same
//! thing.
//!
//! Assumptions of this project: `MaDichVuCong` is `MaTTHC`, as in the one sample there is;
//! the dossier's telephone, e-mail and fax stand in `ThongTinChiTiet`, which has the only
//! fields for them.

use std::collections::BTreeMap;

use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{Document, Dossier, OwnerKind, Step};
use lienthong_core::identity::Identity;
use lienthong_core::masked::Masked;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{PortalError, PortalReference};
use lienthong_core::procedure::ResultCode;
use lienthong_core::text::Text;
use serde::Serialize;

use super::files::Uploaded;
use super::moment::{precise, spaced};
use crate::portal::entry::{FeeEntry, FieldSet, ResultEntry};

/// B2.
#[derive(Serialize)]
pub(super) struct NumberFor<'a> {
    pub(super) code: &'a str,
}

/// The question; an assumption of this project.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Question<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_ho_so: Option<&'a str>,
    ma_ho_so: &'a str,
}

impl<'a> Question<'a> {
    pub(super) fn of(reference: &'a PortalReference) -> Self {
        Self {
            id_ho_so: reference.id.as_deref(),
            ma_ho_so: &reference.number,
        }
    }
}

/// B4.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewDossier<'a> {
    ma_ho_so: &'a str,
    #[serde(rename = "MaTTHC")]
    ma_tthc: &'a str,
    /// The same as `MaTTHC` in the one sample there is (portal.md 12.4).
    ma_dich_vu_cong: &'a str,
    chu_ho_so: &'a str,
    loai_doi_tuong: u8,
    ma_don_vi_tiep_nhan: &'a str,
    ngay_nop: String,
    ngay_tiep_nhan: String,
    thanh_phan_ho_so: Vec<Component<'a>>,
    thong_tin_nguoi_nop: Submitter<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Component<'a> {
    ma_thanh_phan_ho_so: &'a str,
    giay_to_dinh_kem: Vec<Paper<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Paper<'a> {
    id_giay_to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ma_ket_qua: Option<&'a str>,
    ten_giay_to: &'a str,
    hash_tep_tin: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Submitter<'a> {
    thong_tin_chi_tiet: SubmitterDetails<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SubmitterDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    so_dien_thoai: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fax: Option<&'a str>,
    ten_chu_hs: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    so_dinh_danh_chu_hs: Option<&'a str>,
}

/// `LoaiDoiTuong` of P4, whose numbering is not that of P1.
///
/// # Errors
/// [`PortalError::FieldNotCarried`] for a kind without a code; hộ kinh doanh, which has
/// one, is no kind of owner that the gateway knows.
pub(super) fn owner_kind(kind: OwnerKind) -> Result<u8, PortalError> {
    match kind {
        OwnerKind::Citizen => Ok(0),
        OwnerKind::Enterprise => Ok(1),
        OwnerKind::StateAgency => Err(no_code("a state agency has no code in this profile")),
        OwnerKind::OtherOrganisation => {
            Err(no_code("another organisation has no code in this profile"))
        }
    }
}

fn no_code(problem: &'static str) -> PortalError {
    PortalError::FieldNotCarried {
        field: "LoaiDoiTuong",
        problem,
    }
}

/// The documents that B4 carries: those that the owner has not taken back.
pub(super) fn handed_in(dossier: &Dossier) -> impl Iterator<Item = &Document> {
    dossier.documents.iter().filter(|it| !it.deleted)
}

impl<'a> NewDossier<'a> {
    /// A dossier under the portal's own number; `files` are those of [`handed_in`].
    pub(super) fn of(
        dossier: &'a Dossier,
        number: &'a str,
        unit: &'a AgencyCode,
        files: &'a [Uploaded],
    ) -> Result<Self, PortalError> {
        let owner = &dossier.owner;
        let kind = owner_kind(owner.kind)?;
        Ok(Self {
            ma_ho_so: number,
            ma_tthc: dossier.procedure.as_str(),
            ma_dich_vu_cong: dossier.procedure.as_str(),
            chu_ho_so: owner.name.as_str(),
            loai_doi_tuong: kind,
            ma_don_vi_tiep_nhan: unit.as_str(),
            ngay_nop: spaced(dossier.dates.submitted),
            ngay_tiep_nhan: spaced(dossier.dates.received),
            thanh_phan_ho_so: components(dossier, files),
            thong_tin_nguoi_nop: Submitter {
                thong_tin_chi_tiet: SubmitterDetails {
                    so_dien_thoai: contact(owner.phone.as_ref()),
                    email: contact(owner.email.as_ref()),
                    fax: contact(owner.fax.as_ref()),
                    ten_chu_hs: owner.name.as_str(),
                    so_dinh_danh_chu_hs: owner.identities.first().map(Identity::expose),
                },
            },
        })
    }
}

/// One entry a component, in the order of their first documents.
fn components<'a>(dossier: &'a Dossier, files: &'a [Uploaded]) -> Vec<Component<'a>> {
    let mut components: Vec<Component<'a>> = Vec::new();
    let mut places = BTreeMap::new();
    for (document, file) in handed_in(dossier).zip(files) {
        let code = document.component.as_str();
        let place = *places.entry(code).or_insert(components.len());
        if place == components.len() {
            components.push(Component {
                ma_thanh_phan_ho_so: code,
                giay_to_dinh_kem: Vec::new(),
            });
        }
        components[place].giay_to_dinh_kem.push(Paper {
            id_giay_to: &file.id_tep_tin,
            ma_ket_qua: document.replaced_by_result.as_ref().map(ResultCode::as_str),
            ten_giay_to: document.name.as_str(),
            hash_tep_tin: &file.hash_tep_tin,
        });
    }
    components
}

fn contact(value: Option<&Masked<String>>) -> Option<&str> {
    value.map(|value| value.expose().as_str())
}

/// One entry of B5.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Progress<'a> {
    #[serde(rename = "IDHoSo", skip_serializing_if = "Option::is_none")]
    id_ho_so: Option<&'a str>,
    ma_ho_so: &'a str,
    nguoi_xu_ly: &'a str,
    thoi_diem_xu_ly: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phong_ban_xu_ly: Option<&'a str>,
    noi_dung_xu_ly: &'a str,
    trang_thai: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    ngay_bat_dau: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ngay_ket_thuc_theo_quy_dinh: Option<String>,
}

impl<'a> Progress<'a> {
    pub(super) fn of(step: &'a Step, reference: &'a PortalReference) -> Self {
        Self {
            id_ho_so: reference.id.as_deref(),
            ma_ho_so: &reference.number,
            nguoi_xu_ly: step.handler_name.as_str(),
            thoi_diem_xu_ly: precise(step.handled_at),
            phong_ban_xu_ly: step.department.as_ref().map(Text::as_str),
            noi_dung_xu_ly: step.content.as_str(),
            trang_thai: step.status.code(),
            ngay_bat_dau: step.started_at.map(precise),
            ngay_ket_thuc_theo_quy_dinh: step.due_at.map(precise),
        }
    }
}

/// One entry of B6. The form of its two lists' entries is not in the manual; that of P2 is
/// an assumption of this project, except that the fees' codes are given there as texts.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StatusChange<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_ho_so: Option<&'a str>,
    ma_ho_so: &'a str,
    trang_thai: u8,
    /// Ghi chú of the dossier, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    noi_dung_y_kien: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    danh_sach_le_phi: Vec<FeeEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    danh_sach_giay_to_ket_qua: Vec<ResultEntry<'a>>,
}

impl<'a> StatusChange<'a> {
    pub(super) fn of(dossier: &'a Dossier, reference: &'a PortalReference) -> Self {
        let lists = carries_lists(dossier.status);
        let fees = dossier.fees.iter().filter(|_| lists);
        let results = dossier.results.iter().filter(|_| lists);
        Self {
            id_ho_so: reference.id.as_deref(),
            ma_ho_so: &reference.number,
            trang_thai: dossier.status.code(),
            noi_dung_y_kien: dossier.note.as_ref().map(Text::as_str),
            danh_sach_le_phi: fees.map(FeeEntry::of).collect(),
            danh_sach_giay_to_ket_qua: results
                .map(|paper| ResultEntry::of(paper, FieldSet::P2))
                .collect(),
        }
    }
}

/// Whether B6 carries fees and results with this status: 5, 6 and 9 (portal.md 9).
fn carries_lists(status: PortalStatus) -> bool {
    match status {
        PortalStatus::SupplementRequired
        | PortalStatus::PaymentRequired
        | PortalStatus::Processed => true,
        PortalStatus::Registered
        | PortalStatus::Received
        | PortalStatus::NotReceived
        | PortalStatus::Processing
        | PortalStatus::Withdrawn
        | PortalStatus::Stopped
        | PortalStatus::ResultReturned => false,
    }
}

/// Checks that the results of a dossier that is new to the portal can come to it. With 5, 6
/// and 9 they go at once, and from 1, 2 and 4 one of these follows; the other statuses are
/// the last of a dossier.
///
/// # Errors
/// [`PortalError::FieldNotCarried`] when they never would.
pub(super) fn results_find_room(dossier: &Dossier) -> Result<(), PortalError> {
    let last = match dossier.status {
        PortalStatus::NotReceived
        | PortalStatus::Withdrawn
        | PortalStatus::Stopped
        | PortalStatus::ResultReturned => true,
        PortalStatus::Registered
        | PortalStatus::Received
        | PortalStatus::Processing
        | PortalStatus::SupplementRequired
        | PortalStatus::PaymentRequired
        | PortalStatus::Processed => false,
    };
    if last && !dossier.results.is_empty() {
        return Err(PortalError::FieldNotCarried {
            field: RESULTS,
            problem: "this profile takes results with status 5, 6 or 9, and the dossier has none of them",
        });
    }
    Ok(())
}

const RESULTS: &str = "DanhSachGiayToKetQua";

/// What a dossier holds and its creation does not carry, of what a reconciliation compares
/// and an indicator counts.
pub(super) fn left_out_of_create(dossier: &Dossier) -> Vec<&'static str> {
    let dates = &dossier.dates;
    let lists = carries_lists(dossier.status);
    [
        ("NgayHenTra", dates.due.is_some()),
        ("NgayKetThucXuLy", dates.finished.is_some()),
        ("NgayTra", dates.returned.is_some()),
        ("NgayTuChoi", dates.refused.is_some()),
        (
            "DanhSachTepDinhKemKhac",
            !dossier.other_attachments.is_empty(),
        ),
        ("DanhSachLePhi", !lists && !dossier.fees.is_empty()),
        (RESULTS, !lists && !dossier.results.is_empty()),
    ]
    .into_iter()
    .filter_map(|(name, is_left_out)| is_left_out.then_some(name))
    .collect()
}

/// What a dossier holds and a change of its status does not carry: what went with its
/// creation, as it was then, and what never goes.
pub(super) fn left_out_of_update(dossier: &Dossier) -> Vec<&'static str> {
    let papers = (!dossier.documents.is_empty()).then_some("TaiLieuNop");
    ["MaTTHC", "ChuHoSo", "NgayTiepNhan"]
        .into_iter()
        .chain(papers)
        .chain(left_out_of_create(dossier))
        .collect()
}

#[cfg(test)]
mod tests;
