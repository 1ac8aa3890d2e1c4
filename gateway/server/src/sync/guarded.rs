//! The portal behind its protection: a circuit breaker (ngắt mạch) and a rate.
//!
//! What a reader would get wrong: the breaker does not fail dossiers, it parks the queue.
//! The worker asks [`Portal::admission`] before it claims anything, so that an attempt
//! is opened only for what may really be sent. A call that comes all the same, because
//! the breaker opened meanwhile, is answered [`PortalError::BreakerOpen`] at once, and one
//! whose turn by our own rate does not come in time [`PortalError::Busy`].

mod away;

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::guard::breaker::{Breaker, BreakerRule, Change, Pass, Phase};
use lienthong_core::guard::portal::{is_away, sign_of};
use lienthong_core::guard::rate::{Rate, RateRule};
use lienthong_core::guard::sign::Sign;
use lienthong_core::guard::status::BreakerState;
use lienthong_core::ports::portal::{
    Admission, Portal, PortalAnswer, PortalError, PortalReference, PortalView, SubmissionMode,
};
use lienthong_core::sync::outage::Outage;
use tokio::time::{Instant, sleep};

use away::Away;

/// What whoever comes while another call tries the portal is told to wait; the end of
/// that call is heard of sooner.
const PROBE_PATIENCE: Duration = Duration::from_secs(1);

/// How the portal is protected.
#[derive(Debug, Clone, Copy)]
pub struct GuardSettings {
    /// When it is left alone after failures.
    pub breaker: BreakerRule,
    /// Calls a second in the long run; `None`: as many as come.
    pub calls_per_second: Option<NonZeroU32>,
}

/// A portal, protected.
pub struct GuardedPortal {
    inner: Arc<dyn Portal>,
    clock: Arc<dyn Clock>,
    /// From here on monotonic time is counted.
    origin: Instant,
    rule: BreakerRule,
    /// The portal refuses systems and not officers, so all calls are one officer's.
    ourselves: OfficerId,
    state: Mutex<State>,
    /// Calls wait for the rate one after the other, in the order in which they came.
    queue: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    breaker: Breaker,
    rate: Option<Rate>,
    /// The time in which the portal could not be reached, if it still seems so.
    away: Option<Away>,
    /// Times in which it could not, that nobody has heard of yet.
    over: Vec<Outage>,
}

impl GuardedPortal {
    /// Protects `inner`. Nothing is sent.
    #[must_use]
    pub fn new(inner: Arc<dyn Portal>, clock: Arc<dyn Clock>, settings: GuardSettings) -> Self {
        let rate = settings.calls_per_second.map(rate_of).map(Rate::new);
        Self {
            inner,
            clock,
            origin: Instant::now(),
            rule: settings.breaker,
            ourselves: OfficerId::gateway(),
            state: Mutex::new(State {
                breaker: Breaker::new(settings.breaker),
                rate,
                away: None,
                over: Vec::new(),
            }),
            queue: tokio::sync::Mutex::default(),
        }
    }

    /// Where the breaker stands.
    #[must_use]
    pub fn breaker(&self) -> BreakerState {
        let now = self.now();
        match self.lock().breaker.phase(now) {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { left } => BreakerState::Open {
                until: self
                    .clock
                    .now()
                    .saturating_add(left)
                    .unwrap_or(Timestamp::MAX),
            },
            Phase::HalfOpen => BreakerState::HalfOpen,
        }
    }

    /// Times in which the portal could not be reached; of one that goes on, as much as the last
    /// try and the pause after it tell. One that is over is told once, and a portal that refuses
    /// us or asks to slow down is there.
    #[must_use]
    pub fn take_outages(&self) -> Vec<Outage> {
        let now = self.clock.now();
        let mut state = self.lock();
        let mut told = std::mem::take(&mut state.over);
        let going_on = state.away.and_then(|away| away.until(now));
        told.extend(going_on);
        told
    }

    /// Makes one call with `ask`, which is given the time that is left for it.
    async fn guard<T, Asking>(
        &self,
        budget: Duration,
        ask: impl FnOnce(Duration) -> Asking + Send,
    ) -> Result<T, PortalError>
    where
        T: Send,
        Asking: Future<Output = Result<T, PortalError>> + Send,
    {
        let came = Instant::now();
        let entry = self.enter(budget).await?;
        let given = budget.saturating_sub(came.elapsed());
        let result = ask(given).await;
        let (sign, away) = match &result {
            Ok(_) => (Sign::Answer, false),
            Err(error) => (sign_of(error, given, &self.rule), is_away(error)),
        };
        entry.settle(sign, away);
        result
    }

    /// Makes one call that brings no dossier and asks for none. It keeps to the rate and stays
    /// away unless the portal is known to be there, and what becomes of it tells the breaker
    /// nothing: a service that fails apart from the others must not hold up dossiers.
    ///
    /// # Errors
    /// [`PortalError::BreakerOpen`] and [`PortalError::Busy`] as for any call, or what `ask`
    /// ended with.
    pub async fn beside<T, Asking>(
        &self,
        budget: Duration,
        ask: impl FnOnce(Duration) -> Asking + Send,
    ) -> Result<T, PortalError>
    where
        T: Send,
        Asking: Future<Output = Result<T, PortalError>> + Send,
    {
        let came = Instant::now();
        self.wait_beside(budget).await?;
        ask(budget.saturating_sub(came.elapsed())).await
    }

