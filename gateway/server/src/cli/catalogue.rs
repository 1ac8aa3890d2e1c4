//! `lienthong catalogue`: the national procedure catalogue as a gateway keeps it.

mod changes;
mod directories;
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
    /// The catalogue of units in the order of their codes, and how old it is.
    Units(directories::UnitsArguments),
    /// The catalogue of fields in the order of their codes, and how old it is.
    Fields(directories::FieldsArguments),
    /// What changed between fetches, newest first, and which essential services it touches.
    Changes(changes::ChangesArguments),
    /// Fetches the catalogue now.
    ///
    /// One that has lost half of its procedures is refused, and the old one stays, unless
    /// --accept-shrink says that a person looked at the portal and it is right. The online
    /// services, units and fields that come with it are held against what is held in the same
    /// way: --accept-shrink takes a cut one only where `catalogue list` tells already that one
    /// was refused.
    Refresh(refresh::RefreshArguments),
}

/// Runs a command of this family.
pub(super) async fn run(arguments: CatalogueArguments, lang: Lang) -> u8 {
    let target = &arguments.target;
    ended(
        match arguments.command {
            CatalogueCommand::List(list) => list::run(target, list, lang).await,
            CatalogueCommand::Show { code } => show::run(target, code, lang).await,
            CatalogueCommand::Units(units) => directories::units(target, units, lang).await,
            CatalogueCommand::Fields(fields) => directories::fields(target, fields, lang).await,
            CatalogueCommand::Changes(changes) => changes::run(target, changes, lang).await,
            CatalogueCommand::Refresh(refresh) => refresh::run(target, refresh, lang).await,
        },
        lang,
    )
}
