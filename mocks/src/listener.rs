//! The accept loop of the three servers, and the gate that closes one of them for an outage.
//!
//! What a reader would get wrong: a paused server goes on listening. It closes each accepted
//! socket at once with a reset and cuts those that are open, so that the address is never lost to
//! another process and an outage can end at the same port. A stalled one is half open: it accepts
//! and never answers.

mod line;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tracing::debug;

use crate::backstage::Backstage;
use crate::guarded::Guarded;
use line::Line;

/// Pause after a failed accept, so that a process out of descriptors does not spin.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);
/// Longest TLS handshake.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// Whether an upstream can be reached. Every connection lives under the token of the opening
/// time in which it was accepted.
#[derive(Debug)]
pub(crate) struct Gate {
    door: Guarded<Door>,
}

/// How the door of an upstream stands.
#[derive(Debug)]
enum Door {
    Open(CancellationToken),
    /// Connections are accepted and kept, and nothing on them is read or answered.
    Stalled(CancellationToken),
    Closed,
}

impl Door {
    const fn token(&self) -> Option<&CancellationToken> {
        match self {
            Self::Open(token) | Self::Stalled(token) => Some(token),
            Self::Closed => None,
        }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            door: Guarded::new(Door::Open(CancellationToken::new())),
        }
    }
}

impl Gate {
    /// Begins an outage: cuts what is open and refuses what comes.
    pub(crate) fn pause(&self) {
        let before = std::mem::replace(&mut *self.door.lock(), Door::Closed);
        if let Some(token) = before.token() {
            token.cancel();
        }
    }

    /// Half opens the door: what is open stays open and what comes is accepted, but nothing is
    /// answered any more. A request that is being worked on is finished.
    pub(crate) fn stall(&self) {
        let mut door = self.door.lock();
        let token = door.token().cloned().unwrap_or_default();
        *door = Door::Stalled(token);
    }

    /// Ends an outage. After a stall this cuts what was open.
    pub(crate) fn resume(&self) {
        let mut door = self.door.lock();
        if let Door::Stalled(token) = &*door {
            token.cancel();
        }
        if !matches!(*door, Door::Open(_)) {
            *door = Door::Open(CancellationToken::new());
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        matches!(*self.door.lock(), Door::Closed)
    }

    pub(crate) fn is_stalled(&self) -> bool {
        matches!(*self.door.lock(), Door::Stalled(_))
    }

    fn enter(&self) -> Option<CancellationToken> {
        self.door.lock().token().map(CancellationToken::child_token)
    }
}

/// Handed to each request: cuts the connection that it came on.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    open: CancellationToken,
    reset: Arc<AtomicBool>,
}

impl Connection {
    fn new(open: CancellationToken) -> Self {
        let reset = Arc::default();
        Self { open, reset }
    }

    /// However the connection ends now, the other side sees a reset.
    pub(crate) fn end_with_reset(&self) {
        self.reset.store(true, Ordering::SeqCst);
    }

    /// Closes the socket without an answer. Never returns: the handler dies with the connection.
    pub(crate) async fn cut(&self) -> std::convert::Infallible {
        self.open.cancel();
        std::future::pending().await
    }
}

/// One server: an address, what answers there, and what stops it.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) router: Router,
    pub(crate) tls: Option<TlsAcceptor>,
    /// Whose gate is asked at each connection; a server without one is always open.
    pub(crate) upstream: Option<Arc<Backstage>>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Listener {
    /// Accepts until stopped. Connections run as tasks of their own and end with the stop too.
    pub(crate) async fn run(self) {
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, _peer)) => self.admit(stream),
                Err(error) => {
                    debug!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_BACKOFF).await;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream) {
        let entered = match &self.upstream {
            Some(upstream) => upstream.gate.enter(),
            None => Some(CancellationToken::new()),
        };
        let Some(connection) = entered else {
            refuse(stream);
            return;
        };
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "a connection ended while it was accepted");
            return;
        }
        let router = self.router.clone();
        let tls = self.tls.clone();
        let stop = self.stop.clone();
        let upstream = self.upstream.clone();
        self.tasks.spawn(async move {
            let connection_of_request = Connection::new(connection.clone());
            let line = Line::new(stream, &connection_of_request);
            let serving = async {
                unless_stalled(upstream.as_deref()).await;
                serve(line, tls, router, connection_of_request, upstream).await;
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = connection.cancelled() => {}
                () = serving => {}
            }
        });
    }
}

/// Closes with a reset, as a host does on which nothing listens any more.
fn refuse(stream: TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        debug!(%error, "a refused connection is closed without a reset");
    }
    drop(stream);
}

/// Goes on at once, or never while the upstream is stalled: the task ends with its connection.
async fn unless_stalled(upstream: Option<&Backstage>) {
    if upstream.is_some_and(|upstream| upstream.gate.is_stalled()) {
        std::future::pending::<()>().await;
    }
}

async fn serve(
    stream: Line,
    tls: Option<TlsAcceptor>,
    router: Router,
    connection: Connection,
    upstream: Option<Arc<Backstage>>,
) {
    let Some(tls) = tls else {
        answer_all(stream, router, connection, upstream).await;
        return;
    };
    match tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(stream)).await {
        Ok(Ok(stream)) => answer_all(stream, router, connection, upstream).await,
        Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
        Err(_elapsed) => debug!("a TLS handshake took too long"),
    }
}

async fn answer_all<S>(
    stream: S,
    router: Router,
    connection: Connection,
    upstream: Option<Arc<Backstage>>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        let (router, upstream) = (router.clone(), upstream.clone());
        async move {
            unless_stalled(upstream.as_deref()).await;
            router
                .oneshot(request.map(axum::body::Body::new) as Request)
                .await
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new());
    builder.http2().timer(TokioTimer::new());
    if let Err(error) = builder
        .serve_connection(TokioIo::new(stream), service)
        .await
    {
        debug!(%error, "a connection ended early");
    }
}
