//! Names of citizens: as given, as a key for the wire, and compared.
//!
//! The wire carries neither diacritics nor spaces (population.md 2.3), so a
//! match there says nothing about the spelling; [`compare`] tells how far the
//! spelling in a dossier agrees with the spelling on record. It never guesses:
//! everything short of exact is for an officer to judge.

mod comparison;
mod full_name;
mod key;

pub(crate) use comparison::spelling_key;
pub use comparison::{NameComparison, compare};
pub use full_name::{FullName, InvalidName, MAX_CHARACTERS};
pub use key::{KeyRule, NameKey};
