//! `lienthong.v1.EssentialServicesService`.
//!
//! What a reader would get wrong: every known system may read, because nothing here is about
//! a citizen. To record evidence, to keep reports and to decide about them is for the systems
//! that the configuration names, and only they are told which officers did so.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::ClientName;
use lienthong_core::ports::reports::ReportArchive;
use lienthong_proto::v1;
use lienthong_proto::v1::essential_services_service_server::EssentialServicesService;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::{TimeLimit, caller, evidence};
use crate::convert::essential::{
    check_response, get_response, list_response, read_list, read_one, read_question, read_rebuild,
};
use crate::convert::to_timestamp;
use crate::essential::{EssentialDesk, Observer};
use crate::reports;
use crate::status::{EssentialFailure, ServerError};

/// Time for a scan where the caller names no deadline.
const LONGEST: Duration = Duration::from_mins(5);

/// Bytes of a file in one message.
const CHUNK: usize = 64 << 10;

/// What the service works with.
pub struct EssentialParts {
    /// Where checks are asked for.
    pub desk: EssentialDesk,
    /// Where reports are kept.
    pub archive: Arc<dyn ReportArchive>,
    /// Who observes the traffic.
    pub observer: Arc<Observer>,
    /// Systems that may record evidence and decide about reports.
    pub recorders: Vec<ClientName>,
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

    /// The calling system, if it may record.
    fn recorder<T>(&self, request: &Request<T>) -> Result<ClientName, ServerError> {
        let client = caller(request)?;
        self.if_recorder(client)
            .ok_or_else(|| EssentialFailure::RecorderNotPermitted.into())
    }

