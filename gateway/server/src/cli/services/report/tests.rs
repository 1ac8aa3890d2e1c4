//! What is asked for, and how the file is written.

use clap::Parser;
use jiff::civil::date;
use lienthong_proto::v1;

use super::{Format, Kind, Month, ReportArguments, plain_name, request, size, told, write};
use crate::lang::Lang;

#[derive(Debug, Parser)]
struct Command {
    #[command(flatten)]
    arguments: ReportArguments,
}

fn arguments(of: &[&str]) -> Result<ReportArguments, clap::Error> {
    let command = Command::try_parse_from([&["test"], of].concat())?;
    Ok(command.arguments)
}

fn read(more: &[&str]) -> Result<v1::ExportReportRequest, clap::Error> {
    let arguments = arguments(&[&["-o", "f.xlsx"], more].concat())?;
    let today = date(2026, 3, 31);
    Ok(request(arguments, Format::Xlsx, today, Lang::Vi))
}

#[test]
fn a_month_is_all_its_days() {
    let asked = read(&["--kind", "late-units", "--month", "2028-02"]).unwrap();
    let window = asked.window.clone().unwrap();
    assert_eq!(
        (window.first_day.as_str(), window.last_day.as_str()),
        ("2028-02-01", "2028-02-29")
    );
    assert_eq!(asked.kind(), v1::ReportKind::LateUnits);
    assert_eq!(asked.format(), v1::ReportFormat::Xlsx);
    assert_eq!(asked.language, "vi");
    for wrong in ["2028-13", "2028-2", "02-2028", "2028-02-01"] {
        assert!(read(&["--month", wrong]).is_err(), "{wrong}");
    }
}

#[test]
fn a_kept_report_is_named_by_its_id_alone() {
    let asked = read(&["--kept", "BC-000007"]).unwrap();
    assert_eq!(asked.report_id, "BC-000007");
    assert_eq!(asked.kind(), v1::ReportKind::Unspecified);
    assert_eq!(asked.window, None);
    for beside in [
        &["--kind", "changes"][..],
        &["--month", "2026-10"],
        &["--numbers", "3"],
        &["--unit", "H60"],
        &["--public"],
        &["--from", "2026-10-01", "--to", "2026-10-31"],
    ] {
        let both = [&["--kept", "7"][..], beside].concat();
        assert!(read(&both).is_err(), "{beside:?}");
    }
}

#[test]
fn the_file_is_written_whole_and_into_a_folder_under_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let description = v1::ReportDescription {
        file_name: "../../etc/lienthong-board-vi.csv".to_owned(),
        content_sha256: "ab".to_owned(),
        report: Some(v1::KeptReport {
            report_id: "BC-000007".to_owned(),
            stage: v1::kept_report::Stage::Draft.into(),
            ..v1::KeptReport::default()
        }),
        ..v1::ReportDescription::default()
    };
    let path = write(folder.path(), &description, b"1,2").unwrap();
    assert_eq!(path, folder.path().join("etclienthong-board-vi.csv"));
    let chosen = folder.path().join("x.csv");
    assert_eq!(write(&chosen, &description, b"3").unwrap(), chosen);
    assert_eq!(std::fs::read(&chosen).unwrap(), b"3");
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "nothing else is left behind");
    let text = told(&chosen, 1, &description, Lang::Vi);
    assert!(text.contains("bản lưu: BC-000007 (dự thảo)"), "{text}");
}

#[test]
fn a_name_holds_no_path() {
    assert_eq!(plain_name("../a/b.html"), "ab.html");
    assert_eq!(plain_name("\u{202e}"), "report");
}

#[test]
fn the_monthly_kinds_are_about_the_last_month_unless_another_one_is_named() {
    for kind in ["late-units", "project-06-month"] {
        let window = read(&["--kind", kind]).unwrap().window.unwrap();
        assert_eq!(
            (window.first_day.as_str(), window.last_day.as_str()),
            ("2026-02-01", "2026-02-28"),
            "{kind}"
        );
        let asked = ["--kind", kind, "--from", "2026-01-05", "--to", "2026-01-06"];
        let window = read(&asked).unwrap().window.unwrap();
        assert_eq!(window.first_day, "2026-01-05");
    }
    assert_eq!(read(&["--kind", "board"]).unwrap().window, None);
    assert_eq!(read(&["--kept", "BC-000007"]).unwrap().window, None);
    let january = Month::last_before(date(2027, 1, 1)).window();
    assert_eq!(january.first_day, "2026-12-01");
    assert!(!Kind::Changes.is_monthly());
}

#[test]
fn the_name_of_the_file_tells_its_form_and_a_slip_is_refused() {
    let chosen = |of: &[&str]| Format::chosen(&arguments(of).unwrap(), Lang::En);
    for (name, format) in [
        ("a.xlsx", Format::Xlsx),
        ("thang 10.HTML", Format::Html),
        ("a.b.csv", Format::Csv),
        ("a.json", Format::Json),
    ] {
        assert_eq!(chosen(&["-o", name]).unwrap(), format, "{name}");
    }
    let named = chosen(&["-o", "bang.txt", "--format", "csv"]).unwrap();
    assert_eq!(named, Format::Csv);
    for unclear in [
        &["-o", "folder"][..],
        &["-o", "a.pdf"],
        &["-o", "a.xlsx", "--format", "csv"],
    ] {
        assert_eq!(chosen(unclear).unwrap_err().exit_code(), 2, "{unclear:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_file_can_be_read_by_whom_the_mask_allows() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    std::fs::write(&plain, b"").unwrap();
    let report = folder.path().join("x.csv");
    write(&report, &v1::ReportDescription::default(), b"1").unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&report), mode(&plain));
}

#[test]
fn a_size_is_told_as_people_tell_it() {
    assert_eq!(size(1_023, Lang::Vi), "1023 byte");
    assert_eq!(size(1_536, Lang::Vi), "1,5 KB");
    assert_eq!(size(2_621_440, Lang::En), "2.5 MB");
}
