//! How core values stand in columns.
//!
//! A column is read back like something from outside: a value that does not fit is a
//! corrupt row, named by its task and never quoted.

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::EventKind;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;

use super::failure::Failure;
use crate::store::body::Problem;

/// Reads what belongs to one task.
#[derive(Clone, Copy)]
pub(super) struct TaskRow(pub(super) i64);

/// No task: the row at fault belongs to the whole store.
pub(super) const STORE: TaskRow = TaskRow(0);

impl TaskRow {
    /// The failure that says what is wrong with the row.
    pub(super) fn corrupt(self, problem: Problem) -> Failure {
        Failure::Corrupt {
            task: self.0,
            problem,
        }
    }

    /// The task as the port names it.
    pub(super) fn id(self) -> Result<u64, Failure> {
        self.count(self.0)
    }

    /// A number that is never negative.
    pub(super) fn count<N: TryFrom<i64>>(self, stored: i64) -> Result<N, Failure> {
        N::try_from(stored).map_err(|_| self.corrupt("a number is outside its range"))
    }

    /// A moment.
    pub(super) fn moment(self, micros: i64) -> Result<Timestamp, Failure> {
        Timestamp::from_microsecond(micros)
            .map_err(|_| self.corrupt("a moment is outside the calendar"))
    }

    /// A moment that may be missing.
    pub(super) fn moment_if(self, micros: Option<i64>) -> Result<Option<Timestamp>, Failure> {
        micros.map(|micros| self.moment(micros)).transpose()
    }

    /// A state.
    pub(super) fn state(self, name: &str) -> Result<SyncState, Failure> {
        SyncState::from_name(name).ok_or_else(|| self.corrupt("its state has an unknown name"))
    }

    /// A cause.
    pub(super) fn cause(self, name: &str) -> Result<Cause, Failure> {
        Cause::from_name(name).ok_or_else(|| self.corrupt("a cause is unknown"))
    }

    /// The calling system that a dossier belongs to.
    pub(super) fn client(self, name: &str) -> Result<ClientName, Failure> {
        ClientName::parse(name).ok_or_else(|| self.corrupt("its calling system does not parse"))
    }

    /// Mã hồ sơ.
    pub(super) fn number(self, code: &str) -> Result<DossierNumber, Failure> {
        DossierNumber::parse(code).map_err(|_| self.corrupt("its dossier number does not parse"))
    }

    /// A status of the portal.
    pub(super) fn status(self, code: i16) -> Result<PortalStatus, Failure> {
        PortalStatus::try_from(self.count::<u8>(code.into())?)
            .map_err(|_| self.corrupt("its status is not one of the portal's"))
    }

    /// A kind.
    pub(super) fn kind(self, name: &str) -> Result<EventKind, Failure> {
        EventKind::from_name(name).ok_or_else(|| self.corrupt("its kind has an unknown name"))
    }

    /// An outcome, whose cause stands in a column of its own.
    pub(super) fn outcome(
        self,
        name: &str,
        cause: Option<&str>,
    ) -> Result<AttemptOutcome, Failure> {
        let cause = cause.map(|name| self.cause(name)).transpose()?;
        AttemptOutcome::from_name(name, cause).ok_or_else(|| self.corrupt("an outcome is unknown"))
    }
}

/// A moment as it stands in a column; finer parts are cut.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Text as PostgreSQL can hold it, of at most `most` characters: it knows no NUL, and a
/// portal that sends one must not keep its answer from being recorded.
pub(super) fn storable(text: &str, most: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::storable;

    #[test]
    fn a_text_is_kept_without_what_the_database_cannot_hold() {
        assert_eq!(storable("Lỗi\0 hệ thống", 6), "Lỗi hệ");
    }
}
