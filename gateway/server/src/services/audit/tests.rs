use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::clock::ManualClock;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{
    AccessFilter, AccessOutcome, AccessRecord, AuditError, AuditLog, AuditReading, KeyId,
    PersonHash, Question, RecordedAccess,
};
use lienthong_core::ports::population::{Operation, RequestNumber};
use lienthong_core::procedure::ProcedureCode;
use lienthong_proto::v1;

use super::Audit;
use crate::status::ServerError;

/// A log of so many like records that remembers who read it.
#[derive(Debug, Default)]
struct Log {
    records: u64,
    asked: Mutex<Vec<AccessFilter>>,
    readings: Mutex<Vec<AuditReading>>,
    deaf: bool,
}

fn record() -> AccessRecord {
    AccessRecord {
        asked_at: "2026-11-22T01:00:00Z".parse().unwrap(),
        context: AccessContext {
            client: client("igate"),
            officer: OfficerId::parse("000180000009").unwrap(),
            officer_account: None,
            unit: AgencyCode::parse("000.00.01.H42").unwrap(),
            procedure: ProcedureCode::parse("1.001193").unwrap(),
            dossier: DossierNumber::parse("000.00.01.H42-261122-0001").unwrap(),
            purpose: Purpose::DossierIntake,
            legal_basis: None,
        },
        question: Question::Verify,
        operation: Some(Operation::LookUp),
        requested: Vec::new(),
        returned: Vec::new(),
        withheld: Vec::new(),
        outcome: AccessOutcome::Matched,
        reason: String::new(),
        source: Some(AnswerSource::Stale),
        observed_at: Some("2026-11-22T00:59:00Z".parse().unwrap()),
        request_number: RequestNumber::new("LT-1"),
        attempts: 0,
        profile: "soap-lgsp".to_owned(),
        latency: Duration::from_millis(3),
        person: PersonHash {
            key_id: KeyId::parse("k1").unwrap(),
            hash: [0xab; 32],
        },
    }
}

#[async_trait]
impl AuditLog for Log {
    async fn record(&self, _: AccessRecord) -> Result<u64, AuditError> {
        Ok(1)
    }

    async fn ready(&self) -> Result<(), AuditError> {
        Ok(())
    }

    async fn accesses(
        &self,
        filter: &AccessFilter,
        before: Option<u64>,
        most: u32,
    ) -> Result<Vec<RecordedAccess>, AuditError> {
        self.asked.lock().unwrap().push(filter.clone());
        let newest = before.map_or(self.records, |before| before - 1);
        Ok((1..=newest)
            .rev()
            .take(usize::try_from(most).unwrap())
            .map(|sequence| RecordedAccess {
                sequence,
                access: record(),
            })
            .collect())
    }

    async fn attempts_since(&self, _: &str, _: Timestamp) -> Result<u64, AuditError> {
        Ok(0)
    }

    async fn record_reading(&self, reading: AuditReading) -> Result<(), AuditError> {
        if self.deaf {
            let reason = "the test says so".to_owned();
            return Err(AuditError::Unavailable { reason });
        }
        self.readings.lock().unwrap().push(reading);
        Ok(())
    }
}

fn client(name: &str) -> ClientName {
    ClientName::parse(name).unwrap()
}

fn service(log: &Arc<Log>) -> Audit {
    let clock = ManualClock::starting_at(Timestamp::UNIX_EPOCH);
    let readers = vec![client("archive")];
    Audit::new(Arc::clone(log) as _, Arc::new(clock), readers)
}

fn holding(records: u64) -> Arc<Log> {
    Arc::new(Log {
        records,
        ..Log::default()
    })
}

