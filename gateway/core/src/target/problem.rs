//! What may be wrong with a file of targets, all of which is told at once.
//!
//! What a reader would get wrong: a target is named by its place, counted from 1, because
//! its `id` may be what is missing.

use thiserror::Error;

/// One thing that is wrong with a file of targets. Nothing in it is secret, so it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a file of targets: {0}")]
    Syntax(String),
    /// No target at all.
    #[error("there is no target")]
    Empty,
    /// A key is missing or empty.
    #[error("target {target} has no `{key}`")]
    Missing {
        /// Which target.
        target: usize,
        /// Which key.
        key: &'static str,
    },
    /// A key that a bound of this kind does not have.
    #[error("target {target} has `{key}`, which does not go with its metric")]
    Needless {
        /// Which target.
        target: usize,
        /// Which key.
        key: &'static str,
    },
    /// A value that is not one of those known.
    #[error("target {target}: `{key}` is \"{found}\"; known are {}", known.join(", "))]
    Unknown {
        /// Which target.
        target: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        known: Vec<&'static str>,
    },
    /// `value` is no percentage from 0 to 100.
    #[error("target {target}: \"{found}\" is not a percentage from 0 to 100")]
    Percent {
        /// Which target.
        target: usize,
        /// What stands there.
        found: String,
    },
    /// `years` is not 1 to 10.
    #[error("target {target}: {found} is not a number of years from 1 to 10")]
    Years {
        /// Which target.
        target: usize,
        /// What stands there.
        found: i64,
    },
    /// A day that the calendar does not have.
    #[error("target {target}: `{key}` is \"{found}\", not a day such as 2026-07-01")]
    Day {
        /// Which target.
        target: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// It ends before it begins.
    #[error("target {target} ends before it begins")]
    Backwards {
        /// Which target.
        target: usize,
    },
    /// `unit` is no agency code.
    #[error("target {target}: `unit` is not an agency code")]
    Unit {
        /// Which target.
        target: usize,
    },
    /// An `id` that stands twice.
    #[error("target {target} has the `id` of target {earlier}")]
    SameId {
        /// Which target.
        target: usize,
        /// The one before.
        earlier: usize,
    },
}
