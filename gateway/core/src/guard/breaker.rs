//! The circuit breaker (ngắt mạch): after failures an upstream is left alone for a
//! pause, then tried with a few calls.
//!
//! It counts failures in a row and no share of a window: a one-stop desk makes a call
//! now and then, where a share means little, and an upstream that answers in between is
//! worth asking. What a call tells counts only if nothing was decided since it began, so
//! that late failures do not lengthen a pause and a late answer does not end one. Calls
//! that fail together, because a connection or the way to it broke under them all, count
//! once: of lost connections reported within a moment of the last counted one no other
//! counts.

use std::num::NonZeroU32;
use std::time::Duration;

use super::sign::Sign;
use crate::access::OfficerId;

/// Pause when the upstream asks to slow down and does not say for how long.
const THROTTLED_PAUSE: Duration = Duration::from_secs(1);

/// What a caller is told to wait who comes while others try the upstream.
const PROBE_PATIENCE: Duration = Duration::from_secs(1);

/// When the breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerRule {
    /// Failures in a row that open it.
    pub failures: NonZeroU32,
    /// First pause; each try that fails doubles it.
    pub pause: Duration,
    /// Longest pause, also where the upstream asks for a longer one.
    pub longest_pause: Duration,
    /// First pause after the upstream has refused the gateway's address or credentials.
    pub refused_pause: Duration,
    /// Calls that try the upstream after a pause, and that it must all answer.
    pub probes: NonZeroU32,
    /// A time-out counts only if the upstream had at least this time to answer.
    pub patience: Duration,
    /// Lost connections that are reported within this time of the last counted one are one
    /// event with it; zero: each counts.
    pub burst: Duration,
}

impl Default for BreakerRule {
    /// 5 failures; 10 seconds, at most 5 minutes; 1 minute after a refusal; 1 probe; 1
    /// second of patience; bursts of 100 milliseconds. These are this project's choice: no figure is public.
    fn default() -> Self {
        Self {
            failures: NonZeroU32::MIN.saturating_add(4),
            pause: Duration::from_secs(10),
            longest_pause: Duration::from_mins(5),
            refused_pause: Duration::from_mins(1),
            probes: NonZeroU32::MIN,
            patience: Duration::from_secs(1),
            burst: Duration::from_millis(100),
        }
    }
}

impl BreakerRule {
    /// Whether a connection lost now belongs to the event of the last one counted.
    fn is_one_with(&self, last: Option<Duration>, now: Duration) -> bool {
        last.is_some_and(|last| now.saturating_sub(last) < self.burst)
    }
}

/// Leave to make one call; to be given back with [`Breaker::report`].
#[derive(Debug)]
#[must_use]
pub struct Pass {
    round: u64,
    probe: bool,
}

impl Pass {
    /// Whether this call tries an upstream that failed before.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.probe
    }
}

/// What a report changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The breaker opened, or opened again after a probe.
    Opened {
        /// For how long.
        pause: Duration,
    },
    /// The upstream is back.
    Closed,
}

/// Where the breaker stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Calls go through.
    Closed,
    /// Calls are refused.
    Open {
        /// Time until the upstream is tried.
        left: Duration,
    },
    /// A few calls try the upstream, or the next ones will.
    HalfOpen,
}

/// The breaker of one upstream. Times are monotonic, from any one origin.
#[derive(Debug)]
pub struct Breaker {
    rule: BreakerRule,
    /// Counts the decisions; a pass of an earlier round changes nothing.
    round: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Closed {
        failures: u32,
        /// When the last lost connection was counted.
        lost: Option<Duration>,
        /// The officer whose credentials were refused since the last answer.
        refused: Option<OfficerId>,
    },
    Open {
        until: Duration,
        opening: Opening,
    },
    HalfOpen {
        at_work: u32,
        answered: u32,
        opening: Opening,
    },
}

/// How the breaker was opened last.
#[derive(Debug, Clone, Copy)]
struct Opening {
    pause: Duration,
    for_credentials: bool,
}

