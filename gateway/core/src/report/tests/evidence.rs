//! Evidence that runs out.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::samples::{Province, drawn, piece, rows};
use crate::evidence::{EvidenceClass, EvidenceId, EvidenceRules, Register};
use crate::report::{Cell, ReportKind, expiring};

#[test]
fn evidence_is_listed_by_the_days_that_are_left() {
    // The day of the report is 31/10/2026. Connection minutes count for six months.
    let minutes = |id, month, day| {
        let issued = date(2026, month, day);
        piece(id, EvidenceClass::ConnectionMinutes, issued)
    };
    let mut ends = piece("MC-4", EvidenceClass::OptionDecision, date(2025, 1, 2));
    ends.valid_to = Some(date(2026, 12, 29));
    let mut replaced = piece("MC-6", EvidenceClass::OptionDecision, date(2024, 1, 2));
    replaced.valid_to = Some(date(2025, 12, 31));
    let mut next = piece("MC-7", EvidenceClass::OptionDecision, date(2025, 1, 3));
    next.supersedes = [EvidenceId::parse("MC-6").unwrap()].into();
    let mut province = Province::new();
    let pieces = vec![
        minutes("MC-1", 5, 1),
        minutes("MC-2", 5, 31),
        minutes("MC-3", 7, 30),
        ends,
        minutes("MC-5", 3, 1),
        replaced,
        next,
    ];
    province.register = Register::new(pieces, BTreeMap::new());
    let report = province.report(ReportKind::ExpiringEvidence);
    let sections = ["first", "second", "third", "out-of-date"];
    insta::assert_snapshot!(drawn(&report, &sections), @r"
    Minh chứng sắp hết hiệu lực, tính từ ngày 31/10/2026
    thấy , độ bao phủ
    # first: Còn 1 đến 30 ngày
    Minh chứng | Loại | Số, ký hiệu | Trích yếu | Cơ quan ban hành | Ngày ban hành | Dịch vụ | Đơn vị | Ngày cuối | Còn (ngày) | Lý do
    MC-1 | E6 biên bản kết nối |  | trích yếu MC-1 | UBND tỉnh thử | 2026-05-01 | 9 |  | 2026-10-31 | 1 | quá thời hạn của loại minh chứng, tính đến ngày 31/10/2026
    MC-2 | E6 biên bản kết nối |  | trích yếu MC-2 | UBND tỉnh thử | 2026-05-31 | 9 |  | 2026-11-29 | 30 | quá thời hạn của loại minh chứng, tính đến ngày 29/11/2026
    # second: Còn 31 đến 60 ngày
    Minh chứng | Loại | Số, ký hiệu | Trích yếu | Cơ quan ban hành | Ngày ban hành | Dịch vụ | Đơn vị | Ngày cuối | Còn (ngày) | Lý do
    MC-4 | E1 quyết định phê duyệt phương án tái cấu trúc |  | trích yếu MC-4 | UBND tỉnh thử | 2025-01-02 | 9 |  | 2026-12-29 | 60 | hết hiệu lực sau ngày 29/12/2026
    # third: Còn 61 đến 90 ngày
    Minh chứng | Loại | Số, ký hiệu | Trích yếu | Cơ quan ban hành | Ngày ban hành | Dịch vụ | Đơn vị | Ngày cuối | Còn (ngày) | Lý do
    # out-of-date: Đã hết hiệu lực, chưa có minh chứng thay thế
    Minh chứng | Loại | Số, ký hiệu | Trích yếu | Cơ quan ban hành | Ngày ban hành | Dịch vụ | Đơn vị | Lý do
    MC-5 | E6 biên bản kết nối |  | trích yếu MC-5 | UBND tỉnh thử | 2026-03-01 | 9 |  | quá thời hạn của loại minh chứng, tính đến ngày 31/8/2026
    ");
    assert!(!format!("{report:?}").contains("NGƯỜI THỬ KÝ"));
}

#[test]
fn a_decision_of_a_known_day_ends_what_it_replaces() {
    let old = piece("MC-1", EvidenceClass::OptionDecision, date(2025, 1, 2));
    let mut next = piece("MC-2", EvidenceClass::OptionDecision, date(2026, 10, 20));
    next.valid_from = date(2026, 11, 10);
    next.supersedes = [old.id.clone()].into();
    let mut province = Province::new();
    province.register = Register::new(vec![old, next], BTreeMap::new());
    let report = province.report(ReportKind::ExpiringEvidence);
    let [row] = rows(&report, "first") else {
        panic!("one piece runs out")
    };
    assert_eq!(row[0], Cell::Text("MC-1".to_owned()));
    assert_eq!(
        (&row[8], &row[9]),
        (&Cell::Day(date(2026, 11, 9)), &Cell::Count(10))
    );
}

#[test]
fn pieces_that_run_out_are_counted() {
    let mut ends = piece("MC-1", EvidenceClass::OptionDecision, date(2025, 1, 2));
    ends.valid_to = Some(date(2026, 11, 9));
    let register = Register::new(vec![ends], BTreeMap::new());
    let rules = EvidenceRules::shipped().unwrap();
    let count = |today, days| expiring(&register, &rules, today, days);
    assert_eq!(count(date(2026, 10, 31), 10), 1);
    assert_eq!(count(date(2026, 10, 31), 9), 0);
    assert_eq!(count(date(2026, 11, 10), 30), 0);
}

#[test]
fn the_last_horizon_is_included() {
    let mut ends = piece("MC-1", EvidenceClass::OptionDecision, date(2025, 1, 2));
    let mut listed = |last| {
        ends.valid_to = Some(last);
        let mut province = Province::new();
        province.register = Register::new(vec![ends.clone()], BTreeMap::new());
        let report = province.report(ReportKind::ExpiringEvidence);
        ["first", "second", "third", "out-of-date"].map(|name| rows(&report, name).len())
    };
    // 31/10 + 30 days is 30/11: the first day without the piece.
    assert_eq!(listed(date(2026, 11, 29)), [1, 0, 0, 0]);
    assert_eq!(listed(date(2026, 11, 30)), [0, 1, 0, 0]);
    assert_eq!(listed(date(2027, 1, 28)), [0, 0, 1, 0]);
    assert_eq!(listed(date(2027, 1, 29)), [0, 0, 0, 0]);
    assert_eq!(listed(date(2026, 10, 31)), [1, 0, 0, 0]);
    assert_eq!(listed(date(2026, 10, 30)), [0, 0, 0, 1]);
}
