//! Somebody else records between the examination and the recording.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use lienthong_adapters::store::SqliteRegister;
use lienthong_core::ports::evidence::{
    EvidenceError, EvidenceRegister, NewEvidence, RecordedEvidence, RegisteredEvidence,
};

use super::{Office, decision};
use crate::status::ServerError;

/// Records each of `rivals` right before one call records.
struct Shared {
    register: SqliteRegister,
    rivals: Mutex<Vec<NewEvidence>>,
}

#[async_trait]
impl EvidenceRegister for Shared {
    async fn record_on(
        &self,
        version: Option<u64>,
        pieces: Vec<NewEvidence>,
    ) -> Result<Option<Vec<RecordedEvidence>>, EvidenceError> {
        let rival = self.rivals.lock().unwrap().pop();
        if let Some(rival) = rival {
            self.register.record(vec![rival]).await?;
        }
        self.register.record_on(version, pieces).await
    }

    async fn history(&self) -> Result<Vec<RegisteredEvidence>, EvidenceError> {
        self.register.history().await
    }

    async fn version(&self) -> Result<u64, EvidenceError> {
        self.register.version().await
    }
}

/// What another office recorded, as it would be recorded here.
async fn elsewhere(symbols_and_days: &[(&str, &str)]) -> Vec<NewEvidence> {
    let office = Office::open();
    for (index, (symbol, day)) in symbols_and_days.iter().enumerate() {
        let event = format!("other-{index}");
        office.record(decision(symbol, day), &event).await.unwrap();
    }
    let history = office.desk.evidence().history().await.unwrap();
    let pieces = history.into_iter().map(|it| NewEvidence {
        evidence: it.evidence,
        event: it.event,
        client: it.client,
        operator: it.operator,
        at: it.recorded_at,
    });
    pieces.collect()
}

fn shared(rivals: Vec<NewEvidence>) -> Office {
    let rivals = Mutex::new(rivals);
    Office::behind(|register| Arc::new(Shared { register, rivals }))
}

#[tokio::test]
async fn a_rival_that_is_recorded_in_between_is_met() {
    let office = shared(elsewhere(&[("664/QĐ-TTPVHCC", "13/5/2026")]).await);
    let piece = decision("663/QĐ-TTPVHCC", "13/5/2026");
    let refused = office.record(piece, "e1").await.unwrap_err();
    assert!(matches!(refused, ServerError::Invalid(_)), "{refused:?}");
    let held = office.desk.evidence().version().await.unwrap();
    assert_eq!(held, 1, "the rival alone");
}

#[tokio::test]
async fn what_does_not_contradict_it_is_recorded_behind_it() {
    let office = shared(elsewhere(&[("601/QĐ-TTPVHCC", "13/4/2026")]).await);
    let piece = decision("663/QĐ-TTPVHCC", "13/5/2026");
    let recorded = office.record(piece, "e1").await.unwrap();
    assert_eq!(recorded.evidence.unwrap().evidence_id, "MC-000002");
}
