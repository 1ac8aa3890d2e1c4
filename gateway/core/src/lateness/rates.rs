//! The three late rates (tỷ lệ hồ sơ trễ hạn), each with its name and both its numbers.
//!
//! What a reader would get wrong: the rates differ in what they count and not in what is
//! late. A dossier that cannot be judged counts against R2, which asks for those in time,
//! and for R1 and R3, which ask for those that are late.

use std::ops::AddAssign;

use super::judgement::{Judgement, Standing};
use crate::share::Share;

/// Which late rate (administration.md 5.6). A report prints which one it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateKind {
    /// R1: late among the finished.
    Finished,
    /// R2: the portal's indicator 2.1: one minus those in time among all received and
    /// handled.
    Portal,
    /// R3: late or overdue among the finished and open.
    Exposure,
}

impl RateKind {
    /// Every rate.
    pub const ALL: [Self; 3] = [Self::Finished, Self::Portal, Self::Exposure];

    /// Its short name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Finished => "R1",
            Self::Portal => "R2",
            Self::Exposure => "R3",
        }
    }

    /// Its name in Vietnamese reports.
    #[must_use]
    pub const fn name_vi(self) -> &'static str {
        match self {
            Self::Finished => "Tỷ lệ trễ hạn trên số hồ sơ đã giải quyết",
            Self::Portal => "Tỷ lệ không đúng hạn theo cách tính của Cổng DVCQG",
            Self::Exposure => "Tỷ lệ trễ hạn và quá hạn trên số hồ sơ đã và đang giải quyết",
        }
    }

    /// Its formula.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Finished => "late_finished / finished",
            Self::Portal => "1 - (on_time_finished + in_time_open) / received_and_handled",
            Self::Exposure => "(late_finished + overdue_open) / (finished + open)",
        }
    }
}

/// A late rate with its numerator and denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LateRate {
    /// Which one.
    pub kind: RateKind,
    /// So many late of so many.
    pub share: Share,
}

/// How many dossiers stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Đã giải quyết trước và đúng hạn.
    pub finished_in_time: u64,
    /// Đã giải quyết trễ hạn.
    pub finished_late: u64,
    /// Finished, and nothing to compare with.
    pub finished_undetermined: u64,
    /// Đang giải quyết, trong hạn.
    pub open_in_time: u64,
    /// Đang giải quyết, quá hạn.
    pub open_overdue: u64,
    /// Open, and nothing to compare with.
    pub open_undetermined: u64,
    /// In no rate.
    pub not_counted: u64,
}

impl Tally {
    /// Counts one more dossier.
    pub fn count(&mut self, judgement: &Judgement) {
        let place = match judgement.standing {
            Standing::FinishedInTime => &mut self.finished_in_time,
            Standing::FinishedLate => &mut self.finished_late,
            Standing::OpenInTime => &mut self.open_in_time,
            Standing::OpenOverdue => &mut self.open_overdue,
            Standing::Undetermined { finished: true, .. } => &mut self.finished_undetermined,
            Standing::Undetermined {
                finished: false, ..
            } => &mut self.open_undetermined,
            Standing::NotCounted(_) => &mut self.not_counted,
        };
        *place = place.saturating_add(1);
    }

    /// Đã giải quyết.
    #[must_use]
    pub fn finished(&self) -> u64 {
        self.finished_in_time
            .saturating_add(self.finished_late)
            .saturating_add(self.finished_undetermined)
    }

    /// Đang giải quyết.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.open_in_time
            .saturating_add(self.open_overdue)
            .saturating_add(self.open_undetermined)
    }

    /// Received and handled in the period: all that count.
    #[must_use]
    pub fn received_and_handled(&self) -> u64 {
        self.finished().saturating_add(self.open())
    }

    /// The rate of this kind; its share is of nothing where no dossier counts.
    #[must_use]
    pub fn rate(&self, kind: RateKind) -> LateRate {
        let all = self.received_and_handled();
        let (late, of) = match kind {
            RateKind::Finished => (self.finished_late, self.finished()),
            RateKind::Portal => {
                let good = self.finished_in_time.saturating_add(self.open_in_time);
                (all.saturating_sub(good), all)
            }
            RateKind::Exposure => (self.finished_late.saturating_add(self.open_overdue), all),
        };
        // The numerator is one of the summands of the denominator, but for sums beyond u64.
        let share = Share::new(late.min(of), of);
        LateRate {
            kind,
            share: share.unwrap_or_default(),
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        let add = |one: &mut u64, other: u64| *one = one.saturating_add(other);
        add(&mut self.finished_in_time, other.finished_in_time);
        add(&mut self.finished_late, other.finished_late);
        add(&mut self.finished_undetermined, other.finished_undetermined);
        add(&mut self.open_in_time, other.open_in_time);
        add(&mut self.open_overdue, other.open_overdue);
        add(&mut self.open_undetermined, other.open_undetermined);
        add(&mut self.not_counted, other.not_counted);
    }
}

impl<'j> FromIterator<&'j Judgement> for Tally {
    fn from_iter<I: IntoIterator<Item = &'j Judgement>>(judgements: I) -> Self {
        let mut tally = Self::default();
        for judgement in judgements {
            tally.count(judgement);
        }
        tally
    }
}
