//! The register behind the contract, on a real file.

mod between;
mod importing;
mod listing;

use std::sync::Arc;

use lienthong_adapters::store::{SqliteObservations, SqliteRegister};
use lienthong_core::access::ClientName;
use lienthong_core::clock::ManualClock;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::evidence::EvidenceRegister;
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;
use tempfile::TempDir;

use super::{import_evidence, list_evidence, record_evidence};
use crate::essential::{DeskParts, EssentialDesk, Knowledge, NothingCompared};
use crate::status::{EssentialFailure, ServerError, Violation};

struct Office {
    desk: EssentialDesk,
    _folder: TempDir,
}

impl Office {
    fn open() -> Self {
        Self::behind(|register| Arc::new(register))
    }

    /// With a register of its own in front of the file.
    fn behind(front: impl FnOnce(SqliteRegister) -> Arc<dyn EvidenceRegister>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rules = ObservationRules::shipped().unwrap();
        let path = folder.path().join("observations.sqlite");
        let observations = SqliteObservations::open(&path, Arc::new(rules)).unwrap();
        let register = SqliteRegister::open(folder.path().join("register.sqlite")).unwrap();
        let now = "2026-11-22T03:00:00Z".parse().unwrap();
        let desk = EssentialDesk::new(DeskParts {
            observations: Arc::new(observations),
            evidence: front(register),
            knowledge: Arc::new(Knowledge::shipped().unwrap()),
            clock: Arc::new(ManualClock::starting_at(now)),
            mismatches: Arc::new(NothingCompared),
            following: None,
            window_days: 30,
        });
        Self {
            desk,
            _folder: folder,
        }
    }

    async fn record(
        &self,
        evidence: v1::Evidence,
        event: &str,
    ) -> Result<v1::RecordEvidenceResponse, ServerError> {
        let message = v1::RecordEvidenceRequest {
            evidence: Some(evidence),
            operator_id: "CB-07".to_owned(),
            event_id: event.to_owned(),
        };
        record_evidence(&self.desk, client(), &message).await
    }

    async fn import(
        &self,
        pieces: &[(&str, v1::Evidence)],
        preview: bool,
    ) -> Result<v1::ImportEvidenceResponse, ServerError> {
        let piece = |(event, evidence): &(&str, v1::Evidence)| v1::ImportedEvidence {
            evidence: Some(evidence.clone()),
            event_id: (*event).to_owned(),
        };
        let message = v1::ImportEvidenceRequest {
            pieces: pieces.iter().map(piece).collect(),
            operator_id: "CB-07".to_owned(),
            preview,
        };
        import_evidence(&self.desk, client(), &message).await
    }

    async fn list(&self, message: v1::ListEvidenceRequest) -> v1::ListEvidenceResponse {
        list_evidence(&self.desk, &message).await.unwrap()
    }

    async fn ids(&self, message: v1::ListEvidenceRequest) -> Vec<String> {
        let listed = self.list(message).await.evidence;
        listed
            .into_iter()
            .map(|judged| judged.evidence.unwrap().evidence_id)
            .collect()
    }
}

fn client() -> ClientName {
    ClientName::parse("igate").unwrap()
}

/// A decision on the process of service 3.
fn decision(symbol: &str, issued_on: &str) -> v1::Evidence {
    v1::Evidence {
        class: Class::ProcessDecision.into(),
        service_numbers: vec![3],
        procedure_codes: vec!["1.004222".to_owned()],
        symbol: symbol.to_owned(),
        title: "Phê duyệt quy trình".to_owned(),
        issuer: "UBND tỉnh thử nghiệm".to_owned(),
        issued_on: issued_on.to_owned(),
        sha256: "0a".repeat(32),
        ..v1::Evidence::default()
    }
}

fn violations(error: ServerError) -> Vec<(String, &'static str)> {
    let ServerError::Invalid(violations) = error else {
        panic!("not refused for its fields: {error:?}");
    };
    let pair = |it: Violation| (it.field, it.reason);
    violations.into_iter().map(pair).collect()
}

