//! Moments as small numbers: the distance from another moment.
//!
//! What a reader would get wrong: finer parts than a microsecond are cut, as in every store.

use jiff::Timestamp;

use super::Problem;

const SECOND: i64 = 1_000_000;

const OUTSIDE: Problem = "a moment is outside the calendar";

/// Distance of `at` from `from`. Whole seconds, which almost all are, are even numbers of a
/// few bytes; anything else is odd.
pub(super) fn distance(at: Timestamp, from: Timestamp) -> i64 {
    let micros = at.as_microsecond() - from.as_microsecond();
    if micros % SECOND == 0 {
        micros / SECOND * 2
    } else {
        micros * 2 + 1
    }
}

/// The moment at this distance.
pub(super) fn moment(distance: i64, from: Timestamp) -> Result<Timestamp, Problem> {
    let micros = if distance % 2 == 0 {
        (distance / 2).checked_mul(SECOND)
    } else {
        Some(distance.div_euclid(2))
    };
    let micros = micros.and_then(|micros| micros.checked_add(from.as_microsecond()));
    Timestamp::from_microsecond(micros.ok_or(OUTSIDE)?).map_err(|_| OUTSIDE)
}

/// The moment at this distance, if there is one.
pub(super) fn moment_if(
    distance: Option<i64>,
    from: Timestamp,
) -> Result<Option<Timestamp>, Problem> {
    distance.map(|distance| moment(distance, from)).transpose()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{distance, moment};

    const BEGIN: i64 = -377_000_000_000_000_000;
    const END: i64 = 253_000_000_000_000_000;

    #[test]
    fn a_distance_that_leads_nowhere_is_refused() {
        for far in [i64::MAX, i64::MIN, i64::MAX - 1] {
            assert!(moment(far, Timestamp::UNIX_EPOCH).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_two_moments_come_back(at in BEGIN..END, from in BEGIN..END, whole: bool) {
            let at = if whole { at / 1_000_000 * 1_000_000 } else { at };
            let from = if whole { from / 1_000_000 * 1_000_000 } else { from };
            let at = Timestamp::from_microsecond(at).unwrap();
            let from = Timestamp::from_microsecond(from).unwrap();
            prop_assert_eq!(moment(distance(at, from), from), Ok(at));
        }
    }
}
