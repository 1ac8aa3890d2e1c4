//! The profiles P1 and P2: one address, the service's name in the body, every
//! value a string (portal.md 1 to 6).
//!
//! HTTP 200 says nothing here. A refused session is found by its sentence, leads
//! to one new log-in for all callers and one replay; since the portal did not act
//! on a call that it gave no session, everything that goes wrong on the way to a
//! session is certainly not applied.

mod catalogue;
mod session;
mod settings;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::clock::Clock;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, SubmissionMode,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tokio::time::Instant;

pub use settings::{P1Paths, P1Settings};

use self::session::LogIn;
use self::wire::Service;
use super::answers::{self, Envelope, Hidden};
use super::codes::Codes;
use super::entry::FieldSet;
use super::exchange::{
    CREDENTIAL_MARGIN, LOG_IN_PAUSE, failure, handlers_of, in_time, is_read_by_its_words,
    of_status, values_of,
};
use crate::access::{Issued, Renewal, SharedCredential};
use crate::http::{Endpoint, SetupError, Upstream};

/// The portal through the adapter of the first and second generation.
#[derive(Debug)]
pub struct P1Portal {
    upstream: Arc<Upstream>,
    integration: Endpoint,
    share: Endpoint,
    /// The same address with the limits of the catalogue's lists.
    lists: Upstream,
    session: SharedCredential<SecretString, PortalError>,
    headers: HeaderMap,
    agency_code: String,
    fields: FieldSet,
    steps_per_call: usize,
    codes: Codes,
}

/// What every call carries besides its own parameters.
#[derive(Serialize)]
struct Call<'a, P> {
    session: &'a str,
    madonvi: &'a str,
    service: &'static str,
    #[serde(flatten)]
    parameters: &'a P,
}

impl P1Portal {
    /// Sets the profile up. No connection is made.
    ///
    /// # Errors
    /// [`SetupError`] for an address, path or header value that cannot be used.
    pub fn new(settings: P1Settings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let base = &settings.base_url;
        let upstream = Arc::new(Upstream::new(
            base,
            settings.ca_bundle.as_ref(),
            settings.limits,
            Arc::clone(&clock),
        )?);
        let lists = Upstream::new(
            base,
            settings.ca_bundle.as_ref(),
            settings.list_limits,
            Arc::clone(&clock),
        )?;
        let integration = base.endpoint(&settings.paths.integration, "paths.integration")?;
        let share = settings.share_path.as_ref();
        let share = share.unwrap_or(&settings.paths.integration);
        let share = base.endpoint(share, "share_path")?;
        let headers = headers(settings.dstcode.as_deref())?;
        let log_in = LogIn {
            upstream: Arc::clone(&upstream),
            endpoint: base.endpoint(&settings.paths.login, "paths.login")?,
            headers: headers.clone(),
            username: settings.username,
            password: settings.password,
            lifetime: settings.session_lifetime,
        };
        let renewal = Renewal {
            margin: CREDENTIAL_MARGIN,
            time_limit: upstream.total(),
            outage_pause: LOG_IN_PAUSE,
        };
        Ok(Self {
            codes: Codes::new(settings.mapping, Arc::clone(&clock)),
            session: SharedCredential::new(renewal, clock, move || log_in.fetch()),
            upstream,
            integration,
            share,
            lists,
            headers,
            agency_code: settings.agency_code,
            fields: settings.fields,
            steps_per_call: settings.steps_per_call.max(1),
        })
    }

