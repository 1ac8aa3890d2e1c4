//! The record of look-ups that the invented officers would have left behind.

use std::time::Duration;

use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{AccessOutcome, AccessRecord, KeyId, PersonHash, Question};
use lienthong_core::ports::population::{Operation, RequestNumber};

use super::InventError;
use super::life::Life;
use super::telling::{CLIENT, text};

/// Fields that an invented officer asks for.
const FIELDS: [&str; 3] = ["full_name", "birth", "permanent_address"];

impl Life {
    /// Its look-ups, oldest first.
    ///
    /// # Errors
    /// [`InventError`] when something invented is not valid.
    pub fn accesses(&self) -> Result<Vec<AccessRecord>, InventError> {
        let all = (1..).zip(&self.lookups);
        all.map(|(number, (at, outcome))| self.access(number, *at, *outcome))
            .collect()
    }

    fn access(
        &self,
        number: u32,
        at: jiff::Timestamp,
        outcome: AccessOutcome,
    ) -> Result<AccessRecord, InventError> {
        let invented = |what| InventError::Value(what);
        let answered = outcome != AccessOutcome::NotAnswered;
        let request = format!("GL-{:08}-{number}", self.place);
        let fields: Vec<String> = FIELDS.map(str::to_owned).to_vec();
        let matched = outcome == AccessOutcome::Matched;
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&self.place.to_be_bytes());
        Ok(AccessRecord {
            asked_at: at,
            context: AccessContext {
                client: ClientName::parse(CLIENT).ok_or(invented("client"))?,
                officer: OfficerId::parse("000180000009").ok_or(invented("officer"))?,
                officer_account: None,
                unit: self.unit.clone(),
                procedure: self.procedure.clone(),
                dossier: self.number.clone(),
                purpose: Purpose::DossierIntake,
                legal_basis: Some(text("NĐ 104/2022/NĐ-CP")?),
            },
            question: Question::LookUp,
            operation: Some(Operation::LookUp),
            requested: fields.clone(),
            returned: if matched { fields } else { Vec::new() },
            withheld: Vec::new(),
            outcome,
            reason: String::new(),
            source: answered.then_some(AnswerSource::Live),
            observed_at: answered.then_some(at),
            request_number: RequestNumber::new(request),
            attempts: 1,
            profile: "soap-lgsp".to_owned(),
            latency: Duration::from_millis(120),
            person: PersonHash {
                key_id: KeyId::parse("gia-lap").ok_or(invented("key"))?,
                hash,
            },
        })
    }
}
