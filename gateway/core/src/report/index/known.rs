//! The counts that the index is estimated from: those that the gateway makes itself, and
//! those that the operator knows from elsewhere.
//!
//! What a reader would get wrong: a count from outside never takes the place of one that the
//! gateway makes, because the two would be of different dossiers.

use std::collections::BTreeMap;

use crate::report::small::{Id, Settled, Unsettled};
use crate::report::{Counts, Material};
use crate::service_index::{Component, Figures, IndexRules};

/// A count of the index that the gateway makes itself, and the one whose part it is.
type Own = (&'static str, &'static str, fn(&Counts) -> u64);

/// Each whole before its parts.
const OWN: [Own; 10] = [
    ("dossiers_received", "", |it| it.received),
    ("dossiers_received_and_handled", "", |it| {
        it.tally.received_and_handled()
    }),
    ("dossiers_on_time", "dossiers_received_and_handled", |it| {
        let tally = &it.tally;
        tally.finished_in_time.saturating_add(tally.open_in_time)
    }),
    ("dossiers_with_duty", "dossiers_received", |it| it.fee_due),
    ("dossiers_paid_online", "dossiers_with_duty", |it| {
        it.paid_online
    }),
    ("dossiers_with_result_file", "dossiers_received", |it| {
        it.digitised_results
    }),
    ("dossiers_digitised", "dossiers_received", |it| {
        it.digitised_both
    }),
    ("dossiers_reusing", "dossiers_received", |it| it.reused),
    ("dossiers_for_persons", "dossiers_received", |it| {
        it.citizens
    }),
    ("dossiers_using_population", "dossiers_for_persons", |it| {
        it.population_used
    }),
];

/// Another name of a count.
const SAME: [(&str, &str); 1] = [("dossiers", "dossiers_received")];

/// Whether the gateway counts this itself, by its code in the rule files.
#[must_use]
pub fn counts_itself(figure: &str) -> bool {
    let own = OWN.iter().any(|(name, _, _)| *name == figure);
    own || SAME.iter().any(|(name, _)| *name == figure)
}

/// Where a count comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// The gateway counted it.
    Gateway,
    /// The operator gave it, with this source.
    Outside(&'a str),
}

/// The counts of the index, and how each may be shown.
pub(super) struct Known<'a> {
    /// The counts by their codes.
    pub(super) figures: Figures,
    /// Where each comes from.
    pub(super) ids: BTreeMap<&'a str, (Id, Origin<'a>)>,
    /// Which of them are shown.
    pub(super) counts: Settled,
}

impl<'a> Known<'a> {
    pub(super) fn of(material: &Material<'a>) -> Self {
        let mut counts = Unsettled::new(material.rules.limit);
        let mut figures = Figures::new();
        let mut ids: BTreeMap<&'a str, (Id, Origin<'a>)> = BTreeMap::new();
        for (name, whole, count) in OWN {
            let value = count(material.gathering.all());
            let id = match ids.get(whole) {
                Some((whole, _)) => counts.part_of(*whole, value),
                None => counts.printed(value),
            };
            figures.insert(name.to_owned(), value);
            ids.insert(name, (id, Origin::Gateway));
        }
        for (name, same) in SAME {
            if let Some(value) = figures.get(same).copied() {
                figures.insert(name.to_owned(), value);
            }
            if let Some(id) = ids.get(same).copied() {
                ids.insert(name, id);
            }
        }
        let outside = material.outside.of(material.window, material.unit);
        for (name, figure) in outside {
            if counts_itself(name) {
                continue;
            }
            figures.insert(name.to_owned(), figure.count);
            let id = counts.printed(figure.count);
            ids.insert(name, (id, Origin::Outside(&figure.source)));
        }
        relate(material, &ids, &mut counts);
        let counts = counts.settle();
        Self {
            figures,
            ids,
            counts,
        }
    }

    /// Whether what rests on these counts may be told.
    pub(super) fn tells(&self, names: &[&str]) -> bool {
        let mut ids = names.iter().filter_map(|name| self.ids.get(name));
        ids.all(|(id, _)| self.counts.tells(*id))
    }
}

/// Counts of one rule may be parts of each other; with one from outside nobody knows which.
fn relate(material: &Material<'_>, ids: &BTreeMap<&str, (Id, Origin<'_>)>, counts: &mut Unsettled) {
    let is_outside = |origin: Origin<'_>| match origin {
        Origin::Gateway => false,
        Origin::Outside(_) => true,
    };
    let components = material.index.iter().flat_map(IndexRules::components);
    for figures in components.map(Component::figures) {
        let known = figures.iter().filter_map(|name| ids.get(name));
        let known: Vec<(Id, Origin<'_>)> = known.copied().collect();
        for (index, (one, of_one)) in known.iter().enumerate() {
            for (other, of_other) in known.iter().skip(index + 1) {
                if is_outside(*of_one) || is_outside(*of_other) {
                    counts.nested(*one, *other);
                }
            }
        }
    }
}
