//! Traps: the line is held at the very bytes at which somebody is to die.
//!
//! What a reader would get wrong: a trap stops bytes, it kills nobody. Who laid it waits for
//! it, and does the killing while nothing moves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// On which side of the marked bytes the line is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// They have left and do not arrive.
    Before,
    /// They arrive, and no answer comes back.
    After,
}

/// A trap for what is sent, not for answers.
#[derive(Debug, Clone)]
pub struct Trap {
    marks: Vec<Mark>,
    moment: Moment,
    pass_by: u32,
}

/// What marks a piece.
type Mark = fn(&[u8]) -> bool;

impl Trap {
    /// A trap at the first piece that `mark` knows.
    #[must_use]
    pub fn at(moment: Moment, mark: fn(&[u8]) -> bool) -> Self {
        Self {
            marks: vec![mark],
            moment,
            pass_by: 0,
        }
    }

    /// The same behind a piece that `mark` knows, on the same connection.
    #[must_use]
    pub fn behind(mut self, mark: fn(&[u8]) -> bool) -> Self {
        self.marks.insert(0, mark);
        self
    }

    /// The same, letting this many pass.
    #[must_use]
    pub fn letting_pass(mut self, pieces: u32) -> Self {
        self.pass_by = pieces;
        self
    }
}

/// A trap that was laid.
#[derive(Debug)]
pub struct Sprung(oneshot::Receiver<()>);

impl Sprung {
    /// Waits until it springs; whether it did `within` that time.
    pub async fn within(&mut self, within: Duration) -> bool {
        matches!(timeout(within, &mut self.0).await, Ok(Ok(())))
    }
}

/// What a piece does to the trap that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Unmarked,
    /// Springs it in front of the piece.
    Before,
    /// Springs it behind the piece.
    After,
}

#[derive(Debug)]
struct Laid {
    number: u64,
    trap: Trap,
    tell: oneshot::Sender<()>,
}

/// The marks of a trap that a connection has met.
#[derive(Debug, Default)]
pub(super) struct Met {
    number: u64,
    marks: usize,
}

/// The trap of a stretch.
#[derive(Debug, Default)]
pub(super) struct Traps {
    laid: Mutex<Option<Laid>>,
    numbers: AtomicU64,
}

impl Traps {
    pub(super) fn lay(&self, trap: Trap) -> Sprung {
        let (tell, told) = oneshot::channel();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        let laid = Laid { number, trap, tell };
        *self.laid.lock().unwrap_or_else(PoisonError::into_inner) = Some(laid);
        Sprung(told)
    }

    /// Holds `piece` against the trap; `met` is what its connection has met before.
    pub(super) fn meet(&self, piece: &[u8], met: &mut Met) -> Verdict {
        let mut laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Laid { number, trap, .. }) = laid.as_mut() else {
            return Verdict::Unmarked;
        };
        if met.number != *number {
            *met = Met {
                number: *number,
                marks: 0,
            };
        }
        while let Some(mark) = trap.marks.get(met.marks)
            && mark(piece)
        {
            met.marks += 1;
        }
        if met.marks < trap.marks.len() {
            return Verdict::Unmarked;
        }
        met.marks = 0;
        if trap.pass_by > 0 {
            trap.pass_by -= 1;
            return Verdict::Unmarked;
        }
        match trap.moment {
            Moment::Before => Verdict::Before,
            Moment::After => Verdict::After,
        }
    }

    /// Tells who laid it; it lies no more.
    pub(super) fn spring(&self) {
        let mut laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(laid) = laid.take() {
            // Fails where nobody waits for it any more.
            let _ = laid.tell.send(());
        }
    }
}

/// Whether a piece holds a transaction's commit, as PostgreSQL is told it.
#[must_use]
pub fn is_commit(piece: &[u8]) -> bool {
    holds(piece, b"COMMIT\0")
}

/// Whether a piece of a TLS connection is a call: application data, and more of it than the
/// end of a handshake.
#[must_use]
pub fn is_call(piece: &[u8]) -> bool {
    piece.first() == Some(&0x17) && piece.len() > 200
}

/// Whether `text` is in a piece.
#[must_use]
pub fn holds(piece: &[u8], text: &[u8]) -> bool {
    piece.windows(text.len()).any(|window| window == text)
}
