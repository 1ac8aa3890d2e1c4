//! TOML.

use jiff::civil::date;

use super::{imported, problems, rest};

const PIECE: &str = r#"
[[evidence]]
name = "quy-trinh"
class = "E3"
symbol = "663/QĐ-TTPVHCC"
title = "Phê duyệt quy trình"
issuer = "UBND tỉnh thử nghiệm"
issued_on = 2026-05-13
valid_to = "31/12/2026"
service_numbers = [3, 4]
procedure_codes = "1.004222; 1.004194"
supersedes = ["MC-000001"]
sha256 = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
statements = { time_limit = "16 giờ làm việc", fee_online = true }
"#;

#[test]
fn a_piece_is_a_table() {
    let imported = imported("a.toml", PIECE.as_bytes());
    let evidence = imported.rows[0].draft.read(date(2026, 11, 22)).unwrap();
    assert_eq!(evidence.id.as_str(), "quy-trinh");
    assert_eq!(evidence.issued_on, date(2026, 5, 13));
    assert_eq!(evidence.services.len(), 2);
    assert_eq!(evidence.codes.len(), 2);
    assert_eq!(evidence.statements["fee_online"], "true");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = format!(
        "title = \"Danh sách\"\n{PIECE}\nsigned_by = \"X\"\n[[evidence]]\nprocedure_codes = 1.004222\nclass = []\n"
    );
    let text = text.replace("statements = {", "fee_online = true\nstatements = {");
    assert_eq!(
        problems("a.toml", text.as_bytes()),
        [
            "row 1, column fee_online: there is no such key",
            "row 1, column signed_by: there is no such key",
            "row 2, column class: a value of another kind",
            "row 2, column procedure_codes: a value of another kind",
            "column title: there is no such key",
        ]
    );
    let told = problems("a.toml", b"[[evidence]]\nclass = \n");
    assert!(told[0].starts_with("row 2: is no TOML:"), "{told:?}");
    assert_eq!(problems("a.toml", b""), ["file: holds no evidence"]);
}

#[test]
fn a_name_is_given_once_and_what_can_be_read_is_there_beside_what_cannot() {
    let again = format!("{PIECE}{PIECE}[[evidence]]\nclass = \"E1\"\nprocedure_codes = 1.004222\n");
    assert_eq!(
        problems("a.toml", again.as_bytes()),
        [
            "row 3, column procedure_codes: a value of another kind",
            "row 2, column name: an earlier piece of the file has this name",
        ]
    );
    let blank_behind = format!("{PIECE}{}", PIECE.replace("quy-trinh\"", "quy-trinh \""));
    assert_eq!(
        problems("a.toml", blank_behind.as_bytes()),
        ["row 2, column name: an earlier piece of the file has this name"],
        "a blank behind it makes no other name"
    );
    let rows = rest("a.toml", again.as_bytes());
    assert_eq!(rows[1].draft.name, "row-2");
    assert_eq!(rows[2].draft.class, "E1");
    assert!(rows[2].is_unread("procedure_codes") && !rows[2].is_unread("class"));
}

#[test]
fn too_many_pieces_are_told_beside_what_else_is_wrong() {
    let pieces: String = (0..501)
        .map(|number| PIECE.replace("quy-trinh", &format!("so-{number}")))
        .collect();
    let text = format!("title = \"Danh sách\"\n{pieces}");
    let told = problems("a.toml", text.as_bytes());
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with("file: holds 501 pieces"), "{told:?}");
    assert_eq!(rest("a.toml", text.as_bytes()).len(), 500);
}