    fn if_recorder(&self, client: ClientName) -> Option<ClientName> {
        self.parts.recorders.contains(&client).then_some(client)
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

    async fn rebuild(
        &self,
        client: &ClientName,
        message: &v1::RebuildObservationsRequest,
    ) -> Result<v1::RebuildObservationsResponse, ServerError> {
        let (_, reason) = read_rebuild(message)?;
        let begun = self.parts.observer.begin_anew().await;
        begun.map_err(EssentialFailure::from)?;
        // Who it was stands in no log: an official's code is personal, and people write names
        // into reasons.
        tracing::warn!(
            client = client.as_str(),
            reason_characters = reason.as_str().chars().count(),
            "the observations are made anew"
        );
        Ok(v1::RebuildObservationsResponse {
            started_at: Some(to_timestamp(self.desk().now())),
        })
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
        let client = self.recorder(&request)?;
        Ok(Response::new(
            self.rebuild(&client, request.get_ref()).await?,
        ))
    }

    async fn record_evidence(
        &self,
        request: Request<v1::RecordEvidenceRequest>,
    ) -> Result<Response<v1::RecordEvidenceResponse>, Status> {
        let client = self.recorder(&request)?;
        let answer = evidence::record_evidence(self.desk(), client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn import_evidence(
        &self,
        request: Request<v1::ImportEvidenceRequest>,
    ) -> Result<Response<v1::ImportEvidenceResponse>, Status> {
        let client = self.recorder(&request)?;
        let answer = evidence::import_evidence(self.desk(), client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn list_evidence(
        &self,
        request: Request<v1::ListEvidenceRequest>,
    ) -> Result<Response<v1::ListEvidenceResponse>, Status> {
        let recorder = self.if_recorder(caller(&request)?);
        let mut answer = evidence::list_evidence(self.desk(), request.get_ref()).await?;
        if recorder.is_none() {
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
        let recorder = self.if_recorder(caller(&request)?);
        let is_recorder = recorder.is_some();
        let within = TimeLimit::of(&request, LONGEST).left();
        let asked = request.into_inner();
        let (mut description, file) =
            reports::export(self.desk(), self.archive(), recorder, &asked, within).await?;
        if !is_recorder {
            hide_officers(&mut description.report);
        }
        Ok(Response::new(Box::pin(tokio_stream::iter(parts(
            description,
            &file,
        )))))
    }

    async fn list_reports(
        &self,
        request: Request<v1::ListReportsRequest>,
    ) -> Result<Response<v1::ListReportsResponse>, Status> {
        let recorder = self.if_recorder(caller(&request)?);
        let mut answer = reports::list(self.archive(), request.get_ref()).await?;
        if recorder.is_none() {
            hide_officers(&mut answer.reports);
        }
        Ok(Response::new(answer))
    }

    async fn approve_report(
        &self,
        request: Request<v1::ApproveReportRequest>,
    ) -> Result<Response<v1::ApproveReportResponse>, Status> {
        let client = self.recorder(&request)?;
        let asked = request.get_ref();
        let answer = reports::approve(self.desk(), self.archive(), client, asked).await?;
        Ok(Response::new(answer))
    }

    async fn record_publication(
        &self,
        request: Request<v1::RecordPublicationRequest>,
    ) -> Result<Response<v1::RecordPublicationResponse>, Status> {
        let client = self.recorder(&request)?;
        let asked = request.get_ref();
        let answer = reports::publish(self.desk(), self.archive(), client, asked).await?;
        Ok(Response::new(answer))
    }

    async fn withdraw_report(
        &self,
        request: Request<v1::WithdrawReportRequest>,
    ) -> Result<Response<v1::WithdrawReportResponse>, Status> {
        let client = self.recorder(&request)?;
        let asked = request.get_ref();
        let answer = reports::withdraw(self.desk(), self.archive(), client, asked).await?;
        Ok(Response::new(answer))
    }
}

/// Leaves out who approved, published or withdrew: an officer's code can be the officer's own
/// personal number (population.md 2.1).
fn hide_officers<'r>(reports: impl IntoIterator<Item = &'r mut v1::KeptReport>) {
    for act in reports.into_iter().flat_map(|report| &mut report.acts) {
        act.operator_id.clear();
    }
}

/// Leaves out who compared pieces with their originals.
fn hide_comparers(answer: &mut v1::ListEvidenceResponse) {
    for piece in answer.evidence.iter_mut().flat_map(|it| &mut it.evidence) {
        piece.checked_by.clear();
    }
}

/// A file as the parts of a stream: what it is, then its bytes.
fn parts(
    description: v1::ReportDescription,
    file: &[u8],
) -> Vec<Result<v1::ExportReportResponse, Status>> {
    use v1::export_report_response::Part;
    let part = |part| Ok(v1::ExportReportResponse { part: Some(part) });
    let chunks = file
        .chunks(CHUNK)
        .map(|chunk| part(Part::Chunk(chunk.to_vec())));
    std::iter::once(part(Part::Description(description)))
        .chain(chunks)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use v1::export_report_response::Part;

    #[test]
    fn who_may_not_record_is_not_told_which_officers_did() {
        let act = v1::ReportAct {
            operator_id: "000234567890".to_owned(),
            client: "igate".to_owned(),
            ..v1::ReportAct::default()
        };
        let mut report = Some(v1::KeptReport {
            acts: vec![act.clone(), act],
            ..v1::KeptReport::default()
        });
        hide_officers(&mut report);
        for act in report.unwrap().acts {
            assert_eq!(
                (act.operator_id.as_str(), act.client.as_str()),
                ("", "igate")
            );
        }
        let piece = v1::Evidence {
            title: "Quyết định".to_owned(),
            checked_by: "Trần Thị Mẫu Thử".to_owned(),
            ..v1::Evidence::default()
        };
        let judged = v1::JudgedEvidence {
            evidence: Some(piece),
            ..v1::JudgedEvidence::default()
        };
        let mut answer = v1::ListEvidenceResponse {
            evidence: vec![judged],
            ..v1::ListEvidenceResponse::default()
        };
        hide_comparers(&mut answer);
        let piece = answer.evidence[0].evidence.as_ref().unwrap();
        assert_eq!(
            (piece.title.as_str(), piece.checked_by.as_str()),
            ("Quyết định", "")
        );
    }

    #[test]
    fn a_file_comes_in_parts_behind_its_description_and_whole() {
        let file: Vec<u8> = (0..=255).cycle().take(CHUNK + 7).collect();
        let description = v1::ReportDescription {
            file_name: "board.csv".to_owned(),
            ..v1::ReportDescription::default()
        };
        let mut told = Vec::new();
        for (place, part) in parts(description, &file).into_iter().enumerate() {
            match part.unwrap().part.unwrap() {
                Part::Description(description) => {
                    assert_eq!((place, description.file_name.as_str()), (0, "board.csv"));
                }
                Part::Chunk(chunk) => told.extend(chunk),
            }
        }
        assert_eq!(told, file);
    }
}
