//! The procedure catalogue by the profiles P1 and P2 (portal.md 4 and 13.1).
//!
//! What a reader would get wrong: the list and the catalogues of units and fields are "dịch
//! vụ chia sẻ", which may have an address of their own; a procedure's details and the online
//! services are "dịch vụ tích hợp", as dossiers are.

mod details;
mod entry;
mod lists;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::catalogue::{OnlineService, Procedure, SourceList};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueSource, CatalogueUnit};
use lienthong_core::ports::portal::{Portal, PortalError};
use lienthong_core::procedure::ProcedureCode;
use serde::Serialize;

use super::P1Portal;
use super::wire::Service;
use crate::portal::answers::{Hidden, of_catalogue};
use entry::Flaw;

/// Parameters of a service that has none.
#[derive(Serialize)]
struct Nothing {}

/// Parameters of `LayThuTuc`.
#[derive(Serialize)]
struct Wanted<'a> {
    #[serde(rename = "maTTHC")]
    code: &'a str,
}

impl P1Portal {
    /// What `read` makes of the answer of `service`; of an empty one what it makes of `[]`.
    async fn ask<T, P: Serialize + Sync>(
        &self,
        service: Service,
        parameters: &P,
        budget: Duration,
        read: impl FnOnce(&serde_json::Value) -> Result<T, Flaw> + Send,
    ) -> Result<T, PortalError> {
        let hidden = Hidden::AllButKnown;
        let answer = self.call(service, parameters, &hidden, budget).await?;
        let nothing = serde_json::Value::Array(Vec::new());
        let result = of_catalogue(&answer)?.unwrap_or(&nothing);
        read(result).map_err(|Flaw(problem)| PortalError::Nonsense {
            problem,
            said: None,
        })
    }
}

#[async_trait]
impl CatalogueSource for P1Portal {
    fn profile(&self) -> &str {
        Portal::profile(self)
    }

    async fn list(&self, budget: Duration) -> Result<SourceList, PortalError> {
        self.ask(
            Service::ListProcedures,
            &Nothing {},
            budget,
            lists::procedures,
        )
        .await
    }

    async fn procedure(
        &self,
        code: &ProcedureCode,
        budget: Duration,
    ) -> Result<Option<Procedure>, PortalError> {
        let wanted = Wanted {
            code: code.as_str(),
        };
        let read = |result: &serde_json::Value| details::procedure(result, code);
        self.ask(Service::GetProcedure, &wanted, budget, read).await
    }

    async fn online_services(
        &self,
        budget: Duration,
    ) -> Result<BTreeMap<ProcedureCode, Vec<OnlineService>>, PortalError> {
        let service = Service::ListOnlineServices;
        self.ask(service, &Nothing {}, budget, lists::online_services)
            .await
    }

    async fn units(&self, budget: Duration) -> Result<Vec<CatalogueUnit>, PortalError> {
        self.ask(Service::ListUnits, &Nothing {}, budget, lists::units)
            .await
    }

    async fn fields(&self, budget: Duration) -> Result<Vec<CatalogueField>, PortalError> {
        self.ask(Service::ListFields, &Nothing {}, budget, lists::fields)
            .await
    }
}

#[cfg(test)]
mod tests;
