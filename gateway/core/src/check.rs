//! Holds what is documented about a service against what its traffic shows.
//!
//! What a reader would get wrong: a contradiction needs both sides. Without a valid document
//! nothing is contradicted unless a rule in law speaks, without enough dossiers nothing is
//! proved, and an outage of the population database is never turned against anybody
//! (administration.md 3.2, 3.5, 3.6).

mod apology;
mod case;
mod channel;
mod checker;
mod claims;
mod concluding;
mod currency;
mod digitisation;
mod documents;
mod fees;
mod finding;
mod identity;
mod judgement;
mod lookups;
mod observed;
mod papers;
mod plan;
mod process;
mod results;
mod rules;
mod status;
mod tally;
#[cfg(test)]
mod tests;
mod themes;
mod time;
mod wording;

pub use checker::Checker;
pub use claims::{Claim, ClaimProblem, ClaimValue, Claims, PaperClaim, Statement, Syntax};
pub use documents::documented;
pub use finding::{Criterion, Figure, Finding, ServiceCheck, Verdict};
pub use plan::Ground;
pub use rules::{CheckRule, CheckRules, CheckRulesProblem, LawRule, ShareBound};
