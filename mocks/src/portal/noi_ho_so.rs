//! Profile P4 "NoiHoSo": access tokens, numbers that the portal issues, uploaded files, typed
//! values and true HTTP statuses (portal.md 9).
//!
//! What a reader would get wrong: the manual shows the paths of a proxy only, so the paths here are
//! assumptions of this project, and so are the code of "đã tồn tại" and the question for a dossier.

mod multipart;
mod tables;
mod voice;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Query};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use jiff::tz::{TimeZone, offset};
use serde_json::Value;

use super::field::{FieldProblem, Fields};
use super::grammar;
use super::reception::{
    CREATE, CREDENTIAL, Done, FIND, Reception, STEPS, Turn, UPDATE, checked, codes, distinct, json,
    media_type, received,
};
use super::refusal::Refusal;
use crate::listener::Connection;
use voice::NoiHoSoVoice;

/// The profile's name.
const PROFILE: &str = "p4";

/// The operations, in the order of the manual, and the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Token,
    Number,
    Upload,
    Register,
    Progress,
    Status,
    Find,
}

impl Step {
    const fn operation(self) -> (&'static str, &'static str) {
        match self {
            Self::Token => ("token", CREDENTIAL),
            Self::Number => ("number", "number"),
            Self::Upload => ("upload", "upload"),
            Self::Register => ("NoiHoSo", CREATE),
            Self::Progress => ("CapNhatTienTrinh", STEPS),
            Self::Status => ("CapNhatTrangThai", UPDATE),
            Self::Find => ("TraCuuHoSo", FIND),
        }
    }
}

/// Every address of the profile.
pub(super) fn router(reception: &Arc<Reception>) -> Router {
    let route = |step| window(reception, step);
    Router::new()
        .route("/dvcsync/token", route(Step::Token))
        .route("/dvcsync/number", route(Step::Number))
        .route("/dvcsync/upload", route(Step::Upload))
        .route("/dvcsync/noihoso", route(Step::Register))
        .route("/dvcsync/tientrinh", route(Step::Progress))
        .route("/dvcsync/trangthai", route(Step::Status))
        .route("/dvcsync/tracuu", route(Step::Find))
}

/// One address. Only a number may be asked for with GET too.
fn window(reception: &Arc<Reception>, step: Step) -> MethodRouter {
    let state = Arc::clone(reception);
    let handler =
        move |connection: Extension<Connection>, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Request { uri, headers, body };
            serve(Arc::clone(&state), step, connection.0, request)
        };
    if step == Step::Number {
        post(handler.clone()).get(handler)
    } else {
        post(handler)
    }
}

