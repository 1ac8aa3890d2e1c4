//! The schedule for digitising results, as the first bound and the yearly growth imply it.
//!
//! What a reader would get wrong: "tăng tối thiểu 20%" is read as percentage points, which
//! is usual and not certain (administration.md 1.1).

use jiff::civil::Date;

use super::register::{Bound, Metric, Scope, Target, TargetRegister};
use crate::share::Percent;

/// Lộ trình số hóa kết quả: the least share of each level by year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigitisationSchedule {
    levels: Vec<Level>,
    points_a_year: Percent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Level {
    scope: Scope,
    first_year: i16,
    first: Percent,
    ends: Option<Date>,
}

impl DigitisationSchedule {
    /// The schedule that the targets of `register` imply; `None` without a first bound or
    /// without a growth.
    #[must_use]
    pub fn implied_by(register: &TargetRegister) -> Option<Self> {
        let levels: Vec<Level> = register.targets().iter().filter_map(first).collect();
        let growth = register.targets().iter().find_map(growth)?;
        (!levels.is_empty()).then_some(Self {
            levels,
            points_a_year: growth,
        })
    }

    /// The least share of `level` at the end of `year`; `None` before the schedule begins,
    /// after the level was abolished, and for a scope that is no level.
    #[must_use]
    pub fn required(&self, level: Scope, year: i16) -> Option<Percent> {
        let level = self.levels.iter().find(|it| it.scope == level)?;
        let exists = level.ends.is_none_or(|ends| year <= ends.year());
        if year < level.first_year || !exists {
            return None;
        }
        let mut required = level.first;
        for _ in level.first_year..year {
            required = required.plus(self.points_a_year);
        }
        Some(required)
    }
}

fn first(target: &Target) -> Option<Level> {
    match (target.metric, target.bound) {
        (Metric::DigitisedResults, Bound::Percent(first)) => Some(Level {
            scope: target.scope,
            first_year: target.valid_from.year(),
            first,
            ends: target.scope_ends,
        }),
        (_, Bound::Percent(_) | Bound::PointsAYear(_) | Bound::Rank { .. }) => None,
    }
}

fn growth(target: &Target) -> Option<Percent> {
    match (target.metric, target.bound) {
        (Metric::DigitisedResultsGrowth, Bound::PointsAYear(points)) => Some(points),
        (_, Bound::Percent(_) | Bound::PointsAYear(_) | Bound::Rank { .. }) => None,
    }
}
