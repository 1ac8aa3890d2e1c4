//! A source that does as it is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::catalogue::{NamedCode, OnlineService, Procedure, SourceList};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueSource, CatalogueUnit};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::procedure::ProcedureCode;
use tokio::sync::Notify;

/// What the source tells.
#[derive(Default)]
pub(super) struct Told {
    pub(super) procedures: BTreeMap<ProcedureCode, Procedure>,
    pub(super) online: Option<BTreeMap<ProcedureCode, Vec<OnlineService>>>,
    /// Codes of units and of fields.
    pub(super) units: Vec<u32>,
    pub(super) fields: Vec<u32>,
    /// How often the details of a procedure still fail.
    pub(super) failing: BTreeMap<ProcedureCode, u32>,
    pub(super) list_fails: bool,
    /// What asks for the list panics.
    pub(super) list_breaks: bool,
}

#[derive(Default)]
pub(super) struct Scripted {
    told: Mutex<Told>,
    asking: AtomicUsize,
    pub(super) most_at_once: AtomicUsize,
    /// Where there is one, the list comes when it is notified.
    pub(super) gate: Mutex<Option<Arc<Notify>>>,
}

impl Scripted {
    pub(super) fn tell(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.lock().unwrap());
    }
}

#[async_trait]
impl CatalogueSource for Scripted {
    fn profile(&self) -> &'static str {
        "scripted"
    }

    async fn list(&self, _: Duration) -> Result<SourceList, PortalError> {
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.notified().await;
        }
        let breaks = self.told.lock().unwrap().list_breaks;
        assert!(!breaks, "as it was told");
        let told = self.told.lock().unwrap();
        if told.list_fails {
            return Err(PortalError::Unreachable);
        }
        let rows = told.procedures.iter();
        Ok(SourceList {
            procedures: rows
                .map(|(code, it)| (code.clone(), it.name.clone()))
                .collect(),
            repeated: 1,
            unreadable: 2,
        })
    }

    async fn procedure(
        &self,
        code: &ProcedureCode,
        _: Duration,
    ) -> Result<Option<Procedure>, PortalError> {
        let asking = self.asking.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(asking, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.asking.fetch_sub(1, Ordering::SeqCst);
        let mut told = self.told.lock().unwrap();
        if let Some(left) = told.failing.get_mut(code).filter(|left| **left > 0) {
            *left -= 1;
            return Err(PortalError::TimedOut);
        }
        Ok(told.procedures.get(code).cloned())
    }

    async fn online_services(
        &self,
        _: Duration,
    ) -> Result<BTreeMap<ProcedureCode, Vec<OnlineService>>, PortalError> {
        let told = self.told.lock().unwrap();
        told.online.clone().ok_or(PortalError::TimedOut)
    }

    async fn units(&self, _: Duration) -> Result<Vec<CatalogueUnit>, PortalError> {
        let told = self.told.lock().unwrap();
        let units = told.units.iter().map(|number| CatalogueUnit {
            code: format!("U{number}"),
            name: format!("Đơn vị {number}"),
            ..CatalogueUnit::default()
        });
        Ok(units.collect())
    }

    async fn fields(&self, _: Duration) -> Result<Vec<CatalogueField>, PortalError> {
        let told = self.told.lock().unwrap();
        let fields = told.fields.iter().map(|number| CatalogueField {
            field: NamedCode {
                code: format!("F{number}"),
                name: format!("Lĩnh vực {number}"),
            },
            sector: String::new(),
        });
        Ok(fields.collect())
    }
}
