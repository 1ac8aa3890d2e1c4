//! The command line: what a person or a script starts the gateway with.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 64 bad configuration, 69 upstream
//! unavailable. This folder is the only place that prints.

mod backup;
mod cache;
mod catalogue;
mod check;
mod citizen;
mod demo;
mod dossier;
mod failure;
mod logging;
mod mocks;
mod pki;
mod print;
mod reopened;
mod serve;
mod services;
mod sync;
mod table;
mod target;
mod words;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::lang::Lang;

/// Ended well.
pub(crate) const DONE: u8 = 0;
/// Ended badly.
pub(crate) const FAILED: u8 = 1;
/// The configuration is wrong (`EX_USAGE` of sysexits, as the contract fixes it).
pub(crate) const BAD_CONFIG: u8 = 64;
/// An upstream cannot be reached.
pub(crate) const UPSTREAM_UNAVAILABLE: u8 = 69;

/// lienthong: one gRPC door from a procedure system (hệ thống một cửa) to the national
/// population database and the National Public Service Portal.
#[derive(Debug, Parser)]
#[command(name = "lienthong", version, disable_help_subcommand = true)]
struct Arguments {
    /// Language of the texts; Vietnamese unless LANG asks for English.
    #[arg(long, global = true, value_enum)]
    lang: Option<Lang>,
    /// The locale, for the language; no option of its own.
    #[arg(long, env = "LANG", hide = true, global = true)]
    locale: Option<OsString>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything on loopback in one process: the government side as mocks, the gateway,
    /// a day of invented dossiers.
    Demo(demo::DemoArguments),
    /// The gateway.
    Serve {
        /// Configuration file (TOML).
        #[arg(long)]
        config: PathBuf,
        /// Writes the addresses as JSON to this file once all is serving.
        #[arg(long)]
        ready_file: Option<PathBuf>,
    },
    /// The government side alone, as mocks.
    Mocks(MocksArguments),
    /// Tells what is wrong with a configuration and what to do about it.
    Check {
        /// Configuration file (TOML).
        #[arg(long)]
        config: PathBuf,
        /// Leaves the connections alone.
        #[arg(long)]
        offline: bool,
    },
    /// Look-ups of citizens, with the same rules and the same record as any other.
    Citizen(citizen::CitizenArguments),
    /// Dossiers: recording their events, and what became of them at the portal.
    Dossier(dossier::DossierArguments),
    /// The sync with the portal: health, failures, retries and comparison.
    Sync(Box<sync::SyncArguments>),
    /// The 25 essential services: what is documented, and what the traffic shows.
    Services(Box<services::ServicesArguments>),
    /// The national procedure catalogue: what it lists, and what changed in it.
    Catalogue(Box<catalogue::CatalogueArguments>),
    /// Copies of the gateway's files, and the way back.
    Backup(backup::BackupArguments),
    /// What a running gateway keeps of its answers.
    Cache {
        #[command(subcommand)]
        command: CacheCommand,
    },
    /// Keys and certificates.
    Pki {
        #[command(subcommand)]
        command: PkiCommand,
    },
}

/// Arguments of `mocks`.
#[derive(Debug, clap::Args)]
struct MocksArguments {
    /// Seed of the invented citizens.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many citizens to invent besides the awkward ones.
    #[arg(long, default_value_t = 40)]
    citizens: usize,
    /// Address of the population database.
    #[arg(long, default_value = "127.0.0.1:9101")]
    population: SocketAddr,
    /// Address of the portal.
    #[arg(long, default_value = "127.0.0.1:9102")]
    portal: SocketAddr,
    /// Address of the control interface.
    #[arg(long, default_value = "127.0.0.1:9100")]
    control: SocketAddr,
    /// Serves TLS with the keys of this folder (written by `pki dev`).
    #[arg(long)]
    pki: Option<PathBuf>,
    /// Writes the addresses as JSON to this file once all is serving.
    #[arg(long)]
    ready_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum CacheCommand {
    /// Forgets it all, as after a correction at the source.
    Clear(cache::ClearArguments),
}

#[derive(Debug, Subcommand)]
enum PkiCommand {
    /// A development CA with server and client certificates.
    Dev {
        /// Folder for the files; made when missing.
        dir: PathBuf,
    },
}

/// Runs the program with the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let environment = crate::config::process_environment();
    let locale = arguments
        .locale
        .as_deref()
        .and_then(|locale| locale.to_str());
    let lang = arguments.lang.unwrap_or_else(|| Lang::of_locale(locale));
    crate::door::install_panic_hook();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            print::complain(&format!("the runtime cannot be started: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    ExitCode::from(runtime.block_on(async {
        match arguments.command {
            Command::Demo(demo) => demo::run(demo, lang).await,
            Command::Serve { config, ready_file } => {
                serve::run(&config, ready_file.as_deref(), environment).await
            }
            Command::Mocks(mocks) => mocks::run(mocks, lang).await,
            Command::Check { config, offline } => {
                check::run(&config, offline, environment, lang).await
            }
            Command::Citizen(citizen) => citizen::run(citizen, lang).await,
            Command::Dossier(dossier) => dossier::run(dossier, lang).await,
            Command::Sync(sync) => sync::run(*sync, lang).await,
            Command::Services(services) => services::run(*services, lang).await,
            Command::Catalogue(catalogue) => catalogue::run(*catalogue, lang).await,
            Command::Backup(backup) => backup::run(backup, environment, lang).await,
            Command::Cache {
                command: CacheCommand::Clear(arguments),
            } => cache::clear(arguments, lang).await,
            Command::Pki {
                command: PkiCommand::Dev { dir },
            } => pki::run(&dir, lang),
        }
    }))
}

/// The exit code of a command, once what went wrong is told.
fn ended(result: Result<u8, failure::Failure>, lang: Lang) -> u8 {
    result.unwrap_or_else(|failure| {
        print::complain(&failure.block(lang));
        failure.exit_code()
    })
}
