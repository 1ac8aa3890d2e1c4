//! The control API: JSON over plain HTTP, for people and programs that are not written in Rust.
//!
//! What a reader would get wrong: it is not part of the government side. It stays reachable while
//! an upstream is paused, and nothing that it does is written in a journal.

mod portal;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, body::Bytes};
use serde_json::{Value, json};

use crate::backstage::Backstage;
use crate::fault::{Fault, Storm};
use crate::population::{AnswerShape, PopulationMock};
use crate::portal::PortalMock;
use std::sync::Arc;

/// What the API steers.
#[derive(Debug, Clone)]
struct Stages {
    population: PopulationMock,
    portal: PortalMock,
}

impl Stages {
    fn backstage(&self, upstream: &str) -> Result<Arc<Backstage>, Problem> {
        match upstream {
            "population" => Ok(self.population.backstage()),
            "portal" => Ok(self.portal.backstage()),
            _ => Err(Problem::NotThere(
                "there are two upstreams: population and portal",
            )),
        }
    }
}

/// Why the API did nothing.
enum Problem {
    NotThere(&'static str),
    /// Everything that is wrong with the request.
    Wrong(Vec<String>),
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, problems) = match self {
            Self::NotThere(what) => (StatusCode::NOT_FOUND, vec![what.to_owned()]),
            Self::Wrong(problems) => (StatusCode::BAD_REQUEST, problems),
        };
        (status, Json(json!({"problems": problems}))).into_response()
    }
}

/// Every address of the API.
pub(crate) fn router(population: PopulationMock, portal: PortalMock) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/population/citizens", get(citizens))
        .route("/population/traps", get(traps))
        .route("/population/answer-shape", get(shape).put(shape_answers))
        .merge(portal::router())
        .route("/files/{name}", get(file))
        .route("/{upstream}/journal", get(journal))
        .route("/{upstream}/faults", get(faults).post(script).delete(clear))
        .route(
            "/{upstream}/storm",
            get(storm).put(begin_storm).delete(end_storm),
        )
        .route("/{upstream}/pause", post(pause))
        .route("/{upstream}/stall", post(stall))
        .route("/{upstream}/resume", post(resume))
        .fallback(nothing_here)
        .with_state(Stages { population, portal })
}

/// A JSON body, or what is wrong with it.
fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::Wrong(vec![format!("body: {error}")]))
}

async fn nothing_here() -> Problem {
    Problem::NotThere("the control API has no such address")
}

async fn health(State(stages): State<Stages>) -> Json<Value> {
    let (population, portal) = (&stages.population, &stages.portal);
    Json(json!({
        "status": "ok",
        "population": {
            "paused": population.is_paused(),
            "tokens_issued": population.tokens_issued(),
            "waiting_faults": population.waiting_faults().len(),
        },
        "portal": {
            "paused": portal.is_paused(),
            "sessions_issued": portal.sessions_issued(),
            "waiting_faults": portal.waiting_faults().len(),
            "tokens_issued": portal.tokens_issued(),
            "dossiers": portal.dossier_count(),
        },
    }))
}

/// The province's own file store, from which a gateway fetches what it uploads: any name is there.
async fn file(Path(name): Path<String>) -> Response {
    let content = format!("%PDF-1.4\n% {name}\n%%EOF\n");
    ([("content-type", "application/pdf")], content).into_response()
}

async fn citizens(State(stages): State<Stages>) -> Response {
    Json(stages.population.citizens()).into_response()
}

async fn traps(State(stages): State<Stages>) -> Response {
    Json(stages.population.traps()).into_response()
}

async fn shape(State(stages): State<Stages>) -> Json<AnswerShape> {
    Json(stages.population.answer_shape())
}

/// Takes a whole shape; what is not said is as by default.
async fn shape_answers(State(stages): State<Stages>, body: Bytes) -> Result<StatusCode, Problem> {
    let shape = parse(&body)?;
    stages
        .population
        .shape_answers(shape)
        .map_err(|problem| Problem::Wrong(vec![problem.to_string()]))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn journal(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<Response, Problem> {
    Ok(Json(stages.backstage(&upstream)?.journal()).into_response())
}

async fn faults(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<Json<Vec<Fault>>, Problem> {
    Ok(Json(stages.backstage(&upstream)?.waiting_faults()))
}

/// Takes one fault or a list; a list is taken whole or not at all.
async fn script(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let backstage = stages.backstage(&upstream)?;
    let items = match parse(&body)? {
        Value::Array(items) => items,
        one => vec![one],
    };
    let mut problems = Vec::new();
    let mut faults = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match serde_json::from_value::<Fault>(item) {
            Ok(fault) => {
                let own = backstage.problems(&fault);
                problems.extend(
                    own.iter()
                        .map(|problem| format!("fault {index}: {problem}")),
                );
                faults.push(fault);
            }
            Err(error) => problems.push(format!("fault {index}: {error}")),
        }
    }
    if !problems.is_empty() {
        return Err(Problem::Wrong(problems));
    }
    for fault in faults {
        // Checked above against the same stage, so that nothing is left to refuse.
        backstage
            .script(fault)
            .map_err(|own| Problem::Wrong(own.iter().map(ToString::to_string).collect()))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn clear(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<StatusCode, Problem> {
    stages.backstage(&upstream)?.clear_faults();
    Ok(StatusCode::NO_CONTENT)
}

async fn storm(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<Json<Value>, Problem> {
    let storm = stages.backstage(&upstream)?.storm();
    Ok(Json(match storm {
        Some((storm, played)) => json!({"storm": storm, "played": played}),
        None => json!({"storm": null, "played": {}}),
    }))
}

async fn begin_storm(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let backstage = stages.backstage(&upstream)?;
    let storm: Storm = parse(&body)?;
    backstage
        .begin_storm(storm)
        .map_err(|own| Problem::Wrong(own.iter().map(ToString::to_string).collect()))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_storm(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<StatusCode, Problem> {
    stages.backstage(&upstream)?.end_storm();
    Ok(StatusCode::NO_CONTENT)
}

async fn stall(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<StatusCode, Problem> {
    stages.backstage(&upstream)?.gate.stall();
    Ok(StatusCode::NO_CONTENT)
}

async fn pause(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<StatusCode, Problem> {
    stages.backstage(&upstream)?.gate.pause();
    Ok(StatusCode::NO_CONTENT)
}

async fn resume(
    State(stages): State<Stages>,
    Path(upstream): Path<String>,
) -> Result<StatusCode, Problem> {
    stages.backstage(&upstream)?.gate.resume();
    Ok(StatusCode::NO_CONTENT)
}
