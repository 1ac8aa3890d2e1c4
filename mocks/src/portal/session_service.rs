//! Profiles P1 and P2: one address for the login and one for every service, told apart by the
//! field `service` of a JSON body (portal.md 2 to 6).
//!
//! What a reader would get wrong: an unknown session is not a status 401 but a 200 whose message
//! contains the word `session` (portal.md 3, an assumption that the adapter shares).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use serde_json::{Map, Value};

use super::envelope::{Coded, SUCCESS};
use super::field::FieldProblem;
use super::reception::{
    CATALOGUE, CREATE, CREDENTIAL, Done, FIND, Reception, STEPS, Turn, UPDATE, Voice, codes,
    distinct, json, received, status_of, with_retry_after,
};
use super::refusal::Refusal;
use crate::answer::{Answer, JSON};
use crate::config::PortalGeneration;
use crate::fault::ErrorCode;
use crate::listener::Connection;

/// The profile's two addresses.
pub(super) fn router(reception: &Arc<Reception>) -> Router {
    Router::new()
        .route(&reception.settings.login_path, post(login))
        .route(&reception.settings.call_path, post(call))
        .with_state(Arc::clone(reception))
}

const fn profile(generation: PortalGeneration) -> &'static str {
    match generation {
        PortalGeneration::P1 => "p1",
        PortalGeneration::P2 => "p2",
    }
}

async fn login(
    State(reception): State<Arc<Reception>>,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let profile = profile(reception.settings.generation);
    let received = received(profile, ("login", CREDENTIAL), &uri, &headers, Vec::new());
    let object = object(&headers, &body);
    let voice = Session(Arc::clone(&reception));
    let act = move |reception: &Reception, _: Turn| log_in(reception, &object.clone()?);
    reception.play(received, connection, voice, act).await
}

async fn call(
    State(reception): State<Arc<Reception>>,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let profile = profile(reception.settings.generation);
    let object = object(&headers, &body);
    let (operation, keys) = match &object {
        Ok(object) => (operation(object), keys(object)),
        Err(_) => (("unknown", ""), Vec::new()),
    };
    let received = received(profile, operation, &uri, &headers, keys);
    let voice = Session(Arc::clone(&reception));
    let act = move |reception: &Reception, turn: Turn| {
        let object = object.as_ref().map_err(Clone::clone)?;
        if turn.expire {
            let session = text(object, "session").unwrap_or_default();
            reception.sessions.end(session);
        }
        dispatch(reception, &headers, object, turn)
    };
    reception.play(received, connection, voice, act).await
}

/// The service and what it is for.
fn operation(object: &Map<String, Value>) -> (&'static str, &'static str) {
    match text(object, "service") {
        Some("DongBoHoSoMC") if text(object, "isUpdating") == Some("True") => {
            ("DongBoHoSoMC", UPDATE)
        }
        Some("DongBoHoSoMC") => ("DongBoHoSoMC", CREATE),
        Some("CapNhatTienDoHoSoMC") => ("CapNhatTienDoHoSoMC", STEPS),
        Some("TraCuuHoSo") => ("TraCuuHoSo", FIND),
        Some("LayDanhSachTTHC") => ("LayDanhSachTTHC", CATALOGUE),
        Some("LayThuTuc") => ("LayThuTuc", CATALOGUE),
        Some("LayDVC") => ("LayDVC", CATALOGUE),
        Some("LayDanhMucCoQuan") => ("LayDanhMucCoQuan", CATALOGUE),
        Some("LayDanhMucLinhVuc") => ("LayDanhMucLinhVuc", CATALOGUE),
        Some(_) | None => ("unknown", ""),
    }
}

/// Every `MaHoSo` that the body is about, once, in order; of a question for a procedure its code.
fn keys(object: &Map<String, Value>) -> Vec<String> {
    let items = items(object).unwrap_or_default();
    let asked = ["mahoso", PROCEDURE];
    distinct(codes(items).chain(asked.into_iter().filter_map(|name| text(object, name))))
}

fn items(object: &Map<String, Value>) -> Option<&[Value]> {
    let items = object.get("data").and_then(Value::as_array)?;
    Some(items.as_slice())
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match json(headers, body)? {
        Value::Object(object) => Ok(object),
        _ => Err(Refusal::NotJson),
    }
}

fn log_in(reception: &Reception, object: &Map<String, Value>) -> Result<Done, Refusal> {
    let settings = &reception.settings;
    let given = (text(object, "username"), text(object, "password"));
    if given != (Some(&*settings.username), Some(&*settings.password)) || object.len() != 2 {
        return Err(Refusal::Account);
    }
    Ok(Done::LoggedIn {
        secret: reception.sessions.issue(reception.backstage.clock.now()),
        life: settings.session_lifetime,
    })
}

