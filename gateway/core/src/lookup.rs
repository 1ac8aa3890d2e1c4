//! How fresh an answer must be, where one came from, and what may be kept of it.

pub mod keeping;
pub mod plan;

use std::time::Duration;

/// How old an answer may be that a caller accepts. A caller can only tighten what the
/// province keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// Oldest observation that is accepted; `None`: whatever is kept. Zero asks the
    /// source.
    pub max_age: Option<Duration>,
    /// Asks the source even if an answer is kept.
    pub refresh: bool,
}

impl Freshness {
    /// Whether an answer of this age will do.
    #[must_use]
    pub fn accepts(self, age: Duration) -> bool {
        !self.refresh
            && self
                .max_age
                .is_none_or(|most| !most.is_zero() && age <= most)
    }
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnswerSource {
    /// The source was asked for this call, or for one that asked the same at the same
    /// time.
    Live,
    /// An earlier answer that was kept.
    Cache,
    /// An earlier answer past its time, given because the source cannot be asked.
    Stale,
}

impl AnswerSource {
    /// Every source.
    pub const ALL: &[Self] = &[Self::Live, Self::Cache, Self::Stale];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Cache => "CACHE",
            Self::Stale => "STALE",
        }
    }

    /// The source with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|source| source.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_can_ask_for_a_fresh_answer_in_two_ways() {
        let age = Duration::from_secs(5);
        let asked = |max_age, refresh| Freshness { max_age, refresh }.accepts(age);
        assert!(asked(None, false));
        assert!(asked(Some(age), false));
        assert!(!asked(Some(Duration::from_secs(4)), false));
        assert!(!asked(None, true));
        let zero = Freshness {
            max_age: Some(Duration::ZERO),
            refresh: false,
        };
        assert!(!zero.accepts(Duration::ZERO));
    }

    #[test]
    fn a_source_is_found_by_its_name() {
        for source in AnswerSource::ALL {
            assert_eq!(AnswerSource::from_name(source.name()), Some(*source));
        }
    }
}
