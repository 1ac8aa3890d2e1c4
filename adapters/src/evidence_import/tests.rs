//! Files as offices send them, and files that nobody should have sent.

mod csv_files;
mod toml_files;
mod workbooks;

use lienthong_core::report::Language;

use super::{ImportProblem, Imported, ImportedRow, Options, read};

/// The headers of the tests, and one good row.
const HEADERS: &str =
    "Loại,Số ký hiệu,Trích yếu,Ngày ban hành,Cơ quan ban hành,Dịch vụ,Mã thủ tục,SHA-256";

fn good_row() -> String {
    let hash = "0a".repeat(32);
    format!(
        "E3,663/QĐ-TTPVHCC,Phê duyệt quy trình,13/5/2026,UBND tỉnh thử nghiệm,3,1.004222,{hash}"
    )
}

fn good_file() -> String {
    format!("{HEADERS}\n{}\n", good_row())
}

fn imported(name: &str, bytes: &[u8]) -> Imported {
    match read(name, bytes, &Options::default()) {
        Ok(imported) => imported,
        Err(refused) => panic!("{:?}", texts(&refused.problems)),
    }
}

fn texts(problems: &[ImportProblem]) -> Vec<String> {
    let texts = problems.iter().map(|it| it.text(Language::English));
    texts.collect()
}

fn problems(name: &str, bytes: &[u8]) -> Vec<String> {
    problems_with(name, bytes, &Options::default())
}

fn problems_with(name: &str, bytes: &[u8], options: &Options) -> Vec<String> {
    match read(name, bytes, options) {
        Ok(imported) => panic!("nothing is wrong: {:?}", imported.rows),
        Err(refused) => texts(&refused.problems),
    }
}

/// What can be read of a file that is refused.
fn rest(name: &str, bytes: &[u8]) -> Vec<ImportedRow> {
    match read(name, bytes, &Options::default()) {
        Ok(imported) => panic!("nothing is wrong: {:?}", imported.rows),
        Err(refused) => refused.rows,
    }
}
