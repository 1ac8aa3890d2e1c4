//! What a call passes through on its way to a service and back.
//!
//! Only [`chain`] knows the order. What a reader would get wrong: everything below the
//! protocol layer speaks gRPC alone. A refusal there is made once, as a gRPC status,
//! and becomes a Connect error or a gRPC-Web trailer on its way out.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use http::{HeaderMap, Request, Response};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::clients::ClientDirectory;
use super::limits::DoorLimits;
use super::methods::Methods;
use super::observe::DoorMetrics;
use super::protocol::Protocols;
use crate::status::ServerError;

mod caller;
mod deadline;
mod leftover;
mod load_shed;
mod metrics;
mod panic;
mod request_id;
mod services;
mod strict;
mod trace;
mod whole;
mod wrapped;

pub use panic::install_panic_hook;

/// Answers requests; never fails, a failure is an answer too.
pub(super) trait Answer: Send + Sync + 'static {
    /// The answer to `request`.
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;
}

/// What the layers are made of.
#[derive(Debug)]
pub(super) struct ChainParts {
    pub(super) routes: Routes,
    pub(super) methods: Arc<Methods>,
    pub(super) clients: watch::Receiver<Arc<ClientDirectory>>,
    pub(super) limits: Arc<DoorLimits>,
    pub(super) metrics: Arc<DoorMetrics>,
    /// The door stops.
    pub(super) stop: CancellationToken,
}

/// The whole way of a call, the layer that it meets first on top.
pub(super) fn chain(parts: ChainParts) -> impl Answer {
    let ChainParts {
        routes,
        methods,
        clients,
        limits,
        metrics,
        stop,
    } = parts;
    let request_bytes = limits.request_bytes;
    Stack::new()
        // Around everything that may answer before it has read the request.
        .then(|inner| leftover::Leftovers { inner })
        // Early, so that every line of the log and every answer carries the id.
        .then(|inner| request_id::RequestIds { inner })
        // Around the rest, so that what it logs names the call.
        .then(|inner| trace::Traced {
            inner,
            methods: Arc::clone(&methods),
        })
        // Below this line there is only gRPC.
        .then(|inner| Protocols {
            inner: Arc::new(inner),
            methods: Arc::clone(&methods),
            request_bytes,
        })
        // Sees the code that the caller gets, whoever made it.
        .then(|inner| metrics::Measured { inner, metrics })
        // Outside of whatever may panic, inside of what counts the outcome.
        .then(|inner| panic::CatchPanic { inner })
        // Before load shedding: waiting for a slow caller's message costs time too.
        .then(|inner| deadline::Deadlines {
            inner,
            limits: Arc::clone(&limits),
            stop,
        })
        // Inside of the deadline, around the places: a slow reader keeps none.
        .then(|inner| whole::WholeAnswers { inner })
        // One count over all connections; per connection it would be no limit at all.
        .then(|inner| load_shed::LoadShed::new(inner, Arc::clone(&limits)))
        // After load shedding, so that strangers cannot make us work without limit.
        .then(|inner| caller::Callers { inner, clients })
        // Closest to the codec, whose faults it puts into our words.
        .then(|inner| strict::Strict {
            inner,
            limits: Arc::clone(&limits),
        })
        .ending_in(services::Services { routes })
}

/// Layers that wait for what they go around.
struct Stack<F>(F);

impl Stack<()> {
    fn new<A>() -> Stack<impl FnOnce(A) -> A> {
        Stack(|inner| inner)
    }
}

impl<F> Stack<F> {
    /// Puts `layer` inside all layers so far.
    fn then<Inner, Layered, Outer>(
        self,
        layer: impl FnOnce(Inner) -> Layered,
    ) -> Stack<impl FnOnce(Inner) -> Outer>
    where
        F: FnOnce(Layered) -> Outer,
    {
        Stack(move |inner| (self.0)(layer(inner)))
    }

    /// Puts `core` into the middle.
    fn ending_in<Core, Outer>(self, core: Core) -> Outer
    where
        F: FnOnce(Core) -> Outer,
    {
        (self.0)(core)
    }
}

/// The gRPC answer that is nothing but `error`; logs it.
pub(super) fn refusal(error: ServerError) -> Response<Body> {
    tonic::Status::from(error).into_http()
}

/// The trailers that end a stream with `error`; logs it.
fn trailers_of(error: ServerError) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // A status of ours holds nothing that a header value cannot.
    let _written = tonic::Status::from(error).add_header(&mut trailers);
    trailers
}
