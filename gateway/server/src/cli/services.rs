//! `lienthong services`: the 25 essential services (dịch vụ công thiết yếu), what is
//! documented of them and what their traffic shows.
//!
//! What a reader would get wrong: every command asks the running gateway, so that the
//! command line can say nothing that a caller would not be told.

mod check;
mod evidence;
mod finding;
mod layout;
mod list;
mod rebuild;
mod report;
mod reports;
mod scope;
mod show;
mod words;

use clap::Subcommand;

pub(super) use words::{role, time};

use super::ended;
use super::target::Target;
use crate::lang::Lang;

/// Columns of a terminal that texts are broken for.
const COLUMNS: usize = 96;

/// Arguments of `services`.
#[derive(Debug, clap::Args)]
pub(super) struct ServicesArguments {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: ServicesCommand,
}

#[derive(Debug, Subcommand)]
enum ServicesCommand {
    /// The services with their owners, codes and documented states.
    List(list::ListArguments),
    /// One service: its codes, its documents, its figures and a verdict per criterion.
    Show(show::ShowArguments),
    /// Holds documents against traffic: contradictions and expired evidence first.
    Check(check::CheckArguments),
    /// Has what the traffic shows made anew from what is still kept, by the running gateway.
    Rebuild(rebuild::RebuildArguments),
    /// A report as a file: for print, for a spreadsheet, for a program.
    Report(Box<report::ReportArguments>),
    /// Kept reports: list, approval, proof of publication, withdrawal.
    Reports(reports::ReportsArguments),
    /// The register of what is documented: import and list.
    Evidence(evidence::EvidenceArguments),
}

/// Runs a command of this family.
pub(super) async fn run(arguments: ServicesArguments, lang: Lang) -> u8 {
    let target = &arguments.target;
    ended(
        match arguments.command {
            ServicesCommand::List(list) => list::run(target, list, lang).await,
            ServicesCommand::Show(show) => show::run(target, show, lang).await,
            ServicesCommand::Check(check) => check::run(target, check, lang).await,
            ServicesCommand::Rebuild(rebuild) => rebuild::run(target, rebuild, lang).await,
            ServicesCommand::Report(report) => report::run(target, *report, lang).await,
            ServicesCommand::Reports(reports) => reports::run(target, reports, lang).await,
            ServicesCommand::Evidence(evidence) => evidence::run(target, evidence, lang).await,
        },
        lang,
    )
}
