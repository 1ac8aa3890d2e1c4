//! What changed since the report before.

use super::samples::{Province, check, drawn, judge, rows, service};
use crate::check::{Criterion, Verdict};
use crate::evidence::DocumentedState;
use crate::report::{Cell, PreviousReport, ReportKind};

fn before() -> Province {
    let mut province = Province::new();
    province.checks = vec![
        check(9, 340, 320, (300, 340)),
        check(10, 200, 198, (150, 200)),
        check(11, 50, 25, (50, 50)),
    ];
    province
}

fn now() -> Province {
    let mut birth = check(9, 400, 360, (360, 400));
    judge(&mut birth, "C3", Verdict::Contradicted, "40/400 hồ sơ");
    birth.documented.state = DocumentedState::OptionApproved;
    let mut province = Province::new();
    province.checks = vec![
        birth,
        check(10, 200, 100, (150, 200)),
        check(12, 50, 25, (50, 50)),
    ];
    province.previous = Some(PreviousReport::of(&before().material()));
    province
}

#[test]
fn the_changes_are_worked_out_by_hand() {
    let report = now().report(ReportKind::Changes);
    let sections = ["rules", "verdicts", "states", "figures", "services"];
    insta::assert_snapshot!(drawn(&report, &sections), @r"
    Thay đổi so với báo cáo trước, tháng 10/2026
    thấy 650, độ bao phủ
    # rules: Quy tắc đã đổi
    Quy tắc, dữ liệu | Trước | Nay
    # verdicts: Kết luận đã đổi
    STT | Dịch vụ | Tiêu chí | Nội dung | Trước | Nay
    9 | Đăng ký khai sinh | C3 | nội dung C3 | không áp dụng | mâu thuẫn
    # states: Mức tài liệu ghi nhận đã đổi
    STT | Dịch vụ | Trước | Nay
    9 | Đăng ký khai sinh | chưa rà soát | đã phê duyệt phương án
    # figures: Số liệu đã đổi
    STT | Dịch vụ | Mã số liệu | Số liệu | Trước | Nay | Thay đổi (điểm %)
    9 | Đăng ký khai sinh | ONLINE_SHARE | Tỷ lệ trực tuyến | 94.12 % | 90 % | -4.12 điểm %
    * Chỉ nêu thay đổi trên 2 điểm phần trăm của các tỷ lệ không làm lộ số nhỏ.
    # services: Dịch vụ thêm, bớt
    STT | Dịch vụ | Thay đổi
    11 | Đăng ký kết hôn | không còn trong báo cáo
    12 | Cấp, cấp lại, sửa đổi, bổ sung hộ chiếu phổ thông | mới có trong báo cáo
    ");
}

#[test]
fn nothing_changed_between_two_reports_of_the_same() {
    let mut province = now();
    province.previous = Some(PreviousReport::of(&now().material()));
    let report = province.report(ReportKind::Changes);
    for section in ["rules", "verdicts", "states", "figures", "services"] {
        assert!(rows(&report, section).is_empty(), "{section}");
    }
}

#[test]
fn another_version_of_a_rule_is_told() {
    let mut province = now();
    let previous = province.previous.as_mut().unwrap();
    previous
        .versions
        .insert("checks".to_owned(), "cũ".to_owned());
    let report = province.report(ReportKind::Changes);
    assert_eq!(rows(&report, "rules").len(), 1);
    // A file that was there before and is not there any more.
    let previous = province.previous.as_mut().unwrap();
    previous
        .versions
        .insert("totals".to_owned(), "sha256:01".to_owned());
    let report = province.report(ReportKind::Changes);
    let row = rows(&report, "rules").last().unwrap();
    let text = |text: &str| Cell::Text(text.to_owned());
    assert_eq!(
        row[..],
        [text("Tệp tổng số hồ sơ"), text("sha256:01"), Cell::Empty]
    );
}

#[test]
fn without_a_report_before_there_is_a_remark() {
    let report = before().report(ReportKind::Changes);
    assert!(report.sections.is_empty());
    assert!(
        report
            .remarks
            .iter()
            .any(|it| it.starts_with("Chưa có báo cáo trước"))
    );
}

#[test]
fn what_is_kept_holds_no_share_with_a_small_part_and_is_read_back() {
    let kept = PreviousReport::of(&before().material());
    // 2 of 200 came in another way: 198 of 200 would tell.
    let death = &kept.services[&service(10)];
    assert_eq!(death.figures.keys().collect::<Vec<_>>(), ["LOOKUP_SHARE"]);
    let text = toml::to_string(&kept).unwrap();
    assert_eq!(toml::from_str::<PreviousReport>(&text).unwrap(), kept);
    for (wrong, with) in [
        ("NOT_REVIEWED", "UNHEARD_OF"),
        ("2026-10-31", "2026-10-32"),
        ("NOT_APPLICABLE", "PERHAPS"),
    ] {
        let text = text.replacen(wrong, with, 1);
        assert!(toml::from_str::<PreviousReport>(&text).is_err(), "{with}");
    }
}

#[test]
fn a_criterion_that_is_not_known_is_left_out_and_the_others_are_read() {
    let kept = PreviousReport::of(&before().material());
    let text = toml::to_string(&kept).unwrap();
    assert!(text.contains("K1 ="));
    let read: PreviousReport = toml::from_str(&text.replace("K1 =", "K0 =")).unwrap();
    for (number, service) in &kept.services {
        let mut others = service.verdicts.clone();
        others.remove(&Criterion::K(1));
        assert_eq!(read.services[number].verdicts, others);
    }
}
