//! `lienthong citizen`: a look-up from the shell, with the same rules and the same record as
//! any other.
//!
//! What a reader would get wrong: the question comes from a file or standard input and never
//! from the arguments, because arguments stand in the list of processes and in the shell's
//! history for others to read.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use lienthong_proto::v1;
use prost::Message;

use super::failure::Failure;
use super::print::{say, say_json};
use super::target::{Output, Target};
use super::words::{clean, length, moment};
use super::{DONE, ended};
use crate::client::{call, json};
use crate::lang::Lang;

/// Largest question, in bytes.
const LARGEST: u64 = 1 << 20;

/// Arguments of `citizen`.
#[derive(Debug, clap::Args)]
pub(super) struct CitizenArguments {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: CitizenCommand,
}

#[derive(Debug, Subcommand)]
enum CitizenCommand {
    /// Whether number, name and birth belong to one citizen.
    Verify {
        /// `VerifyCitizenRequest` in JSON; "-" reads standard input.
        file: PathBuf,
    },
    /// The fields that this system, procedure and purpose may see.
    Lookup {
        /// `LookupCitizenRequest` in JSON; "-" reads standard input.
        file: PathBuf,
    },
}

/// Runs a command of this family.
pub(super) async fn run(arguments: CitizenArguments, lang: Lang) -> u8 {
    let target = &arguments.target;
    ended(
        match arguments.command {
            CitizenCommand::Verify { file } => verify(target, &file, lang).await,
            CitizenCommand::Lookup { file } => look_up(target, &file, lang).await,
        },
        lang,
    )
}

async fn verify(target: &Target, file: &Path, lang: Lang) -> Result<u8, Failure> {
    let request: v1::VerifyCitizenRequest = question("VerifyCitizenRequest", file, lang)?;
    let client = target.connect(lang).await?;
    let mut population = client.population();
    let answer = population.verify_citizen(call(request)).await?.into_inner();
    match target.output {
        Output::Json => say_json("VerifyCitizenResponse", &answer)?,
        Output::Table => {
            let checked: Vec<&str> = answer.checked().map(|field| field.as_str_name()).collect();
            say(&heading(
                answer.verdict(),
                &answer.warnings,
                answer.provenance.as_ref(),
                lang,
            ));
            say(&format!(
                "  {:<16}{}",
                lang.pick("đã so", "checked"),
                checked.join(", ")
            ));
        }
    }
    Ok(DONE)
}

async fn look_up(target: &Target, file: &Path, lang: Lang) -> Result<u8, Failure> {
    let request: v1::LookupCitizenRequest = question("LookupCitizenRequest", file, lang)?;
    let client = target.connect(lang).await?;
    let mut population = client.population();
    let answer = population.lookup_citizen(call(request)).await?.into_inner();
    match target.output {
        Output::Json => say_json("LookupCitizenResponse", &answer)?,
        Output::Table => {
            say(&heading(
                answer.verdict(),
                &answer.warnings,
                answer.provenance.as_ref(),
                lang,
            ));
            if let Some(citizen) = &answer.citizen {
                say(&format!("{:#}", json::value("Citizen", citizen)?));
            }
            if !answer.withheld.is_empty() {
                let word = lang.pick("không được xem", "withheld");
                say(&format!("  {word}: {}", clean(&answer.withheld.join(", "))));
            }
        }
    }
    Ok(DONE)
}

/// Reads the question; what is wrong with it is told without its content.
fn question<M: Message + Default>(name: &str, file: &Path, lang: Lang) -> Result<M, Failure> {
    let mut text = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(LARGEST).read_to_end(&mut text)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(LARGEST).read_to_end(&mut text))
    };
    read.map_err(|error| {
        let cannot = lang.pick("không đọc được", "cannot be read");
        Failure::local(format!("{} {cannot}: {error}", file.display()))
    })?;
    json::read(name, &text).map_err(|invalid| {
        let place = match &invalid {
            json::InvalidJson::At { line, column, .. } => format!(":{line}:{column}"),
            json::InvalidJson::NotUtf8
            | json::InvalidJson::Ambiguous
            | json::InvalidJson::NoSuchMessage => String::new(),
        };
        Failure::local(format!("{}{place}: {invalid}", file.display()))
    })
}

fn heading(
    verdict: v1::Verdict,
    warnings: &[v1::Warning],
    provenance: Option<&v1::Provenance>,
    lang: Lang,
) -> String {
    let verdict = match verdict {
        v1::Verdict::Unspecified => "-",
        v1::Verdict::Match => lang.pick("✔ Khớp (MATCH)", "✔ MATCH"),
        v1::Verdict::NoMatch => lang.pick(
            "✘ Không khớp hoặc không có (NO_MATCH)",
            "✘ NO_MATCH: not found, or the data do not match",
        ),
    };
    let mut lines = vec![verdict.to_owned()];
    let mut line = |vi, en, what: String| {
        lines.push(format!("  {:<16}{what}", lang.pick(vi, en)));
    };
    if let Some(provenance) = provenance {
        let source = match provenance.source() {
            v1::provenance::Source::Unspecified => "-",
            v1::provenance::Source::Live => lang.pick("hỏi trực tiếp", "live"),
            v1::provenance::Source::Cache => lang.pick("kết quả đã giữ", "cache"),
        };
        line("nguồn", "source", source.to_owned());
        line(
            "lúc",
            "observed",
            format!(
                "{} ({} {})",
                moment(provenance.observed_at.as_ref()),
                length(provenance.age.as_ref(), lang),
                lang.pick("trước", "ago")
            ),
        );
        line("mã yêu cầu", "request", clean(&provenance.request_id));
        if provenance.stale {
            line(
                "lưu ý",
                "note",
                lang.pick("kết quả đã quá hạn giữ", "past the time it is kept for")
                    .to_owned(),
            );
        }
    }
    for warning in warnings {
        line(
            "cảnh báo",
            "warning",
            format!("{} ({})", clean(&warning.message), clean(&warning.code)),
        );
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::{heading, question};
    use crate::lang::Lang;

    #[test]
    fn a_verdict_is_shown_with_its_source_and_its_doubts() {
        let provenance = v1::Provenance {
            source: v1::provenance::Source::Cache.into(),
            observed_at: Some(prost_types::Timestamp {
                seconds: 1_782_864_000,
                nanos: 0,
            }),
            age: Some(prost_types::Duration {
                seconds: 90,
                nanos: 0,
            }),
            request_id: "000.00.00.H99-1".to_owned(),
            stale: true,
            ..v1::Provenance::default()
        };
        let warning = v1::Warning {
            code: "SEX_MISMATCH".to_owned(),
            field: "identity".to_owned(),
            message: "Xem lại giới tính.".to_owned(),
        };
        let shown = heading(v1::Verdict::Match, &[warning], Some(&provenance), Lang::Vi);
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn a_wrong_question_is_told_by_its_place_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("question.json");
        std::fs::write(&path, "{\n  \"fullName\": 5, \"secret\": \"SECRET\"}").unwrap();
        let read = question::<v1::VerifyCitizenRequest>("VerifyCitizenRequest", &path, Lang::En);
        let told = read.unwrap_err().block(Lang::En);
        assert!(told.contains("question.json:2:"), "{told}");
        assert!(!told.contains("SECRET"), "{told}");
    }
}
