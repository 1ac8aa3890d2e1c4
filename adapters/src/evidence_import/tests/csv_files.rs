//! CSV.

use std::collections::BTreeMap;

use jiff::civil::date;
use lienthong_core::evidence::Wrong;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::{HEADERS, good_file, good_row, imported, problems, problems_with, rest};
use crate::evidence_import::{ImportedRow, Options, read, template};

#[test]
fn every_delimiter_and_every_unicode_form_says_the_same() {
    let plain = imported("a.csv", good_file().as_bytes());
    assert_eq!(plain.rows.len(), 1);
    let draft = &plain.rows[0].draft;
    assert_eq!(draft.class, "E3");
    assert_eq!(draft.symbol, "663/QĐ-TTPVHCC");
    assert_eq!(draft.services, ["3"]);
    assert_eq!(plain.rows[0].row, 2);
    assert!(draft.read(date(2026, 11, 22)).is_ok());
    let bom = format!("\u{feff}{}", good_file());
    let semicolons = good_file().replace(',', ";");
    let tabs = good_file().replace(',', "\t");
    let dos = good_file().replace('\n', "\r\n");
    for text in [bom, semicolons, tabs, dos] {
        assert_eq!(imported("a.csv", text.as_bytes()), plain);
    }
    let decomposed: String = good_file().nfd().collect();
    assert_eq!(
        imported("a.csv", decomposed.as_bytes()).rows[0].draft,
        *draft
    );
    let wide = |unit: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        let units = good_file()
            .encode_utf16()
            .flat_map(unit)
            .collect::<Vec<u8>>();
        [mark.to_vec(), units].concat()
    };
    for bytes in [
        wide(u16::to_le_bytes, [0xff, 0xfe]),
        wide(u16::to_be_bytes, [0xfe, 0xff]),
    ] {
        assert_eq!(imported("a.csv", &bytes), plain);
    }
}

#[test]
fn headers_are_known_without_marks_in_capitals_and_in_english() {
    let row = good_row();
    for headers in [
        "LOAI,SO KY HIEU,TRICH YEU,NGAY BAN HANH,CO QUAN BAN HANH,DICH VU,MA THU TUC,SHA256",
        "class,symbol,title,issued_on,issuer,service_numbers,procedure_codes,sha256",
        "Class,Symbol,Title,Issued on,Issuer,Services,Procedure code,Hash",
    ] {
        let text = format!("{headers}\n{row}\n");
        let imported = imported("a.csv", text.as_bytes());
        assert_eq!(imported.rows[0].draft.issued_on, "13/5/2026");
        assert_eq!(imported.rows[0].draft.codes, ["1.004222"]);
    }
}

#[test]
fn titles_above_the_headers_and_blank_rows_between_are_no_pieces() {
    let row = good_row();
    let text = format!("DANH SÁCH MINH CHỨNG,,\n\n{HEADERS}\n{row}\n,,,,,,,\n{row}\n");
    let imported = imported("a.csv", text.as_bytes());
    let rows: Vec<u32> = imported.rows.iter().map(|it| it.row).collect();
    assert_eq!(rows, [4, 6]);
    assert_eq!(imported.rows[1].draft.name, "row-6");
}

