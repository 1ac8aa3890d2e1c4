//! Drawing, read back.

mod exporting;
mod samples;

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};
use lienthong_core::ports::reports::KeptReport;
use lienthong_core::report::Language::{English, Vietnamese};
use lienthong_core::report::ReportKind;

use super::content::Content;
use super::draw::{Drawing, Form};
use super::state::State;

use samples::{board, kept, late_units};

const FORMS: [Form; 4] = [Form::Csv, Form::Xlsx, Form::Html, Form::Json];

fn drawing(content: Content) -> Drawing {
    Drawing {
        content,
        state: None,
        section: None,
        checks: None,
    }
}

fn text(drawing: &Drawing, form: Form) -> String {
    String::from_utf8(drawing.draw(form).unwrap()).unwrap()
}

#[test]
fn the_same_content_is_the_same_file_in_every_form_and_language() {
    for language in [Vietnamese, English] {
        for form in FORMS {
            let once = drawing(Content::of(&board(language))).draw(form).unwrap();
            let twice = drawing(Content::of(&board(language))).draw(form).unwrap();
            assert!(once == twice, "{form:?} {language:?}");
        }
    }
}

#[test]
fn every_form_shows_the_hash_of_the_content() {
    let content = Content::of(&board(Vietnamese));
    let sha256 = content.sha256().to_string();
    let drawing = drawing(content);
    for form in [Form::Csv, Form::Html, Form::Json] {
        assert!(text(&drawing, form).contains(&sha256), "{form:?}");
    }
    assert!(texts(&drawing).contains(&sha256));
}

#[test]
fn a_kept_content_is_read_back_as_it_was() {
    for language in [Vietnamese, English] {
        for report in [board(language), late_units(language)] {
            let content = Content::of(&report);
            let read = Content::read(&content.canonical()).unwrap();
            assert_eq!(read, content);
            assert_eq!(read.sha256(), content.sha256());
        }
    }
}

#[test]
fn the_hash_can_be_computed_from_the_file() {
    let content = Content::of(&late_units(Vietnamese));
    let file = text(&drawing(content.clone()), Form::Json);
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    let again = super::canonical::canonical(&file["content"]);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, again.as_bytes());
    let hex: Vec<String> = digest
        .as_ref()
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    assert_eq!(file["content_sha256"], hex.concat());
    assert_eq!(content.sha256().to_string(), hex.concat());
}

#[test]
fn a_hostile_text_is_shown_and_does_nothing() {
    let mut report = board(Vietnamese);
    let hostile = "=cmd|'/c calc'!A1<script>alert(\"1\")</script>";
    report.sections[0].rows[0][1] = lienthong_core::report::Cell::Text(hostile.to_owned());
    report.title = hostile.to_owned();
    report.remarks = vec![hostile.to_owned()];
    report.sections[0].heading = hostile.to_owned();
    report.sections[0].remarks = vec![hostile.to_owned()];
    let drawing = drawing(Content::of(&report));
    let page = text(&drawing, Form::Html);
    assert!(!page.contains("<script"), "it would run");
    assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"));
    let mut reader = reader(&drawing);
    for record in reader.records() {
        for field in &record.unwrap() {
            assert!(!field.starts_with(['=', '+', '-', '@']), "{field}");
        }
    }
    assert!(
        texts(&drawing).contains(hostile),
        "as a text, in no formula"
    );
}

fn reader(drawing: &Drawing) -> csv::Reader<Cursor<Vec<u8>>> {
    let file = drawing.draw(Form::Csv).unwrap();
    let (mark, rest) = file.split_at(3);
    assert_eq!(mark, b"\xef\xbb\xbf");
    csv::Reader::from_reader(Cursor::new(rest.to_vec()))
}

#[test]
fn one_csv_has_every_row_of_every_table_and_as_many_fields_in_each() {
    let content = Content::of(&board(Vietnamese));
    let mut reader = reader(&drawing(content.clone()));
    let head = reader.headers().unwrap().clone();
    assert_eq!(&head[0], "section");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for section in &content.sections {
        let of = rows.iter().filter(|row| row[0] == section.name);
        assert_eq!(of.count(), section.rows.len(), "{}", section.name);
    }
    let about = rows.iter().filter(|row| &row[0] == "report");
    let hash = about
        .clone()
        .find(|row| &row[1] == "content_sha256")
        .unwrap();
    assert_eq!(hash[2], content.sha256().to_string());
    assert!(about.clone().any(|row| &row[1] == "rule_version"));
}

