//! The gates that a look-up passes before it is sent: maintenance, breaker, quota, rate.
//!
//! They are passed all or none, under one lock that is never held across an exchange:
//! a look-up that the rate refuses has used up no probe and no place in the quota. Who
//! is through holds an [`Entry`], and an entry that is dropped, because nobody waits any
//! more, counts for the requests that were begun until then, and as a time-out if the
//! upstream had the time that a time-out needs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::clock::Clock;
use lienthong_core::guard::breaker::{Breaker, Pass, Phase};
use lienthong_core::guard::maintenance::{self, Window};
use lienthong_core::guard::quota::{Quota, QuotaPlace, QuotaSpent};
use lienthong_core::guard::rate::Rate;
use lienthong_core::guard::sign::{Sign, alert_in, failure_name};
use lienthong_core::guard::status::{BreakerState, GuardAlert, GuardStatus};
use lienthong_core::ports::population::{LookupCall, PopulationError};
use tokio::time::Instant;

use super::journal::{News, Paced, PacedAlerts};
use super::settings::GuardSettings;

/// The gates of one upstream.
#[derive(Debug)]
pub(super) struct Gates {
    profile: String,
    clock: Arc<dyn Clock>,
    /// From here on monotonic time is counted.
    origin: Instant,
    windows: Vec<Window>,
    patience: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    breaker: Breaker,
    quota: Option<Quota>,
    rate: Option<Rate>,
    last_success: Option<Timestamp>,
    last_failure: Option<(Timestamp, &'static str)>,
    alert: Option<GuardAlert>,
    /// The maintenance that the log has heard of.
    told_maintenance: Option<Timestamp>,
    alerts: PacedAlerts,
    nonsense: Paced,
}

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
struct Now {
    wall: Timestamp,
    running: Duration,
}

/// How a look-up ended.
pub(super) enum Ending<'a> {
    /// With an answer or a failure.
    Told {
        /// The failure; `None` for an answer.
        failure: Option<&'a PopulationError>,
        /// Requests that may have arrived.
        sent: u32,
        /// Time that the upstream had to answer.
        given: Duration,
    },
    /// Nobody waits for it any more.
    BrokenOff {
        /// Requests that may have arrived.
        sent: u32,
        /// Time that the upstream had to answer.
        given: Duration,
    },
}

impl Ending<'_> {
    fn sign(&self, patience: Duration) -> Sign {
        match self {
            Self::Told {
                failure: Some(failure),
                given,
                ..
            } => Sign::of_failure(failure, *given, patience),
            Self::Told { failure: None, .. } => Sign::Answer,
            Self::BrokenOff { given, .. } => {
                Sign::of_failure(&PopulationError::TimedOut, *given, patience)
            }
        }
    }
}

impl Gates {
    pub(super) fn new(profile: String, clock: Arc<dyn Clock>, settings: GuardSettings) -> Self {
        let now = clock.now();
        let state = State {
            breaker: Breaker::new(settings.breaker),
            quota: settings.quota.map(|rule| Quota::new(rule, now)),
            rate: settings.rate.map(Rate::new),
            last_success: None,
            last_failure: None,
            alert: None,
            told_maintenance: None,
            alerts: PacedAlerts::default(),
            nonsense: Paced::default(),
        };
        Self {
            profile,
            clock,
            origin: Instant::now(),
            windows: settings.maintenance,
            patience: settings.breaker.patience,
            state: Mutex::new(state),
        }
    }

    /// Counts requests that were sent on this day before a restart.
    pub(super) fn seed_quota(&self, used: u64) {
        let now = self.now();
        let mut state = self.lock();
        if let Some(quota) = &mut state.quota {
            quota.seed(used, now.wall);
        }
        let news = state.quota_news(now);
        drop(state);
        self.tell(news, "");
    }

    /// Whether a look-up would be let through; nothing is used up.
    pub(super) fn check(&self, call: &LookupCall) -> Result<(), PopulationError> {
        let now = self.now();
        let mut state = self.lock();
        let refusal = self.refusal(&mut state, now);
        self.heed(state, now, refusal, call)
    }

    /// Lets a look-up through, or refuses it at once.
    pub(super) fn enter<'a>(&'a self, call: &'a LookupCall) -> Result<Entry<'a>, PopulationError> {
        let now = self.now();
        let mut state = self.lock();
        if let Err(refusal) = self.refusal(&mut state, now) {
            self.heed(state, now, Err(refusal.clone()), call)?;
            return Err(refusal);
        }
        // None of these refuses after the check above, under the same lock.
        if let Some(rate) = &mut state.rate {
            rate.take(now.running).map_err(rate_limited)?;
        }
        let place = match &mut state.quota {
            Some(quota) => Some(quota.keep(now.wall).map_err(|spent| spent_at(spent, now))?),
            None => None,
        };
        let pass = state.breaker.admit(now.running).map_err(breaker_open)?;
        drop(state);
        if pass.is_probe() {
            self.tell(Some(News::Probing), call.request_number.as_str());
        }
        Ok(Entry {
            gates: self,
            call,
            held: Some(Held {
                pass,
                place,
                began: Instant::now(),
            }),
        })
    }

    /// What is known of the upstream now.
    pub(super) fn status(&self) -> GuardStatus {
        let now = self.now();
        let mut state = self.lock();
        let breaker = match state.breaker.phase(now.running) {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { left } => BreakerState::Open {
                until: now.wall.saturating_add(left).unwrap_or(Timestamp::MAX),
            },
            Phase::HalfOpen => BreakerState::HalfOpen,
        };
        GuardStatus {
            breaker,
            quota: state.quota.as_mut().map(|quota| quota.status(now.wall)),
            maintenance_until: maintenance::ends_at(&self.windows, now.wall),
            last_success: state.last_success,
            last_failure: state.last_failure,
            alert: state.alert,
        }
    }

