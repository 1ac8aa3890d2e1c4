//! The portal's late rule, point by point (administration.md 5.3).
//!
//! What a reader would get wrong: a finished dossier is in time at the very moment of its
//! appointment (end ≤ `NgayHenTra`), an open one only before it ("still before").

use jiff::Timestamp;

use super::times::DossierTimes;
use crate::wire_time::local_date;

/// How the sentence "requested more than once: late" of point 4 is read. The page has it for
/// dossiers that wait now; its summary (administration.md 0, fact 3) can be read for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LateReading {
    /// A second request makes a dossier late while it waits; once it goes on, point 3 counts.
    #[default]
    WhileWaiting,
    /// A second request makes a dossier late for good.
    ForGood,
}

impl LateReading {
    /// The version of the rule, printed beside its figures.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::WhileWaiting => "portal-2.1/second-request-while-waiting",
            Self::ForGood => "portal-2.1/second-request-for-good",
        }
    }

    /// What it says of a second request for supplements, in Vietnamese and in English.
    #[must_use]
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::WhileWaiting => (
                "yêu cầu bổ sung lần hai làm hồ sơ trễ hạn khi còn chờ bổ sung",
                "a second request makes a dossier late while it waits",
            ),
            Self::ForGood => (
                "yêu cầu bổ sung lần hai làm hồ sơ trễ hạn hẳn",
                "a second request makes a dossier late for good",
            ),
        }
    }
}

/// The point of the rule that settled a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    /// 1: which end counts, and whether the dossier counts at all.
    End,
    /// 2: the end against the appointment.
    Finished,
    /// 3: the same after the time of supplements is taken off.
    Supplemented,
    /// 4: a dossier that waits for a supplement.
    Waiting,
    /// 5: a dossier in hand.
    Open,
    /// 6: no appointment, so the maximum time of the procedure.
    Maximum,
}

impl Point {
    /// Its number on the page.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::End => 1,
            Self::Finished => 2,
            Self::Supplemented => 3,
            Self::Waiting => 4,
            Self::Open => 5,
            Self::Maximum => 6,
        }
    }
}

/// Where a dossier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Đã giải quyết đúng hạn, or before it.
    FinishedInTime,
    /// Đã giải quyết trễ hạn.
    FinishedLate,
    /// Đang giải quyết, trong hạn.
    OpenInTime,
    /// Đang giải quyết, quá hạn.
    OpenOverdue,
    /// Nothing to compare with; `finished` tells whether it has ended.
    Undetermined {
        /// Whether the dossier has ended.
        finished: bool,
        /// What is missing.
        why: Undetermined,
    },
    /// In no rate at all.
    NotCounted(NotCounted),
}

/// What is missing for a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Undetermined {
    /// Neither an appointment nor a maximum time of the procedure.
    NoLimit,
    /// No appointment, and no receipt from which the maximum time would count.
    NoReceipt,
}

/// Why a dossier is in no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotCounted {
    /// Withdrawn before it was received.
    WithdrawnBeforeReceipt,
    /// Not received yet, nor ended.
    NotReceived,
}

/// A judgement and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// Where the dossier stands.
    pub standing: Standing,
    /// Which point settled it.
    pub point: Point,
    /// The end that was compared, with the time of supplements taken off.
    pub measured: Option<Timestamp>,
    /// The last moment in time: the appointment, or receipt plus the maximum time.
    pub limit: Option<Timestamp>,
    /// Whether the dossier waits for a supplement.
    pub waiting: bool,
}

/// Trước hạn or đúng hạn: the split that the portal's rule does not define.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Earliness {
    /// Trước hạn: on a day before the day of the appointment.
    Early,
    /// Đúng hạn: on that day.
    OnTheDay,
}

impl Judgement {
    /// Whether the dossier was early or on the day, for dossiers finished in time. Point 7:
    /// local practice, which compares days in Viet Nam and is unverified.
    #[must_use]
    pub fn earliness(&self) -> Option<Earliness> {
        if self.standing != Standing::FinishedInTime {
            return None;
        }
        let (end, limit) = (local_date(self.measured?), local_date(self.limit?));
        Some(if end < limit {
            Earliness::Early
        } else {
            Earliness::OnTheDay
        })
    }
}

/// Whether a dossier is late at `as_of`, which is now or the end of the period.
#[must_use]
pub fn judge(times: &DossierTimes, as_of: Timestamp, reading: LateReading) -> Judgement {
    let known = times.known_at(as_of);
    let end = known.end();
    let waits_for = known.waits_for().filter(|_| end.is_none());
    let waiting = waits_for.is_some();
    let result = |standing, point, measured, limit| Judgement {
        standing,
        point,
        measured,
        limit,
        waiting,
    };
    if let Some(why) = not_counted(&known, end) {
        return result(Standing::NotCounted(why), Point::End, None, None);
    }
    let finished = end.is_some();
    let repeated = known.supplements.len() > 1;
    let (measured, point) = match (end, waits_for) {
        (Some(end), _) => less_supplements(&known, end, Point::Finished),
        (None, Some(request)) => (request.requested(), Point::Waiting),
        (None, None) => less_supplements(&known, as_of, Point::Open),
    };
    let limit = limit(&known);
    if repeated && (waiting || reading == LateReading::ForGood) {
        return result(late(finished), Point::Waiting, Some(measured), limit.ok());
    }
    let limit = match limit {
        Ok(limit) => limit,
        Err(why) => {
            let standing = Standing::Undetermined { finished, why };
            return result(standing, Point::Maximum, Some(measured), None);
        }
    };
    let by_appointment = known.appointment.is_some();
    let in_time = if point == Point::Open && by_appointment {
        measured < limit
    } else {
        measured <= limit
    };
    let point = if by_appointment {
        point
    } else {
        Point::Maximum
    };
    let standing = match (in_time, finished) {
        (false, finished) => late(finished),
        (true, true) => Standing::FinishedInTime,
        (true, false) => Standing::OpenInTime,
    };
    result(standing, point, Some(measured), Some(limit))
}

fn late(finished: bool) -> Standing {
    if finished {
        Standing::FinishedLate
    } else {
        Standing::OpenOverdue
    }
}

fn not_counted(known: &DossierTimes, end: Option<Timestamp>) -> Option<NotCounted> {
    if end.is_some() || known.received.is_some() {
        return None;
    }
    if known.withdrawn.is_some() {
        return Some(NotCounted::WithdrawnBeforeReceipt);
    }
    // Without a receipt an appointment still tells that the dossier was taken in.
    known
        .appointment
        .is_none()
        .then_some(NotCounted::NotReceived)
}

/// The end with the time of supplements taken off (point 3), which counts for dossiers in
/// hand as well: they would be late only until they are finished otherwise.
fn less_supplements(known: &DossierTimes, end: Timestamp, plain: Point) -> (Timestamp, Point) {
    let off = known.supplemented(end);
    let measured = end.checked_sub(off).unwrap_or(end);
    let point = if off.is_zero() || plain == Point::Open {
        plain
    } else {
        Point::Supplemented
    };
    (measured, point)
}

/// The appointment (point 2), or receipt plus the maximum time (point 6).
fn limit(known: &DossierTimes) -> Result<Timestamp, Undetermined> {
    if let Some(appointment) = known.appointment {
        return Ok(appointment);
    }
    let maximum = known.maximum.ok_or(Undetermined::NoLimit)?;
    let received = known.received.ok_or(Undetermined::NoReceipt)?;
    received
        .checked_add(maximum)
        .map_err(|_| Undetermined::NoLimit)
}
