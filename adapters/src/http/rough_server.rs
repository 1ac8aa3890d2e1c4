//! A server for tests that does what decent servers do not: it falls silent,
//! hangs up, drips, and talks without end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens on one connection once a request was read.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// These bytes, then a clean close.
    Say(Vec<u8>),
    /// These bytes, and after the next request a clean close without a word.
    SayOnce(Vec<u8>),
    /// A clean close without a word.
    HangUp,
    /// A reset.
    Reset,
    /// Nothing, with the connection kept open.
    FallSilent,
    /// The head of an answer, then a byte every 20 ms.
    Drip,
    /// The head of an answer, then this many bytes as fast as they are taken.
    Flood(usize),
}

/// A listener that behaves by script, one behaviour a connection; the last one
/// stays.
pub(crate) struct RoughServer {
    pub(crate) url: String,
    connections: Arc<AtomicUsize>,
    flooded: Arc<AtomicUsize>,
}

impl RoughServer {
    pub(crate) async fn start(script: Vec<Behaviour>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            connections: Arc::default(),
            flooded: Arc::default(),
        };
        let (connections, flooded) = (Arc::clone(&server.connections), Arc::clone(&server.flooded));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let turn = connections
                    .fetch_add(1, Ordering::SeqCst)
                    .min(script.len() - 1);
                tokio::spawn(behave(stream, script[turn].clone(), Arc::clone(&flooded)));
            }
        });
        server
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many bytes of a flood were taken.
    pub(crate) fn flooded(&self) -> usize {
        self.flooded.load(Ordering::SeqCst)
    }
}

/// An answer with status 200 and this body, on a connection that is then closed.
pub(crate) fn say(media_type: &str, body: &str) -> Behaviour {
    let length = body.len();
    Behaviour::Say(
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )
        .into_bytes(),
    )
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn behave(mut stream: TcpStream, behaviour: Behaviour, flooded: Arc<AtomicUsize>) {
    read_request(&mut stream).await;
    match behaviour {
        Behaviour::Say(bytes) => {
            // The client may be gone already.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Behaviour::SayOnce(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            read_request(&mut stream).await;
        }
        Behaviour::HangUp => drop(stream),
        Behaviour::Reset => stream.set_zero_linger().unwrap(),
        Behaviour::FallSilent => std::future::pending().await,
        Behaviour::Drip => {
            let mut next: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n";
            while stream.write_all(next).await.is_ok() {
                next = b"x";
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Behaviour::Flood(total) => {
            let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
            let mut taken = stream.write_all(head).await;
            let chunk = vec![b'x'; 64 * 1024];
            while taken.is_ok() && flooded.load(Ordering::SeqCst) < total {
                taken = stream.write_all(&chunk).await;
                flooded.fetch_add(chunk.len(), Ordering::SeqCst);
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).await.unwrap_or(0);
        request.extend_from_slice(&chunk[..read]);
        // A TLS client says hello and waits.
        if request.first() == Some(&0x16) {
            return;
        }
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return;
            }
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        if read == 0 || body.len() >= length {
            return;
        }
    }
}
