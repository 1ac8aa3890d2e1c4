//! Whether a failed call to an upstream may have had an effect there.
//!
//! A boolean "retryable" is wrong for writes: a time-out after sending is
//! neither failed nor done. Every port error answers this question with an
//! exhaustive match, so that a new kind of failure does not compile until
//! somebody has decided it.

/// What a failed call may have done at the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Certainly without effect: the same call may be sent again.
    NotApplied,
    /// It may have had its effect: ask before sending again.
    Unknown,
    /// The upstream understood and said no: sending the same again is pointless.
    Refused,
}
