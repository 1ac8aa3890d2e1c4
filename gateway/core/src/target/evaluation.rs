//! What follows from a figure under a target.
//!
//! What a reader would get wrong: agreeing with a bound is bad news under a target that
//! bars and good news under one that demands.

use std::cmp::Ordering;

use super::register::{Bound, Operator, Rank, Sense, Target};
use crate::share::{Percent, Share};

/// A figure that is held against a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// So many of so many.
    Share(Share),
    /// A percentage that comes from elsewhere, such as a survey.
    Percent(Percent),
    /// A percentage at the end of two years running.
    Growth {
        /// At the end of the year before.
        from: Percent,
        /// At the end of the year.
        to: Percent,
    },
    /// The ranks of years; the newest counts, with those directly before it.
    Ranks(Vec<YearRank>),
}

/// The rank of one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearRank {
    /// Which year.
    pub year: i16,
    /// Which rank.
    pub rank: Rank,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The target bars, and its consequence follows.
    ConsequenceFollows,
    /// The target bars, and nothing follows.
    NoConsequence,
    /// The target demands, and is met (đạt).
    Met,
    /// The target demands, and is missed (không đạt).
    Missed,
    /// The text reports a state and demands nothing.
    NothingDemanded,
    /// A share of nothing, or no rank for the years needed.
    NoData,
    /// The figure is not of the kind that the target bounds.
    OtherFigure,
}

impl Target {
    /// What follows from `measured`. The caller has made sure that the target counts on the
    /// day and for the one measured.
    #[must_use]
    pub fn evaluate(&self, measured: &Measured) -> Outcome {
        match (self.agrees(measured), self.sense) {
            (Agreement::OtherFigure, _) => Outcome::OtherFigure,
            (Agreement::NoData, _) => Outcome::NoData,
            (Agreement::Yes | Agreement::No, Sense::Reports) => Outcome::NothingDemanded,
            (Agreement::Yes, Sense::Bars) => Outcome::ConsequenceFollows,
            (Agreement::No, Sense::Bars) => Outcome::NoConsequence,
            (Agreement::Yes, Sense::Demands) => Outcome::Met,
            (Agreement::No, Sense::Demands) => Outcome::Missed,
        }
    }

    fn agrees(&self, measured: &Measured) -> Agreement {
        let by = |ordering: Ordering| Agreement::from(self.operator.holds(ordering));
        match (self.bound, measured) {
            (Bound::Percent(bound), Measured::Share(share)) => {
                share.compare(bound).map_or(Agreement::NoData, by)
            }
            (Bound::Percent(bound), Measured::Percent(percent)) => by(percent.cmp(&bound)),
            // Whoever has all cannot grow.
            (Bound::PointsAYear(_), Measured::Growth { to, .. }) if *to == Percent::HUNDRED => {
                Agreement::Yes
            }
            (Bound::PointsAYear(points), Measured::Growth { from, to }) => {
                let grown = i64::from(to.hundredths()) - i64::from(from.hundredths());
                by(grown.cmp(&i64::from(points.hundredths())))
            }
            (Bound::Rank { rank, years }, Measured::Ranks(ranks)) => {
                self.ranked(rank, years, ranks)
            }
            (Bound::Percent(_), Measured::Growth { .. } | Measured::Ranks(_))
            | (
                Bound::PointsAYear(_),
                Measured::Share(_) | Measured::Percent(_) | Measured::Ranks(_),
            )
            | (
                Bound::Rank { .. },
                Measured::Share(_) | Measured::Percent(_) | Measured::Growth { .. },
            ) => Agreement::OtherFigure,
        }
    }

    /// Whether the newest `years` consecutive years all have a rank that agrees. One of them
    /// that does not agree settles it, even where the years before are not known.
    fn ranked(&self, rank: Rank, years: u8, ranks: &[YearRank]) -> Agreement {
        let Some(newest) = ranks.iter().map(|it| it.year).max() else {
            return Agreement::NoData;
        };
        for back in 0..i16::from(years) {
            let year = newest.saturating_sub(back);
            let Some(found) = ranks.iter().find(|it| it.year == year) else {
                return Agreement::NoData;
            };
            if !self.operator.holds(found.rank.cmp(&rank)) {
                return Agreement::No;
            }
        }
        Agreement::Yes
    }
}

/// Whether figure and bound agree by the operator.
enum Agreement {
    Yes,
    No,
    NoData,
    OtherFigure,
}

impl From<bool> for Agreement {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Operator {
    /// Whether a figure that stands so to the bound agrees with it.
    #[must_use]
    pub const fn holds(self, figure_to_bound: Ordering) -> bool {
        match self {
            Self::AtLeast => figure_to_bound.is_ge(),
            Self::MoreThan => figure_to_bound.is_gt(),
            Self::AtMost => figure_to_bound.is_le(),
            Self::LessThan => figure_to_bound.is_lt(),
            Self::Exactly => figure_to_bound.is_eq(),
        }
    }
}
