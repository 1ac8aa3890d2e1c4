//! Reports on request, over real stores.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use lienthong_adapters::store::{SqliteCatalogue, SqliteObservations, SqliteRegister};
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::catalogue::{SideFetch, StepCounts};
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::ports::catalogue::{
    CatalogueStore as _, CatalogueUnit, FetchOutcome, FetchRecord, NextCatalogue,
};
use lienthong_core::ports::reports::ReportArchive;
use lienthong_proto::v1;
use tempfile::TempDir;
use v1::kept_report::Stage;

use super::super::{approve, export, keep_board, list, publish, withdraw};
use crate::client::json;
use crate::convert::essential::check_response;
use crate::demo::province::{Grounds, Province, SEED, Stores, seed};
use crate::essential::{DeskParts, EssentialDesk, Following, Knowledge, NothingCompared};
use crate::status::ServerError;

mod made;
mod monthly;
mod refusing;

const WITHIN: Duration = Duration::from_mins(5);

struct Ground {
    desk: EssentialDesk,
    archive: Arc<SqliteRegister>,
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl Ground {
    /// A gateway with an invented year, on the morning of 3/11/2026.
    async fn new(dossiers: u32) -> Self {
        Self::following(dossiers, None).await
    }

    async fn following(dossiers: u32, following: Option<Arc<dyn Following>>) -> Self {
        let knowledge = Arc::new(Knowledge::shipped().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let rules = Arc::clone(&knowledge.observation_rules);
        let path = folder.path().join("observations.sqlite");
        let observations = Arc::new(SqliteObservations::open(path, rules).unwrap());
        let archive = SqliteRegister::open(folder.path().join("register.sqlite"));
        let archive = Arc::new(archive.unwrap());
        let grounds = Grounds {
            today: date(2026, 11, 3),
            calendar: &knowledge.calendar,
            seed: SEED,
            dossiers,
        };
        let province = Province::invent(&grounds).unwrap();
        let stores = Stores {
            observations: Arc::clone(&observations) as _,
            evidence: Arc::clone(&archive) as _,
        };
        seed(&province, &stores).await.unwrap();
        let clock = Arc::new(ManualClock::starting_at(at("2026-11-03T01:00:00Z")));
        let desk = EssentialDesk::new(DeskParts {
            observations,
            evidence: Arc::clone(&archive) as _,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            knowledge,
            mismatches: Arc::new(NothingCompared),
            following,
            window_days: 30,
        });
        Self {
            desk,
            archive,
            clock,
            folder,
        }
    }

    async fn export(
        &self,
        request: &v1::ExportReportRequest,
    ) -> Result<(v1::ReportDescription, Vec<u8>), ServerError> {
        export(&self.desk, &*self.archive, Some(client()), request, WITHIN).await
    }

    async fn kept(&self) -> Vec<v1::KeptReport> {
        let all = v1::ListReportsRequest::default();
        list(&*self.archive, &all).await.unwrap().reports
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn client() -> ClientName {
    ClientName::parse("igate").unwrap()
}

fn days(first: &str, last: &str) -> v1::ObservationWindow {
    v1::ObservationWindow {
        first_day: first.to_owned(),
        last_day: last.to_owned(),
    }
}

fn late_units(format: v1::ReportFormat) -> v1::ExportReportRequest {
    v1::ExportReportRequest {
        format: format.into(),
        kind: v1::ReportKind::LateUnits.into(),
        window: Some(days("2026-10-01", "2026-10-31")),
        ..v1::ExportReportRequest::default()
    }
}

fn again(id: &str, format: v1::ReportFormat, language: &str) -> v1::ExportReportRequest {
    v1::ExportReportRequest {
        format: format.into(),
        language: language.to_owned(),
        report_id: id.to_owned(),
        ..v1::ExportReportRequest::default()
    }
}

fn approval(report: &v1::KeptReport, event: &str) -> v1::ApproveReportRequest {
    v1::ApproveReportRequest {
        report_id: report.report_id.clone(),
        content_sha256: report.content_sha256.clone(),
        operator_id: "CB-01".to_owned(),
        event_id: event.to_owned(),
    }
}

fn fields(error: &ServerError) -> Vec<(&str, &str)> {
    match error {
        ServerError::Invalid(violations) => violations
            .iter()
            .map(|it| (it.field.as_str(), it.reason))
            .collect(),
        other => panic!("{other:?}"),
    }
}
