//! The profile P4, `NoiHoSo`: client credentials, a number that the portal issues, and
//! typed values (portal.md 9).
//!
//! What a reader would get wrong: an update is B6, and B6 carries a status, a note and, with
//! three statuses, fees and results. Whatever else has changed in a dossier never reaches
//! the portal; each accepted answer says so in its text.

mod bring;
mod create;
mod files;
mod moment;
mod number;
mod question;
mod reference;
mod reply;
mod settings;
mod token;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use lienthong_core::clock::Clock;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, Reading, Said, SubmissionMode,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tokio::time::Instant;
use zeroize::Zeroizing;

pub use settings::{FileSettings, NumberBy, P4Paths, P4Settings};

use self::files::Files;
use self::reply::Reply;
use self::token::TokenCall;
use super::answers::PresentForm;
use super::codes::Codes;
use super::exchange::{CREDENTIAL_MARGIN, LOG_IN_PAUSE, REFUSED, failure, handlers_of, in_time};
use crate::access::{Issued, Renewal, SharedCredential};
use crate::http::{Answer, Endpoint, SetupError, Upstream, secret_header};

/// How the answer to a question is written; an assumption of this project.
const TYPED: PresentForm = PresentForm {
    status: "TrangThai",
    moment: moment::read,
    later_dates: false,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The portal through `NoiHoSo`.
pub struct P4Portal {
    upstream: Arc<Upstream>,
    token: SharedCredential<SecretString, PortalError>,
    endpoints: Endpoints,
    files: Files,
    number_by: NumberBy,
    steps_per_call: usize,
    codes: Codes,
}

struct Endpoints {
    number: Endpoint,
    upload: Endpoint,
    dossier: Endpoint,
    steps: Endpoint,
    status: Endpoint,
    find: Option<Endpoint>,
}

/// What a call carries, to be sent once more with another token.
struct Body {
    media_type: HeaderValue,
    bytes: Bytes,
}

impl fmt::Debug for P4Portal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("P4Portal")
            .field("token", &self.token)
            .field("codes", &self.codes)
            .finish_non_exhaustive()
    }
}

impl P4Portal {
    /// Sets the profile up. No connection is made.
    ///
    /// # Errors
    /// [`SetupError`] for an address or path that cannot be used.
    pub fn new(settings: P4Settings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let (base, paths) = (&settings.base_url, &settings.paths);
        let (ca, limits) = (settings.ca_bundle.as_ref(), settings.limits);
        let upstream = Arc::new(Upstream::new(base, ca, limits, Arc::clone(&clock))?);
        let mut headers = HeaderMap::with_capacity(2);
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        let call = TokenCall {
            upstream: Arc::clone(&upstream),
            endpoint: base.endpoint(&paths.token, "paths.token")?,
            headers,
            client_id: settings.client_id,
            client_secret: settings.client_secret,
        };
        let renewal = Renewal {
            margin: CREDENTIAL_MARGIN,
            time_limit: upstream.total(),
            outage_pause: LOG_IN_PAUSE,
        };
        let find = paths.find.as_deref();
        Ok(Self {
            endpoints: Endpoints {
                number: base.endpoint(&paths.number, "paths.number")?,
                upload: base.endpoint(&paths.upload, "paths.upload")?,
                dossier: base.endpoint(&paths.dossier, "paths.dossier")?,
                steps: base.endpoint(&paths.steps, "paths.steps")?,
                status: base.endpoint(&paths.status, "paths.status")?,
                find: find
                    .map(|path| base.endpoint(path, "paths.find"))
                    .transpose()?,
            },
            files: Files::new(&settings.files, &clock)?,
            token: SharedCredential::new(renewal, Arc::clone(&clock), move || call.fetch()),
            upstream,
            number_by: settings.number_by,
            steps_per_call: settings.steps_per_call.max(1),
            codes: Codes::new(settings.mapping, clock),
        })
    }

    fn deadline(&self, budget: Duration) -> Instant {
        Instant::now() + budget.min(self.upstream.total())
    }

