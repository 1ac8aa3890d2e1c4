//! Profile P3: a provincial hub in front of the portal, in the two forms that are seen (portal.md
//! 10): one address with `isUpdating` in the query, and three addresses that answer in text.
//!
//! What a reader would get wrong: there is no session here; the hub has its own. How a caller
//! shows who it is, and where it asks for a dossier, are assumptions of this project.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Query};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::post;
use serde_json::Value;

use super::envelope::{Coded, SUCCESS};
use super::reception::{
    CREATE, Done, FIND, Reception, STEPS, Turn, UPDATE, Voice, codes, distinct, json, received,
    status_of, with_retry_after,
};
use super::refusal::Refusal;
use super::session_service::is_updating;
use crate::answer::{Answer, JSON};
use crate::fault::ErrorCode;
use crate::listener::Connection;

/// Text of the form with three addresses.
const TEXT: &str = "text/plain; charset=utf-8";
/// The form with `isUpdating` in the query (Hà Giang).
const ONE_ADDRESS: &str = "p3_is_updating";
/// The form with three addresses (Thanh Hóa).
const THREE_URLS: &str = "p3_three_urls";
/// The one member of a question.
const QUESTION: &str = "mahoso";

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    /// Create or update, as the query says.
    Either,
    Create,
    Update,
    Steps,
    Find,
}

impl Service {
    fn operation(self, query: &[(String, String)]) -> (&'static str, &'static str) {
        match self {
            Self::Either if parameter(query, "isUpdating") == Some("True") => {
                ("DongBoHoSoMC", UPDATE)
            }
            Self::Either | Self::Create => ("DongBoHoSoMC", CREATE),
            Self::Update => ("DongBoHoSoMC", UPDATE),
            Self::Steps => ("CapNhatTienDoHoSoMC", STEPS),
            Self::Find => ("TraCuuHoSo", FIND),
        }
    }
}

/// Every address of both forms.
pub(super) fn router(reception: &Arc<Reception>) -> Router {
    let route = |profile: &'static str, service: Service| {
        let state = Arc::clone(reception);
        post(
            move |connection: Extension<Connection>, uri: Uri, headers: HeaderMap, body: Bytes| {
                let window = Window {
                    reception: Arc::clone(&state),
                    profile,
                    service,
                };
                window.serve(connection.0, uri, headers, body)
            },
        )
    };
    let one = |name: &str| format!("/api/SynsTTHCC/{name}");
    Router::new()
        .route(&one("DongBoHoSoMC"), route(ONE_ADDRESS, Service::Either))
        .route(
            &one("CapNhatTienDoHoSoMC"),
            route(ONE_ADDRESS, Service::Steps),
        )
        .route(&one("TraCuuHoSo"), route(ONE_ADDRESS, Service::Find))
        .route("/motcua/themmoi", route(THREE_URLS, Service::Create))
        .route("/motcua/capnhat", route(THREE_URLS, Service::Update))
        .route("/motcua/tientrinh", route(THREE_URLS, Service::Steps))
        .route("/motcua/tracuu", route(THREE_URLS, Service::Find))
}

/// One address.
struct Window {
    reception: Arc<Reception>,
    profile: &'static str,
    service: Service,
}

impl Window {
    async fn serve(
        self,
        connection: Connection,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let Self {
            reception,
            profile,
            service,
        } = self;
        let query: Vec<(String, String)> = Query::try_from_uri(&uri)
            .map(|Query(pairs)| pairs)
            .unwrap_or_default();
        let body = json(&headers, &body);
        let keys = match &body {
            Ok(Value::Array(items)) => distinct(codes(items)),
            Ok(question) => distinct(asked(question).into_iter()),
            Err(_) => Vec::new(),
        };
        let received = received(profile, service.operation(&query), &uri, &headers, keys);
        let voice = Wrapper {
            in_text: profile == THREE_URLS
                && (service == Service::Steps
                    || service != Service::Find && reception.settings.wrapper.text_answers),
            with_session: profile == ONE_ADDRESS,
            reception: Arc::clone(&reception),
        };
        let act = move |reception: &Reception, turn: Turn| {
            admit(reception, &headers)?;
            if profile == ONE_ADDRESS {
                let unit = parameter(&query, "MaDinhDanhDV");
                if unit != Some(&reception.settings.agency_code) {
                    return Err(Refusal::UnitParameter);
                }
            }
            let body = body.as_ref().map_err(Clone::clone)?;
            let by = reception.by(profile, turn);
            match service {
                Service::Either => {
                    let updating = is_updating(parameter(&query, "isUpdating"))?;
                    reception.synchronise(items(body)?, updating, by)
                }
                Service::Create => reception.synchronise(items(body)?, false, by),
                Service::Update => reception.synchronise(items(body)?, true, by),
                Service::Steps => reception.add_progress(items(body)?, by),
                Service::Find => reception.look_up(asked(body)),
            }
        };
        reception.play(received, connection, voice, act).await
    }
}

fn parameter<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let own = query.iter().find(|(key, _)| key == name);
    own.map(|(_, value)| value.as_str())
}

/// A bare array, not an object around it.
fn items(body: &Value) -> Result<&[Value], Refusal> {
    body.as_array().map(Vec::as_slice).ok_or(Refusal::NotAList)
}

fn asked(body: &Value) -> Option<&str> {
    body.get(QUESTION).and_then(Value::as_str)
}

/// The hub's static headers, all of them.
fn admit(reception: &Reception, headers: &HeaderMap) -> Result<(), Refusal> {
    let agreed = |(name, value): &(String, String)| {
        let given = headers.get(name.as_str());
        given.is_some_and(|given| given.as_bytes() == value.as_bytes())
    };
    if reception.settings.wrapper.headers.iter().all(agreed) {
        Ok(())
    } else {
        Err(Refusal::NoAccess)
    }
}

/// `{error_code, message, session}` or only the sentence.
struct Wrapper {
    reception: Arc<Reception>,
    in_text: bool,
    with_session: bool,
}

impl Wrapper {
    fn answer(&self, status: StatusCode, body: Coded, sentence: &str) -> Answer {
        if self.in_text {
            return Answer::new(status, TEXT, sentence.to_owned());
        }
        let body = if self.with_session {
            body.with("session", Value::Null)
        } else {
            body
        };
        Answer::new(status, JSON, body.text())
    }
}

impl Voice for Wrapper {
    fn done(&self, done: &Done, integer: bool) -> Answer {
        let body = Coded::new(SUCCESS, done.words(), integer);
        let body = match done {
            Done::Found(dossier) => {
                body.with("result", Value::from(vec![self.reception.shown(dossier)]))
            }
            Done::Absent => body.with("result", Value::Array(Vec::new())),
            Done::LoggedIn { .. }
            | Done::Told(_)
            | Done::NumberIssued(_)
            | Done::FilesStored(_)
            | Done::Created
            | Done::Registered { .. }
            | Done::Updated
            | Done::StepsAdded => body,
        };
        self.answer(StatusCode::OK, body, done.words())
    }

    fn refuse(&self, refusal: &Refusal, integer: bool) -> Answer {
        let body = Coded::refusal(refusal, &self.reception.settings, integer);
        let status = match refusal {
            Refusal::NoAccess => StatusCode::UNAUTHORIZED,
            refusal => status_of(refusal, StatusCode::OK),
        };
        with_retry_after(self.answer(status, body, &refusal.to_string()), refusal)
    }

    fn words(&self, code: &ErrorCode, message: &str) -> Answer {
        self.answer(StatusCode::OK, Coded::words(code, message), message)
    }
}
