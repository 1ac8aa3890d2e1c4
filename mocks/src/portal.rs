//! The National Public Service Portal (Cổng Dịch vụ công quốc gia) behind every profile that is
//! known: P1 and P2, the two forms of P3, and P4, all on one address and over one ledger.
//!
//! What a reader would get wrong: P1 to P3 answer HTTP 200 to nearly everything. Success,
//! duplicate and refusal differ only in `error_code` and in Vietnamese words (portal.md 21).

mod catalogue;
mod dossier;
mod effects;
mod envelope;
mod field;
mod files;
mod grammar;
mod ledger;
mod noi_ho_so;
mod pace;
mod reception;
mod refusal;
mod session_service;
mod sessions;
mod tables;
mod wrappers;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::backstage::Backstage;
use crate::clock::Clock;
use crate::config::{LookupAnswer, PortalSettings};
use crate::fault::{Fault, ScriptProblem, Stage, Storm};
use crate::journal::Entry;
pub use dossier::PortalDossier;
pub use effects::{EffectCounts, EffectKind, PortalEffect};
pub use pace::{Over, Pace};
use reception::Reception;

const STAGE: Stage = Stage {
    upstream: "portal",
    operations: &[
        "login",
        "DongBoHoSoMC",
        "CapNhatTienDoHoSoMC",
        "TraCuuHoSo",
        "LayDanhSachTTHC",
        "LayThuTuc",
        "LayDVC",
        "LayDanhMucCoQuan",
        "LayDanhMucLinhVuc",
        "token",
        "number",
        "upload",
        "NoiHoSo",
        "CapNhatTienTrinh",
        "CapNhatTrangThai",
        reception::CREDENTIAL,
        reception::CREATE,
        reception::UPDATE,
        reception::STEPS,
        reception::FIND,
        reception::CATALOGUE,
    ],
    profiles: &["p1", "p2", "p3_is_updating", "p3_three_urls", "p4"],
    forbidden: &["wrong_namespace"],
};

/// Largest request; the real limit is unknown (portal.md Part E 3).
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

