//! `lienthong.v1.AuditService`.
//!
//! What a reader would get wrong: a permission to look up is none to read the record.
//! The configuration names the systems that may, and each reading is itself recorded
//! before anything is shown.

use std::pin::Pin;
use std::sync::Arc;

use lienthong_core::access::ClientName;
use lienthong_core::clock::Clock;
use lienthong_core::ports::audit::{AuditLog, AuditReading};
use lienthong_proto::v1;
use lienthong_proto::v1::audit_service_server::AuditService;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::caller;
use crate::convert::audit::Page;
use crate::status::ServerError;

/// Shows the record of look-ups to those who may read it.
pub struct Audit {
    log: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    readers: Vec<ClientName>,
}

impl Audit {
    /// Shows `log` to `readers`.
    #[must_use]
    pub fn new(log: Arc<dyn AuditLog>, clock: Arc<dyn Clock>, readers: Vec<ClientName>) -> Self {
        Self {
            log,
            clock,
            readers,
        }
    }

    async fn page(
        &self,
        client: ClientName,
        message: &v1::ListAccessesRequest,
    ) -> Result<v1::ListAccessesResponse, ServerError> {
        if !self.readers.contains(&client) {
            return Err(ServerError::AuditNotPermitted);
        }
        let page = Page::read(message)?;
        // One more tells whether there is a next page.
        let found = self
            .log
            .accesses(&page.filter, page.before, page.most.saturating_add(1))
            .await?;
        let answer = page.answer(found);
        let reading = AuditReading {
            at: self.clock.now(),
            client,
            shown: u32::try_from(answer.accesses.len()).unwrap_or(u32::MAX),
            reader: page.reader,
            reason: page.reason,
            conditions: page.conditions,
        };
        self.log.record_reading(reading).await?;
        Ok(answer)
    }
}

#[tonic::async_trait]
impl AuditService for Audit {
    async fn list_accesses(
        &self,
        request: Request<v1::ListAccessesRequest>,
    ) -> Result<Response<v1::ListAccessesResponse>, Status> {
        let client = caller(&request)?;
        let answer = self.page(client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn verify_log(
        &self,
        _request: Request<v1::VerifyLogRequest>,
    ) -> Result<Response<v1::VerifyLogResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    type ExportCitizenReportStream =
        Pin<Box<dyn Stream<Item = Result<v1::ExportCitizenReportResponse, Status>> + Send>>;

    async fn export_citizen_report(
        &self,
        _request: Request<v1::ExportCitizenReportRequest>,
    ) -> Result<Response<Self::ExportCitizenReportStream>, Status> {
        Err(ServerError::UnknownMethod.into())
    }
}

#[cfg(test)]
mod tests;