#[test]
fn a_chosen_table_has_its_own_columns_and_values_for_programs() {
    let content = Content::of(&board(Vietnamese));
    let mut drawing = drawing(content.clone());
    drawing.section = Some("services".to_owned());
    let mut reader = reader(&drawing);
    let head: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        head,
        [
            "number",
            "name",
            "state",
            "received",
            "online",
            "looked_up",
            "median",
            "judged_on",
            "seen_at",
            "c3",
            "report_first_day",
            "report_last_day",
            "report_as_of",
            "report_unit",
            "report_dossiers_seen",
            "report_coverage",
            "report_rule_versions",
            "content_sha256"
        ]
    );
    let first = reader.records().next().unwrap().unwrap();
    let fields: Vec<&str> = first.iter().take(10).collect();
    assert_eq!(
        fields,
        [
            "3",
            "Đăng ký thường trú",
            "Đã cấu hình",
            "12345",
            "68.73%",
            "<5",
            "16.5 giờ làm việc",
            "2026-10-31",
            "2026-11-01T00:00:00+07:00",
            "CONTRADICTED"
        ]
    );
    drawing.section = Some("no-such-table".to_owned());
    assert!(drawing.draw(Form::Csv).is_err());
}

#[test]
fn each_row_of_a_chosen_table_says_what_it_is_about() {
    let content = Content::of(&board(Vietnamese));
    let mut drawing = drawing(content.clone());
    drawing.section = Some("services".to_owned());
    let first = reader(&drawing).records().next().unwrap().unwrap();
    let about: Vec<&str> = first.iter().skip(10).collect();
    assert_eq!(
        about,
        [
            "2026-10-01",
            "2026-10-31",
            "2026-11-01T00:00:00+07:00",
            "",
            "12345",
            "99.87%",
            "quy tắc kiểm tra: 2026-11-22",
            &content.sha256().to_string()
        ]
    );
}

