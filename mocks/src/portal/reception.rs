//! The counter behind every profile's window: it plays faults, keeps the pace, writes the journal
//! and lets a call take effect on the one ledger.
//!
//! What a reader would get wrong: the effect comes before the time that a call takes. A caller who
//! gives up while it waits for the answer has been served.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Map, Value};

use super::catalogue::Catalogue;
use super::dossier::PortalDossier;
use super::effects::By;
use super::field::{FieldProblem, Fields};
use super::files::Files;
use super::ledger::{Ledger, NO_ID};
use super::pace::{TooMany, Turnstile};
use super::refusal::Refusal;
use super::sessions::Sessions;
use super::tables;
use crate::answer::{Answer, Prelude, prelude, prevents, send};
use crate::backstage::Backstage;
use crate::config::{LookupAnswer, PortalSettings};
use crate::fault::{ErrorCode, FaultEffect};
use crate::guarded::Guarded;
use crate::journal::{Outcome, Received, watched};
use crate::listener::Connection;

/// What a call achieved.
#[derive(Debug)]
pub(super) enum Done {
    /// A session or an access token.
    LoggedIn {
        secret: String,
        life: Duration,
    },
    /// A dossier number (P4).
    NumberIssued(String),
    /// Each file's id and hash (P4).
    FilesStored(Vec<(String, String)>),
    Created,
    /// One dossier, stored under an id of the portal's own (P4).
    Registered {
        id: String,
        code: String,
    },
    Updated,
    StepsAdded,
    Found(Box<PortalDossier>),
    Absent,
    /// What a service of the catalogue tells.
    Told(Value),
}

impl Done {
    /// What the journal says of it; `token` for a profile with access tokens.
    fn outcome(&self, token: bool) -> Outcome {
        match self {
            Self::LoggedIn { .. } if token => Outcome::TokenIssued,
            Self::LoggedIn { .. } => Outcome::SessionIssued,
            Self::NumberIssued(_) => Outcome::NumberIssued,
            Self::FilesStored(_) => Outcome::FilesStored,
            Self::Created | Self::Registered { .. } => Outcome::Created,
            Self::Updated => Outcome::Updated,
            Self::StepsAdded => Outcome::ProgressAdded,
            Self::Found(_) | Self::Told(_) => Outcome::Found,
            Self::Absent => Outcome::Absent,
        }
    }

    /// The sentence of it; clients in the field look for "thành công" (portal.md 21).
    pub(super) const fn words(&self) -> &'static str {
        match self {
            Self::Created => "Đồng bộ thành công",
            Self::Updated => "Cập nhật hồ sơ thành công",
            Self::StepsAdded => "Cập nhật tiến độ thành công",
            Self::LoggedIn { .. }
            | Self::NumberIssued(_)
            | Self::FilesStored(_)
            | Self::Registered { .. }
            | Self::Found(_)
            | Self::Told(_)
            | Self::Absent => "Thành công",
        }
    }
}

/// How a profile writes its answers.
pub(super) trait Voice: Send + Sync + 'static {
    /// The answer to what was done. `integer` asks for the code as a number.
    fn done(&self, done: &Done, integer: bool) -> Answer;
    /// The answer to what was refused.
    fn refuse(&self, refusal: &Refusal, integer: bool) -> Answer;
    /// An answer with this code and these words.
    fn words(&self, code: &ErrorCode, message: &str) -> Answer;
}

/// How a call is carried out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn {
    /// The session or token that it carries shall end first.
    pub(super) expire: bool,
    /// It is the portal's own repetition.
    pub(super) replayed: bool,
    /// Its caller has given it up long ago.
    pub(super) late: bool,
}

impl Turn {
    /// Whether a session or token that has ended meanwhile does not matter.
    pub(super) const fn was_admitted(self) -> bool {
        self.replayed || self.late
    }
}

/// What all profiles share.
pub(super) struct Reception {
    pub(super) ledger: Ledger,
    pub(super) sessions: Sessions,
    pub(super) tokens: Sessions,
    pub(super) files: Files,
    pub(super) catalogue: Catalogue,
    pub(super) turnstile: Turnstile,
    pub(super) lookup: Guarded<LookupAnswer>,
    pub(super) settings: PortalSettings,
    pub(super) backstage: Arc<Backstage>,
    /// Orders given out by the number service, which outlives what the portal forgets.
    pub(super) orders: AtomicU64,
}

