//! Workbooks, made here by the library that also writes the reports.

use std::io::{Cursor, Read as _, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::{HEADERS, good_row, imported, problems, problems_with, rest, texts};
use crate::evidence_import::{Options, read};

/// A sheet with the headers and one good row, as text.
fn sheet() -> Worksheet {
    let mut sheet = Worksheet::new();
    put_row(&mut sheet, 0, HEADERS);
    put_row(&mut sheet, 1, &good_row());
    sheet
}

fn put_row(sheet: &mut Worksheet, row: u32, cells: &str) {
    for (column, cell) in (0..).zip(cells.split(',')) {
        sheet.write_string(row, column, cell).unwrap();
    }
}

fn book(sheets: Vec<Worksheet>) -> Vec<u8> {
    let mut book = Workbook::new();
    for sheet in sheets {
        book.push_worksheet(sheet);
    }
    book.save_to_buffer().unwrap()
}

/// A workbook with a change in its first sheet that no library would write.
fn rewritten(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.ends_with("sheet1.xml") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from));
            bytes = text.replace(from, to).into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        new.start_file(name, options).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_says_the_same_as_a_csv_file() {
    let from_csv = imported("a.csv", super::good_file().as_bytes());
    assert_eq!(imported("a.xlsx", &book(vec![sheet()])), from_csv);
    assert_eq!(
        imported("a", &book(vec![sheet()])),
        from_csv,
        "its name does not matter"
    );
}

#[test]
fn real_dates_and_numbers_are_read_as_what_they_are() {
    let mut sheet = sheet();
    let day = ExcelDateTime::from_ymd(2026, 5, 13).unwrap();
    let format = Format::new().set_num_format("dd/mm/yyyy");
    sheet
        .write_datetime_with_format(1, 3, day, &format)
        .unwrap();
    sheet.write_number(1, 5, 3).unwrap();
    sheet.write_number(1, 6, 1.004_22).unwrap();
    sheet.write_string(0, 8, "online_target").unwrap();
    let percent = Format::new().set_num_format("0.0%");
    sheet
        .write_number_with_format(1, 8, 0.687, &percent)
        .unwrap();
    let imported = imported("a.xlsx", &book(vec![sheet]));
    let draft = &imported.rows[0].draft;
    assert_eq!(draft.issued_on, "2026-05-13");
    assert_eq!(draft.services, ["3"]);
    assert_eq!(draft.codes, ["1.004220"]);
    assert_eq!(draft.statements["online_target"], "68.7%");
    let told = texts(&imported.warnings);
    let expected = "row 2, column G \"Mã thủ tục\": is a number and was read as 1.004220; better enter it as text";
    assert_eq!(told, [expected]);
}

#[test]
fn cells_that_lost_what_was_typed_are_refused() {
    let mut sheet = sheet();
    let day = ExcelDateTime::from_ymd(2026, 4, 3).unwrap();
    let format = Format::new().set_num_format("dd/mm/yyyy");
    sheet
        .write_datetime_with_format(1, 5, day, &format)
        .unwrap();
    sheet.write_number(1, 3, 46_155).unwrap();
    sheet.write_string(0, 8, "online_target").unwrap();
    sheet.write_number(1, 8, 0.687).unwrap();
    let file = book(vec![sheet]);
    assert_eq!(
        problems("a.xlsx", &file),
        [
            "row 2, column D \"Ngày ban hành\": is a number and no day",
            "row 2, column F \"Dịch vụ\": the program made a date of it: enter it again as text",
            "row 2, column I \"online_target\": is below 1 and may be a percentage: write it out, e.g. 92%",
        ]
    );
    let row = rest("a.xlsx", &file).remove(0);
    for field in ["issued_on", "service_numbers", "statements[online_target]"] {
        assert!(row.is_unread(field), "{field}");
    }
    assert!(!row.is_unread("class"));
}

