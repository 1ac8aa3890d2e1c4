//! What is wrong with a configuration, and where.
//!
//! A line that is kept here has lost its secrets already, so a problem may be
//! printed and logged as it is.

use std::ops::Range;
use std::path::PathBuf;

use super::lines::{shown_line, unparsed_line};
use super::reader::Finding;
use super::report::render;
use super::source::{Place, SyntaxError};

/// Where a problem was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of the file.
    Line {
        /// Its number, from 1.
        number: usize,
        /// First character that the problem is about, from 1.
        column: usize,
        /// How many characters of the line the problem is about.
        width: usize,
        /// The line, with `"***"` in the place of what must not be shown.
        text: String,
    },
    /// The environment variable of this name.
    Variable(String),
    /// The file as a whole.
    File,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub origin: Origin,
    /// The setting: `listen.tls`; empty when the problem is about none.
    pub key: String,
    /// What is wrong, to be read after the key: "must be …".
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Everything that is wrong with a configuration. `Display` prints it as a
/// compiler would, without colours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", render(self))]
pub struct ConfigProblems {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The problems, in the order of the file; those of variables come last.
    pub problems: Vec<Problem>,
}

impl ConfigProblems {
    /// One problem with the file as a whole.
    pub(super) fn with_file(file: PathBuf, message: String) -> Self {
        let problem = Problem {
            origin: Origin::File,
            key: String::new(),
            message,
            help: None,
        };
        Self {
            file,
            problems: vec![problem],
        }
    }

    /// One problem: the file is not TOML.
    pub(super) fn with_syntax(file: PathBuf, text: &str, error: &SyntaxError) -> Self {
        let problem = Problem {
            origin: unparsed_line(text, error.at),
            key: String::new(),
            message: format!("the file is not TOML: {}", error.message),
            help: None,
        };
        Self {
            file,
            problems: vec![problem],
        }
    }

    /// The findings in `text`, of which the `concealed` bytes are not shown.
    pub(super) fn of(
        file: PathBuf,
        text: &str,
        findings: Vec<Finding>,
        mut concealed: Vec<Range<usize>>,
    ) -> Self {
        concealed.sort_by_key(|range| range.start);
        let mut problems: Vec<Problem> = findings
            .into_iter()
            .map(
                |Finding {
                     place,
                     key,
                     message,
                     help,
                 }| {
                    let origin = match place {
                        Place::Bytes(bytes) => shown_line(text, &bytes, &concealed),
                        Place::Variable(name) => Origin::Variable(name.as_ref().to_owned()),
                        Place::File => Origin::File,
                    };
                    Problem {
                        origin,
                        key,
                        message,
                        help,
                    }
                },
            )
            .collect();
        problems.sort_by(|left, right| position(left).cmp(&position(right)));
        Self { file, problems }
    }
}

/// Sorts the file first, then its lines, then the variables.
fn position(problem: &Problem) -> (u8, usize, usize, &str, &str) {
    match &problem.origin {
        Origin::File => (0, 0, 0, "", &problem.key),
        Origin::Line { number, column, .. } => (1, *number, *column, "", &problem.key),
        Origin::Variable(name) => (2, 0, 0, name, &problem.key),
    }
}
