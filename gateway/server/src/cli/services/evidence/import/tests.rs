//! What an import does before it calls the gateway.

use lienthong_adapters::evidence_import::{
    ColumnPlace, ImportProblem, Options, Place, Reason, read,
};
use lienthong_core::report::Language;
use lienthong_proto::v1;

use super::pieces::{Ready, prepare, refusals};
use super::{in_reading_order, mapping};
use crate::cli::services::evidence::shown::{result_lines, summary};
use crate::lang::Lang;

const HEADERS: &str =
    "Loại,Số ký hiệu,Trích yếu,Ngày ban hành,Cơ quan ban hành,Dịch vụ,SHA-256,Thay thế,Tệp";
const HASH: &str = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

fn prepared(rows: &[String], files: Option<&std::path::Path>) -> (Vec<Ready>, Vec<String>) {
    let text = format!("{HEADERS}\n{}\n", rows.join("\n"));
    let options = Options {
        hashes_elsewhere: files.is_some(),
        ..Options::default()
    };
    let imported = read("a.csv", text.as_bytes(), &options).unwrap();
    let mut problems = Vec::new();
    let ready = prepare(imported.rows, files, &mut problems);
    let problems = problems.iter().map(|it| it.text(Language::Vietnamese));
    (ready, problems.collect())
}

fn row(issued: &str, hash: &str, supersedes: &str, file: &str) -> String {
    format!("E3,663/QĐ-UBND,Quy trình,{issued},UBND tỉnh thử nghiệm,3,{hash},{supersedes},{file}")
}

#[test]
fn a_row_goes_to_the_gateway_as_it_stands_there() {
    let rows = [
        row("30/02/2026", "x", "5/QĐ-UBND; dòng 9", ""),
        row("13/5/2026", HASH, "dòng 2", "")
            .replace("E3,", "E10,")
            .replace(",3,", ",3; ba,"),
    ];
    let (ready, problems) = prepared(&rows, None);
    assert_eq!(problems, [""; 0], "the gateway tells what is wrong");
    let message = |place: usize| ready[place].piece.evidence.clone().unwrap();
    assert_eq!(message(0).issued_on, "30/02/2026");
    assert_eq!(message(0).sha256, "x");
    assert_eq!(message(0).evidence_id, "row-2");
    assert_eq!(message(0).supersedes, ["5/QĐ-UBND", "row-9"]);
    assert_eq!(message(1).class, -1, "told as one that is none");
    assert_eq!(message(1).service_numbers, [3, -1]);
    assert_eq!(message(1).supersedes, ["row-2"]);
}

#[test]
fn a_row_that_stands_there_twice_is_told() {
    let rows = [
        row("13/5/2026", HASH, "", ""),
        row("14/5/2026", HASH, "", ""),
        row("2026-05-13", HASH, "", ""),
    ];
    let (ready, problems) = prepared(&rows, None);
    assert_eq!(ready.len(), 2);
    let expected = "dòng 4: giống hệt dòng 2: hãy bỏ một trong hai dòng";
    assert_eq!(problems, [expected]);
}

#[test]
fn hashes_are_computed_and_compared_and_no_file_outside_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), b"abc").unwrap();
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let rows = [
        row("13/5/2026", "", "", "a.pdf"),
        row("13/5/2026", &abc.to_uppercase(), "", "a.pdf"),
        row("13/5/2026", HASH, "", "a.pdf"),
        row("13/5/2026", "", "", "../a.pdf"),
        row("13/5/2026", HASH, "", "b.pdf"),
        row("13/5/2026", "", "", ""),
    ];
    let (ready, problems) = prepared(&rows, Some(folder.path()));
    let hashes: Vec<String> = ready
        .iter()
        .map(|it| it.piece.evidence.clone().unwrap().sha256)
        .collect();
    assert_eq!(hashes[0], abc, "computed");
    assert_eq!(hashes[4], "", "told by the gateway");
    let unread: Vec<u32> = ready
        .iter()
        .filter(|it| it.row.is_unread("sha256"))
        .map(|it| it.row.row)
        .collect();
    assert_eq!(unread, [4, 5, 6]);
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].starts_with("dòng 4, cột G \"SHA-256\": khác với SHA-256 của tệp"));
    assert!(problems[1].starts_with("dòng 5, cột I \"Tệp\": tên tệp phải nằm trong"));
    assert!(problems[2].starts_with("dòng 6, cột I \"Tệp\": không đọc được tệp"));
    let again = "dòng 3: giống hệt dòng 2: hãy bỏ một trong hai dòng";
    assert_eq!(problems[3], again, "its hash is the one that was computed");
}

