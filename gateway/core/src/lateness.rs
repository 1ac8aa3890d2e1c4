//! When a dossier is late (hồ sơ trễ hạn), how many are, and at whose step.
//!
//! What a reader would get wrong: there is no one late rate. The portal counts open
//! dossiers and supplements, the documents of the provinces do not say; so each figure
//! carries its name and both its numbers (administration.md 5.3 and 5.6).

mod apology;
mod judgement;
mod officers;
mod rates;
mod times;

pub use apology::{ApologyDuty, owes_apology};
pub use judgement::{
    Earliness, Judgement, LateReading, NotCounted, Point, Standing, Undetermined, judge,
};
pub use officers::{Holder, Holding, LateStep, OfficerShare, OfficerTally, late_steps, tally};
pub use rates::{LateRate, RateKind, Tally};
pub use times::{DossierTimes, InvalidSupplement, Supplement};

#[cfg(test)]
mod tests;
