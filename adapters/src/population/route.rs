//! The way to the database that all profiles share: one question, at most two requests.
//!
//! A request is sent a second time only after a 401 and with a renewed token, under the
//! same request number; every other failure goes back to the caller, because each
//! request that arrives is a logged access to a citizen's record.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::{
    LookupCall, Observed, Operation, PopulationError, Unanswered,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use tokio::time::Instant;

use super::access::{Access, Entry, Ticket};
use super::record::Flaw;
use super::refusal;
use super::settings::{OfferedOperation, OfficerCodes, RouteSettings};
use crate::http::{Answer, BaseUrl, Endpoint, ExchangeError, SetupError, Upstream};

/// A route that is set up.
#[derive(Debug)]
pub(super) struct Route {
    upstream: Arc<Upstream>,
    access: Access,
    officers: OfficerCodes,
    doors: BTreeMap<Operation, Door>,
    clock: Arc<dyn Clock>,
}

/// Where an operation is asked for.
#[derive(Debug)]
pub(super) struct Door {
    endpoint: Endpoint,
    /// `MaTichHop` or `MaDichVu`.
    pub(super) service_code: String,
}

/// A look-up that nothing speaks against so far.
#[derive(Clone, Copy)]
pub(super) struct Admitted<'a> {
    /// Where it goes.
    pub(super) door: &'a Door,
    /// `MaCanBo`.
    pub(super) officer_code: &'a OfficerId,
    entry: Entry<'a>,
}

/// What a request carries besides what lets it in.
pub(super) struct Letter {
    /// `Content-Type`.
    pub(super) media_type: &'static str,
    /// `Accept`.
    pub(super) accept: &'static str,
    /// The body; wiped once nobody sends it any more.
    pub(super) body: Bytes,
}

/// No answer came, and how many requests may have arrived.
fn unanswered(error: PopulationError, attempts: u32) -> Unanswered {
    Unanswered { error, attempts }
}

impl Route {
    /// Sets a route up. No connection is made.
    pub(super) fn new(settings: &RouteSettings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let base = &settings.base_url;
        let upstream = Arc::new(Upstream::new(
            base,
            settings.ca_bundle.as_ref(),
            settings.limits,
            Arc::clone(&clock),
        )?);
        let doors = settings.operations.iter();
        let doors = doors.map(|(operation, it)| Ok((*operation, Door::new(*operation, it, base)?)));
        Ok(Self {
            access: Access::new(&settings.access, base, &upstream, &clock)?,
            upstream,
            officers: settings.officers.clone(),
            doors: doors.collect::<Result<_, SetupError>>()?,
            clock,
        })
    }

    /// Whether the route leads to the operation.
    pub(super) fn offers(&self, operation: Operation) -> bool {
        self.doors.contains_key(&operation)
    }

    /// What can be said without sending anything: whether the operation is offered and the
    /// officer known.
    pub(super) fn admit<'a>(
        &'a self,
        operation: Operation,
        call: &'a LookupCall,
    ) -> Result<Admitted<'a>, PopulationError> {
        let door = self.doors.get(&operation);
        let door = door.ok_or(PopulationError::NotOffered)?;
        let officer = &call.officer;
        let code = self.officers.code_of(officer);
        let code = code.filter(|_| self.access.admits(officer));
        Ok(Admitted {
            door,
            officer_code: code.ok_or(PopulationError::OfficerNotMapped)?,
            entry: Entry { operation, officer },
        })
    }

    /// Asks and reads the answer. The caller's time decides whether something is begun;
    /// what has begun ends by the route's own limit or by being dropped, because the
    /// caller's time may grow meanwhile.
    pub(super) async fn ask<T>(
        &self,
        admitted: Admitted<'_>,
        letter: Letter,
        call: &LookupCall,
        read: impl FnOnce(&[u8]) -> Result<T, Flaw>,
    ) -> Result<Observed<T>, Unanswered> {
        if call.budget.left().is_zero() {
            return Err(PopulationError::TimedOut.into());
        }
        let deadline = Instant::now() + self.upstream.total();
        let Admitted { door, entry, .. } = admitted;
        let ticket = self.access.ticket(entry, None, deadline).await?;
        let generation = ticket.generation;
        let mut attempts = 0;
        let first = self.send(door, ticket, &letter, call, deadline, &mut attempts);
        let mut answer = first.await?;
        if let Some(refused) = generation.filter(|_| wants_another_token(&answer)) {
            if call.budget.left().is_zero() {
                return Err(unanswered(PopulationError::TimedOut, attempts));
            }
            let ticket = self.access.ticket(entry, Some(refused), deadline).await;
            let ticket = ticket.map_err(|error| unanswered(error, attempts))?;
            let second = self.send(door, ticket, &letter, call, deadline, &mut attempts);
            answer = second.await?;
        }
        let answer = understood(answer, read).map_err(|error| unanswered(error, attempts))?;
        Ok(Observed {
            answer,
            observed_at: self.clock.now(),
            attempts,
        })
    }

    /// Sends once, and counts it in `attempts` and for the call, unless it certainly did
    /// not arrive.
    async fn send(
        &self,
        door: &Door,
        ticket: Ticket,
        letter: &Letter,
        call: &LookupCall,
        deadline: Instant,
        attempts: &mut u32,
    ) -> Result<Answer, Unanswered> {
        let mut headers = ticket.headers;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(letter.media_type));
        headers.insert(ACCEPT, HeaderValue::from_static(letter.accept));
        if call.budget.left().is_zero() {
            return Err(unanswered(PopulationError::TimedOut, *attempts));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        // Before it is sent: it may be dropped at any moment after.
        call.sent.begin();
        let sent = self
            .upstream
            .post(&door.endpoint, headers, letter.body.clone(), left)
            .await;
        let never_left = matches!(
            sent,
            Err(ExchangeError::NoTimeLeft
                | ExchangeError::Unreachable
                | ExchangeError::CertificateRejected)
        );
        if never_left {
            call.sent.take_back();
        } else {
            *attempts += 1;
        }
        sent.map_err(|error| unanswered(refusal::of_exchange(error), *attempts))
    }
}

impl Door {
    fn new(
        operation: Operation,
        offered: &OfferedOperation,
        base: &BaseUrl,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            endpoint: base.endpoint(&offered.path, operation.name())?,
            service_code: offered.service_code.clone(),
        })
    }
}

/// A 401 that speaks of nothing but the token.
fn wants_another_token(answer: &Answer) -> bool {
    answer.head.status == 401
        && refusal::spoken(answer).is_none_or(|it| it == PopulationError::CredentialsRefused)
}

/// The answer asked for, or what the other one means.
fn understood<T>(
    answer: Answer,
    read: impl FnOnce(&[u8]) -> Result<T, Flaw>,
) -> Result<T, PopulationError> {
    if answer.head.status != 200 {
        return Err(refusal::of_answer(answer));
    }
    read(&answer.body).map_err(|flaw| {
        refusal::spoken(&answer).unwrap_or_else(|| {
            let head = answer.head;
            let structure = flaw.into_structure(head.status, head.media_type, head.length);
            PopulationError::Nonsense(structure)
        })
    })
}
