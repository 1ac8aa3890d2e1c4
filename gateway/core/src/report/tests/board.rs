//! The board of the services.

use jiff::civil::date;

use super::samples::{Province, check, covered, done, dossier, drawn, judge, rows};
use crate::check::{Criterion, Verdict};
use crate::dossier::Reuse;
use crate::dossier_number::DossierNumber;
use crate::observation::{PaperFact, ResultFact};
use crate::procedure::ComponentCode;
use crate::report::{Cell, Language, Notice, ReportKind, build};
use crate::share::Share;
use crate::target::TargetRegister;

fn province() -> Province {
    let mut birth = covered(check(9, 340, 328, (312, 335)), 400);
    judge(
        &mut birth,
        "C3",
        Verdict::Contradicted,
        "12/340 hồ sơ (3,53%) tiếp nhận trực tiếp; ngưỡng 2%",
    );
    birth.findings[11].examples = vec![DossierNumber::parse("H60.201-261005-0001").unwrap()];
    judge(
        &mut birth,
        "K1",
        Verdict::EvidenceExpired,
        "minh chứng hết hiệu lực",
    );
    judge(&mut birth, "C7", Verdict::Consistent, "");
    let mut province = Province::new();
    province.checks = vec![
        birth,
        check(10, 3, 3, (3, 3)),
        check(11, 25, 21, (25, 25)),
        check(24, 0, 0, (0, 0)),
        check(1, 0, 0, (0, 0)),
    ];
    province
}

