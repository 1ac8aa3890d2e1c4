//! Kept reports on a terminal.

use lienthong_proto::v1;
use lienthong_proto::v1::kept_report::Stage;
use lienthong_proto::v1::report_act::Deed;

use super::super::super::words::clean;
use super::super::layout::{Column, Sheet};
use super::super::words::{day, days, time};
use crate::lang::Lang;

/// How far a report came, after something was done about it.
pub(super) fn stands(report: Option<&v1::KeptReport>, lang: Lang) -> String {
    let report = report.cloned().unwrap_or_default();
    format!(
        "✔ {}: {}",
        clean(&report.report_id),
        stage(report.stage(), lang)
    )
}

/// Kept reports, and what was done about each.
pub(super) fn sheet(answer: &v1::ListReportsResponse, lang: Lang) -> String {
    if answer.reports.is_empty() {
        return lang
            .pick("Chưa có bản lưu nào.", "No report is kept.")
            .to_owned();
    }
    let mut sheet = Sheet::new([
        (Column::Narrow, lang.pick("bản lưu", "kept as")),
        (Column::Prose(22), lang.pick("báo cáo", "report")),
        (Column::Prose(12), lang.pick("kỳ", "days")),
        (Column::Narrow, lang.pick("đơn vị", "agency")),
        (Column::Prose(30), lang.pick("trạng thái", "state")),
    ]);
    for report in &answer.reports {
        let unit = if report.unit_code.is_empty() {
            lang.pick("toàn tỉnh", "province").to_owned()
        } else {
            report.unit_code.clone()
        };
        sheet.row(&[
            report.report_id.clone(),
            kind(report.kind(), lang).to_owned(),
            days(report.window.as_ref(), lang),
            unit,
            stage(report.stage(), lang).to_owned(),
        ]);
    }
    let mut parts = vec![sheet.to_string()];
    parts.extend(answer.reports.iter().map(|report| details(report, lang)));
    if !answer.next_page_token.is_empty() {
        parts.push(
            lang.pick(
                "Còn bản lưu cũ hơn: tăng --limit.",
                "There are older ones: raise --limit.",
            )
            .to_owned(),
        );
    }
    parts.join("\n\n")
}

/// The hash of a report, and what was done about it.
fn details(report: &v1::KeptReport, lang: Lang) -> String {
    let mut lines = vec![format!(
        "{}  SHA-256 {}",
        clean(&report.report_id),
        clean(&report.content_sha256)
    )];
    for act in &report.acts {
        let what = match act.deed() {
            Deed::Unspecified => "-",
            Deed::Approve => lang.pick("duyệt", "approved"),
            Deed::PublishInside => {
                lang.pick("công khai trong cơ quan", "published inside the agency")
            }
            Deed::PublishOnWebsite => lang.pick(
                "công khai trên trang thông tin điện tử",
                "published on the website",
            ),
            Deed::Withdraw => lang.pick("thu hồi", "withdrawn"),
        };
        let published_on = day(&act.published_on, lang);
        let told = [&act.address, &published_on, &act.reason];
        let told: Vec<String> = told
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(|text| clean(text))
            .collect();
        lines.push(
            format!(
                "    {}  {what}  {}",
                time(act.recorded_at.as_ref(), lang),
                told.join(" · ")
            )
            .trim_end()
            .to_owned(),
        );
    }
    lines.join("\n")
}

/// What a report is called.
fn kind(kind: v1::ReportKind, lang: Lang) -> &'static str {
    match kind {
        v1::ReportKind::Unspecified => "-",
        v1::ReportKind::Board => lang.pick("bảng 25 dịch vụ", "board"),
        v1::ReportKind::Project06Month => lang.pick("biểu tháng Đề án 06", "project-06-month"),
        v1::ReportKind::LateUnits => lang.pick("danh sách đơn vị trễ hạn", "late-units"),
        v1::ReportKind::Unapologised => lang.pick("quá hạn chưa xin lỗi", "unapologised"),
        v1::ReportKind::ExpiringEvidence => {
            lang.pick("minh chứng sắp hết hiệu lực", "expiring-evidence")
        }
        v1::ReportKind::Changes => lang.pick("thay đổi", "changes"),
        v1::ReportKind::ServiceIndex => lang.pick("chỉ số 766 ước tính", "service-index"),
    }
}

/// How far a report came.
pub(in super::super) fn stage(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Unspecified => "-",
        Stage::Kept => lang.pick("bản lưu", "kept"),
        Stage::Draft => lang.pick("dự thảo", "draft"),
        Stage::Approved => lang.pick("đã duyệt, chưa công khai", "approved, not published"),
        Stage::PublishedInside => lang.pick(
            "đã công khai trong cơ quan, chưa công khai trên trang thông tin điện tử",
            "published inside, not on the website",
        ),
        Stage::PublishedOnWebsite => lang.pick(
            "đã công khai trên trang thông tin điện tử, chưa công khai trong cơ quan",
            "published on the website, not inside",
        ),
        Stage::PublishedBoth => lang.pick("đã công khai đủ hai nơi", "published at both places"),
        Stage::Withdrawn => lang.pick("ĐÃ THU HỒI", "WITHDRAWN"),
    }
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::{Deed, Stage, sheet, stands};
    use crate::lang::Lang;

    fn report() -> v1::KeptReport {
        v1::KeptReport {
            report_id: "BC-000007".to_owned(),
            kind: v1::ReportKind::LateUnits.into(),
            window: Some(v1::ObservationWindow {
                first_day: "2026-10-01".to_owned(),
                last_day: "2026-10-31".to_owned(),
            }),
            content_sha256: "ab".repeat(32),
            stage: Stage::PublishedInside.into(),
            acts: vec![v1::ReportAct {
                deed: Deed::PublishInside.into(),
                operator_id: "001234567890".to_owned(),
                address: "Bảng tin tầng 1".to_owned(),
                published_on: "2026-11-06".to_owned(),
                ..v1::ReportAct::default()
            }],
            ..v1::KeptReport::default()
        }
    }

    #[test]
    fn a_kept_report_is_shown_with_its_hash_and_what_was_done() {
        let answer = v1::ListReportsResponse {
            reports: vec![report()],
            next_page_token: String::new(),
        };
        let text = sheet(&answer, Lang::Vi);
        for wanted in [
            "BC-000007",
            "danh sách đơn vị trễ",
            "toàn tỉnh",
            "công khai trong cơ quan  Bảng tin tầng 1 · 06/11/2026",
            &"ab".repeat(32),
        ] {
            assert!(text.contains(wanted), "{wanted} in\n{text}");
        }
        assert!(!text.contains("001234567890"), "a person's number");
        assert_eq!(
            sheet(&v1::ListReportsResponse::default(), Lang::En),
            "No report is kept."
        );
    }

    #[test]
    fn what_was_recorded_is_told_on_one_line() {
        assert_eq!(
            stands(Some(&report()), Lang::En),
            "✔ BC-000007: published inside, not on the website"
        );
    }
}
