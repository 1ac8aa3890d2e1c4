//! Codes that the national catalogue lists no longer, in the report of what changed.

use jiff::SignedDuration;

use super::samples::{Province, check, drawn, rows};
use crate::catalogue::{CatalogueChange, ChangeKind};
use crate::procedure::ProcedureCode;
use crate::report::{PreviousReport, ReportKind};

/// A report as of the end of October behind one that was made ten days earlier.
fn province() -> Province {
    let mut province = Province::new();
    province.checks = vec![check(9, 340, 320, (300, 340)), check(15, 50, 25, (50, 50))];
    let mut previous = PreviousReport::of(&province.material());
    previous.as_of = province.as_of - SignedDuration::from_hours(240);
    province.previous = Some(previous);
    province
}

/// Something that was seen so many hours before the report.
fn seen(province: &Province, code: &str, kind: ChangeKind, hours: i64) -> CatalogueChange {
    CatalogueChange {
        code: ProcedureCode::parse(code).unwrap(),
        name: format!("Thủ tục {code}"),
        kind,
        fields: Vec::new(),
        seen_at: province.as_of - SignedDuration::from_hours(hours),
        version: "v".to_owned(),
    }
}

#[test]
fn a_code_that_went_since_the_report_before_stands_with_each_of_its_services() {
    let mut province = province();
    province.catalogue_changes = Some(vec![
        seen(&province, "1.001193", ChangeKind::Withdrawn, 47),
        // Of a service that the report is not about, and of none.
        seen(&province, "1.000894", ChangeKind::Withdrawn, 47),
        seen(&province, "1.999999", ChangeKind::Withdrawn, 47),
    ]);
    let report = province.report(ReportKind::Changes);
    insta::assert_snapshot!(drawn(&report, &["codes"]), @r"
    Thay đổi so với báo cáo trước, tháng 10/2026
    thấy 390, độ bao phủ
    # codes: Mã thủ tục không còn trong danh mục quốc gia
    STT | Dịch vụ | Mã thủ tục | Tên thủ tục | Vai trò của mã | Không còn từ | Mã thay thế
    9 | Đăng ký khai sinh | 1.001193 | Thủ tục 1.001193 | mã chính | 2026-10-30 |
    15 | Liên thông đăng ký khai sinh - Đăng ký thường trú - Cấp thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi | 1.001193 | Thủ tục 1.001193 | thủ tục con | 2026-10-30 |
    * Mã không còn trong danh mục chưa có nghĩa là thủ tục bị bãi bỏ: cần tìm quyết định công bố.
    ");
}

#[test]
fn what_went_before_or_after_or_came_back_is_not_told() {
    let mut province = province();
    province.catalogue_changes = Some(vec![
        seen(&province, "1.001193", ChangeKind::Withdrawn, 240),
        seen(&province, "1.001193", ChangeKind::Withdrawn, -1),
        seen(&province, "1.000689", ChangeKind::Withdrawn, 48),
        seen(&province, "1.000689", ChangeKind::Restored, 24),
    ]);
    let report = province.report(ReportKind::Changes);
    assert!(rows(&report, "codes").is_empty());
}

#[test]
fn without_a_catalogue_the_report_says_that_nothing_was_compared() {
    let report = province().report(ReportKind::Changes);
    let codes = report.sections.iter().find(|it| it.name == "codes");
    let codes = codes.unwrap();
    assert!(codes.rows.is_empty());
    assert_eq!(codes.remarks, ["Không có danh mục thủ tục để so sánh."]);
}
