//! Chỉ số thành phần: one component of the index, and the rule that gives it points.
//!
//! What a reader would get wrong: with nothing to count a component is worth what its rule
//! says, which may be everything, nothing, or not known. It is never a share of nothing.

use std::collections::BTreeSet;

use super::{Figures, NoPoints};

/// How well the rule of a component is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleStatus {
    /// Read in the legal text.
    Official,
    /// Read in a source that reports it.
    Reported,
    /// Fitted to points that the portal showed.
    Reconstructed,
    /// Not known: no points are estimated.
    Unknown,
}

impl RuleStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [
        Self::Official,
        Self::Reported,
        Self::Reconstructed,
        Self::Unknown,
    ];

    /// Name in rule files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Reported => "reported",
            Self::Reconstructed => "reconstructed",
            Self::Unknown => "unknown",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What a component is worth where there was nothing to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenEmpty {
    /// "N/A": no points are estimated.
    NotAvailable,
    /// All its points.
    Full,
    /// No points.
    None,
    /// The sources contradict each other: no points are estimated.
    Unknown,
}

/// A share of counts: `of` less `minus`, over the largest of `over`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) of: String,
    pub(super) minus: Vec<String>,
    pub(super) over: Vec<String>,
}

/// A share that gives points, with the most that it gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) share: Share,
    pub(super) weight: f64,
    pub(super) most: f64,
}

/// Chỉ số thành phần.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its number, e.g. "1.4".
    pub id: String,
    /// Code of the metric, where it has one.
    pub code: Option<String>,
    /// Its group.
    pub group: String,
    /// Tên chỉ số.
    pub name: String,
    /// How well its rule is known.
    pub status: RuleStatus,
    /// Most points.
    pub points: f64,
    pub(super) terms: Vec<Term>,
    pub(super) when_empty: WhenEmpty,
}

impl Component {
    /// Names of the counts that its rule needs, each once, in the order of the alphabet.
    #[must_use]
    pub fn figures(&self) -> Vec<&str> {
        let names = self.terms.iter().flat_map(|term| term.share.names());
        let names: BTreeSet<&str> = names.map(String::as_str).collect();
        names.into_iter().collect()
    }

    pub(super) fn points_by(&self, figures: &Figures) -> Result<f64, NoPoints> {
        if self.terms.is_empty() {
            return Err(NoPoints::RuleUnknown);
        }
        let missing = self
            .terms
            .iter()
            .flat_map(|term| term.share.missing(figures));
        let mut missing: Vec<String> = missing.collect();
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Err(NoPoints::FiguresMissing(missing));
        }
        let mut terms = self.terms.iter();
        if let Some(term) = terms.find(|term| term.share.is_above_whole(figures)) {
            let names = term.share.names().cloned();
            return Err(NoPoints::FiguresContradict(names.collect()));
        }
        let mut sum = 0.0;
        for term in &self.terms {
            match term.share.value(figures) {
                Some(share) => sum += (term.weight * share).min(term.most),
                None => return self.empty(),
            }
        }
        Ok(sum.min(self.points))
    }

    fn empty(&self) -> Result<f64, NoPoints> {
        match self.when_empty {
            WhenEmpty::Full => Ok(self.points),
            WhenEmpty::None => Ok(0.0),
            WhenEmpty::NotAvailable => Err(NoPoints::Empty),
            WhenEmpty::Unknown => Err(NoPoints::EmptyUnknown),
        }
    }
}

impl Share {
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        let of = std::iter::once(&self.of);
        of.chain(&self.minus).chain(&self.over)
    }

    fn missing(&self, figures: &Figures) -> impl Iterator<Item = String> {
        self.names()
            .filter(|name| !figures.contains_key(*name))
            .cloned()
    }

    /// Part and whole.
    fn counts(&self, figures: &Figures) -> (u64, u64) {
        let count = |name: &String| figures.get(name).copied().unwrap_or(0);
        let minus: u64 = self.minus.iter().map(count).fold(0, u64::saturating_add);
        let over = self.over.iter().map(count).max().unwrap_or(0);
        (count(&self.of).saturating_sub(minus), over)
    }

    /// Whether the part is larger than its whole, as only counts of different sources can be.
    /// Where the rule takes the largest of several counts, none of them is the whole.
    fn is_above_whole(&self, figures: &Figures) -> bool {
        let (of, over) = self.counts(figures);
        self.over.len() == 1 && of > over
    }

    /// Between 0 and 1; `None` with nothing to count.
    fn value(&self, figures: &Figures) -> Option<f64> {
        let (of, over) = self.counts(figures);
        if over == 0 {
            return None;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of dossiers are far below 2^53"
        )]
        let share = of as f64 / over as f64;
        Some(share)
    }
}
