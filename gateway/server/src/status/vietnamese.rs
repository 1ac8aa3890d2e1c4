//! Failures about the essential services and the procedure catalogue in Vietnamese, as the
//! `google.rpc.LocalizedMessage` of a call.
//!
//! What a reader would get wrong: programs branch on the reason and never on this text. It is
//! there for the official who reads what a system shows him.

use lienthong_core::ports::catalogue::CatalogueStoreError;
use lienthong_core::ports::evidence::EvidenceError;
use lienthong_core::ports::observations::ObservationError;

use super::{CatalogueFailure, EssentialFailure};
use crate::essential::Role;

/// The language of these texts.
pub(super) const LOCALE: &str = "vi";

/// A failure about the essential services.
pub(super) fn of_essential(failure: &EssentialFailure) -> String {
    let text = match failure {
        EssentialFailure::RoleNotPermitted(role) => of_role(*role),
        EssentialFailure::Observations(ObservationError::Unavailable { .. }) => {
            "hiện không đọc được số liệu quan sát của cổng kết nối"
        }
        EssentialFailure::Evidence(EvidenceError::Unavailable { .. }) => {
            "hiện không dùng được sổ minh chứng của cổng kết nối"
        }
        EssentialFailure::Evidence(EvidenceError::OtherContent) => {
            "mã sự kiện này đã dùng cho minh chứng có nội dung khác"
        }
        EssentialFailure::Evidence(EvidenceError::NotThere { id }) => {
            return format!("sổ minh chứng không có {id}");
        }
        EssentialFailure::ArchiveUnavailable { .. } => {
            "hiện không dùng được kho lưu báo cáo của cổng kết nối"
        }
        EssentialFailure::ArchiveCorrupt { .. } => "kho lưu báo cáo có nội dung không đọc lại được",
        EssentialFailure::TooSlow => {
            "chưa xem hết hồ sơ trong thời gian cho phép; hãy chọn kỳ ngắn hơn"
        }
        EssentialFailure::Busy => "số lượt kiểm tra đang chạy đã đủ; hãy thử lại sau",
        EssentialFailure::Incomplete => {
            "chưa đọc hết hồ sơ và lượt tra cứu đã ghi nhận nên không lưu báo cáo; hãy thử lại sau"
        }
        EssentialFailure::NothingSeen => {
            "cổng kết nối không ghi nhận hồ sơ nào của kỳ và đơn vị này nên không lưu báo cáo"
        }
        EssentialFailure::ReportNotFound => "không có bản lưu này",
        EssentialFailure::ReportContentGone => {
            "nội dung bản lưu này không còn, chỉ còn số, kỳ và mã băm"
        }
        EssentialFailure::ReportTooLarge => {
            "báo cáo có nhiều dòng hơn mức tệp này chứa được; hãy chọn ít ngày hơn hoặc một đơn vị"
        }
        EssentialFailure::ReportBroken { .. } => "không lập được tệp báo cáo",
        EssentialFailure::ReportEventReused => {
            "mã sự kiện này đã dùng cho một quyết định khác về báo cáo"
        }
        EssentialFailure::ReportState { why } => why.vi,
    };
    text.to_owned()
}

fn of_role(role: Role) -> &'static str {
    match role {
        Role::Import => "hệ thống này không được ghi minh chứng",
        Role::Approve => "hệ thống này không được duyệt hay thu hồi báo cáo",
        Role::Publish => "hệ thống này không được ghi việc công khai báo cáo",
        Role::Rebuild => "hệ thống này không được yêu cầu tổng hợp lại số liệu quan sát",
    }
}

/// A failure about the procedure catalogue.
pub(super) fn of_catalogue(failure: &CatalogueFailure) -> String {
    let text = match failure {
        CatalogueFailure::NotConfigured => "cổng kết nối này không lưu danh mục thủ tục",
        CatalogueFailure::NotFetched => "chưa lấy được danh mục thủ tục lần nào",
        CatalogueFailure::ProcedureNotFound => "danh mục thủ tục không có thủ tục này",
        CatalogueFailure::Running => "đang lấy danh mục thủ tục; hãy đợi lượt đó xong",
        CatalogueFailure::SourceFailed { .. } => {
            "không lấy được danh mục thủ tục từ Cổng DVCQG; danh mục đang lưu được giữ nguyên"
        }
        CatalogueFailure::Shrunk(loss) => {
            return format!(
                "danh mục mới mất {} trên {} thủ tục nên không được nhận; danh mục đang lưu được \
                 giữ nguyên",
                loss.lost, loss.held
            );
        }
        CatalogueFailure::Empty => {
            "danh mục mới không có thủ tục nào nên không được nhận; danh mục đang lưu được giữ nguyên"
        }
        CatalogueFailure::Store(CatalogueStoreError::Unavailable { .. }) => {
            "hiện không dùng được kho danh mục thủ tục của cổng kết nối"
        }
        CatalogueFailure::Store(CatalogueStoreError::Corrupt { .. }) => {
            "kho danh mục thủ tục có nội dung không đọc lại được"
        }
    };
    text.to_owned()
}
