//! The monthly form of Đề án 06.

use jiff::civil::date;

use super::samples::{Province, check, done, dossier, drawn, gathering, judge, piece};
use crate::check::Verdict;
use crate::dossier::Channel;
use crate::evidence::{EvidenceClass, Register};
use crate::observation::{DossierFacts, Window};
use crate::report::{Cell, ReportKind};

/// So many dossiers of a procedure in October, the first ones direct, the first ones with a
/// look-up.
fn dossiers(procedure: &str, count: u32, direct: u32, looked_up: u32) -> Vec<DossierFacts> {
    (0..count)
        .map(|index| {
            let mut facts = done(dossier("H60.201", procedure, date(2026, 10, 5), index), -1);
            if index < direct {
                facts.channel = Channel::Direct;
            }
            facts.lookups.matched = u32::from(index < looked_up);
            facts
        })
        .collect()
}

#[test]
fn the_form_is_worked_out_by_hand() {
    let mut marriage = check(11, 20, 14, (0, 20));
    judge(&mut marriage, "C3", Verdict::Contradicted, "6/20 hồ sơ");
    let mut province = Province::new()
        .looking(&dossiers("1.001193", 40, 0, 30))
        .looking(&dossiers("1.000656", 7, 3, 7))
        .looking(&dossiers("1.000894", 20, 6, 0));
    province.checks = vec![
        check(9, 40, 40, (30, 40)),
        check(10, 7, 4, (7, 7)),
        marriage,
        check(24, 0, 0, (0, 0)),
    ];
    let minutes = piece("MC-1", EvidenceClass::ConnectionMinutes, date(2026, 8, 1));
    province.register = Register::new(vec![minutes], std::collections::BTreeMap::new());
    let report = province.report(ReportKind::Project06Month);
    insta::assert_snapshot!(drawn(&report, &["services"]), @r"
    Biểu báo cáo Đề án 06: các dịch vụ công thiết yếu, tháng 10/2026
    thấy 67, độ bao phủ
    # services: Kết quả theo dịch vụ
    STT | Dịch vụ công | Tổng số hồ sơ | Trực tuyến | Tỷ lệ (%) | Có tra cứu CSDLQG về dân cư (%) | Nguồn dữ liệu kết nối, chia sẻ | Người dân được hưởng lợi (cán bộ ghi) | Tồn tại | Giải pháp (cán bộ ghi)
    9 | Đăng ký khai sinh | 40 | 40 | 100% | 75% | CSDL quốc gia về dân cư (có tra cứu; biên bản kết nối MC-1) |  |  |
    10 | Đăng ký khai tử | 7 | <5 | – | 100% | CSDL quốc gia về dân cư (có tra cứu; chưa có biên bản kết nối còn hiệu lực) |  |  |
    11 | Đăng ký kết hôn | 20 | – | – | 0% |  |  | C3 nội dung C3: mâu thuẫn |
    24 | Cấp điện mới từ lưới điện hạ áp (220/380V) | 0 | 0 |  |  |  |  |  |
     | Tổng cộng | 67 | 58 | 86,57% | 55,22% |  |  |  |
    * Số hồ sơ là số cổng kết nối quan sát được. Cột “Người dân được hưởng lợi” và cột “Giải pháp” để trống cho cán bộ ghi: không suy ra được từ hồ sơ.
    * Số từ 1 đến 4 được ghi là “dưới 5”; số và tỷ lệ có thể làm lộ các số đó được ghi là “–”.
    ");
}

#[test]
fn a_window_that_is_no_month_is_told_by_its_days() {
    let mut province = Province::new();
    province.window = Window::new(date(2026, 10, 1), date(2026, 10, 15)).unwrap();
    province.gathering = gathering(
        province.window,
        province.as_of,
        &province.services,
        &province.rules,
    );
    let title = province.report(ReportKind::Project06Month).title;
    assert!(
        title.ends_with("từ ngày 01/10/2026 đến ngày 15/10/2026"),
        "{title}"
    );
}

#[test]
fn what_nobody_can_see_stays_empty() {
    let mut province = Province::new().looking(&dossiers("1.001193", 40, 0, 30));
    province.checks = vec![check(9, 40, 40, (30, 40))];
    let report = province.report(ReportKind::Project06Month);
    let section = &report.sections[0];
    for name in ["people", "remedies"] {
        let column = section
            .columns
            .iter()
            .position(|it| it.name == name)
            .unwrap();
        assert!(section.rows.iter().all(|row| row[column] == Cell::Empty));
    }
}
