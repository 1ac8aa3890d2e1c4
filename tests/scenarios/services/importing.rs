//! A file of evidence comes into the register by command, as an office does it: read by one
//! process, judged and kept by another, whole or not at all, and once.

use std::path::{Path, PathBuf};

use lienthong::demo::messages;
use lienthong_tests::process::{Process, Processes, Said, run};
use lienthong_tests::settings::Settings;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::Value;

const HEADERS: &str = "Loại,Số ký hiệu,Trích yếu,Ngày ban hành,Cơ quan ban hành,Dịch vụ,\
                       Mã thủ tục,SHA-256,Thay thế,Tệp,online_target";

/// A gateway in a process of its own whose register these systems may add to.
struct Office {
    processes: Processes,
    gateway: Process,
}

impl Office {
    async fn open(recorders: &str) -> Self {
        let settings = Settings::default()
            .with("services.recorders", recorders)
            .with("services.check_at", "off");
        let processes = Processes::start(settings).await.unwrap();
        let gateway = processes.serve().await.unwrap();
        Self { processes, gateway }
    }

    fn dir(&self) -> &Path {
        self.processes.dir()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn said(&self, arguments: &[&str]) -> Said {
        let server = self.gateway.address("grpc_plain").unwrap().to_string();
        let common = ["--lang", "vi", "services", "evidence"];
        let all = [&common, arguments, &["--server", &server]].concat();
        let nothing = Settings::default().without("listen.plain_client");
        run(self.dir(), &all, &nothing).await.unwrap()
    }

    async fn import(&self, file: &str, more: &[&str]) -> Said {
        let arguments = ["import", file, "--operator", messages::OFFICER];
        self.said(&[&arguments, more].concat()).await
    }

    /// Ids of everything that was ever recorded, the first first.
    async fn recorded(&self) -> Vec<String> {
        let said = self.said(&["list", "--all", "--output", "json"]).await;
        assert_eq!(said.code, Some(0), "{}", said.err);
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        let pieces = answer["evidence"].as_array().cloned().unwrap_or_default();
        let ids = pieces.iter().rev().map(|it| &it["evidence"]["evidenceId"]);
        ids.map(|id| id.as_str().unwrap().to_owned()).collect()
    }
}

fn hash(digits: &str) -> String {
    digits.repeat(32)
}

/// A process of service 3, issued on this day; `rest` are the last three cells.
fn process(symbol: &str, day: &str, rest: &str) -> String {
    let hash = hash("0a");
    format!("E3,{symbol},Phê duyệt quy trình,{day},UBND tỉnh thử nghiệm,3,1.004222,{hash},{rest}")
}

/// Two processes, of which the second takes the place of the first.
fn two_processes() -> String {
    let first = process("663/QĐ-UBND", "13/5/2026", ",,");
    let second = process("664/QĐ-UBND", "01/6/2026", "dòng 2,,80%");
    format!("{HEADERS}\n{first}\n{second}\n")
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_file_is_told_at_once_and_nothing_is_recorded() {
    let office = Office::open("['igate']").await;
    let good = process("663/QĐ-UBND", "13/5/2026", ",,");
    let rows = [
        good.clone(),
        process("700/QĐ-UBND", "30/02/2026", ",,")
            .replace("Phê duyệt quy trình", "")
            .replace(",3,1.004222", ",26,1.004222"),
        process("664/QĐ-UBND", "13/5/2026", ",,120%"),
        process("665/QĐ-UBND", "01/6/2026", "9/QĐ-UBND,,").replace("E3,", "E10,"),
        good,
    ];
    office.write("wrong.csv", format!("{HEADERS}\n{}\n", rows.join("\n")));
    for preview in [&["--preview"][..], &[]] {
        let said = office.import("wrong.csv", preview).await;
        assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
        assert_eq!(said.out, "");
        let expected = [
            "dòng 3, cột C \"Trích yếu\": bắt buộc phải có",
            "dòng 3, cột D \"Ngày ban hành\": lịch không có ngày này",
            "dòng 3, cột F \"Dịch vụ\": danh mục không có dịch vụ 26",
            "dòng 4, cột I \"Thay thế\": cùng ngày, cùng loại, cùng mã với dòng 2",
            "dòng 4, cột K \"online_target\":",
            "dòng 5, cột A \"Loại\": phải là một trong E1 đến E9",
            "dòng 5, cột I \"Thay thế\": mục 1 không có trong sổ minh chứng",
            "dòng 6: giống hệt dòng 2",
            "8 lỗi; chưa ghi gì cả.",
        ];
        for line in expected {
            assert!(said.err.contains(line), "no {line}:\n{}", said.err);
        }
        assert_eq!(said.err.lines().count(), expected.len(), "{}", said.err);
    }
    assert_eq!(office.recorded().await, [""; 0]);
    let json = office.import("wrong.csv", &["--output", "json"]).await;
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(told["recorded"], false);
    let problems = told["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 8);
    let mut places = problems
        .iter()
        .map(|it| (it["row"].as_u64(), &it["column"]));
    assert_eq!(places.next_back().unwrap(), (Some(6), &Value::Null));
}

#[tokio::test]
async fn a_row_is_recorded_once_in_whatever_file_and_form_it_comes() {
    let office = Office::open("['igate']").await;
    office.write("a.csv", two_processes());
    let preview = office.import("a.csv", &["--preview"]).await;
    assert_eq!(preview.code, Some(0), "{}", preview.err);
    for word in [
        "2 minh chứng sẽ được ghi, 0 đã có từ trước.",
        "dòng 2 thôi còn hiệu lực: được thay thế bằng dòng 3",
    ] {
        assert!(preview.out.contains(word), "no {word}:\n{}", preview.out);
    }
    assert_eq!(office.recorded().await, [""; 0]);
    let done = office.import("a.csv", &[]).await;
    assert_eq!(done.code, Some(0), "{}", done.err);
    for word in [
        "2 minh chứng đã ghi, 0 đã có từ trước.",
        "MC-000001 thôi còn hiệu lực: được thay thế bằng MC-000002",
    ] {
        assert!(done.out.contains(word), "no {word}:\n{}", done.out);
    }
    let again = office.import("a.csv", &[]).await;
    let nothing_new = "0 minh chứng đã ghi, 2 đã có từ trước.";
    assert!(again.out.contains(nothing_new), "{}", again.out);
    // The same rows as a spreadsheet keeps them, further down, and one more.
    office.write("a.xlsx", workbook());
    let grown = office.import("a.xlsx", &[]).await;
    assert_eq!(grown.code, Some(0), "{}", grown.err);
    let one_more = "1 minh chứng đã ghi, 2 đã có từ trước.";
    assert!(grown.out.contains(one_more), "{}", grown.out);
    office.write("a.toml", third_as_toml());
    let toml = office.import("a.toml", &[]).await;
    assert_eq!(toml.code, Some(0), "{}", toml.err);
    let nothing_new = "0 minh chứng đã ghi, 1 đã có từ trước.";
    assert!(toml.out.contains(nothing_new), "{}", toml.out);
    let ids = ["MC-000001", "MC-000002", "MC-000003"];
    assert_eq!(office.recorded().await, ids);
}

/// Both processes with real dates and numbers under a title, and a sheet of papers.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "DANH SÁCH MINH CHỨNG").unwrap();
    for (column, header) in (0..).zip(HEADERS.split(',')) {
        sheet.write_string(2, column, header).unwrap();
    }
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let percent = Format::new().set_num_format("0%");
    let pieces = [
        ("E3", "663/QĐ-UBND", (2026, 5, 13), ""),
        ("E3", "664/QĐ-UBND", (2026, 6, 1), "dòng 4"),
        ("E5", "12/BB-UBND", (2026, 6, 2), ""),
    ];
    for (row, (class, symbol, (year, month, date), instead)) in (3..).zip(pieces) {
        let issued = ExcelDateTime::from_ymd(year, month, date).unwrap();
        sheet.write_string(row, 0, class).unwrap();
        sheet.write_string(row, 1, symbol).unwrap();
        sheet.write_string(row, 2, "Phê duyệt quy trình").unwrap();
        sheet
            .write_datetime_with_format(row, 3, issued, &day)
            .unwrap();
        sheet.write_string(row, 4, "UBND tỉnh thử nghiệm").unwrap();
        sheet.write_number(row, 5, 3).unwrap();
        sheet.write_string(row, 6, "1.004222").unwrap();
        sheet.write_string(row, 7, hash("0A")).unwrap();
        sheet.write_string(row, 8, instead).unwrap();
    }
    sheet
        .write_number_with_format(4, 10, 0.8, &percent)
        .unwrap();
    book.save_to_buffer().unwrap()
}

fn third_as_toml() -> String {
    format!(
        "[[evidence]]\nname = \"bang-giay-to\"\nclass = \"E5\"\nsymbol = \"12/BB-UBND\"\n\
         title = \"Phê duyệt quy trình\"\nissued_on = 2026-06-02\n\
         issuer = \"UBND tỉnh thử nghiệm\"\nservice_numbers = [3]\n\
         procedure_codes = [\"1.004222\"]\nsha256 = \"{}\"\n",
        hash("0a")
    )
}

#[tokio::test]
async fn a_documents_own_hash_is_computed_or_compared_and_the_document_stays_where_it_is() {
    let office = Office::open("['igate']").await;
    std::fs::create_dir(office.dir().join("vanban")).unwrap();
    office.write("vanban/663.pdf", b"abc");
    let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let row = |hash: &str| {
        let row = process("663/QĐ-UBND", "13/5/2026", ",663.pdf,");
        format!("{HEADERS}\n{}\n", row.replace(&self::hash("0a"), hash))
    };
    let files = ["--files", "vanban"];
    office.write("other.csv", row(&hash("0a")));
    let other = office.import("other.csv", &files).await;
    assert_eq!(other.code, Some(1), "{}", other.out);
    let changed = "dòng 2, cột H \"SHA-256\": khác với SHA-256 của tệp";
    assert!(other.err.contains(changed), "{}", other.err);
    assert_eq!(office.recorded().await, [""; 0]);
    office.write("none.csv", row(""));
    let done = office.import("none.csv", &files).await;
    assert_eq!(done.code, Some(0), "{}", done.err);
    let listed = office.said(&["list", "--output", "json"]).await;
    assert!(listed.out.contains(of_abc), "{}", listed.out);
    // Stated, it is the same row.
    office.write("stated.csv", row(of_abc));
    let stated = office.import("stated.csv", &files).await;
    let nothing_new = "0 minh chứng đã ghi, 1 đã có từ trước.";
    assert!(
        stated.out.contains(nothing_new),
        "{}{}",
        stated.out,
        stated.err
    );
}

#[tokio::test]
async fn a_system_that_may_not_record_imports_nothing_and_hears_why() {
    let office = Office::open("['archive']").await;
    office.write("a.csv", two_processes());
    for more in [&[][..], &["--preview"]] {
        let said = office.import("a.csv", more).await;
        assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
        for word in [
            "NOT_PERMITTED_RECORDER",
            "hệ thống này không được ghi minh chứng",
            "[services]",
        ] {
            assert!(said.err.contains(word), "no {word}:\n{}", said.err);
        }
    }
    assert_eq!(office.recorded().await, [""; 0]);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_told_beside_what_is_wrong_with_the_file() {
    let office = Office::open("['igate']").await;
    let twice = process("663/QĐ-UBND", "13/5/2026", ",,");
    office.write("twice.csv", format!("{HEADERS}\n{twice}\n{twice}\n"));
    let Office { processes, gateway } = office;
    gateway.kill().await.unwrap();
    let arguments = [
        "--lang",
        "vi",
        "services",
        "evidence",
        "import",
        "twice.csv",
        "--operator",
        messages::OFFICER,
        "--server",
        "127.0.0.1:1",
    ];
    let nothing = Settings::default().without("listen.plain_client");
    let said = run(processes.dir(), &arguments, &nothing).await.unwrap();
    assert_eq!(said.code, Some(1), "{}", said.err);
    for word in ["127.0.0.1:1", "dòng 3: giống hệt dòng 2"] {
        assert!(said.err.contains(word), "no {word}:\n{}", said.err);
    }
}
