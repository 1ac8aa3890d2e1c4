//! `lienthong dossier`: events of a file, and what became of a dossier.

mod items;
mod record;
mod show;
mod watch;

use std::path::PathBuf;

use clap::Subcommand;

use super::ended;
use super::target::Target;
use crate::lang::Lang;

/// Arguments of `dossier`.
#[derive(Debug, clap::Args)]
pub(super) struct DossierArguments {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: DossierCommand,
}

#[derive(Debug, Subcommand)]
enum DossierCommand {
    /// Records the events of a file: one event, an array of them, or one a line.
    ///
    /// An event is a `RecordEventsRequest` in JSON, or a `RecordDossierRequest` or
    /// `RecordProgressRequest` as it is. The same file may be recorded again: what is
    /// recorded already gives the same receipt.
    Record {
        /// JSON file; "-" reads standard input.
        file: PathBuf,
    },
    /// Shows what was recorded of a dossier, and every attempt to bring it to the portal.
    Show {
        /// Mã hồ sơ.
        code: String,
    },
    /// Shows each change of a dossier's sync state until it is stopped, also over restarts
    /// of the gateway; gives up where that stays away for ten minutes.
    Watch {
        /// Mã hồ sơ.
        code: String,
        /// Ends with 0 once the portal has everything that was recorded, and with 1 once a
        /// person is needed.
        #[arg(long)]
        until_accepted: bool,
    },
}

/// Runs a command of this family.
pub(super) async fn run(arguments: DossierArguments, lang: Lang) -> u8 {
    let target = &arguments.target;
    ended(
        match arguments.command {
            DossierCommand::Record { file } => record::run(target, &file, lang).await,
            DossierCommand::Show { code } => show::run(target, code, lang).await,
            DossierCommand::Watch {
                code,
                until_accepted,
            } => watch::run(target, code, until_accepted, lang).await,
        },
        lang,
    )
}
