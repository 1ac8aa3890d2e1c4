//! Where the log goes: standard error, as text or JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// rustls warns of every client that connects by IP address; a caller must not fill
/// the log.
const QUIET: &str = "rustls=error";

/// The PostgreSQL client tells the values of its statements at `debug`, and those are
/// dossiers. Behind what is configured, so that no configuration lets them through.
const SILENT: &str = "tokio_postgres=info,tokio_postgres::query=info";

/// Starts logging. A second call changes nothing.
pub(super) fn start(log: &Log) {
    let filter = EnvFilter::try_new(format!("{QUIET},{},{SILENT}", log.filter))
        .unwrap_or_else(|_| EnvFilter::new(format!("{QUIET},info,{SILENT}")));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // Otherwise an entry that a full disk does not take ends in a panic: what went
        // wrong would be told on the same standard error.
        .log_internal_errors(false);
    let _ = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
