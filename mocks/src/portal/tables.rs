//! The tables of portal.md 5 and 6: which fields a dossier and a step have, and what is checked.
//!
//! What a reader would get wrong: the limits of length are the clients' own cuts, taken for the
//! server's limits (portal.md 21); the real ones are unknown.

use serde_json::Value;

use super::field::{Field, FieldProblem, Fields, Form, Rules, always, check, in_p2, optional};
use super::grammar;
use crate::config::PortalGeneration;

const DATE: Form = Form::Grammar(grammar::moment);
const NUMBER: Form = Form::Grammar(grammar::dossier_number);
const YES_NO: Form = Form::OneOf(&["0", "1"]);
const TRUE_FALSE: Form = Form::OneOf(&["True", "False"]);
/// 0 and 11 are sent by some systems and are invalid (portal.md 8).
const STATUS: Form = Form::OneOf(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);

/// `DongBoHoSoMC`, one dossier (portal.md 5.1).
const DOSSIER: &[Field] = &[
    always("MaHoSo", NUMBER),
    always("MaTTHC", Form::Grammar(grammar::procedure_code)),
    always("TenTTHC", Form::Text),
    always("MaLinhVuc", Form::Grammar(grammar::field_code)),
    always("TenLinhVuc", Form::Text),
    optional("SoBienNhan", Form::Text),
    in_p2("KenhThucHien", Form::OneOf(&["1", "2", "3"])),
    optional("SoGiayToChuHoSo", Form::Text),
    optional("ChuHoSo", Form::Text),
    always("LoaiDoiTuong", Form::OneOf(&["1", "2", "3", "4"])),
    optional("MaDoiTuong", Form::Grammar(grammar::tech_id)),
    optional("ThongTinKhac", Form::Text),
    optional("Email", Form::Text),
    optional("Fax", Form::Text),
    optional("SoDienThoai", Form::Text),
    always("TrichYeuHoSo", Form::AtMost(1000)),
    always("NgayTiepNhan", DATE),
    optional("NgayHenTra", DATE),
    always("TrangThaiHoSo", STATUS),
    optional("NgayTra", DATE),
    optional("ThongTinTra", Form::Text),
    always("HinhThuc", YES_NO),
    optional("NgayKetThucXuLy", DATE),
    always("DonViXuLy", Form::Text),
    optional("GhiChu", Form::AtMost(2000)),
    in_p2("NoiNopHoSo", Form::OneOf(&["1", "2"])),
    in_p2("HoSoCoThanhPhanSoHoa", YES_NO),
    in_p2("TaiKhoanDuocXacThucVoiVNeID", YES_NO),
    in_p2("DuocThanhToanTrucTuyen", Form::OneOf(&["0", "1", "2"])),
    optional("NgayTuChoi", DATE),
    in_p2("NgayNopHoSo", DATE),
    in_p2("DinhDanhCHS", Form::List(OWNER_IDENTITY)),
    optional("DSKetNoiCSDL", Form::List(&[always("MaCSDL", Form::Text)])),
    optional("TaiLieuNop", Form::List(DOCUMENT)),
    optional("DanhSachLePhi", Form::List(FEE)),
    optional("DanhSachTepDinhKemKhac", Form::List(OTHER_FILE)),
    optional("DanhSachHoSoBoSung", Form::List(SUPPLEMENT)),
    optional("DanhSachGiayToKetQua", Form::List(RESULT)),
];

/// Định danh chủ hồ sơ. The type for enterprises is not public; only 1 and 2 are accepted.
const OWNER_IDENTITY: &[Field] = &[
    always("LoaiDinhDanh", Form::OneOf(&["1", "2"])),
    always("SoDinhDanh", Form::Text),
];

