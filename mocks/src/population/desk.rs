//! The desk that every profile shares: it journals, plays scripted faults, counts calls against
//! the limit and asks the registry.
//!
//! What a reader would get wrong: the order of the checks is the order in which a real gateway
//! would refuse: who is it, how often, in which media type, and only then what is asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Extension;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use jiff::Timestamp;
use serde_json::json;

use super::access::{Unauthenticated, content_type};
use super::question::{Operation, Question, WrongRequest};
use super::registry::{Found, Registry};
use super::shape::AnswerShape;
use crate::answer::{Answer, JSON, Prelude, prelude, prevents, send};
use crate::backstage::Backstage;
use crate::fault::{ErrorCode, FaultEffect};
use crate::guarded::Guarded;
use crate::journal::{Outcome, Received, watched};
use crate::listener::Connection;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// How a profile names itself and words a scripted error.
pub(super) trait Voice: Send + Sync + 'static {
    /// The profile's name (population.md 8).
    fn name(&self) -> &'static str;
    /// The upstream's own form of an error text.
    fn error_text(&self, code: &ErrorCode, message: &str) -> Answer;
    /// Whether the profile spoils its document itself, deeper than the bytes of the answer.
    fn spoils(&self, _fault: &FaultEffect) -> bool {
        false
    }
}

/// What tells one profile's data calls from another's.
pub(super) trait Profile: Voice {
    /// The media type that requests must have.
    const MEDIA_TYPE: &'static str;

    /// Refuses who does not show who it is.
    fn admit(
        &self,
        operation: Operation,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), Unauthenticated>;
    /// Forgets the session that a request carries.
    fn end_session(&self, headers: &HeaderMap);
    /// The request's number, if it can be read, and what it asks.
    fn read(
        &self,
        operation: Operation,
        body: &[u8],
    ) -> (Option<String>, Result<Question, WrongRequest>);
    /// The answer, in the shape and with the fault that concerns its document.
    fn answer(&self, found: &Found<'_>, written: &Writing<'_>) -> Answer;
    /// The answer to a wrong request.
    fn refuse(&self, wrong: &WrongRequest) -> Answer;
    /// The answer to who is not admitted.
    fn unauthenticated(&self, reason: Unauthenticated) -> Answer {
        reason.wso2()
    }
}

/// How an answer is to be written.
pub(super) struct Writing<'a> {
    pub(super) shape: &'a AnswerShape,
    pub(super) at: Timestamp,
    pub(super) fault: Option<&'a FaultEffect>,
}

impl Writing<'_> {
    pub(super) const fn strange(&self) -> bool {
        matches!(self.fault, Some(FaultEffect::WrongNamespace))
    }
}

/// The calls of one profile since a moment; each limit has a window of its own length.
struct Window {
    since: Timestamp,
    calls: u32,
}

