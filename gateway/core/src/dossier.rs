//! A dossier (hồ sơ thủ tục hành chính) in the gateway's own, neutral form.
//!
//! Profiles turn it into their wire form. Every value is checked when it is made,
//! and nothing is ever added to please a remote check: an identity, a step or a
//! result that the province did not give does not exist (portal.md, part D 9–13).

pub mod event;
#[cfg(test)]
pub(crate) mod samples;

use jiff::Timestamp;

use crate::agency::AgencyCode;
use crate::dossier_number::DossierNumber;
use crate::identity::Identity;
use crate::masked::Masked;
use crate::portal_status::PortalStatus;
use crate::procedure::{ComponentCode, FieldCode, ProcedureCode, ResultCode};
use crate::text::Text;

/// Full state of a dossier at one moment (portal.md 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Mã hồ sơ (`MaHoSo`).
    pub number: DossierNumber,
    /// Mã thủ tục hành chính (`MaTTHC`).
    pub procedure: ProcedureCode,
    /// Tên thủ tục hành chính (`TenTTHC`).
    pub procedure_name: Text<1000>,
    /// Mã lĩnh vực (`MaLinhVuc`).
    pub field: FieldCode,
    /// Tên lĩnh vực (`TenLinhVuc`).
    pub field_name: Text<500>,
    /// Số biên nhận (`SoBienNhan`).
    pub receipt_number: Option<Text<50>>,
    /// Kênh thực hiện (`KenhThucHien`).
    pub channel: Channel,
    /// Chủ hồ sơ.
    pub owner: Owner,
    /// Trích yếu hồ sơ (`TrichYeuHoSo`).
    pub summary: Text<1000>,
    /// Ghi chú (`GhiChu`).
    pub note: Option<Text<2000>>,
    /// Thông tin khác (`ThongTinKhac`).
    pub other_information: Option<Text<2000>>,
    /// The dossier's dates.
    pub dates: DossierDates,
    /// Trạng thái hồ sơ (`TrangThaiHoSo`).
    pub status: PortalStatus,
    /// Hình thức trả kết quả (`HinhThuc`).
    pub return_method: ReturnMethod,
    /// Thông tin trả (`ThongTinTra`).
    pub return_information: Option<Text<1000>>,
    /// Đơn vị tiếp nhận, where it differs from the agency in the dossier number.
    pub receiving_unit: Option<AgencyCode>,
    /// Đơn vị xử lý, its name (`DonViXuLy`).
    pub processing_unit_name: Text<500>,
    /// Nơi nộp hồ sơ (`NoiNopHoSo`).
    pub submitted_at_place: SubmissionPlace,
    /// Hồ sơ có thành phần số hóa (`HoSoCoThanhPhanSoHoa`).
    pub has_digitised_components: bool,
    /// Tài khoản được xác thực với VNeID (`TaiKhoanDuocXacThucVoiVNeID`).
    pub vneid_verified_account: bool,
    /// Được thanh toán trực tuyến (`DuocThanhToanTrucTuyen`).
    pub online_payment: OnlinePayment,
    /// Codes of the databases that were used (`DSKetNoiCSDL[].MaCSDL`).
    pub connected_databases: Vec<Text<20>>,
    /// Tài liệu nộp (`TaiLieuNop`).
    pub documents: Vec<Document>,
    /// Danh sách lệ phí (`DanhSachLePhi`).
    pub fees: Vec<Fee>,
    /// Tệp đính kèm khác (`DanhSachTepDinhKemKhac`).
    pub other_attachments: Vec<OtherAttachment>,
    /// Giấy tờ kết quả (`DanhSachGiayToKetQua`).
    pub results: Vec<ResultPaper>,
}

/// Dates of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierDates {
    /// Ngày nộp hồ sơ (`NgayNopHoSo`).
    pub submitted: Timestamp,
    /// Ngày tiếp nhận (`NgayTiepNhan`).
    pub received: Timestamp,
    /// Ngày hẹn trả (`NgayHenTra`).
    pub due: Option<Timestamp>,
    /// Ngày kết thúc xử lý (`NgayKetThucXuLy`).
    pub finished: Option<Timestamp>,
    /// Ngày trả (`NgayTra`).
    pub returned: Option<Timestamp>,
    /// Ngày từ chối (`NgayTuChoi`).
    pub refused: Option<Timestamp>,
}

/// How the dossier came in (portal.md 5.1, `KenhThucHien`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Trực tiếp.
    Direct,
    /// Trực tuyến.
    Online,
    /// Bưu chính công ích.
    Postal,
}

/// How the result is returned (`HinhThuc`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnMethod {
    /// Trực tiếp.
    Direct,
    /// Bưu chính.
    Postal,
}

/// Where the dossier was handed in (`NoiNopHoSo`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubmissionPlace {
    /// On the national portal; that the code 1 means this is inferred.
    NationalPortal,
    /// In the system of the ministry or province.
    LocalSystem,
}

/// Online payment (`DuocThanhToanTrucTuyen`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnlinePayment {
    /// Nothing was paid online.
    None,
    /// Paid on the national portal.
    NationalPortal,
    /// Paid through the gateway of the ministry or province.
    LocalGateway,
}

