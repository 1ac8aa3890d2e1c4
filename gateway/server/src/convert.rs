//! Between the generated messages and the values of the core.
//!
//! A message that decodes is not yet valid. Reading one collects every violation
//! before it gives up, so that a caller mends a request in one go; nothing past
//! this module and the signatures of the services sees a generated type.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod call_error;
pub(crate) mod catalogue;
pub(crate) mod citizen;
pub(crate) mod correcting;
pub(crate) mod dossier;
pub(crate) mod dossier_reply;
pub(crate) mod essential;
pub(crate) mod evidence;
pub(crate) mod household;
pub(crate) mod ledger;
pub(crate) mod operations;
mod page;
pub(crate) mod resolving;
pub(crate) mod sync;

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::agency::InvalidAgencyCode;
use lienthong_core::birth::InvalidBirthDate;
use lienthong_core::dossier_number::InvalidDossierNumber;
use lienthong_core::identity::{InvalidOldIdCardNumber, InvalidPersonalNumber};
use lienthong_core::name::InvalidName;
use lienthong_core::procedure::InvalidCode;
use lienthong_core::text::InvalidText;
use thiserror::Error;

use crate::status::{ServerError, Violation};

/// One way in which a field of a message can be wrong. No variant holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum InvalidField {
    #[error("is required")]
    Missing,
    #[error("is not a value of this enumeration")]
    UnknownValue,
    #[error("is not the name of a field")]
    UnknownPath,
    #[error("must be between {least} and {most}")]
    OutOfRange { least: i64, most: i64 },
    #[error("is not a moment of the calendar")]
    NoSuchMoment,
    #[error("lies in the future")]
    InFuture,
    #[error("is before the first day that can be asked about, {first}")]
    TooEarly { first: Date },
    #[error("is a day of which not every dossier is kept any more")]
    NotKeptAnyMore,
    #[error("must be a positive duration")]
    NotADuration,
    #[error("must be from 1 second to 1 hour")]
    Interval,
    #[error("must be 1 to 20 letters, digits, '_', '-' or '.'")]
    OfficerId,
    #[error("must be 1 to 64 visible ASCII characters")]
    EventId,
    #[error("must be an http or https address of at most 2000 characters")]
    FileUrl,
    #[error("must be an e-mail address of at most 200 characters")]
    Email,
    #[error("must be 3 to 20 digits, spaces or '+', '-', '.', '(', ')'")]
    Phone,
    #[error("has more than {most} entries")]
    TooMany { most: usize },
    #[error("has more than {most} characters")]
    TooLong { most: usize },
    #[error("must be later than the beginning of the range")]
    EmptyRange,
    #[error("must be the revision of an event, not before the one that is meant")]
    Revision,
    #[error("must be left out here")]
    Absent,
    #[error("must have at most 64 characters")]
    CorrelationId,
    #[error("is that of another question in this stream that is not answered yet")]
    CorrelationIdInUse,
    #[error("must be the token of the page before, asked for with the same conditions")]
    PageToken,
    #[error("must be the id of an operation")]
    OperationId,
    #[error("must be 8 to 64 visible ASCII characters")]
    RequestId,
    #[error("must be the token of a preview of the last 15 minutes")]
    PreviewToken,
    #[error("must be the id of a difference of this reconciliation")]
    DifferenceId,
    #[error("must be the name of a calling system")]
    ClientName,
    #[error("must have 5 to 500 characters")]
    Reason,
    #[error("must be the id of a kept report, such as BC-000007")]
    ReportId,
    #[error("must be 64 hexadecimal digits")]
    ContentHash,
    #[error("must be a day of the calendar, yyyy-MM-dd")]
    Day,
    #[error("must not be before the first day")]
    DaysBackwards,
    #[error("is not the number of a service in the list")]
    ServiceNumber,
    #[error("is the name of another piece of this call")]
    NameInUse,
    #[error("{0}")]
    PersonalNumber(#[from] InvalidPersonalNumber),
    #[error("{0}")]
    OldIdCardNumber(#[from] InvalidOldIdCardNumber),
    #[error("{0}")]
    Name(#[from] InvalidName),
    #[error("{0}")]
    Birth(#[from] InvalidBirthDate),
    #[error("{0}")]
    Agency(#[from] InvalidAgencyCode),
    #[error("{0}")]
    Code(#[from] InvalidCode),
    #[error("{0}")]
    DossierNumber(#[from] InvalidDossierNumber),
    #[error("{0}")]
    Text(#[from] InvalidText),
}

impl InvalidField {
    /// Stable name of the rule, for machines.
    fn rule(&self) -> &'static str {
        match self {
            Self::Missing => "REQUIRED",
            Self::UnknownValue => "UNKNOWN_VALUE",
            Self::UnknownPath => "UNKNOWN_FIELD",
            Self::OutOfRange { .. } => "OUT_OF_RANGE",
            Self::NoSuchMoment => "NO_SUCH_MOMENT",
            Self::InFuture => "IN_FUTURE",
            Self::TooEarly { .. } => "TOO_EARLY",
            Self::NotKeptAnyMore => "NOT_KEPT_ANY_MORE",
            Self::NotADuration => "NOT_A_DURATION",
            Self::Interval => "INTERVAL",
            Self::OfficerId => "OFFICER_ID",
            Self::EventId => "EVENT_ID",
            Self::FileUrl => "FILE_URL",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::TooMany { .. } => "TOO_MANY",
            Self::TooLong { .. } => "TOO_LONG",
            Self::EmptyRange => "EMPTY_RANGE",
            Self::Revision => "REVISION",
            Self::Absent => "MUST_BE_ABSENT",
            Self::CorrelationId => "CORRELATION_ID",
            Self::CorrelationIdInUse => "CORRELATION_ID_IN_USE",
            Self::PageToken => "PAGE_TOKEN",
            Self::OperationId => "OPERATION_ID",
            Self::RequestId => "REQUEST_ID",
            Self::PreviewToken => "PREVIEW_TOKEN",
            Self::DifferenceId => "DIFFERENCE_ID",
            Self::ClientName => "CLIENT_NAME",
            Self::Reason => "REASON",
            Self::ReportId => "REPORT_ID",
            Self::ContentHash => "CONTENT_HASH",
            Self::Day => "DAY",
            Self::DaysBackwards => "DAYS_BACKWARDS",
            Self::ServiceNumber => "SERVICE_NUMBER",
            Self::NameInUse => "NAME_IN_USE",
            Self::PersonalNumber(_) => "PERSONAL_NUMBER",
            Self::OldIdCardNumber(_) => "OLD_ID_CARD_NUMBER",
            Self::Name(_) => "NAME",
            Self::Birth(_) => "BIRTH",
            Self::Agency(_) => "AGENCY_CODE",
            Self::Code(_) => "CODE",
            Self::DossierNumber(_) => "DOSSIER_NUMBER",
            Self::Text(_) => "TEXT",
        }
    }

    /// This rule, broken by `field`.
    pub(crate) fn at(self, field: impl Into<String>) -> Violation {
        Violation::new(field, self.rule(), self.to_string())
    }
}

/// Collects what is wrong with a message, field by field.
///
/// `None` from a method means that a violation was noted; whoever reads on may
/// ignore it, because [`Reader::finish`] refuses the message in that case.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    violations: Vec<Violation>,
}

impl Reader {
    /// Notes that `field` breaks a rule.
    pub(crate) fn refuse(&mut self, field: impl Into<String>, invalid: InvalidField) {
        self.violations.push(invalid.at(field));
    }

    /// Keeps the value, or notes why there is none.
    pub(crate) fn take<T, E: Into<InvalidField>>(
        &mut self,
        field: impl Into<String>,
        read: Result<T, E>,
    ) -> Option<T> {
        read.map_err(|invalid| self.refuse(field, invalid.into()))
            .ok()
    }

    /// Reads a text that must be there.
    pub(crate) fn required<T, E: Into<InvalidField>>(
        &mut self,
        field: impl Into<String>,
        raw: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if raw.trim().is_empty() {
            self.refuse(field, InvalidField::Missing);
            return None;
        }
        self.take(field, parse(raw))
    }

    /// Reads a text that may be absent.
    pub(crate) fn optional<T, E: Into<InvalidField>>(
        &mut self,
        field: impl Into<String>,
        raw: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if raw.trim().is_empty() {
            return None;
        }
        self.take(field, parse(raw))
    }

    /// Reads a moment that must be there.
    pub(crate) fn moment(
        &mut self,
        field: &str,
        raw: Option<prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        if raw.is_none() {
            self.refuse(field, InvalidField::Missing);
        }
        self.optional_moment(field, raw)
    }

    /// Reads a moment that may be absent.
    pub(crate) fn optional_moment(
        &mut self,
        field: &str,
        raw: Option<prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        self.take(field, moment(raw?))
    }

    /// What was refused.
    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// The value, unless something was refused.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, ServerError> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ => Err(ServerError::Invalid(self.violations)),
        }
    }
}

/// Years that the wire forms of the portal can carry.
fn moment(raw: prost_types::Timestamp) -> Result<Timestamp, InvalidField> {
    let read = Timestamp::new(raw.seconds, raw.nanos).map_err(|_| InvalidField::NoSuchMoment)?;
    let year = lienthong_core::wire_time::local_date(read).year();
    if (1900..=2200).contains(&year) {
        Ok(read)
    } else {
        Err(InvalidField::NoSuchMoment)
    }
}

/// A count as the contract carries it.
pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A moment as the contract carries it.
pub(crate) fn to_timestamp(moment: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: moment.as_second(),
        nanos: moment.subsec_nanosecond(),
    }
}

/// A length of time as the contract carries it; a negative one counts as none.
pub(crate) fn to_duration(duration: jiff::SignedDuration) -> prost_types::Duration {
    let duration = duration.max(jiff::SignedDuration::ZERO);
    prost_types::Duration {
        seconds: duration.as_secs(),
        nanos: duration.subsec_nanos(),
    }
}
