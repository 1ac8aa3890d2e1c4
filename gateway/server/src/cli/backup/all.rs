//! `lienthong backup all`: a copy of every file that a gateway of this configuration keeps.
//!
//! What a reader would get wrong: with PostgreSQL the outbox, the register and the facts are
//! in its database, and its own tools copy them. Record of look-ups and catalogue are files of
//! each gateway there too.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use lienthong_adapters::store::{BackupReport, backup};
use serde_json::{Value, json};

use super::super::failure::Failure;
use super::super::print::{chain, complain, say};
use super::super::target::Output;
use super::super::{BAD_CONFIG, DONE, FAILED};
use super::{Copied, advice};
use crate::config::{self, Config, StoreSettings};
use crate::gateway::REGISTER;
use crate::lang::Lang;

/// Which files are copied, and where to.
pub(super) struct Wanted {
    pub(super) config: PathBuf,
    pub(super) to: PathBuf,
    pub(super) without_observations: bool,
}

/// Copies what the configuration names into the folder. A file that cannot be copied does not
/// keep the others from it.
pub(super) fn run(
    wanted: &Wanted,
    environment: Vec<(String, String)>,
    output: Output,
    lang: Lang,
) -> Result<u8, Failure> {
    let config = match config::load(&wanted.config, environment) {
        Ok(config) => config,
        Err(problems) => {
            complain(&problems.to_string());
            return Ok(BAD_CONFIG);
        }
    };
    make(&wanted.to).map_err(|error| Failure::local(chain(&error)))?;
    let files = files(&config, wanted.without_observations);
    let mut told = Vec::new();
    let mut failed = false;
    for file in &files {
        let name = file.file_name().unwrap_or(file.as_os_str());
        let to = wanted.to.join(name);
        match backup(file, &to) {
            Ok(report) => told.push(copied(file, &to, report, output, lang)),
            Err(error) => {
                failed = true;
                complain(&format!(
                    "✘ {}: {}\n    → {}",
                    file.display(),
                    chain(&error),
                    advice(&error, lang)
                ));
                told.push(json!({ "file": file.display().to_string(), "copied": false }));
            }
        }
    }
    let elsewhere = matches!(config.sync.store, StoreSettings::Postgresql(_));
    match output {
        Output::Json => {
            let told = json!({ "files": told, "database": elsewhere });
            say(&format!("{told:#}"));
        }
        Output::Table if elsewhere => complain(lang.pick(
            "    → Outbox, sổ minh chứng và số liệu quan sát nằm trong PostgreSQL: sao lưu bằng công cụ của PostgreSQL (pg_dump, lưu WAL).",
            "    → Outbox, register and facts are in PostgreSQL: copy them with its own tools (pg_dump, archived WAL).",
        )),
        Output::Table => {}
    }
    Ok(if failed { FAILED } else { DONE })
}

/// The folder, for its owner only.
fn make(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Every file that a gateway of this configuration writes. The facts come first: they are then
/// never ahead of the copies that they are made of, and what those hold more is folded in by
/// itself. The other way round they would be of a store that is gone.
fn files(config: &Config, without_observations: bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let in_a_file = matches!(config.sync.store, StoreSettings::Sqlite { .. });
    if in_a_file && !without_observations {
        files.push(config.services.folder.join(&config.services.observations));
    }
    if let StoreSettings::Sqlite { database } = &config.sync.store {
        files.push(database.clone());
        files.push(config.services.folder.join(REGISTER));
    }
    files.push(config.audit.database.clone());
    if let Some(procedures) = &config.procedures {
        files.push(procedures.database.clone());
    }
    files
}

/// Tells of one copy; what a program is told.
fn copied(file: &Path, to: &Path, report: BackupReport, output: Output, lang: Lang) -> Value {
    let bytes = report.bytes;
    let copied = Copied::from(report);
    if let Output::Table = output {
        say(&format!("✔ {} ({bytes} bytes)", to.display()));
        say(&copied.sheet(lang));
    }
    let mut told = copied.json();
    told["file"] = file.display().to_string().into();
    told["to"] = to.display().to_string().into();
    told["bytes"] = bytes.into();
    told["copied"] = true.into();
    told
}
