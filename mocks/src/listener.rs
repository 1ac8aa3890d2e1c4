//! The accept loop of the three servers, and the gate that closes one of them for an outage.
//!
//! What a reader would get wrong: a paused server goes on listening. It closes each accepted
//! socket at once with a reset and cuts those that are open, so that the address is never lost to
//! another process and an outage can end at the same port.

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
    open: Guarded<Option<CancellationToken>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            open: Guarded::new(Some(CancellationToken::new())),
        }
    }
}

impl Gate {
    /// Begins an outage: cuts what is open and refuses what comes.
    pub(crate) fn pause(&self) {
        if let Some(token) = self.open.lock().take() {
            token.cancel();
        }
    }

    /// Ends an outage.
    pub(crate) fn resume(&self) {
        self.open.lock().get_or_insert_with(CancellationToken::new);
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.open.lock().is_none()
    }

    fn enter(&self) -> Option<CancellationToken> {
        self.open
            .lock()
            .as_ref()
            .map(CancellationToken::child_token)
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
        self.tasks.spawn(async move {
            let connection_of_request = Connection::new(connection.clone());
            let line = Line::new(stream, &connection_of_request);
            let serving = serve(line, tls, router, connection_of_request);
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

async fn serve(stream: Line, tls: Option<TlsAcceptor>, router: Router, connection: Connection) {
    let Some(tls) = tls else {
        answer_all(stream, router, connection).await;
        return;
    };
    match tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(stream)).await {
        Ok(Ok(stream)) => answer_all(stream, router, connection).await,
        Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
        Err(_elapsed) => debug!("a TLS handshake took too long"),
    }
}

async fn answer_all<S>(stream: S, router: Router, connection: Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        router
            .clone()
            .oneshot(request.map(axum::body::Body::new) as Request)
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
