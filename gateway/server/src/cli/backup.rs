//! `lienthong backup`: copies of the gateway's files, proofs that they are sound, and the
//! way back.
//!
//! What a reader would get wrong: a copy holds the same personal data as the file that it
//! was made of. And what was acknowledged after a copy is not in it; the moment of the
//! newest event is told so that the vendor's system can send what came later again.

mod all;
mod kind;
mod restored;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use jiff::Timestamp;
use lienthong_adapters::store::{
    BackupError, BackupReport, Overwrite, RestoreReport, StoreKind, VerifyReport, backup, restore,
    verify,
};
use lienthong_core::clock::Clock as _;
use lienthong_core::sync::state::SyncState;
use serde_json::{Value, json};

use super::failure::Failure;
use super::print::{chain, say};
use super::table::Table;
use super::target::Output;
use super::words::{at, state};
use super::{DONE, FAILED, ended};
use crate::clock::SystemClock;
use crate::lang::Lang;

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArguments {
    /// How the result is shown.
    #[arg(long, value_enum, default_value = "table", global = true)]
    output: Output,
    #[command(subcommand)]
    command: BackupCommand,
}

#[derive(Debug, Subcommand)]
enum BackupCommand {
    /// Copies a file while the gateway goes on writing to it.
    Create {
        /// The file: `sync.database`, `audit.database` or `procedures.database` of the
        /// configuration, or `register.sqlite` or `observations.sqlite` in the folder
        /// `services.folder`.
        #[arg(long, value_name = "FILE")]
        database: PathBuf,
        /// The copy; must not exist.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Copies every file of a gateway into a folder while it goes on writing to them.
    All {
        /// Configuration file (TOML) of the gateway.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The folder; made when it is missing. No copy of the same name may be in it.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// Leaves out the facts of dossiers: they can be folded anew, as far as outbox and
        /// record of look-ups still hold what they came from.
        #[arg(long)]
        without_observations: bool,
    },
    /// Tells whether a copy is whole and sound.
    Verify {
        /// The copy.
        file: PathBuf,
    },
    /// Puts a copy in the place of a file. The gateway must not run on it.
    Restore {
        /// The copy.
        file: PathBuf,
        /// The file.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Puts it there even if there is a file, which is kept beside it.
        #[arg(long)]
        replace: bool,
    },
    /// Says that the outbox in PostgreSQL was put back by the database's own tools: what it
    /// holds as unsent is asked about before it is sent. No gateway may run on it.
    Restored {
        /// Configuration file (TOML) of a gateway on it.
        #[arg(long)]
        config: PathBuf,
    },
}

/// What is told of a copy, whatever was done with it.
struct Copied {
    kind: StoreKind,
    schema: u32,
    newest: Option<Timestamp>,
    events: BTreeMap<SyncState, u64>,
}

/// Runs a command of this family.
pub(super) async fn run(
    arguments: BackupArguments,
    environment: Vec<(String, String)>,
    lang: Lang,
) -> u8 {
    let BackupArguments { output, command } = arguments;
    let done = match command {
        BackupCommand::Create { database, to } => {
            on_disk(move || create(&database, &to, output, lang)).await
        }
        BackupCommand::All {
            config,
            to,
            without_observations,
        } => {
            let wanted = all::Wanted {
                config,
                to,
                without_observations,
            };
            on_disk(move || all::run(&wanted, environment, output, lang)).await
        }
        BackupCommand::Verify { file } => on_disk(move || check(&file, output, lang)).await,
        BackupCommand::Restore { file, to, replace } => {
            on_disk(move || put_back(&file, &to, replace, output, lang)).await
        }
        BackupCommand::Restored { config } => {
            restored::run(&config, environment, output, lang).await
        }
    };
    ended(done, lang)
}

/// Copying is disk work that would hold up whatever else this thread does.
async fn on_disk(
    work: impl FnOnce() -> Result<u8, Failure> + Send + 'static,
) -> Result<u8, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Failure::local(chain(&error))))
}

fn create(
    database: &std::path::Path,
    to: &std::path::Path,
    output: Output,
    lang: Lang,
) -> Result<u8, Failure> {
    let report = backup(database, to).map_err(|error| failed(&error, lang))?;
    let bytes = report.bytes;
    let copied = Copied::from(report);
    match output {
        Output::Json => {
            let mut told = copied.json();
            told["bytes"] = bytes.into();
            say(&format!("{told:#}"));
        }
        Output::Table => {
            let done = lang.pick("Đã sao lưu vào", "Copied to");
            say(&format!("{done} {} ({bytes} bytes)", to.display()));
            say(&copied.sheet(lang));
        }
    }
    Ok(DONE)
}

