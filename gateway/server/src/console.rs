//! The console's listener: figures for machines, on an address of its own.
//!
//! Callers never reach it: it is bound apart from the door, and it names no person. What
//! changes something here asks for headers that a browser does not send across sites
//! without asking first, so that no page that an operator has open can do it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lienthong_adapters::population::Guarded;
use lienthong_core::sync::health::Condition;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::catalogue::{CatalogueFigures, Keeper};
use crate::essential::EssentialStock;
use crate::lookup::Lookups;
use crate::sync::figures::{OperationFigures, SyncFigures};
use crate::sync::monitor::SyncMonitor;

/// Header that names the operator who changes something, in UTF-8.
pub(crate) const OPERATOR: &str = "x-lienthong-operator";
/// Header that tells why, in UTF-8.
pub(crate) const REASON: &str = "x-lienthong-reason";
/// Where what is kept is forgotten.
pub(crate) const CLEAR_CACHE: &str = "/cache/clear";

/// Longest value of those headers, in bytes.
const LONGEST: usize = 500;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the console shows.
#[derive(Clone)]
pub(crate) struct Console {
    /// Figures for `/metrics`.
    pub(crate) registry: Arc<Registry>,
    /// The sync's health.
    pub(crate) monitor: Arc<SyncMonitor>,
    /// Its figures.
    pub(crate) figures: SyncFigures,
    /// Those of what operators started.
    pub(crate) operations: OperationFigures,
    /// The procedure catalogue and its figures, where one is kept.
    pub(crate) catalogue: Option<(Arc<Keeper>, CatalogueFigures)>,
    /// Look-ups, and what is kept of them.
    pub(crate) lookups: Arc<Lookups>,
    /// The route to the population database.
    pub(crate) route: Arc<Guarded>,
    /// The essential services.
    pub(crate) essential: EssentialStock,
    /// Cancelled as soon as the gateway stops.
    pub(crate) stopping: CancellationToken,
}

impl Console {
    /// Serves on `listener` until `stop` is cancelled. A peer that does not finish its
    /// request is not waited for: whoever runs this ends it after a time.
    pub(crate) async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let router = Router::new()
            .route("/metrics", get(metrics))
            .route("/health/live", get(live))
            .route("/health/ready", get(ready))
            .route(CLEAR_CACHE, post(clear_cache))
            .with_state(self);
        let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "the console stopped");
        }
    }
}

/// Binds the console's listener.
///
/// # Errors
/// The socket's error.
pub(crate) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

async fn metrics(State(console): State<Console>) -> Response {
    // Without the store the sync's figures keep their last values; `ready` tells.
    if let Ok(health) = console.monitor.health().await {
        console.figures.set(&health);
    }
    console.operations.set(&console.monitor.operations());
    if let Some((keeper, figures)) = &console.catalogue {
        figures.set(keeper);
    }
    console.lookups.take_stock(&console.route.status());
    console.essential.take().await;
    let mut text = String::new();
    match encode(&mut text, &console.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Forgets what is kept. Who does it, and why, is logged.
async fn clear_cache(State(console): State<Console>, headers: HeaderMap) -> Response {
    let (Some(operator), Some(reason)) = (told(&headers, OPERATOR), told(&headers, REASON)) else {
        let missing = format!("{OPERATOR} and {REASON} must say who does it and why\n");
        return (StatusCode::FORBIDDEN, missing).into_response();
    };
    let lookups = Arc::clone(&console.lookups);
    // A million answers take a second or two, which are none of the calls'.
    let cleared = tokio::task::spawn_blocking(move || lookups.clear_cache()).await;
    if cleared.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    tracing::info!(operator, reason, "the cache of answers was cleared");
    "cleared\n".into_response()
}

/// What a header says; `None` when it says nothing or too much.
fn told<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let text = std::str::from_utf8(headers.get(name)?.as_bytes())
        .ok()?
        .trim();
    (1..=LONGEST).contains(&text.len()).then_some(text)
}

async fn live() -> &'static str {
    "alive\n"
}

/// Ready as long as the store answers; a stalled portal does not take look-ups out of
/// rotation.
async fn ready(State(console): State<Console>) -> Response {
    if console.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the gateway is stopping\n").into_response();
    }
    match console.monitor.health().await {
        Ok(health) if health.facts.store_failing => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the store cannot be written\n",
        )
            .into_response(),
        Ok(health) => {
            let condition = match health.condition {
                Condition::Healthy => "healthy",
                Condition::Lagging => "lagging",
                Condition::Stalled => "stalled",
            };
            format!("ready, sync {condition}\n").into_response()
        }
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the store cannot be used\n",
        )
            .into_response(),
    }
}