struct Request {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

async fn serve(
    reception: Arc<Reception>,
    step: Step,
    connection: Connection,
    request: Request,
) -> Response {
    let Request { uri, headers, body } = request;
    let parsed = match step {
        Step::Upload => Err(Refusal::NotJson),
        _ => json(&headers, &body),
    };
    let keys = match &parsed {
        Ok(Value::Array(items)) => distinct(codes(items)),
        Ok(one) => distinct(codes(std::slice::from_ref(one))),
        Err(_) => Vec::new(),
    };
    let received = received(PROFILE, step.operation(), &uri, &headers, keys);
    let voice = NoiHoSoVoice(Arc::clone(&reception));
    let act = move |reception: &Reception, turn: Turn| {
        if step != Step::Token {
            admit(reception, &headers, turn)?;
        }
        match step {
            Step::Upload => upload(reception, &headers, &body),
            Step::Number => issue_number(reception, &uri, &parsed),
            Step::Token | Step::Register | Step::Progress | Step::Status | Step::Find => {
                let parsed = parsed.as_ref().map_err(Clone::clone)?;
                with_body(reception, step, parsed, turn)
            }
        }
    };
    reception.play(received, connection, voice, act).await
}

/// `Authorization: Bearer` with a token that holds.
fn admit(reception: &Reception, headers: &HeaderMap, turn: Turn) -> Result<(), Refusal> {
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if turn.expire {
        reception.tokens.end(token);
    }
    let now = reception.backstage.clock.now();
    // What was let in before does not need the token any more.
    if turn.was_admitted() || reception.tokens.is_valid(token, now) {
        Ok(())
    } else {
        Err(Refusal::Token)
    }
}

fn with_body(reception: &Reception, step: Step, body: &Value, turn: Turn) -> Result<Done, Refusal> {
    match step {
        Step::Token => issue_token(reception, body),
        Step::Register => register(reception, body, turn),
        Step::Progress => {
            let batch = batch(body, tables::PROGRESS, tables::progress)?;
            ids_given(reception, &batch, "IDHoSo")?;
            reception.not_too_many(batch.len())?;
            let by = reception.by(PROFILE, turn);
            let added = reception.ledger.add_steps(&batch, "IDHoSo", by);
            added
                .map(|()| Done::StepsAdded)
                .map_err(Refusal::UnknownDossier)
        }
        Step::Status => {
            let batch = batch(body, tables::STATUS_CHANGE, tables::status_change)?;
            ids_given(reception, &batch, "IdHoSo")?;
            batch.iter().try_for_each(lists_belong)?;
            for change in &batch {
                files_exist(reception, change.get("DanhSachGiayToKetQua"))?;
            }
            let by = reception.by(PROFILE, turn);
            let changed = reception.ledger.change_status(&batch, by);
            changed
                .map(|()| Done::Updated)
                .map_err(Refusal::UnknownDossier)
        }
        Step::Find => find(reception, body),
        Step::Number | Step::Upload => Err(Refusal::OtherService),
    }
}

/// Refuses a call without the dossier's id, where the settings demand it.
fn ids_given(reception: &Reception, batch: &[Fields], name: &'static str) -> Result<(), Refusal> {
    let is_given = |fields: &Fields| {
        let id = fields.get(name).and_then(Value::as_str);
        id.is_some_and(|id| !id.is_empty())
    };
    if !reception.settings.noi_ho_so.id_required || batch.iter().all(is_given) {
        Ok(())
    } else {
        Err(Refusal::MissingFields(vec![name]))
    }
}

fn issue_token(reception: &Reception, body: &Value) -> Result<Done, Refusal> {
    let settings = &reception.settings.noi_ho_so;
    let text = |name| body.get(name).and_then(Value::as_str);
    let given = (text("client_id"), text("client_secret"));
    if given != (Some(&*settings.client_id), Some(&*settings.client_secret)) {
        return Err(Refusal::Account);
    }
    Ok(Done::LoggedIn {
        secret: reception.tokens.issue(reception.backstage.clock.now()),
        life: settings.token_lifetime,
    })
}

/// `code` is an agency or a procedure; a number for a procedure begins with the agency of the
/// connected system.
fn issue_number(
    reception: &Reception,
    uri: &Uri,
    body: &Result<Value, Refusal>,
) -> Result<Done, Refusal> {
    let query: Vec<(String, String)> = Query::try_from_uri(uri)
        .map(|Query(pairs)| pairs)
        .unwrap_or_default();
    let in_query = query.iter().find(|(key, _)| key == "code");
    let in_body = body.as_ref().ok().and_then(|body| body.get("code"));
    let code = in_query
        .map(|(_, code)| code.as_str())
        .or_else(|| in_body.and_then(Value::as_str))
        .filter(|code| !code.is_empty())
        .ok_or(Refusal::MissingFields(vec!["code"]))?;
    let agency = match (grammar::agency_code(code), grammar::procedure_code(code)) {
        (true, _) => code,
        (false, true) => &reception.settings.agency_code,
        (false, false) => return Err(Refusal::Field(FieldProblem::WrongForm("code"))),
    };
    let now = reception.backstage.clock.now();
    let day = now.to_zoned(TimeZone::fixed(offset(7))).date();
    let order = reception.next_order();
    Ok(Done::NumberIssued(format!(
        "{agency}-{}-{order:07}",
        day.strftime("%Y%m%d")
    )))
}

fn upload(reception: &Reception, headers: &HeaderMap, body: &[u8]) -> Result<Done, Refusal> {
    if media_type(headers) != Some("multipart/form-data") {
        return Err(Refusal::NotMultipart);
    }
    let files = multipart::files(headers, body).ok_or(Refusal::NotMultipart)?;
    if files.is_empty() {
        return Err(Refusal::MissingFields(vec!["files"]));
    }
    let stored = files.iter().map(|bytes| reception.files.store(bytes));
    Ok(Done::FilesStored(stored.collect()))
}

fn register(reception: &Reception, body: &Value, turn: Turn) -> Result<Done, Refusal> {
    let missing = tables::missing(body, tables::DOSSIER);
    if !missing.is_empty() {
        return Err(Refusal::MissingFields(missing));
    }
    let fields = tables::dossier(body)?;
    let code = codes(std::slice::from_ref(body))
        .next()
        .unwrap_or_default()
        .to_owned();
    if !grammar::issued_number(&code) {
        return Err(Refusal::NumberNotIssued);
    }
    let components = fields.get("ThanhPhanHoSo").and_then(Value::as_array);
    for component in components.into_iter().flatten() {
        files_exist(reception, component.get("GiayToDinhKem"))?;
    }
    let id = uuid::Builder::from_random_bytes(rand::random())
        .into_uuid()
        .to_string();
    let by = reception.by(PROFILE, turn);
    let created = reception.ledger.create(&[fields], Some(&id), by);
    created
        .map(|()| Done::Registered { id, code })
        .map_err(Refusal::Duplicate)
}

/// Every `IdGiayTo` in a list was uploaded before, and its hash is the one that was told.
fn files_exist(reception: &Reception, list: Option<&Value>) -> Result<(), Refusal> {
    let items = list.and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        let text = |name| {
            let value = item.get(name).and_then(Value::as_str);
            value.filter(|text| !text.is_empty())
        };
        if let Some(id) = text("IdGiayTo") {
            reception.files.check(id, text("HashTepTin"))?;
        }
    }
    Ok(())
}

