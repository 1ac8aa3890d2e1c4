//! What may be wrong with a file of rules of checks, all of which is told at once.

use thiserror::Error;

/// One thing that is wrong. Entries are counted from 1 in the order of the file; nothing in
/// it is secret, so it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckRulesProblem {
    /// Not TOML, or not with the expected keys.
    #[error("are no rules of checks: {0}")]
    Syntax(String),
    /// `version` is missing or empty.
    #[error("`version` is missing")]
    Version,
    /// A criterion that does not exist.
    #[error("criterion {entry}: \"{found}\" is not K1 to K9 or C1 to C15")]
    Criterion {
        /// Which entry.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// A criterion that stands twice in one file.
    #[error("criterion {entry}: {id} stands there already")]
    Again {
        /// Which entry.
        entry: usize,
        /// Which criterion.
        id: String,
    },
    /// A criterion without an entry.
    #[error("there is no entry for {id}")]
    Absent {
        /// Which criterion.
        id: String,
    },
    /// A key is missing or empty.
    #[error("{id} has no `{key}`")]
    Missing {
        /// Which criterion.
        id: String,
        /// Which key.
        key: &'static str,
    },
    /// A key that means nothing for the criterion.
    #[error("{id} has `{key}`, which nothing reads there")]
    Needless {
        /// Which criterion.
        id: String,
        /// Which key.
        key: &'static str,
    },
    /// A value that is not one of those known.
    #[error("{id}: `{key}` is \"{found}\"; known are {}", known.join(", "))]
    Unknown {
        /// Which criterion.
        id: String,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        known: Vec<&'static str>,
    },
    /// A percentage that is none.
    #[error("{id}: `{key}` is \"{found}\", not a percentage from 0 to 100")]
    Percent {
        /// Which criterion.
        id: String,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// A number outside its bounds.
    #[error("{id}: `{key}` is {found}, not {least} to {most}")]
    Number {
        /// Which criterion.
        id: String,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: i64,
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
    /// A day that the calendar does not have.
    #[error("{id}: `{key}` is \"{found}\", not a day such as 2025-10-01")]
    Day {
        /// Which criterion.
        id: String,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// A rule in law that ends before it begins.
    #[error("{id}: the rule in law ends before it begins")]
    Backwards {
        /// Which criterion.
        id: String,
    },
}
