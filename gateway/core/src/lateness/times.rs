//! The moments of a dossier that decide whether it is late.
//!
//! What a reader would get wrong: what happened after the moment of judging has not
//! happened yet. A report on a past month gives the same figures whenever it is made.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// The moments that the portal's rule 2.1 looks at (administration.md 5.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DossierTimes {
    /// Ngày tiếp nhận (`NgayTiepNhan`).
    pub received: Option<Timestamp>,
    /// Ngày hẹn trả (`NgayHenTra`).
    pub appointment: Option<Timestamp>,
    /// Đã xử lý xong, status 9.
    pub processed: Option<Timestamp>,
    /// Đã trả kết quả, status 10.
    pub returned: Option<Timestamp>,
    /// Dừng xử lý, status 8.
    pub stopped: Option<Timestamp>,
    /// Không được tiếp nhận, status 3.
    pub refused: Option<Timestamp>,
    /// Công dân yêu cầu rút hồ sơ, status 7.
    pub withdrawn: Option<Timestamp>,
    /// Yêu cầu bổ sung, status 5, each request once.
    pub supplements: Vec<Supplement>,
    /// Thời hạn giải quyết tối đa of the procedure, as time on the wall from receipt; used
    /// where there is no appointment. A limit in working days is given as the time up to the
    /// moment that [`crate::calendar::TimeRule::appointment`] computes.
    pub maximum: Option<SignedDuration>,
}

/// Yêu cầu bổ sung: a request for papers, and when they were complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supplement {
    requested: Timestamp,
    completed: Option<Timestamp>,
}

/// A supplement that is complete before it is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a supplement cannot be complete before it is requested")]
pub struct InvalidSupplement;

impl Supplement {
    /// A supplement; `completed` is `None` while the dossier waits for it.
    ///
    /// # Errors
    /// [`InvalidSupplement`].
    pub fn new(
        requested: Timestamp,
        completed: Option<Timestamp>,
    ) -> Result<Self, InvalidSupplement> {
        if completed.is_some_and(|completed| completed < requested) {
            return Err(InvalidSupplement);
        }
        Ok(Self {
            requested,
            completed,
        })
    }

    /// When it was requested.
    #[must_use]
    pub fn requested(self) -> Timestamp {
        self.requested
    }

    /// When it was complete.
    #[must_use]
    pub fn completed(self) -> Option<Timestamp> {
        self.completed
    }
}

impl DossierTimes {
    /// What was known at `as_of`.
    #[must_use]
    pub fn known_at(&self, as_of: Timestamp) -> Self {
        let known = |moment: Option<Timestamp>| moment.filter(|&moment| moment <= as_of);
        let supplements = self
            .supplements
            .iter()
            .filter(|it| it.requested <= as_of)
            .map(|it| Supplement {
                requested: it.requested,
                completed: known(it.completed),
            });
        Self {
            received: known(self.received),
            appointment: self.appointment,
            processed: known(self.processed),
            returned: known(self.returned),
            stopped: known(self.stopped),
            refused: known(self.refused),
            withdrawn: known(self.withdrawn),
            supplements: supplements.collect(),
            maximum: self.maximum,
        }
    }

    /// Thời điểm kết thúc, point 1: the time of status 9, else of 10, else of 8 or a refusal,
    /// else of a withdrawal after receipt.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        let ended_otherwise = self.stopped.into_iter().chain(self.refused).min();
        let withdrawn = self.withdrawn.filter(|_| self.received.is_some());
        self.processed
            .or(self.returned)
            .or(ended_otherwise)
            .or(withdrawn)
    }

    /// The request that the dossier waits for.
    #[must_use]
    pub fn waits_for(&self) -> Option<Supplement> {
        let open = self.supplements.iter().filter(|it| it.completed.is_none());
        open.copied().max_by_key(|it| it.requested)
    }

    /// How long the dossier was with the citizen up to `end`, over all completed supplements.
    /// Time that two of them share counts once.
    #[must_use]
    pub fn supplemented(&self, end: Timestamp) -> SignedDuration {
        let mut spans: Vec<(Timestamp, Timestamp)> = self
            .supplements
            .iter()
            .filter_map(|it| Some((it.requested, it.completed?.min(end))))
            .filter(|(from, to)| from < to)
            .collect();
        spans.sort_unstable();
        let mut sum = SignedDuration::ZERO;
        let mut counted_to = Timestamp::MIN;
        for (from, to) in spans {
            let from = from.max(counted_to);
            if from < to {
                sum += to.duration_since(from);
                counted_to = to;
            }
        }
        sum
    }
}
