//! The monthly list of late units.

use jiff::civil::date;

use super::samples::{Province, done, dossier, drawn, rows, unit};
use crate::lateness::RateKind;
use crate::observation::DossierFacts;
use crate::report::{Cell, ReportKind};
use crate::target::TargetRegister;

/// Dossiers of a unit: so many done in time, done late, in hand and overdue.
fn dossiers(unit: &str, [in_time, late, open, overdue]: [u32; 4]) -> Vec<DossierFacts> {
    let mut all = Vec::new();
    let mut one = |day: i8| {
        let sequence = u32::try_from(all.len()).unwrap();
        all.push(dossier(unit, "1.001193", date(2026, 10, day), sequence));
        all.len() - 1
    };
    let mut hours = Vec::new();
    for _ in 0..in_time {
        hours.push((one(5), -5));
    }
    for _ in 0..late {
        hours.push((one(5), 5));
    }
    for _ in 0..open {
        one(28);
    }
    for _ in 0..overdue {
        one(5);
    }
    for (index, hours) in hours {
        all[index] = done(all[index].clone(), hours);
    }
    all
}

fn province() -> Province {
    Province::new()
        .looking(&dossiers("H60.201", [80, 20, 10, 10]))
        .looking(&dossiers("H60.202", [190, 5, 15, 0]))
        .looking(&dossiers("H60.203", [100, 0, 10, 0]))
        .looking(&dossiers("H60.204", [40, 2, 10, 0]))
}

