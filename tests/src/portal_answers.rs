//! A portal that answers what a test says, word for word, to each profile's adapter.
//!
//! What a reader would get wrong: most answers are to be refused, or to leave the effect
//! open. A find is a panic, an acceptance of words that do not say so, and a dossier that is
//! taken for missing without anybody having said that.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use lienthong_adapters::http::BaseUrl;
use lienthong_adapters::portal::{
    FileSettings, P1Paths, P1Portal, P1Settings, P3Form, P3Portal, P3Settings, P4Paths, P4Portal,
    P4Settings,
};
use lienthong_core::certainty::Certainty;
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, Reading, StepsThere,
    SubmissionMode,
};
use tokio::net::TcpListener;

use crate::portal_profile::PortalProfile;

mod sample;
mod sound;

/// The number that P4 has issued.
pub const ISSUED: &str = "G09.20-20260609-0092637";

const BUDGET: Duration = Duration::from_secs(10);

/// A call whose answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A new dossier.
    State,
    /// A step.
    Steps,
    /// A question about a dossier.
    Question,
    /// A number for a dossier; P4 only.
    Number,
}

/// What an answer was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Done.
    Accepted,
    /// The dossier is there already.
    There,
    /// The dossier is not there.
    NotThere,
    /// A final no.
    Refused,
    /// The dossier is there, its state is not.
    Created,
    /// It may have been applied.
    Unknown,
    /// Certainly without effect.
    NotApplied,
    /// Asked: the dossier is not there.
    Absent,
    /// Asked: the dossier is there, without its steps.
    Present,
    /// Asked: the dossier is there with its steps.
    Listed,
    /// Asked: the dossier is there with steps that cannot be read.
    Unreadable,
    /// Asked: no answer that counts.
    Unanswered,
    /// A number that can be kept.
    Number,
    /// No number.
    NoNumber,
}

impl Taken {
    /// How the names of files in the corpus begin whose words are to be taken for this.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Accepted => "accepted-",
            Self::There => "there-",
            Self::NotThere => "not-there-",
            Self::Refused => "refused-",
            Self::Created => "created-",
            Self::Unknown => "unknown-",
            Self::NotApplied => "not-applied-",
            Self::Absent => "absent-",
            Self::Present => "present-",
            Self::Listed => "listed-",
            Self::Unreadable => "unreadable-",
            Self::Unanswered => "unanswered-",
            Self::Number => "number-",
            Self::NoNumber => "no-number-",
        }
    }
}

/// The adapters of the profiles, and the portal that answers them.
pub struct PortalAnswers {
    words: Arc<Mutex<String>>,
    p1: P1Portal,
    p3_is_updating: P3Portal,
    p3_three_urls: P3Portal,
    p4: P4Portal,
    dossier: Dossier,
    step: Step,
    reference: PortalReference,
}

