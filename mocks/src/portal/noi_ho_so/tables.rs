//! The tables of portal.md 9: the fields of B4, B5 and B6 with their types.
//!
//! What a reader would get wrong: there are three date forms and two spellings of one key (`IDHoSo`
//! and `IdHoSo`) in one interface. Which fields must be filled is not documented; only what a
//! dossier cannot be without is demanded here.

use serde_json::Value;

use super::super::field::{
    self, Field, FieldProblem, Fields, Form, Rules, always, check, optional,
};
use super::super::grammar;

const SPACED: Form = Form::Grammar(grammar::spaced_moment);
const COMPACT: Form = Form::Grammar(grammar::moment);
const ISO: Form = Form::Grammar(grammar::iso_moment);
const COMPONENT_CODE: Form = Form::Grammar(grammar::component_code);
const RESULT_CODE: Form = Form::Grammar(grammar::result_code);
/// 0 công dân, 1 doanh nghiệp, 2 hộ kinh doanh: not the numbers of P1.
const KIND: Form = Form::Code(&[0, 1, 2]);
const STATUS: Form = Form::Code(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

/// The lists of B6 that go with some statuses only.
pub(super) const LISTS: &[&str] = &["DanhSachLePhi", "DanhSachGiayToKetQua"];

/// B4 `NoiHoSo`.
pub(super) const DOSSIER: &[Field] = &[
    always("MaHoSo", Form::Text),
    always("MaTTHC", Form::Grammar(grammar::procedure_code)),
    optional("MaDichVuCong", Form::Grammar(grammar::service_code)),
    always("ChuHoSo", Form::Text),
    always("LoaiDoiTuong", KIND),
    always("MaDonViTiepNhan", Form::Grammar(grammar::agency_code)),
    always("NgayNop", SPACED),
    always("NgayTiepNhan", SPACED),
    optional("EformThongTinChiTiet", Form::LooseObject),
    optional("ThanhPhanHoSo", Form::List(COMPONENT)),
    optional("ThongTinNguoiNop", Form::Object(SUBMITTER)),
];

/// Thành phần hồ sơ.
const COMPONENT: &[Field] = &[
    always("MaThanhPhanHoSo", COMPONENT_CODE),
    optional("TenThanhPhanHoSo", Form::Text),
    optional("SoLuong", Form::Count),
    optional("LoaiBan", Form::Code(&[0, 1, 2])),
    optional("GiayToDinhKem", Form::List(PAPER)),
];

/// Giấy tờ đính kèm.
const PAPER: &[Field] = &[
    always("IdGiayTo", Form::Text),
    optional("MaKetQua", RESULT_CODE),
    optional("TenGiayTo", Form::Text),
    always("HashTepTin", Form::Text),
];

/// Thông tin người nộp.
const SUBMITTER: &[Field] = &[
    optional("LoaiDoiTuong", KIND),
    optional("IdDoiTuong", Form::Grammar(grammar::tech_id)),
    optional("ThongTinChiTiet", Form::Object(SUBMITTER_DETAILS)),
];

const SUBMITTER_DETAILS: &[Field] = &[
    optional("TenNguoiNop", Form::Text),
    optional("SoDinhDanh", Form::Text),
    optional("NgayCapDinhDanh", COMPACT),
    optional("NgaySinh", COMPACT),
    optional("SoDienThoai", Form::Text),
    optional("Email", Form::Text),
    optional("Fax", Form::Text),
    optional("MaTinh", Form::Text),
    optional("MaHuyen", Form::Text),
    optional("MaXa", Form::Text),
    optional("DiaChiChiTiet", Form::Text),
    optional("TenChuHs", Form::Text),
    optional("SoDinhDanhChuHs", Form::Text),
    optional("MaTinhChuHs", Form::Text),
    optional("MaXaChuHs", Form::Text),
    optional("DiaChiChiTietChuHs", Form::Text),
];

/// B5, one step.
pub(super) const PROGRESS: &[Field] = &[
    optional("IDHoSo", Form::Text),
    always("MaHoSo", Form::Text),
    always("NguoiXuLy", Form::AtMost(50)),
    always("ThoiDiemXuLy", ISO),
    optional("PhongBanXuLy", Form::Text),
    always("NoiDungXuLy", Form::Text),
    always("TrangThai", STATUS),
    optional("NgayBatDau", ISO),
    optional("NgayKetThucTheoQuyDinh", ISO),
];

/// B6, one change of status.
pub(super) const STATUS_CHANGE: &[Field] = &[
    optional("IdHoSo", Form::Text),
    always("MaHoSo", Form::Text),
    always("TrangThai", STATUS),
    optional("NoiDungYKien", Form::Text),
    optional("PhongBanXuLy", Form::Text),
    optional("NoiDungXuLy", Form::Text),
    optional("DanhSachLePhi", Form::List(FEE)),
    optional("DanhSachGiayToKetQua", Form::List(RESULT)),
];

/// Lệ phí. The types are not documented; `HinhThucThu` has the codes of portal.md 5.3.
const FEE: &[Field] = &[
    optional("TenPhiLePhi", Form::Text),
    optional("MaPhiLePhi", Form::Text),
    optional("HinhThucThu", Form::Amount),
    optional("Gia", Form::Amount),
    optional("LoaiPhiLePhi", Form::Amount),
];

/// Giấy tờ kết quả. Its fields are not documented: those of P1 (portal.md 5.5) and those of an
/// attached paper are taken.
const RESULT: &[Field] = &[
    optional("TenGiayTo", Form::Text),
    optional("MaThanhPhanHoSo", COMPONENT_CODE),
    optional("GiayToId", Form::Text),
    optional("DuongDanTepTinKetQua", Form::Grammar(grammar::web_address)),
    optional("MaGiayToKetQua", Form::Text),
    optional("IdGiayTo", Form::Text),
    optional("MaKetQua", RESULT_CODE),
    optional("HashTepTin", Form::Text),
];

/// The fields that must be filled and are not.
pub(super) fn missing(value: &Value, table: &[Field]) -> Vec<&'static str> {
    field::missing(value, table)
}

/// Checks B4.
pub(super) fn dossier(value: &Value) -> Result<Fields, FieldProblem> {
    check(value, "hồ sơ", DOSSIER, Rules::P4)
}

/// Checks one step of B5.
pub(super) fn progress(value: &Value) -> Result<Fields, FieldProblem> {
    check(value, "bước xử lý", PROGRESS, Rules::P4)
}

/// Checks one change of B6.
pub(super) fn status_change(value: &Value) -> Result<Fields, FieldProblem> {
    check(value, "thay đổi trạng thái", STATUS_CHANGE, Rules::P4)
}
