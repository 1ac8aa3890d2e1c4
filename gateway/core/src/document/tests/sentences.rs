//! Sentences with one trap each.

use super::*;

/// Symbol, kind and date of each document found.
fn found(text: &str) -> Vec<(String, Option<K>, Option<Date>)> {
    rows(&find_documents(text))
}

fn one(symbol: &str, kind: K, date: Option<Date>) -> Vec<(String, Option<K>, Option<Date>)> {
    vec![(symbol.to_owned(), Some(kind), date)]
}

#[test]
fn a_symbol_with_dashes_and_stray_spaces_is_one_symbol() {
    for text in [
        "Kế hoạch số 111/KH- UBND",
        "Kế hoạch số 111 /KH\u{2013}UBND",
        "Kế\u{200b} hoạch số 111/KH\u{ad}-UBND",
        "KẾ HOẠCH SỐ: 111/KH \u{2013} UBND",
        "kế  hoạch\nsố 111/KH-\nUBND",
        "Kế\u{a0}hoạch 111/KH\u{2011}UBND",
    ] {
        assert_eq!(found(text), one("111/KH-UBND", K::Plan, None), "{text:?}");
    }
}

#[test]
fn the_sentence_that_goes_on_is_not_taken_into_the_symbol() {
    let text = "Quyết định số 781/QĐ-UBND - Sở Nội vụ; Công văn số 1921/UBND ngày 07/8/2024";
    assert_eq!(
        found(text),
        [
            one("781/QĐ-UBND", K::Decision, None),
            one("1921/UBND", K::OfficialLetter, Some(date(2024, 8, 7)))
        ]
        .concat()
    );
}

#[test]
fn a_dash_behind_a_symbol_begins_something_else() {
    for (text, symbol, kind) in [
        (
            "Quyết định số 781/QĐ-UBND - HĐND tỉnh",
            "781/QĐ-UBND",
            K::Decision,
        ),
        ("Kế hoạch số 111/KH - Ủy ban nhân dân", "111/KH", K::Plan),
        (
            "Công văn số 1921/UBND - Sở Nội vụ",
            "1921/UBND",
            K::OfficialLetter,
        ),
    ] {
        assert_eq!(found(text), one(symbol, kind, None), "{text:?}");
    }
}

#[test]
fn numbers_that_name_no_document_are_left_alone() {
    for text in [
        "Đề án 06/CP",
        "điện hạ áp (220/380V) và VNPT \u{2013} iGate",
        "Kế hoạch CCHC năm 2024",
        "Kế hoạch 5 năm 2021-2025",
        "Kế hoạch 2024 của tỉnh",
        "Báo cáo 6 tháng đầu năm",
        "kết luận 3 vấn đề",
        "cuộc họp ra kết luận 3 của ngày",
        "Kết luận 91%",
        "Báo cáo 12:30",
        "Nghị quyết ngày 15/7/2021",
        "Báo cáo tháng 11/2024",
        "Kế hoạch số 2.149 thủ tục",
        "Chỉ số 25 dịch vụ công",
        "Lưu: VP1, VP5, VP11",
        "TCVN 11930:2017",
        "QĐ 12",
        "Kết luận số 91 %",
        "Nghị định 61/2018x",
        "tuyến 12/HN-HP",
    ] {
        assert_eq!(found(text), [], "{text:?}");
    }
}

#[test]
fn a_bare_number_behind_the_name_of_a_kind_is_a_document() {
    let with_invisible_blanks = found("K\u{feff}ết\u{200b} luận số 9\u{ad}1");
    assert_eq!(with_invisible_blanks, one("91", K::Conclusion, None));
    assert_eq!(
        found("Kết luận 91 của Tỉnh ủy"),
        one("91", K::Conclusion, None)
    );
    assert_eq!(found("theo Chỉ thị 24."), one("24", K::Directive, None));
    assert_eq!(
        found("Chương trình hành động số 12, ngày 31-3-2017 của Tỉnh ủy"),
        one("12", K::ActionProgramme, Some(date(2017, 3, 31)))
    );
}

