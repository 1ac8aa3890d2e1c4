//! What is kept of one dossier: what its events told, and by which log what look-ups did.
//!
//! What a reader would get wrong: look-ups of several gateways are summed when a row is read,
//! not when it is written. So one log can be told anew without a word about the others.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lienthong_core::observation::{DossierKept, LookupFacts, ObservationRules};
use lienthong_core::ports::observations::{Observation, Source};

/// The log of look-ups that were counted before logs were told apart.
pub(in crate::store) const UNKNOWN_LOG: &str = "";

/// The log in which look-ups of this source are counted.
pub(in crate::store) fn log_of(source: &Source) -> &str {
    match source {
        Source::Events => UNKNOWN_LOG,
        Source::Lookups(log) => log,
    }
}

/// What is kept of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::store) struct Row {
    /// What events told; no look-ups are in it.
    pub(in crate::store) kept: DossierKept,
    /// What look-ups told, by the name of their log.
    pub(in crate::store) lookups: BTreeMap<String, LookupFacts>,
}

impl Row {
    /// Folds in what happened; whether that changed anything.
    pub(in crate::store) fn observe(
        &mut self,
        log: &str,
        happened: &Observation,
        rules: &ObservationRules,
    ) -> bool {
        match happened {
            Observation::Event { .. } => self.kept.observe(happened, rules),
            Observation::Lookup(seen) => {
                match self.lookups.get_mut(log) {
                    Some(sum) => sum.count(seen),
                    None => self.lookups.entry(log.to_owned()).or_default().count(seen),
                }
                true
            }
        }
    }

    /// Has what was told anew take the place of what was known of the same. Of what was not
    /// told again, what was known stays.
    pub(in crate::store) fn take(&mut self, told: Self) {
        if told.kept.facts.is_some() {
            self.kept = told.kept;
        }
        for (log, told) in told.lookups {
            let mut known = self.lookups.remove(&log).unwrap_or_default();
            // It may have been of this log.
            if let Some(unknown) = self.lookups.remove(UNKNOWN_LOG) {
                known.add(&unknown);
            }
            self.lookups.insert(log, LookupFacts::retold(&known, told));
        }
    }

    fn revision(&self) -> u64 {
        self.kept.facts.as_ref().map_or(0, |facts| facts.revision)
    }
}

/// What a source told anew of a dossier so far.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Staged {
    /// What is made of it.
    pub(in crate::store) row: Row,
    /// The newest event that was told, also where it said too little to be folded in.
    pub(in crate::store) revision: u64,
}

impl Staged {
    /// Whether an event in front of one of these is not told again: retention took it, or it
    /// cannot be read. Then what is known has to go on from.
    pub(in crate::store) fn lacks(&self, happened: &[Observation]) -> bool {
        let mut last = self.revision;
        happened.iter().any(|one| match one {
            Observation::Event { revision, .. } => {
                let lacks = *revision > last + 1;
                last = last.max(*revision);
                lacks
            }
            Observation::Lookup(_) => false,
        })
    }

    /// Folds in what is told anew. Where an event in between is not told ([`Self::lacks`]),
    /// what is `known` of the dossier goes on.
    pub(in crate::store) fn observe(
        &mut self,
        log: &str,
        happened: &Observation,
        rules: &ObservationRules,
        known: Option<&Row>,
    ) {
        if let Observation::Event { revision, .. } = happened {
            let goes_on = known.filter(|known| {
                *revision > self.revision + 1 && known.revision() > self.row.revision()
            });
            if let Some(known) = goes_on {
                self.row.kept = known.kept.clone();
            }
            self.revision = self.revision.max(*revision);
        }
        self.row.observe(log, happened, rules);
    }
}

/// By which a row is found, beside its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Columns {
    /// Mã thủ tục without the suffix of an agency; `None` before the first state.
    pub(in crate::store) procedure: Option<String>,
    /// The receiving unit.
    pub(in crate::store) unit: Option<String>,
    /// Ngày tiếp nhận, in microseconds.
    pub(in crate::store) received: Option<i64>,
    /// When the dossier came to its end. Where only look-ups are known, the last of those
    /// that is told: retention goes by it.
    pub(in crate::store) ended: Option<i64>,
}

impl Columns {
    /// The columns of a dossier.
    pub(in crate::store) fn of(row: &Row) -> Self {
        let micros = |at: Timestamp| at.as_microsecond();
        if let Some(facts) = &row.kept.facts {
            return Self {
                procedure: Some(facts.procedure.national().to_owned()),
                unit: Some(facts.unit.as_str().to_owned()),
                received: Some(micros(facts.received)),
                ended: facts.ended().map(micros),
            };
        }
        let last = row.lookups.values().map(|seen| {
            seen.last_failed_at
                .max(seen.first_matched_at)
                .max(seen.first_asked_at)
        });
        Self {
            procedure: None,
            unit: None,
            received: None,
            ended: last.max().flatten().map(micros),
        }
    }
}
