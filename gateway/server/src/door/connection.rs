//! One connection, from its handshake to its end.
//!
//! What a reader would get wrong: an end has two steps. GOAWAY asks the peer to begin
//! nothing new; only the cut takes the open calls away.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::first_bytes::FirstBytes;
use super::layers::Answer;
use super::limits::DoorLimits;
use super::observe::DoorMetrics;
use super::peer::{Identity, Peer, read_certificate};
use super::sparse::Sparse;

/// Most bytes that are held of an HTTP/1.1 request before its service reads them.
const HTTP1_BUFFER: usize = 64 * 1024;

/// What all connections of a door share.
#[derive(Debug)]
pub(super) struct Hall<A> {
    pub(super) chain: Arc<A>,
    pub(super) builder: Builder<TokioExecutor>,
    pub(super) limits: Arc<DoorLimits>,
    pub(super) metrics: Arc<DoorMetrics>,
    pub(super) handshakes_told: Sparse,
    /// Nothing new is begun.
    pub(super) stop: CancellationToken,
    /// What is still open is cut.
    pub(super) cut: CancellationToken,
}

/// Both HTTP versions with their limits.
pub(super) fn http_builder(limits: &DoorLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read)
        .max_buf_size(HTTP1_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams_per_connection)
        // hyper-util leaves this one without a limit unless it is named.
        .max_local_error_reset_streams(limits.resets_by_us)
        .max_pending_accept_reset_streams(limits.pending_resets)
        .max_header_list_size(limits.header_bytes)
        .initial_stream_window_size(limits.stream_window)
        .initial_connection_window_size(limits.connection_window)
        .keep_alive_interval(limits.keep_alive_interval)
        .keep_alive_timeout(limits.keep_alive_timeout);
    builder
}

impl<A: Answer> Hall<A> {
    /// Serves a connection over TLS.
    pub(super) async fn serve_tls(
        &self,
        stream: TcpStream,
        address: std::net::SocketAddr,
        config: Arc<ServerConfig>,
    ) {
        let handshake = timeout(
            self.limits.handshake,
            TlsAcceptor::from(config).accept(stream),
        );
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = self.stop.cancelled() => return,
        };
        let stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return self.no_handshake(address, &error.to_string()),
            Err(_) => return self.no_handshake(address, "it took too long"),
        };
        let certificate = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(<[_]>::first)
            .and_then(read_certificate);
        // The handshake demands a certificate; one that cannot be read names nobody.
        let Some(certificate) = certificate else {
            self.metrics.handshake_failures.inc();
            return;
        };
        let peer = Peer {
            address,
            identity: Identity::Certificate(certificate),
        };
        self.serve(stream, peer).await;
    }

    fn no_handshake(&self, peer: std::net::SocketAddr, problem: &str) {
        self.metrics.handshake_failures.inc();
        if let Some(not_told) = self.handshakes_told.admit(Instant::now()) {
            tracing::warn!(peer = %peer.ip(), problem, not_told, "a TLS handshake failed");
        }
    }

    /// Serves a connection in plain text.
    pub(super) async fn serve_plain(&self, stream: TcpStream, address: std::net::SocketAddr) {
        self.serve(
            stream,
            Peer {
                address,
                identity: Identity::PlainText,
            },
        )
        .await;
    }

    async fn serve<Io>(&self, io: Io, peer: Peer)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let _open = Counted::new(&self.metrics);
        let peer = Arc::new(peer);
        let chain = Arc::clone(&self.chain);
        let service = service_fn(move |request: Request<Incoming>| {
            let (chain, peer) = (Arc::clone(&chain), Arc::clone(&peer));
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(peer);
                Ok::<Response<Body>, Infallible>(chain.answer(request).await)
            }
        });
        let io = TokioIo::new(FirstBytes::new(io, self.limits.handshake));
        let mut connection = std::pin::pin!(self.builder.serve_connection(io, service));
        tokio::select! {
            _ended = connection.as_mut() => return,
            () = self.stop.cancelled() => {}
            () = grown_old(self.limits.connection_age) => {}
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            _ended = connection => {}
            () = self.cut.cancelled() => {}
            () = sleep(self.limits.connection_age_grace), if !self.stop.is_cancelled() => {}
        }
    }
}

/// Ends after `age`, a tenth more or less; never without an age.
async fn grown_old(age: Option<Duration>) {
    match age {
        Some(age) => sleep(age.mul_f64(rand::random_range(0.9..1.1))).await,
        None => std::future::pending().await,
    }
}

/// Counts an open connection.
struct Counted<'a>(&'a DoorMetrics);

impl<'a> Counted<'a> {
    fn new(metrics: &'a DoorMetrics) -> Self {
        metrics.connections.inc();
        Self(metrics)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.connections.dec();
    }
}
