//! Faults by chance: each request suffers one with a given probability, out of a seed.
//!
//! What a reader would get wrong: the same seed gives the same draws in the order in which the
//! requests arrive. With several callers at once that order differs from run to run, and so do
//! the requests that suffer; their share does not.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

use super::{Fault, FaultEffect, ScriptProblem, Stage};
use crate::journal::Received;

/// Faults by chance, until it is ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storm {
    /// Seed of the draws.
    pub seed: u64,
    /// The faults. Each that fits a request is drawn in this order; the first that hits is played.
    pub rules: Vec<StormRule>,
}

/// One fault of a storm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StormRule {
    /// As in [`Fault::profile`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// As in [`Fault::operation`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Share of the fitting requests that suffer it, above 0 and at most 1.
    pub share: f64,
    /// Most times; without end when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// What happens.
    pub effect: FaultEffect,
}

impl StormRule {
    /// A fault for this share of all requests.
    #[must_use]
    pub const fn new(share: f64, effect: FaultEffect) -> Self {
        Self {
            profile: None,
            operation: None,
            share,
            times: None,
            effect,
        }
    }

    /// The same for one operation only.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// The same, at most this many times.
    #[must_use]
    pub const fn at_most(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn as_fault(&self) -> Fault {
        Fault {
            profile: self.profile.clone(),
            operation: self.operation.clone(),
            key: None,
            times: self.times.unwrap_or(1),
            effect: self.effect.clone(),
        }
    }
}

impl Storm {
    /// Every reason why this storm cannot be played on a stage.
    pub(crate) fn problems(&self, stage: &Stage) -> Vec<ScriptProblem> {
        let of_rule = |rule: &StormRule| {
            let share = (!(rule.share > 0.0 && rule.share <= 1.0)).then_some(ScriptProblem::Share);
            stage.problems(&rule.as_fault()).into_iter().chain(share)
        };
        self.rules.iter().flat_map(of_rule).collect()
    }
}

/// A storm that is on.
#[derive(Debug)]
pub(crate) struct Weather {
    storm: Storm,
    rng: StdRng,
    rules: Vec<(Fault, Option<u32>)>,
    played: BTreeMap<&'static str, u64>,
}

impl Weather {
    pub(crate) fn new(storm: Storm) -> Self {
        let rules = storm.rules.iter();
        Self {
            rng: StdRng::seed_from_u64(storm.seed),
            rules: rules.map(|rule| (rule.as_fault(), rule.times)).collect(),
            played: BTreeMap::new(),
            storm,
        }
    }

    /// What this request suffers, if anything.
    pub(crate) fn draw(&mut self, received: &Received) -> Option<FaultEffect> {
        for (rule, (fault, left)) in self.storm.rules.iter().zip(&mut self.rules) {
            if *left == Some(0) || !fault.fits(received) || !self.rng.random_bool(rule.share) {
                continue;
            }
            *left = left.map(|left| left - 1);
            *self.played.entry(fault.effect.kind()).or_default() += 1;
            return Some(fault.effect.clone());
        }
        None
    }

    /// The storm as it was set, and how often each kind of fault was played.
    pub(crate) fn report(&self) -> (Storm, BTreeMap<&'static str, u64>) {
        (self.storm.clone(), self.played.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{Storm, StormRule, Weather};
    use crate::fault::FaultEffect;
    use crate::journal::Received;

    fn draws(seed: u64) -> Vec<bool> {
        let rules = vec![
            StormRule::new(0.25, FaultEffect::Html).on("find"),
            StormRule::new(1.0, FaultEffect::Hang)
                .on("create")
                .at_most(2),
        ];
        let mut weather = Weather::new(Storm { seed, rules });
        let received = |role| Received {
            role,
            ..Received::default()
        };
        let creates = (0..3).filter_map(|_| weather.draw(&received("create")));
        assert_eq!(creates.count(), 2, "two times at most");
        (0..400)
            .map(|_| weather.draw(&received("find")).is_some())
            .collect()
    }

    #[test]
    fn a_storm_hits_its_share_and_the_same_seed_hits_the_same_requests() {
        let first = draws(7);
        assert_eq!(first, draws(7));
        assert_ne!(first, draws(8));
        let hits = first.iter().filter(|hit| **hit).count();
        assert!((60..140).contains(&hits), "{hits} of 400");
    }
}
