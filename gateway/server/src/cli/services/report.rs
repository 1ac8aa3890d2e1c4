//! `lienthong services report`: a report as a file.
//!
//! What a reader would get wrong: the file is made by the gateway; the command only writes
//! what it was sent. The file is there as a whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;
use lienthong_core::clock::Clock as _;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;
use lienthong_proto::v1::export_report_response::Part;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{Progress, chain, complain, say, say_json};
use super::super::target::{Output, Target};
use super::super::words::clean;
use super::finding::warnings;
use super::reports::stage;
use super::scope::Scope;
use crate::client::{LONG_CALL, call_within};
use crate::clock::SystemClock;
use crate::lang::Lang;

/// Most bytes of a report that are taken.
const LARGEST: usize = 256 << 20;

/// Arguments of `services report`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Which report.
    #[arg(long, value_enum, default_value = "board", conflicts_with = "kept")]
    kind: Kind,
    /// Form of the file; told by the ending of its name (.html, .xlsx, .csv, .json) unless
    /// given.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where it is written; in a folder under a name of its own.
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    out: PathBuf,
    /// Numbers in the list, such as 3,9,15; all unless given.
    #[arg(long, value_name = "N", value_delimiter = ',', conflicts_with = "kept")]
    numbers: Vec<i32>,
    #[command(flatten)]
    scope: Scope,
    /// A whole month, yyyy-MM, in place of --from and --to; of the monthly kinds the last
    /// month unless given.
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

impl Kind {
    /// Whether it is about a month as the authorities ask for it.
    fn is_monthly(self) -> bool {
        match self {
            Self::Project06Month | Self::LateUnits => true,
            Self::Board
            | Self::Unapologised
            | Self::ExpiringEvidence
            | Self::Changes
            | Self::ServiceIndex => false,
        }
    }
}

impl Format {
    /// The form that the ending of a file's name tells.
    fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "html" | "htm" => Some(Self::Html),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The form that is asked for. A name that tells another one is a slip: no program would
    /// open such a file.
    fn chosen(arguments: &ReportArguments, lang: Lang) -> Result<Self, Failure> {
        match (arguments.format, Self::of_name(&arguments.out)) {
            (Some(asked), Some(told)) if asked != told => Err(Failure::usage(lang.pick(
                "Đuôi tên tệp ở -o khác với --format.",
                "The name of the file in -o tells another form than --format.",
            ))),
            (Some(format), _) | (None, Some(format)) => Ok(format),
            (None, None) => Err(Failure::usage(lang.pick(
                "Cần --format, hoặc tên tệp ở -o có đuôi .html, .xlsx, .csv hoặc .json.",
                "Give --format, or a name in -o that ends with .html, .xlsx, .csv or .json.",
            ))),
        }
    }

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
    /// The last month that is over.
    fn last_before(today: Date) -> Self {
        let first = today.first_of_month();
        Self(first.yesterday().unwrap_or(first))
    }

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
    let format = Format::chosen(&arguments, lang)?;
    let today = local_date(SystemClock.now());
    let request = request(arguments, format, today, lang);
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
            "Cổng kết nối không gửi phần mô tả báo cáo.",
            "The gateway did not describe the report.",
        ))
    })?;
    let path = write(&out, &description, &file)
        .map_err(|error| Failure::local(format!("{}: {}", out.display(), chain(&error))))?;
    match target.output {
        Output::Json => say_json("ReportDescription", &description)?,
        Output::Table => {
            let warned = warnings(&description.warnings, lang);
            if !warned.is_empty() {
                complain(&warned);
            }
            say(&told(&path, file.len(), &description, lang));
        }
    }
    Ok(DONE)
}

fn request(
    arguments: ReportArguments,
    format: Format,
    today: Date,
    lang: Lang,
) -> v1::ExportReportRequest {
    let kept = arguments.kept.is_some();
    let window = arguments.month.map(Month::window);
    let window = window.or_else(|| arguments.scope.window());
    let monthly = !kept && arguments.kind.is_monthly();
    let last = || monthly.then(|| Month::last_before(today).window());
    let kind = if kept {
        v1::ReportKind::Unspecified
    } else {
        arguments.kind.wire()
    };
    v1::ExportReportRequest {
        format: format.wire().into(),
        numbers: arguments.numbers,
        window: window.or_else(last),
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
    let mut beside = tempfile::Builder::new();
    // A report goes into a shared folder, and a temporary file would be for its owner alone:
    // who may read it is left to this user's mask.
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = beside.tempfile_in(folder)?;
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
            "✔ {} {} ({})",
            lang.pick("Đã ghi", "Written:"),
            path.display(),
            size(bytes, lang)
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

/// A size as people tell it.
fn size(bytes: usize, lang: Lang) -> String {
    let tenths = |unit: usize| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{}{}{}", tenths / 10, lang.pick(",", "."), tenths % 10)
    };
    match bytes {
        0..1024 => format!("{bytes} {}", lang.pick("byte", "bytes")),
        1024..1_048_576 => format!("{} KB", tenths(1024)),
        _ => format!("{} MB", tenths(1_048_576)),
    }
}

#[cfg(test)]
mod tests;
