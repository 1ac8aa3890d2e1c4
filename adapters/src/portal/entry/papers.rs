//! Documents, fees, attachments and results of a dossier (portal.md 5.2 to 5.5).

use lienthong_core::dossier::{Document, Fee, FeeCollection, OtherAttachment, ResultPaper, Reuse};
use serde::Serialize;

use super::{FieldSet, flag, text};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DocumentEntry<'a> {
    tep_dinh_kem_id: &'a str,
    ten_tep_dinh_kem: &'a str,
    is_deleted: &'static str,
    ma_thanh_phan_ho_so: &'a str,
    duong_dan_tai_tep_tin: &'a str,
    #[serde(flatten)]
    second_generation: Option<DocumentEntryP2<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DocumentEntryP2<'a> {
    duoc_so_hoa: &'static str,
    duoc_tai_su_dung: &'static str,
    #[serde(rename = "DuocLayTuKhoDMQG")]
    duoc_lay_tu_kho_dmqg: &'static str,
    ma_ket_qua_thay_the: &'a str,
}

impl<'a> DocumentEntry<'a> {
    pub(super) fn of(document: &'a Document, fields: FieldSet) -> Self {
        let second_generation = || DocumentEntryP2 {
            duoc_so_hoa: flag(document.digitised),
            duoc_tai_su_dung: match document.reuse {
                Reuse::None => "0",
                Reuse::Component => "1",
                Reuse::Result => "2",
            },
            duoc_lay_tu_kho_dmqg: flag(document.from_national_store),
            ma_ket_qua_thay_the: document
                .replaced_by_result
                .as_ref()
                .map_or("", |it| it.as_str()),
        };
        Self {
            tep_dinh_kem_id: text(document.id.as_ref()),
            ten_tep_dinh_kem: document.name.as_str(),
            is_deleted: if document.deleted { "True" } else { "False" },
            ma_thanh_phan_ho_so: document.component.as_str(),
            duong_dan_tai_tep_tin: document.url.as_str(),
            second_generation: match fields {
                FieldSet::P1 => None,
                FieldSet::P2 => Some(second_generation()),
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::portal) struct FeeEntry<'a> {
    ten_phi_le_phi: &'a str,
    ma_phi_le_phi: &'a str,
    hinh_thuc_thu: &'static str,
    gia: String,
    loai_phi_le_phi: &'a str,
}

impl<'a> FeeEntry<'a> {
    pub(in crate::portal) fn of(fee: &'a Fee) -> Self {
        Self {
            ten_phi_le_phi: fee.name.as_str(),
            ma_phi_le_phi: fee.code.as_str(),
            hinh_thuc_thu: match fee.collected {
                FeeCollection::AtIntake => "1",
                FeeCollection::AtSupplement => "2",
                FeeCollection::AtReturn => "4",
            },
            gia: fee.amount.to_string(),
            loai_phi_le_phi: fee.kind.as_str(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachmentEntry<'a> {
    ten_giay_to: &'a str,
    so_luong: String,
    loai_giay_to: &'a str,
}

impl<'a> AttachmentEntry<'a> {
    pub(super) fn of(attachment: &'a OtherAttachment) -> Self {
        Self {
            ten_giay_to: attachment.name.as_str(),
            so_luong: attachment.quantity.to_string(),
            loai_giay_to: attachment.kind.as_str(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::portal) struct ResultEntry<'a> {
    ten_giay_to: &'a str,
    ma_thanh_phan_ho_so: &'a str,
    giay_to_id: &'a str,
    duong_dan_tep_tin_ket_qua: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ma_giay_to_ket_qua: Option<&'a str>,
}

impl<'a> ResultEntry<'a> {
    pub(in crate::portal) fn of(paper: &'a ResultPaper, fields: FieldSet) -> Self {
        Self {
            ten_giay_to: paper.name.as_str(),
            ma_thanh_phan_ho_so: paper.component.as_ref().map_or("", |it| it.as_str()),
            giay_to_id: text(paper.id.as_ref()),
            duong_dan_tep_tin_ket_qua: paper.url.as_ref().map_or("", |it| it.as_str()),
            ma_giay_to_ket_qua: match fields {
                FieldSet::P1 => None,
                FieldSet::P2 => Some(paper.result.as_ref().map_or("", |it| it.as_str())),
            },
        }
    }
}
