//! The course that dossiers take: time, steps, supplements, and what is said of their state.

use jiff::SignedDuration;
use lienthong_core::calendar::TimeLimit::WorkingDays;
use lienthong_core::check::Criterion::{C, K};
use lienthong_core::dossier::OnlinePayment;

use super::Sown;
use crate::demo::province::days::Days;
use crate::demo::province::kinds::DETOUR;
use crate::demo::province::moments::Moments;
use crate::demo::province::portal_side::Differs;

impl Sown {
    pub(super) fn untrue_status(&mut self, moments: &Moments) {
        // Days before the end: what is younger than the allowance is nobody's fault yet.
        let settled = self.life.within(1000) + SignedDuration::from_hours(24 * 6);
        if settled > moments.until {
            return;
        }
        if self.nth(100, 1) {
            self.life.result_file = false;
        } else if self.nth(100, 2) {
            let back = self.life.finished + SignedDuration::from_hours(24);
            self.life.reopened = Some((back, back + SignedDuration::from_hours(24)));
        } else if self.nth(100, 3) {
            let later = self.life.due + SignedDuration::from_hours(24 * 4);
            // No wait that would have moved the day by itself.
            self.life.supplements.clear();
            self.life.moved = Some((self.life.due + SignedDuration::from_hours(1), later));
            self.life.finished = self.life.due + SignedDuration::from_hours(24);
            self.life.walk(self.life.kind.route);
        } else {
            return;
        }
        self.mark(true, &[C(6)]);
    }

    /// What the portal shows of a dossier that is finished here.
    pub(super) fn at_the_portal(&mut self, moments: &Moments) {
        let differs = match self.life.kind.number {
            22 => Differs::Stands,
            13 => Differs::Mended,
            14 => Differs::WhileAway,
            21 => Differs::Lately,
            _ => return,
        };
        if self.nth(60, 4) && self.life.finished < differs.found(moments.until) {
            self.life.differs = Some(differs);
            self.mark(differs == Differs::Stands, &[C(6)]);
        }
    }

    pub(super) fn asked_twice(&mut self, moments: &Moments) {
        if self.nth(16, 5) && self.life.within(1000) < moments.until {
            self.life.supplements.clear();
            self.life.supplement(100, 200);
            self.life.supplement(300, 400);
            self.life.walk(self.life.kind.route);
            self.mark(true, &[C(7)]);
        } else if !self.life.supplements.is_empty() {
            self.mark(false, &[C(7)]);
        }
    }

    pub(super) fn not_reused(&mut self, moments: &Moments, days: &Days<'_>) {
        // A younger result may still be used.
        let long = SignedDuration::from_hours(180 * 24);
        let never = self.life.finished + long <= moments.until;
        self.mark(never, &[C(8)]);
        if self.turn(5, 2) {
            self.life.due = days.due(self.life.received, WorkingDays(8));
            self.mark(false, &[C(4)]);
        }
        if self.turn(20, 3) {
            self.life.payment = OnlinePayment::None;
            self.mark(false, &[C(10)]);
        }
    }

    pub(super) fn late_with_apology(&mut self, moments: &Moments) {
        if self.turn(10, 6) {
            self.life.lookups.clear();
            self.mark(true, &[C(2), K(2)]);
        }
        if self.nth(40, 3) {
            self.life.be_late(SignedDuration::from_hours(30));
            self.life.apologise();
            // The apology states a new day, as it should.
            let later = self.life.due + SignedDuration::from_hours(24 * 4);
            self.life.moved = Some((self.life.due + SignedDuration::from_hours(1), later));
            self.mark(false, &[C(6), C(14)]);
        } else if self.life.supplements.is_empty() && self.finished(moments) {
            self.mark(true, &[K(3)]);
        }
    }

    pub(super) fn late_silently(&mut self, moments: &Moments) {
        if self.nth(50, 7) {
            self.life.be_late(SignedDuration::from_hours(30));
            let late = self.life.due < moments.until;
            self.mark(late, &[C(14)]);
        }
    }

    pub(super) fn old_limit(&mut self, moments: &Moments) {
        self.life.supplements.clear();
        self.life.finished = self.life.finished.max(self.life.within(750));
        self.life.walk(self.life.kind.route);
        self.mark(true, &[C(4)]);
        if self.finished(moments) {
            self.mark(true, &[K(4)]);
        }
    }

    pub(super) fn detour(&mut self, moments: &Moments) {
        if self.turn(20, 3) {
            self.life.pass_by(DETOUR);
            let counts = self.life.supplements.is_empty() && self.finished(moments);
            self.mark(counts, &[C(5)]);
        }
    }
}
