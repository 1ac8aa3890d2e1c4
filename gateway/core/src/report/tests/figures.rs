//! The index of Decision 766, estimated.

use jiff::civil::date;

use super::samples::{Province, done, dossier, drawn, rows};
use crate::dossier::OnlinePayment;
use crate::report::{Cell, ReportKind, counts_itself};
use crate::service_index::{IndexRules, OutsideFigures};

/// 200 dossiers in October: 180 done in time, 20 late; 100 with VNeID, all with a fee, half
/// of them paid online.
fn province() -> Province {
    let dossiers: Vec<_> = (0..200)
        .map(|index| {
            let hours = if index < 180 { -5 } else { 5 };
            let day = date(2026, 10, 5);
            let mut facts = done(dossier("H60.201", "1.001193", day, index), hours);
            facts.vneid = index % 2 == 0;
            facts.fee = 8_000;
            if index % 2 == 1 {
                facts.payment = OnlinePayment::LocalGateway;
            }
            facts
        })
        .collect();
    Province::new().looking(&dossiers)
}

#[test]
fn the_estimate_is_worked_out_by_hand() {
    let report = province().report(ReportKind::ServiceIndex);
    insta::assert_snapshot!(drawn(&report, &["readings"]), @r"
    Chỉ số theo Quyết định 766/QĐ-TTg (ước tính), tháng 10/2026
    thấy 200, độ bao phủ
    # readings: Các cách đọc
    Cách đọc | Tên | Nguồn | Thành phần ước tính được | Số thành phần | Điểm ước tính, ít nhất | Điểm ước tính, nhiều nhất | Xếp loại ước tính
    766-2022-text | Quyết định 766/QĐ-TTg, văn bản năm 2022 | Quyết định 766/QĐ-TTg ngày 23/6/2022, qua báo và cổng | 1 | 7 | 18 điểm | 98 điểm | từ Yếu đến Xuất sắc
    766-portal-2025 | Bộ chỉ số 766 theo sáu thẻ trên Cổng Dịch vụ công quốc gia | Cổng Dịch vụ công quốc gia; công thức dựng lại từ số liệu ngày 26/9/2026 | 4 | 17 | 19 điểm | 91 điểm | từ Yếu đến Xuất sắc
    766-metrics-2026 | Bộ chỉ số 766 theo bảng chỉ số dùng năm 2026 | trang METRICS của Công thức 766.xlsx, 9/2026 | 3 | 17 | 18 điểm | 92 điểm | từ Yếu đến Xuất sắc
    * Ngưỡng xếp loại chưa được kiểm chứng bằng văn bản.
    ");
    let points = |reading: &str, component: &str| {
        let rows = rows(&report, "components").iter();
        let text = |text: &str| Cell::Text(text.to_owned());
        let mut found = rows.filter(|row| row[0] == text(reading) && row[1] == text(component));
        found.next().unwrap()[6].clone()
    };
    let value = |points| Cell::Value(points, "điểm".to_owned());
    let none = Cell::Text("không có".to_owned());
    // 20 × 180/200, 2 × 100/200, and no dossier reused anything.
    assert_eq!(points("766-2022-text", "2.1"), value(18.0));
    assert_eq!(points("766-portal-2025", "4.5b"), value(1.0));
    assert_eq!(points("766-portal-2025", "4.3"), value(0.0));
    // How many procedures have a fee is not known, so nothing of the card is.
    assert_eq!(points("766-portal-2025", "3.6"), none);
    assert_eq!(points("766-metrics-2026", "3.x"), none);
}

#[test]
fn a_count_is_told_by_its_name() {
    let report = province().report(ReportKind::ServiceIndex);
    let why = rows(&report, "components").iter().find(|row| {
        row[0] == Cell::Text("766-portal-2025".to_owned()) && row[1] == Cell::Text("1.2".to_owned())
    });
    assert_eq!(
        why.unwrap()[7],
        Cell::Text(
            "thiếu số liệu: thủ tục cập nhật, công khai đúng hạn; thủ tục phải cập nhật, công khai"
                .to_owned()
        )
    );
    let unseen = report.remarks.iter().any(|it| it.contains("độ bao phủ"));
    assert!(unseen, "an estimate over a part says so");
}

#[test]
fn counts_of_the_operator_fill_what_the_gateway_cannot_see() {
    let mut province = province();
    province.outside = outside(&[
        ("procedures_with_fee", 4),
        ("procedures_paid_online", 2),
        ("procedures_with_fee_dossiers", 1),
    ]);
    province.rules.limit = 1;
    let report = province.report(ReportKind::ServiceIndex);
    let found = rows(&report, "components").iter().find(|row| {
        row[0] == Cell::Text("766-portal-2025".to_owned()) && row[1] == Cell::Text("3.6".to_owned())
    });
    // 6 × 100/200 + 2.5 × 2/4 + 2.5 × 1/4
    assert_eq!(found.unwrap()[6], Cell::Value(4.88, "điểm".to_owned()));
    let text = |text: &str| Cell::Text(text.to_owned());
    let origin = |figure| {
        let mut figures = rows(&report, "figures").iter();
        figures.find(|row| row[0] == text(figure)).unwrap()[3].clone()
    };
    let told = text("ngoài cổng kết nối: Báo cáo thử");
    assert_eq!(origin("procedures_with_fee"), told);
    assert_eq!(
        origin("dossiers_paid_online"),
        text("cổng kết nối quan sát")
    );
    assert_eq!(origin("petitions"), text("chưa có số liệu"));
}

#[test]
fn a_small_count_from_outside_gives_nothing_away() {
    let mut province = province();
    // 100 - 98: two dossiers had a complaint.
    province.outside = outside(&[("petitions", 100), ("petitions_on_time", 98)]);
    let report = province.report(ReportKind::ServiceIndex);
    for figure in ["petitions", "petitions_on_time"] {
        let mut figures = rows(&report, "figures").iter();
        let row = figures.find(|row| row[0] == Cell::Text(figure.to_owned()));
        let shown = &row.unwrap()[2];
        assert!(
            figure == "petitions" || *shown == Cell::Withheld,
            "{figure}: {shown:?}"
        );
    }
    let mut components = rows(&report, "components").iter();
    let points = components.find(|row| row[1] == Cell::Text("5.2".to_owned()));
    assert_eq!(points.unwrap()[6], Cell::Withheld);
}

#[test]
fn every_count_of_the_gateway_is_one_of_a_reading() {
    let index = IndexRules::shipped().unwrap();
    let components = index.iter().flat_map(IndexRules::components);
    let known: Vec<&str> = components.flat_map(|it| it.figures()).collect();
    let own: Vec<&&str> = known.iter().filter(|it| counts_itself(it)).collect();
    assert!(own.contains(&&"dossiers"), "{own:?}");
    assert!(!counts_itself("petitions"));
}

/// Counts of October from outside, for the whole province.
fn outside(counts: &[(&str, u64)]) -> OutsideFigures {
    let figures = counts.iter().map(|(code, count)| {
        format!(
            "[[figure]]\nfirst_day = \"2026-10-01\"\nlast_day = \"2026-10-31\"\n\
             code = \"{code}\"\ncount = {count}\nsource = \"Báo cáo thử\"\n"
        )
    });
    let text = format!("version = \"thử\"\n{}", figures.collect::<String>());
    OutsideFigures::parse(&text, &IndexRules::shipped().unwrap(), counts_itself).unwrap()
}

#[test]
fn points_that_give_a_small_count_away_are_withheld() {
    let dossiers: Vec<_> = (0..50)
        .map(|index| {
            let hours = if index < 48 { -5 } else { 5 };
            done(
                dossier("H60.201", "1.001193", date(2026, 10, 5), index),
                hours,
            )
        })
        .collect();
    let report = Province::new()
        .looking(&dossiers)
        .report(ReportKind::ServiceIndex);
    for row in rows(&report, "components") {
        if row[1] == Cell::Text("2.1".to_owned()) {
            assert_eq!(row[6], Cell::Withheld);
        }
    }
    assert!(
        rows(&report, "readings")
            .iter()
            .all(|row| row[5] == Cell::Withheld)
    );
}
