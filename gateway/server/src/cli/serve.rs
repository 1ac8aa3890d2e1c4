//! `lienthong serve`: the gateway until it is told to stop.
//!
//! SIGHUP reads the configuration again. Who may see what, what may be kept and the key
//! of the hashes hold from then on; everything else needs a restart. A configuration with
//! a problem changes nothing.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::print::{chain, complain};
use super::{BAD_CONFIG, DONE, FAILED, logging};
use crate::clock::SystemClock;
use crate::gateway::{Addresses, Gateway, Reloaded};

/// Serves what `config` says until SIGTERM or SIGINT.
pub(super) async fn run(
    config: &Path,
    ready_file: Option<&Path>,
    environment: Vec<(String, String)>,
) -> u8 {
    let settings = match crate::config::load(config, environment.clone()) {
        Ok(settings) => settings,
        Err(problems) => {
            complain(&problems.to_string());
            return BAD_CONFIG;
        }
    };
    logging::start(&settings.log);
    // Before anything serves, so that no signal finds the process without a hand on it.
    let heard = StopSignals::listen().and_then(|stop| Ok((stop, signal(SignalKind::hangup())?)));
    let (mut signals, mut hangup) = match heard {
        Ok(signals) => signals,
        Err(error) => {
            complain(&format!("signals cannot be heard: {error}"));
            return FAILED;
        }
    };
    let gateway = match Gateway::start(settings, Arc::new(SystemClock)).await {
        Ok(gateway) => gateway,
        Err(error) => {
            complain(&chain(&error));
            return FAILED;
        }
    };
    let addresses = gateway.addresses();
    tracing::info!(tls = ?addresses.tls, plain = ?addresses.plain, console = %addresses.console, "serving");
    if let Some(path) = ready_file
        && let Err(error) = write_ready_file(path, &ready(&addresses))
    {
        complain(&format!("{} cannot be written: {error}", path.display()));
        gateway.stop().await;
        return FAILED;
    }
    let code = loop {
        tokio::select! {
            () = signals.next() => break DONE,
            () = gateway.broken() => break FAILED,
            _ = hangup.recv() => reload(&gateway, config, environment.clone()).await,
        }
    };
    tracing::info!("stopping: open calls are let end; a second signal stops at once");
    tokio::select! {
        report = gateway.stop() => {
            tracing::info!(finished = report.finished, cut = report.cut, "stopped");
            code
        }
        () = signals.next() => FAILED,
    }
}

/// Goes by what the file says now, unless something is wrong with it.
async fn reload(gateway: &Gateway, config: &Path, environment: Vec<(String, String)>) {
    let settings = match crate::config::load(config, environment) {
        Ok(settings) => settings,
        Err(problems) => {
            tracing::error!(%problems, "the configuration is refused and nothing is changed");
            return;
        }
    };
    match gateway.reload(settings).await {
        Ok(Reloaded { rules, keeping }) => tracing::info!(
            rules,
            keeping,
            "the configuration was read again; what is neither access policy, hash key nor \
             cache needs a restart"
        ),
        Err(error) => {
            tracing::error!(%error, "the configuration is refused and nothing is changed");
        }
    }
}

fn ready(addresses: &Addresses) -> serde_json::Value {
    json!({
        "grpc_tls": addresses.tls.map(|address| address.to_string()),
        "grpc_plain": addresses.plain.map(|address| address.to_string()),
        "console": addresses.console.to_string(),
        "pid": std::process::id(),
    })
}

/// Writes `content` so that a reader finds all of it or no file.
pub(super) fn write_ready_file(path: &Path, content: &serde_json::Value) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, format!("{content:#}\n"))?;
    std::fs::rename(unfinished, path)
}

/// SIGTERM and SIGINT, heard from the moment of [`StopSignals::listen`] on.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Begins to listen.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next of them.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
