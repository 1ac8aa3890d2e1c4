//! `lienthong sync`: how the sync does, and what an operator may do about it.

mod correct;
mod dossiers;
mod failures;
mod filter;
mod operation;
mod order;
mod reconcile;
mod resolve;
mod retry;
mod status;

use clap::Subcommand;

use super::ended;
use super::target::Target;
use crate::lang::Lang;
use filter::{Filter, duration};

/// Arguments of `sync`.
#[derive(Debug, clap::Args)]
pub(super) struct SyncArguments {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: SyncCommand,
}

#[derive(Debug, Subcommand)]
enum SyncCommand {
    /// Whether the sync is healthy, lagging or stalled, and why.
    Status,
    /// The same again and again, also over restarts of the gateway: after each change, and
    /// at least once per interval.
    Watch {
        /// Longest silence, such as 10s; at least 1s.
        #[arg(long, value_parser = duration)]
        interval: Option<prost_types::Duration>,
    },
    /// Failures grouped by cause, with what to do about each.
    Failures {
        #[command(flatten)]
        filter: Filter,
    },
    /// Dossiers, those that wait longest first.
    Dossiers {
        #[command(flatten)]
        filter: Filter,
        /// Most dossiers shown.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Brings refused and dead events back: shows what would be done, asks, does it, and
    /// tells what became of each.
    Retry(retry::RetryArguments),
    /// Records what a person saw at the portal of an event that may have arrived there and
    /// cannot be asked about.
    Resolve(resolve::ResolveArguments),
    /// Sends the newest state of a dossier in place of its refused one, once the procedure
    /// system has corrected and recorded it.
    Correct(correct::CorrectArguments),
    /// Compares what was recorded with what the portal shows, and lists what differs.
    ///
    /// A comparison that was carried through ends with 0, whatever it found; a script reads
    /// the differences from `--output json`. With --repair it ends with 1 where a repair
    /// failed.
    Reconcile(reconcile::ReconcileArguments),
    /// Follows an operation that runs in the gateway until it ends.
    Follow {
        /// Id of the operation.
        operation_id: String,
    },
    /// Stops an operation. What is done stays done.
    Cancel {
        /// Id of the operation.
        operation_id: String,
        /// Mã cán bộ: who stops it; recorded.
        #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
        operator: String,
    },
}

/// Runs a command of this family.
pub(super) async fn run(arguments: SyncArguments, lang: Lang) -> u8 {
    let target = &arguments.target;
    ended(
        match arguments.command {
            SyncCommand::Status => status::show(target, lang).await,
            SyncCommand::Watch { interval } => status::watch(target, interval, lang).await,
            SyncCommand::Failures { filter } => failures::show(target, filter, lang).await,
            SyncCommand::Dossiers { filter, limit } => {
                dossiers::list(target, filter, limit, lang).await
            }
            SyncCommand::Retry(retry) => retry::run(target, retry, lang).await,
            SyncCommand::Resolve(resolve) => resolve::run(target, resolve, lang).await,
            SyncCommand::Correct(correct) => correct::run(target, correct, lang).await,
            SyncCommand::Reconcile(reconcile) => reconcile::run(target, reconcile, lang).await,
            SyncCommand::Follow { operation_id } => {
                operation::follow_one(target, operation_id, lang).await
            }
            SyncCommand::Cancel {
                operation_id,
                operator,
            } => operation::cancel(target, operation_id, operator, lang).await,
        },
        lang,
    )
}