    async fn wait_beside(&self, budget: Duration) -> Result<(), PortalError> {
        let came = Instant::now();
        let _turn = self.queue.lock().await;
        loop {
            if self.admission() != Admission::Free {
                return Err(PortalError::BreakerOpen);
            }
            let now = self.now();
            let taken = match &mut self.lock().rate {
                Some(rate) => rate.take(now),
                None => Ok(()),
            };
            let Err(wait) = taken else {
                return Ok(());
            };
            if came.elapsed().saturating_add(wait) > budget / 2 {
                return Err(PortalError::Busy);
            }
            sleep(wait).await;
        }
    }

    /// Waits for the call's turn, for half of its time at most: the other half is the
    /// portal's. A turn that comes later is none ([`PortalError::Busy`]).
    async fn enter(&self, budget: Duration) -> Result<Entry<'_>, PortalError> {
        let came = Instant::now();
        self.check()?;
        let _turn = self.queue.lock().await;
        loop {
            let wait = match self.try_enter()? {
                Ok(entry) => return Ok(entry),
                Err(wait) => wait,
            };
            if came.elapsed().saturating_add(wait) > budget / 2 {
                return Err(PortalError::Busy);
            }
            sleep(wait).await;
        }
    }

    fn check(&self) -> Result<(), PortalError> {
        let now = self.now();
        let checked = self.lock().breaker.check(now);
        checked.map_err(|_left| PortalError::BreakerOpen)
    }

    /// Both gates or none: a call that the rate holds back has used up no probe.
    fn try_enter(&self) -> Result<Result<Entry<'_>, Duration>, PortalError> {
        let now = self.now();
        let mut state = self.lock();
        let closed = |_left| PortalError::BreakerOpen;
        state.breaker.check(now).map_err(closed)?;
        if let Some(rate) = &mut state.rate
            && let Err(wait) = rate.take(now)
        {
            return Ok(Err(wait));
        }
        let pass = state.breaker.admit(now).map_err(closed)?;
        drop(state);
        if pass.is_probe() {
            tracing::info!(profile = self.inner.profile(), "the portal is being tried");
        }
        Ok(Ok(Entry {
            portal: self,
            pass: Some(pass),
        }))
    }

    fn settle(&self, pass: &Pass, sign: Sign, away: bool) {
        let now = self.now();
        let mut state = self.lock();
        let change = state.breaker.report(pass, sign, &self.ourselves, now);
        state.mark(change, away, self.clock.now());
        drop(state);
        let profile = self.inner.profile();
        match change {
            Some(Change::Opened { pause }) => tracing::warn!(
                profile,
                pause_ms = pause.as_millis(),
                "the portal fails and is left alone; dossiers wait and lose no attempt"
            ),
            Some(Change::Closed) => tracing::info!(profile, "the portal is back"),
            None => {}
        }
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A burst of a twentieth makes up for timers that wake late, and no more.
fn rate_of(per_second: NonZeroU32) -> RateRule {
    RateRule {
        per_second,
        burst: NonZeroU32::MIN.saturating_add(per_second.get() / 20),
    }
}

/// A call that was let through. One that is dropped tells nothing of the portal, and
/// makes room for another probe.
struct Entry<'p> {
    portal: &'p GuardedPortal,
    pass: Option<Pass>,
}

impl Entry<'_> {
    fn settle(mut self, sign: Sign, away: bool) {
        if let Some(pass) = self.pass.take() {
            self.portal.settle(&pass, sign, away);
        }
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if let Some(pass) = self.pass.take() {
            self.portal.settle(&pass, Sign::Nothing, false);
        }
    }
}

#[async_trait]
impl Portal for GuardedPortal {
    fn profile(&self) -> &str {
        self.inner.profile()
    }

    fn steps_per_call(&self) -> usize {
        self.inner.steps_per_call()
    }

    fn admission(&self) -> Admission {
        let now = self.now();
        let state = self.lock();
        match (state.breaker.phase(now), state.breaker.check(now)) {
            (Phase::Closed, _) => Admission::Free,
            (Phase::Open { left }, _) => Admission::Parked { left },
            (Phase::HalfOpen, Ok(())) => Admission::Probe,
            (Phase::HalfOpen, Err(_)) => Admission::Parked {
                left: PROBE_PATIENCE,
            },
        }
    }

    fn repeats_states(&self) -> bool {
        self.inner.repeats_states()
    }

    fn issues_numbers(&self) -> bool {
        self.inner.issues_numbers()
    }

    async fn reserve(
        &self,
        dossier: &Dossier,
        budget: Duration,
    ) -> Result<PortalReference, PortalError> {
        self.guard(budget, |left| self.inner.reserve(dossier, left))
            .await
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.guard(budget, |left| {
            self.inner.submit(dossier, mode, reference, left)
        })
        .await
    }

    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.guard(budget, |left| {
            self.inner.append_steps(dossier, steps, reference, left)
        })
        .await
    }

    async fn find(
        &self,
        dossier: &DossierNumber,
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalView, PortalError> {
        self.guard(budget, |left| self.inner.find(dossier, reference, left))
            .await
    }
}

#[cfg(test)]
pub(super) mod tests;
