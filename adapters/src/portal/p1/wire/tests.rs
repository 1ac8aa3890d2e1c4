use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::SubmissionMode;
use serde_json::{Value, json};

use super::{Steps, Submission};
use crate::portal::entry::FieldSet;
use crate::portal::entry::samples::{dossier, step};

fn submission(dossier: &Dossier, mode: SubmissionMode, fields: FieldSet) -> Value {
    serde_json::to_value(Submission::of(dossier, mode, fields)).unwrap()
}

#[test]
fn a_dossier_is_the_published_example() {
    let published = r#"{
        "isUpdating": "False",
        "data": [{
            "MaHoSo": "H22.12-250714-0007", "MaTTHC": "1.004222", "TenTTHC": "Đăng ký thường trú",
            "MaLinhVuc": "G01-CA05", "TenLinhVuc": "Đăng ký, quản lý cư trú",
            "SoBienNhan": "",
            "KenhThucHien": "2", "NoiNopHoSo": "2", "SoGiayToChuHoSo": "000199000001",
            "ChuHoSo": "Lý Thị Thử Nghiệm", "LoaiDoiTuong": "1",
            "MaDoiTuong": "00000000-1111-4222-8333-444444444444",
            "Email": "thu.nghiem@example.com", "Fax": "", "SoDienThoai": "0900000001",
            "TrichYeuHoSo": "Đăng ký thường trú vào chỗ ở hợp pháp", "ThongTinKhac": "",
            "NgayNopHoSo": "20250714081502", "NgayTiepNhan": "20250714093000",
            "NgayHenTra": "20250723170000",
            "TrangThaiHoSo": "2", "NgayTra": "", "ThongTinTra": "", "HinhThuc": "0",
            "NgayKetThucXuLy": "", "NgayTuChoi": "",
            "DonViXuLy": "Trung tâm Phục vụ hành chính công phường Thử", "GhiChu": "",
            "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "1",
            "DuocThanhToanTrucTuyen": "0",
            "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "000199000001"}],
            "DSKetNoiCSDL": [{"MaCSDL": "1"}],
            "TaiLieuNop": [{
                "TepDinhKemId": "", "TenTepDinhKem": "CT01.pdf", "IsDeleted": "False",
                "MaThanhPhanHoSo": "000.00.00.G01-KQ000001",
                "DuongDanTaiTepTin": "https://files.h22.example/f/0d0d",
                "DuocSoHoa": "1", "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": ""
            }],
            "DanhSachLePhi": [], "DanhSachTepDinhKemKhac": [], "DanhSachHoSoBoSung": [],
            "DanhSachGiayToKetQua": []
        }]
    }"#;
    let published: Value = serde_json::from_str(published).unwrap();
    assert_eq!(
        submission(&dossier(), SubmissionMode::Create, FieldSet::P2),
        published
    );
}

#[test]
fn an_update_says_so_in_a_string() {
    let update = submission(&dossier(), SubmissionMode::Update, FieldSet::P2);
    assert_eq!(update["isUpdating"], "True");
}

#[test]
fn steps_are_the_published_example_in_the_order_given() {
    let number = dossier().number;
    let bare = Step {
        handler_title: None,
        department: None,
        started_at: None,
        due_at: None,
        status: PortalStatus::ResultReturned,
        ..step()
    };
    let steps = [step(), bare];
    let published = json!({"data": [
        {
            "MaHoSo": "H22.12-250714-0007", "NguoiXuLy": "Trần Văn Mẫu", "ChucDanh": "Chuyên viên",
            "ThoiDiemXuLy": "20250715101500", "PhongBanXuLy": "Bộ phận chuyên môn",
            "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": "4", "NgayBatDau": "20250714140000",
            "NgayKetThucTheoQuyDinh": "20250718170000",
        },
        {
            "MaHoSo": "H22.12-250714-0007", "NguoiXuLy": "Trần Văn Mẫu", "ChucDanh": "",
            "ThoiDiemXuLy": "20250715101500", "PhongBanXuLy": "",
            "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": "10", "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": "",
        },
    ]});
    assert_eq!(
        serde_json::to_value(Steps::of(&number, &steps)).unwrap(),
        published
    );
}
