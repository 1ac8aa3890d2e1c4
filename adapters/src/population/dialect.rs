//! What differs between two profiles, and the registry that is the same for all.
//!
//! A dialect writes requests and reads answers; it never sends. Everything that decides
//! how often a citizen's record is asked for lies in the route.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use lienthong_core::access::OfficerId;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, LookupCall, Observed, Operation, PopulationError,
    PopulationRegistry, Unanswered,
};
use zeroize::Zeroizing;

use super::record::Flaw;
use super::route::{Letter, Route};
use super::settings::RouteSettings;
use crate::http::SetupError;

/// Longest `MaTichHop`, in digits (population.md 2.1).
const LONGEST_SERVICE_CODE: usize = 20;
/// Longest `MaDVC` (population.md 2.1).
const LONGEST_PROCEDURE: usize = 20;

/// One question, with everything that its request may say.
pub(super) struct Question<'a> {
    /// Which operation.
    pub(super) operation: Operation,
    /// `MaTichHop` or `MaDichVu`.
    pub(super) service_code: &'a str,
    /// `MaCanBo`.
    pub(super) officer_code: &'a OfficerId,
    /// About whom.
    pub(super) query: &'a CitizenQuery,
    /// On whose behalf.
    pub(super) call: &'a LookupCall,
}

impl Question<'_> {
    /// `MaDVC`: the general code of the route, or the procedure's national code. The field
    /// holds 20 characters, so the suffix by which a province marks its own variant is
    /// left out.
    pub(super) fn procedure<'a>(&'a self, general: Option<&'a str>) -> &'a str {
        general.unwrap_or_else(|| self.call.procedure.national())
    }
}

/// A request cannot be written. It does not happen: requests are written to memory.
pub(super) struct Unwritable;

impl From<std::io::Error> for Unwritable {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl From<serde_json::Error> for Unwritable {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// How one profile writes and reads. What it does not know it need not write.
pub(super) trait Dialect: fmt::Debug + Send + Sync + 'static {
    /// Name of the profile, as in the configuration.
    fn profile(&self) -> &'static str;

    /// Operations that it can write.
    fn knows(&self) -> &'static [Operation];

    /// `Content-Type` and `Accept` of its requests.
    fn media_types(&self) -> (&'static str, &'static str);

    /// The request.
    fn write(&self, question: &Question<'_>) -> Result<Vec<u8>, Unwritable>;

    /// The answer of the look-up.
    fn read_look_up(&self, body: &[u8]) -> Result<CitizenAnswer, Flaw>;

    /// The answer of the confirmation.
    fn read_confirmation(&self, _body: &[u8]) -> Result<bool, Flaw> {
        Err(Flaw::of(UNKNOWN))
    }

    /// The answer about a household.
    fn read_household(&self, _body: &[u8]) -> Result<HouseholdAnswer, Flaw> {
        Err(Flaw::of(UNKNOWN))
    }

    /// The answer about relatives.
    fn read_relatives(&self, _body: &[u8]) -> Result<CitizenAnswer, Flaw> {
        Err(Flaw::of(UNKNOWN))
    }
}

const UNKNOWN: &str = "an operation that the profile does not know";

/// The population database through one route in one dialect.
#[derive(Debug)]
pub(super) struct Registry<D> {
    dialect: D,
    route: Route,
}

impl<D: Dialect> Registry<D> {
    /// Sets the registry up. No connection is made.
    pub(super) fn set_up(
        dialect: D,
        route: &RouteSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn PopulationRegistry>, SetupError> {
        for operation in route.operations.keys() {
            if !dialect.knows().contains(operation) {
                let name = operation.name();
                return Err(SetupError::Operation { name });
            }
        }
        let route = Route::new(route, clock)?;
        Ok(Arc::new(Self { dialect, route }))
    }

    async fn ask<T>(
        &self,
        operation: Operation,
        query: &CitizenQuery,
        call: &LookupCall,
        read: fn(&D, &[u8]) -> Result<T, Flaw>,
    ) -> Result<Observed<T>, Unanswered> {
        let admitted = self.route.admit(operation, call)?;
        let question = Question {
            operation,
            service_code: &admitted.door.service_code,
            officer_code: admitted.officer_code,
            query,
            call,
        };
        let body = self.dialect.write(&question).map(Zeroizing::new);
        let (media_type, accept) = self.dialect.media_types();
        let letter = Letter {
            media_type,
            accept,
            // Were it otherwise, nothing would have been sent.
            body: Bytes::from_owner(body.map_err(|Unwritable| PopulationError::Unreachable)?),
        };
        let read = |body: &[u8]| read(&self.dialect, body);
        self.route.ask(admitted, letter, call, read).await
    }
}

#[async_trait]
impl<D: Dialect> PopulationRegistry for Registry<D> {
    fn profile(&self) -> &str {
        self.dialect.profile()
    }

    fn offers(&self, operation: Operation) -> bool {
        self.route.offers(operation)
    }

    fn admit(&self, operation: Operation, call: &LookupCall) -> Result<(), PopulationError> {
        self.route.admit(operation, call).map(drop)
    }

    async fn confirm(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<bool>, Unanswered> {
        self.ask(Operation::Confirm, query, call, D::read_confirmation)
            .await
    }

    async fn look_up(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.ask(Operation::LookUp, query, call, D::read_look_up)
            .await
    }

    async fn household(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<HouseholdAnswer>, Unanswered> {
        self.ask(Operation::Household, query, call, D::read_household)
            .await
    }

    async fn relatives(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.ask(Operation::Relatives, query, call, D::read_relatives)
            .await
    }
}

/// Refuses service codes that no server takes (population.md 2.1).
pub(super) fn check_service_codes(route: &RouteSettings) -> Result<(), SetupError> {
    for (operation, offered) in &route.operations {
        let code = offered.service_code.as_bytes();
        let fits =
            (1..=LONGEST_SERVICE_CODE).contains(&code.len()) && code.iter().all(u8::is_ascii_digit);
        if !fits {
            let name = operation.name();
            return Err(SetupError::ServiceCode { name });
        }
    }
    Ok(())
}

/// Refuses a general procedure code that no server takes (population.md 2.1).
pub(super) fn check_procedure(general: Option<&str>) -> Result<(), SetupError> {
    let fits = |code: &str| {
        (1..=LONGEST_PROCEDURE).contains(&code.len())
            && code
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    if general.is_none_or(fits) {
        Ok(())
    } else {
        Err(SetupError::Procedure)
    }
}
