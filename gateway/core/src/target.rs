//! The bounds that authorities set (chỉ tiêu, ngưỡng), as dated data, and what follows from
//! a figure.
//!
//! What a reader would get wrong: there is no national bound. 5 %, 10 % and 2 % late hold
//! for different authorities, scopes and years, side by side (administration.md 1.1).

mod evaluation;
mod file;
mod problem;
mod register;
mod schedule;

pub use evaluation::{Measured, Outcome, YearRank};
pub use problem::TargetProblem;
pub use register::{Bound, Metric, Operator, Rank, Scope, Sense, Target, TargetRegister};
pub use schedule::DigitisationSchedule;

#[cfg(test)]
mod tests;