fn asked() -> v1::ListAccessesRequest {
    v1::ListAccessesRequest {
        reader: Some(v1::AuditReader {
            operator_id: "000180000010".to_owned(),
            reason: "kiểm tra định kỳ".to_owned(),
        }),
        dossier_code: "000.00.01.H42-261122-0001".to_owned(),
        page_size: 2,
        ..v1::ListAccessesRequest::default()
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_and_each_is_recorded() {
    let log = holding(5);
    let service = service(&log);
    let mut request = asked();
    let mut seen = Vec::new();
    loop {
        let page = service.page(client("archive"), &request).await.unwrap();
        seen.extend(page.accesses.iter().map(|access| access.sequence));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    let readings = log.readings.lock().unwrap();
    let shown: Vec<_> = readings.iter().map(|reading| reading.shown).collect();
    assert_eq!(shown, [2, 2, 1]);
    assert_eq!(readings[0].conditions, ["dossier_code"]);
    assert!(log.asked.lock().unwrap()[0].dossier.is_some());
}

#[tokio::test]
async fn a_system_that_is_not_named_reads_nothing() {
    let log = holding(1);
    let error = service(&log)
        .page(client("igate"), &asked())
        .await
        .unwrap_err();
    assert_eq!(error, ServerError::AuditNotPermitted);
    assert!(log.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_shown_when_the_reading_cannot_be_recorded() {
    let log = Arc::new(Log {
        records: 1,
        deaf: true,
        ..Log::default()
    });
    let error = service(&log)
        .page(client("archive"), &asked())
        .await
        .unwrap_err();
    assert!(matches!(error, ServerError::Audit(_)), "{error:?}");
}

#[tokio::test]
async fn a_token_continues_its_own_question_only() {
    let log = holding(5);
    let service = service(&log);
    let page = service.page(client("archive"), &asked()).await.unwrap();
    let mut other = v1::ListAccessesRequest {
        client: "igate".to_owned(),
        page_token: page.next_page_token.clone(),
        ..asked()
    };
    for token in [page.next_page_token.as_str(), "x", "AAAA"] {
        token.clone_into(&mut other.page_token);
        let error = service.page(client("archive"), &other).await.unwrap_err();
        let ServerError::Invalid(violations) = error else {
            panic!("{error:?}");
        };
        assert_eq!(violations[0].field, "page_token");
    }
    let larger = v1::ListAccessesRequest {
        page_token: page.next_page_token,
        page_size: 500,
        ..asked()
    };
    assert!(service.page(client("archive"), &larger).await.is_ok());
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let log = holding(0);
    let request = v1::ListAccessesRequest {
        reader: Some(v1::AuditReader {
            operator_id: String::new(),
            reason: "vì".to_owned(),
        }),
        officer_id: "không phải mã".to_owned(),
        purpose: 99,
        outcome: 99,
        client: "I GATE".to_owned(),
        page_size: 501,
        ..v1::ListAccessesRequest::default()
    };
    let error = service(&log)
        .page(client("archive"), &request)
        .await
        .unwrap_err();
    let ServerError::Invalid(violations) = error else {
        panic!("{error:?}");
    };
    let mut fields: Vec<_> = violations
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    fields.sort_unstable();
    let wrong = [
        "client",
        "officer_id",
        "outcome",
        "page_size",
        "purpose",
        "reader.operator_id",
        "reader.reason",
    ];
    assert_eq!(fields, wrong);
}

#[tokio::test]
async fn a_record_is_shown_whole_and_the_person_only_as_a_digest() {
    let log = holding(1);
    let page = service(&log)
        .page(client("archive"), &asked())
        .await
        .unwrap();
    let access = &page.accesses[0];
    assert_eq!(access.person_digest, format!("k1:{}", "ab".repeat(32)));
    assert_eq!(
        access.method,
        "lienthong.v1.PopulationService/VerifyCitizen"
    );
    let provenance = access.provenance.as_ref().unwrap();
    assert_eq!(provenance.request_id, "LT-1");
    assert!(provenance.stale);
    assert_eq!(provenance.age.unwrap().seconds, 60);
    let context = access.context.as_ref().unwrap();
    assert_eq!(context.dossier_code, "000.00.01.H42-261122-0001");
    assert!(page.next_page_token.is_empty());
}
