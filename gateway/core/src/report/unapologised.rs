//! Dossiers that owe a written apology and have none (administration.md 1.2, D9).
//!
//! What a reader would get wrong: this is a work list and no statistic. It names dossiers so
//! that somebody writes to their owners, names no owner, and stays inside the agency.

use super::material::{column, period, section, tell_coverage, text};
use super::small::Unsettled;
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind, Section};
use crate::lateness::Point;
use crate::wire_time::local_date;

/// Makes the list.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let period = period(material.window, language);
    let title = match language {
        Language::Vietnamese => format!("Hồ sơ quá hạn chưa có văn bản xin lỗi, {period}"),
        Language::English => format!("Late dossiers without an apology, {period}"),
    };
    let mut report = material.report(ReportKind::Unapologised, language, title);
    let mut counts = Unsettled::new(material.rules.limit);
    let seen = counts.printed(material.gathering.all().received);
    report.dossiers_seen = counts.settle().count(seen);
    tell_coverage(&mut report);
    if material.public {
        let internal = language.of(
            "Danh sách này chỉ dùng trong cơ quan nên không có bản công khai.",
            "This list stays inside the agency; there is none for publication.",
        );
        report.remarks.push(internal.to_owned());
        return report;
    }

    report.sections = vec![dossiers(material, language)];
    report
}

fn dossiers(material: &Material<'_>, language: Language) -> Section {
    let listed = material.gathering.unapologised();
    let left_out = material
        .gathering
        .all()
        .unapologised
        .saturating_sub(listed.len() as u64);
    let rows = listed.into_iter().map(|it| {
        let standing = if it.done {
            language.of("đã giải quyết trễ hạn", "finished late")
        } else {
            language.of("đang giải quyết, quá hạn", "open and overdue")
        };
        vec![
            text(it.number.as_str()),
            text(it.unit.as_str()),
            material.unit_name(&it.unit),
            text(it.procedure.as_str()),
            it.service
                .map_or(Cell::Empty, |it| Cell::Count(u64::from(it.get()))),
            it.due.map_or(Cell::Empty, |due| Cell::Day(local_date(due))),
            Cell::Count(it.days_late),
            text(standing),
            text(basis(it.point, language)),
        ]
    });
    let heading = language.of("Các hồ sơ", "The dossiers");
    let mut dossiers = section("dossiers", heading, columns(language), rows.collect());
    dossiers.remarks.push(
        language
            .of(
                "Danh sách để xử lý trong cơ quan, không công khai; chỉ có mã hồ sơ, không có \
                 thông tin người dân. Số ngày trễ là ngày lịch, phần lẻ tính tròn một ngày, đã \
                 trừ thời gian chờ bổ sung.",
                "A list for the agency, not for publication; it holds numbers of dossiers and \
                 nothing of citizens. Days late are calendar days, a part counts as one, the \
                 time of supplements is taken off.",
            )
            .to_owned(),
    );
    dossiers
        .remarks
        .extend(not_listed(material, left_out, language));
    dossiers
}

/// What the list does not have: dossiers that there is no room for, and those of which it is
/// not certain that they are late.
fn not_listed(material: &Material<'_>, left_out: u64, language: Language) -> Vec<String> {
    let unsettled = material.gathering.all().apology_unsettled;
    let mut remarks = Vec::new();
    if left_out > 0 {
        remarks.push(match language {
            Language::Vietnamese => format!(
                "Còn {left_out} hồ sơ không nêu: bảng chỉ nêu các hồ sơ trễ lâu nhất. Để xem đủ, \
                 chọn ít ngày hơn hoặc lập cho từng đơn vị."
            ),
            Language::English => format!(
                "Left out: {left_out} dossiers; the table has those that are late longest. For \
                 all of them choose fewer days, or one unit at a time."
            ),
        });
    }
    if unsettled > 0 {
        remarks.push(match language {
            Language::Vietnamese => format!(
                "Không nêu {unsettled} hồ sơ chỉ quá hạn khi không trừ thời gian chờ nghĩa vụ tài \
                 chính hoặc dừng xử lý: tùy thủ tục, thời gian đó có thể không tính vào thời hạn."
            ),
            Language::English => format!(
                "Not listed: {unsettled} dossiers that are overdue only if the waits for a fee or \
                 a stop are not taken off; that depends on the procedure."
            ),
        });
    }
    remarks
}

fn columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Moment, Number, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    vec![
        of("dossier", Text, "Mã hồ sơ", "Dossier"),
        of("unit", Code, "Mã đơn vị", "Unit"),
        of("name", Text, "Đơn vị", "Name"),
        of("procedure", Code, "Mã thủ tục", "Procedure"),
        of("service", Code, "Dịch vụ thiết yếu", "Essential service"),
        of("due", Moment, "Ngày hẹn trả", "Due"),
        of("days_late", Number, "Số ngày trễ", "Days late"),
        of("standing", Text, "Tình trạng", "Standing"),
        of(
            "basis",
            Text,
            "Căn cứ (chỉ số 2.1)",
            "By which rule (indicator 2.1)",
        ),
    ]
}

/// The point of the portal's rule that makes the dossier late (administration.md 5.3).
fn basis(point: Point, language: Language) -> String {
    let (vi, en) = match point {
        Point::Waiting => (
            "yêu cầu bổ sung sau ngày hẹn trả",
            "supplements requested after the appointment",
        ),
        Point::End | Point::Finished => {
            ("kết thúc sau ngày hẹn trả", "ended after the appointment")
        }
        Point::Supplemented => (
            "kết thúc sau ngày hẹn trả, đã trừ thời gian bổ sung",
            "ended after the appointment, supplements taken off",
        ),
        Point::Open => ("quá ngày hẹn trả", "the appointment has passed"),
        Point::Maximum => ("quá thời hạn tối đa", "the maximum time has passed"),
    };
    let number = point.number();
    match language {
        Language::Vietnamese => format!("điểm {number}: {vi}"),
        Language::English => format!("point {number}: {en}"),
    }
}
