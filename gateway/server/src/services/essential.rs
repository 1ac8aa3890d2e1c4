//! `lienthong.v1.EssentialServicesService`.
//!
//! What a reader would get wrong: every known system may read, because nothing here is about
//! a citizen. To record evidence, to keep reports and to decide about them is for the systems
//! that the configuration names, and only they are told which officers did so.

mod rebuilding;
mod told;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::ClientName;
use lienthong_core::ports::reports::ReportArchive;
use lienthong_proto::v1;
use lienthong_proto::v1::essential_services_service_server::EssentialServicesService;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use self::told::{hide_comparers, hide_officers, parts};
use super::{TimeLimit, caller, evidence};
use crate::convert::essential::{
    check_response, get_response, list_response, read_list, read_one, read_question,
};
use crate::essential::{EssentialDesk, Observer, Role, Roles};
use crate::reports;
use crate::status::{EssentialFailure, ServerError};

/// Time for a scan where the caller names no deadline.
const LONGEST: Duration = Duration::from_mins(5);

/// What the service works with.
pub struct EssentialParts {
    /// Where checks are asked for.
    pub desk: EssentialDesk,
    /// Where reports are kept.
    pub archive: Arc<dyn ReportArchive>,
    /// Who observes the traffic.
    pub observer: Arc<Observer>,
    /// Who may do more than read.
    pub roles: Roles,
}

/// Answers about the essential services.
pub struct EssentialServices {
    parts: EssentialParts,
}

impl EssentialServices {
    /// Answers from `parts`.
    #[must_use]
    pub fn new(parts: EssentialParts) -> Self {
        Self { parts }
    }

    fn desk(&self) -> &EssentialDesk {
        &self.parts.desk
    }

    fn archive(&self) -> &dyn ReportArchive {
        &*self.parts.archive
    }

    /// The calling system, if it has this role.
    fn with_role<T>(&self, request: &Request<T>, role: Role) -> Result<ClientName, ServerError> {
        let client = caller(request)?;
        if self.parts.roles.may(&client, role) {
            Ok(client)
        } else {
            Err(EssentialFailure::RoleNotPermitted(role).into())
        }
    }

    /// Whether the calling system may see which officers did what.
    fn sees_officers<T>(&self, request: &Request<T>) -> Result<bool, ServerError> {
        Ok(self.parts.roles.has_any(&caller(request)?))
    }

    async fn list(
        &self,
        message: &v1::ListServicesRequest,
    ) -> Result<v1::ListServicesResponse, ServerError> {
        let (on, unit) = read_list(self.desk(), message)?;
        let register = self.desk().register().await?;
        let listed = self.desk().listed(&register, on, unit.as_ref());
        let version = self.desk().knowledge().services.version();
        Ok(list_response(&listed, &register, on, version))
    }
}

#[tonic::async_trait]
impl EssentialServicesService for EssentialServices {
    async fn list_services(
        &self,
        request: Request<v1::ListServicesRequest>,
    ) -> Result<Response<v1::ListServicesResponse>, Status> {
        caller(&request)?;
        Ok(Response::new(self.list(request.get_ref()).await?))
    }

    async fn get_service(
        &self,
        request: Request<v1::GetServiceRequest>,
    ) -> Result<Response<v1::GetServiceResponse>, Status> {
        caller(&request)?;
        let question = read_one(self.desk(), request.get_ref())?;
        let within = TimeLimit::of(&request, LONGEST).left();
        let inspected = self.desk().inspect(&question, within).await;
        let inspected = inspected.map_err(ServerError::from)?;
        Ok(Response::new(get_response(&inspected)))
    }

    async fn check_services(
        &self,
        request: Request<v1::CheckServicesRequest>,
    ) -> Result<Response<v1::CheckServicesResponse>, Status> {
        caller(&request)?;
        let asked = request.get_ref();
        let window = asked.window.as_ref();
        let question = read_question(self.desk(), &asked.numbers, window, &asked.unit_code)?;
        let within = TimeLimit::of(&request, LONGEST).left();
        let inspected = self.desk().inspect(&question, within).await;
        let inspected = inspected.map_err(ServerError::from)?;
        Ok(Response::new(check_response(&inspected)))
    }

