//! What the stores of the evidence register have in common: how a piece and a deed stand in
//! a row.
//!
//! What a reader would get wrong: the body of a piece is compared letter for letter when it
//! is recorded again, so its form must not change within a version. A new field is left out
//! of the JSON where it is empty.

pub(super) mod act;
pub(super) mod body;

use std::collections::BTreeMap;

use lienthong_core::evidence::{Evidence, EvidenceId};
use lienthong_core::ports::evidence::EvidenceError;

/// Names that pieces have within one call, and the ids that they got.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<EvidenceId, EvidenceId>);

impl Names {
    /// From now on `name` means the piece `id`.
    pub(super) fn give(&mut self, name: EvidenceId, id: EvidenceId) {
        self.0.insert(name, id);
    }

    /// The piece with ids in place of the names of earlier ones; every id must be one of
    /// the `known` first that the register gave.
    pub(super) fn put_in(
        &self,
        mut piece: Evidence,
        known: u64,
    ) -> Result<Evidence, EvidenceError> {
        let mut supersedes = std::collections::BTreeSet::new();
        for id in piece.supersedes {
            let id = self.0.get(&id).cloned().unwrap_or(id);
            let is_there = sequence(&id).is_some_and(|place| place <= known);
            if !is_there {
                return Err(EvidenceError::NotThere { id });
            }
            supersedes.insert(id);
        }
        piece.supersedes = supersedes;
        Ok(piece)
    }
}

/// The place in the register that an id tells.
fn sequence(id: &EvidenceId) -> Option<u64> {
    let (_, digits) = id.as_str().split_once('-')?;
    let place: u64 = digits.parse().ok().filter(|place| *place > 0)?;
    (EvidenceId::given(place) == *id).then_some(place)
}

#[cfg(test)]
mod tests {
    use lienthong_core::evidence::EvidenceId;

    use super::sequence;

    #[test]
    fn only_ids_that_the_register_gives_have_a_place() {
        let place = |text: &str| sequence(&EvidenceId::parse(text).unwrap());
        assert_eq!(place("MC-000012"), Some(12));
        assert_eq!(place("MC-1234567"), Some(1_234_567));
        for other in ["MC-12", "MC-000000", "mc-000012", "row-000012", "12"] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
