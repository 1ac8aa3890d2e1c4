//! The National Public Service Portal (Cổng Dịch vụ công quốc gia), profiles P1 and P2.
//!
//! What a reader would get wrong: the portal answers HTTP 200 to nearly everything. Success,
//! duplicate and refusal differ only in `error_code` and in Vietnamese words (portal.md 21).

mod field;
mod grammar;
mod ledger;
mod refusal;
mod session_service;
mod sessions;
mod tables;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use serde::Serialize;
use serde_json::Value;

use crate::backstage::Backstage;
use crate::clock::Clock;
use crate::config::PortalSettings;
use crate::fault::{Fault, ScriptProblem, Stage};
use crate::journal::Entry;
use session_service::SessionService;

const STAGE: Stage = Stage {
    upstream: "portal",
    operations: &["login", "DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo"],
    profiles: &[],
    forbidden: &["wrong_namespace"],
};

/// A dossier as the portal holds it (Hồ sơ).
#[derive(Clone, PartialEq, Serialize)]
pub struct PortalDossier {
    /// Mã hồ sơ.
    pub code: String,
    /// The fields as last received, under their names on the wire.
    pub fields: BTreeMap<String, Value>,
    /// The processing steps (Tiến độ) in the order received; a step sent twice stands twice.
    pub steps: Vec<BTreeMap<String, Value>>,
    /// Creates that were accepted: 1, unless the portal forgot it in between.
    pub creates: u32,
    /// Updates that were accepted.
    pub updates: u32,
}

impl PortalDossier {
    /// A field's text; `None` when it was not sent or is a list.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    /// `TrangThaiHoSo` (Trạng thái hồ sơ), `"1"` to `"10"`.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.field("TrangThaiHoSo")
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

/// The portal's backstage. Clones see the same portal.
#[derive(Clone)]
pub struct PortalMock {
    backstage: Arc<Backstage>,
    service: Arc<SessionService>,
}

impl fmt::Debug for PortalMock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalMock")
            .field("paused", &self.is_paused())
            .finish_non_exhaustive()
    }
}

impl PortalMock {
    pub(crate) fn new(settings: PortalSettings, clock: Arc<Clock>) -> Self {
        let backstage = Arc::new(Backstage::new(STAGE, clock));
        let service = Arc::new(SessionService::new(settings, Arc::clone(&backstage)));
        Self { backstage, service }
    }

    pub(crate) fn router(&self) -> Router {
        session_service::router(&self.service)
    }

    pub(crate) fn backstage(&self) -> Arc<Backstage> {
        Arc::clone(&self.backstage)
    }

    /// The dossier of that number, if the portal has it.
    #[must_use]
    pub fn dossier(&self, code: &str) -> Option<PortalDossier> {
        self.service.ledger.dossier(code)
    }

    /// Every dossier, sorted by number.
    #[must_use]
    pub fn dossiers(&self) -> Vec<PortalDossier> {
        self.service.ledger.dossiers()
    }

    /// Sessions issued since the start.
    #[must_use]
    pub fn sessions_issued(&self) -> u64 {
        self.service.sessions.issued()
    }

    /// Loses everything: dossiers and sessions. The journal stays.
    pub fn forget(&self) {
        self.service.ledger.forget();
        self.service.sessions.forget();
    }

    /// Loses the sessions only, so that the next call with one finds it unknown.
    pub fn forget_sessions(&self) {
        self.service.sessions.forget();
    }

    /// Loses one dossier. `false` when it was not there.
    #[must_use]
    pub fn forget_dossier(&self, code: &str) -> bool {
        self.service.ledger.forget_dossier(code)
    }

    /// Changes one field behind everybody's back, so that the two sides differ. `false` when the
    /// dossier is not there.
    #[must_use]
    pub fn overwrite(&self, code: &str, field: &str, value: &str) -> bool {
        self.service.ledger.overwrite(code, field, value)
    }

    /// What was received, oldest first; the last 10 000 requests.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.backstage.journal()
    }

    /// Adds a fault behind those that wait.
    ///
    /// # Errors
    /// Every reason why this upstream cannot play it.
    pub fn script(&self, fault: Fault) -> Result<(), Vec<ScriptProblem>> {
        self.backstage.script(fault)
    }

    /// Faults that still wait, with the times that are left.
    #[must_use]
    pub fn waiting_faults(&self) -> Vec<Fault> {
        self.backstage.waiting_faults()
    }

    /// Forgets the faults that still wait.
    pub fn clear_faults(&self) {
        self.backstage.clear_faults();
    }

    /// Begins an outage: open connections are cut, new ones are reset.
    pub fn pause(&self) {
        self.backstage.gate.pause();
    }

    /// Ends the outage.
    pub fn resume(&self) {
        self.backstage.gate.resume();
    }

    /// Whether there is an outage.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.backstage.gate.is_paused()
    }
}
