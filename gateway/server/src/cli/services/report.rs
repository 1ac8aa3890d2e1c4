//! `lienthong services report`: a report as a file.
//!
//! What a reader would get wrong: the file is made by the gateway; the command only writes
//! what it was sent. The file is there as a whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;
use lienthong_proto::v1;
use lienthong_proto::v1::export_report_response::Part;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{Progress, chain, say, say_json};
use super::super::target::{Output, Target};
use super::super::words::clean;
use super::reports::stage;
use super::scope::Scope;
use crate::client::{LONG_CALL, call_within};
use crate::lang::Lang;

/// Most bytes of a report that are taken.
const LARGEST: usize = 256 << 20;

/// Arguments of `services report`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Which report.
    #[arg(long, value_enum, default_value = "board", conflicts_with = "kept")]
    kind: Kind,
    /// Form of the file.
    #[arg(long, value_enum)]
    format: Format,
    /// Where it is written; in a folder under a name of its own.
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    out: PathBuf,
    /// Numbers in the list, such as 3,9,15; all unless given.
    #[arg(long, value_name = "N", value_delimiter = ',', conflicts_with = "kept")]
    numbers: Vec<i32>,
    #[command(flatten)]
    scope: Scope,
    /// A whole month, yyyy-MM, in place of --from and --to.
    #[arg(long, value_name = "MONTH", value_parser = month, conflicts_with_all = ["from", "kept"])]
    month: Option<Month>,
    /// One table only, by its stable name, for CSV.
    #[arg(long, value_name = "NAME")]
    section: Option<String>,
    /// Without what may not leave the agency: names of dossiers and full counts.
    #[arg(long, conflicts_with = "kept")]
    public: bool,
    /// A kept report, drawn as it was kept, by its id (services reports list).
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to", "unit"])]
    kept: Option<String>,
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Bảng 25 dịch vụ công thiết yếu.
    Board,
    /// Biểu báo cáo tháng Đề án 06.
    #[value(name = "project-06-month")]
    Project06Month,
    /// Danh sách đơn vị giải quyết hồ sơ trễ hạn trong tháng.
    LateUnits,
    /// Hồ sơ quá hạn chưa có văn bản xin lỗi.
    Unapologised,
    /// Minh chứng sắp hết hiệu lực.
    ExpiringEvidence,
    /// Thay đổi so với bảng được lưu gần nhất.
    Changes,
    /// Chỉ số 766, ước tính.
    ServiceIndex,
}

/// Form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated, UTF-8 with a byte order mark.
    Csv,
    /// Spreadsheet.
    Xlsx,
    /// Page for a browser or for print.
    Html,
    /// JSON for programs.
    Json,
}

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month(Date);

impl Kind {
    /// The kind in the contract.
    pub(super) fn wire(self) -> v1::ReportKind {
        match self {
            Self::Board => v1::ReportKind::Board,
            Self::Project06Month => v1::ReportKind::Project06Month,
            Self::LateUnits => v1::ReportKind::LateUnits,
            Self::Unapologised => v1::ReportKind::Unapologised,
            Self::ExpiringEvidence => v1::ReportKind::ExpiringEvidence,
            Self::Changes => v1::ReportKind::Changes,
            Self::ServiceIndex => v1::ReportKind::ServiceIndex,
        }
    }
}

impl Format {
    fn wire(self) -> v1::ReportFormat {
        match self {
            Self::Csv => v1::ReportFormat::Csv,
            Self::Xlsx => v1::ReportFormat::Xlsx,
            Self::Html => v1::ReportFormat::Html,
            Self::Json => v1::ReportFormat::Json,
        }
    }
}

impl Month {
    /// Its days.
    pub(super) fn window(self) -> v1::ObservationWindow {
        v1::ObservationWindow {
            first_day: self.0.first_of_month().to_string(),
            last_day: self.0.last_of_month().to_string(),
        }
    }
}

/// Reads `2026-10`.
pub(super) fn month(text: &str) -> Result<Month, String> {
    let first = (text.len() == 7).then(|| format!("{text}-01").parse().ok());
    let first: Option<Date> = first.flatten();
    first
        .map(Month)
        .ok_or_else(|| "a month has the form yyyy-MM".to_owned())
}