/// What all profiles have in common.
pub(super) struct Desk {
    pub(super) registry: Registry,
    pub(super) backstage: Arc<Backstage>,
    pub(super) shape: Guarded<AnswerShape>,
    limits: Vec<(Duration, u32)>,
    windows: Guarded<HashMap<(&'static str, Duration), Window>>,
}

impl Desk {
    pub(super) fn new(
        registry: Registry,
        backstage: Arc<Backstage>,
        shape: AnswerShape,
        calls_per_minute: Option<u32>,
        calls_per_day: Option<u32>,
    ) -> Self {
        let limits = [(MINUTE, calls_per_minute), (DAY, calls_per_day)];
        Self {
            registry,
            backstage,
            shape: Guarded::new(shape),
            limits: limits
                .into_iter()
                .filter_map(|(length, most)| Some((length, most?)))
                .collect(),
            windows: Guarded::default(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.backstage.clock.now()
    }

    /// Answers one data call.
    async fn serve<P: Profile>(
        &self,
        profile: &P,
        operation: Operation,
        connection: &Connection,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Response {
        let (key, question) = profile.read(operation, body);
        let received = received(profile, operation.name(), uri, headers, key);
        self.play(profile, received, connection, |fault| {
            if matches!(fault, Some(FaultEffect::ExpireSession)) {
                profile.end_session(headers);
            }
            let now = self.now();
            if let Err(reason) = profile.admit(operation, headers, now) {
                let outcome = Outcome::Unauthenticated(reason.to_string());
                return (outcome, profile.unauthenticated(reason));
            }
            if let Some(wait) = self.over_limit(profile.name(), now) {
                return (Outcome::Throttled, throttled(wait));
            }
            if content_type(headers) != Some(P::MEDIA_TYPE) {
                let reason = format!("Content-Type is not {}", P::MEDIA_TYPE);
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                return (Outcome::Refused(reason), Answer::new(status, JSON, "{}"));
            }
            self.reply(profile, operation, question, fault)
        })
        .await
    }

    fn reply<P: Profile>(
        &self,
        profile: &P,
        operation: Operation,
        question: Result<Question, WrongRequest>,
        fault: Option<&FaultEffect>,
    ) -> (Outcome, Answer) {
        let question = match question {
            Ok(question) => question,
            Err(wrong) => return (Outcome::Refused(wrong.to_string()), profile.refuse(&wrong)),
        };
        let found = self.registry.ask(operation, &question);
        let outcome = if found.is_match() {
            Outcome::Matched
        } else {
            Outcome::NotMatched
        };
        let shape = self.shape.lock().clone();
        let writing = Writing {
            shape: &shape,
            at: self.now(),
            fault,
        };
        (outcome, profile.answer(&found, &writing))
    }

    /// Plays the scripted fault around an effect and writes the journal.
    pub(super) async fn play(
        &self,
        voice: &impl Voice,
        received: Received,
        connection: &Connection,
        effect: impl FnOnce(Option<&FaultEffect>) -> (Outcome, Answer) + Send,
    ) -> Response {
        let fault = self.backstage.fault_for(&received);
        let fault = fault.as_ref();
        if prevents(fault) {
            self.backstage
                .note(received.clone(), Outcome::NotApplied, fault);
        }
        let refusal = |code: &ErrorCode, message: &str| voice.error_text(code, message);
        match prelude(fault, connection, refusal).await {
            Prelude::Instead(response) => response,
            Prelude::GoOn => {
                let (outcome, answer) = effect(fault);
                self.backstage.note(received, outcome, fault);
                let on_bytes = fault.filter(|fault| !voice.spoils(fault));
                send(answer, on_bytes, connection).await
            }
        }
    }

    /// Counts a call; how long to wait when it is one too many.
    fn over_limit(&self, profile: &'static str, now: Timestamp) -> Option<Duration> {
        let mut windows = self.windows.lock();
        let mut wait: Option<Duration> = None;
        for (length, most) in &self.limits {
            let fresh = || Window {
                since: now,
                calls: 0,
            };
            let window = windows
                .entry((profile, *length))
                .and_modify(|window| {
                    if left(window, *length, now).is_zero() {
                        *window = fresh();
                    }
                })
                .or_insert_with(fresh);
            if window.calls >= *most {
                wait = wait.max(Some(left(window, *length, now)));
            } else {
                window.calls += 1;
            }
        }
        wait
    }
}

/// What is left of a window; zero when it is over.
fn left(window: &Window, length: Duration, now: Timestamp) -> Duration {
    let passed = Duration::try_from(now.duration_since(window.since)).unwrap_or_default();
    length.saturating_sub(passed)
}

/// What is known of a request before its outcome.
pub(super) fn received(
    voice: &impl Voice,
    operation: &str,
    uri: &Uri,
    headers: &HeaderMap,
    key: Option<String>,
) -> Received {
    Received {
        profile: Some(voice.name()),
        operation: operation.to_owned(),
        role: "",
        path: uri.path().to_owned(),
        keys: key.into_iter().collect(),
        headers: watched(headers),
    }
}

/// A 429 of the WSO2 kind; no real figure or form is known (population.md 9.5 and 11).
fn throttled(wait: Duration) -> Answer {
    let body = json!({"code": "900802", "message": "Message throttled out"}).to_string();
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Answer::new(StatusCode::TOO_MANY_REQUESTS, JSON, body).retry_after(seconds)
}

/// The handler of one operation of one profile.
pub(super) fn counter<P: Profile>(
    desk: &Arc<Desk>,
    profile: &Arc<P>,
    operation: Operation,
) -> MethodRouter {
    let (desk, profile) = (Arc::clone(desk), Arc::clone(profile));
    let serve = move |Extension(connection): Extension<Connection>,
                      uri: Uri,
                      headers: HeaderMap,
                      body: Bytes| {
        let (desk, profile) = (Arc::clone(&desk), Arc::clone(&profile));
        async move {
            desk.serve(&*profile, operation, &connection, &uri, &headers, &body)
                .await
        }
    };
    post(serve)
}

/// A token call: its headers, its body and the time give an answer.
type Issue<V> = fn(&V, &HeaderMap, &[u8], Timestamp) -> (Outcome, Answer);

/// The handler of a token call.
pub(super) fn token_counter<V: Voice>(
    desk: &Arc<Desk>,
    voice: &Arc<V>,
    issue: Issue<V>,
) -> MethodRouter {
    let (desk, voice) = (Arc::clone(desk), Arc::clone(voice));
    let serve = move |Extension(connection): Extension<Connection>,
                      uri: Uri,
                      headers: HeaderMap,
                      body: Bytes| {
        let (desk, voice) = (Arc::clone(&desk), Arc::clone(&voice));
        async move {
            let received = received(&*voice, "token", &uri, &headers, None);
            let now = desk.now();
            desk.play(&*voice, received, &connection, |_| {
                issue(&voice, &headers, &body, now)
            })
            .await
        }
    };
    post(serve)
}
