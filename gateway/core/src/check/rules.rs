//! The rules of the checks: bounds, least samples, and what rests on a rule in law.
//!
//! What a reader would get wrong: nearly all bounds are a policy of the province and no law.
//! Each says so in its source, and a province puts its own file above the shipped one.

mod file;
mod problem;
#[cfg(test)]
mod tests;

pub use problem::CheckRulesProblem;

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::finding::Criterion;
use crate::essential::{Days, ServiceNumber};
use crate::places::SourceCertainty;
use crate::share::{Percent, Share};
use crate::target::Operator;

const SHIPPED: &str = include_str!("../../data/check-rules.toml");

/// What a share has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareBound {
    /// How the share is held against the percentage.
    pub operator: Operator,
    /// The percentage.
    pub percent: Percent,
}

impl ShareBound {
    /// Whether `share` keeps the bound; `None` of nothing.
    #[must_use]
    pub fn keeps(self, share: Share) -> Option<bool> {
        let order = share.compare(self.percent)?;
        Some(match self.operator {
            Operator::AtLeast => order.is_ge(),
            Operator::MoreThan => order.is_gt(),
            Operator::AtMost => order.is_le(),
            Operator::LessThan => order.is_lt(),
            Operator::Exactly => order.is_eq(),
        })
    }
}

/// What is held without a document of the province: a rule in law, or the way in which the
/// national portal counts. It is held against the traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawRule {
    /// Số, ký hiệu of the text, in Vietnamese.
    pub document: String,
    /// Days of receipt to which it applies.
    pub days: Days,
    /// The last service of the list to which it applies; `None`: to every one.
    pub last_service: Option<ServiceNumber>,
    /// What share it allows; `None` where one dossier is enough, or where the rule's own
    /// bound counts.
    pub bound: Option<ShareBound>,
    /// How well it is known.
    pub certainty: SourceCertainty,
}

impl LawRule {
    /// Whether it applies to a service, whatever the day.
    #[must_use]
    pub fn covers(&self, service: ServiceNumber) -> bool {
        self.last_service.is_none_or(|last| service <= last)
    }
}

/// The rule of one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRule {
    /// Name of the criterion in Vietnamese.
    pub name_vi: String,
    /// Name of the criterion in English.
    pub name_en: String,
    /// What the share of the criterion has to keep; `None` where no share is judged.
    pub bound: Option<ShareBound>,
    /// Dossiers below which nothing is proved, except by a single one where one is enough.
    pub least_sample: u64,
    /// Coverage below which nothing is proved, where the coverage is known.
    pub least_coverage: Option<Percent>,
    /// Time that is allowed before something counts.
    pub allowance: SignedDuration,
    /// Days, of 24 hours, after which a result that nobody used is taken for one that is never
    /// used (C8); `None` where nothing of the kind is judged.
    pub least_days_for_never: Option<u16>,
    /// How many are allowed of what is counted in one dossier.
    pub most: Option<u32>,
    /// The rule in law, where there is one.
    pub law: Option<LawRule>,
    /// Where the rule was read, or whose policy it is.
    pub source: String,
    /// How well it is known.
    pub certainty: SourceCertainty,
}

/// The rules of all criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRules {
    version: String,
    population_sources: Vec<String>,
    departments: BTreeMap<String, String>,
    rules: BTreeMap<Criterion, CheckRule>,
}

impl CheckRules {
    /// The rules as they are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped file is read by a test.
    pub fn shipped() -> Result<Self, Vec<CheckRulesProblem>> {
        Self::parse(SHIPPED)
    }

    /// Version of the rules, the province's own included.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How documents name the population database where they say whose data take the place
    /// of a paper.
    #[must_use]
    pub fn population_sources(&self) -> &[String] {
        &self.population_sources
    }

    /// The role of a department by the keys of its names, the role's own among them
    /// ([`crate::name`] tells which spellings are one). A trail is held against an approved
    /// process by these only, as every unit writes its departments in its own way.
    pub(super) fn departments(&self) -> &BTreeMap<String, String> {
        &self.departments
    }

    /// The rule of a criterion; there is one for each of [`Criterion::all`].
    #[must_use]
    pub fn rule(&self, criterion: Criterion) -> Option<&CheckRule> {
        self.rules.get(&criterion)
    }
}
