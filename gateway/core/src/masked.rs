//! Personal data kept out of logs: a wrapper for values, a mask for sentences.
//!
//! The wrapper hides the value from `Debug` only by printing stars; it has no
//! `Display` at all. Whoever calls [`Masked::expose`] is responsible for where the value
//! goes next: a copy made from it is neither masked nor wiped.

mod wording;

use std::fmt;

use zeroize::Zeroize;

pub use wording::{masked_text, masked_text_without};

/// A value whose `Debug` is `***` and whose memory is overwritten on drop.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Masked<T: Zeroize>(T);

impl<T: Zeroize> Masked<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the places that must have it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out; from here on nothing wipes it.
    #[must_use]
    pub fn into_inner(mut self) -> T
    where
        T: Default,
    {
        std::mem::take(&mut self.0)
    }
}

impl<T: Zeroize> Drop for Masked<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize> From<T> for Masked<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    struct Witness(Rc<Cell<bool>>);

    impl Zeroize for Witness {
        fn zeroize(&mut self) {
            self.0.set(true);
        }
    }

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let masked = Masked::new(String::from("000185000001"));
        assert_eq!(format!("{masked:?} {masked:#?}"), "*** ***");
    }

    #[test]
    fn the_value_is_wiped_when_it_is_dropped() {
        let wiped = Rc::new(Cell::new(false));
        drop(Masked::new(Witness(Rc::clone(&wiped))));
        assert!(wiped.get());
    }

    #[test]
    fn the_value_can_be_taken_out_whole() {
        assert_eq!(
            Masked::new(String::from("TRANTHIMAUTHU")).into_inner(),
            "TRANTHIMAUTHU"
        );
    }
}
