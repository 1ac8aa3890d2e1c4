//! A connection that must say something in time.
//!
//! Until a peer's first bytes tell HTTP/1.1 from HTTP/2, no limit of hyper is running.
//! What a reader would get wrong: the time is for the whole of those bytes, so that one
//! byte every now and then gains nothing.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How every HTTP/2 connection begins (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Reads fail with `TimedOut` when the peer has not shown its protocol in time.
#[derive(Debug)]
pub(super) struct FirstBytes<Io> {
    io: Io,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    timer: Pin<Box<Sleep>>,
    /// Bytes of the preface seen.
    seen: usize,
}

impl<Io> FirstBytes<Io> {
    /// Gives `io`'s peer the time `limit`.
    pub(super) fn new(io: Io, limit: Duration) -> Self {
        Self {
            io,
            waiting: Some(Waiting {
                timer: Box::pin(sleep(limit)),
                seen: 0,
            }),
        }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for FirstBytes<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let Some(waiting) = &mut this.waiting else {
            return Pin::new(&mut this.io).poll_read(cx, buffer);
        };
        if waiting.timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(cx, buffer))?;
        let new = buffer.filled().get(before..).unwrap_or_default();
        let expected = PREFACE.get(waiting.seen..).unwrap_or_default();
        let like_http2 = new.iter().zip(expected).all(|(byte, like)| byte == like);
        waiting.seen += new.len();
        if !like_http2 || waiting.seen >= PREFACE.len() || new.is_empty() {
            this.waiting = None;
        }
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for FirstBytes<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
