//! The words that frame every report, in both languages.
//!
//! What a reader would get wrong: nothing here says anything about a dossier or a service.
//! What a report says comes with its content.

use lienthong_core::report::{Language, ReportKind};

use super::content::{Cell, Content};
use super::typography;

/// A line of the head of a report: a name and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// What it is called.
    pub(super) name: String,
    /// What it is.
    pub(super) value: String,
}

impl Fact {
    fn new(name: &str, value: String) -> Self {
        Self {
            name: name.to_owned(),
            value,
        }
    }
}

/// Days, agency, moment, number of dossiers and coverage, as a person reads them.
pub(super) fn facts(content: &Content) -> Vec<Fact> {
    let language = content.language();
    let days = format!(
        "{} \u{2013} {}",
        typography::day(content.first_day, language),
        typography::day(content.last_day, language)
    );
    let unit = content.unit.clone();
    let province = || language.of("toàn tỉnh", "the whole province").to_owned();
    let mut facts = vec![
        Fact::new(language.of("Kỳ số liệu", "Days of the data"), days),
        Fact::new(
            language.of("Tính đến", "Judged as of"),
            typography::until(content.as_of, language),
        ),
        Fact::new(
            language.of("Phạm vi", "Scope"),
            unit.unwrap_or_else(province),
        ),
    ];
    // A report that is not about dossiers has no number of them.
    if content.dossiers_seen != Cell::Empty {
        facts.extend(seen(content));
    }
    facts
}

/// How many dossiers the report rests on.
fn seen(content: &Content) -> [Fact; 2] {
    let language = content.language();
    let coverage = match &content.coverage {
        Cell::Empty => language
            .of(
                "chưa biết tổng số hồ sơ",
                "the number of all dossiers is not known",
            )
            .to_owned(),
        known => typography::cell(known, language),
    };
    [
        Fact::new(
            language.of(
                "Hồ sơ cổng kết nối ghi nhận trong kỳ",
                "Dossiers seen in these days",
            ),
            typography::cell(&content.dossiers_seen, language),
        ),
        Fact::new(language.of("Độ bao phủ", "Coverage"), coverage),
    ]
}

/// Heading of the versions.
pub(super) fn rules_heading(language: Language) -> &'static str {
    language.of("Phiên bản quy tắc", "Versions of the rules")
}

/// Name of the hash.
pub(super) fn hash_name(language: Language) -> &'static str {
    language.of("Mã băm nội dung (SHA-256)", "Hash of the content (SHA-256)")
}

/// Name of the sheet about the report.
pub(super) fn about_sheet(language: Language) -> &'static str {
    language.of("Thông tin", "About")
}

/// Heading of the remarks.
pub(super) fn remarks_heading(language: Language) -> &'static str {
    language.of("Ghi chú", "Remarks")
}

/// What stands in a table without rows.
pub(super) fn no_rows(language: Language) -> &'static str {
    language.of("Không có dòng nào.", "There are no rows.")
}

/// Name of a report in the margin of a page.
pub(super) fn short_name(kind: Option<ReportKind>, language: Language) -> &'static str {
    match kind {
        None => language.of("Báo cáo", "Report"),
        Some(ReportKind::Board) => {
            language.of("Bảng 25 dịch vụ công thiết yếu", "25 essential services")
        }
        Some(ReportKind::Project06Month) => {
            language.of("Biểu tháng Đề án 06", "Monthly form of Project 06")
        }
        Some(ReportKind::LateUnits) => language.of("Danh sách đơn vị trễ hạn", "Late units"),
        Some(ReportKind::Unapologised) => language.of(
            "Hồ sơ quá hạn chưa xin lỗi",
            "Overdue dossiers without apology",
        ),
        Some(ReportKind::ExpiringEvidence) => {
            language.of("Minh chứng sắp hết hiệu lực", "Expiring evidence")
        }
        Some(ReportKind::Changes) => language.of("Thay đổi", "Changes"),
        Some(ReportKind::ServiceIndex) => {
            language.of("Chỉ số 766, ước tính", "Index 766, an estimate")
        }
    }
}
