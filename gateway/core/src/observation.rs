//! What the traffic shows of each dossier: the observed side of the 25 services.
//!
//! What a reader would get wrong: facts are no copy of a dossier. They hold nothing of a
//! citizen or of a file's address; they say only what was stated, when, and how often. Of an
//! official there is at most what a system writes into the name of a department. They come
//! from the events and from the record of look-ups, joined by the dossier's number, and can
//! be made again from both (administration.md 3.5 and 3.6).

mod apology;
mod facts;
mod fold;
mod lookups;
mod rules;
mod totals;
mod window;

pub use facts::{DossierFacts, LookupFacts, PaperFact, Pause, PauseReason, ResultFact, StepFact};
pub use fold::{DossierKept, StatedEnds, StatusMark};
pub use rules::{ObservationRules, ObservationRulesProblem};
pub use totals::{Coverage, TotalsProblem, coverage, parse_totals};
pub use window::{InvalidWindow, Window};
