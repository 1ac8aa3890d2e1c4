//! How dossiers come in: by which channel, to whom, under which code, looked up or not.

use jiff::SignedDuration;
use lienthong_core::agency::AgencyCode;
use lienthong_core::check::Criterion::{C, K};
use lienthong_core::dossier::{Channel, OnlinePayment};
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::procedure::{ProcedureCode, ResultCode};
use lienthong_core::wire_time::local_date;

use super::{CUT, Sown};
use crate::demo::province::kinds::OLD_BIRTH_GROUP;
use crate::demo::province::life::number;
use crate::demo::province::moments::Moments;
use crate::demo::province::{InventError, offices};

impl Sown {
    pub(super) fn by_post(&mut self, moments: &Moments) {
        if self.turn(10, 6) {
            self.life.channel = Channel::Postal;
            self.life.vneid = false;
            let lawful = self.is_excused(moments);
            self.mark(!lawful, &[C(3)]);
            if self.finished(moments) {
                self.mark(!lawful, &[K(5)]);
            }
        }
    }

    pub(super) fn hardly_looked_up(&mut self, moments: &Moments) -> Result<(), InventError> {
        if self.turn(10, 3) {
            self.life.lookups.clear();
            self.mark(true, &[C(2)]);
        }
        if local_date(self.life.received) < moments.sheet_begins {
            self.life.bring(CUT)?;
            self.mark(false, &[C(1)]);
        }
        if self.nth(30, 11) && self.life.supplements.is_empty() {
            // Late by the clock on the wall, in time without the weeks it waited.
            self.life.supplement(100, 600);
            self.life.finished = self.life.within(1100);
            self.life.walk(self.life.kind.route);
            self.mark(false, &[C(14)]);
            if self.nth(60, 11) {
                // A new day, as its clock stood still when the first one passed.
                let later = self.life.due + SignedDuration::from_hours(24 * 4);
                self.life.moved = Some((self.life.within(1020), later));
                self.mark(false, &[C(6)]);
            }
        }
        Ok(())
    }

    pub(super) fn at_the_bound_of_look_ups(&mut self) {
        for (_, outcome) in &mut self.life.lookups {
            *outcome = AccessOutcome::Matched;
        }
        if self.life.turn < 300 {
            // 300 of 1500: the share that is wanted, and no more than that.
            self.life.lookups.clear();
            self.mark(false, &[C(2)]);
        }
        if self.nth(20, 7) {
            self.life.vneid = false;
            self.mark(true, &[C(11)]);
        }
        if self.nth(20, 9) {
            // A new day was agreed on in good time.
            let later = self.life.due + SignedDuration::from_hours(48);
            self.life.moved = Some((self.life.within(250), later));
            self.mark(false, &[C(6)]);
        }
    }

    pub(super) fn without_identity(&mut self, moments: &Moments) -> Result<(), InventError> {
        if self.nth(50, 7) {
            // As long as the commune was there; after that those that it still had.
            let closed = local_date(self.life.received) > moments.unit_ends;
            let goes_on = if closed {
                offices::SUCCESSOR
            } else {
                offices::CLOSED
            };
            self.hand_in_at(offices::CLOSED, goes_on)?;
            self.mark(false, &[C(15)]);
        }
        if self.turn(10, 3) {
            self.life.vneid = false;
            self.mark(true, &[C(11), K(9)]);
        } else if self.turn(10, 6) {
            // The sheet that cut the paper has run out.
            self.life.bring(CUT)?;
            self.mark(false, &[C(1), K(1)]);
        }
        Ok(())
    }

    pub(super) fn closed_unit(&mut self, moments: &Moments) -> Result<(), InventError> {
        let closed = local_date(self.life.submitted) > moments.unit_ends;
        if self.nth(60, 5) {
            self.hand_in_at(offices::CLOSED, offices::CLOSED)?;
            self.mark(closed, &[C(15)]);
        } else if self.nth(60, 35) && closed {
            // An old number that the office which goes on has taken over.
            self.hand_in_at(offices::CLOSED, offices::SUCCESSOR)?;
            self.mark(false, &[C(15)]);
        } else if self.turn(10, 3) && self.life.unit.as_str() != offices::ONE_COMMUNE {
            self.life.bring(CUT)?;
            self.mark(false, &[C(1)]);
        }
        Ok(())
    }

    pub(super) fn hand_in_at(&mut self, numbered: &str, received: &str) -> Result<(), InventError> {
        self.life.number = number(numbered, self.life.received, self.life.place)?;
        self.life.unit = AgencyCode::parse(received)?;
        Ok(())
    }

    /// Whether nobody could have handed it in otherwise.
    fn is_excused(&self, moments: &Moments) -> bool {
        let (submitted, received) = (self.life.submitted, self.life.received);
        self.life.is_lawful() || moments.portal_away(submitted, received)
    }

    pub(super) fn at_the_desk(&mut self, moments: &Moments) {
        if self.nth(10, 3) {
            self.life.channel = Channel::Direct;
            self.life.vneid = false;
            let lawful = self.is_excused(moments);
            self.mark(!lawful, &[C(3)]);
        }
    }

    pub(super) fn paid_at_the_desk(&mut self, of_ten: u32, moments: &Moments) {
        if !self.turn(10, of_ten) {
            return;
        }
        self.life.payment = OnlinePayment::None;
        if self.finished(moments) {
            let hardly_any = of_ten > 5;
            let found = if hardly_any {
                &[C(10), K(6)][..]
            } else {
                &[C(10)]
            };
            self.mark(true, found);
        }
    }

    pub(super) fn old_code(&mut self, moments: &Moments) -> Result<(), InventError> {
        let ended = local_date(self.life.submitted) >= moments.code_begins;
        if !ended || self.nth(20, 3) {
            self.life.procedure = ProcedureCode::parse(OLD_BIRTH_GROUP)?;
            self.mark(ended, &[C(9)]);
        }
        if self.life.turn == 0 {
            self.life.replace_first(ResultCode::parse("KQ.G15.900009")?);
            self.uses = Some(9);
        }
        Ok(())
    }
}
