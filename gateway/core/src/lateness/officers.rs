//! Lateness by officer: who held a step when its limit passed.
//!
//! What a reader would get wrong: the officer who finishes a late step is often not the one
//! who made it late. Whoever held it at the moment of its limit answers for it, and a step
//! that reached its first holder after its limit is nobody's (administration.md 5.6).

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::access::OfficerId;
use crate::share::Share;

/// A stretch in which one officer (`NguoiXuLy`) held one step of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The step, by its place in the trail (tiến trình); two holdings of one step are a
    /// handover within it.
    pub step: u32,
    /// Who held it.
    pub officer: OfficerId,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it is held.
    pub until: Option<Timestamp>,
    /// When the step was to end (`NgayKetThucTheoQuyDinh`), with pauses already in it.
    pub limit: Timestamp,
}

/// Who answers for a late step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The officer who held it when its limit passed.
    Officer(OfficerId),
    /// Nobody held it then.
    Nobody,
}

/// A step that ended, or is still open, after its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateStep {
    /// Which step.
    pub step: u32,
    /// Who answers for it.
    pub holder: Holder,
}

/// The share of late dossiers of one officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficerShare {
    /// Who.
    pub officer: OfficerId,
    /// Dossiers with a step that became late in their hands, of all dossiers of which they
    /// held a step.
    pub late: Share,
}

/// The shares of all officers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfficerTally {
    /// By officer code, so that two reports of the same data are the same.
    pub officers: Vec<OfficerShare>,
    /// Late steps that nobody answers for.
    pub unheld_steps: u64,
}

/// The late steps of one dossier at `as_of`, in the order of the trail.
#[must_use]
pub fn late_steps(holdings: &[Holding], as_of: Timestamp) -> Vec<LateStep> {
    let mut steps: BTreeMap<u32, Vec<&Holding>> = BTreeMap::new();
    for holding in holdings.iter().filter(|it| it.from <= as_of) {
        steps.entry(holding.step).or_default().push(holding);
    }
    steps
        .into_iter()
        .filter(|(_, holdings)| is_late(holdings, as_of))
        .map(|(step, holdings)| LateStep {
            step,
            holder: holder(&holdings, as_of),
        })
        .collect()
}

/// The limit of a step: that of its first holding, because a handover does not renew it.
fn limit(holdings: &[&Holding]) -> Option<Timestamp> {
    let first = holdings.iter().min_by_key(|it| it.from);
    first.map(|it| it.limit)
}

fn end(holding: &Holding, as_of: Timestamp) -> Timestamp {
    holding.until.map_or(as_of, |until| until.min(as_of))
}

fn is_late(holdings: &[&Holding], as_of: Timestamp) -> bool {
    let ended = holdings.iter().map(|it| end(it, as_of)).max();
    ended > limit(holdings)
}

fn holder(holdings: &[&Holding], as_of: Timestamp) -> Holder {
    let Some(limit) = limit(holdings) else {
        return Holder::Nobody;
    };
    let held = |it: &&&Holding| it.from <= limit && end(it, as_of) > limit;
    let at_the_limit = holdings.iter().filter(held).max_by_key(|it| it.from);
    at_the_limit.map_or(Holder::Nobody, |it| Holder::Officer(it.officer.clone()))
}

/// The shares of all officers over `dossiers`, of which each is the holdings of one.
#[must_use]
pub fn tally<'d>(
    dossiers: impl IntoIterator<Item = &'d [Holding]>,
    as_of: Timestamp,
) -> OfficerTally {
    let mut counts: HashMap<&'d OfficerId, (u64, u64)> = HashMap::new();
    let mut unheld_steps = 0;
    for holdings in dossiers {
        let began = holdings.iter().filter(|it| it.from <= as_of);
        let officers: HashSet<&OfficerId> = began.map(|it| &it.officer).collect();
        let mut late = HashSet::new();
        for step in late_steps(holdings, as_of) {
            match step.holder {
                Holder::Officer(officer) => {
                    late.insert(officer);
                }
                Holder::Nobody => unheld_steps += 1,
            }
        }
        for officer in officers {
            let (part, whole) = counts.entry(officer).or_default();
            *part += u64::from(late.contains(officer));
            *whole += 1;
        }
    }
    let mut officers: Vec<_> = counts
        .into_iter()
        .map(|(officer, (part, whole))| OfficerShare {
            officer: officer.clone(),
            late: Share::new(part, whole).unwrap_or_default(),
        })
        .collect();
    officers.sort_by(|one, other| one.officer.expose().cmp(other.officer.expose()));
    OfficerTally {
        officers,
        unheld_steps,
    }
}