    fn refusal(&self, state: &mut State, now: Now) -> Result<(), PopulationError> {
        if let Some(until) = maintenance::ends_at(&self.windows, now.wall) {
            return Err(PopulationError::Maintenance {
                until,
                retry_after: between(now.wall, until),
            });
        }
        state.breaker.check(now.running).map_err(breaker_open)?;
        if let Some(quota) = &mut state.quota {
            quota
                .check(now.wall)
                .map_err(|spent| spent_at(spent, now))?;
        }
        if let Some(rate) = &state.rate {
            rate.check(now.running).map_err(rate_limited)?;
        }
        Ok(())
    }

    /// Passes a refusal on, and tells the log of one that it has not heard of.
    fn heed(
        &self,
        mut state: MutexGuard<'_, State>,
        now: Now,
        refusal: Result<(), PopulationError>,
        call: &LookupCall,
    ) -> Result<(), PopulationError> {
        let news = if let Err(PopulationError::Maintenance { until, .. }) = refusal {
            let fresh = state.told_maintenance.replace(until) != Some(until);
            fresh.then_some(News::Maintenance { until })
        } else {
            state.quota_news(now)
        };
        drop(state);
        self.tell(news, call.request_number.as_str());
        refusal
    }

    fn settle(&self, held: &Held, call: &LookupCall, ending: &Ending<'_>) {
        let (failure, sent) = match *ending {
            Ending::Told { failure, sent, .. } => (failure, sent),
            Ending::BrokenOff { sent, .. } => (Some(&PopulationError::TimedOut), sent),
        };
        let sign = ending.sign(self.patience);
        let now = self.now();
        let mut state = self.lock();
        if let (Some(quota), Some(place)) = (&mut state.quota, &held.place) {
            quota.settle(place, sent, now.wall);
        }
        let change = state
            .breaker
            .report(&held.pass, sign, &call.officer, now.running);
        let mut news = Vec::new();
        match sign {
            Sign::Answer => {
                state.last_success = Some(now.wall);
                state.alert = None;
            }
            Sign::Outage
            | Sign::ConnectionLost
            | Sign::AddressRefused
            | Sign::CredentialsRefused
            | Sign::Throttled(_) => {
                news.extend(state.note_failure(failure, now));
            }
            Sign::Nothing => {}
        }
        news.extend(change.map(|change| News::Breaker {
            change,
            failure: state.last_failure.map(|(_, name)| name),
        }));
        news.extend(state.quota_news(now));
        drop(state);
        self.tell(news, call.request_number.as_str());
    }

    fn tell(&self, news: impl IntoIterator<Item = News>, request_number: &str) {
        for entry in news {
            entry.tell(&self.profile, request_number);
        }
    }

    fn now(&self) -> Now {
        Now {
            wall: self.clock.now(),
            running: self.origin.elapsed(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_failure(&mut self, failure: Option<&PopulationError>, now: Now) -> Vec<News> {
        let Some(failure) = failure else {
            return Vec::new();
        };
        self.last_failure = Some((now.wall, failure_name(failure)));
        let mut news = Vec::new();
        if let Some(alert) = alert_in(failure) {
            self.alert = Some(alert);
            let turn = self.alerts.of(alert).turn(now.running);
            news.extend(turn.map(|held_back| News::Alert { alert, held_back }));
        }
        if let PopulationError::Nonsense(structure) = failure {
            let turn = self.nonsense.turn(now.running);
            news.extend(turn.map(|held_back| News::Nonsense {
                structure: structure.clone(),
                held_back,
            }));
        }
        news
    }

    fn quota_news(&mut self, now: Now) -> Option<News> {
        let quota = self.quota.as_mut()?;
        let news = quota.news()?;
        let status = quota.status(now.wall);
        Some(News::Quota { news, status })
    }
}

/// Leave to send one look-up.
#[must_use]
pub(super) struct Entry<'a> {
    gates: &'a Gates,
    call: &'a LookupCall,
    held: Option<Held>,
}

struct Held {
    pass: Pass,
    place: Option<QuotaPlace>,
    began: Instant,
}

impl Entry<'_> {
    /// Whether the look-up may be tried once more: the breaker has decided nothing since
    /// it was let through, and it is no probe, because one call is enough to see.
    pub(super) fn may_try_again(&self) -> bool {
        let now = self.gates.now();
        let still_open = maintenance::ends_at(&self.gates.windows, now.wall).is_none();
        let state = self.gates.lock();
        still_open
            && self
                .held
                .as_ref()
                .is_some_and(|held| !held.pass.is_probe() && state.breaker.stands(&held.pass))
    }

    /// Tells the gates how the look-up ended.
    pub(super) fn settle(mut self, ending: &Ending<'_>) {
        if let Some(held) = self.held.take() {
            self.gates.settle(&held, self.call, ending);
        }
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            let ending = Ending::BrokenOff {
                sent: self.call.sent.so_far(),
                given: held.began.elapsed(),
            };
            self.gates.settle(&held, self.call, &ending);
        }
    }
}

fn breaker_open(retry_after: Duration) -> PopulationError {
    PopulationError::BreakerOpen { retry_after }
}

fn rate_limited(retry_after: Duration) -> PopulationError {
    PopulationError::RateLimited { retry_after }
}

fn spent_at(spent: QuotaSpent, now: Now) -> PopulationError {
    PopulationError::QuotaSpent {
        resets_at: spent.resets_at,
        retry_after: between(now.wall, spent.resets_at),
    }
}

/// Time from `now` to `then`; zero when it is past.
fn between(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or_default()
}
