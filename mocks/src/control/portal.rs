//! The part of the control API that only the portal has.
//!
//! What a reader would get wrong: nothing here is a call of the portal's. A dossier that is
//! forgotten or overwritten here makes the two sides differ, as life does.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, body::Bytes};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Problem, Stages};
use crate::config::LookupAnswer;
use crate::portal::Pace;

/// Effects told at once unless the caller asks for another number.
const PAGE: usize = 10_000;

/// Every address of this part.
pub(super) fn router() -> Router<Stages> {
    Router::new()
        .route("/portal/dossiers", get(dossiers))
        .route(
            "/portal/dossiers/{code}",
            get(dossier).delete(forget_dossier),
        )
        .route("/portal/dossiers/{code}/effects", get(effects_of))
        .route("/portal/dossiers/{code}/fields/{name}", put(overwrite))
        .route("/portal/effects", get(effects))
        .route("/portal/lookup", get(lookup).put(show_lookups))
        .route("/portal/pace", get(pace).put(set_pace).delete(end_pace))
        .route("/portal/catalogue", get(catalogue))
        .route(
            "/portal/catalogue/{code}",
            get(procedure).put(put_procedure).delete(withdraw),
        )
        .route("/portal/catalogue-grow", post(grow))
        .route("/portal/catalogue-halve", post(halve))
        .route("/portal/catalogue-clear", post(clear_catalogue))
        .route("/portal/catalogue-reset", post(reset))
        .route("/portal/forget", post(forget))
        .route("/portal/forget-sessions", post(forget_sessions))
        .route("/portal/restart", post(restart))
}

const NO_DOSSIER: Problem = Problem::NotThere("the portal has no dossier of that number");

async fn dossiers(State(stages): State<Stages>) -> Response {
    Json(stages.portal.dossiers()).into_response()
}

async fn dossier(State(stages): State<Stages>, Path(code): Path<String>) -> Response {
    match stages.portal.dossier(&code) {
        Some(dossier) => Json(dossier).into_response(),
        None => NO_DOSSIER.into_response(),
    }
}

async fn forget_dossier(
    State(stages): State<Stages>,
    Path(code): Path<String>,
) -> Result<StatusCode, Problem> {
    if stages.portal.forget_dossier(&code) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(NO_DOSSIER)
    }
}

async fn effects_of(State(stages): State<Stages>, Path(code): Path<String>) -> Response {
    Json(stages.portal.effects_of(&code)).into_response()
}

/// The body is the new text of the field.
async fn overwrite(
    State(stages): State<Stages>,
    Path((code, name)): Path<(String, String)>,
    value: String,
) -> Result<StatusCode, Problem> {
    if stages.portal.overwrite(&code, &name, &value) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(NO_DOSSIER)
    }
}

/// Where a page of effects begins and how long it may be.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

async fn effects(State(stages): State<Stages>, Query(page): Query<Page>) -> Response {
    let most = page.limit.unwrap_or(PAGE);
    let effects = stages.portal.effects_after(page.after, most);
    let last = effects.last().map_or(page.after, |effect| effect.sequence);
    let counts = stages.portal.counts();
    Json(json!({"effects": effects, "last": last, "counts": counts})).into_response()
}

/// What look-ups show.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lookup {
    answer: LookupAnswer,
}

async fn lookup(State(stages): State<Stages>) -> Json<Lookup> {
    Json(Lookup {
        answer: stages.portal.shown_lookups(),
    })
}

async fn show_lookups(State(stages): State<Stages>, body: Bytes) -> Result<StatusCode, Problem> {
    let Lookup { answer } = super::parse(&body)?;
    stages.portal.show_lookups(answer);
    Ok(StatusCode::NO_CONTENT)
}

async fn pace(State(stages): State<Stages>) -> Json<Option<Pace>> {
    Json(stages.portal.pace())
}

async fn set_pace(State(stages): State<Stages>, body: Bytes) -> Result<StatusCode, Problem> {
    let pace = super::parse(&body)?;
    stages.portal.set_pace(Some(pace)).map_err(Problem::Wrong)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_pace(State(stages): State<Stages>) -> Result<StatusCode, Problem> {
    stages.portal.set_pace(None).map_err(Problem::Wrong)?;
    Ok(StatusCode::NO_CONTENT)
}

const NO_PROCEDURE: Problem = Problem::NotThere("the catalogue has no procedure of that code");

async fn catalogue(State(stages): State<Stages>) -> Json<Vec<String>> {
    Json(stages.portal.catalogue_codes())
}

async fn procedure(State(stages): State<Stages>, Path(code): Path<String>) -> Response {
    match stages.portal.catalogue_procedure(&code) {
        Some(procedure) => Json(procedure).into_response(),
        None => NO_PROCEDURE.into_response(),
    }
}

/// The body holds the members that are laid over what is there, such as `{"YEUCAU": "…"}`.
async fn put_procedure(
    State(stages): State<Stages>,
    Path(code): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    stages.portal.put_procedure(&code, super::parse(&body)?);
    Ok(StatusCode::NO_CONTENT)
}

async fn withdraw(
    State(stages): State<Stages>,
    Path(code): Path<String>,
) -> Result<StatusCode, Problem> {
    if stages.portal.withdraw_procedure(&code) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(NO_PROCEDURE)
    }
}

/// The size of the catalogue that is wanted.
#[derive(Deserialize)]
struct Size {
    procedures: usize,
    offers: usize,
}

/// Most procedures that are listed, and most agencies that offer a service.
const LARGEST: (usize, usize) = (50_000, 99);

async fn grow(
    State(stages): State<Stages>,
    Query(size): Query<Size>,
) -> Result<StatusCode, Problem> {
    if size.procedures > LARGEST.0 || size.offers > LARGEST.1 {
        let problem = "at most 50000 procedures and 99 offers";
        return Err(Problem::Wrong(vec![problem.to_owned()]));
    }
    stages.portal.grow_catalogue(size.procedures, size.offers);
    Ok(StatusCode::NO_CONTENT)
}

async fn halve(State(stages): State<Stages>) -> StatusCode {
    stages.portal.halve_catalogue();
    StatusCode::NO_CONTENT
}

async fn clear_catalogue(State(stages): State<Stages>) -> StatusCode {
    stages.portal.clear_catalogue();
    StatusCode::NO_CONTENT
}

async fn reset(State(stages): State<Stages>) -> StatusCode {
    stages.portal.reset_catalogue();
    StatusCode::NO_CONTENT
}

async fn forget(State(stages): State<Stages>) -> StatusCode {
    stages.portal.forget();
    StatusCode::NO_CONTENT
}

async fn forget_sessions(State(stages): State<Stages>) -> StatusCode {
    stages.portal.forget_sessions();
    StatusCode::NO_CONTENT
}

/// Whether the portal still knows its dossiers after a restart. Default: yes.
#[derive(Deserialize)]
struct Restart {
    memory: Option<bool>,
}

async fn restart(State(stages): State<Stages>, Query(how): Query<Restart>) -> StatusCode {
    stages.portal.restart(how.memory.unwrap_or(true));
    StatusCode::NO_CONTENT
}