/// Has the report made and writes it.
pub(super) async fn run(
    target: &Target,
    arguments: ReportArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let out = arguments.out.clone();
    let request = request(arguments, lang);
    let client = target.connect(lang).await?;
    let mut services = client.services();
    let mut progress = Progress::new();
    progress.show(lang.pick("Đang lập báo cáo…", "Making the report…"));
    let call = call_within(request, LONG_CALL);
    let mut parts = services.export_report(call).await?.into_inner();
    let mut description = None;
    let mut file = Vec::new();
    while let Some(message) = parts.message().await? {
        match message.part {
            Some(Part::Description(it)) => description = Some(it),
            Some(Part::Chunk(chunk)) => file.extend_from_slice(&chunk),
            None => {}
        }
        if file.len() > LARGEST {
            return Err(Failure::local(
                lang.pick("Báo cáo quá lớn.", "The report is too large."),
            ));
        }
    }
    progress.clear();
    let description = description.ok_or_else(|| {
        Failure::local(lang.pick(
            "Gateway không mô tả báo cáo.",
            "The gateway did not describe the report.",
        ))
    })?;
    let path = write(&out, &description, &file)
        .map_err(|error| Failure::local(format!("{}: {}", out.display(), chain(&error))))?;
    match target.output {
        Output::Json => say_json("ReportDescription", &description)?,
        Output::Table => say(&told(&path, file.len(), &description, lang)),
    }
    Ok(DONE)
}

fn request(arguments: ReportArguments, lang: Lang) -> v1::ExportReportRequest {
    let kept = arguments.kept.is_some();
    let window = arguments.month.map(Month::window);
    let kind = if kept {
        v1::ReportKind::Unspecified
    } else {
        arguments.kind.wire()
    };
    v1::ExportReportRequest {
        format: arguments.format.wire().into(),
        numbers: arguments.numbers,
        window: window.or_else(|| arguments.scope.window()),
        unit_code: arguments.scope.unit(),
        language: lang.pick("vi", "en").to_owned(),
        kind: kind.into(),
        section: arguments.section.unwrap_or_default(),
        report_id: arguments.kept.unwrap_or_default(),
        public: arguments.public,
    }
}

/// Writes the file beside its place first, so that a full disk leaves no half of it.
fn write(
    out: &Path,
    description: &v1::ReportDescription,
    file: &[u8],
) -> Result<PathBuf, std::io::Error> {
    let path = if out.is_dir() {
        out.join(plain_name(&description.file_name))
    } else {
        out.to_owned()
    };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(file)?;
    beside.as_file().sync_all()?;
    beside.persist(&path).map_err(|error| error.error)?;
    Ok(path)
}

/// A name without a path: a wrong gateway does not choose where a file goes.
fn plain_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = name.chars().filter(|c| allowed(*c)).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "report" } else { name }.to_owned()
}

fn told(path: &Path, bytes: usize, description: &v1::ReportDescription, lang: Lang) -> String {
    let mut lines = vec![
        format!(
            "✔ {} {} ({bytes} byte)",
            lang.pick("Đã ghi", "Written:"),
            path.display()
        ),
        format!(
            "  {}: {}",
            lang.pick("mã băm nội dung", "content hash"),
            clean(&description.content_sha256)
        ),
    ];
    if let Some(kept) = &description.report {
        lines.push(format!(
            "  {}: {} ({})",
            lang.pick("bản lưu", "kept as"),
            clean(&kept.report_id),
            stage(kept.stage(), lang)
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lienthong_proto::v1;

    use super::{ReportArguments, plain_name, request, told, write};
    use crate::lang::Lang;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        arguments: ReportArguments,
    }

    fn read(arguments: &[&str]) -> Result<v1::ExportReportRequest, clap::Error> {
        let common = ["test", "--format", "xlsx", "-o", "f.xlsx"];
        let command = Command::try_parse_from([&common[..], arguments].concat())?;
        Ok(request(command.arguments, Lang::Vi))
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
}
