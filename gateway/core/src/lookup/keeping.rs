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
