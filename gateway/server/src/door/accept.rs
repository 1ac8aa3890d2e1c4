//! The accept loop of one listener.
//!
//! What a reader would get wrong: when the process has no descriptors left, `accept`
//! fails at once and again at once. Only a pause lets the open connections end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use super::connection::Hall;
use super::layers::Answer;

/// Pause after a failure that would come back at once.
const PAUSE: Duration = Duration::from_millis(100);
/// Silence after which the kernel probes a peer, and between probes.
const TCP_KEEP_ALIVE: Duration = Duration::from_mins(1);

/// What is spoken on a listener, with the certificate of the moment.
#[derive(Debug, Clone)]
pub(super) enum Spoken {
    /// TLS.
    Tls(watch::Receiver<Arc<ServerConfig>>),
    /// Plain text.
    Plain,
}

/// What to do after a failure of `accept`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterFailure {
    /// It was about one connection.
    AtOnce,
    /// It is about the whole process, or not known: it would come back.
    Pause,
}

fn after(failure: &io::Error) -> AfterFailure {
    match failure.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::Interrupted => AfterFailure::AtOnce,
        // EMFILE, ENFILE, ENOBUFS and ENOMEM have no kinds of their own here, and what
        // is unknown must not spin either.
        _ => AfterFailure::Pause,
    }
}

/// Takes connections until the door stops.
pub(super) async fn accept<A: Answer>(
    socket: TcpListener,
    spoken: Spoken,
    hall: Arc<Hall<A>>,
    places: Arc<Semaphore>,
    connections: TaskTracker,
) {
    let mut pausing = false;
    loop {
        // The place comes first: whoever finds none waits in the kernel's queue.
        let place = tokio::select! {
            () = hall.stop.cancelled() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let Ok(place) = place else { return };
        let accepted = tokio::select! {
            () = hall.stop.cancelled() => return,
            accepted = socket.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(failure) => {
                hall.metrics.accept_failures.inc();
                if after(&failure) == AfterFailure::Pause {
                    // One line for a row of failures, not ten a second.
                    if !pausing {
                        tracing::error!(error = %failure, "cannot accept connections, pausing");
                    }
                    pausing = true;
                    tokio::time::sleep(PAUSE).await;
                }
                continue;
            }
        };
        pausing = false;
        prepare(&stream);
        let hall = Arc::clone(&hall);
        match &spoken {
            Spoken::Plain if !address.ip().to_canonical().is_loopback() => {
                tracing::warn!("plain text from beyond loopback refused");
            }
            Spoken::Plain => {
                connections.spawn(async move {
                    hall.serve_plain(stream, address).await;
                    drop(place);
                });
            }
            Spoken::Tls(config) => {
                let config = Arc::clone(&config.borrow());
                connections.spawn(async move {
                    hall.serve_tls(stream, address, config).await;
                    drop(place);
                });
            }
        }
    }
}

/// Sets what only makes a connection better; a socket that refuses still serves.
fn prepare(stream: &TcpStream) {
    let keep_alive = TcpKeepalive::new()
        .with_time(TCP_KEEP_ALIVE)
        .with_interval(TCP_KEEP_ALIVE);
    let set = stream
        .set_nodelay(true)
        .and_then(|()| SockRef::from(stream).set_tcp_keepalive(&keep_alive));
    if let Err(error) = set {
        tracing::debug!(%error, "a socket option was not taken");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_descriptors_or_memory_the_loop_pauses() {
        // EMFILE, ENFILE, ENOBUFS, ENOMEM on Linux.
        for number in [24, 23, 105, 12] {
            let failure = io::Error::from_raw_os_error(number);
            assert_eq!(after(&failure), AfterFailure::Pause, "{failure}");
        }
    }

    #[test]
    fn a_failure_of_one_connection_delays_no_other() {
        // ECONNABORTED, ECONNRESET, EINTR on Linux.
        for number in [103, 104, 4] {
            let failure = io::Error::from_raw_os_error(number);
            assert_eq!(after(&failure), AfterFailure::AtOnce, "{failure}");
        }
    }
}
