//! A dossier as the portal holds it, whichever profile brought it.
//!
//! What a reader would get wrong: the fields stand under the names and in the types of the profile
//! that brought them. A dossier of P4 has no `TrangThaiHoSo`; its status is that of the last change.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::field::Fields;

/// Statuses as text, in the order of portal.md 8.
const STATUSES: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// A dossier as the portal holds it (Hồ sơ).
#[derive(Clone, PartialEq, Serialize)]
pub struct PortalDossier {
    /// Mã hồ sơ; in P4 the number that the portal issued.
    pub code: String,
    /// `idHoSo`, which only P4 has.
    pub id: Option<String>,
    /// The profile that stored it.
    pub profile: &'static str,
    /// The fields as last received, under their names on the wire.
    pub fields: BTreeMap<String, Value>,
    /// The processing steps (Tiến độ) in the order received; a step sent twice stands twice.
    pub steps: Vec<BTreeMap<String, Value>>,
    /// The changes of status (P4's B6) in the order received.
    pub status_changes: Vec<BTreeMap<String, Value>>,
    /// Creates that were accepted: 1, unless the portal forgot it in between.
    pub creates: u32,
    /// Updates that were accepted, in P4 changes of status.
    pub updates: u32,
}

impl PortalDossier {
    /// A field's text; `None` when it was not sent or is no text.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    /// `TrangThaiHoSo` (Trạng thái hồ sơ), `"1"` to `"10"`; in P4 the `TrangThai` of the last
    /// change, `None` before the first.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        let changed = || {
            let number = self.status_changes.last()?.get("TrangThai")?.as_u64()?;
            let index = usize::try_from(number).ok()?.checked_sub(1)?;
            STATUSES.get(index).copied()
        };
        self.field("TrangThaiHoSo").or_else(changed)
    }
}

impl fmt::Debug for PortalDossier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalDossier")
            .field("code", &self.code)
            .field("status", &self.status())
            .field("steps", &self.steps.len())
            .field("creates", &self.creates)
            .field("updates", &self.updates)
            .finish_non_exhaustive()
    }
}

/// A state or a step as text, so that a hundred thousand dossiers fit into memory.
#[derive(Debug, Clone)]
pub(super) struct Packed(Box<str>);

impl Packed {
    /// Keys sorted, so that the same fields give the same text.
    pub(super) fn new(fields: &Fields) -> Self {
        let text = serde_json::to_string(fields);
        Self(text.unwrap_or_default().into_boxed_str())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn open(&self) -> Fields {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

/// How the ledger keeps a dossier.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) id: Option<String>,
    pub(super) profile: &'static str,
    pub(super) fields: Packed,
    /// Of the state, or of the last change of status.
    pub(super) digest: u64,
    pub(super) steps: Vec<(u64, Packed)>,
    /// `ThoiDiemXuLy` of the last step.
    pub(super) last_moment: Option<String>,
    pub(super) status_changes: Vec<Packed>,
    pub(super) updates: u32,
}

impl Held {
    pub(super) fn shown(&self, code: &str) -> PortalDossier {
        PortalDossier {
            code: code.to_owned(),
            id: self.id.clone(),
            profile: self.profile,
            fields: self.fields.open(),
            steps: self.steps.iter().map(|(_, step)| step.open()).collect(),
            status_changes: self.status_changes.iter().map(Packed::open).collect(),
            creates: 1,
            updates: self.updates,
        }
    }
}
