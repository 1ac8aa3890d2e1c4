//! `lienthong services evidence import`: the pieces of a file, all or none.
//!
//! What a reader would get wrong: the file is read here and judged by the gateway, whose
//! list, rules and register count. So everything is previewed first, and where one piece is
//! refused none is recorded.

mod files;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::civil::Date;
use lienthong_adapters::evidence_import::{
    ImportProblem, Imported, ImportedRow, LARGEST_FILE, Options, Place, Reason, read,
};
use lienthong_core::clock::Clock as _;
use lienthong_core::evidence::EvidenceDraft;
use lienthong_core::report::Language;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;
use serde_json::json;

use super::super::super::failure::Failure;
use super::super::super::print::{complain, say, say_json};
use super::super::super::target::{Output, Target};
use super::super::super::words::clean;
use super::super::super::{DONE, FAILED};
use super::shown::{problem_line, result_lines, summary};
use crate::client::{LONG_CALL, call_within};
use crate::clock::SystemClock;
use crate::convert::evidence::evidence;
use crate::lang::Lang;

/// Arguments of `services evidence import`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// The file: CSV (UTF-8), XLSX or TOML; see `services evidence template`.
    file: PathBuf,
    /// Only tells what would be recorded and what that would do.
    #[arg(long)]
    preview: bool,
    /// A header of the file and the field that it means, such as "Số QĐ=symbol"; may be
    /// given several times.
    #[arg(long = "map", value_name = "HEADER=FIELD", value_parser = mapping)]
    map: Vec<(String, String)>,
    /// The sheet of a workbook; the only visible one with such a table unless given.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Folder with the documents that the column "Tệp" names: their hashes are compared, or
    /// computed where the file states none.
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Mã cán bộ: who records it; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
}

fn mapping(text: &str) -> Result<(String, String), String> {
    let (header, field) = text.rsplit_once('=').ok_or("HEADER=FIELD")?;
    Ok((header.trim().to_owned(), field.trim().to_owned()))
}

/// A piece that can be read here, and its row.
#[derive(Debug)]
struct Ready {
    row: ImportedRow,
    piece: v1::ImportedEvidence,
}

/// Imports a file.
pub(super) async fn run(
    target: &Target,
    arguments: ImportArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let bytes = bytes_of(&arguments.file, lang)?;
    let name = arguments.file.to_string_lossy().into_owned();
    let options = Options {
        columns: arguments.map.into_iter().collect(),
        sheet: arguments.sheet,
        hashes_elsewhere: arguments.files.is_some(),
    };
    let Imported { rows, warnings } = match read(&name, &bytes, &options) {
        Ok(imported) => imported,
        Err(problems) => return Ok(refused(&problems, target.output, lang)),
    };
    let today = local_date(SystemClock.now());
    let (ready, mut problems) = prepare(rows, arguments.files.as_deref(), today);
    let importing = Importing {
        target,
        operator: arguments.operator,
        lang,
    };
    // Asked even where something is wrong already, so that all of it is told at once.
    let preview = if ready.is_empty() {
        v1::ImportEvidenceResponse::default()
    } else {
        match importing.call(&ready, true).await {
            Ok(preview) => preview,
            Err(failure) if problems.is_empty() => return Err(failure),
            Err(failure) => {
                complain(&failure.block(lang));
                v1::ImportEvidenceResponse::default()
            }
        }
    };
    problems.extend(refusals(&ready, &preview));
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.place.row);
        return Ok(refused(&problems, target.output, lang));
    }
    if target.output == Output::Table {
        for warning in &warnings {
            complain(&problem_line("!", warning, lang));
        }
    }
    let answer = if arguments.preview {
        preview
    } else {
        importing.call(&ready, false).await?
    };
    match target.output {
        Output::Json => say_json("ImportEvidenceResponse", &answer)?,
        Output::Table => {
            for (ready, result) in ready.iter().zip(&answer.results) {
                say(&result_lines(&ready.row, result, lang));
            }
            say(&summary(&answer, lang));
        }
    }
    Ok(DONE)
}

fn bytes_of(file: &Path, lang: Lang) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: &std::io::Error| {
        let cannot = lang.pick("không đọc được", "cannot be read");
        Failure::local(format!("{} {cannot}: {error}", file.display()))
    };
    let size = std::fs::metadata(file)
        .map_err(|error| unreadable(&error))?
        .len();
    if size > LARGEST_FILE {
        let reason = Reason::TooLarge.text(language(lang));
        return Err(Failure::local(format!("{}: {reason}", file.display())));
    }
    std::fs::read(file).map_err(|error| unreadable(&error))
}

/// The language of the core's texts.
pub(super) fn language(lang: Lang) -> Language {
    match lang {
        Lang::Vi => Language::Vietnamese,
        Lang::En => Language::English,
    }
}