#[test]
fn the_board_is_worked_out_by_hand() {
    let report = province().report(ReportKind::Board);
    insta::assert_snapshot!(drawn(&report, &["services", "findings", "rates"]), @r"
    Bảng theo dõi tái cấu trúc quy trình: 25 dịch vụ công thiết yếu, tháng 10/2026
    thấy 368, độ bao phủ
    # services: Các dịch vụ
    STT | Dịch vụ | Cơ quan chủ quản | Mã thủ tục | Tài liệu ghi nhận | Vì sao chưa đạt mức cao hơn | Hồ sơ tiếp nhận | Trực tuyến | Có tra cứu dân cư | Độ bao phủ | Phù hợp | Mâu thuẫn | Chưa có tài liệu | Chưa đủ dữ liệu | Minh chứng hết hiệu lực | Không áp dụng | Không quan sát được | Tiêu chí mâu thuẫn
    1 | Xác nhận số chứng minh nhân dân khi đã được cấp thẻ căn cước công dân | Bộ Công an | chưa biết | chưa rà soát | thiếu quyết định phê duyệt phương án tái cấu trúc (E1) | 0 |  |  |  | 0 | 0 | 0 | 0 | 0 | 24 | 0 |
    9 | Đăng ký khai sinh | Bộ Tư pháp | 1.001193 | chưa rà soát | thiếu quyết định phê duyệt phương án tái cấu trúc (E1) | 340 | 96,47% | 93,13% | 85% | 1 | 1 | 0 | 0 | 1 | 21 | 0 | C3
    10 | Đăng ký khai tử | Bộ Tư pháp | 1.000656 | chưa rà soát | thiếu quyết định phê duyệt phương án tái cấu trúc (E1) | <5 | – | – |  | 0 | 0 | 0 | 0 | 0 | 24 | 0 |
    11 | Đăng ký kết hôn | Bộ Tư pháp | 1.000894 | chưa rà soát | thiếu quyết định phê duyệt phương án tái cấu trúc (E1) | – | – | – |  | 0 | 0 | 0 | 0 | 0 | 24 | 0 |
    24 | Cấp điện mới từ lưới điện hạ áp (220/380V) | EVN (Bộ Công Thương) | không phải thủ tục hành chính | chưa rà soát | thiếu quyết định phê duyệt phương án tái cấu trúc (E1) | 0 |  |  |  | 0 | 0 | 0 | 0 | 0 | 24 | 0 |
    * Số từ 1 đến 4 được ghi là “dưới 5”; số và tỷ lệ có thể làm lộ các số đó được ghi là “–”.
    # findings: Mâu thuẫn và minh chứng hết hiệu lực
    STT | Dịch vụ | Tiêu chí | Nội dung | Kết luận | Tài liệu ghi nhận | Minh chứng | Lý do | Hồ sơ ví dụ
    9 | Đăng ký khai sinh | K1 | nội dung K1 | minh chứng hết hiệu lực |  |  | minh chứng hết hiệu lực |
    9 | Đăng ký khai sinh | C3 | nội dung C3 | mâu thuẫn |  |  | 12/340 hồ sơ (3,53%) tiếp nhận trực tiếp; ngưỡng 2% | H60.201-261005-0001
    * Bảng này nêu mã hồ sơ và số lượng đầy đủ để xử lý trong cơ quan; không công khai.
    # rates: Các tỷ lệ theo dịch vụ
    STT | Dịch vụ | Trễ hạn (R1) | Hồ sơ số hóa | Hồ sơ có đánh dấu số hóa | Kết quả điện tử | Số hóa cả hồ sơ và kết quả | Tái sử dụng giấy tờ | Thanh toán trực tuyến | Hồ sơ trực tuyến có VNeID
    1 | Xác nhận số chứng minh nhân dân khi đã được cấp thẻ căn cước công dân |  |  |  |  |  |  |  |
    9 | Đăng ký khai sinh |  |  |  |  |  |  |  |
    10 | Đăng ký khai tử |  |  |  |  |  |  |  |
    11 | Đăng ký kết hôn |  |  |  |  |  |  |  |
    24 | Cấp điện mới từ lưới điện hạ áp (220/380V) |  |  |  |  |  |  |  |
    * Ba tỷ lệ số hóa là ba chỉ tiêu khác nhau: hồ sơ có giấy tờ số hóa; hồ sơ đã giải quyết có kết quả điện tử; hồ sơ có cả hai (chỉ số 766, thành phần 4.2). “Hồ sơ có đánh dấu số hóa” là lời khai chung của hồ sơ, không tính vào ba tỷ lệ đó. Tỷ lệ số hóa kết quả cũ còn hiệu lực không nhận biết được qua hồ sơ.
    ");
}

#[test]
fn the_board_tells_its_words_and_versions() {
    let province = province();
    let report = province.report(ReportKind::Board);
    let mut told = vec![drawn(&report, &["legend"])];
    let rules = report.rules.iter().map(|rule| {
        let of_checks = province.check_rules.version();
        let version = if rule.version == of_checks && rule.name == "Quy tắc kiểm tra" {
            "kiểm tra-thử"
        } else {
            rule.version.as_str()
        };
        format!("{}: {version}", rule.name)
    });
    told.extend(rules);
    insta::assert_snapshot!(told.join("\n"), @r"
    Bảng theo dõi tái cấu trúc quy trình: 25 dịch vụ công thiết yếu, tháng 10/2026
    thấy 368, độ bao phủ
    # legend: Ý nghĩa các kết luận
    Kết luận | Ý nghĩa
    phù hợp | Tài liệu và hồ sơ thực tế khớp nhau.
    mâu thuẫn | Hồ sơ thực tế không khớp với tài liệu còn hiệu lực, hoặc với quy tắc được áp dụng trực tiếp.
    chưa có tài liệu | Thực tế tốt nhưng chưa có tài liệu ghi nhận.
    chưa đủ dữ liệu | Số hồ sơ hoặc độ bao phủ chưa đủ để kết luận.
    minh chứng hết hiệu lực | Minh chứng duy nhất đã hết hiệu lực.
    không áp dụng | Tiêu chí không áp dụng cho dịch vụ này.
    không quan sát được | Không thể nhận biết qua hồ sơ đi qua cổng kết nối.
    Lịch làm việc: lịch-thử
    Quy tắc kiểm tra: kiểm tra-thử
    Quy tắc minh chứng: 2026-11-1
    Cách đọc Quyết định 766: 766-2022-text, 766-portal-2025, 766-metrics-2026
    Cách tính trễ hạn: chỉ số 2.1 của Cổng DVCQG: yêu cầu bổ sung lần hai làm hồ sơ trễ hạn khi còn chờ bổ sung
    Quy tắc báo cáo: 2026-11-2
    Danh mục dịch vụ công thiết yếu: 2026-11-1
    Chỉ tiêu: thử-1
    ");
}

#[test]
fn every_criterion_has_a_column() {
    let report = province().report(ReportKind::Board);
    let criteria = report
        .sections
        .iter()
        .find(|it| it.name == "criteria")
        .unwrap();
    let ids: Vec<String> = Criterion::all().map(Criterion::id).collect();
    let columns: Vec<&str> = criteria.columns[1..].iter().map(|it| it.name).collect();
    assert_eq!(columns, ids);
    assert_eq!(rows(&report, "criterion-names").len(), 24);
    // The law behind C14 was not read (administration.md 9), and the table says so.
    let row = rows(&report, "criterion-names").iter();
    let mut of_c14 = row.filter(|row| row[0] == Cell::Text("C14".to_owned()));
    let Some([_, _, Cell::Text(bounds), Cell::Text(law)]) = of_c14.next().map(Vec::as_slice) else {
        panic!("C14 has a source and a law")
    };
    assert!(bounds.contains("chính sách của tỉnh"), "{bounds}");
    assert!(law.ends_with("(chưa kiểm chứng văn bản)"), "{law}");
}

#[test]
fn every_row_has_a_cell_for_every_column_in_both_languages() {
    let province = province();
    for kind in ReportKind::ALL {
        for language in [Language::Vietnamese, Language::English] {
            let report = build(kind, &province.material(), language);
            for section in &report.sections {
                let fits = section
                    .rows
                    .iter()
                    .all(|row| row.len() == section.columns.len());
                assert!(fits, "{kind:?} {}", section.name);
            }
            assert!(!report.remarks.is_empty());
            assert_eq!(report.rules.len(), 8);
        }
    }
}

#[test]
fn coverage_of_all_is_known_where_it_is_known_of_each() {
    let mut province = province();
    province.checks = vec![
        covered(check(9, 340, 328, (312, 335)), 400),
        covered(check(11, 60, 60, (60, 60)), 100),
        check(24, 0, 0, (0, 0)),
    ];
    let report = province.report(ReportKind::Board);
    let Cell::Share(share) = report.coverage else {
        panic!("{:?}", report.coverage)
    };
    assert_eq!(share.to_string(), "400/500");
    province.checks.push(check(10, 7, 7, (7, 7)));
    assert_eq!(province.report(ReportKind::Board).coverage, Cell::Empty);
}

#[test]
fn a_notice_stands_in_every_report_and_one_of_verdicts_where_there_are_any() {
    let mut province = province();
    let notice = |vi: &str, of_verdicts| Notice {
        vi: vi.to_owned(),
        en: "In English.".to_owned(),
        of_verdicts,
    };
    province.notices = vec![
        notice("Chưa có lịch làm việc năm 2027.", false),
        notice("Chưa đối soát.", true),
    ];
    for kind in ReportKind::ALL {
        let told = province.report(kind).remarks;
        assert!(told.contains(&province.notices[0].vi), "{kind:?}");
        let has_verdicts = [
            ReportKind::Board,
            ReportKind::Project06Month,
            ReportKind::Changes,
        ];
        assert_eq!(
            told.contains(&province.notices[1].vi),
            has_verdicts.contains(&kind),
            "{kind:?}"
        );
    }
}

#[test]
fn an_english_report_speaks_english() {
    let province = province();
    for kind in ReportKind::ALL {
        let report = build(kind, &province.material(), Language::English);
        let mut texts = vec![report.title.clone()];
        texts.extend(report.remarks.iter().cloned());
        texts.extend(report.rules.iter().map(|it| it.name.clone()));
        for section in &report.sections {
            texts.push(section.heading.clone());
            texts.extend(section.remarks.iter().cloned());
            texts.extend(section.columns.iter().map(|it| it.heading.clone()));
        }
        let list = province.services.name();
        for text in texts {
            let text = text.replace(list, "");
            let foreign = text
                .chars()
                .find(|it| !it.is_ascii() && !"–“”".contains(*it));
            assert_eq!(foreign, None, "{kind:?}: {text}");
        }
    }
}

#[test]
fn a_report_made_twice_is_the_same() {
    let province = province();
    for kind in ReportKind::ALL {
        let again = build(kind, &province.material(), Language::Vietnamese);
        assert_eq!(province.report(kind), again);
    }
}

#[test]
fn digitised_dossiers_results_and_both_are_three_rates() {
    let component = ComponentCode::parse("000.00.00.G15-KQ004389").unwrap();
    let dossiers: Vec<_> = (0..40)
        .map(|index| {
            let day = date(2026, 10, 5);
            let hours = if index < 8 { 5 } else { -5 };
            let mut facts = done(dossier("H60.201", "1.001193", day, index), hours);
            facts.papers = vec![PaperFact {
                component: component.clone(),
                digitised: index < 30,
                reuse: Reuse::None,
                from_store: false,
                replaced_by: None,
                file: 0,
            }];
            facts.results = vec![ResultFact {
                code: None,
                has_file: (15..35).contains(&index),
            }];
            facts.vneid = index < 10;
            facts
        })
        .collect();
    let mut province = Province::new().looking(&dossiers);
    province.checks = vec![check(9, 40, 40, (0, 40))];
    let report = province.report(ReportKind::Board);
    let [row] = rows(&report, "rates") else {
        panic!("one service")
    };
    let share = |part| Cell::Share(Share::new(part, 40).unwrap());
    // 8 late; 30 with a paper, none flagged; 20 with a result; 15 with both; nothing reused,
    // no fee.
    let expected = [
        share(8),
        share(30),
        share(0),
        share(20),
        share(15),
        share(0),
        Cell::Empty,
        share(10),
    ];
    assert_eq!(row[2..], expected);
}

#[test]
fn the_board_for_publication_names_no_dossier_and_says_what_it_is() {
    let mut province = province();
    let inside = province.report(ReportKind::Board);
    assert!(format!("{inside:?}").contains("H60.201-261005-0001"));
    assert!(
        inside
            .remarks
            .iter()
            .any(|it| it.contains("không công khai"))
    );
    province.public = true;
    let report = province.report(ReportKind::Board);
    assert!(
        report.title.ends_with("(bản công khai)"),
        "{}",
        report.title
    );
    let names: Vec<&str> = report.sections.iter().map(|it| it.name).collect();
    assert!(!names.contains(&"findings"));
    let told = format!("{report:?}");
    assert!(!told.contains("-261005-") && !told.contains("12/340"));
}

/// Targets for H60: digitised dossiers, satisfaction, and the lateness of officials.
const OTHERS: &str = r#"
version = "thử-2"
[[target]]
id = "D"
metric = "digitised-dossiers"
operator = "more-than"
value = "90%"
sense = "demands"
scope = "one-stop"
consequence = "trên 90%"
authority = "UBND tỉnh thử"
unit = "H60"
document = "Quyết định thử"
valid_from = "2026-01-01"
source = "thử"
certainty = "seen"
validity_certainty = "seen"
[[target]]
id = "S"
metric = "satisfaction"
operator = "at-most"
value = "80%"
sense = "bars"
scope = "unit"
consequence = "không xếp loại tốt"
authority = "UBND tỉnh thử"
unit = "H60"
document = "Quyết định thử"
valid_from = "2026-01-01"
source = "thử"
certainty = "seen"
validity_certainty = "seen"
[[target]]
id = "L"
metric = "late-dossiers"
operator = "at-least"
value = "5%"
sense = "bars"
scope = "unit"
consequence = "không xếp loại tốt"
authority = "UBND tỉnh thử"
unit = "H60"
document = "Quyết định thử"
valid_from = "2026-01-01"
source = "thử"
certainty = "seen"
validity_certainty = "seen"
"#;

#[test]
fn targets_that_hold_are_evaluated_or_say_why_not() {
    let component = ComponentCode::parse("000.00.00.G15-KQ004389").unwrap();
    let told = |digitised: u32| {
        let dossiers: Vec<_> = (0..100)
            .map(|index| {
                let mut facts = dossier("H60.201", "1.001193", date(2026, 10, 5), index);
                facts.papers = vec![PaperFact {
                    component: component.clone(),
                    digitised: index < digitised,
                    reuse: Reuse::None,
                    from_store: false,
                    replaced_by: None,
                    file: 0,
                }];
                facts
            })
            .collect();
        let mut province = Province::new().looking(&dossiers);
        province.checks = vec![check(9, 100, 100, (100, 100))];
        province.targets = TargetRegister::parse(OTHERS).unwrap();
        let report = province.report(ReportKind::Board);
        let found = rows(&report, "other-targets").iter();
        let found: Vec<_> = found
            .map(|row| (row[0].clone(), row[6].clone(), row[7].clone()))
            .collect();
        found
    };
    let said = |text: &str| Cell::Text(text.to_owned());
    let survey = (
        said("S"),
        Cell::Empty,
        said("chưa đánh giá: mức độ hài lòng lấy từ khảo sát"),
    );
    // "Trên 90%" does not include 90 %.
    for (digitised, outcome) in [(90, "không đạt chỉ tiêu"), (95, "đạt chỉ tiêu")] {
        let share = Share::new(u64::from(digitised), 100).unwrap();
        let row = (said("D"), Cell::Share(share), said(outcome));
        assert_eq!(told(digitised), [row, survey.clone()]);
    }
    // 2 that are not digitised are too few to be told.
    let few = "không nêu vì số hồ sơ quá nhỏ";
    assert_eq!(told(98)[0], (said("D"), Cell::Withheld, said(few)));
}
