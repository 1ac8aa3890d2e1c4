//! What an import does before it calls the gateway.

use jiff::civil::date;
use lienthong_adapters::evidence_import::{Options, read};
use lienthong_core::report::Language;
use lienthong_proto::v1;

use super::{Ready, event_of, mapping, prepare, refusals};
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
    let (ready, problems) = prepare(imported.rows, files, date(2026, 11, 22));
    let problems = problems.iter().map(|it| it.text(Language::Vietnamese));
    (ready, problems.collect())
}

fn row(issued: &str, hash: &str, supersedes: &str, file: &str) -> String {
    format!("E3,663/QĐ-UBND,Quy trình,{issued},UBND tỉnh thử nghiệm,3,{hash},{supersedes},{file}")
}

#[test]
fn every_row_that_cannot_be_read_is_told_with_row_and_column() {
    let rows = [
        row("30/02/2026", HASH, "", ""),
        row("13/5/2026", HASH, "5/QĐ-UBND", ""),
        row("13/5/26", "x", "", ""),
    ];
    let (ready, problems) = prepared(&rows, None);
    assert_eq!(
        problems,
        [
            "dòng 2, cột D \"Ngày ban hành\": lịch không có ngày này",
            "dòng 4, cột D \"Ngày ban hành\": năm phải đủ bốn chữ số",
            "dòng 4, cột G \"SHA-256\": SHA-256 gồm 64 chữ số thập lục phân",
        ]
    );
    let message = ready[0].piece.evidence.clone().unwrap();
    assert_eq!(message.supersedes, ["5/QĐ-UBND"], "the gateway looks it up");
    assert_eq!(message.evidence_id, "row-3");
    assert_eq!(message.issued_on, "2026-05-13");
}

#[test]
fn the_same_row_has_the_same_event_id_wherever_it_stands() {
    let rows = [
        row("13/5/2026", HASH, "", ""),
        row("14/5/2026", HASH, "", ""),
        row("13/5/2026", HASH, "", ""),
    ];
    let (ready, _) = prepared(&rows, None);
    let event = |place: usize| event_of(&ready[place].row.draft);
    assert_eq!(event(0), event(2));
    assert_ne!(event(0), event(1));
    assert_eq!(event(0).len(), 60);
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
    assert_eq!(hashes, [abc, abc]);
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].starts_with("dòng 4, cột G \"SHA-256\": khác với SHA-256 của tệp"));
    assert!(problems[1].starts_with("dòng 5, cột I \"Tệp\": tên tệp phải nằm trong"));
    assert!(problems[2].starts_with("dòng 6, cột I \"Tệp\": không đọc được tệp"));
    assert!(problems[3].starts_with("dòng 7, cột G \"SHA-256\": bắt buộc"));
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
    let told: Vec<String> = refusals(&ready, &preview)
        .iter()
        .map(|it| it.text(Language::Vietnamese))
        .collect();
    let expected = "dòng 2, cột H \"Thay thế\": mục 1 không có trong sổ minh chứng";
    assert_eq!(told, [expected]);
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
fn a_mapping_is_a_header_and_a_field() {
    let expected = Ok(("Số QĐ = số".to_owned(), "symbol".to_owned()));
    assert_eq!(mapping("Số QĐ = số = symbol"), expected);
    assert!(mapping("symbol").is_err());
}
