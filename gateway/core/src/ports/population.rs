//! The national population database (CSDL quốc gia về dân cư) as a port.
//!
//! "Not found" and "does not match" are one answer there (population.md 11) and
//! never an error here: they are an answer about a citizen, to be recorded and
//! not repeated.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use crate::access::{OfficerAccount, OfficerId};
use crate::agency::AgencyCode;
use crate::certainty::Certainty;
use crate::citizen::{Citizen, CitizenQuery};
use crate::household::Household;
use crate::procedure::ProcedureCode;

/// Number that the caller gives to one look-up (mã yêu cầu, `MaYeuCau`).
///
/// At most 40 characters (population.md 2.1); unique across nodes and restarts,
/// and the same for every attempt of one look-up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestNumber(String);

impl RequestNumber {
    /// Longest value that the database takes, in characters.
    pub const MAX_LENGTH: usize = 40;

    /// Takes `text` when it has 1 to 40 characters of letters, digits, `-` or `_`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        fits.then_some(Self(text))
    }

    /// The number as it goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Time that is left for a look-up. Clones tell the same.
///
/// It is asked anew each time: it may grow while a look-up is at work, when somebody with
/// more time comes to wait for it too.
#[derive(Clone)]
pub struct TimeLeft(Arc<dyn Fn() -> Duration + Send + Sync>);

impl TimeLeft {
    /// What `tell` tells whenever it is asked.
    pub fn told_by(tell: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Always `time`, because nobody counts.
    #[must_use]
    pub fn fixed(time: Duration) -> Self {
        Self::told_by(move || time)
    }

    /// What is left now.
    #[must_use]
    pub fn left(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for TimeLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimeLeft").field(&self.left()).finish()
    }
}

/// Requests of one look-up that may have arrived, log-ins not counted. Clones count
/// together, so that it is known also of a look-up that was dropped.
#[derive(Debug, Clone, Default)]
pub struct SentCount(Arc<AtomicU32>);

impl SentCount {
    /// Counts a request that is about to be sent.
    pub fn begin(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes back one that certainly did not arrive.
    pub fn take_back(&self) {
        // Nothing to take back is an error of the caller and must not wrap round.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |sent| {
                sent.checked_sub(1)
            });
    }

    /// How many there are so far.
    #[must_use]
    pub fn so_far(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// On whose behalf and within which time one look-up is made.
#[derive(Debug, Clone)]
pub struct LookupCall {
    /// Number of this look-up.
    pub request_number: RequestNumber,
    /// Officer who asks (mã cán bộ, `MaCanBo`).
    pub officer: OfficerId,
    /// The officer's login name in the calling system (`TaiKhoan`).
    pub officer_account: Option<OfficerAccount>,
    /// Unit that asks (mã đơn vị, `MaDonVi`).
    pub unit: AgencyCode,
    /// Procedure that the look-up serves (`MaDVC`).
    pub procedure: ProcedureCode,
    /// Time left. Nothing is begun once it is over; what has begun is ended by whoever
    /// asked, by dropping it, and by the profile's own limit.
    pub budget: TimeLeft,
    /// Requests sent for this look-up so far.
    pub sent: SentCount,
}

/// What a look-up (operation 037) brought.
#[derive(Debug, Clone)]
pub enum CitizenAnswer {
    /// No such person, or the data do not match; the database does not say which.
    NoMatch,
    /// One person.
    One(Box<Citizen>),
    /// Several people where one was asked for; never a match.
    Several,
}

/// What a question about a household brought.
#[derive(Debug, Clone)]
pub enum HouseholdAnswer {
    /// No such person, or the data do not match; the database does not say which.
    NoMatch,
    /// The household.
    One(Box<Household>),
}

/// An answer together with how it was come by.
#[derive(Debug, Clone)]
pub struct Observed<T> {
    /// The answer.
    pub answer: T,
    /// When the database answered.
    pub observed_at: Timestamp,
    /// How many exchanges it took, log-ins not counted; at least 1.
    pub attempts: u32,
}

impl<T> Observed<T> {
    /// The same with another answer, made from this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Observed<U> {
        Observed {
            answer: change(self.answer),
            observed_at: self.observed_at,
            attempts: self.attempts,
        }
    }
}

/// No answer, and how many requests were sent for it: each is a logged access there.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("{error}")]
pub struct Unanswered {
    /// Why there is no answer.
    pub error: PopulationError,
    /// Requests that may have arrived, log-ins not counted.
    pub attempts: u32,
}

impl From<PopulationError> for Unanswered {
    /// Nothing was sent.
    fn from(error: PopulationError) -> Self {
        Self { error, attempts: 0 }
    }
}

/// Operations that a profile offers (population.md 8: a profile must list them).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Yes or no about number and name (`XacThucThongTinCongDan`, 033).
    Confirm,
    /// The citizen's record (`TraCuuThongTinCongDan`, 037).
    LookUp,
    /// The household (`CungCapThongTinHoGiaDinh`).
    Household,
    /// Number, name, birth, father and mother (`XacMinhThongTinNhanThan`).
    Relatives,
}