/// Reads every row; what cannot be read is told with its row and column.
fn prepare(
    rows: Vec<ImportedRow>,
    files: Option<&Path>,
    today: Date,
) -> (Vec<Ready>, Vec<ImportProblem>) {
    let mut ready = Vec::new();
    let mut problems = Vec::new();
    for mut row in rows {
        let before = problems.len();
        if let Some(folder) = files
            && let Err(problem) = files::hash(folder, &mut row)
        {
            problems.push(problem);
        }
        let hash_told = problems.len() > before;
        // What it takes the place of may be a symbol, and is looked up by the gateway.
        let supersedes = std::mem::take(&mut row.draft.supersedes);
        match row.draft.read(today) {
            Ok(piece) if !hash_told => {
                let message = v1::Evidence {
                    supersedes: supersedes.clone(),
                    ..evidence(&piece)
                };
                row.draft.supersedes = supersedes;
                let piece = v1::ImportedEvidence {
                    event_id: event_of(&row.draft),
                    evidence: Some(message),
                };
                ready.push(Ready { row, piece });
            }
            Ok(_) => {}
            Err(wrong) => problems.extend(
                wrong
                    .iter()
                    .filter(|it| !hash_told || it.field.name() != "sha256")
                    .map(|it| told_at(row.place(&it.field.name()), |lang| it.wrong.text(lang))),
            ),
        }
    }
    (ready, problems)
}

fn told_at(place: Place, text: impl Fn(Language) -> String) -> ImportProblem {
    let reason = Reason::Told {
        vi: text(Language::Vietnamese),
        en: text(Language::English),
    };
    ImportProblem { place, reason }
}

/// A name for the recording that is made of everything the row says: the same row is
/// recorded once, also when the file has grown since.
fn event_of(draft: &EvidenceDraft) -> String {
    let whole = format!(
        "{:?}",
        [
            format!(
                "{:?}",
                (&draft.class, &draft.services, &draft.codes, &draft.units)
            ),
            format!(
                "{:?}",
                (
                    &draft.symbol,
                    &draft.title,
                    &draft.issuer,
                    &draft.issuer_code
                )
            ),
            format!(
                "{:?}",
                (
                    &draft.signer,
                    &draft.issued_on,
                    &draft.valid_from,
                    &draft.valid_to
                )
            ),
            format!(
                "{:?}",
                (
                    &draft.supersedes,
                    &draft.repeals,
                    &draft.sha256,
                    &draft.address
                )
            ),
            format!(
                "{:?}",
                (&draft.compared_on, &draft.compared_by, &draft.statements)
            ),
        ]
    );
    let hash = digest(&SHA256, whole.as_bytes());
    let mut event = "row-".to_owned();
    for byte in hash.as_ref().iter().take(28) {
        // Writing to a text cannot fail.
        let _ = write!(event, "{byte:02x}");
    }
    event
}

/// What the gateway refuses, with the row and column where it stands.
fn refusals(ready: &[Ready], preview: &v1::ImportEvidenceResponse) -> Vec<ImportProblem> {
    let pieces = ready.iter().zip(&preview.results);
    pieces
        .flat_map(|(ready, result)| {
            let refusing = result.remarks.iter().filter(|remark| remark.refuses);
            refusing.map(|remark| {
                told_at(ready.row.place(&remark.field), |language| match language {
                    Language::Vietnamese => remark.text_vi.clone(),
                    Language::English => remark.text_en.clone(),
                })
            })
        })
        .collect()
}

/// Tells everything that is wrong; nothing was recorded.
fn refused(problems: &[ImportProblem], output: Output, lang: Lang) -> u8 {
    match output {
        Output::Json => {
            let told: Vec<_> = problems
                .iter()
                .map(|problem| {
                    let column = problem.place.column.as_ref();
                    json!({
                        "row": problem.place.row,
                        "column": column.and_then(|it| it.letter.clone()),
                        "header": column.map(|it| it.header.clone()),
                        "reason_vi": problem.reason.text(Language::Vietnamese),
                        "reason_en": problem.reason.text(Language::English),
                    })
                })
                .collect();
            say(&format!(
                "{:#}",
                json!({ "recorded": false, "problems": told })
            ));
        }
        Output::Table => {
            for problem in problems {
                complain(&problem_line("✘", problem, lang));
            }
            let word = lang.pick("lỗi; chưa ghi gì cả.", "problems; nothing was recorded.");
            complain(&format!("{} {word}", problems.len()));
        }
    }
    FAILED
}

/// The calls of one import.
struct Importing<'a> {
    target: &'a Target,
    operator: String,
    lang: Lang,
}

impl Importing<'_> {
    async fn call(
        &self,
        ready: &[Ready],
        preview: bool,
    ) -> Result<v1::ImportEvidenceResponse, Failure> {
        let request = v1::ImportEvidenceRequest {
            pieces: ready.iter().map(|it| it.piece.clone()).collect(),
            operator_id: self.operator.clone(),
            preview,
        };
        let client = self.target.connect(self.lang).await?;
        let mut services = client.services();
        let answer = services
            .import_evidence(call_within(request, LONG_CALL))
            .await;
        Ok(answer?.into_inner())
    }
}

/// Rows by the names that the pieces have within the call, as remarks tell them.
pub(super) fn readable(text: &str, lang: Lang) -> String {
    let row = lang.pick("dòng ", "row ");
    clean(text).replace("row-", row)
}
