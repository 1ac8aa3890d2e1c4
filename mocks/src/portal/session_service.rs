//! Profiles P1 and P2: one address for the login and one for every service, told apart by the
//! field `service` of a JSON body (portal.md 2 to 6).
//!
//! What a reader would get wrong: an unknown session is not a status 401 but a 200 whose message
//! contains the word `session` (portal.md 3, an assumption that the adapter shares).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Map, Value, json};

use super::field::{FieldProblem, Fields};
use super::ledger::Ledger;
use super::refusal::Refusal;
use super::sessions::Sessions;
use super::tables;
use crate::answer::{Answer, Prelude, prelude, prevents, send};
use crate::backstage::Backstage;
use crate::config::{LookupAnswer, PortalSettings};
use crate::fault::{ErrorCode, FaultEffect};
use crate::journal::{Outcome, Received, watched};
use crate::listener::Connection;

/// Largest request; the real limit is unknown (portal.md Part E 3).
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;
const JSON: &str = "application/json; charset=utf-8";
const GENERAL_ERROR: &str = "-1";

/// The profile's state.
pub(super) struct SessionService {
    pub(super) ledger: Ledger,
    pub(super) sessions: Sessions,
    settings: PortalSettings,
    backstage: Arc<Backstage>,
}

/// The profile's two addresses.
pub(super) fn router(service: &Arc<SessionService>) -> Router {
    Router::new()
        .route(&service.settings.login_path, post(login))
        .route(&service.settings.call_path, post(call))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(Arc::clone(service))
}

