//! How work with the database fails, and whether doing it again is right.
//!
//! What a server says in a message may quote a value, so only its code is passed on.

use std::error::Error as _;

use deadpool_postgres::PoolError;
use lienthong_core::ports::outbox::OutboxError;
use thiserror::Error;
use tokio_postgres::error::SqlState;

use crate::store::body::Problem;

/// Why a command did not do its work.
#[derive(Debug, Error)]
pub(super) enum Failure {
    /// The database failed before the commit was asked for: nothing was changed.
    #[error("the database failed")]
    Database(#[from] tokio_postgres::Error),
    /// The commit was asked for, and whether it took place is not known.
    #[error("the commit was not answered")]
    Unsure(#[source] tokio_postgres::Error),
    /// No connection was to be had.
    #[error("no connection was to be had")]
    NoConnection(#[source] PoolError),
    /// Somebody else came first; the command begins afresh.
    #[error("somebody else came first")]
    Again,
    /// It took longer than it may.
    #[error("the database took too long")]
    TimedOut,
    /// The task ended before its work was done: the program stops.
    #[error("the program stops")]
    Stopped,
    /// A stored row cannot be read back.
    #[error("a stored row cannot be read back")]
    Corrupt {
        /// Task in question.
        task: i64,
        /// What is wrong, without the value.
        problem: Problem,
    },
}

impl Failure {
    /// Whether the same command may succeed at once: it lost a race, or its connection was
    /// cut before the commit was asked for.
    pub(super) fn may_be_tried_again(&self) -> bool {
        match self {
            Self::Again => true,
            Self::Database(error) => {
                error.is_closed()
                    || error.code().map_or(is_transport(error), |code| {
                        [
                            SqlState::T_R_SERIALIZATION_FAILURE,
                            SqlState::T_R_DEADLOCK_DETECTED,
                        ]
                        .contains(code)
                            || is_race(error)
                            || ends_the_connection(code)
                    })
            }
            Self::Unsure(_)
            | Self::NoConnection(_)
            | Self::TimedOut
            | Self::Stopped
            | Self::Corrupt { .. } => false,
        }
    }

    /// Whether it is about the rows of one event, so that the others of its batch may do
    /// without it.
    pub(super) fn is_about_data(&self) -> bool {
        match self {
            Self::Database(error) => error
                .code()
                .is_some_and(|code| matches!(code.code().get(..2), Some("22" | "23" | "54"))),
            Self::Corrupt { .. } => true,
            Self::Unsure(_)
            | Self::NoConnection(_)
            | Self::Again
            | Self::TimedOut
            | Self::Stopped => false,
        }
    }

    /// Whether the connection is of no more use.
    pub(super) fn spoils_the_connection(&self) -> bool {
        match self {
            Self::Database(error) | Self::Unsure(error) => {
                error.is_closed()
                    || error
                        .code()
                        .map_or(is_transport(error), ends_the_connection)
            }
            Self::NoConnection(_) | Self::TimedOut | Self::Stopped => true,
            Self::Again | Self::Corrupt { .. } => false,
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Database(error) | Self::NoConnection(PoolError::Backend(error)) => told(error),
            Self::Unsure(error) => format!("{self}: {}", told(error)),
            Self::NoConnection(PoolError::Timeout(_)) => {
                "no connection was to be had in time".to_owned()
            }
            Self::NoConnection(PoolError::Closed) => "the outbox is closed".to_owned(),
            Self::NoConnection(PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))
            | Self::Again
            | Self::TimedOut
            | Self::Stopped
            | Self::Corrupt { .. } => self.to_string(),
        }
    }
}

impl From<Failure> for OutboxError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Corrupt { task, problem } => Self::Corrupt {
                task: u64::try_from(task).unwrap_or(0),
                problem,
            },
            Failure::Database(_)
            | Failure::Unsure(_)
            | Failure::NoConnection(_)
            | Failure::Again
            | Failure::TimedOut
            | Failure::Stopped => Self::Unavailable {
                reason: failure.reason(),
            },
        }
    }
}

/// What went wrong, in words that hold no value: the class of the failure, and the server's
/// code or what the system said.
pub(super) fn told(error: &tokio_postgres::Error) -> String {
    if let Some(code) = error.code() {
        return format!("{} (SQLSTATE {})", meaning(code), code.code());
    }
    match error.source() {
        Some(source) if is_transport(error) => format!("{error}: {source}"),
        Some(_) | None => error.to_string(),
    }
}

fn meaning(code: &SqlState) -> &'static str {
    match code.code() {
        "53100" => "the database's disk is full",
        "53300" => "the database has no connection left",
        "25006" => "the database is read-only",
        "57014" => "a statement took too long",
        "55P03" => "a lock was not to be had in time",
        "57P01" | "57P02" | "57P03" => "the database is stopping or starting",
        "28000" | "28P01" => "the database does not accept the user or password",
        "3D000" => "there is no such database",
        "42501" => "the database user lacks a right",
        _ => "the database refused a statement",
    }
}

/// Whether somebody else began the same dossier or used the same name of an event at the
/// same moment: what is there is looked at first, so that another look finds it. In any
/// other table a row that is there twice stays so.
fn is_race(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| {
        *error.code() == SqlState::UNIQUE_VIOLATION
            && matches!(error.table(), Some("dossier" | "event"))
    })
}

/// Whether the failure came from the socket: its source is the system's error.
fn is_transport(error: &tokio_postgres::Error) -> bool {
    error
        .source()
        .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// Codes after which a connection leads nowhere: the server goes away, or it became a
/// standby while we were connected.
fn ends_the_connection(code: &SqlState) -> bool {
    matches!(code.code(), "57P01" | "57P02" | "57P03" | "25006") || code.code().starts_with("08")
}