    /// Calls a service; logs in anew and calls once more when the session was
    /// refused. What the portal says is kept without what is `hidden`.
    async fn call<P: Serialize + Sync>(
        &self,
        service: Service,
        parameters: &P,
        hidden: &Hidden<'_>,
        budget: Duration,
    ) -> Result<Envelope, PortalError> {
        if budget.is_zero() {
            return Err(PortalError::Unreachable);
        }
        let deadline = Instant::now() + budget.min(self.route(service).total());
        let session = in_time(self.session.get(), deadline).await?;
        let refuses = |answer: &Envelope| {
            answer.refuses_session()
                || (service.is_question() && answer.is_empty_for_want_of_session())
        };
        let answer = self.send(service, parameters, &session, deadline).await?;
        if !refuses(&answer) {
            return Ok(answer);
        }
        let session = in_time(self.session.renew(session.generation), deadline).await?;
        let answer = self.send(service, parameters, &session, deadline).await?;
        // With a fresh session in hand, a sentence that fits a refusal is one: a
        // field's fault may speak of a log-in too, and would never come to an end.
        if refuses(&answer) && !answer.refuses_call() {
            let said = Some(answer.said(hidden));
            return Err(PortalError::SessionRefused { said });
        }
        Ok(answer)
    }

    /// What a service is called through.
    fn route(&self, service: Service) -> &Upstream {
        if service.is_list() {
            &self.lists
        } else {
            &self.upstream
        }
    }

    async fn send<P: Serialize + Sync>(
        &self,
        service: Service,
        parameters: &P,
        session: &Issued<SecretString>,
        deadline: Instant,
    ) -> Result<Envelope, PortalError> {
        let call = Call {
            session: session.value.expose_secret(),
            madonvi: &self.agency_code,
            service: service.name(),
            parameters,
        };
        // Strings and lists of them always become JSON; were it otherwise, nothing
        // would have been sent.
        let body = serde_json::to_vec(&call).map_err(|_| PortalError::Unreachable)?;
        let left = deadline.saturating_duration_since(Instant::now());
        let endpoint = if service.is_shared() {
            &self.share
        } else {
            &self.integration
        };
        let headers = self.headers.clone();
        let sent = self.route(service).post(endpoint, headers, body, left);
        let sent = sent.await;
        let answer = sent.map_err(|error| failure(&error))?;
        match answer.head.status {
            200 => Envelope::read(&answer.body),
            status if is_read_by_its_words(status) => {
                Ok(Envelope::under_status(Envelope::read(&answer.body), status))
            }
            _ => Err(of_status(&answer.head)),
        }
    }
}

#[async_trait]
impl Portal for P1Portal {
    fn profile(&self) -> &'static str {
        match self.fields {
            FieldSet::P1 => "p1",
            FieldSet::P2 => "p2",
        }
    }

    fn steps_per_call(&self) -> usize {
        self.steps_per_call
    }

    // A second create is answered "đã tồn tại", and an update carries the whole state.
    fn repeats_states(&self) -> bool {
        true
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        _reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let translated = self.codes.of_dossier(dossier)?;
        let submission = wire::Submission::of(&translated, mode, self.fields);
        let known = values_of(dossier);
        let answer = self
            .call(Service::SubmitDossier, &submission, &known, budget)
            .await?;
        answers::of_write(&answers::P1, &answer, &known)
    }

    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        _reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let known = handlers_of(steps);
        let steps = wire::Steps::of(dossier, steps);
        let answer = self
            .call(Service::AppendSteps, &steps, &known, budget)
            .await?;
        answers::of_write(&answers::P1, &answer, &known)
    }

    async fn find(
        &self,
        dossier: &DossierNumber,
        _reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalView, PortalError> {
        let question = wire::Question {
            mahoso: dossier.as_str(),
        };
        let answer = self
            .call(
                Service::FindDossier,
                &question,
                &Hidden::AllButKnown,
                budget,
            )
            .await?;
        answers::of_search(&answer, dossier)
    }
}

fn headers(dstcode: Option<&str>) -> Result<HeaderMap, SetupError> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        HeaderName::from_static("charset"),
        HeaderValue::from_static("utf-8"),
    );
    if let Some(code) = dstcode {
        let code =
            HeaderValue::from_str(code).map_err(|_| SetupError::HeaderValue { name: "dstcode" })?;
        headers.insert(HeaderName::from_static("dstcode"), code);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
