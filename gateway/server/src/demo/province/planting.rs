//! What is wrong, or nearly wrong, with which dossiers.
//!
//! What a reader would get wrong: each service has one fault or few, so that a check that
//! finds something else has found something that is not there. What looks like the same
//! fault and is lawful stands beside it (administration.md 3.6).

mod course;
mod intake;
mod papers;

use jiff::civil::Date;
use lienthong_core::check::Criterion;

use super::InventError;
use super::days::Days;
use super::kinds::Kind;
use super::life::Life;
use super::moments::Moments;

/// The paper that a sheet cuts or replaces, where one does.
pub(super) const CUT: u16 = 3;

/// A dossier, and what it was made to show.
pub(super) struct Sown {
    pub(super) life: Life,
    /// Criteria that it contradicts.
    pub(super) shows: Vec<Criterion>,
    /// Criteria that it seems to contradict.
    pub(super) resembles: Vec<Criterion>,
    /// The service whose result it uses again.
    pub(super) uses: Option<u16>,
}

/// A day on which the dossier has to come in, whatever was drawn.
pub(super) fn forced_day(kind: &Kind, turn: u32, moments: &Moments) -> Option<Date> {
    match (kind.number, turn) {
        // The last day of a code, and that of a commune.
        (16, 0..3) => Some(moments.other_code_ends),
        (6, 5) => Some(moments.unit_ends),
        // When there are results to use again, and shortly before the end.
        (15, 0) | (9, 1) => Some(moments.last_week),
        _ => None,
    }
}

/// Does to a dossier with which nothing is wrong what the plan wants of it.
pub(super) fn sow(life: Life, moments: &Moments, days: &Days<'_>) -> Result<Sown, InventError> {
    let mut sown = Sown {
        life,
        shows: Vec::new(),
        resembles: Vec::new(),
        uses: None,
    };
    match sown.life.kind.number {
        1 => sown.by_post(moments),
        2 => sown.papers_after_all()?,
        3 => sown.hardly_looked_up(moments)?,
        4 => sown.at_the_bound_of_look_ups(),
        5 => sown.without_identity(moments)?,
        6 => sown.closed_unit(moments)?,
        7 => sown.untrue_status(moments),
        8 => sown.asked_twice(moments),
        9 => sown.birth(moments)?,
        10 => sown.death(moments)?,
        11 => sown.at_the_desk(moments),
        12 => sown.not_reused(moments, days),
        13 => sown.paid_at_the_desk(3, moments),
        14 => sown.paid_at_the_desk(7, moments),
        15 => sown.old_code(moments)?,
        16 => sown.without_file(moments)?,
        17 => sown.badly_covered()?,
        18 => sown.late_with_apology(moments),
        19 => sown.one_file(),
        20 => sown.reuse_by_default(),
        21 => sown.late_silently(moments),
        22 => sown.old_limit(moments),
        23 => sown.detour(moments),
        _ => {}
    }
    sown.at_the_portal(moments);
    Ok(sown)
}

impl Sown {
    /// Whether its turn is one of `of` that are below `end`.
    fn turn(&self, of: u32, end: u32) -> bool {
        self.life.turn % of < end
    }

    /// Whether its turn has this place in each `of`.
    fn nth(&self, of: u32, place: u32) -> bool {
        self.life.turn % of == place
    }

    /// Whether it has come to its end within the year.
    fn finished(&self, moments: &Moments) -> bool {
        self.life.finished < moments.until
    }

    fn mark(&mut self, found: bool, criteria: &[Criterion]) {
        let marks = if found {
            &mut self.shows
        } else {
            &mut self.resembles
        };
        marks.extend_from_slice(criteria);
    }
}
