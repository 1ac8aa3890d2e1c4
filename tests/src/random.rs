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

    /// One of `all`, which must not be empty.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let last = u32::try_from(all.len().saturating_sub(1)).unwrap_or(0);
        all[self.between(0, last) as usize]
    }
}