fn dispatch(
    reception: &Reception,
    headers: &HeaderMap,
    object: &Map<String, Value>,
    turn: Turn,
) -> Result<Done, Refusal> {
    let settings = &reception.settings;
    let session = text(object, "session").unwrap_or_default();
    let now = reception.backstage.clock.now();
    // A repetition of the portal's own does not need the session any more.
    if !turn.was_admitted() && !reception.sessions.is_valid(session, now) {
        return Err(Refusal::Session);
    }
    if text(object, "madonvi") != Some(&settings.agency_code) {
        return Err(Refusal::Agency);
    }
    if let Some(code) = &settings.destination_code
        && headers
            .get("dstcode")
            .is_none_or(|given| given != code.as_str())
    {
        return Err(Refusal::Destination);
    }
    let by = reception.by(profile(settings.generation), turn);
    let data = || items(object).ok_or(Refusal::Field(FieldProblem::Missing("data")));
    match text(object, "service") {
        Some("DongBoHoSoMC") => {
            only(
                object,
                &["session", "madonvi", "service", "isUpdating", "data"],
            )?;
            let updating = is_updating(text(object, "isUpdating"))?;
            reception.synchronise(data()?, updating, by)
        }
        Some("CapNhatTienDoHoSoMC") => {
            only(object, &["session", "madonvi", "service", "data"])?;
            reception.add_progress(data()?, by)
        }
        Some("TraCuuHoSo") => {
            only(object, &["session", "madonvi", "service", "mahoso"])?;
            reception.look_up(text(object, "mahoso"))
        }
        Some("LayThuTuc") => {
            only(object, &["session", "madonvi", "service", PROCEDURE])?;
            let found = reception
                .catalogue
                .procedure(text(object, PROCEDURE).unwrap_or_default());
            Ok(found.map_or(Done::Absent, Done::Told))
        }
        Some(service) => {
            let told = catalogue(reception, service).ok_or(Refusal::OtherService)?;
            only(object, &["session", "madonvi", "service"])?;
            Ok(Done::Told(told))
        }
        None => Err(Refusal::NoService),
    }
}

/// Which procedure `LayThuTuc` asks for.
const PROCEDURE: &str = "maTTHC";

/// What a service of the catalogue without parameters tells; `None` for another service.
fn catalogue(reception: &Reception, service: &str) -> Option<Value> {
    let told = match service {
        "LayDanhSachTTHC" => reception.catalogue.list(),
        "LayDVC" => reception.catalogue.online_services(),
        "LayDanhMucCoQuan" => super::catalogue::units(),
        "LayDanhMucLinhVuc" => super::catalogue::fields(),
        _ => return None,
    };
    Some(told)
}

/// `isUpdating`: a capitalised word, not a truth value (portal.md 21).
pub(super) fn is_updating(word: Option<&str>) -> Result<bool, Refusal> {
    match word {
        Some("True") => Ok(true),
        Some("False") => Ok(false),
        _ => Err(Refusal::IsUpdating),
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

/// `{error_code, message[, result][, session]}`, always with HTTP 200 but for the pace.
struct Session(Arc<Reception>);

impl Voice for Session {
    fn done(&self, done: &Done, integer: bool) -> Answer {
        let body = Coded::new(SUCCESS, done.words(), integer);
        let body = match done {
            Done::LoggedIn { secret, .. } => body.with("session", Value::from(secret.as_str())),
            Done::Found(dossier) => body.with("result", Value::from(vec![self.0.shown(dossier)])),
            Done::Absent => body.with("result", Value::Array(Vec::new())),
            Done::Told(told) => body.with("result", told.clone()),
            Done::NumberIssued(_)
            | Done::FilesStored(_)
            | Done::Created
            | Done::Registered { .. }
            | Done::Updated
            | Done::StepsAdded => body,
        };
        Answer::new(StatusCode::OK, JSON, body.text())
    }

    fn refuse(&self, refusal: &Refusal, integer: bool) -> Answer {
        let body = Coded::refusal(refusal, &self.0.settings, integer);
        let status = status_of(refusal, StatusCode::OK);
        with_retry_after(Answer::new(status, JSON, body.text()), refusal)
    }

    fn words(&self, code: &ErrorCode, message: &str) -> Answer {
        Answer::new(StatusCode::OK, JSON, Coded::words(code, message).text())
    }
}
