//! The calendar of working days and hours, and the legal time limits counted in it.
//!
//! What a reader would get wrong: holidays are no rule that could be computed. The
//! Government announces them year by year and swaps working days, so a year that is not in
//! the data has no answer, and none is guessed (administration.md 5.1).

mod days;
mod deadline;
mod file;
mod hours;
mod legal_clock;
mod problem;

pub use days::{CalendarGap, DayKind, DayStanding, SpecialDay, UnitCalendar, WorkCalendar};
pub use deadline::{Appointment, Received, TimeLimit, TimeRule};
pub use hours::Session;
pub use legal_clock::{ClockEvent, ClockProblem, ClockStep, Due, LegalClock, Pause, PauseReason};
pub use problem::CalendarProblem;

#[cfg(test)]
mod tests;
