//! What the portal remembers of dossiers and their steps, for every profile.
//!
//! What a reader would get wrong: a call with several dossiers is all or nothing. Whether the real
//! portal's batch is atomic is unknown (portal.md 21); this is the mock's choice.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;

use super::dossier::{Held, Packed, PortalDossier};
use super::effects::{
    By, EffectCounts, EffectKind, EffectList, NewEffect, PortalEffect, digest_of,
};
use super::field::Fields;
use crate::guarded::Guarded;

/// The member with a dossier's id, in profiles that have none.
pub(super) const NO_ID: &str = "";

/// A dossier's number, from fields that were checked.
pub(super) fn code_of(fields: &Fields) -> String {
    text_of(fields, "MaHoSo").unwrap_or_default()
}

/// A filled member as text, also where it is a number.
fn text_of(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The dossier because of which nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Culprit {
    pub(super) code: String,
    /// Its `idHoSo`, where it is there and has one.
    pub(super) id: Option<String>,
}

#[derive(Debug, Default)]
struct Inner {
    dossiers: BTreeMap<String, Held>,
    effects: EffectList,
}

impl Inner {
    /// The first that is not there, or that has another id than the one that came with it. A
    /// dossier may come without its id.
    fn stranger(&self, batch: &[Fields], id_name: &str) -> Option<Culprit> {
        let is_strange = |fields: &&Fields| {
            let Some(held) = self.dossiers.get(&code_of(fields)) else {
                return true;
            };
            let given = text_of(fields, id_name);
            held.id.is_some() && given.is_some() && held.id != given
        };
        let code = batch.iter().find(is_strange).map(code_of)?;
        Some(Culprit { code, id: None })
    }
}

/// The dossiers by number, and what was done to them.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    inner: Guarded<Inner>,
}

impl Ledger {
    /// Stores new dossiers, or none if one is there already. `id` is P4's.
    pub(super) fn create(&self, batch: &[Fields], id: Option<&str>, by: By) -> Result<(), Culprit> {
        let mut inner = self.inner.lock();
        let mut seen = HashSet::new();
        for code in batch.iter().map(code_of) {
            let held = inner.dossiers.get(&code);
            if held.is_some() || !seen.insert(code.clone()) {
                let id = held.and_then(|held| held.id.clone());
                inner.effects.refuse_duplicate(by);
                return Err(Culprit { code, id });
            }
        }
        for fields in batch {
            let code = code_of(fields);
            let packed = Packed::new(fields);
            let digest = digest_of(packed.text());
            inner.effects.push(
                NewEffect {
                    status: text_of(fields, "TrangThaiHoSo"),
                    content: text_of(fields, "GhiChu"),
                    digest: Some(digest),
                    ..NewEffect::of(&code, EffectKind::Created)
                },
                by,
            );
            let held = Held {
                id: id.map(ToOwned::to_owned),
                profile: by.profile,
                fields: packed,
                digest,
                steps: Vec::new(),
                last_moment: None,
                status_changes: Vec::new(),
                updates: 0,
            };
            inner.dossiers.insert(code, held);
        }
        Ok(())
    }

    /// Replaces dossiers, or none if one is not there.
    pub(super) fn update(&self, batch: &[Fields], by: By) -> Result<(), Culprit> {
        self.change(batch, NO_ID, by, |held, packed| held.fields = packed)
    }

    /// Changes the status of dossiers (P4's B6), or of none if one is not there under its id.
    pub(super) fn change_status(&self, batch: &[Fields], by: By) -> Result<(), Culprit> {
        self.change(batch, "IdHoSo", by, |held, packed| {
            held.status_changes.push(packed);
        })
    }

