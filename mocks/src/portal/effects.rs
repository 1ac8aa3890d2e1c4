//! What was done to the portal's dossiers, in the order in which it was done.
//!
//! What a reader would get wrong: this list outlives what it tells of. A portal that forgets
//! dossiers keeps the list, so that a test can still prove that each event took effect once.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;

/// What was done to a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// It was stored.
    Created,
    /// Its state was replaced; in P4 its status was changed.
    Updated,
    /// A processing step was added.
    Step,
    /// The portal lost it.
    Forgotten,
}

/// One thing that was done to one dossier.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PortalEffect {
    /// Counts from 1 over all dossiers, without gaps.
    pub sequence: u64,
    /// When, by the government side's clock. RFC 3339 in JSON.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// Mã hồ sơ; in P4 the number that the portal issued.
    pub code: String,
    /// What was done.
    pub kind: EffectKind,
    /// Through which profile; empty when nobody called.
    pub profile: &'static str,
    /// `TrangThaiHoSo` or `TrangThai` that came with it.
    pub status: Option<String>,
    /// A step's `NoiDungXuLy`, a dossier's `GhiChu`, `NoiDungYKien` of P4's change of status.
    pub content: Option<String>,
    /// A step's `ThoiDiemXuLy`, as it was written.
    pub moment: Option<String>,
    /// Digest of the whole state or step, 16 hexadecimal digits; empty when it was forgotten.
    pub digest: String,
    /// It changed nothing that mattered: the state was that already, or the step stood there
    /// already.
    pub repeated: bool,
    /// The portal's own repetition (`apply_twice`), not the doing of a call. An effect that comes
    /// late is that of its call.
    pub replayed: bool,
}

fn as_text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

impl fmt::Debug for PortalEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalEffect")
            .field("sequence", &self.sequence)
            .field("code", &self.code)
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("moment", &self.moment)
            .field("digest", &self.digest)
            .field("repeated", &self.repeated)
            .field("replayed", &self.replayed)
            .finish_non_exhaustive()
    }
}

/// How much was done in all. What the portal did by itself counts as replayed only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EffectCounts {
    /// Dossiers stored.
    pub created: u64,
    /// Of these, dossiers that had been stored before and were forgotten in between.
    pub recreated: u64,
    /// States replaced, and changes of status.
    pub updated: u64,
    /// Of these, such as were the present state already.
    pub repeated_updates: u64,
    /// Steps added.
    pub steps: u64,
    /// Of these, such as stood there already, letter for letter.
    pub repeated_steps: u64,
    /// Of these, such as are older than the step before them.
    pub backward_steps: u64,
    /// Creates that were refused because the dossier was there.
    pub refused_duplicates: u64,
    /// Dossiers that the portal lost.
    pub forgotten: u64,
    /// What the portal did by itself.
    pub replayed: u64,
}

/// Who causes an effect, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct By {
    pub(super) at: Timestamp,
    pub(super) profile: &'static str,
    pub(super) replayed: bool,
}

/// An effect before it stands in the list.
pub(super) struct NewEffect<'a> {
    pub(super) code: &'a str,
    pub(super) kind: EffectKind,
    pub(super) status: Option<String>,
    pub(super) content: Option<String>,
    pub(super) moment: Option<String>,
    pub(super) digest: Option<u64>,
    pub(super) repeated: bool,
    /// Older than the step before.
    pub(super) backward: bool,
}

impl<'a> NewEffect<'a> {
    /// An effect of which nothing more is known.
    pub(super) const fn of(code: &'a str, kind: EffectKind) -> Self {
        Self {
            code,
            kind,
            status: None,
            content: None,
            moment: None,
            digest: None,
            repeated: false,
            backward: false,
        }
    }
}

/// The list and its sums.
#[derive(Debug, Default)]
pub(super) struct EffectList {
    effects: Vec<PortalEffect>,
    counts: EffectCounts,
    ever_created: BTreeSet<String>,
}

impl EffectList {
    pub(super) fn push(&mut self, new: NewEffect<'_>, by: By) {
        self.count(&new, by);
        self.effects.push(PortalEffect {
            sequence: self.effects.len() as u64 + 1,
            at: by.at,
            code: new.code.to_owned(),
            kind: new.kind,
            profile: by.profile,
            status: new.status,
            content: new.content,
            moment: new.moment,
            digest: new
                .digest
                .map(|digest| format!("{digest:016x}"))
                .unwrap_or_default(),
            repeated: new.repeated,
            replayed: by.replayed,
        });
    }

    fn count(&mut self, new: &NewEffect<'_>, by: By) {
        let known = new.kind == EffectKind::Created && self.ever_created.contains(new.code);
        if new.kind == EffectKind::Created && !known {
            self.ever_created.insert(new.code.to_owned());
        }
        let counts = &mut self.counts;
        if by.replayed {
            counts.replayed += 1;
            return;
        }
        match new.kind {
            EffectKind::Created => {
                counts.created += 1;
                counts.recreated += u64::from(known);
            }
            EffectKind::Updated => {
                counts.updated += 1;
                counts.repeated_updates += u64::from(new.repeated);
            }
            EffectKind::Step => {
                counts.steps += 1;
                counts.repeated_steps += u64::from(new.repeated);
                counts.backward_steps += u64::from(new.backward);
            }
            EffectKind::Forgotten => counts.forgotten += 1,
        }
    }

    /// A create that was refused because the dossier is there.
    pub(super) const fn refuse_duplicate(&mut self, by: By) {
        if !by.replayed {
            self.counts.refused_duplicates += 1;
        }
    }

    /// At most so many effects behind the one of this sequence number.
    pub(super) fn after(&self, sequence: u64, most: usize) -> Vec<PortalEffect> {
        let start = usize::try_from(sequence).unwrap_or(usize::MAX);
        let behind = self.effects.get(start..).unwrap_or_default();
        behind.iter().take(most).cloned().collect()
    }

    pub(super) fn of(&self, code: &str) -> Vec<PortalEffect> {
        let own = self.effects.iter().filter(|effect| effect.code == code);
        own.cloned().collect()
    }

    pub(super) const fn counts(&self) -> EffectCounts {
        self.counts
    }
}

/// The first eight bytes of SHA-256 over a canonical text.
pub(super) fn digest_of(text: &str) -> u64 {
    let hash = digest(&SHA256, text.as_bytes());
    let first = hash.as_ref().iter().take(8);
    first.fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