#[test]
fn what_the_gateway_refuses_leads_back_to_its_cell() {
    let (ready, _) = prepared(&[row("13/5/2026", HASH, "9/QĐ-UBND", "")], None);
    let remark = |refuses, field: &str, vi: &str| v1::EvidenceRemark {
        refuses,
        field: field.to_owned(),
        text_vi: vi.to_owned(),
        text_en: String::new(),
    };
    let result = v1::ImportedEvidenceResult {
        evidence: ready[0].piece.evidence.clone().map(|piece| v1::Evidence {
            evidence_id: String::new(),
            issued_on: "2026-05-13".to_owned(),
            ..piece
        }),
        duplicate: false,
        remarks: vec![
            remark(true, "supersedes", "mục 1 không có trong sổ minh chứng"),
            remark(
                false,
                "",
                "MC-000001 thôi còn hiệu lực: được thay thế bằng row-2",
            ),
        ],
    };
    let preview = v1::ImportEvidenceResponse {
        results: vec![result],
        recorded: false,
    };
    let told = |ready: &[Ready]| -> Vec<String> {
        let refusals = refusals(ready, &preview);
        let texts = refusals.iter().map(|it| it.text(Language::Vietnamese));
        texts.collect()
    };
    let expected = "dòng 2, cột H \"Thay thế\": mục 1 không có trong sổ minh chứng";
    assert_eq!(told(&ready), [expected]);
    insta::assert_snapshot!(result_lines(&ready[0].row, &preview.results[0], Lang::Vi), @r"
    Dòng 2: E3 663/QĐ-UBND, 13/05/2026, dịch vụ 3: sẽ ghi mới
        ✘ mục 1 không có trong sổ minh chứng
        → MC-000001 thôi còn hiệu lực: được thay thế bằng dòng 2
    ");
    assert_eq!(
        summary(&preview, Lang::En),
        "1 pieces would be recorded, 0 were there before."
    );
}

#[test]
fn what_could_not_be_read_in_the_file_is_told_once() {
    let (mut ready, _) = prepared(&[row("", HASH, "", "")], None);
    let absent = v1::EvidenceRemark {
        refuses: true,
        field: "issued_on".to_owned(),
        text_vi: "bắt buộc phải có".to_owned(),
        text_en: String::new(),
    };
    let preview = v1::ImportEvidenceResponse {
        results: vec![v1::ImportedEvidenceResult {
            remarks: vec![absent],
            ..v1::ImportedEvidenceResult::default()
        }],
        recorded: false,
    };
    assert_eq!(refusals(&ready, &preview).len(), 1);
    ready[0].row.unread.insert("issued_on".to_owned());
    assert_eq!(refusals(&ready, &preview), []);
}

#[test]
fn a_mapping_is_a_header_and_a_field() {
    let expected = Ok(("Số QĐ = số".to_owned(), "symbol".to_owned()));
    assert_eq!(mapping("Số QĐ = số = symbol"), expected);
    assert!(mapping("symbol").is_err());
}

#[test]
fn problems_are_told_in_the_order_in_which_they_are_read() {
    let at = |row: Option<u32>, letter: &str| ImportProblem {
        place: Place {
            row,
            column: (!letter.is_empty()).then(|| ColumnPlace {
                letter: Some(letter.to_owned()),
                header: String::new(),
            }),
        },
        reason: Reason::NoRows,
    };
    let places = [
        (None, ""),
        (Some(2), ""),
        (Some(2), "C"),
        (Some(2), "Z"),
        (Some(2), "AA"),
        (Some(10), "B"),
    ];
    let expected = places.map(|(row, letter)| at(row, letter)).to_vec();
    let mut turned: Vec<ImportProblem> = expected.iter().rev().cloned().collect();
    turned.sort_by_key(in_reading_order);
    assert_eq!(turned, expected);
}
