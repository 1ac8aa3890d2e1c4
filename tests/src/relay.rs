//! A stretch of network between two parties that can be cut, slowed down and left half open.
//!
//! What a reader would get wrong: bytes that were swallowed are gone. A connection over a
//! cut stretch never comes back to life; the parties have to make a new one.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the stretch does at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Passes everything on.
    Open,
    /// Resets every connection, and every new one.
    Cut,
    /// Passes each piece on after this long.
    Slow(Duration),
    /// Takes connections and bytes and passes nothing on, in either direction.
    HalfOpen,
    /// Passes what is sent on, and swallows every answer.
    Deaf,
}

/// The stretch.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    line: Arc<watch::Sender<Line>>,
    serving: JoinHandle<()>,
}

impl Relay {
    /// Opens a stretch to `target`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let line = Arc::new(watch::Sender::new(Line::Open));
        let state = Arc::clone(&line);
        let serving = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, target, state.subscribe()));
            }
        });
        Ok(Self {
            address,
            line,
            serving,
        })
    }

    /// Where it is entered.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what it does.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn carry(near: TcpStream, target: SocketAddr, mut line: watch::Receiver<Line>) {
    if *line.borrow() == Line::Cut {
        reset(&near);
        return;
    }
    let Ok(far) = TcpStream::connect(target).await else {
        return;
    };
    let (near_reads, near_writes) = near.into_split();
    let (far_reads, far_writes) = far.into_split();
    let there = pass(near_reads, far_writes, line.clone(), false);
    let back = pass(far_reads, near_writes, line.clone(), true);
    let cut = async {
        // Fails only when the stretch itself is gone.
        drop(line.wait_for(|line| *line == Line::Cut).await);
    };
    tokio::select! {
        () = async { tokio::join!(there, back); } => {}
        () = cut => {}
    }
}

/// Passes bytes on until one side closes.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    line: watch::Receiver<Line>,
    answers: bool,
) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        let now = *line.borrow();
        match now {
            Line::Slow(delay) => tokio::time::sleep(delay).await,
            Line::HalfOpen => continue,
            Line::Deaf if answers => continue,
            Line::Open | Line::Cut | Line::Deaf => {}
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
    // The other side is told that no more comes.
    drop(to.shutdown().await);
}

/// Closes without the usual farewell, so that the other side sees an error.
fn reset(stream: &TcpStream) {
    drop(stream.set_zero_linger());
}