#[test]
fn legal_texts_are_cited_by_number_and_year() {
    let code = found("Bộ luật số 45/2019/QH14");
    assert_eq!(code, one("45/2019/QH14", K::Code, None));
    assert_eq!(
        found("Nghị định 61/2018 và"),
        one("61/2018", K::Decree, None)
    );
    assert_eq!(
        found("NĐ 118/2025/NĐ-CP"),
        one("118/2025/NĐ-CP", K::Decree, None)
    );
    assert_eq!(
        found("Luật Căn cước số 26/2023/QH15"),
        one("26/2023/QH15", K::Law, None)
    );
    assert_eq!(
        found("Bộ luật Lao động số 45/2019/QH14"),
        one("45/2019/QH14", K::Code, None)
    );
    assert_eq!(
        found("(388/NQ-UBTVQH16)"),
        one("388/NQ-UBTVQH16", K::Resolution, None)
    );
}

#[test]
fn a_list_names_its_kind_once() {
    let letters = |text: &str| -> Vec<_> {
        let kinds = find_documents(text).into_iter().map(|it| it.kind);
        kinds.collect()
    };
    let letter = Some(K::OfficialLetter);
    for (text, kinds) in [
        (
            "các Công văn số 529/UBND-KSTT, 4247/UBND-KSTT và số 1921/UBND",
            vec![letter; 3],
        ),
        ("Nghị định 61/2018, 107/2021", vec![Some(K::Decree); 2]),
        (
            "Quyết định 5/QĐ-UBND ngày 01/7/2025; 12/KH-UBND",
            vec![Some(K::Decision), Some(K::Plan)],
        ),
        ("theo số 4247/UBND-KSTT", vec![letter]),
        ("Nghị quyết 5-NQ/TU và 06/CP", vec![Some(K::Resolution); 2]),
        (
            "Quyết định 5/QĐ-UBND về Đề án 06/CP",
            vec![Some(K::Decision)],
        ),
        ("Công văn số 529/UBND-KSTT, 12 đơn vị", vec![letter]),
    ] {
        assert_eq!(letters(text), kinds, "{text:?}");
    }
}

#[test]
fn the_date_may_stand_before_behind_or_behind_the_issuer() {
    let dated = one("4247/UBND-KSTT", K::OfficialLetter, Some(date(2022, 7, 27)));
    for text in [
        "Ngày 27 tháng 7 năm 2022, Ủy ban nhân dân tỉnh có Công văn số 4247/UBND-KSTT về việc",
        "Ngày 27/7/2022 UBND tỉnh đã ban hành Công văn số 4247/UBND-KSTT",
        "Công văn số 4247/UBND-KSTT, ngày 27/7/2022",
        "Công văn số 4247/UBND-KSTT (27/7/2022)",
        "Công văn số 4247/UBND-KSTT ban hành ngày 27-7-2022",
        "Công văn số 4247/UBND-KSTT của UBND tỉnh ngày 27/7/2022",
        "văn bản số 4247/UBND-KSTT ngày 27 tháng 7 năm 2022",
    ] {
        assert_eq!(found(text), dated, "{text:?}");
    }
}

#[test]
fn a_date_of_something_else_is_not_taken() {
    for text in [
        "ngày 28/9/2021, UBND tỉnh tổ chức họp theo Quyết định số 2084/QĐ-UBND",
        "Ngày 28/9/2021, UBND tỉnh họp. Sở Nội vụ có Quyết định số 2084/QĐ-UBND",
        "Quyết định số 2084/QĐ-UBND về việc họp ngày 28/9/2021",
    ] {
        assert_eq!(
            found(text),
            one("2084/QĐ-UBND", K::Decision, None),
            "{text:?}"
        );
    }
}

#[test]
fn the_date_of_a_sentence_is_that_of_its_first_document_only() {
    let text = "Ngày 28/9/2021, UBND tỉnh ban hành Quyết định số 5/QĐ-UBND về tổ chức; Sở có \
                Công văn số 12/SNV-CCHC. Ngày 30/9/2021 theo Quyết định số 6/QĐ-UBND Sở có Công \
                văn số 13/SNV-CCHC";
    let dates: Vec<_> = find_documents(text).into_iter().map(|it| it.date).collect();
    assert_eq!(dates, [Some(date(2021, 9, 28)), None, None, None]);
}

