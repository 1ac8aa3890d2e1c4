//! The names of elements that the domain knows.
//!
//! The list is closed on purpose: an upstream that is broken or hostile can put a
//! citizen's data where a name belongs, so a name that is not listed here is neither
//! kept nor shown.

use std::collections::HashSet;
use std::sync::LazyLock;

/// SOAP 1.1 and 1.2, and what a web server's error page begins with.
const FRAME: &[&str] = &[
    "Envelope",
    "Header",
    "Body",
    "Fault",
    "faultcode",
    "faultstring",
    "faultactor",
    "detail",
    "Code",
    "Reason",
    "Text",
    "Value",
    "Subcode",
    "Node",
    "Role",
    "Detail",
    "html",
    "head",
    "body",
    "title",
];

/// Wrappers and errors of the buses (population.md 8 and 11).
const WRAPPERS: &[&str] = &[
    "error_code",
    "errorCode",
    "message",
    "code",
    "status",
    "type",
];

/// Operations and their answers (population.md 1.2, 2.4, 3 and 5).
const OPERATIONS: &[&str] = &[
    "TraCuuThongTinCongDan",
    "XacThucThongTinCongDan",
    "XacThucThongTinCongDanRequest",
    "XacMinhThongTinNhanThan",
    "XacMinhThongTinNhanThanRequest",
    "CungCapThongTinHoGiaDinh",
    "CungCapThongTinCongDan",
    "CongdanCollection",
    "KetQuaXacThucResponse",
    "KetQuaXacThuc",
    "TonTai",
    "HoGiaDinh",
    "ThanhVien",
];

/// Fields of requests (population.md 2.1 and 3).
const REQUESTS: &[&str] = &[
    "MaYeuCau",
    "MaDVC",
    "MaTichHop",
    "MaDichVu",
    "MaDonVi",
    "MaCanBo",
    "TaiKhoan",
];

/// Fields of answers (population.md 2.4, 4 and 5).
const ANSWERS: &[&str] = &[
    "SoCongDan",
    "GhiChu",
    "ThoiDiemDuLieu",
    "id",
    "SoLuongCongDan",
    "CongDan",
    "SoDinhDanh",
    "SoCMND",
    "HoVaTen",
    "Ho",
    "ChuDem",
    "Ten",
    "GioiTinh",
    "DanToc",
    "MaDanToc",
    "TonGiao",
    "MaTonGiao",
    "TenGoi",
    "TinhTrangHonNhan",
    "NhomMau",
    "NgayThangNamSinh",
    "Nam",
    "NgayThangNam",
    "NoiDangKyKhaiSinh",
    "QueQuan",
    "ThuongTru",
    "NoiOHienTai",
    "MaTinhThanh",
    "MaQuanHuyen",
    "MaPhuongXa",
    "MaDonViHanhChinh",
    "ChiTiet",
    "QuocGia",
    "QuocTich",
    "Cha",
    "Me",
    "VoChong",
    "NguoiDaiDien",
    "ChuHo",
    "QuanHe",
    "SoSoHoKhau",
    "ThuDienTu",
    "SoDienThoai",
    "MaSoThue",
    "LoaiTaiKhoan",
];

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    [FRAME, WRAPPERS, OPERATIONS, REQUESTS, ANSWERS]
        .into_iter()
        .flatten()
        .copied()
        .collect()
});

/// The name from the list that is spelled like this.
pub(super) fn known(name: &str) -> Option<&'static str> {
    KNOWN.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_domain_are_known() {
        assert_eq!(known("SoDinhDanh"), Some("SoDinhDanh"));
        for stranger in ["", "sodinhdanh", "000185000001", "TRẦN", "ns1:SoDinhDanh"] {
            assert_eq!(known(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        let listed = [FRAME, WRAPPERS, OPERATIONS, REQUESTS, ANSWERS];
        let listed: usize = listed.into_iter().map(<[_]>::len).sum();
        assert_eq!(KNOWN.len(), listed);
    }
}
