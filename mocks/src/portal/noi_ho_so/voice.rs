//! The answers of P4: `{code, message, data}` with a true HTTP status (portal.md 9 and 22).
//!
//! What a reader would get wrong: only the statuses 200, 400, 401, 403, 404 and 502 are
//! documented. "Already there" and "not there" are said with 200 and another `code`, an assumption
//! of this project.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::dossier::PortalDossier;
use super::super::reception::{Done, Reception, Voice, status_of, steps, with_retry_after};
use super::super::refusal::Refusal;
use crate::answer::{Answer, JSON};
use crate::config::LookupAnswer;
use crate::fault::ErrorCode;

/// `code` of an answer that says yes.
const DONE: u16 = 200;
/// `code` of a dossier that is there already.
const THERE: u16 = 409;
/// `code` of a dossier that is not there.
const NOT_THERE: u16 = 404;

/// The profile's answers.
pub(super) struct NoiHoSoVoice(pub(super) Arc<Reception>);

impl NoiHoSoVoice {
    fn data(&self, done: &Done) -> Value {
        match done {
            Done::LoggedIn { secret, life } => json!({
                "access_token": secret,
                "expires_in": life.as_secs(),
                "token_type": "Bearer",
                "scope": "dvc",
            }),
            Done::FilesStored(files) => {
                let proxied = self.0.settings.noi_ho_so.upload_answer_proxied;
                let file = |(id, hash): &(String, String)| {
                    let file = json!({"IdTepTin": id, "HashTepTin": hash});
                    if proxied {
                        json!({"response": {"data": [file]}})
                    } else {
                        file
                    }
                };
                files.iter().map(file).collect()
            }
            Done::Registered { id, code } => json!({"idHoSo": id, "maHoSo": code}),
            Done::Found(dossier) => self.shown(dossier),
            Done::NumberIssued(_)
            | Done::Told(_)
            | Done::Created
            | Done::Updated
            | Done::StepsAdded
            | Done::Absent => Value::Null,
        }
    }

    fn shown(&self, dossier: &PortalDossier) -> Value {
        let id = Value::from(dossier.id.clone());
        if *self.0.lookup.lock() == LookupAnswer::CodeOnly {
            return json!({"IdHoSo": id, "MaHoSo": dossier.code});
        }
        let mut fields: Map<String, Value> = dossier.fields.clone().into_iter().collect();
        fields.insert("IdHoSo".to_owned(), id);
        if let Some(change) = dossier.status_changes.last() {
            for name in ["TrangThai", "DanhSachGiayToKetQua"] {
                if let Some(value) = change.get(name) {
                    fields.insert(name.to_owned(), value.clone());
                }
            }
        }
        fields.insert("DanhSachTienTrinh".to_owned(), steps(dossier));
        Value::Object(fields)
    }
}

fn answer(status: StatusCode, code: &Value, message: &str, data: &Value) -> Answer {
    let body = json!({"code": code, "message": message, "data": data});
    Answer::new(status, JSON, body.to_string())
}

impl Voice for NoiHoSoVoice {
    fn done(&self, done: &Done, _integer: bool) -> Answer {
        if let Done::NumberIssued(number) = done {
            let body = json!({ "value": number });
            return Answer::new(StatusCode::OK, JSON, body.to_string());
        }
        let data = self.data(done);
        answer(StatusCode::OK, &Value::from(DONE), done.words(), &data)
    }

    fn refuse(&self, refusal: &Refusal, _integer: bool) -> Answer {
        let (status, code) = match refusal {
            Refusal::Duplicate(_) => (StatusCode::OK, THERE),
            Refusal::UnknownDossier(_) => (StatusCode::OK, NOT_THERE),
            Refusal::Token | Refusal::Account => (StatusCode::UNAUTHORIZED, 401),
            refusal => {
                let status = status_of(refusal, StatusCode::BAD_REQUEST);
                (status, status.as_u16())
            }
        };
        let data = match refusal {
            Refusal::Duplicate(culprit) if self.0.settings.noi_ho_so.duplicate_tells_id => {
                json!({"idHoSo": culprit.id, "maHoSo": culprit.code})
            }
            _ => Value::Null,
        };
        let answer = answer(status, &Value::from(code), &refusal.to_string(), &data);
        with_retry_after(answer, refusal)
    }

    fn words(&self, code: &ErrorCode, message: &str) -> Answer {
        answer(StatusCode::OK, &code.to_json(), message, &Value::Null)
    }
}