/// Fees and results go with statuses 5, 6 and 9 only (portal.md 9).
fn lists_belong(change: &Fields) -> Result<(), Refusal> {
    let status = change.get("TrangThai").and_then(Value::as_i64);
    if matches!(status, Some(5 | 6 | 9)) {
        return Ok(());
    }
    let is_filled = |name: &&&str| {
        let list = change.get(**name).and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    };
    match tables::LISTS.iter().find(is_filled) {
        Some(name) => Err(Refusal::ListNotAllowed(name)),
        None => Ok(()),
    }
}

fn batch(
    body: &Value,
    table: &[super::field::Field],
    check: impl Fn(&Value) -> Result<Fields, FieldProblem>,
) -> Result<Vec<Fields>, Refusal> {
    let items = body.as_array().ok_or(Refusal::NotAList)?;
    let mut missing: Vec<&'static str> = Vec::new();
    for name in items.iter().flat_map(|item| tables::missing(item, table)) {
        if !missing.contains(&name) {
            missing.push(name);
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::MissingFields(missing));
    }
    checked(items, check)
}

fn find(reception: &Reception, body: &Value) -> Result<Done, Refusal> {
    let text = |name| {
        let value = body.get(name).and_then(Value::as_str);
        value.filter(|text| !text.is_empty())
    };
    let code = text("MaHoSo").ok_or(Refusal::MissingFields(vec!["MaHoSo"]))?;
    let found = reception.look_up(Some(code))?;
    // Another dossier's id is no hint at this one.
    Ok(match (found, text("IdHoSo")) {
        (Done::Found(dossier), Some(id)) if dossier.id.as_deref() != Some(id) => Done::Absent,
        (found, _) => found,
    })
}
