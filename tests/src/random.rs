//! Random numbers that a failing run can be repeated with.
//!
//! What a reader would get wrong: the seed repeats the choices, not the moments at which
//! they fall. A run that failed is repeated by its seed often, not always.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// Splitmix64.
#[derive(Debug, Clone)]
pub struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// Numbers from this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// The seed in the variable `LIENTHONG_CHAOS_SEED`, or a new one.
    #[must_use]
    pub fn told() -> Self {
        let told = std::env::var_os("LIENTHONG_CHAOS_SEED");
        let told = told.and_then(|seed| seed.to_str()?.parse().ok());
        // Half the bits: a seed is also written in JSON, whose numbers end earlier.
        let fresh = || RandomState::new().build_hasher().finish() >> 32;
        Self::seeded(told.unwrap_or_else(fresh))
    }

    /// What the run can be repeated with.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        let width = u64::from(most.saturating_sub(least)) + 1;
        let offset = u32::try_from(self.next() % width).unwrap_or(0);
        least + offset
    }

    /// Each of `all` in turn until there are `count`, then shuffled: whatever the seed, none
    /// comes more than once more often than another.
    pub fn deck<T: Copy>(&mut self, all: &[T], count: u32) -> Vec<T> {
        let mut deck: Vec<T> = all.iter().copied().cycle().take(count as usize).collect();
        for last in (1..deck.len()).rev() {
            let drawn = self.between(0, u32::try_from(last).unwrap_or(0));
            deck.swap(last, drawn as usize);
        }
        deck
    }

    /// One of `all`, which must not be empty.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let last = u32::try_from(all.len().saturating_sub(1)).unwrap_or(0);
        all[self.between(0, last) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_has_every_card_equally_often_whatever_the_seed_and_not_always_in_one_order() {
        let mut orders = std::collections::HashSet::new();
        for seed in 0..200 {
            let mut deck = Random::seeded(seed).deck(&[1, 2, 3], 12);
            assert_eq!(deck, Random::seeded(seed).deck(&[1, 2, 3], 12));
            orders.insert(deck.clone());
            deck.sort_unstable();
            assert_eq!(deck, [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], "seed {seed}");
        }
        assert!(orders.len() > 100, "{} orders", orders.len());
    }
}
