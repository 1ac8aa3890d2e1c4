//! Bộ chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766/QĐ-TTg): points estimated from
//! figures, by rule files.
//!
//! What a reader would get wrong: nobody outside the Government computes this index. There
//! are three readings of its rules, parts of each are unknown, and what is unknown is never
//! filled in: an estimate has a lower and an upper end, and is always called one
//! ("ước tính", administration.md 4.4 and 10).

mod component;
mod file;
mod outside;

pub use component::{Component, RuleStatus, WhenEmpty};
pub use file::IndexProblem;
pub use outside::{OutsideFigure, OutsideFigures, OutsideProblem};

use std::collections::BTreeMap;

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
    /// By these counts, the part first, a part is larger than its whole.
    FiguresContradict(Vec<String>),
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

    /// These readings with an operator's own above them: in the place of the one with its id,
    /// or behind the others.
    ///
    /// # Errors
    /// Everything that is wrong with the operator's.
    pub fn extended(shipped: &[Self], text: &str) -> Result<Vec<Self>, Vec<IndexProblem>> {
        let own = Self::parse(text)?;
        let mut all = shipped.to_vec();
        match all.iter_mut().find(|it| it.id == own.id) {
            Some(same) => *same = own,
            None => all.push(own),
        }
        Ok(all)
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

#[cfg(test)]
mod tests;