/// The portal's backstage. Clones see the same portal.
#[derive(Clone)]
pub struct PortalMock {
    backstage: Arc<Backstage>,
    reception: Arc<Reception>,
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
        let reception = Arc::new(Reception::new(settings, Arc::clone(&backstage)));
        Self {
            backstage,
            reception,
        }
    }

    pub(crate) fn router(&self) -> Router {
        session_service::router(&self.reception)
            .merge(wrappers::router(&self.reception))
            .merge(noi_ho_so::router(&self.reception))
            .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
    }

    pub(crate) fn backstage(&self) -> Arc<Backstage> {
        Arc::clone(&self.backstage)
    }

    /// The dossier of that number, if the portal has it.
    #[must_use]
    pub fn dossier(&self, code: &str) -> Option<PortalDossier> {
        self.reception.ledger.dossier(code)
    }

    /// Every dossier, sorted by number.
    #[must_use]
    pub fn dossiers(&self) -> Vec<PortalDossier> {
        self.reception.ledger.dossiers()
    }

    /// Sessions issued since the start.
    #[must_use]
    pub fn sessions_issued(&self) -> u64 {
        self.reception.sessions.issued()
    }

    /// Access tokens of P4 issued since the start.
    #[must_use]
    pub fn tokens_issued(&self) -> u64 {
        self.reception.tokens.issued()
    }

    /// How many dossiers there are.
    #[must_use]
    pub fn dossier_count(&self) -> usize {
        self.reception.ledger.len()
    }

    /// Everything that was done to dossiers, in order; also to those that were forgotten since.
    #[must_use]
    pub fn effects(&self) -> Vec<PortalEffect> {
        self.effects_after(0, usize::MAX)
    }

    /// At most so many effects behind the one of this sequence number; 0 begins at the first.
    #[must_use]
    pub fn effects_after(&self, sequence: u64, most: usize) -> Vec<PortalEffect> {
        self.reception.ledger.effects_after(sequence, most)
    }

    /// What was done to one dossier, in order. Looks through all effects.
    #[must_use]
    pub fn effects_of(&self, code: &str) -> Vec<PortalEffect> {
        self.reception.ledger.effects_of(code)
    }

    /// How much was done in all.
    #[must_use]
    pub fn counts(&self) -> EffectCounts {
        self.reception.ledger.counts()
    }

    /// Loses everything: dossiers, files, sessions and tokens. The journal and the effects stay,
    /// and no number is issued again.
    pub fn forget(&self) {
        self.reception.ledger.forget(self.backstage.clock.now());
        self.reception.files.forget();
        self.forget_sessions();
    }

    /// Loses sessions and tokens only, so that the next call with one finds it unknown.
    pub fn forget_sessions(&self) {
        self.reception.sessions.forget();
        self.reception.tokens.forget();
    }

    /// Cuts every connection and loses sessions and tokens, as a restart does; without its memory
    /// also all that [`PortalMock::forget`] loses. Ends an outage.
    pub fn restart(&self, with_memory: bool) {
        self.pause();
        if with_memory {
            self.forget_sessions();
        } else {
            self.forget();
        }
        self.resume();
    }

    /// What a look-up shows from now on.
    pub fn show_lookups(&self, answer: LookupAnswer) {
        *self.reception.lookup.lock() = answer;
    }

    /// What a look-up shows.
    #[must_use]
    pub fn shown_lookups(&self) -> LookupAnswer {
        *self.reception.lookup.lock()
    }

    /// Sets how much the portal takes from now on; any number of calls when `None`.
    ///
    /// # Errors
    /// Every problem, in words.
    pub fn set_pace(&self, pace: Option<Pace>) -> Result<(), Vec<String>> {
        let problems = pace.as_ref().map(Pace::problems).unwrap_or_default();
        if problems.is_empty() {
            self.reception.turnstile.set(pace);
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// How much the portal takes.
    #[must_use]
    pub fn pace(&self) -> Option<Pace> {
        self.reception.turnstile.pace()
    }

    /// Begins faults by chance in place of those before; scripted faults come first.
    ///
    /// # Errors
    /// Every reason why this upstream cannot play one of them.
    pub fn begin_storm(&self, storm: Storm) -> Result<(), Vec<ScriptProblem>> {
        self.backstage.begin_storm(storm)
    }

    /// Ends the faults by chance.
    pub fn end_storm(&self) {
        self.backstage.end_storm();
    }

    /// How often each kind of fault was played by chance since the storm began.
    #[must_use]
    pub fn storm_played(&self) -> BTreeMap<&'static str, u64> {
        let report = self.backstage.storm();
        report.map(|(_, played)| played).unwrap_or_default()
    }

    /// Loses one dossier. `false` when it was not there.
    #[must_use]
    pub fn forget_dossier(&self, code: &str) -> bool {
        let now = self.backstage.clock.now();
        self.reception.ledger.forget_dossier(code, now)
    }

    /// Changes one field behind everybody's back, so that the two sides differ. `false` when the
    /// dossier is not there.
    #[must_use]
    pub fn overwrite(&self, code: &str, field: &str, value: &str) -> bool {
        self.reception.ledger.overwrite(code, field, value)
    }

    /// Codes of the procedure catalogue, in its order.
    #[must_use]
    pub fn catalogue_codes(&self) -> Vec<String> {
        self.reception.catalogue.codes()
    }

    /// One procedure of the catalogue, as `LayThuTuc` tells it.
    #[must_use]
    pub fn catalogue_procedure(&self, code: &str) -> Option<serde_json::Value> {
        self.reception.catalogue.get(code)
    }

    /// Lays members (`TENTTHC`, `YEUCAU`, …) over a procedure of the catalogue; one that is not
    /// there is added.
    pub fn put_procedure(&self, code: &str, members: serde_json::Map<String, serde_json::Value>) {
        self.reception.catalogue.put(code, members);
    }

    /// Lists a procedure no longer. `false` when it was not there.
    #[must_use]
    pub fn withdraw_procedure(&self, code: &str) -> bool {
        self.reception.catalogue.withdraw(code)
    }

    /// Lists only the first half of the catalogue.
    pub fn halve_catalogue(&self) {
        self.reception.catalogue.halve();
    }

    /// Lists nothing.
    pub fn clear_catalogue(&self) {
        self.reception.catalogue.clear();
    }

    /// Lists so many procedures, each online service of them offered by so many agencies: the
    /// national catalogue had 6,302 in September 2026, and there are 34 provinces.
    pub fn grow_catalogue(&self, procedures: usize, offers: usize) {
        self.reception.catalogue.grow(procedures, offers);
    }

    /// Bytes of the list of online services, as `LayDVC` answers.
    #[must_use]
    pub fn online_services_size(&self) -> usize {
        self.reception.catalogue.online_services().to_string().len()
    }

    /// Lists what it did at the start.
    pub fn reset_catalogue(&self) {
        self.reception.catalogue.reset();
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

    /// Half opens the line: connections stay or come about, and nothing on them is answered.
    pub fn stall(&self) {
        self.backstage.gate.stall();
    }

    /// Ends the outage, or the stall; the latter cuts what was open.
    pub fn resume(&self) {
        self.backstage.gate.resume();
    }

    /// Whether there is an outage.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.backstage.gate.is_paused()
    }
}