#[test]
fn lists_ranges_and_statements_are_taken_apart() {
    let text = format!(
        "{HEADERS},Thay thế,Nội dung,time_limit\n{},\"5/QĐ-UBND; dòng 2\",\"steps = Một cửa > Lãnh đạo\nfee_online: có\",2 ngày làm việc\n",
        good_row().replace(",3,", ",\"3; 9–11\",")
    );
    let draft = &imported("a.csv", text.as_bytes()).rows[0].draft;
    assert_eq!(draft.services, ["3", "9", "10", "11"]);
    assert_eq!(draft.supersedes, ["5/QĐ-UBND", "row-2"]);
    let expected = BTreeMap::from(
        [
            ("fee_online", "có"),
            ("steps", "Một cửa > Lãnh đạo"),
            ("time_limit", "2 ngày làm việc"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    assert_eq!(draft.statements, expected);
}

#[test]
fn a_field_leads_back_to_its_row_and_column() {
    use lienthong_core::report::Language;
    let imported = imported("a.csv", good_file().as_bytes());
    let place = |field: &str, language| imported.rows[0].place(field).text(language);
    assert_eq!(
        place("issued_on", Language::Vietnamese),
        "dòng 2, cột D \"Ngày ban hành\""
    );
    assert_eq!(place("statements[x]", Language::English), "row 2");
}

#[test]
fn other_encodings_are_told_and_never_guessed() {
    // "Quyết định" and "Đề án" as Windows-1258 and Windows-1252 write them.
    let row = |word: &[u8]| [b"Loai,So ky hieu\nE3,1\n".as_slice(), word].concat();
    let vietnamese = row(b"Quy\xea\xect \xf0i\xf2nh, \xd0\xea\xcc a\xecn");
    assert_eq!(
        problems("a.csv", &vietnamese),
        ["row 3: is not UTF-8 (probably Windows-1258): save it as \"CSV UTF-8\" or XLSX"]
    );
    let western = row(b"Caf\xe9, \xa9 na\xefve");
    let told = problems("a.csv", &western);
    assert!(told[0].contains("Windows-1252, TCVN3"), "{told:?}");
    let wide: Vec<u8> = good_file()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let utf16 = "file: is incomplete UTF-16: save it as \"CSV UTF-8\" or XLSX";
    assert_eq!(problems("a.csv", &wide), [utf16]);
    assert_eq!(problems("a.csv", &[0xff, 0xfe, 0x41]), [utf16]);
    assert_eq!(problems("a.csv", &[0xff, 0xfe, 0x00, 0xd8]), [utf16]);
    let garbled = good_file().replace("Phê duyệt", "PhÃª duyá»‡t");
    let told = problems("a.csv", garbled.as_bytes());
    assert!(told[0].starts_with("row 2: was read in a wrong encoding"));
    let old_font = good_file().replace("Phê duyệt", "QuyÕt ®Þnh phª duyÖt");
    let told = problems("a.csv", old_font.as_bytes());
    assert!(told[0].starts_with("row 2: is written for an old font"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = "Loại,Số ký hiệu,Trích yếu,Ngày ban hành,Ghi chú,Loại minh chứng,Nội dung\n\
                E3,1/QĐ-UBND,X,13/5/2026,không rõ,E3,không có gì\n\
                E3,1/QĐ-UBND,X,13/5/2026,,,,,thừa\n";
    assert_eq!(
        problems("a.csv", text.as_bytes()),
        [
            "row 3: has 9 cells under 7 headers",
            "column E \"Ghi chú\": means nothing here; use --map \"HEADER=name\" or remove it",
            "column F \"Loại minh chứng\": there is another column for this already",
            "file: the column \"Dịch vụ\" is missing",
            "file: the column \"Cơ quan ban hành\" is missing",
            "file: the column \"SHA-256\" is missing",
            "row 2, column G \"Nội dung\": line 1 of the cell is not \"name = value\"",
        ]
    );
}

#[test]
fn a_header_of_the_offices_own_can_be_mapped() {
    let text = good_file().replace("Số ký hiệu", "Số QĐ");
    let told = problems("a.csv", text.as_bytes());
    assert!(told[0].contains("column B \"Số QĐ\": means nothing here"));
    let mut options = Options::default();
    options
        .columns
        .insert("so qd".to_owned(), "symbol".to_owned());
    let read_it = read("a.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(read_it.rows[0].draft.symbol, "663/QĐ-TTPVHCC");
    options
        .columns
        .insert("Cột lạ".to_owned(), "title".to_owned());
    options
        .columns
        .insert("Trích yếu".to_owned(), "No Such".to_owned());
    let told = problems_with("a.csv", text.as_bytes(), &options);
    assert!(told.contains(&"column Cột lạ: there is no header as --map names it".to_owned()));
    assert!(told.contains(&"column No Such: --map names a field that there is not".to_owned()));
}

#[test]
fn hashes_may_come_from_the_files_themselves() {
    let text = good_file()
        .replace("SHA-256", "Tệp")
        .replace(&"0a".repeat(32), "663.pdf");
    let told = problems("a.csv", text.as_bytes());
    assert_eq!(told, ["file: the column \"SHA-256\" is missing"]);
    let options = Options {
        hashes_elsewhere: true,
        ..Options::default()
    };
    let imported = read("a.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(imported.rows[0].file.as_deref(), Some("663.pdf"));
}

#[test]
fn files_that_hold_no_table_say_so() {
    let told = problems("a.csv", b"");
    assert!(told[0].starts_with("file: no row of headers"));
    let told = problems("a.csv", HEADERS.as_bytes());
    assert_eq!(told, ["file: holds no evidence"]);
    let open = good_file().replace("Phê duyệt", "\"Phê duyệt");
    assert_eq!(
        problems("a.csv", open.as_bytes()),
        ["file: a quotation mark is not closed"]
    );
    let rows = vec![good_row(); 501].join("\n");
    let told = problems("a.csv", format!("{HEADERS}\n{rows}\n").as_bytes());
    assert_eq!(
        told,
        ["file: holds 501 pieces, 500 are taken at once: divide the file"]
    );
    let both = format!("{HEADERS}\n{rows},more\n");
    let told = problems("a.csv", both.as_bytes());
    assert_eq!(
        told,
        [
            "row 502: has 9 cells under 8 headers",
            "file: holds 501 pieces, 500 are taken at once: divide the file"
        ],
        "both at once"
    );
    assert_eq!(rest("a.csv", both.as_bytes()).len(), 500);
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    assert_eq!(problems("a.csv", &large), ["file: larger than 10 MB"]);
}

#[test]
fn rows_behind_the_last_that_is_read_are_told_and_not_left_out() {
    let row = good_row();
    let blank = ",,,,,,,\n".repeat(19_998);
    let all = format!("{HEADERS}\n{row}\n{blank}");
    assert_eq!(imported("a.csv", all.as_bytes()).rows.len(), 1);
    let more = format!("{all}{row}\n");
    let told = problems("a.csv", more.as_bytes());
    let expected =
        "row 20001: not read from here on: there are more than 20,000 rows, blank ones among them";
    assert_eq!(told, [expected]);
}

#[test]
fn what_can_be_read_beside_what_cannot_is_there_for_further_looks() {
    let row = good_row();
    let text = format!(
        "{}\n{row}\n{row},more\n{}\n",
        HEADERS.replace("Trích yếu", "Không rõ"),
        row.replace("13/5/2026", "30/02/2026"),
    );
    let rows = rest("a.csv", text.as_bytes());
    let numbers: Vec<u32> = rows.iter().map(|it| it.row).collect();
    assert_eq!(numbers, [2, 4], "in row 3 nobody knows what stands where");
    let title = |it: &ImportedRow| it.is_unread("title") && !it.is_unread("issuer");
    assert!(rows.iter().all(title), "it has no column");
    assert_eq!(rows[1].draft.issued_on, "30/02/2026");
}

#[test]
fn the_row_of_the_sample_is_no_evidence() {
    let told = problems("mau.csv", &template());
    let sample = "row 2, column C \"Trích yếu\": is the row of the sample and no evidence: remove \
                  it, or write a real document there";
    assert_eq!(told, [sample]);
    assert_eq!(rest("mau.csv", &template()), []);
    // Also where a spreadsheet program, or somebody, has written it in another way.
    let text = String::from_utf8(template()).unwrap();
    let rewritten = text.replace(
        "[DÒNG MẪU - XÓA TRƯỚC KHI NHẬP]",
        "dòng mẫu (xóa trước khi nhập):",
    );
    assert_eq!(problems("mau.csv", rewritten.as_bytes()), [sample]);
}

#[test]
fn rows_beside_that_of_the_sample_are_still_read() {
    let text = String::from_utf8(template()).unwrap();
    let (header, sample) = text.split_once("\r\n").unwrap();
    let real = sample
        .replace("[DÒNG MẪU - XÓA TRƯỚC KHI NHẬP] ", "")
        .replace(&"0".repeat(64), &"0a".repeat(32));
    let both = format!("{header}\r\n{sample}{real}");
    assert_eq!(problems("mau.csv", both.as_bytes()).len(), 1);
    assert_eq!(rest("mau.csv", both.as_bytes()).len(), 1);
    // Without the row of the sample the file is good.
    let imported = imported("mau.csv", format!("{header}\r\n{real}").as_bytes());
    assert_eq!(imported.warnings, []);
    let evidence = imported.rows[0].draft.read(date(2026, 11, 22)).unwrap();
    assert_eq!(evidence.statements.len(), 2);
}

#[test]
fn the_sample_without_its_mark_still_has_no_real_hash() {
    let text = String::from_utf8(template()).unwrap();
    let unmarked = text.replace("[DÒNG MẪU - XÓA TRƯỚC KHI NHẬP] ", "");
    let imported = imported("mau.csv", unmarked.as_bytes());
    let wrong = imported.rows[0].draft.read(date(2026, 11, 22)).unwrap_err();
    let wrong: Vec<_> = wrong.iter().map(|it| &it.wrong).collect();
    assert_eq!(wrong, [&Wrong::HashOfZeros]);
}

/// Files that once were, or might be, hard to read; none may bring the reader down.
const CORPUS: [&[u8]; 14] = [
    b"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\"",
    b"\"\"",
    b",,,,\n;;;;\n\t\t\t",
    b"class,title,issuer\r\r\r\n\n",
    b"class,title,issuer\n\"a\"b\"c\"\n",
    b"class,title,issuer\n\0,\0,\0",
    b"PK\x03\x04",
    b"PK\x03\x04class,title,issuer",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"class;title;issuer\n=1+1;@SUM(A1);-2\n",
    "class,title,issuer\n\u{202e}E3,\u{200b},\u{feff}\n".as_bytes(),
];

#[test]
fn no_file_of_the_corpus_brings_the_reader_down() {
    for bytes in CORPUS {
        for name in ["a.csv", "a.xlsx", "a.toml", ""] {
            let outcome = read(name, bytes, &Options::default());
            assert!(outcome.is_err() || !outcome.unwrap().rows.is_empty());
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_bring_the_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for name in ["a.csv", "a.toml"] {
            drop(read(name, &bytes, &Options::default()));
        }
        let zipped = [b"PK\x03\x04".as_slice(), &bytes].concat();
        drop(read("a.xlsx", &zipped, &Options::default()));
    }

    #[test]
    fn no_letters_under_good_headers_bring_the_reader_down(text in "\\PC{0,200}") {
        let file = format!("{HEADERS}\n{text}\n");
        drop(read("a.csv", file.as_bytes(), &Options::default()));
    }
}
