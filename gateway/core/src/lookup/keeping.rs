//! What of a look-up may be kept, for how long and for whom.
//!
//! The law allows use for a task and no copies (population.md 14, rule 6), so an
//! answer is kept in memory only, for a short time, and unless the province decides
//! otherwise for the same dossier and calling system only.

use std::time::Duration;

use crate::text::Text;

/// Class of data, each with its own rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataClass {
    /// That number, name and birth belong together; no field of the record.
    Verdict,
    /// Fields of a citizen's record.
    Person,
    /// A household.
    Household,
    /// That nothing matched.
    Negative,
}

impl DataClass {
    /// Every class.
    pub const ALL: &[Self] = &[Self::Verdict, Self::Person, Self::Household, Self::Negative];

    /// Name in the configuration and in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Person => "person",
            Self::Household => "household",
            Self::Negative => "negative",
        }
    }

    /// Whether an answer of this class may be given past its time when the source
    /// cannot be asked. Only a verdict may: a record or a household past its time would
    /// be a copy that is used beyond the task, and "no match" may be mended by then.
    #[must_use]
    pub fn may_be_stale(self) -> bool {
        match self {
            Self::Verdict => true,
            Self::Person | Self::Household | Self::Negative => false,
        }
    }
}

/// Who may be given a kept answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The calling system that asked, for the same dossier.
    #[default]
    Dossier,
    /// The calling system that asked, for the same procedure.
    Procedure,
    /// Every calling system of the province.
    Province,
}

impl Scope {
    /// Every scope.
    pub const ALL: &[Self] = &[Self::Dossier, Self::Procedure, Self::Province];

    /// Name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::Procedure => "procedure",
            Self::Province => "province",
        }
    }

    /// Whether the province must write down by which legal basis it does so.
    #[must_use]
    pub fn needs_legal_basis(self) -> bool {
        self != Self::Dossier
    }
}

/// Rule for one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassRule {
    /// How long an answer is given again.
    pub keep: Duration,
    /// How long after that it may be given, marked as stale, when the source cannot be
    /// asked; zero: not at all. See [`DataClass::may_be_stale`].
    pub stale: Duration,
    /// Most memory for this class, in bytes.
    pub size: u64,
}

/// What an answer of a certain age is still good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may be given again.
    Fresh,
    /// It may be given, marked as stale, when the source cannot be asked.
    Stale,
    /// It may not be given.
    Gone,
}

impl ClassRule {
    /// How long an answer of `class` may lie in memory.
    #[must_use]
    pub fn longest(self, class: DataClass) -> Duration {
        if class.may_be_stale() {
            self.keep.saturating_add(self.stale)
        } else {
            self.keep
        }
    }
}

/// What may be kept. A class without a rule is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    /// Who may be given a kept answer.
    pub scope: Scope,
    /// Legal basis (căn cứ pháp lý) of a scope wider than a dossier, or of stale answers.
    pub legal_basis: Option<Text<500>>,
    /// Rule for verdicts.
    pub verdict: Option<ClassRule>,
    /// Rule for records.
    pub person: Option<ClassRule>,
    /// Rule for households.
    pub household: Option<ClassRule>,
    /// Rule for "no match".
    pub negative: Option<ClassRule>,
}

impl Keeping {
    /// The rule for `class`.
    #[must_use]
    pub fn of(&self, class: DataClass) -> Option<ClassRule> {
        match class {
            DataClass::Verdict => self.verdict,
            DataClass::Person => self.person,
            DataClass::Household => self.household,
            DataClass::Negative => self.negative,
        }
    }

    /// What an answer of `class` that was observed `age` ago is still good for. Each time
    /// counts to its end: at exactly `keep` an answer is fresh.
    #[must_use]
    pub fn standing(&self, class: DataClass, age: Duration) -> Standing {
        match self.of(class) {
            Some(rule) if age <= rule.keep => Standing::Fresh,
            Some(rule) if age <= rule.longest(class) => Standing::Stale,
            Some(_) | None => Standing::Gone,
        }
    }

    /// Nothing is kept.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            scope: Scope::Dossier,
            legal_basis: None,
            verdict: None,
            person: None,
            household: None,
            negative: None,
        }
    }
}

impl Default for Keeping {
    /// Within one dossier: verdicts 10 minutes, records and households 1 minute, "no
    /// match" 30 seconds; nothing past its time. The times are this project's choice;
    /// the law gives none.
    fn default() -> Self {
        let rule = |seconds, mebibytes: u64| {
            Some(ClassRule {
                keep: Duration::from_secs(seconds),
                stale: Duration::ZERO,
                size: mebibytes << 20,
            })
        };
        Self {
            scope: Scope::Dossier,
            legal_basis: None,
            verdict: rule(600, 16),
            person: rule(60, 32),
            household: rule(60, 16),
            negative: rule(30, 4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn everything_with(rule: ClassRule) -> Keeping {
        Keeping {
            verdict: Some(rule),
            person: Some(rule),
            household: Some(rule),
            negative: Some(rule),
            ..Keeping::nothing()
        }
    }

    #[test]
    fn an_answer_is_fresh_then_stale_then_gone() {
        let keeping = everything_with(ClassRule {
            keep: 60 * SECOND,
            stale: 30 * SECOND,
            size: 1,
        });
        let standing = |age| keeping.standing(DataClass::Verdict, age);
        assert_eq!(standing(Duration::ZERO), Standing::Fresh);
        assert_eq!(standing(60 * SECOND), Standing::Fresh);
        assert_eq!(standing(61 * SECOND), Standing::Stale);
        assert_eq!(standing(90 * SECOND), Standing::Stale);
        assert_eq!(standing(91 * SECOND), Standing::Gone);
    }

    #[test]
    fn only_a_verdict_is_ever_stale_whatever_the_rule_says() {
        let rule = ClassRule {
            keep: 60 * SECOND,
            stale: 30 * SECOND,
            size: 1,
        };
        let keeping = everything_with(rule);
        for class in DataClass::ALL {
            let verdict = *class == DataClass::Verdict;
            let standing = keeping.standing(*class, 61 * SECOND);
            assert_eq!(standing == Standing::Stale, verdict, "{}", class.name());
            assert_eq!(rule.longest(*class) > rule.keep, verdict);
        }
    }

    #[test]
    fn a_class_without_a_rule_is_not_kept() {
        for class in DataClass::ALL {
            let standing = Keeping::nothing().standing(*class, Duration::ZERO);
            assert_eq!(standing, Standing::Gone);
            assert_eq!(Keeping::default().standing(*class, SECOND), Standing::Fresh);
        }
    }
}