#[test]
fn a_page_is_whole_by_itself_and_speaks_its_language() {
    let page = text(&drawing(Content::of(&board(Vietnamese))), Form::Html);
    for wanted in [
        "<html lang=\"vi\">",
        "12.345",
        "68,73%",
        "16,5\u{a0}giờ làm việc",
        "31/10/2026",
        "hết ngày 31/10/2026",
        "scope=\"col\"",
        "scope=\"row\"",
        "mâu thuẫn",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    for absent in ["<script", "http://", "https://", "src=", "@import"] {
        assert!(!page.contains(absent), "{absent}");
    }
    let page = text(&drawing(Content::of(&board(English))), Form::Html);
    for wanted in [
        "<html lang=\"en\">",
        "12,345",
        "68.73%",
        "2026-10-31",
        "contradicted",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_list_shows_how_far_it_came() {
    let content = Content::of(&late_units(Vietnamese));
    let mut drawing = drawing(content);
    let (published, withdrawn) = kept();
    drawing.state = Some(State::of(&published, Some(&withdrawn), Vietnamese));
    let page = text(&drawing, Form::Html);
    for wanted in [
        "BC-000008",
        "Đã công khai trong cơ quan, chưa công khai trên trang thông tin điện tử",
        "mã cán bộ CB-01, qua hệ thống igate, ngày 05/11/2026",
        "Bảng tin tầng 1, ngày 06/11/2026",
        "chưa công khai",
        "BC-000003: nhầm đơn vị",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(texts(&drawing).contains("BC-000003: nhầm đơn vị"));
    let json: serde_json::Value = serde_json::from_str(&text(&drawing, Form::Json)).unwrap();
    assert_eq!(json["state"]["void"], false);
    // How far it came is beside the content, so the hash stays.
    assert_eq!(json["content_sha256"], drawing.content.sha256().to_string());
}

#[test]
fn a_personal_number_of_an_officer_is_not_on_the_file() {
    let (mut published, _) = kept();
    let shown = |published: &KeptReport| format!("{:?}", State::of(published, None, Vietnamese));
    let mut signed_by = |number: &str| {
        for act in &mut published.acts {
            act.operator = lienthong_core::access::OfficerId::parse(number).unwrap();
        }
        shown(&published)
    };
    // A personal number, an old identity card, a telephone, and one with dots.
    for number in [
        "000234567890",
        "000456789",
        "0001234567",
        "000.234.567.890",
        "CB-000456789",
    ] {
        let state = signed_by(number);
        assert!(!state.contains(number), "{number}");
        assert!(state.contains("cán bộ ghi trong kho lưu"), "{number}");
    }
    assert!(signed_by("CB-20261101").contains("mã cán bộ CB-20261101"));
}

#[test]
fn a_list_that_is_not_kept_says_that_it_is_only_a_preview() {
    let state = State::of_unkept(ReportKind::LateUnits, Vietnamese).unwrap();
    assert_eq!(state.headline, "Bản xem trước");
    assert!(state.is_void);
    assert_eq!(State::of_unkept(ReportKind::Board, English), None);
}

#[test]
fn the_json_of_the_board_is_the_answer_of_a_check_with_the_hash() {
    let mut drawing = drawing(Content::of(&board(Vietnamese)));
    drawing.checks = Some(serde_json::json!({"ruleVersion": "r1", "checks": []}));
    let json = text(&drawing, Form::Json);
    let read: lienthong_proto::v1::CheckServicesResponse =
        crate::client::json::read("CheckServicesResponse", json.as_bytes()).unwrap();
    assert_eq!(read.rule_version, "r1");
    assert_eq!(read.content_sha256, drawing.content.sha256().to_string());
    // The second hash is that of the answer, without both of them.
    let mut alone: serde_json::Value = serde_json::from_str(&json).unwrap();
    let members = alone.as_object_mut().unwrap();
    members.remove("contentSha256").unwrap();
    let told = members.remove("checksSha256").unwrap();
    let again = super::canonical::hash(&super::canonical::canonical(&alone));
    assert_eq!(told, again.to_string());
    assert_eq!(read.checks_sha256, again.to_string());
    let more = serde_json::json!({"ruleVersion": "r1", "checks": [{}]});
    drawing.checks = Some(more);
    let other: serde_json::Value = serde_json::from_str(&text(&drawing, Form::Json)).unwrap();
    assert_eq!(other["contentSha256"], read.content_sha256);
    assert_ne!(other["checksSha256"], read.checks_sha256);
}

#[test]
fn a_table_that_a_sheet_cannot_hold_is_refused() {
    let mut drawing = drawing(Content::of(&late_units(Vietnamese)));
    let row = drawing.content.sections[0].rows[0].clone();
    drawing.content.sections[0].rows = vec![row; 1_048_001];
    assert!(matches!(
        drawing.draw(Form::Xlsx),
        Err(super::draw::DrawError::TooLarge)
    ));
}

#[test]
fn a_file_is_named_after_what_it_holds() {
    let mut drawing = drawing(Content::of(&board(English)));
    drawing.content.unit = Some("H60".to_owned());
    assert_eq!(
        drawing.file_name(Form::Xlsx),
        "lienthong-board-2026-10-01-2026-10-31-H60-en.xlsx"
    );
    drawing.section = Some("services".to_owned());
    assert_eq!(
        drawing.file_name(Form::Csv),
        "lienthong-board-services-2026-10-01-2026-10-31-H60-en.csv"
    );
}

/// The sheets of a spreadsheet, read by another library.
fn sheets(drawing: &Drawing) -> Vec<(String, Range<Data>)> {
    let file = drawing.draw(Form::Xlsx).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
    book.worksheets()
}

/// All texts of a spreadsheet.
fn texts(drawing: &Drawing) -> String {
    let sheets = sheets(drawing);
    let cells = sheets.iter().flat_map(|(_, sheet)| sheet.used_cells());
    let texts: Vec<String> = cells.map(|(_, _, data)| data.to_string()).collect();
    texts.join("\n")
}

#[test]
fn a_spreadsheet_has_a_sheet_for_each_table_and_real_numbers_and_days() {
    let drawing = drawing(Content::of(&board(Vietnamese)));
    let sheets = sheets(&drawing);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Dịch vụ", "Phát hiện", "Thông tin"]);
    let services = &sheets[0].1;
    let cell = |column| services.get_value((4, column)).unwrap().clone();
    assert_eq!(cell(0), Data::String("3".to_owned()));
    assert_eq!(cell(3), Data::Float(12_345.0));
    assert_eq!(cell(4), Data::Float(0.6873));
    assert_eq!(cell(5), Data::String("dưới 5".to_owned()));
    assert_eq!(cell(6), Data::Float(16.5));
    let day = |column| match cell(column) {
        Data::DateTime(moment) => moment.as_f64(),
        other => panic!("{other:?} is no day"),
    };
    // Days since 1899-12-30: 31/10/2026, and the midnight behind it.
    assert_eq!((day(7), day(8)), (46_326.0, 46_327.0));
    assert_eq!(cell(9), Data::String("mâu thuẫn".to_owned()));
}
