//! Keeping the procedure catalogue: when it is fetched, by what pace, and whether it is taken.
//!
//! What a reader would get wrong: the catalogue is worth less than a dossier. It asks the
//! portal by a small rate of its own, under the portal's guard, and stays away while the
//! portal is left alone.

mod fetching;
mod figures;
mod guarded;
mod held;
mod keeper;
mod sides;
#[cfg(test)]
mod tests;

pub(crate) use figures::CatalogueFigures;
pub use guarded::GuardedCatalogue;
pub use held::{Held, KeptSide, Trouble};
pub use keeper::{FetchRules, Keeper, KeeperParts, Order, RefreshError, Refreshed};