#[test]
fn cells_to_the_right_of_the_last_header_are_told_and_not_dropped() {
    let mut sheet = sheet();
    put_row(&mut sheet, 2, &good_row());
    // "Bãi bỏ" was lost from above it.
    sheet.write_string(1, 9, "1.004194").unwrap();
    let file = book(vec![sheet]);
    let told = problems("a.xlsx", &file);
    assert_eq!(told, ["row 2: has 10 cells under 8 headers"]);
    let rows = rest("a.xlsx", &file);
    let numbers: Vec<u32> = rows.iter().map(|it| it.row).collect();
    assert_eq!(numbers, [3]);
}

#[test]
fn merged_cells_are_refused_with_their_range_but_for_titles() {
    let format = Format::new();
    let mut merged = sheet();
    merged
        .merge_range(1, 1, 3, 1, "663/QĐ-TTPVHCC", &format)
        .unwrap();
    let told = problems("a.xlsx", &book(vec![merged]));
    assert_eq!(
        told,
        ["row 2: the cells B2:B4 are merged: unmerge and fill them"]
    );
    let mut below = sheet();
    below.merge_range(1, 1, 3, 1, "663/QĐ", &format).unwrap();
    put_row(&mut below, 4, &good_row());
    let rows = rest("a.xlsx", &book(vec![below]));
    let numbers: Vec<u32> = rows.iter().map(|it| it.row).collect();
    assert_eq!(numbers, [5], "the others are looked at when they are whole");
    let mut titled = Worksheet::new();
    titled
        .merge_range(0, 0, 0, 7, "DANH SÁCH MINH CHỨNG", &format)
        .unwrap();
    put_row(&mut titled, 2, HEADERS);
    put_row(&mut titled, 3, &good_row());
    let imported = imported("a.xlsx", &book(vec![titled]));
    assert_eq!(imported.rows[0].row, 4);
}

#[test]
fn a_formula_counts_by_its_stored_value_and_is_told() {
    let mut with_value = sheet();
    let formula = Formula::new("=\"E\"&3").set_result("E3");
    with_value.write_formula(1, 0, formula).unwrap();
    let imported = imported("a.xlsx", &book(vec![with_value]));
    assert_eq!(imported.rows[0].draft.class, "E3");
    let told = texts(&imported.warnings);
    assert_eq!(
        told,
        ["row 2, column A \"Loại\": is a formula; its stored value was read"]
    );
    let mut without = sheet();
    let formula = Formula::new("=\"E\"&3").set_result("E3");
    without.write_formula(1, 0, formula).unwrap();
    let without = rewritten(&book(vec![without]), "<v>E3</v>", "");
    let told = problems("a.xlsx", &without);
    let expected =
        "row 2, column A \"Loại\": a formula without a stored value: open, recalculate and save";
    assert_eq!(told, [expected]);
}

#[test]
fn hidden_sheets_are_left_out_and_two_visible_ones_have_to_be_chosen_from() {
    let mut hidden = sheet();
    hidden.set_name("Bản cũ").unwrap().set_hidden(true);
    let one = imported("a.xlsx", &book(vec![sheet(), hidden]));
    assert_eq!(one.rows.len(), 1);
    assert_eq!(
        texts(&one.warnings),
        ["file: the hidden sheet \"Bản cũ\" was not read"]
    );
    let mut second = sheet();
    second.set_name("Quý II").unwrap();
    let both = book(vec![sheet(), second]);
    let told = problems("a.xlsx", &both);
    let expected = "file: several sheets hold such a table (Sheet1, Quý II): choose with --sheet";
    assert_eq!(told, [expected]);
    let choose = |name: &str| Options {
        sheet: Some(name.to_owned()),
        ..Options::default()
    };
    assert_eq!(
        read("a.xlsx", &both, &choose("Quý II")).unwrap().rows.len(),
        1
    );
    let told = problems_with("a.xlsx", &both, &choose("Quý III"));
    assert_eq!(told, ["file: there is no such sheet"]);
}

