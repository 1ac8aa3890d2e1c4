//! What can be wrong with a file of counts from outside.
//!
//! What a reader would get wrong: entries are counted from 1 in the order of the file, as an
//! editor's reader counts them, and not by their days.

use thiserror::Error;

/// One thing that is wrong with a file of counts; they are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutsideProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a file of counts for the index: {0}")]
    Syntax(String),
    /// The version is missing or empty.
    #[error("`version` is missing")]
    Version,
    /// A key is missing or empty.
    #[error("figure {entry} has no `{key}`")]
    Missing {
        /// Which count.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
    /// `unit` is no agency code.
    #[error("figure {entry}: `unit` is not an agency code")]
    Unit {
        /// Which count.
        entry: usize,
    },
    /// A day that the calendar does not have.
    #[error("figure {entry}: `{key}` is \"{found}\", not a day such as 2026-07-01")]
    Day {
        /// Which count.
        entry: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// It ends before it begins.
    #[error("figure {entry} ends before it begins")]
    Backwards {
        /// Which count.
        entry: usize,
    },
    /// `count` is less than nothing.
    #[error("figure {entry}: {found} is no count")]
    Count {
        /// Which count.
        entry: usize,
        /// What stands there.
        found: i64,
    },
    /// A code that no reading of the index asks for.
    #[error("figure {entry}: no reading of the index has a count \"{found}\"")]
    Unknown {
        /// Which count.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// A code that the gateway counts itself.
    #[error("figure {entry}: the gateway counts \"{found}\" itself")]
    Own {
        /// Which count.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// The same count of the same days and agency.
    #[error("figure {entry} is of the code, the days and the agency of figure {earlier}")]
    Again {
        /// Which count.
        entry: usize,
        /// The one before.
        earlier: usize,
    },
}