/// Chủ hồ sơ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Loại đối tượng (`LoaiDoiTuong`).
    pub kind: OwnerKind,
    /// Tên chủ hồ sơ (`ChuHoSo`), as the province wrote it.
    pub name: Text<500>,
    /// Định danh chủ hồ sơ (`DinhDanhCHS`), at least one.
    pub identities: Vec<Identity>,
    /// Mã đối tượng, the portal account's `TechID` (`MaDoiTuong`).
    pub tech_id: Option<Text<36>>,
    /// Thư điện tử (`Email`).
    pub email: Option<Masked<String>>,
    /// `Fax`.
    pub fax: Option<Masked<String>>,
    /// Số điện thoại (`SoDienThoai`).
    pub phone: Option<Masked<String>>,
}

/// Kind of owner (`LoaiDoiTuong`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerKind {
    /// Công dân.
    Citizen,
    /// Doanh nghiệp.
    Enterprise,
    /// Cơ quan nhà nước; seen in one system only.
    StateAgency,
    /// Tổ chức khác; seen in one system only.
    OtherOrganisation,
}

/// One submitted document (portal.md 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `TepDinhKemId`.
    pub id: Option<Text<100>>,
    /// Tên tệp đính kèm (`TenTepDinhKem`).
    pub name: Text<4000>,
    /// Whether the owner took the document back (`IsDeleted`).
    pub deleted: bool,
    /// Mã thành phần hồ sơ (`MaThanhPhanHoSo`).
    pub component: ComponentCode,
    /// Where the portal fetches the file (`DuongDanTaiTepTin`).
    pub url: FileUrl,
    /// Được số hóa (`DuocSoHoa`).
    pub digitised: bool,
    /// Được tái sử dụng (`DuocTaiSuDung`).
    pub reuse: Reuse,
    /// Được lấy từ kho DMQG (`DuocLayTuKhoDMQG`).
    pub from_national_store: bool,
    /// Mã kết quả thay thế (`MaKetQuaThayThe`).
    pub replaced_by_result: Option<ResultCode>,
}

/// Whether a document was used again (`DuocTaiSuDung`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reuse {
    /// No.
    None,
    /// A component of an earlier dossier.
    Component,
    /// The result of an earlier dossier.
    Result,
}

/// One fee (portal.md 5.3). Only what was really levied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Tên phí, lệ phí (`TenPhiLePhi`).
    pub name: Text<500>,
    /// Mã phí, lệ phí (`MaPhiLePhi`).
    pub code: Text<50>,
    /// Hình thức thu (`HinhThucThu`).
    pub collected: FeeCollection,
    /// Giá (`Gia`), in đồng.
    pub amount: u64,
    /// Loại phí, lệ phí (`LoaiPhiLePhi`); a code, passed through.
    pub kind: Text<10>,
}

/// When a fee is collected (`HinhThucThu`, P4 manual).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeeCollection {
    /// Thu khi tiếp nhận hồ sơ.
    AtIntake,
    /// Thu khi bổ sung.
    AtSupplement,
    /// Thu khi trả kết quả.
    AtReturn,
}

/// An attachment that is no component (`DanhSachTepDinhKemKhac`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherAttachment {
    /// Tên giấy tờ (`TenGiayTo`).
    pub name: Text<2000>,
    /// Số lượng (`SoLuong`).
    pub quantity: u32,
    /// Loại giấy tờ (`LoaiGiayTo`); a code, passed through.
    pub kind: Text<10>,
}

/// A result paper (portal.md 5.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultPaper {
    /// Tên giấy tờ (`TenGiayTo`).
    pub name: Text<2000>,
    /// Mã thành phần hồ sơ (`MaThanhPhanHoSo`).
    pub component: Option<ComponentCode>,
    /// `GiayToId`.
    pub id: Option<Text<100>>,
    /// Mã giấy tờ kết quả (`MaGiayToKetQua`).
    pub result: Option<ResultCode>,
    /// Where the portal fetches the file (`DuongDanTepTinKetQua`).
    pub url: Option<FileUrl>,
}

/// An `http` or `https` address of at most 2,000 characters that the portal
/// fetches a file from. It may carry a secret, so `Debug` hides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUrl(Masked<String>);

impl FileUrl {
    /// Takes `text` when it is an absolute address with a host and without white
    /// space.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let fits = text.chars().count() <= 2000
            && !host.is_empty()
            && !host.starts_with(':')
            && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        fits.then(|| Self(Masked::new(text.to_owned())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

/// One processing step (tiến độ xử lý, portal.md 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Người xử lý (`NguoiXuLy`).
    pub handler_name: Text<50>,
    /// Chức danh (`ChucDanh`).
    pub handler_title: Option<Text<200>>,
    /// Thời điểm xử lý (`ThoiDiemXuLy`).
    pub handled_at: Timestamp,
    /// Phòng ban xử lý (`PhongBanXuLy`).
    pub department: Option<Text<500>>,
    /// Nội dung xử lý (`NoiDungXuLy`).
    pub content: Text<2000>,
    /// Trạng thái (`TrangThai`).
    pub status: PortalStatus,
    /// Ngày bắt đầu (`NgayBatDau`).
    pub started_at: Option<Timestamp>,
    /// Ngày kết thúc theo quy định (`NgayKetThucTheoQuyDinh`).
    pub due_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