fn check(file: &std::path::Path, output: Output, lang: Lang) -> Result<u8, Failure> {
    let report = verify(file).map_err(|error| failed(&error, lang))?;
    let (is_sound, problems) = (report.is_sound(), report.problems.clone());
    let copied = Copied::from(report);
    match output {
        Output::Json => {
            let mut told = copied.json();
            told["sound"] = is_sound.into();
            told["problems"] = problems.into();
            say(&format!("{told:#}"));
        }
        Output::Table => {
            say(if is_sound {
                lang.pick("✔ Bản sao nguyên vẹn.", "✔ The copy is sound.")
            } else {
                lang.pick("✘ Bản sao không nguyên vẹn:", "✘ The copy is not sound:")
            });
            for problem in &problems {
                say(&format!("    - {problem}"));
            }
            say(&copied.sheet(lang));
        }
    }
    Ok(if is_sound { DONE } else { FAILED })
}

fn put_back(
    file: &std::path::Path,
    to: &std::path::Path,
    replace: bool,
    output: Output,
    lang: Lang,
) -> Result<u8, Failure> {
    let overwrite = if replace {
        Overwrite::Replace
    } else {
        Overwrite::Never
    };
    let report =
        restore(file, to, overwrite, SystemClock.now()).map_err(|error| failed(&error, lang))?;
    let (kind, questions, kept) = (report.kind, report.questions, report.kept_old.clone());
    let copied = Copied::from(report);
    match output {
        Output::Json => {
            let mut told = copied.json();
            told["questions"] = questions.into();
            told["kept_old"] = kept.map(|path| path.display().to_string()).into();
            say(&format!("{told:#}"));
        }
        Output::Table => {
            say(&format!(
                "{} {}",
                lang.pick("Đã khôi phục vào", "Restored to"),
                to.display()
            ));
            say(&copied.sheet(lang));
            if let Some(kept) = kept {
                let word = lang.pick("Tệp cũ được giữ ở", "The old file is kept as");
                say(&format!("{word} {}", kept.display()));
            }
            kind::say_what_follows(kind, questions, lang);
        }
    }
    Ok(DONE)
}

impl Copied {
    fn json(&self) -> Value {
        let events: serde_json::Map<String, Value> = self
            .events
            .iter()
            .map(|(state, count)| (name_of(*state).to_owned(), (*count).into()))
            .collect();
        json!({
            "kind": kind::name(self.kind),
            "schema": self.schema,
            "newest": self.newest.map(|moment| moment.to_string()),
            "events": events,
        })
    }

    fn sheet(&self, lang: Lang) -> String {
        let newest = self.newest.map_or_else(|| "-".to_owned(), at);
        let mut text = format!(
            "{}: {}, {} {}, {} {newest}",
            lang.pick("Nội dung", "Content"),
            kind::word(self.kind, lang),
            lang.pick("lược đồ", "schema"),
            self.schema,
            lang.pick("mới nhất", "newest"),
        );
        let mut counts = Table::new([
            lang.pick("trạng thái", "state"),
            lang.pick("sự kiện", "events"),
        ]);
        for (each, count) in self.events.iter().filter(|(_, count)| **count > 0) {
            let shown = crate::convert::sync::state(*each);
            counts.row(&[state(shown, lang), count.to_string()]);
        }
        if !counts.is_empty() {
            text.push('\n');
            text.push_str(&counts.to_string());
        }
        text
    }
}

fn name_of(state: SyncState) -> &'static str {
    crate::convert::sync::state(state).as_str_name()
}

/// What to do about a copy that did not come about.
fn failed(error: &BackupError, lang: Lang) -> Failure {
    Failure::local(format!("{}\n    → {}", chain(error), advice(error, lang)))
}

fn advice(error: &BackupError, lang: Lang) -> &'static str {
    match error {
        BackupError::Exists { .. } => lang.pick(
            "Chọn tên khác; với restore có thể thêm --replace.",
            "Choose another name; with restore --replace may be added.",
        ),
        BackupError::InUse { .. } => lang.pick(
            "Dừng cổng kết nối đang dùng tệp này trước.",
            "Stop the gateway that uses the file first.",
        ),
        BackupError::NotOurs { .. } => lang.pick(
            "Tệp này không phải của lienthong.",
            "This is no file of lienthong.",
        ),
        BackupError::NewerSchema { .. } => lang.pick(
            "Dùng bản lienthong mới hơn.",
            "Use a newer version of lienthong.",
        ),
        BackupError::Unsound { .. } => lang.pick(
            "Dùng bản sao khác; xem backup verify.",
            "Use another copy; see backup verify.",
        ),
        BackupError::NotFound { .. } | BackupError::File { .. } | BackupError::Database { .. } => {
            lang.pick(
                "Kiểm tra đường dẫn, quyền và dung lượng.",
                "Check path, permissions and free space.",
            )
        }
    }
}

impl From<BackupReport> for Copied {
    fn from(report: BackupReport) -> Self {
        Self {
            kind: report.kind,
            schema: report.schema,
            newest: report.newest,
            events: report.events,
        }
    }
}

impl From<VerifyReport> for Copied {
    fn from(report: VerifyReport) -> Self {
        Self {
            kind: report.kind,
            schema: report.schema,
            newest: report.newest,
            events: report.events,
        }
    }
}

impl From<RestoreReport> for Copied {
    fn from(report: RestoreReport) -> Self {
        Self {
            kind: report.kind,
            schema: report.schema,
            newest: report.newest,
            events: report.events,
        }
    }
}