#[test]
fn files_that_are_no_workbook_say_what_they_are() {
    assert_eq!(
        problems("a.xlsx", b"class,title"),
        ["file: is no XLSX file"]
    );
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let told = problems("a.csv", &old);
    assert!(told[0].starts_with("file: is an old XLS file or has a password"));
    assert_eq!(
        problems("a.xlsx", b"PK\x03\x04"),
        ["file: is a broken XLSX file"]
    );
    let whole = book(vec![sheet()]);
    let cut = problems("a.xlsx", &whole[..whole.len() / 2]);
    assert_eq!(cut, ["file: is a broken XLSX file"]);
    let empty = book(vec![Worksheet::new()]);
    assert!(problems("a.xlsx", &empty)[0].starts_with("file: no row of headers"));
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_not_unpacked() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("xl/workbook.xml", options).unwrap();
    let zeros = vec![0_u8; 1024 * 1024];
    for _ in 0..65 {
        archive.write_all(&zeros).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 1024 * 1024);
    let told = problems("a.xlsx", &bomb);
    assert_eq!(told, ["file: unpacks to more than is read"]);
}

#[test]
fn a_cell_far_away_costs_nothing() {
    let mut sheet = sheet();
    sheet.write_string(1_048_575, 0, "E3").unwrap();
    let imported = imported("a.xlsx", &book(vec![sheet]));
    let rows: Vec<u32> = imported.rows.iter().map(|it| it.row).collect();
    assert_eq!(rows, [2, 1_048_576]);
    let mut wide = super::workbooks::sheet();
    wide.write_string(1, 16_383, "E3").unwrap();
    let told = problems("a.xlsx", &book(vec![wide]));
    assert_eq!(told, ["file: has more than 200 columns"]);
}

#[test]
fn errors_in_cells_are_refused() {
    let mut sheet = sheet();
    let formula = Formula::new("=NA()").set_result("#N/A");
    sheet.write_formula(1, 2, formula).unwrap();
    let told = problems("a.xlsx", &book(vec![sheet]));
    let expected = "row 2, column C \"Trích yếu\": the cell holds an error (#N/A, #REF! …)";
    assert_eq!(told, [expected]);
}

#[test]
fn one_text_that_a_thousand_cells_share_is_counted_for_each_of_them() {
    // 32 767 letters are the most of a cell.
    let long = "a".repeat(32_767);
    let with = |rows: u32| {
        let mut sheet = sheet();
        for row in 2..rows + 2 {
            sheet.write_string(row, 2, &long).unwrap();
        }
        book(vec![sheet])
    };
    let bomb = with(1_100);
    assert!(bomb.len() < 100_000);
    let told = problems("a.xlsx", &bomb);
    assert_eq!(told, ["file: unpacks to more than is read"]);
    assert_eq!(imported("a.xlsx", &with(100)).rows.len(), 101);
}

#[test]
fn rows_that_reach_far_to_the_right_are_bounded_together() {
    let mut sheet = sheet();
    for row in 2..11_000 {
        sheet.write_string(row, 199, "x").unwrap();
    }
    let told = problems("a.xlsx", &book(vec![sheet]));
    assert_eq!(told, ["file: unpacks to more than is read"]);
}

#[test]
fn no_more_than_a_hundred_merged_ranges_are_told() {
    let format = Format::new();
    let mut sheet = sheet();
    for row in 0..150 {
        let (first, last) = (2 + 2 * row, 3 + 2 * row);
        sheet.merge_range(first, 0, last, 0, "", &format).unwrap();
    }
    let told = problems("a.xlsx", &book(vec![sheet]));
    assert_eq!(told.len(), 100);
    assert!(told[99].contains("are merged"), "{}", told[99]);
}

#[test]
fn a_percentage_finer_than_a_claim_is_not_rounded() {
    let mut sheet = sheet();
    sheet.write_string(0, 8, "online_target").unwrap();
    let percent = Format::new().set_num_format("0%");
    // Shown as 100%.
    sheet
        .write_number_with_format(1, 8, 0.999_96, &percent)
        .unwrap();
    let imported = imported("a.xlsx", &book(vec![sheet]));
    let draft = &imported.rows[0].draft;
    assert_eq!(draft.statements["online_target"], "99.996%");
}