#[test]
fn an_impossible_date_is_a_doubt_and_no_date() {
    for (text, problem) in [
        (
            "Quyết định số 5/QĐ-UBND ngày 30/02/2024",
            InvalidVietnameseDate::NoSuchDay,
        ),
        (
            "Quyết định số 5/QĐ-UBND ngày 15/5/24",
            InvalidVietnameseDate::ShortYear,
        ),
        (
            "Quyết định số 5/QĐ-UBND ngày 15/5 của UBND tỉnh",
            InvalidVietnameseDate::Format,
        ),
        (
            "Quyết định số 5/QĐ-UBND ngày 1-2-2024-2025",
            InvalidVietnameseDate::Format,
        ),
    ] {
        let documents = find_documents(text);
        assert_eq!(rows(&documents), one("5/QĐ-UBND", K::Decision, None));
        assert_eq!(documents[0].doubts, [Doubt::Date(problem)], "{text:?}");
    }
}

#[test]
fn a_date_in_another_year_than_the_symbol_is_told_and_not_taken() {
    let documents = find_documents("Luật Lưu trữ số 33/2024/QH15 (1/7/2025)");
    assert_eq!(rows(&documents), one("33/2024/QH15", K::Law, None));
    let (symbol, date) = (2024, date(2025, 7, 1));
    assert_eq!(documents[0].doubts, [Doubt::Year { symbol, date }]);
}

#[test]
fn a_word_and_a_code_that_disagree_are_told() {
    let documents = find_documents("Kết luận số 12-NQ/TU; Quy định số 80-QĐ/TW");
    let written = K::Conclusion;
    let coded = K::Resolution;
    assert_eq!(documents[0].kind, Some(written));
    assert_eq!(documents[0].doubts, [Doubt::Kind { written, coded }]);
    assert_eq!(documents[1].kind, Some(K::Provision));
    assert_eq!(documents[1].doubts, []);
}

#[test]
fn a_committee_that_the_text_leaves_open_is_a_doubt() {
    let documents = find_documents("Nghị quyết số 18-NQ/TƯ về bộ máy");
    assert_eq!(documents[0].symbol.to_string(), "18-NQ/TƯ");
    assert_eq!(documents[0].doubts, [Doubt::Committee]);
    let shortened = find_documents("Nghị quyết số 18-NQ/TƯ; Nghị quyết 18 về bộ máy");
    assert_eq!(shortened[0].symbol, documents[0].symbol);
    assert_eq!(
        (shortened.len(), &shortened[0].doubts),
        (1, &documents[0].doubts)
    );
}

#[test]
fn one_symbol_with_two_dates_is_two_documents() {
    let text = "Quyết định số 781/QĐ-UBND ngày 12/3/2024, Quyết định số 781/QĐ-UBND ngày \
                05/6/2023; theo Quyết định số 781/QĐ-UBND và Quyết định số 781/QĐ-UBND ngày 12/3/2024";
    let documents = find_documents(text);
    let dates: Vec<_> = documents.iter().map(|it| (it.date, it.mentions)).collect();
    assert_eq!(
        dates,
        [(Some(date(2024, 3, 12)), 2), (Some(date(2023, 6, 5)), 2)]
    );
}

#[test]
fn a_shortened_mention_joins_the_full_one() {
    let documents = find_documents("Kết luận số 453-KL/TU ngày 04/11/2024. Kết luận 453 nhằm");
    assert_eq!(
        rows(&documents),
        one("453-KL/TU", K::Conclusion, Some(date(2024, 11, 4)))
    );
    assert_eq!(documents[0].mentions, 2);
    let documents = find_documents("Nghị định 118/2025; Nghị định số 118/2025/NĐ-CP; NĐ 118/2025");
    assert_eq!(rows(&documents), one("118/2025/NĐ-CP", K::Decree, None));
    assert_eq!(
        find_documents("Nghị định 118/2025, Nghị định 118/2026").len(),
        2
    );
}

#[test]
fn a_later_mention_tells_the_issuer_and_a_doubt_is_told_once() {
    let documents = find_documents("Kết luận số 91 nhằm; Kết luận số 91 của Tỉnh ủy và nâng cao");
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0].issuer.as_deref(), Some("Tỉnh ủy"));
    let documents = find_documents("Nghị quyết số 18-NQ/TƯ, Nghị quyết số 18-NQ/TƯ");
    assert_eq!(documents[0].doubts, [Doubt::Committee]);
}

#[test]
fn one_number_of_two_issuers_is_two_documents() {
    let text = "Nghị quyết số 09 của Bộ Chính trị; Nghị quyết số 09 của Tỉnh ủy";
    assert_eq!(find_documents(text).len(), 2);
}