#[tokio::test]
async fn a_piece_is_recorded_once_and_comes_back_as_it_was_given() {
    let office = Office::open();
    let mut given = decision("663/QĐ-TTPVHCC", "13/5/2026");
    given.unit_codes = vec!["H60.12".to_owned()];
    given.issuer_code = "H60".to_owned();
    given.signer = "Nguyễn Văn Thử".to_owned();
    given.checked_on = "2026-06-01".to_owned();
    given.checked_by = "CB-01".to_owned();
    given
        .statements
        .insert("steps_before".to_owned(), "7".to_owned());
    let first = office.record(given.clone(), "e1").await.unwrap();
    let expected = v1::Evidence {
        evidence_id: "MC-000001".to_owned(),
        issued_on: "2026-05-13".to_owned(),
        valid_from: "2026-05-13".to_owned(),
        ..given.clone()
    };
    assert!(!first.duplicate);
    assert!(
        first.evidence == Some(expected.clone()),
        "as given, with its days"
    );
    let again = office.record(given.clone(), "e1").await.unwrap();
    assert!(again.duplicate && again.evidence == Some(expected));
    given.title = "Khác".to_owned();
    let reused = office.record(given, "e1").await.unwrap_err();
    let other_content = lienthong_core::ports::evidence::EvidenceError::OtherContent;
    assert!(
        matches!(&reused, ServerError::Essential(EssentialFailure::Evidence(it)) if *it == other_content),
        "{reused:?}"
    );
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_with_its_field() {
    let office = Office::open();
    let empty = v1::RecordEvidenceRequest::default();
    let error = record_evidence(&office.desk, client(), &empty)
        .await
        .unwrap_err();
    assert_eq!(
        violations(error),
        [
            ("evidence".to_owned(), "REQUIRED"),
            ("event_id".to_owned(), "REQUIRED"),
            ("operator_id".to_owned(), "REQUIRED"),
        ]
    );
    let mut wrong = decision("663/QĐ-TTPVHCC", "2026-02-30");
    wrong.class = 10;
    wrong.service_numbers = vec![3, -1];
    wrong.supersedes = vec!["MC-000009".to_owned()];
    wrong.sha256.clear();
    let error = office.record(wrong, "e1").await.unwrap_err();
    assert_eq!(
        violations(error),
        [
            ("evidence.class".to_owned(), "UNKNOWN_VALUE"),
            ("evidence.service_numbers".to_owned(), "CODE"),
            ("evidence.issued_on".to_owned(), "DATE"),
            ("evidence.supersedes".to_owned(), "EVIDENCE_ID"),
            ("evidence.sha256".to_owned(), "REQUIRED"),
        ]
    );
    let mut wrong = decision("663/QĐ-TTPVHCC", "2026-05-13");
    wrong.service_numbers = vec![26];
    wrong.issuer_code = "H22".to_owned();
    wrong
        .statements
        .insert("online_target".to_owned(), "101%".to_owned());
    let told = violations(office.record(wrong, "e1").await.unwrap_err());
    assert_eq!(
        told,
        [
            ("evidence.service_numbers".to_owned(), "UNKNOWN_SERVICE"),
            ("evidence.issuer_code".to_owned(), "AGENCY_CLOSED"),
            ("evidence.statements[online_target]".to_owned(), "STATEMENT"),
        ]
    );
    assert_eq!(
        office.ids(v1::ListEvidenceRequest::default()).await,
        [""; 0]
    );
}

#[tokio::test]
async fn the_call_its_pieces_and_what_follows_from_them_are_told_in_one_answer() {
    let office = Office::open();
    let known = decision("663/QĐ-TTPVHCC", "2026-05-13");
    office.record(known, "e0").await.unwrap();
    // Without a title, a rival of what is recorded, and about a service that there is not.
    let mut rival = decision("700/QĐ-UBND", "2026-05-13");
    rival.title.clear();
    rival.service_numbers.push(26);
    let mut target = decision("9/BB-SKHCN", "2026-02-30");
    target.class = Class::PapersSheet.into();
    target.unit_codes = vec!["H22.1".to_owned()];
    target
        .statements
        .insert("papers_cut".to_owned(), "giấy khai sinh".to_owned());
    let piece = |evidence: v1::Evidence, event: &str| v1::ImportedEvidence {
        evidence: Some(evidence),
        event_id: event.to_owned(),
    };
    for preview in [true, false] {
        let message = v1::ImportEvidenceRequest {
            pieces: vec![piece(rival.clone(), ""), piece(target.clone(), "e2")],
            operator_id: String::new(),
            preview,
        };
        let refused = import_evidence(&office.desk, client(), &message).await;
        let expected = [
            ("pieces[0].event_id", "REQUIRED"),
            ("operator_id", "REQUIRED"),
            ("pieces[0].evidence.service_numbers", "UNKNOWN_SERVICE"),
            ("pieces[0].evidence.title", "REQUIRED"),
            ("pieces[0].evidence.supersedes", "RIVAL_DECISION"),
            ("pieces[1].evidence.issued_on", "DATE"),
            ("pieces[1].evidence.statements[papers_cut]", "STATEMENT"),
        ];
        let told = violations(refused.unwrap_err());
        let told: Vec<_> = told
            .iter()
            .map(|(field, rule)| (field.as_str(), *rule))
            .collect();
        assert_eq!(told, expected, "preview: {preview}");
    }
}

#[tokio::test]
async fn names_in_a_call_are_used_once_and_a_call_is_not_empty() {
    let office = Office::open();
    let named = v1::Evidence {
        evidence_id: "a".to_owned(),
        ..decision("1/QĐ-UBND", "2026-05-13")
    };
    let twice = [("e1", named.clone()), ("e2", named)];
    let told = violations(office.import(&twice, true).await.unwrap_err());
    let expected = ("pieces[1].evidence.evidence_id".to_owned(), "NAME_IN_USE");
    assert_eq!(told, [expected]);
    let told = violations(office.import(&[], true).await.unwrap_err());
    assert_eq!(told, [("pieces".to_owned(), "REQUIRED")]);
}

#[tokio::test]
async fn evidence_is_listed_page_by_page_with_why_it_does_not_count() {
    let office = Office::open();
    let mut minutes = decision("12/BB-SKHCN", "2026-01-10");
    minutes.class = Class::ConnectionMinutes.into();
    minutes.procedure_codes.clear();
    let mut other = decision("5/QĐ-UBND", "2026-03-01");
    other.service_numbers = vec![9];
    other.procedure_codes = vec!["1.001193".to_owned()];
    let pieces = [
        ("e1", minutes),
        ("e2", other),
        ("e3", decision("6/QĐ-UBND", "2026-03-01")),
    ];
    office.import(&pieces, false).await.unwrap();
    let asked = v1::ListEvidenceRequest::default();
    assert_eq!(office.ids(asked.clone()).await, ["MC-000003", "MC-000002"]);
    let of_service = v1::ListEvidenceRequest {
        service_number: 3,
        ..asked.clone()
    };
    assert_eq!(office.ids(of_service.clone()).await, ["MC-000003"]);
    let earlier = v1::ListEvidenceRequest {
        as_of: "2026-02-01".to_owned(),
        ..asked.clone()
    };
    assert_eq!(office.ids(earlier).await, ["MC-000001"]);
    let of_class = v1::ListEvidenceRequest {
        class: Class::ConnectionMinutes.into(),
        include_invalid: true,
        ..of_service
    };
    let listed = office.list(of_class).await.evidence;
    assert!(!listed[0].valid);
    assert_eq!(
        listed[0].reason_en,
        "documents of its class counted until 2026-07-09"
    );
    let mut page = v1::ListEvidenceRequest {
        include_invalid: true,
        page_size: 2,
        ..asked
    };
    let first = office.list(page.clone()).await;
    assert_eq!(first.evidence.len(), 2);
    page.page_token = first.next_page_token;
    let rest = office.list(page.clone()).await;
    assert_eq!(rest.evidence.len(), 1);
    assert_eq!(rest.next_page_token, "");
    page.service_number = 9;
    let error = list_evidence(&office.desk, &page).await.unwrap_err();
    assert_eq!(violations(error), [("page_token".to_owned(), "PAGE_TOKEN")]);
    let wrong = v1::ListEvidenceRequest {
        service_number: -1,
        class: 99,
        as_of: "30/02/2026".to_owned(),
        page_size: 501,
        ..v1::ListEvidenceRequest::default()
    };
    let told = violations(list_evidence(&office.desk, &wrong).await.unwrap_err());
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["service_number", "class", "as_of", "page_size"]);
}
