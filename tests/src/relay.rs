//! A stretch of network between two parties that can be cut, slowed down, left half open, and
//! stopped at the very bytes that matter.
//!
//! What a reader would get wrong: bytes that were swallowed are gone. A connection over a
//! cut stretch never comes back to life; the parties have to make a new one. Only bytes that
//! are held arrive after all, when the line is open again.

mod exchange;
mod trap;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use exchange::Exchange;
use trap::{Met, Traps, Verdict};
pub use trap::{Moment, Sprung, Trap, holds, is_call, is_commit};

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
    /// Lets answers of two connections change places: the earlier one comes after the later.
    Swapping,
    /// Keeps everything, in either direction, until the line is another.
    Held,
}

/// Where a stretch ends.
#[derive(Debug, Clone)]
enum Target {
    Address(SocketAddr),
    Socket(PathBuf),
}

/// The stretch.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    lane: Lane,
    serving: JoinHandle<()>,
}

/// What every connection of a stretch shares.
#[derive(Debug, Clone)]
struct Lane {
    line: Arc<watch::Sender<Line>>,
    exchange: Arc<Exchange>,
    traps: Arc<Traps>,
    troubled: Arc<AtomicUsize>,
}

impl Lane {
    fn trouble(&self) {
        self.troubled.fetch_add(1, Ordering::Relaxed);
    }
}

impl Relay {
    /// Opens a stretch to `target`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        Self::towards(Target::Address(target)).await
    }

    /// Opens a stretch to the Unix socket `target`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn to_socket(target: PathBuf) -> Result<Self> {
        Self::towards(Target::Socket(target)).await
    }

    async fn towards(target: Target) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let lane = Lane {
            line: Arc::new(watch::Sender::new(Line::Open)),
            exchange: Arc::default(),
            traps: Arc::default(),
            troubled: Arc::default(),
        };
        let shared = lane.clone();
        let serving = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(connect(near, target.clone(), shared.clone()));
            }
        });
        Ok(Self {
            address,
            lane,
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
        self.lane.line.send_replace(line);
    }

    /// Cuts every connection, and takes new ones from then on.
    pub async fn break_off(&self) {
        self.set(Line::Cut);
        // Every connection sees the cut before the line is open again.
        while self.lane.line.receiver_count() > 0 {
            tokio::task::yield_now().await;
        }
        self.set(Line::Open);
    }

    /// Lays a trap in place of the one that waits. When it springs, the line is held.
    #[must_use]
    pub fn trap(&self, trap: Trap) -> Sprung {
        self.lane.traps.lay(trap)
    }

    /// Pieces and connections that met a line which was not open, so far.
    #[must_use]
    pub fn troubled(&self) -> usize {
        self.lane.troubled.load(Ordering::Relaxed)
    }

    /// Pairs of answers that changed places so far.
    #[must_use]
    pub fn swapped(&self) -> usize {
        self.lane.exchange.swapped()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn connect(near: TcpStream, target: Target, lane: Lane) {
    if *lane.line.borrow() == Line::Cut {
        lane.trouble();
        reset(&near);
        return;
    }
    match target {
        Target::Address(address) => match TcpStream::connect(address).await {
            Ok(far) => carry(near, far, lane).await,
            Err(_) => reset(&near),
        },
        Target::Socket(path) => match UnixStream::connect(path).await {
            Ok(far) => carry(near, far, lane).await,
            Err(_) => reset(&near),
        },
    }
}

async fn carry(near: TcpStream, far: impl AsyncRead + AsyncWrite, lane: Lane) {
    let (near_reads, near_writes) = near.into_split();
    let (far_reads, far_writes) = tokio::io::split(far);
    let mut state = lane.line.subscribe();
    let there = pass(near_reads, far_writes, lane.clone(), false);
    let back = pass(far_reads, near_writes, lane.clone(), true);
    let cut = async {
        // Fails only when the stretch itself is gone.
        drop(state.wait_for(|line| *line == Line::Cut).await);
    };
    tokio::select! {
        () = async { tokio::join!(there, back); } => {}
        () = cut => lane.trouble(),
    }
}

/// Passes bytes on until one side closes.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    lane: Lane,
    answers: bool,
) {
    let mut state = lane.line.subscribe();
    let mut buffer = vec![0; 16 * 1024];
    let mut met = Met::default();
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let piece = &buffer[..length];
        let mut verdict = Verdict::Unmarked;
        if !answers {
            verdict = lane.traps.meet(piece, &mut met);
        }
        match verdict {
            Verdict::Unmarked => {}
            Verdict::Before | Verdict::After => {
                lane.line.send_replace(Line::Held);
                lane.traps.spring();
            }
        }
        // What springs a trap behind itself goes on as the last.
        if verdict != Verdict::After && state.wait_for(|line| *line != Line::Held).await.is_err() {
            return;
        }
        let now = *state.borrow();
        let troubled = match now {
            Line::Open => false,
            Line::Deaf | Line::Swapping => answers,
            Line::Cut | Line::Slow(_) | Line::HalfOpen | Line::Held => true,
        };
        if troubled {
            lane.trouble();
        }
        match now {
            Line::Slow(delay) => tokio::time::sleep(delay).await,
            Line::HalfOpen => continue,
            Line::Cut => return,
            Line::Deaf if answers => continue,
            Line::Swapping if answers => {
                if lane.exchange.pass(piece, &mut to).await.is_err() {
                    return;
                }
                continue;
            }
            Line::Open | Line::Deaf | Line::Swapping | Line::Held => {}
        }
        if to.write_all(piece).await.is_err() {
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
