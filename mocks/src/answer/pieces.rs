//! A body sent in pieces: cut short, padded or slow.
//!
//! What a reader would get wrong: the padding is white space behind a whole answer, so that the
//! document still parses and only a limit on its size can refuse it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Frame;
use tokio::time::Sleep;

/// Size of a piece of padding.
const PADDING_PIECE: usize = 64 * 1024;

/// How a body ends.
#[derive(Default)]
pub(super) enum End {
    #[default]
    Whole,
    /// With an error before the announced length, once the rest is on its way.
    BrokenAfterFlush,
    Broken,
}

/// A body sent in pieces: cut short, padded or slow.
#[derive(Default)]
pub(super) struct Pieces {
    pub(super) rest: Bytes,
    /// Bytes of white space that follow.
    pub(super) padding: u64,
    pub(super) end: End,
    /// Bytes in a piece; all at once when absent.
    pub(super) piece: Option<usize>,
    /// Before each piece.
    pub(super) pause: Duration,
    pub(super) sleeping: Option<Pin<Box<Sleep>>>,
}

impl Pieces {
    fn next_piece(&mut self) -> Option<Bytes> {
        if !self.rest.is_empty() {
            let at = self.piece.unwrap_or(self.rest.len()).min(self.rest.len());
            return Some(self.rest.split_to(at));
        }
        let padding = usize::try_from(self.padding)
            .unwrap_or(usize::MAX)
            .min(PADDING_PIECE);
        self.padding -= padding as u64;
        (padding > 0).then(|| Bytes::from(vec![b' '; padding]))
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.pause.is_zero() {
            let pause = self.pause;
            let sleeping = self
                .sleeping
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            if sleeping.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.sleeping = None;
        }
        if let Some(piece) = self.next_piece() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            End::BrokenAfterFlush => {
                // hyper writes out what it holds only while the body is pending; an error now
                // would take the head of the answer with it.
                self.end = End::Broken;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Broken => {
                self.end = End::Whole;
                let reason = std::io::Error::other("scripted: the answer ends here");
                Poll::Ready(Some(Err(reason)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use bytes::Bytes;

    #[test]
    fn padding_comes_after_the_whole_answer_and_has_the_size_asked_for() {
        let mut pieces = Pieces {
            rest: Bytes::from_static(b"{}"),
            padding: 100_000,
            ..Pieces::default()
        };
        let mut all = Vec::new();
        while let Some(piece) = pieces.next_piece() {
            all.extend_from_slice(&piece);
        }
        assert_eq!(all.len(), 100_002);
        assert_eq!(&all[..3], b"{} ");
    }
}
