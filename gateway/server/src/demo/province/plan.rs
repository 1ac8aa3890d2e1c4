//! What a check of the invented year has to find, and what it must not.

use std::collections::{BTreeMap, BTreeSet};

use lienthong_core::check::Criterion;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::essential::ServiceNumber;

use super::planting::Sown;

/// Which criterion of which service.
pub type Spot = (ServiceNumber, Criterion);

/// The plan: dossiers that contradict a criterion, and dossiers that seem to.
///
/// What a reader would get wrong: dossiers that seem to contradict may stand where others
/// really do. A criterion is contradicted where [`Plan::planted`] names it, and nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is to be found, with the dossiers that show it.
    pub planted: BTreeMap<Spot, BTreeSet<DossierNumber>>,
    /// What looks like it and is lawful, or within what is tolerated.
    pub near: BTreeMap<Spot, BTreeSet<DossierNumber>>,
}

impl Plan {
    pub(super) fn note(&mut self, sown: &Sown) {
        let Some(service) = ServiceNumber::new(sown.life.kind.number) else {
            return;
        };
        for (criteria, into) in [
            (&sown.shows, &mut self.planted),
            (&sown.resembles, &mut self.near),
        ] {
            for criterion in criteria {
                let number = sown.life.number.clone();
                into.entry((service, *criterion))
                    .or_default()
                    .insert(number);
            }
        }
        // That a result is used again shows in the dossier of whoever uses it.
        if let Some(issuer) = sown.uses.and_then(ServiceNumber::new) {
            let used = self.near.entry((issuer, Criterion::C(8))).or_default();
            used.insert(sown.life.number.clone());
        }
    }

    /// Services and criteria that are to be found.
    #[must_use]
    pub fn spots(&self) -> BTreeSet<Spot> {
        self.planted.keys().copied().collect()
    }
}