impl Operation {
    /// Every operation.
    pub const ALL: &[Self] = &[
        Self::Confirm,
        Self::LookUp,
        Self::Household,
        Self::Relatives,
    ];

    /// Name in the configuration, in metrics and in the record of look-ups.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::LookUp => "look-up",
            Self::Household => "household",
            Self::Relatives => "relatives",
        }
    }

    /// The operation with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.name() == name)
    }
}

/// The national population database, reached by one profile.
#[async_trait]
pub trait PopulationRegistry: Send + Sync {
    /// Name of the profile, as in the configuration (`soap-lgsp`).
    fn profile(&self) -> &str;

    /// Whether the province is licensed for `operation` on this profile.
    fn offers(&self, operation: Operation) -> bool;

    /// Refuses what can be refused without sending anything: an operation that is not
    /// offered, an officer without a credential. Asked also before a kept answer is
    /// given.
    ///
    /// # Errors
    /// [`PopulationError`], naming what is refused.
    fn admit(&self, operation: Operation, call: &LookupCall) -> Result<(), PopulationError>;

    /// Asks whether number and name belong together (operation 033). The birth
    /// date is **not** compared (population.md 3).
    async fn confirm(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<bool>, Unanswered>;

    /// Asks for the record of the citizen whose number, name and birth match
    /// (operation 037).
    async fn look_up(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered>;

    /// Asks for the household of the citizen whose number, name and birth match.
    async fn household(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<HouseholdAnswer>, Unanswered>;

    /// Asks for father and mother of the citizen whose number, name and birth match;
    /// the record holds nothing else but number, name and birth.
    async fn relatives(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered>;
}

/// What is known of an answer that could not be understood: its form, never its
/// values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerStructure {
    /// HTTP status.
    pub status: u16,
    /// Media type that the answer claimed, without parameters.
    pub media_type: String,
    /// Bytes read.
    pub length: usize,
    /// What was wrong, in our words.
    pub problem: &'static str,
    /// The elements that were read, in order, at most 100. A name that the domain does
    /// not know is left out, because it could be a value.
    pub outline: Vec<OutlinedElement>,
    /// Byte at which reading stopped; `None` when it was read to the end.
    pub stopped_at: Option<usize>,
}

/// One element of an answer without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutlinedElement {
    /// Depth; the root has 0.
    pub depth: usize,
    /// Its name, when the domain knows it.
    pub name: Option<&'static str>,
    /// Characters of its own text.
    pub text_length: usize,
}

/// Why a look-up brought no answer.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum PopulationError {
    /// The profile does not offer the operation, or the province has no licence.
    #[error("the population profile does not offer this operation")]
    NotOffered,
    /// No connection came about; nothing was sent.
    #[error("the population database cannot be reached")]
    Unreachable,
    /// The connection was lost after the request had been sent.
    #[error("the connection to the population database was lost before the answer")]
    Interrupted,
    /// The time for the exchange ran out.
    #[error("the population database did not answer in time")]
    TimedOut,
    /// The upstream's certificate does not hold.
    #[error("the certificate of the population database was not accepted")]
    CertificateRejected,
    /// Token, hash or officer credential refused, also after one renewal.
    #[error("the population database refused the gateway's credentials")]
    CredentialsRefused,
    /// The gateway's address is not on the allow-list (`IP_DISALLOWED`).
    #[error("the population database does not admit this gateway's address or account")]
    AddressRefused,
    /// HTTP 403 without a known word: the gateway's address, its account, or this officer
    /// or procedure alone; the route does not say which.
    #[error("the population database forbids this look-up and does not say why")]
    Forbidden,
    /// The officer has no credential for the database (`AuthHash`).
    #[error("no credential for the population database is mapped to this officer")]
    OfficerNotMapped,
    /// Procedure not licensed for look-ups (code 004).
    #[error("the procedure is not licensed for look-ups")]
    ProcedureNotLicensed,
    /// Officer not licensed (code 005).
    #[error("the officer is not licensed for look-ups")]
    OfficerNotLicensed,
    /// The route asks the officer for a one-time password, which a gateway cannot give
    /// (population.md 11).
    #[error("the population database asks the officer for a one-time password")]
    StepUpRequired,
    /// Announced maintenance: nothing was sent.
    #[error("the population database is under announced maintenance")]
    Maintenance {
        /// When it is to end.
        until: Timestamp,
        /// Time until then.
        retry_after: Duration,
    },
    /// The circuit breaker is open after failures: nothing was sent.
    #[error("the population database failed lately and is not asked for a while")]
    BreakerOpen {
        /// Time until it is asked again.
        retry_after: Duration,
    },
    /// As many look-ups as allowed are at work: nothing was sent.
    #[error("as many look-ups as allowed are at work")]
    Busy,
    /// The route's own rate is used up: nothing was sent.
    #[error("the rate of look-ups that is agreed for this route is used up")]
    RateLimited {
        /// Time until the next may be sent.
        retry_after: Duration,
    },
    /// The day's quota is spent: nothing was sent.
    #[error("the day's quota of look-ups is spent")]
    QuotaSpent {
        /// When the next day begins.
        resets_at: Timestamp,
        /// Time until then.
        retry_after: Duration,
    },
    /// Too many calls.
    #[error("the population database asks to slow down")]
    Throttled {
        /// Time that the upstream asks to wait.
        retry_after: Option<Duration>,
    },
    /// The upstream said that it failed.
    #[error("the population database failed with HTTP status {status}")]
    Failed {
        /// HTTP status: 500 and above, unless a known code beside it said that it failed.
        status: u16,
    },
    /// The upstream did not accept the form of the request.
    #[error("the population database rejected the request with HTTP status {status}")]
    Rejected {
        /// HTTP status: 400 to 499, unless a known code beside it said what is wrong.
        status: u16,
    },
    /// The answer is not one that the profile knows.
    #[error("the population database gave an answer that cannot be understood ({})", .0.problem)]
    Nonsense(AnswerStructure),
}

impl PopulationError {
    /// What the failed look-up may have done: a look-up changes nothing, but each
    /// one that arrived is a logged access at the database.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self {
            Self::Unreachable
            | Self::CertificateRejected
            | Self::Maintenance { .. }
            | Self::BreakerOpen { .. }
            | Self::Busy
            | Self::RateLimited { .. }
            | Self::QuotaSpent { .. }
            | Self::Throttled { .. } => Certainty::NotApplied,
            Self::Interrupted | Self::TimedOut | Self::Failed { .. } | Self::Nonsense(_) => {
                Certainty::Unknown
            }
            Self::NotOffered
            | Self::CredentialsRefused
            | Self::AddressRefused
            | Self::Forbidden
            | Self::OfficerNotMapped
            | Self::ProcedureNotLicensed
            | Self::OfficerNotLicensed
            | Self::StepUpRequired
            | Self::Rejected { .. } => Certainty::Refused,
        }
    }
}

#[cfg(test)]
mod tests;