impl Reception {
    pub(super) fn new(settings: PortalSettings, backstage: Arc<Backstage>) -> Self {
        Self {
            ledger: Ledger::default(),
            sessions: Sessions::new(settings.session_lifetime),
            tokens: Sessions::new(settings.noi_ho_so.token_lifetime),
            files: Files::default(),
            catalogue: Catalogue::default(),
            turnstile: Turnstile::default(),
            lookup: Guarded::new(settings.lookup_answer),
            settings,
            backstage,
            // A fresh process must not give out the numbers of the one before.
            orders: AtomicU64::new(rand::random::<u64>() % 5_000_000),
        }
    }

    pub(super) fn by(&self, profile: &'static str, turn: Turn) -> By {
        By {
            at: self.backstage.clock.now(),
            profile,
            replayed: turn.replayed,
        }
    }

    pub(super) fn next_order(&self) -> u64 {
        self.orders.fetch_add(1, Ordering::SeqCst) % 10_000_000
    }

    /// Plays the fault around an effect and writes the journal.
    pub(super) async fn play(
        self: Arc<Self>,
        received: Received,
        connection: Connection,
        voice: impl Voice,
        act: impl Fn(&Self, Turn) -> Result<Done, Refusal> + Send + Sync + 'static,
    ) -> Response {
        let integer = self.settings.integer_error_codes;
        let place = match self.turnstile.enter().await {
            Ok(place) => place,
            Err(TooMany(retry_after)) => {
                let refusal = Refusal::Throttled(retry_after);
                self.backstage.note(received, refusal.outcome(), None);
                return send(voice.refuse(&refusal, integer), None, &connection).await;
            }
        };
        let fault = self.backstage.fault_for(&received);
        let fault = fault.as_ref();
        if prevents(fault) {
            self.backstage
                .note(received.clone(), Outcome::NotApplied, fault);
        }
        let words = |code: &ErrorCode, message: &str| voice.words(code, message);
        if let Prelude::Instead(response) = prelude(fault, &connection, words).await {
            place.work().await;
            return response;
        }
        if let Some(FaultEffect::LateEffect { ms }) = fault {
            let late = Duration::from_millis(*ms);
            tokio::spawn(async move {
                tokio::time::sleep(late).await;
                // Its caller has gone; the journal says what came of it.
                let late = FaultEffect::LateEffect { ms: 0 };
                drop(self.carry_out(received, Some(&late), &act));
            });
            match connection.cut().await {}
        }
        let result = self.carry_out(received, fault, &act);
        let integer = integer || matches!(fault, Some(FaultEffect::IntegerErrorCode));
        let answer = match (fault, &result) {
            (Some(FaultEffect::OtherWords { code, message }), _) => voice.words(code, message),
            (_, Ok(done)) => voice.done(done, integer),
            (_, Err(refusal)) => voice.refuse(refusal, integer),
        };
        place.work().await;
        send(answer, fault, &connection).await
    }

    fn carry_out(
        &self,
        received: Received,
        fault: Option<&FaultEffect>,
        act: &(impl Fn(&Self, Turn) -> Result<Done, Refusal> + ?Sized),
    ) -> Result<Done, Refusal> {
        let turn = Turn {
            expire: matches!(fault, Some(FaultEffect::ExpireSession)),
            replayed: false,
            late: matches!(fault, Some(FaultEffect::LateEffect { .. })),
        };
        let result = act(self, turn);
        if matches!(fault, Some(FaultEffect::ApplyTwice)) && result.is_ok() {
            let _second = act(
                self,
                Turn {
                    replayed: true,
                    ..turn
                },
            );
        }
        let outcome = match &result {
            Ok(done) => done.outcome(received.role == CREDENTIAL && received.operation == "token"),
            Err(refusal) => refusal.outcome(),
        };
        self.backstage.note(received, outcome, fault);
        result
    }

    /// Checks and stores dossiers (`DongBoHoSoMC`).
    pub(super) fn synchronise(
        &self,
        items: &[Value],
        updating: bool,
        by: By,
    ) -> Result<Done, Refusal> {
        let generation = self.settings.generation;
        let batch = checked(items, |item| tables::dossier(item, generation))?;
        if updating {
            let updated = self.ledger.update(&batch, by);
            return updated
                .map(|()| Done::Updated)
                .map_err(Refusal::UnknownDossier);
        }
        let created = self.ledger.create(&batch, None, by);
        created.map(|()| Done::Created).map_err(Refusal::Duplicate)
    }

