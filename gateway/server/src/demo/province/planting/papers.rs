//! What dossiers bring and what they end with: papers, files, results.

use jiff::SignedDuration;
use lienthong_core::check::Criterion::{C, K};
use lienthong_core::dossier::{Channel, OnlinePayment, Reuse};
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::procedure::{ProcedureCode, ResultCode};
use lienthong_core::wire_time::local_date;

use super::{CUT, Sown};
use crate::demo::province::kinds::{DETOUR, OLD_DEATH_GROUP};
use crate::demo::province::moments::Moments;
use crate::demo::province::{InventError, offices};

impl Sown {
    pub(super) fn papers_after_all(&mut self) -> Result<(), InventError> {
        if self.turn(10, 6) {
            self.life.bring(CUT)?;
            let lawful = self.life.is_lawful();
            self.mark(!lawful, &[C(1), K(1)]);
        } else {
            // A waived fee is none that could be paid.
            self.life.fee = 0;
            self.life.payment = OnlinePayment::None;
            self.mark(false, &[C(10)]);
        }
        Ok(())
    }

    pub(super) fn birth(&mut self, moments: &Moments) -> Result<(), InventError> {
        if self.nth(16, 3) {
            self.life.bring(CUT)?;
            let lawful = self.life.is_lawful();
            self.mark(!lawful, &[C(1)]);
        }
        if self.nth(40, 9) {
            self.one_file_for_two()?;
            self.mark(false, &[C(12)]);
        }
        if self.life.turn == 1 {
            // Back at work since three hours, which the allowance still covers.
            let hours = |hours| SignedDuration::from_hours(hours);
            self.life.due = moments.until + hours(48);
            self.life.finished = moments.until - hours(6);
            self.life.supplements.clear();
            self.life.walk(self.life.kind.route);
            self.life.reopened = Some((moments.until - hours(3), moments.until + hours(24)));
            self.mark(false, &[C(6)]);
        }
        Ok(())
    }

    pub(super) fn death(&mut self, moments: &Moments) -> Result<(), InventError> {
        if self.nth(100, 8) {
            self.hand_in_at(offices::DOUBTFUL, offices::DOUBTFUL)?;
            if local_date(self.life.submitted) > moments.unit_ends {
                self.mark(false, &[C(15)]);
            }
        }
        if self.life.failed() {
            // The database was away: the paper and the desk are lawful.
            self.life.bring(CUT)?;
            self.life.channel = Channel::Direct;
            self.life.vneid = false;
            self.mark(false, &[C(1), C(2), C(3), C(11)]);
        } else if self.life.turn < 14 {
            // 14 of 700: two of a hundred, and no more than that.
            for (_, outcome) in &mut self.life.lookups {
                *outcome = AccessOutcome::Matched;
            }
            self.life.bring(CUT)?;
            self.mark(false, &[C(1)]);
        }
        if !self.life.supplements.is_empty() || self.turn(25, 2) {
            self.life.pass_by(DETOUR);
            self.mark(false, &[C(5), C(7)]);
        }
        if self.nth(10, 4) {
            self.life.reuse(Reuse::Result);
            self.life.replace_first(ResultCode::parse("KQ.G01.900003")?);
            self.mark(false, &[C(13)]);
        } else if self.nth(10, 5) {
            self.life.reuse(Reuse::Component);
            self.mark(false, &[C(13)]);
        }
        Ok(())
    }

    pub(super) fn badly_covered(&mut self) -> Result<(), InventError> {
        if self.turn(10, 3) {
            self.life.bring(CUT)?;
            self.mark(false, &[C(1)]);
        }
        Ok(())
    }

    pub(super) fn one_file(&mut self) {
        if self.turn(5, 1) && self.one_file_for_two().is_ok() {
            self.mark(true, &[C(12)]);
        }
    }

    pub(super) fn one_file_for_two(&mut self) -> Result<(), InventError> {
        if self.life.papers.len() < 2 {
            self.life.bring(2)?;
        }
        for paper in &mut self.life.papers {
            paper.file = 1;
        }
        Ok(())
    }

    pub(super) fn reuse_by_default(&mut self) {
        if self.nth(5, 1) {
            self.life.lookups.clear();
            self.life.reuse(Reuse::Component);
            self.mark(true, &[C(13)]);
        }
    }

    pub(super) fn without_file(&mut self, moments: &Moments) -> Result<(), InventError> {
        if local_date(self.life.received) <= moments.other_code_ends {
            self.life.procedure = ProcedureCode::parse(OLD_DEATH_GROUP)?;
            self.mark(false, &[C(9)]);
        }
        if self.turn(10, 6) {
            self.life.result_file = false;
            let day = SignedDuration::from_hours(24);
            let finished = self.finished(moments);
            if finished {
                self.mark(true, &[K(7)]);
            }
            self.mark(
                finished && self.life.finished + day < moments.until,
                &[C(6)],
            );
        }
        Ok(())
    }
}
