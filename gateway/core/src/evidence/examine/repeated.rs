//! A draft that says what a recorded piece says, under another name for the recording.
//!
//! What a reader would get wrong: what it takes the place of is part of what it says, and is
//! not looked for as with a new draft: the recorded piece itself has taken that place.

use super::{Earlier, Examination};
use crate::document::DocumentSymbol;
use crate::evidence::{Evidence, EvidenceDraft, EvidenceId};

impl<'a> Examination<'a> {
    /// The piece of [`Examination::own`] that says the same as `draft` in all but its id.
    pub(super) fn said_before(
        &self,
        draft: &EvidenceDraft,
        earlier: &Earlier,
    ) -> Option<&'a Evidence> {
        if self.own.is_empty() {
            return None;
        }
        let alone = EvidenceDraft {
            supersedes: Vec::new(),
            ..draft.clone()
        };
        let read = alone.read(self.today).ok()?;
        let says_the_same = |known: &&Evidence| {
            // The hash first: most pieces differ in it, and the rest is dear.
            known.sha256 == read.sha256
                && self.takes_the_same_places(&draft.supersedes, known, earlier)
                && **known
                    == Evidence {
                        id: known.id.clone(),
                        supersedes: known.supersedes.clone(),
                        ..read.clone()
                    }
        };
        self.own.iter().copied().find(says_the_same)
    }

    /// Whether `entries` of a draft can mean what `known` takes the place of, and nothing else.
    fn takes_the_same_places(
        &self,
        entries: &[String],
        known: &Evidence,
        earlier: &Earlier,
    ) -> bool {
        let entries = || {
            entries
                .iter()
                .map(|it| it.trim())
                .filter(|it| !it.is_empty())
        };
        let means = |text: &str, id: &EvidenceId| {
            if let Some(recorded) = earlier.recorded.get(text) {
                return recorded == id;
            }
            let symbol = DocumentSymbol::parse(text).ok();
            let own = self.register.piece(id).and_then(|it| it.symbol.as_ref());
            id.as_str() == text
                || own
                    .zip(symbol.as_ref())
                    .is_some_and(|(own, symbol)| own.may_be(symbol))
        };
        let mut all = known.supersedes.iter();
        all.all(|id| entries().any(|text| means(text, id)))
            && entries().all(|text| known.supersedes.iter().any(|id| means(text, id)))
    }
}
