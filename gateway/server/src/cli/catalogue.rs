//! `lienthong catalogue`: the national procedure catalogue as a gateway keeps it.

mod changes;
mod list;
mod refresh;
mod show;
mod standing;

use clap::Subcommand;

use super::ended;
use super::target::Target;
use crate::lang::Lang;

/// Arguments of `catalogue`.
#[derive(Debug, clap::Args)]
pub(super) struct CatalogueArguments {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: CatalogueCommand,
}

#[derive(Debug, Subcommand)]
enum CatalogueCommand {
    /// Procedures in the order of their codes, and how old the catalogue is.
    List(list::ListArguments),
    /// One procedure in full. A fee that the catalogue does not tell is shown as unknown.
    Show {
        /// Mã thủ tục, such as 1.004222.
        code: String,
    },
    /// What changed between fetches, newest first.
    Changes(changes::ChangesArguments),
    /// Fetches the catalogue now.
    ///
    /// One that has lost half of its procedures is refused, and the old one stays, unless
    /// --accept-shrink says that a person looked at the portal and it is right.
    Refresh(refresh::RefreshArguments),
}

/// Runs a command of this family.
pub(super) async fn run(arguments: CatalogueArguments, lang: Lang) -> u8 {
    let target = &arguments.target;
    ended(
        match arguments.command {
            CatalogueCommand::List(list) => list::run(target, list, lang).await,
            CatalogueCommand::Show { code } => show::run(target, code, lang).await,
            CatalogueCommand::Changes(changes) => changes::run(target, changes, lang).await,
            CatalogueCommand::Refresh(refresh) => refresh::run(target, refresh, lang).await,
        },
        lang,
    )
}
