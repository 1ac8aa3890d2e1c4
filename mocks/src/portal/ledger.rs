//! What the portal remembers of dossiers and their steps.
//!
//! What a reader would get wrong: a call with several dossiers is all or nothing. Whether the real
//! portal's batch is atomic is unknown (portal.md 21); this is the mock's choice.

use std::collections::BTreeMap;

use serde_json::Value;

use super::PortalDossier;
use super::field::Fields;
use crate::guarded::Guarded;

/// A dossier's number, from fields that were checked.
pub(super) fn code_of(fields: &Fields) -> String {
    fields
        .get("MaHoSo")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The dossier because of which nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Culprit(pub(super) String);

/// The dossiers by number.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    dossiers: Guarded<BTreeMap<String, PortalDossier>>,
}

impl Ledger {
    /// Stores new dossiers, or none if one is there already.
    pub(super) fn create(&self, batch: Vec<Fields>) -> Result<(), Culprit> {
        let mut dossiers = self.dossiers.lock();
        let mut seen = std::collections::HashSet::new();
        for code in batch.iter().map(code_of) {
            if dossiers.contains_key(&code) || !seen.insert(code.clone()) {
                return Err(Culprit(code));
            }
        }
        for fields in batch {
            let code = code_of(&fields);
            let dossier = PortalDossier {
                code: code.clone(),
                fields,
                steps: vec![],
                creates: 1,
                updates: 0,
            };
            dossiers.insert(code, dossier);
        }
        Ok(())
    }

    /// Replaces dossiers, or none if one is not there.
    pub(super) fn update(&self, batch: Vec<Fields>) -> Result<(), Culprit> {
        let mut dossiers = self.dossiers.lock();
        if let Some(code) = batch
            .iter()
            .map(code_of)
            .find(|code| !dossiers.contains_key(code))
        {
            return Err(Culprit(code));
        }
        for fields in batch {
            if let Some(dossier) = dossiers.get_mut(&code_of(&fields)) {
                dossier.fields = fields;
                dossier.updates += 1;
            }
        }
        Ok(())
    }

    /// Adds steps in the order given, or none if a dossier is not there.
    pub(super) fn add_steps(&self, batch: Vec<Fields>) -> Result<(), Culprit> {
        let mut dossiers = self.dossiers.lock();
        if let Some(code) = batch
            .iter()
            .map(code_of)
            .find(|code| !dossiers.contains_key(code))
        {
            return Err(Culprit(code));
        }
        for step in batch {
            if let Some(dossier) = dossiers.get_mut(&code_of(&step)) {
                dossier.steps.push(step);
            }
        }
        Ok(())
    }

    pub(super) fn dossier(&self, code: &str) -> Option<PortalDossier> {
        self.dossiers.lock().get(code).cloned()
    }

    pub(super) fn dossiers(&self) -> Vec<PortalDossier> {
        self.dossiers.lock().values().cloned().collect()
    }

    pub(super) fn forget(&self) {
        self.dossiers.lock().clear();
    }

    pub(super) fn forget_dossier(&self, code: &str) -> bool {
        self.dossiers.lock().remove(code).is_some()
    }

    pub(super) fn overwrite(&self, code: &str, field: &str, value: &str) -> bool {
        let mut dossiers = self.dossiers.lock();
        let Some(dossier) = dossiers.get_mut(code) else {
            return false;
        };
        dossier.fields.insert(field.to_owned(), Value::from(value));
        true
    }
}
