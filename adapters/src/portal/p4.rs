//! The profile P4, `NoiHoSo`: client credentials, a number that the portal issues, and
//! typed values (portal.md 9).
//!
//! B4 has no field for the status. A new dossier is therefore B4 and then B6; when B6 does
//! not come through, the dossier is there without its state, and counts as "already
//! there": the update that follows brings the rest.

mod bring;
mod files;
mod moment;
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
use lienthong_core::agency::AgencyCode;
use lienthong_core::clock::Clock;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::mapping::CodeKind;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, Reading, Said, SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;
use zeroize::Zeroizing;

pub use settings::{FileSettings, NumberBy, P4Paths, P4Settings};

use self::files::Files;
use self::reference::{is_about, number_in, reference_in};
use self::reply::{Reply, without_effect};
use self::token::TokenCall;
use super::answers::{Found, PresentForm, found_in};
use super::codes::Codes;
use super::exchange::{
    CREDENTIAL_MARGIN, LOG_IN_PAUSE, REFUSED, failure, handlers_of, in_time, values_of,
};
use crate::access::{Issued, Renewal, SharedCredential};
use crate::http::{Answer, Endpoint, SetupError, Upstream, secret_header};

/// How the answer to a question is written; an assumption of this project.
const TYPED: PresentForm = PresentForm {
    status: "TrangThai",
    moment: moment::read,
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

    /// B4, and B6 for the status.
    async fn create(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        // Before any file is moved for nothing.
        wire::owner_kind(dossier.owner.kind)?;
        let unit = self.unit_of(dossier)?;
        let files = self.bring(dossier, &reference.number, deadline).await?;
        let known = values_of(dossier);
        let new = wire::NewDossier::of(dossier, &reference.number, &unit, &files)?;
        let answer = self
            .call(&self.endpoints.dossier, json(&new)?, deadline)
            .await?;
        let reply = Reply::read(&answer, &known)?;
        let mut created = reply.of_write(&known)?;
        let reference = reference_in(reply.envelope.result(), reference);
        created.reference = Some(reference.clone());
        // What B4 leaves a dossier in is this very status.
        if created.reading != Reading::Accepted || dossier.status == PortalStatus::Registered {
            return Ok(created);
        }
        let status = self.change_status(dossier, &reference, deadline).await;
        Ok(match status {
            Ok(
                status @ PortalAnswer {
                    reading: Reading::Accepted | Reading::Refused { .. },
                    ..
                },
            ) => PortalAnswer {
                reference: created.reference,
                ..status
            },
            Ok(_) | Err(_) => PortalAnswer {
                reading: Reading::AlreadyThere,
                ..created
            },
        })
    }

    /// B6.
    async fn change_status(
        &self,
        dossier: &Dossier,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalAnswer, PortalError> {
        let known = values_of(dossier);
        let list = [wire::StatusChange::of(dossier, reference)];
        let answer = self
            .call(&self.endpoints.status, json(&list)?, deadline)
            .await?;
        Reply::read(&answer, &known)?.of_write(&known)
    }

    /// The reference with the portal's id, for which the portal is asked where an answer
    /// that held it was lost; `None` when the portal does not hold the dossier.
    async fn identified(
        &self,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<Option<PortalReference>, PortalError> {
        let Some(endpoint) = self
            .endpoints
            .find
            .as_ref()
            .filter(|_| reference.id.is_none())
        else {
            return Ok(Some(reference.clone()));
        };
        let question = wire::Question::of(reference);
        let asked = self.call(endpoint, json(&question)?, deadline).await;
        let reply = asked
            .and_then(|answer| Reply::read(&answer, &[]))
            .map_err(without_effect)?;
        let found = found_in(&reply.envelope, &reference.number).map_err(without_effect)?;
        Ok(match found {
            Found::Absent => None,
            Found::Entry(entry) => Some(reference_in(entry, reference)),
        })
    }

    fn unit_of(&self, dossier: &Dossier) -> Result<AgencyCode, PortalError> {
        let unit = dossier.receiving_unit.as_ref();
        self.codes
            .of_agency(unit.unwrap_or_else(|| dossier.number.agency()))
    }

    /// Fetches a number (B2); `kind` says of what `code` is.
    async fn number(
        &self,
        kind: CodeKind,
        code: &str,
        deadline: Instant,
    ) -> Result<String, PortalError> {
        let body = json(&wire::NumberFor { code })?;
        let sent = self.call(&self.endpoints.number, body, deadline).await;
        let answer = sent.map_err(without_effect)?;
        if answer.head.status == 200
            && let Some(number) = number_in(&answer.body)
        {
            return Ok(number);
        }
        let reply = Reply::read(&answer, &[]).map_err(without_effect)?;
        let told = reply.of_write(&[]).map_err(without_effect)?;
        Err(match told.reading {
            Reading::Refused {
                cause: Cause::MappingMissing,
            } => PortalError::MappingMissing {
                kind,
                code: code.to_owned(),
            },
            Reading::Refused { .. } => PortalError::Rejected {
                status: answer.head.status,
            },
            Reading::Accepted
            | Reading::AlreadyThere
            | Reading::NotThere
            | Reading::NotUnderstood => PortalError::Nonsense {
                problem: "no dossier number",
                said: Some(reply.envelope.said(&[])),
            },
        })
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
        let deadline = self.deadline(budget);
        // What cannot be sent in the end needs no number.
        wire::owner_kind(dossier.owner.kind)?;
        let translated = self.codes.of_dossier(dossier)?;
        let unit = self.unit_of(dossier)?;
        let (kind, code) = match self.number_by {
            NumberBy::Unit => (CodeKind::Agency, unit.as_str()),
            NumberBy::Procedure => (CodeKind::Procedure, translated.procedure.as_str()),
        };
        Ok(PortalReference {
            number: self.number(kind, code, deadline).await?,
            id: None,
        })
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
            SubmissionMode::Update => match self.identified(reference, deadline).await? {
                Some(reference) => {
                    let answer = self.change_status(&translated, &reference, deadline).await;
                    answer.map(|answer| told_by(answer, reference))
                }
                None => Ok(not_there()),
            },
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
        let known = handlers_of(steps);
        let entry = |step| wire::Progress::of(step, &reference);
        let list: Vec<wire::Progress<'_>> = steps.iter().map(entry).collect();
        let answer = self
            .call(&self.endpoints.steps, json(&list)?, deadline)
            .await?;
        let answer = Reply::read(&answer, &known)?.of_write(&known);
        answer.map(|answer| told_by(answer, reference))
    }

    async fn find(
        &self,
        _dossier: &DossierNumber,
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalView, PortalError> {
        // Nothing can be there under a number that was never kept: it is kept before the
        // first submission.
        let Some(reference) = reference else {
            return Ok(PortalView::Absent);
        };
        let endpoint = self.endpoints.find.as_ref();
        let endpoint = endpoint.ok_or(PortalError::NotOffered {
            operation: "question",
        })?;
        let body = json(&wire::Question::of(reference))?;
        let answer = self.call(endpoint, body, self.deadline(budget)).await?;
        let reply = Reply::read(&answer, &[])?;
        let about_another = |said| PortalError::Nonsense {
            problem: "a search answer without the dossier",
            said: Some(said),
        };
        match found_in(&reply.envelope, &reference.number)? {
            Found::Absent => Ok(PortalView::Absent),
            Found::Entry(Value::Object(entry)) if is_about(entry, &reference.number) => {
                Ok(TYPED.present(entry))
            }
            Found::Entry(_) => Err(about_another(reply.envelope.said(&[]))),
        }
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

fn told_by(mut answer: PortalAnswer, reference: PortalReference) -> PortalAnswer {
    answer.reference = Some(reference);
    answer
}

#[cfg(test)]
mod tests;