#[test]
fn the_list_is_worked_out_by_hand() {
    let report = province().report(ReportKind::LateUnits);
    insta::assert_snapshot!(drawn(&report, &["units", "rates", "readings", "targets"]), @r"
    Danh sách đơn vị giải quyết hồ sơ trễ hạn, tháng 10/2026
    thấy 492, độ bao phủ
    # units: Đơn vị có hồ sơ trễ hạn
    Mã đơn vị | Đơn vị | Đã và đang giải quyết | Đã giải quyết | Trong đó trễ hạn | Đang giải quyết | Trong đó quá hạn | R1 | R2 | R3 | Theo chỉ tiêu
    H60.201 | UBND xã Thử Một | 120 | 100 | 20 | 20 | 10 | 20% | 25% | 25% | TH1 (từ 5% trở lên): thuộc trường hợp nêu trong chỉ tiêu: không xếp loại tốt
    H60.202 |  | 210 | 195 | – | 15 | 0 | – | – | – | TH1 (từ 5% trở lên): chưa tới ngưỡng
    H60.204 |  | 52 | 42 | <5 | 10 | 0 | – | – | – | TH1 (từ 5% trở lên): chưa tới ngưỡng
     | Tất cả đơn vị | 492 | 437 | 27 | 55 | 10 | 6,18% | 7,52% | 7,52% |
    * Tỷ lệ được so với chỉ tiêu: R1. Không đơn vị nào ngoài danh sách có hồ sơ trễ hạn.
    * Số từ 1 đến 4 được ghi là “dưới 5”; số và tỷ lệ có thể làm lộ các số đó được ghi là “–”.
    # rates: Ba tỷ lệ trễ hạn
    Tỷ lệ | Tên | Công thức | So với chỉ tiêu
    R1 | Tỷ lệ trễ hạn trên số hồ sơ đã giải quyết | hồ sơ đã giải quyết trễ hạn / hồ sơ đã giải quyết | có
    R2 | Tỷ lệ không đúng hạn theo cách tính của Cổng DVCQG | 1 − (hồ sơ giải quyết đúng hạn + hồ sơ đang giải quyết còn trong hạn) / hồ sơ đã và đang giải quyết | không
    R3 | Tỷ lệ trễ hạn và quá hạn trên số hồ sơ đã và đang giải quyết | (hồ sơ đã giải quyết trễ hạn + hồ sơ đang giải quyết quá hạn) / hồ sơ đã và đang giải quyết | không
    # readings: Hai cách đọc điểm 4 của chỉ số 2.1 (yêu cầu bổ sung lần hai)
    Cách đọc | Nội dung | Được dùng | R1 | R2 | R3
    khi còn chờ bổ sung | yêu cầu bổ sung lần hai làm hồ sơ trễ hạn khi còn chờ bổ sung | có | 6,18% | 7,52% | 7,52%
    hẳn | yêu cầu bổ sung lần hai làm hồ sơ trễ hạn hẳn | không | 6,18% | 7,52% | 7,52%
    # targets: Chỉ tiêu được áp dụng
    Chỉ tiêu | Ngưỡng | Phạm vi | Nội dung | Cơ quan ban hành | Văn bản | Từ ngày
    TH1 | từ 5% trở lên | cơ quan, đơn vị, địa phương | không xếp loại tốt | UBND tỉnh thử | Quyết định thử | 2026-01-01
    ");
}

#[test]
fn another_rate_is_compared_where_the_rules_say_so() {
    let mut province = province();
    province.rules.compared = RateKind::Exposure;
    let report = province.report(ReportKind::LateUnits);
    // H60.202: R1 is 5 of 195, R3 is 5 of 210; H60.204: 2 of 42 and 2 of 52.
    let codes: Vec<&Cell> = rows(&report, "units").iter().map(|row| &row[0]).collect();
    let code = |text: &str| Cell::Text(text.to_owned());
    let expected = [
        code("H60.201"),
        code("H60.202"),
        code("H60.204"),
        Cell::Empty,
    ];
    assert_eq!(codes, expected.iter().collect::<Vec<_>>());
    assert!(matches!(&rows(&report, "rates")[2][3], Cell::Text(text) if text == "có"));
}

#[test]
fn without_a_target_no_consequence_is_claimed() {
    let mut province = province();
    let shipped = include_str!("../../../data/targets.toml");
    province.targets = TargetRegister::parse(shipped).unwrap();
    let report = province.report(ReportKind::LateUnits);
    let listed = rows(&report, "units");
    let (_, units) = listed.split_last().unwrap();
    for row in units {
        let told = row.last().unwrap();
        assert_eq!(
            *told,
            Cell::Text("không có chỉ tiêu áp dụng; chỉ nêu tỷ lệ".to_owned())
        );
    }
    assert!(rows(&report, "targets").is_empty());
}

#[test]
fn a_target_holds_below_its_agency_and_on_its_days_only() {
    let mut province = province();
    let text = "version = \"1\"\n[[target]]\nid = \"X\"\nmetric = \"late-dossiers\"\n\
        operator = \"at-most\"\nvalue = \"2%\"\nsense = \"demands\"\nscope = \"one-stop\"\n\
        consequence = \"c\"\nauthority = \"a\"\nunit = \"H60.201\"\ndocument = \"d\"\n\
        valid_from = \"2026-01-01\"\nsource = \"s\"\ncertainty = \"seen\"\n\
        validity_certainty = \"seen\"\n";
    province.targets = TargetRegister::parse(text).unwrap();
    let missed = |province: &Province| {
        let report = province.report(ReportKind::LateUnits);
        let rows = rows(&report, "units");
        let missed = rows.iter().filter(
            |row| matches!(row.last(), Some(Cell::Text(text)) if text.contains("không đạt")),
        );
        missed.count()
    };
    assert_eq!(missed(&province), 1);
    let ended = text.replace("source =", "valid_to = \"2026-10-30\"\nsource =");
    province.targets = TargetRegister::parse(&ended).unwrap();
    assert_eq!(missed(&province), 0);
}

#[test]
fn a_target_for_a_tier_is_told_on_condition() {
    let mut province = province();
    let text = "version = \"1\"\n[[target]]\nid = \"X\"\nmetric = \"late-dossiers\"\n\
        operator = \"at-most\"\nvalue = \"2%\"\nsense = \"demands\"\nscope = \"commune\"\n\
        consequence = \"c\"\nauthority = \"a\"\nunit = \"H60\"\ndocument = \"d\"\n\
        valid_from = \"2026-01-01\"\nsource = \"s\"\ncertainty = \"seen\"\n\
        validity_certainty = \"seen\"\n";
    province.targets = TargetRegister::parse(text).unwrap();
    let report = province.report(ReportKind::LateUnits);
    let told = rows(&report, "units")[0].last().unwrap();
    let expected = "X (không quá 2%): nếu đơn vị thuộc cấp xã thì không đạt chỉ tiêu";
    assert_eq!(*told, Cell::Text(expected.to_owned()));
}

#[test]
fn a_bound_that_leaves_one_small_count_is_not_told() {
    // Of 80 finished ones 4 are 5 %, and 1 to 3 are less: reaching the bound means 4.
    let told = |late| {
        let province = Province::new().looking(&dossiers("H60.201", [80 - late, late, 0, 0]));
        let report = province.report(ReportKind::LateUnits);
        rows(&report, "units")[0].last().unwrap().clone()
    };
    let said = |cell: &Cell| matches!(cell, Cell::Text(text) if text.starts_with("TH1"));
    assert!(!said(&told(4)));
    assert!(said(&told(3)) && said(&told(1)) && said(&told(5)));
}

#[test]
fn the_list_names_no_dossier_and_no_person() {
    let report = province().report(ReportKind::LateUnits);
    let told = format!("{report:?}");
    assert!(!told.contains("-261005-"));
    assert_eq!(province().gathering.units().count(), 4);
    assert!(told.contains(unit("H60.201").as_str()));
}