    fn change(
        &self,
        batch: &[Fields],
        id_name: &str,
        by: By,
        apply: impl Fn(&mut Held, Packed),
    ) -> Result<(), Culprit> {
        let mut inner = self.inner.lock();
        if let Some(culprit) = inner.stranger(batch, id_name) {
            return Err(culprit);
        }
        let Inner { dossiers, effects } = &mut *inner;
        for fields in batch {
            let code = code_of(fields);
            let Some(held) = dossiers.get_mut(&code) else {
                continue;
            };
            let packed = Packed::new(fields);
            let digest = digest_of(packed.text());
            let status = text_of(fields, "TrangThaiHoSo").or_else(|| text_of(fields, "TrangThai"));
            let content = ["GhiChu", "NoiDungYKien", "NoiDungXuLy"];
            effects.push(
                NewEffect {
                    status,
                    content: content.iter().find_map(|name| text_of(fields, name)),
                    digest: Some(digest),
                    repeated: held.digest == digest,
                    ..NewEffect::of(&code, EffectKind::Updated)
                },
                by,
            );
            apply(held, packed);
            held.digest = digest;
            held.updates += 1;
        }
        Ok(())
    }

    /// Adds steps in the order given, or none if a dossier is not there. `id_name` names the
    /// member with the dossier's id, which only P4 has.
    pub(super) fn add_steps(&self, batch: &[Fields], id_name: &str, by: By) -> Result<(), Culprit> {
        let mut inner = self.inner.lock();
        if let Some(culprit) = inner.stranger(batch, id_name) {
            return Err(culprit);
        }
        let Inner { dossiers, effects } = &mut *inner;
        for step in batch {
            let code = code_of(step);
            let Some(held) = dossiers.get_mut(&code) else {
                continue;
            };
            let packed = Packed::new(step);
            let digest = digest_of(packed.text());
            let moment = text_of(step, "ThoiDiemXuLy");
            effects.push(
                NewEffect {
                    status: text_of(step, "TrangThai"),
                    content: text_of(step, "NoiDungXuLy"),
                    moment: moment.clone(),
                    digest: Some(digest),
                    repeated: held.steps.iter().any(|(known, _)| *known == digest),
                    // Both forms of a moment sort as text.
                    backward: held.last_moment > moment,
                    ..NewEffect::of(&code, EffectKind::Step)
                },
                by,
            );
            held.last_moment = moment;
            held.steps.push((digest, packed));
        }
        Ok(())
    }

    pub(super) fn dossier(&self, code: &str) -> Option<PortalDossier> {
        let inner = self.inner.lock();
        inner.dossiers.get(code).map(|held| held.shown(code))
    }

    pub(super) fn dossiers(&self) -> Vec<PortalDossier> {
        let inner = self.inner.lock();
        let all = inner.dossiers.iter();
        all.map(|(code, held)| held.shown(code)).collect()
    }

    /// How many dossiers there are.
    pub(super) fn len(&self) -> usize {
        self.inner.lock().dossiers.len()
    }

    pub(super) fn effects_after(&self, sequence: u64, most: usize) -> Vec<PortalEffect> {
        self.inner.lock().effects.after(sequence, most)
    }

    pub(super) fn effects_of(&self, code: &str) -> Vec<PortalEffect> {
        self.inner.lock().effects.of(code)
    }

    pub(super) fn counts(&self) -> EffectCounts {
        self.inner.lock().effects.counts()
    }

    pub(super) fn forget(&self, at: Timestamp) {
        let mut inner = self.inner.lock();
        for code in std::mem::take(&mut inner.dossiers).into_keys() {
            let effect = NewEffect::of(&code, EffectKind::Forgotten);
            inner.effects.push(effect, nobody(at));
        }
    }

    pub(super) fn forget_dossier(&self, code: &str, at: Timestamp) -> bool {
        let mut inner = self.inner.lock();
        let was_there = inner.dossiers.remove(code).is_some();
        if was_there {
            let effect = NewEffect::of(code, EffectKind::Forgotten);
            inner.effects.push(effect, nobody(at));
        }
        was_there
    }

    pub(super) fn overwrite(&self, code: &str, field: &str, value: &str) -> bool {
        let mut inner = self.inner.lock();
        let Some(held) = inner.dossiers.get_mut(code) else {
            return false;
        };
        let mut fields = held.fields.open();
        fields.insert(field.to_owned(), Value::from(value));
        held.fields = Packed::new(&fields);
        held.digest = digest_of(held.fields.text());
        true
    }
}

const fn nobody(at: Timestamp) -> By {
    By {
        at,
        profile: "",
        replayed: false,
    }
}
