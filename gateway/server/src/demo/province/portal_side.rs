//! What the invented portal shows of some dossiers in the last days of the year, and when it
//! was away.
//!
//! What a reader would get wrong: only what stood for longer than is allowed while the portal
//! was there is held against anybody. What was mended, is younger, or waited for the portal
//! looks like it.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::portal_history::{Compared, PortalSide};
use lienthong_core::sync::outage::Outage;

use super::{InventError, Province};

/// How a dossier differs at the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Differs {
    /// Found days before the end, and never mended.
    Stands,
    /// Found then, and mended a day later.
    Mended,
    /// Found shortly before the portal was away, for less than is allowed without that time.
    WhileAway,
    /// Found hours before the end.
    Lately,
}

/// Hours before the end of the year at which the sides are compared.
const COMPARED: [i64; 5] = [240, 216, 60, 12, 2];

/// Hours before the end from which, and until which, the portal is away.
const AWAY: (i64, i64) = (59, 20);

/// A moment so many hours before the end of the year.
fn before(until: Timestamp, hours: i64) -> Timestamp {
    until - SignedDuration::from_hours(hours)
}

impl Differs {
    /// When it is found.
    pub(super) fn found(self, until: Timestamp) -> Timestamp {
        let [first, _, third, fourth, _] = COMPARED;
        before(
            until,
            match self {
                Self::Stands | Self::Mended => first,
                Self::WhileAway => third,
                Self::Lately => fourth,
            },
        )
    }

    /// What a comparison at that moment finds: whether it differs, if it is asked about.
    fn at(self, until: Timestamp, moment: Timestamp) -> Option<bool> {
        if self.found(until) == moment {
            return Some(true);
        }
        let later = moment > self.found(until);
        (self == Self::Mended && later).then_some(false)
    }
}

/// A comparison of the two sides.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// When.
    pub at: Timestamp,
    /// What was asked about, and whether it differed.
    pub answers: Vec<(DossierNumber, bool)>,
}

/// The time in which the portal is away.
pub(super) fn away(until: Timestamp) -> Option<Outage> {
    Outage::new(before(until, AWAY.0), before(until, AWAY.1))
}

impl Province<'_> {
    /// The comparisons of the two sides in the last days of the year.
    ///
    /// # Errors
    /// [`InventError`] when something invented is not valid.
    pub fn comparisons(&self) -> Result<Vec<Comparison>, InventError> {
        let until = self.until();
        let moments = COMPARED.map(|hours| before(until, hours));
        let mut all: Vec<Comparison> = moments
            .into_iter()
            .map(|at| Comparison {
                at,
                answers: Vec::new(),
            })
            .collect();
        for life in self.lives() {
            let life = life?;
            let Some(differs) = life.differs else {
                continue;
            };
            for comparison in &mut all {
                if let Some(differs) = differs.at(until, comparison.at) {
                    comparison.answers.push((life.number.clone(), differs));
                }
            }
        }
        all.retain(|comparison| !comparison.answers.is_empty());
        Ok(all)
    }

    /// When the portal could not be reached.
    #[must_use]
    pub fn portal_outage(&self) -> Option<Outage> {
        away(self.until())
    }

    /// What is known of the portal's side at the end of the year.
    ///
    /// # Errors
    /// [`InventError`] when something invented is not valid.
    pub fn portal_side(&self) -> Result<PortalSide, InventError> {
        let comparisons = self.comparisons()?;
        let mut side = PortalSide {
            own: comparisons.last().map(|comparison| Compared {
                at: comparison.at,
                by_fields: true,
            }),
            outages: self.portal_outage().into_iter().collect(),
            ..PortalSide::default()
        };
        for Comparison { at, answers } in comparisons {
            for (dossier, differs) in answers {
                if differs {
                    side.differing.entry(dossier).or_insert(at);
                } else {
                    side.differing.remove(&dossier);
                }
            }
        }
        Ok(side)
    }
}