impl State {
    const CALM: Self = Self::Closed {
        failures: 0,
        lost: None,
        refused: None,
    };
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(rule: BreakerRule) -> Self {
        Self {
            rule,
            round: 0,
            state: State::CALM,
        }
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &BreakerRule {
        &self.rule
    }

    /// Where the breaker stands at `now`.
    #[must_use]
    pub fn phase(&self, now: Duration) -> Phase {
        match &self.state {
            State::Closed { .. } => Phase::Closed,
            State::Open { until, .. } if now < *until => Phase::Open {
                left: until.saturating_sub(now),
            },
            State::Open { .. } | State::HalfOpen { .. } => Phase::HalfOpen,
        }
    }

    /// Whether a call would be let through at `now`, without letting it.
    ///
    /// # Errors
    /// The time after which to ask again.
    pub fn check(&self, now: Duration) -> Result<(), Duration> {
        match &self.state {
            State::Open { until, .. } if now < *until => Err(until.saturating_sub(now)),
            State::HalfOpen {
                at_work, answered, ..
            } if at_work + answered >= self.rule.probes.get() => Err(PROBE_PATIENCE),
            State::Closed { .. } | State::Open { .. } | State::HalfOpen { .. } => Ok(()),
        }
    }

    /// Lets a call through, or refuses it at once.
    ///
    /// # Errors
    /// The time after which to ask again.
    pub fn admit(&mut self, now: Duration) -> Result<Pass, Duration> {
        self.check(now)?;
        if let State::Open { opening, .. } = self.state {
            self.decide(State::HalfOpen {
                at_work: 0,
                answered: 0,
                opening,
            });
        }
        let probe = match &mut self.state {
            State::HalfOpen { at_work, .. } => {
                *at_work += 1;
                true
            }
            State::Closed { .. } | State::Open { .. } => false,
        };
        Ok(Pass {
            round: self.round,
            probe,
        })
    }

    /// Whether `pass` still stands: nothing was decided since it was given.
    #[must_use]
    pub fn stands(&self, pass: &Pass) -> bool {
        pass.round == self.round
    }

    /// Takes note of what the call of `officer` told. A call that was broken off told
    /// [`Sign::Nothing`], and makes room for another probe.
    pub fn report(
        &mut self,
        pass: &Pass,
        sign: Sign,
        officer: &OfficerId,
        now: Duration,
    ) -> Option<Change> {
        if !self.stands(pass) {
            return None;
        }
        match &mut self.state {
            State::Closed {
                failures,
                lost,
                refused,
            } => match sign {
                Sign::Answer => {
                    *failures = 0;
                    *lost = None;
                    *refused = None;
                    None
                }
                Sign::ConnectionLost if self.rule.is_one_with(*lost, now) => None,
                Sign::Outage | Sign::ConnectionLost => {
                    if sign == Sign::ConnectionLost {
                        *lost = Some(now);
                    }
                    *failures += 1;
                    let enough = *failures >= self.rule.failures.get();
                    enough.then(|| self.open(sign, None, now))
                }
                // The database does not say whose credentials it refused. If it opened
                // at the first refusal, one officer's mistyped key would shut a whole
                // province out; a second officer in a row shows that it is the
                // gateway's.
                Sign::CredentialsRefused => {
                    let before = refused.get_or_insert_with(|| officer.clone());
                    let another = before != officer;
                    another.then(|| self.open(sign, None, now))
                }
                Sign::AddressRefused | Sign::Throttled(_) => Some(self.open(sign, None, now)),
                Sign::Nothing => None,
            },
            State::HalfOpen {
                at_work,
                answered,
                opening,
            } => {
                let opening = *opening;
                *at_work = at_work.saturating_sub(1);
                match sign {
                    Sign::Nothing => None,
                    Sign::CredentialsRefused if opening.for_credentials => {
                        Some(self.open(sign, Some(opening), now))
                    }
                    // One officer's refusal: whoever refuses is back.
                    Sign::Answer | Sign::CredentialsRefused => {
                        *answered += 1;
                        let enough = *answered >= self.rule.probes.get();
                        enough.then(|| {
                            self.decide(State::CALM);
                            Change::Closed
                        })
                    }
                    Sign::Outage
                    | Sign::ConnectionLost
                    | Sign::AddressRefused
                    | Sign::Throttled(_) => Some(self.open(sign, Some(opening), now)),
                }
            }
            // No pass stands while the breaker is open.
            State::Open { .. } => None,
        }
    }

    fn open(&mut self, sign: Sign, before: Option<Opening>, now: Duration) -> Change {
        let rule = &self.rule;
        let doubled = before.map_or(Duration::ZERO, |opening| opening.pause.saturating_mul(2));
        let (first, doubled) = match sign {
            // The upstream knows best how long, so its word is not doubled.
            Sign::Throttled(Some(asked)) => (asked.max(THROTTLED_PAUSE), Duration::ZERO),
            Sign::Throttled(None) => (THROTTLED_PAUSE, doubled),
            Sign::AddressRefused | Sign::CredentialsRefused => (rule.refused_pause, doubled),
            Sign::Outage | Sign::ConnectionLost | Sign::Answer | Sign::Nothing => {
                (rule.pause, doubled)
            }
        };
        let pause = first.max(doubled).min(rule.longest_pause);
        self.decide(State::Open {
            until: now.saturating_add(pause),
            opening: Opening {
                pause,
                for_credentials: sign == Sign::CredentialsRefused,
            },
        });
        Change::Opened { pause }
    }

    fn decide(&mut self, state: State) {
        self.round = self.round.wrapping_add(1);
        self.state = state;
    }
}

#[cfg(test)]
mod tests;
