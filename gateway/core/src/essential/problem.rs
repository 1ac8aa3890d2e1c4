//! What may be wrong with a list of services, all of which is told at once.

use thiserror::Error;

/// One thing that is wrong with a list of services. Services are counted from 1 in the order
/// of the file, and so are the entries of a service; nothing in such a file is secret, so it
/// is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ServiceListProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a list of services: {0}")]
    Syntax(String),
    /// A key of the file is missing or empty.
    #[error("`{key}` is missing")]
    Top {
        /// Which key.
        key: &'static str,
    },
    /// A key of a service is missing or empty.
    #[error("service {entry} has no `{key}`")]
    Missing {
        /// Which service.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
    /// A number that is none from 1 on.
    #[error("service {entry}: {found} is not a number from 1 to 999")]
    Number {
        /// Which service.
        entry: usize,
        /// What stands there.
        found: i64,
    },
    /// A number that stands twice.
    #[error("service {entry}: number {number} stands there already")]
    NumberAgain {
        /// Which service.
        entry: usize,
        /// Which number.
        number: u16,
    },
    /// An addition tells a service another name.
    #[error("service {entry}: number {number} is \"{known}\" in the list")]
    OtherName {
        /// Which service.
        entry: usize,
        /// Which number.
        number: u16,
        /// Its name in the list.
        known: String,
    },
    /// A key of an owner, a level or a code is missing or empty.
    #[error("service {entry}: `{list}` {part} has no `{key}`")]
    PartMissing {
        /// Which service.
        entry: usize,
        /// `owners`, `levels` or `codes`.
        list: &'static str,
        /// Which of them.
        part: usize,
        /// Which key.
        key: &'static str,
    },
    /// A value that is not one of those known.
    #[error("service {entry}: `{key}` is \"{found}\"; known are {}", known.join(", "))]
    Unknown {
        /// Which service.
        entry: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        known: Vec<&'static str>,
    },
    /// A text that is not a national procedure code.
    #[error("service {entry}: \"{found}\" is not a national procedure code such as 1.001193")]
    Code {
        /// Which service.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// A day that is none.
    #[error("service {entry}: \"{found}\" is not a day such as 2026-07-01")]
    Day {
        /// Which service.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// Something ends before it begins.
    #[error("service {entry}: `{list}` {part} ends before it begins")]
    Backwards {
        /// Which service.
        entry: usize,
        /// `owners`, `levels` or `codes`.
        list: &'static str,
        /// Which of them.
        part: usize,
    },
    /// Two owners, or two levels, on one day.
    #[error("service {entry}: `{list}` {part} and {earlier} count on the same days")]
    Overlap {
        /// Which service.
        entry: usize,
        /// `owners` or `levels`.
        list: &'static str,
        /// Which of them.
        part: usize,
        /// The one before.
        earlier: usize,
    },
    /// A code that would make one dossier a dossier of two services.
    #[error("service {entry}: {code} is a code of service {other} already")]
    CodeOfTwo {
        /// Which service.
        entry: usize,
        /// Which code.
        code: String,
        /// Number of the other service.
        other: u16,
    },
    /// A code that stands twice in a service.
    #[error("service {entry}: {code} stands there twice")]
    CodeAgain {
        /// Which service.
        entry: usize,
        /// Which code.
        code: String,
    },
}