    /// Checks and adds steps (`CapNhatTienDoHoSoMC`).
    pub(super) fn add_progress(&self, items: &[Value], by: By) -> Result<Done, Refusal> {
        let batch = checked(items, tables::step)?;
        self.not_too_many(batch.len())?;
        let added = self.ledger.add_steps(&batch, NO_ID, by);
        added
            .map(|()| Done::StepsAdded)
            .map_err(Refusal::UnknownDossier)
    }

    pub(super) const fn not_too_many(&self, steps: usize) -> Result<(), Refusal> {
        let most = self.settings.most_steps_per_call;
        if steps > most {
            return Err(Refusal::TooManySteps(most));
        }
        Ok(())
    }

    /// `TraCuuHoSo`.
    pub(super) fn look_up(&self, code: Option<&str>) -> Result<Done, Refusal> {
        let code = code
            .filter(|code| !code.is_empty())
            .ok_or(Refusal::NoCode)?;
        let found = self.ledger.dossier(code).map(Box::new);
        Ok(found.map_or(Done::Absent, Done::Found))
    }

    /// What an answer tells of a dossier; P1 to P3.
    pub(super) fn shown(&self, dossier: &PortalDossier) -> Value {
        let mut fields = Map::new();
        match *self.lookup.lock() {
            LookupAnswer::Fields => {
                fields.extend(dossier.fields.clone());
                fields.insert("DanhSachTienDo".to_owned(), steps(dossier));
            }
            LookupAnswer::CodeOnly => {
                fields.insert("MaHoSo".to_owned(), Value::from(dossier.code.as_str()));
            }
        }
        Value::Object(fields)
    }
}

/// A dossier's steps as an array.
pub(super) fn steps(dossier: &PortalDossier) -> Value {
    let steps = dossier.steps.iter().cloned();
    steps
        .map(|step| Value::Object(step.into_iter().collect()))
        .collect()
}

/// Every item checked, at least one.
pub(super) fn checked(
    items: &[Value],
    check: impl Fn(&Value) -> Result<Fields, FieldProblem>,
) -> Result<Vec<Fields>, Refusal> {
    if items.is_empty() {
        return Err(Refusal::Field(FieldProblem::Missing("data")));
    }
    let fields: Result<_, FieldProblem> = items.iter().map(check).collect();
    Ok(fields?)
}

/// Role of a call for a session or token.
pub(super) const CREDENTIAL: &str = "credential";
/// Role of a call that stores a dossier.
pub(super) const CREATE: &str = "create";
/// Role of a call that changes a dossier.
pub(super) const UPDATE: &str = "update";
/// Role of a call with steps.
pub(super) const STEPS: &str = "steps";
/// Role of a question.
pub(super) const FIND: &str = "find";
/// Role of a question for the procedure catalogue.
pub(super) const CATALOGUE: &str = "catalogue";

/// A request before its outcome.
pub(super) fn received(
    profile: &'static str,
    (operation, role): (&str, &'static str),
    uri: &Uri,
    headers: &HeaderMap,
    keys: Vec<String>,
) -> Received {
    Received {
        profile: Some(profile),
        operation: operation.to_owned(),
        role,
        path: uri.path().to_owned(),
        keys,
        headers: watched(headers),
    }
}

/// Each number once, in order; none that no dossier could have.
pub(super) fn distinct<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for code in codes {
        if code.len() <= 60 && !keys.iter().any(|known| known == code) {
            keys.push(code.to_owned());
        }
    }
    keys
}

/// The `MaHoSo` of each item.
pub(super) fn codes(items: &[Value]) -> impl Iterator<Item = &str> {
    items
        .iter()
        .filter_map(|item| item.get("MaHoSo").and_then(Value::as_str))
}

/// A JSON body, whatever it holds.
pub(super) fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    if media_type(headers) != Some("application/json") {
        return Err(Refusal::ContentType);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::NotJson)
}

/// The media type without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("content-type")?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// 429 for a call too many, else this status.
pub(super) fn status_of(refusal: &Refusal, otherwise: StatusCode) -> StatusCode {
    match refusal {
        Refusal::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => otherwise,
    }
}

/// `Retry-After` where the refusal has one.
pub(super) fn with_retry_after(answer: Answer, refusal: &Refusal) -> Answer {
    match refusal.retry_after() {
        Some(seconds) => answer.retry_after(seconds),
        None => answer,
    }
}