impl PortalAnswers {
    /// Starts the portal.
    ///
    /// # Errors
    /// What did not start.
    pub async fn start() -> Result<Self> {
        let words = Arc::new(Mutex::new(String::new()));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let base = BaseUrl::parse(&base).map_err(|error| anyhow!("{error}"))?;
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&words));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
        let wrapper = |form| {
            let settings = P3Settings {
                find_path: Some("/find".to_owned()),
                ..P3Settings::new(base.clone(), form, "/steps".to_owned())
            };
            P3Portal::new(settings, Arc::clone(&clock))
        };
        Ok(Self {
            words,
            p1: P1Portal::new(session(&base), Arc::clone(&clock))?,
            p3_is_updating: wrapper(P3Form::IsUpdating {
                dossier_path: "/dossier".to_owned(),
                agency_code: "000.00.00.H99".parse()?,
            })?,
            p3_three_urls: wrapper(P3Form::ThreeUrls {
                create_path: "/create".to_owned(),
                update_path: "/update".to_owned(),
            })?,
            p4: P4Portal::new(typed(&base), clock)?,
            dossier: sample::dossier().context("the sample")?,
            step: sample::step().context("the sample")?,
            reference: PortalReference {
                number: ISSUED.to_owned(),
                id: Some("77".to_owned()),
            },
        })
    }

    /// What `body` is taken for as the answer to `call`.
    ///
    /// # Panics
    /// When it may not be taken for that.
    pub async fn read(&self, profile: PortalProfile, call: Call, body: &str) -> Taken {
        body.clone_into(&mut self.words.lock().unwrap_or_else(PoisonError::into_inner));
        let portal: &dyn Portal = match profile {
            PortalProfile::P1 | PortalProfile::P2 => &self.p1,
            PortalProfile::P3IsUpdating => &self.p3_is_updating,
            PortalProfile::P3ThreeUrls => &self.p3_three_urls,
            PortalProfile::P4 => &self.p4,
        };
        let (dossier, reference) = (&self.dossier, Some(&self.reference));
        let number = &dossier.number;
        let taken = match call {
            Call::State => {
                let mode = SubmissionMode::Create;
                of_write(portal.submit(dossier, mode, reference, BUDGET).await)
            }
            Call::Steps => {
                let steps = std::slice::from_ref(&self.step);
                let sent = portal.append_steps(number, steps, reference, BUDGET);
                of_write(sent.await)
            }
            Call::Question => of_question(portal.find(number, reference, BUDGET).await),
            Call::Number => match portal.reserve(dossier, BUDGET).await {
                Ok(reference) => {
                    assert!(
                        sound::is_number(&reference.number),
                        "a number that cannot be kept"
                    );
                    Taken::Number
                }
                Err(_) => Taken::NoNumber,
            },
        };
        sound::check(profile, taken, body);
        taken
    }
}

fn of_write(sent: Result<PortalAnswer, PortalError>) -> Taken {
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => {
            return match error.certainty() {
                Certainty::Unknown => Taken::Unknown,
                Certainty::NotApplied => Taken::NotApplied,
                Certainty::Refused => Taken::Refused,
            };
        }
    };
    assert!(answer.text.chars().count() <= PortalAnswer::TEXT_LIMIT);
    match answer.reading {
        Reading::Accepted => Taken::Accepted,
        Reading::AlreadyThere => Taken::There,
        Reading::NotThere => Taken::NotThere,
        Reading::Refused { .. } => Taken::Refused,
        Reading::NotUnderstood => Taken::Unknown,
        Reading::CreatedWithoutState { .. } => Taken::Created,
    }
}

fn of_question(asked: Result<PortalView, PortalError>) -> Taken {
    match asked {
        Ok(PortalView::Absent) => Taken::Absent,
        Ok(PortalView::Present { steps, .. }) => match steps {
            StepsThere::NotCarried => Taken::Present,
            StepsThere::Unreadable => Taken::Unreadable,
            StepsThere::Listed(_) => Taken::Listed,
        },
        Err(_) => Taken::Unanswered,
    }
}

/// A session, a token, or the words of the test.
async fn answer(State(words): State<Arc<Mutex<String>>>, uri: Uri) -> Response {
    let body = match uri.path() {
        "/login" => r#"{"error_code":"0","message":"Thành công","session":"s"}"#.to_owned(),
        "/token" => r#"{"access_token":"t","expires_in":86400}"#.to_owned(),
        _ => words.lock().unwrap_or_else(PoisonError::into_inner).clone(),
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn session(base: &BaseUrl) -> P1Settings {
    let paths = P1Paths {
        login: "/login".to_owned(),
        integration: "/integration".to_owned(),
    };
    P1Settings::new(
        base.clone(),
        paths,
        "h99".to_owned(),
        "mat-khau".into(),
        "000.00.00.H99".to_owned(),
    )
}

fn typed(base: &BaseUrl) -> P4Settings {
    let path = |name: &str| format!("/{name}");
    let paths = P4Paths {
        token: path("token"),
        number: path("number"),
        upload: path("upload"),
        dossier: path("dossier"),
        steps: path("steps"),
        status: path("status"),
        find: Some(path("find")),
    };
    let files = FileSettings::new(Vec::new());
    P4Settings::new(
        base.clone(),
        paths,
        "h99".to_owned(),
        "bi-mat".into(),
        files,
    )
}
