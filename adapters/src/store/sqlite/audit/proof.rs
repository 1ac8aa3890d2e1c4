//! Whether writing is known to work.
//!
//! Failures are counted and not flagged: a write that began before a failure and ends
//! well after it says nothing about that failure.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the writes so far have shown.
pub(super) struct Proof {
    /// Writes that failed.
    failures: AtomicU64,
    /// How many of them a later write has shown to be over.
    over: AtomicU64,
}

impl Proof {
    /// Nothing is shown yet, which is no better than a failure.
    pub(super) fn none() -> Self {
        Self {
            failures: AtomicU64::new(1),
            over: AtomicU64::new(0),
        }
    }

    /// Failures so far, for [`Proof::worked`]: to be taken before a write begins.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    /// A write that began after `failures` failures has worked.
    pub(super) fn worked(&self, failures: u64) {
        self.over.fetch_max(failures, Ordering::AcqRel);
    }

    /// A write has failed.
    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether the last that is known of writing is good.
    pub(super) fn is_good(&self) -> bool {
        self.over.load(Ordering::Acquire) == self.failures()
    }
}

#[cfg(test)]
mod tests {
    use super::Proof;

    #[test]
    fn nothing_is_good_before_the_first_write() {
        let proof = Proof::none();
        assert!(!proof.is_good());
        proof.worked(proof.failures());
        assert!(proof.is_good());
    }

    #[test]
    fn a_write_that_began_before_a_failure_does_not_mend_it() {
        let proof = Proof::none();
        proof.worked(proof.failures());
        let begun = proof.failures();
        proof.failed();
        proof.worked(begun);
        assert!(!proof.is_good());
        proof.worked(proof.failures());
        assert!(proof.is_good());
    }
}