/// What a service has to say, before it is written as JSON.
struct Verdict {
    outcome: Outcome,
    code: String,
    message: String,
    extra: Option<(&'static str, Value)>,
}

impl Verdict {
    fn success(outcome: Outcome, message: &str) -> Self {
        Self {
            outcome,
            code: "0".to_owned(),
            message: message.to_owned(),
            extra: None,
        }
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.extra = Some((name, value));
        self
    }
}

async fn login(
    State(service): State<Arc<SessionService>>,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = received("login", &uri, &headers, Vec::new());
    service
        .play(received, &connection, |_| {
            json_object(&headers, &body).and_then(|body| service.log_in(&body))
        })
        .await
}

async fn call(
    State(service): State<Arc<SessionService>>,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let object = json_object(&headers, &body);
    let (operation, keys) = match &object {
        Ok(object) => (text(object, "service").unwrap_or_default(), keys(object)),
        Err(_) => ("", Vec::new()),
    };
    let received = received(operation, &uri, &headers, keys);
    service
        .play(received, &connection, |fault| {
            let object = object?;
            if matches!(fault, Some(FaultEffect::ExpireSession)) {
                service
                    .sessions
                    .end(text(&object, "session").unwrap_or_default());
            }
            service.dispatch(&headers, &object)
        })
        .await
}

fn received(operation: &str, uri: &Uri, headers: &HeaderMap, keys: Vec<String>) -> Received {
    let known = ["login", "DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo"];
    let operation = if known.contains(&operation) {
        operation
    } else {
        "unknown"
    };
    Received {
        profile: None,
        operation: operation.to_owned(),
        path: uri.path().to_owned(),
        keys,
        headers: watched(headers),
    }
}

/// Every `MaHoSo` that the body is about, once, in order.
fn keys(object: &Map<String, Value>) -> Vec<String> {
    let items = object
        .get("data")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let in_data = items
        .iter()
        .filter_map(|item| item.get("MaHoSo").and_then(Value::as_str));
    let mut keys: Vec<String> = Vec::new();
    for key in in_data.chain(text(object, "mahoso")) {
        if key.len() <= 60 && !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

fn json_object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let content_type = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    if content_type.and_then(|value| value.split(';').next()) != Some("application/json") {
        return Err(Refusal::ContentType);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::NotJson)
}

impl SessionService {
    pub(super) fn new(settings: PortalSettings, backstage: Arc<Backstage>) -> Self {
        let sessions = Sessions::new(settings.session_lifetime);
        Self {
            ledger: Ledger::default(),
            sessions,
            settings,
            backstage,
        }
    }

    /// Plays the scripted fault around an effect and writes the journal.
    async fn play(
        &self,
        received: Received,
        connection: &Connection,
        effect: impl FnOnce(Option<&FaultEffect>) -> Result<Verdict, Refusal> + Send,
    ) -> Response {
        let fault = self.backstage.fault_for(&received);
        let fault = fault.as_ref();
        if prevents(fault) {
            self.backstage
                .note(received.clone(), Outcome::NotApplied, fault);
        }
        let refusal = |code: &ErrorCode, message: &str| {
            answer(&json!({"error_code": code.to_json(), "message": message}))
        };
        match prelude(fault, connection, refusal).await {
            Prelude::Instead(response) => response,
            Prelude::GoOn => {
                let verdict = effect(fault).unwrap_or_else(|refusal| self.refuse(&refusal));
                let integer = self.settings.integer_error_codes
                    || matches!(fault, Some(FaultEffect::IntegerErrorCode));
                let body = answer(&written(&verdict, integer));
                self.backstage.note(received, verdict.outcome, fault);
                send(body, fault, connection).await
            }
        }
    }

    fn refuse(&self, refusal: &Refusal) -> Verdict {
        let message = refusal.to_string();
        let (outcome, code) = match refusal {
            Refusal::Session | Refusal::Account => {
                (Outcome::Unauthenticated(message.clone()), GENERAL_ERROR)
            }
            Refusal::Duplicate(_) => (
                Outcome::AlreadyExists,
                self.settings.duplicate_code.as_str(),
            ),
            Refusal::ContentType
            | Refusal::NotJson
            | Refusal::Agency
            | Refusal::Destination
            | Refusal::NoService
            | Refusal::OtherService
            | Refusal::OtherMember
            | Refusal::IsUpdating
            | Refusal::NoCode
            | Refusal::TooManySteps(_)
            | Refusal::Field(_)
            | Refusal::UnknownDossier(_) => (Outcome::Refused(message.clone()), GENERAL_ERROR),
        };
        Verdict {
            outcome,
            code: code.to_owned(),
            message,
            extra: None,
        }
    }

    fn log_in(&self, object: &Map<String, Value>) -> Result<Verdict, Refusal> {
        let given = (text(object, "username"), text(object, "password"));
        let account = (
            Some(&*self.settings.username),
            Some(&*self.settings.password),
        );
        if given != account || object.len() != 2 {
            return Err(Refusal::Account);
        }
        let session = self.sessions.issue(self.backstage.clock.now());
        let success = Verdict::success(Outcome::SessionIssued, "Thành công");
        Ok(success.with("session", Value::from(session)))
    }

    fn dispatch(
        &self,
        headers: &HeaderMap,
        object: &Map<String, Value>,
    ) -> Result<Verdict, Refusal> {
        let session = text(object, "session").unwrap_or_default();
        if !self.sessions.is_valid(session, self.backstage.clock.now()) {
            return Err(Refusal::Session);
        }
        if text(object, "madonvi") != Some(&self.settings.agency_code) {
            return Err(Refusal::Agency);
        }
        if let Some(code) = &self.settings.destination_code
            && headers
                .get("dstcode")
                .is_none_or(|given| given != code.as_str())
        {
            return Err(Refusal::Destination);
        }
        match text(object, "service") {
            Some("DongBoHoSoMC") => self.synchronise(object),
            Some("CapNhatTienDoHoSoMC") => self.add_progress(object),
            Some("TraCuuHoSo") => self.look_up(object),
            Some(_) => Err(Refusal::OtherService),
            None => Err(Refusal::NoService),
        }
    }

    fn synchronise(&self, object: &Map<String, Value>) -> Result<Verdict, Refusal> {
        only(
            object,
            &["session", "madonvi", "service", "isUpdating", "data"],
        )?;
        let updating = match text(object, "isUpdating") {
            Some("True") => true,
            Some("False") => false,
            _ => {
                return Err(Refusal::IsUpdating);
            }
        };
        let generation = self.settings.generation;
        let batch = batch(object, |item| tables::dossier(item, generation))?;
        if updating {
            self.ledger.update(batch).map_err(Refusal::UnknownDossier)?;
            return Ok(Verdict::success(
                Outcome::Updated,
                "Cập nhật hồ sơ thành công",
            ));
        }
        self.ledger.create(batch).map_err(Refusal::Duplicate)?;
        Ok(Verdict::success(Outcome::Created, "Đồng bộ thành công"))
    }

    fn add_progress(&self, object: &Map<String, Value>) -> Result<Verdict, Refusal> {
        only(object, &["session", "madonvi", "service", "data"])?;
        let batch = batch(object, tables::step)?;
        let most = self.settings.most_steps_per_call;
        if batch.len() > most {
            return Err(Refusal::TooManySteps(most));
        }
        self.ledger
            .add_steps(batch)
            .map_err(Refusal::UnknownDossier)?;
        Ok(Verdict::success(
            Outcome::ProgressAdded,
            "Cập nhật tiến độ thành công",
        ))
    }

    fn look_up(&self, object: &Map<String, Value>) -> Result<Verdict, Refusal> {
        only(object, &["session", "madonvi", "service", "mahoso"])?;
        let code = text(object, "mahoso")
            .filter(|code| !code.is_empty())
            .ok_or(Refusal::NoCode)?;
        let found = self.ledger.dossier(code);
        let outcome = if found.is_some() {
            Outcome::Found
        } else {
            Outcome::Absent
        };
        let result: Vec<Value> = found
            .into_iter()
            .map(|dossier| match self.settings.lookup_answer {
                LookupAnswer::Fields => {
                    let mut fields: Map<String, Value> = dossier.fields.into_iter().collect();
                    let steps = dossier
                        .steps
                        .into_iter()
                        .map(|step| Value::Object(step.into_iter().collect()));
                    fields.insert("DanhSachTienDo".to_owned(), steps.collect());
                    Value::Object(fields)
                }
                LookupAnswer::CodeOnly => json!({"MaHoSo": dossier.code}),
            })
            .collect();
        Ok(Verdict::success(outcome, "Thành công").with("result", Value::from(result)))
    }
}

/// Refuses a member of the body that the service does not have.
fn only(object: &Map<String, Value>, names: &[&str]) -> Result<(), Refusal> {
    if object.keys().all(|key| names.contains(&key.as_str())) {
        Ok(())
    } else {
        Err(Refusal::OtherMember)
    }
}

fn batch(
    object: &Map<String, Value>,
    check: impl Fn(&Value) -> Result<Fields, FieldProblem>,
) -> Result<Vec<Fields>, Refusal> {
    let items = object
        .get("data")
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty());
    let items = items.ok_or(Refusal::Field(FieldProblem::Missing("data")))?;
    items
        .iter()
        .map(check)
        .collect::<Result<_, _>>()
        .map_err(Refusal::Field)
}

fn written(verdict: &Verdict, integer: bool) -> Value {
    let number = verdict.code.parse::<i64>().ok().filter(|_| integer);
    let code = number.map_or_else(|| Value::from(verdict.code.as_str()), Value::from);
    let mut body = Map::from_iter([
        ("error_code".to_owned(), code),
        ("message".to_owned(), Value::from(verdict.message.as_str())),
    ]);
    if let Some((name, value)) = &verdict.extra {
        body.insert((*name).to_owned(), value.clone());
    }
    Value::Object(body)
}

fn answer(body: &Value) -> Answer {
    Answer::new(StatusCode::OK, JSON, body.to_string())
}