/// Tài liệu nộp (portal.md 5.2).
const DOCUMENT: &[Field] = &[
    optional("TepDinhKemId", Form::Text),
    always("TenTepDinhKem", Form::AtMost(4000)),
    optional("IsDeleted", TRUE_FALSE),
    always("MaThanhPhanHoSo", Form::Grammar(grammar::component_code)),
    always("DuongDanTaiTepTin", Form::Grammar(grammar::web_address)),
    optional("DuocSoHoa", YES_NO),
    optional("DuocTaiSuDung", Form::OneOf(&["0", "1", "2"])),
    optional("DuocLayTuKhoDMQG", YES_NO),
    optional("MaKetQuaThayThe", Form::Text),
];

/// Lệ phí (portal.md 5.3).
const FEE: &[Field] = &[
    optional("TenPhiLePhi", Form::Text),
    optional("MaPhiLePhi", Form::Text),
    optional("HinhThucThu", Form::Text),
    optional("Gia", Form::Grammar(grammar::amount)),
    optional("LoaiPhiLePhi", Form::Text),
];

/// Tệp đính kèm khác.
const OTHER_FILE: &[Field] = &[
    optional("TenGiayTo", Form::AtMost(2000)),
    optional("SoLuong", Form::Grammar(grammar::amount)),
    optional("LoaiGiayTo", Form::Text),
];

/// Hồ sơ bổ sung (portal.md 5.4). The format of its dates is unproven and not checked.
const SUPPLEMENT: &[Field] = &[
    optional("HoSoBoSungId", Form::Text),
    optional("NguoiYeuCauBoSung", Form::Text),
    optional("NoiDungBoSung", Form::Text),
    optional("NgayBoSung", Form::Text),
    optional("NguoiTiepNhanBoSung", Form::Text),
    optional("ThongTinTiepNhan", Form::Text),
    optional("NgayTiepNhanBoSung", Form::Text),
    optional("TrangThaiBoSung", Form::Text),
    optional("DanhSachGiayToBoSung", Form::LooseList),
    optional("DanhSachLePhiBoSung", Form::LooseList),
    optional("NgayHenTraTruoc", Form::Text),
    optional("NgayHenTraMoi", Form::Text),
];

/// Giấy tờ kết quả (portal.md 5.5).
const RESULT: &[Field] = &[
    optional("TenGiayTo", Form::AtMost(2000)),
    optional("MaThanhPhanHoSo", Form::Grammar(grammar::component_code)),
    optional("GiayToId", Form::Text),
    optional("DuongDanTepTinKetQua", Form::Grammar(grammar::web_address)),
    optional("MaGiayToKetQua", Form::Text),
];

/// `CapNhatTienDoHoSoMC`, one step (portal.md 6).
const STEP: &[Field] = &[
    always("MaHoSo", NUMBER),
    always("NguoiXuLy", Form::AtMost(50)),
    optional("ChucDanh", Form::Text),
    always("ThoiDiemXuLy", DATE),
    optional("PhongBanXuLy", Form::Text),
    always("NoiDungXuLy", Form::Text),
    always("TrangThai", STATUS),
    optional("NgayBatDau", DATE),
    optional("NgayKetThucTheoQuyDinh", DATE),
];

/// Checks one dossier of `DongBoHoSoMC`.
pub(super) fn dossier(value: &Value, generation: PortalGeneration) -> Result<Fields, FieldProblem> {
    let fields = check(value, "hồ sơ", DOSSIER, generation.into())?;
    let identities = fields.get("DinhDanhCHS").and_then(Value::as_array);
    if identities.is_some_and(|all| !all.iter().all(identity_fits)) {
        return Err(FieldProblem::WrongForm("SoDinhDanh"));
    }
    Ok(fields)
}

/// Checks one step of `CapNhatTienDoHoSoMC`.
pub(super) fn step(value: &Value) -> Result<Fields, FieldProblem> {
    check(value, "bước xử lý", STEP, Rules::P2)
}

/// Type 1 has 12 digits, type 2 has 9 (portal.md 5.1).
fn identity_fits(identity: &Value) -> bool {
    let text = |name| {
        identity
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let number = text("SoDinhDanh");
    let length = if text("LoaiDinhDanh") == "1" { 12 } else { 9 };
    number.len() == length && number.bytes().all(|byte| byte.is_ascii_digit())
}