    /// Posts `body` with a token; fetches another and posts once more when the token was
    /// refused.
    async fn call(
        &self,
        endpoint: &Endpoint,
        body: Body,
        deadline: Instant,
    ) -> Result<Answer, PortalError> {
        let token = in_time(self.token.get(), deadline).await?;
        let answer = self.send(endpoint, &body, &token, deadline).await?;
        if answer.head.status != 401 {
            return Ok(answer);
        }
        let token = in_time(self.token.renew(token.generation), deadline).await?;
        self.send(endpoint, &body, &token, deadline).await
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        body: &Body,
        token: &Issued<SecretString>,
        deadline: Instant,
    ) -> Result<Answer, PortalError> {
        let bearer = Zeroizing::new(["Bearer ", token.value.expose_secret()].concat());
        let mut headers = HeaderMap::with_capacity(3);
        headers.insert(AUTHORIZATION, secret_header(&bearer).ok_or(REFUSED)?);
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, body.media_type.clone());
        let left = deadline.saturating_duration_since(Instant::now());
        let sent = self
            .upstream
            .post(endpoint, headers, body.bytes.clone(), left)
            .await;
        sent.map_err(|error| failure(&error))
    }
}

#[async_trait]
impl Portal for P4Portal {
    fn profile(&self) -> &'static str {
        "p4"
    }

    fn steps_per_call(&self) -> usize {
        self.steps_per_call
    }

    fn issues_numbers(&self) -> bool {
        true
    }

    async fn reserve(
        &self,
        dossier: &Dossier,
        budget: Duration,
    ) -> Result<PortalReference, PortalError> {
        self.issue_number(dossier, self.deadline(budget)).await
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let deadline = self.deadline(budget);
        let reference = reference.ok_or(NO_NUMBER)?;
        let translated = self.codes.of_dossier(dossier)?;
        match mode {
            SubmissionMode::Create => self.create(&translated, reference, deadline).await,
            SubmissionMode::Update => self.update(&translated, reference, deadline).await,
        }
    }

    async fn append_steps(
        &self,
        _dossier: &DossierNumber,
        steps: &[Step],
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let deadline = self.deadline(budget);
        let reference = reference.ok_or(NO_NUMBER)?;
        let Some(reference) = self.identified(reference, deadline).await? else {
            return Ok(not_there());
        };
        let hidden = handlers_of(steps);
        let entry = |step| wire::Progress::of(step, &reference);
        let list: Vec<wire::Progress<'_>> = steps.iter().map(entry).collect();
        let answer = self
            .call(&self.endpoints.steps, json(&list)?, deadline)
            .await?;
        let answer = Reply::read(&answer, &hidden)?.of_write(&hidden)?;
        Ok(PortalAnswer {
            reference: Some(reference),
            ..answer
        })
    }

    async fn find(
        &self,
        _dossier: &DossierNumber,
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalView, PortalError> {
        // Whether anything can be there under a number that was not kept is not for the
        // profile to say.
        let reference = reference.ok_or(PortalError::NotOffered {
            operation: "question without a number",
        })?;
        self.view(reference, self.deadline(budget)).await
    }
}

/// The number is fetched and kept first.
const NO_NUMBER: PortalError = PortalError::FieldNotCarried {
    field: "MaHoSo",
    problem: "the portal has issued no number for this dossier",
};

fn json(body: &impl Serialize) -> Result<Body, PortalError> {
    // Texts, numbers and lists of them always become JSON; were it otherwise, nothing
    // would have been sent.
    let bytes = serde_json::to_vec(body).map_err(|_| PortalError::Unreachable)?;
    Ok(Body {
        media_type: JSON,
        bytes: Bytes::from(bytes),
    })
}

/// A dossier that the portal was asked for and does not hold.
fn not_there() -> PortalAnswer {
    PortalAnswer::new(Reading::NotThere, Said::new("", "", &[]))
}

#[cfg(test)]
mod tests;
