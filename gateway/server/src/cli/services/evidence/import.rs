//! `lienthong services evidence import`: the pieces of a file, all or none.
//!
//! What a reader would get wrong: the file is read here and judged by the gateway, whose
//! list, rules and register count. So everything is previewed first, and where one piece is
//! refused none is recorded.

mod event;
mod files;
mod pieces;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use lienthong_adapters::evidence_import::{
    ImportProblem, Imported, LARGEST_FILE, Options, Reason, Refused, read,
};
use lienthong_core::report::Language;
use lienthong_proto::v1;
use serde_json::json;

use super::super::super::failure::Failure;
use super::super::super::print::{complain, say, say_json};
use super::super::super::target::{Output, Target};
use super::super::super::words::clean;
use super::super::super::{DONE, FAILED};
use super::shown::{problem_line, result_lines, summary};
use crate::client::{LONG_CALL, call_within};
use crate::lang::Lang;
use pieces::{Ready, prepare, refusals};

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
    let (rows, warnings, mut problems) = match read(&name, &bytes, &options) {
        Ok(Imported { rows, warnings }) => (rows, warnings, Vec::new()),
        Err(Refused { rows, problems }) => (rows, Vec::new(), problems),
    };
    let ready = prepare(rows, arguments.files.as_deref(), &mut problems);
    let importing = Importing {
        target,
        operator: arguments.operator,
        lang,
    };
    let preview = importing.preview(&ready, problems.is_empty()).await?;
    problems.extend(refusals(&ready, &preview));
    if !problems.is_empty() {
        // What is wrong with the file as a whole comes first.
        problems.sort_by_key(in_reading_order);
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

/// Row and column of a problem, as a reader of the file comes upon them.
fn in_reading_order(problem: &ImportProblem) -> (Option<u32>, usize, String) {
    let column = problem.place.column.as_ref();
    let letter = column.and_then(|it| it.letter.clone()).unwrap_or_default();
    // Z comes before AA.
    (problem.place.row, letter.len(), letter)
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
    /// What the gateway says of the rows. It is asked even where something is wrong with the
    /// file already, so that all of it is told at once; only then a call that fails is told
    /// beside the rest.
    async fn preview(
        &self,
        ready: &[Ready],
        is_sound: bool,
    ) -> Result<v1::ImportEvidenceResponse, Failure> {
        if ready.is_empty() {
            return Ok(v1::ImportEvidenceResponse::default());
        }
        match self.call(ready, true).await {
            Ok(preview) => Ok(preview),
            Err(failure) if is_sound => Err(failure),
            Err(failure) => {
                complain(&failure.block(self.lang));
                Ok(v1::ImportEvidenceResponse::default())
            }
        }
    }

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
