//! Bộ chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766/QĐ-TTg): points estimated from
//! figures, by rule files.
//!
//! What a reader would get wrong: nobody outside the Government computes this index. There
//! are three readings of its rules, parts of each are unknown, and what is unknown is never
//! filled in: an estimate has a lower and an upper end, and is always called one
//! ("ước tính", administration.md 4.4 and 10).

mod file;

pub use file::IndexProblem;

use std::collections::{BTreeMap, BTreeSet};

use crate::places::SourceCertainty;

/// The readings that are shipped, by their ids.
const SHIPPED: [(&str, &str); 3] = [
    (
        "766-2022-text",
        include_str!("../data/service-index/766-2022-text.toml"),
    ),
    (
        "766-portal-2025",
        include_str!("../data/service-index/766-portal-2025.toml"),
    ),
    (
        "766-metrics-2026",
        include_str!("../data/service-index/766-metrics-2026.toml"),
    ),
];

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
struct Share {
    of: String,
    minus: Vec<String>,
    over: Vec<String>,
}

/// A share that gives points, with the most that it gives.
#[derive(Debug, Clone, PartialEq)]
struct Term {
    share: Share,
    weight: f64,
    most: f64,
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
    terms: Vec<Term>,
    when_empty: WhenEmpty,
}

/// Nhóm chỉ số.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Tên nhóm.
    pub name: String,
    /// Most points.
    pub points: f64,
}

/// One reading of the rules.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRules {
    id: String,
    name: String,
    source: String,
    /// The highest first.
    bands: Vec<Band>,
    bands_certainty: SourceCertainty,
    figure_names: BTreeMap<String, FigureName>,
    groups: Vec<Group>,
    components: Vec<Component>,
}

/// Counts by the names of the rule files. A count that is not known is not in it: nothing is
/// not zero.
pub type Figures = BTreeMap<String, u64>;

/// Why a component has no points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPoints {
    /// Its rule is not known.
    RuleUnknown,
    /// Counts that it needs are not known.
    FiguresMissing(Vec<String>),
    /// There was nothing to count, and the rule says nothing of that.
    Empty,
    /// There was nothing to count, and the sources contradict each other.
    EmptyUnknown,
}

/// Points of a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Points<'r> {
    /// Which component.
    pub component: &'r Component,
    /// Its points, or why there are none.
    pub points: Result<f64, NoPoints>,
}

/// Xếp loại (administration.md 4.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Points from which it counts.
    pub from: f64,
    /// Its name in Vietnamese.
    pub name_vi: String,
    /// Its name in English.
    pub name_en: String,
}

/// What a count is called.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FigureName {
    vi: String,
    en: String,
}

/// Điểm ước tính.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate<'r> {
    /// Component by component, in the order of the rules.
    pub components: Vec<Points<'r>>,
    /// Points that could be estimated.
    pub least: f64,
    /// The same with all points of what could not be.
    pub most: f64,
    rules: &'r IndexRules,
}

impl<'r> Estimate<'r> {
    /// The bands of the two ends; `None` where the reading knows none.
    #[must_use]
    pub fn bands(&self) -> Option<(&'r Band, &'r Band)> {
        self.rules.band(self.least).zip(self.rules.band(self.most))
    }

    /// The band, where both ends lie in one.
    #[must_use]
    pub fn band(&self) -> Option<&'r Band> {
        let (least, most) = self.bands()?;
        (least == most).then_some(least)
    }

    /// Both ends of a group's points.
    #[must_use]
    pub fn of_group(&self, group: &str) -> (f64, f64) {
        ends(
            self.components
                .iter()
                .filter(|it| it.component.group == group),
        )
    }
}

impl IndexRules {
    /// The readings that are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped files are read by a test.
    pub fn shipped() -> Result<Vec<Self>, Vec<IndexProblem>> {
        SHIPPED
            .into_iter()
            .map(|(_, text)| Self::parse(text))
            .collect()
    }

    /// Id of the reading: its version.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it was read.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its groups.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Its components.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Points by these figures.
    #[must_use]
    pub fn estimate(&self, figures: &Figures) -> Estimate<'_> {
        let components: Vec<_> = self
            .components
            .iter()
            .map(|component| Points {
                component,
                points: component.points_by(figures),
            })
            .collect();
        let (least, most) = ends(components.iter());
        Estimate {
            components,
            least,
            most,
            rules: self,
        }
    }

    /// The band of so many points of 100; `None` where the reading knows no bands.
    #[must_use]
    pub fn band(&self, points: f64) -> Option<&Band> {
        self.bands.iter().find(|band| points >= band.from)
    }

    /// How well the bands are known.
    #[must_use]
    pub fn bands_certainty(&self) -> SourceCertainty {
        self.bands_certainty
    }

    /// What a count is called in Vietnamese and in English; `None` of one that the reading
    /// does not name.
    #[must_use]
    pub fn figure_name(&self, id: &str) -> Option<(&str, &str)> {
        let name = self.figure_names.get(id)?;
        Some((&name.vi, &name.en))
    }
}

fn ends<'p, 'r: 'p>(components: impl Iterator<Item = &'p Points<'r>>) -> (f64, f64) {
    components.fold((0.0, 0.0), |(least, most), it| match it.points {
        Ok(points) => (least + points, most + points),
        Err(_) => (least, most + it.component.points),
    })
}

impl Component {
    /// Names of the counts that its rule needs, each once, in the order of the alphabet.
    #[must_use]
    pub fn figures(&self) -> Vec<&str> {
        let names = self.terms.iter().flat_map(|term| term.share.names());
        let names: BTreeSet<&str> = names.map(String::as_str).collect();
        names.into_iter().collect()
    }

    fn points_by(&self, figures: &Figures) -> Result<f64, NoPoints> {
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
    fn names(&self) -> impl Iterator<Item = &String> {
        let of = std::iter::once(&self.of);
        of.chain(&self.minus).chain(&self.over)
    }

    fn missing(&self, figures: &Figures) -> impl Iterator<Item = String> {
        self.names()
            .filter(|name| !figures.contains_key(*name))
            .cloned()
    }

    /// Between 0 and 1; `None` with nothing to count.
    fn value(&self, figures: &Figures) -> Option<f64> {
        let count = |name: &String| figures.get(name).copied().unwrap_or(0);
        let over = self.over.iter().map(count).max().filter(|over| *over > 0)?;
        let minus: u64 = self.minus.iter().map(count).fold(0, u64::saturating_add);
        let of = count(&self.of).saturating_sub(minus).min(over);
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of dossiers are far below 2^53"
        )]
        let share = of as f64 / over as f64;
        Some(share)
    }
}

#[cfg(test)]
mod tests;