    async fn rebuild_observations(
        &self,
        request: Request<v1::RebuildObservationsRequest>,
    ) -> Result<Response<v1::RebuildObservationsResponse>, Status> {
        let client = self.with_role(&request, Role::Rebuild)?;
        let (desk, observer) = (self.desk(), &*self.parts.observer);
        let answer = rebuilding::rebuild(desk, observer, &client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn list_rebuilds(
        &self,
        request: Request<v1::ListRebuildsRequest>,
    ) -> Result<Response<v1::ListRebuildsResponse>, Status> {
        self.with_role(&request, Role::Rebuild)?;
        let answer = rebuilding::list(self.desk(), &self.parts.observer).await?;
        Ok(Response::new(answer))
    }

    async fn record_evidence(
        &self,
        request: Request<v1::RecordEvidenceRequest>,
    ) -> Result<Response<v1::RecordEvidenceResponse>, Status> {
        let client = self.with_role(&request, Role::Import)?;
        let answer = evidence::record_evidence(self.desk(), client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn import_evidence(
        &self,
        request: Request<v1::ImportEvidenceRequest>,
    ) -> Result<Response<v1::ImportEvidenceResponse>, Status> {
        let client = self.with_role(&request, Role::Import)?;
        let answer = evidence::import_evidence(self.desk(), client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn list_evidence(
        &self,
        request: Request<v1::ListEvidenceRequest>,
    ) -> Result<Response<v1::ListEvidenceResponse>, Status> {
        let sees_officers = self.sees_officers(&request)?;
        let mut answer = evidence::list_evidence(self.desk(), request.get_ref()).await?;
        if !sees_officers {
            hide_comparers(&mut answer);
        }
        Ok(Response::new(answer))
    }

    type ExportReportStream =
        Pin<Box<dyn Stream<Item = Result<v1::ExportReportResponse, Status>> + Send>>;

    async fn export_report(
        &self,
        request: Request<v1::ExportReportRequest>,
    ) -> Result<Response<Self::ExportReportStream>, Status> {
        let sees_officers = self.sees_officers(&request)?;
        let keeper = Some(caller(&request)?).filter(|it| self.parts.roles.may_keep(it));
        let within = TimeLimit::of(&request, LONGEST).left();
        let asked = request.into_inner();
        let (mut description, file) =
            reports::export(self.desk(), self.archive(), keeper, &asked, within).await?;
        if !sees_officers {
            hide_officers(&mut description.report);
        }
        let parts = parts(description, file);
        Ok(Response::new(Box::pin(tokio_stream::iter(parts))))
    }

    async fn list_reports(
        &self,
        request: Request<v1::ListReportsRequest>,
    ) -> Result<Response<v1::ListReportsResponse>, Status> {
        let sees_officers = self.sees_officers(&request)?;
        let mut answer = reports::list(self.archive(), request.get_ref()).await?;
        if !sees_officers {
            hide_officers(&mut answer.reports);
        }
        Ok(Response::new(answer))
    }

    async fn approve_report(
        &self,
        request: Request<v1::ApproveReportRequest>,
    ) -> Result<Response<v1::ApproveReportResponse>, Status> {
        let client = self.with_role(&request, Role::Approve)?;
        let asked = request.get_ref();
        let answer = reports::approve(self.desk(), self.archive(), client, asked).await?;
        Ok(Response::new(answer))
    }

    async fn record_publication(
        &self,
        request: Request<v1::RecordPublicationRequest>,
    ) -> Result<Response<v1::RecordPublicationResponse>, Status> {
        let client = self.with_role(&request, Role::Publish)?;
        let asked = request.get_ref();
        let answer = reports::publish(self.desk(), self.archive(), client, asked).await?;
        Ok(Response::new(answer))
    }

    async fn withdraw_report(
        &self,
        request: Request<v1::WithdrawReportRequest>,
    ) -> Result<Response<v1::WithdrawReportResponse>, Status> {
        let client = self.with_role(&request, Role::Approve)?;
        let asked = request.get_ref();
        let answer = reports::withdraw(self.desk(), self.archive(), client, asked).await?;
        Ok(Response::new(answer))
    }
}
