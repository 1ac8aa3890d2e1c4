//! The clock of a time limit: it starts, pauses, resumes and stops.
//!
//! What a reader would get wrong: not every pause stops the clock. Which reasons do is a
//! rule of the procedure's version; the others are kept and change nothing
//! (administration.md 5.4).

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::days::{CalendarGap, UnitCalendar};
use super::deadline::{Appointment, Extension, TimeRule};
use crate::access::OfficerId;
use crate::wire_time::local_date;

/// Why a dossier waits (administration.md 5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PauseReason {
    /// Yêu cầu bổ sung giấy tờ, status 5.
    Supplement,
    /// Yêu cầu thực hiện nghĩa vụ tài chính, status 6.
    FinancialDuty,
    /// Dừng xử lý, status 8.
    Stopped,
    /// Chờ cơ quan khác; the portal has no status for it.
    OtherAgency,
}

/// What happens to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClockStep {
    /// The dossier is received.
    Start,
    /// It waits. While it waits already, only the reason changes.
    Pause(PauseReason),
    /// It goes on.
    Resume,
    /// It is settled.
    Stop,
}

/// One event of the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockEvent {
    /// What happens.
    pub step: ClockStep,
    /// When.
    pub at: Timestamp,
    /// Căn cứ pháp lý, as the unit words it.
    pub legal_basis: Option<String>,
    /// Who did it, where that is known.
    pub by: Option<OfficerId>,
}

/// Why events are no run of a clock. An event is named by its place, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClockProblem {
    /// There is no event, or the first is no start.
    #[error("the clock must start first")]
    NotStarted,
    /// A second start.
    #[error("event {event} starts a clock that runs")]
    StartedAgain {
        /// Which event.
        event: usize,
    },
    /// A resumption without a pause.
    #[error("event {event} resumes a clock that does not wait")]
    NotPaused {
        /// Which event.
        event: usize,
    },
    /// Something after the stop.
    #[error("event {event} comes after the clock has stopped")]
    AfterStop {
        /// Which event.
        event: usize,
    },
    /// An event earlier than the one before it.
    #[error("event {event} is earlier than the one before it")]
    Backwards {
        /// Which event.
        event: usize,
    },
}

/// A stretch in which the dossier waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub reason: PauseReason,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it waits.
    pub to: Option<Timestamp>,
}

/// The run of a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalClock {
    started: Timestamp,
    stopped: Option<Timestamp>,
    pauses: Vec<Pause>,
}

/// When a result is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Then.
    At(Appointment),
    /// Not known yet: the clock stands still.
    Paused {
        /// Why.
        reason: PauseReason,
        /// Since when.
        since: Timestamp,
    },
}

impl LegalClock {
    /// The run that the events tell, which are in the order of their time.
    ///
    /// # Errors
    /// [`ClockProblem`] with the first event that does not fit.
    pub fn run(events: &[ClockEvent]) -> Result<Self, ClockProblem> {
        let (first, rest) = events.split_first().ok_or(ClockProblem::NotStarted)?;
        if first.step != ClockStep::Start {
            return Err(ClockProblem::NotStarted);
        }
        let mut clock = Self {
            started: first.at,
            stopped: None,
            pauses: Vec::new(),
        };
        let mut before = first.at;
        for (event, it) in (2..).zip(rest) {
            if it.at < before {
                return Err(ClockProblem::Backwards { event });
            }
            if clock.stopped.is_some() {
                return Err(ClockProblem::AfterStop { event });
            }
            clock.step(event, it)?;
            before = it.at;
        }
        Ok(clock)
    }

    fn step(&mut self, event: usize, it: &ClockEvent) -> Result<(), ClockProblem> {
        match it.step {
            ClockStep::Start => return Err(ClockProblem::StartedAgain { event }),
            ClockStep::Pause(reason) => {
                self.end_pause(it.at);
                self.pauses.push(Pause {
                    reason,
                    from: it.at,
                    to: None,
                });
            }
            ClockStep::Resume => {
                if !self.end_pause(it.at) {
                    return Err(ClockProblem::NotPaused { event });
                }
            }
            ClockStep::Stop => {
                self.end_pause(it.at);
                self.stopped = Some(it.at);
            }
        }
        Ok(())
    }

    /// Ends the pause that runs; tells whether there was one.
    fn end_pause(&mut self, at: Timestamp) -> bool {
        match self.pauses.last_mut() {
            Some(pause) if pause.to.is_none() => {
                pause.to = Some(at);
                true
            }
            Some(_) | None => false,
        }
    }

    /// When it started.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// When it stopped, if it has.
    #[must_use]
    pub fn stopped(&self) -> Option<Timestamp> {
        self.stopped
    }

    /// Every wait, whether or not it stops the clock.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// When the result is due under `rule`: the limit, and for each pause that counts as
    /// much more as it lasted, in the unit of the limit.
    ///
    /// # Errors
    /// [`CalendarGap`]; no date is guessed.
    pub fn due(&self, rule: &TimeRule, calendar: &UnitCalendar<'_>) -> Result<Due, CalendarGap> {
        let mut extension = Extension::default();
        for pause in self.counting(rule) {
            let Some(to) = pause.to else {
                return Ok(Due::Paused {
                    reason: pause.reason,
                    since: pause.from,
                });
            };
            let (first, last) = (local_date(pause.from), local_date(to));
            extension.working_days += calendar.working_days_between(first, last)?;
            extension.days += i64::from(first.until(last).map_or(0, |span| span.get_days()));
            extension.working_time += calendar.working_time_between(pause.from, to)?;
            extension.time += to.duration_since(pause.from);
        }
        rule.appointment_with(self.started, extension, calendar)
            .map(Due::At)
    }

    /// The working time that has gone by until `now`, or until it stopped, without the
    /// pauses that count.
    ///
    /// # Errors
    /// [`CalendarGap`] for any day on the way.
    pub fn elapsed(
        &self,
        now: Timestamp,
        rule: &TimeRule,
        calendar: &UnitCalendar<'_>,
    ) -> Result<SignedDuration, CalendarGap> {
        let end = self.stopped.unwrap_or(now);
        let mut sum = calendar.working_time_between(self.started, end)?;
        for pause in self.counting(rule) {
            let to = pause.to.unwrap_or(end).min(end);
            sum -= calendar.working_time_between(pause.from, to)?;
        }
        Ok(sum)
    }

    fn counting<'s>(&'s self, rule: &'s TimeRule) -> impl Iterator<Item = &'s Pause> {
        self.pauses
            .iter()
            .filter(|pause| rule.pausing.contains(&pause.reason))
    }
}
