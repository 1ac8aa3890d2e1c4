//! Choices that come out the same whenever they are made from the same numbers.
//!
//! What a reader would get wrong: a dossier's choices depend on its own number only, not on
//! how many were made before it, so that one of a million can be made alone.

/// Splitmix64.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// Choices for the thing with this number.
    pub(super) fn of(seed: u64, number: u32) -> Self {
        let mut chance = Self(seed ^ (u64::from(number) << 20));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let drawn = self.next() % u64::from(end.max(1));
        u32::try_from(drawn).unwrap_or(0)
    }

    /// A number from `least` to `most`.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Whether something happens that happens `times` in a thousand.
    pub(super) fn in_thousand(&mut self, times: u32) -> bool {
        self.below(1000) < times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_makes_the_same_choices_alone_and_among_others() {
        let alone: Vec<u32> = {
            let mut chance = Chance::of(7, 41);
            (0..8).map(|_| chance.below(1000)).collect()
        };
        let others = (0..100).map(|number| {
            let mut chance = Chance::of(7, number);
            (0..8).map(|_| chance.below(1000)).collect::<Vec<u32>>()
        });
        let others: Vec<_> = others.collect();
        assert_eq!(others[41], alone);
        assert_ne!(others[40], alone);
    }
}
