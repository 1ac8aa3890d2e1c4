//! The profile P3: wrappers of a province in front of P1 or P2 (portal.md 10).
//!
//! A wrapper takes a bare list of dossiers, keeps the session with the portal itself, and
//! may answer with nothing but a sentence. It has no session of ours to renew: when it
//! says that one is gone, the province's wrapper has lost its own.

mod settings;

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

pub use settings::{P3Form, P3Settings};

use super::answers::{self, Envelope, Hidden, Table};
use super::codes::Codes;
use super::entry::{DossierEntry, FieldSet, StepEntry};
use super::exchange::{failure, handlers_of, is_read_by_its_words, of_status, values_of};
use crate::http::{Answer, Endpoint, SetupError, Upstream, secret_header};

/// Longest sentence that is read as one, in bytes; what is longer is a page.
const LONGEST_SENTENCE: usize = 4 * 1024;

/// The portal through the wrapper of a province.
#[derive(Debug)]
pub struct P3Portal {
    upstream: Upstream,
    dialect: Dialect,
    create: Endpoint,
    update: Endpoint,
    steps: Endpoint,
    find: Option<Endpoint>,
    headers: HeaderMap,
    fields: FieldSet,
    steps_per_call: usize,
    codes: Codes,
}

/// What the two forms do differently with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Objects only.
    IsUpdating,
    /// Objects and sentences.
    ThreeUrls,
}

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Self::IsUpdating => "p3_is_updating",
            Self::ThreeUrls => "p3_three_urls",
        }
    }

    fn table(self) -> &'static Table {
        match self {
            Self::IsUpdating => &answers::P3_IS_UPDATING,
            Self::ThreeUrls => &answers::P3_THREE_URLS,
        }
    }
}

/// A question about a dossier; the form of P1, without what a session needs.
#[derive(Serialize)]
struct Question<'a> {
    mahoso: &'a str,
}

impl P3Portal {
    /// Sets the profile up. No connection is made.
    ///
    /// # Errors
    /// [`SetupError`] for an address, path or header that cannot be used.
    pub fn new(settings: P3Settings, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let base = &settings.base_url;
        let (ca, limits) = (settings.ca_bundle.as_ref(), settings.limits);
        let (dialect, create, update, query) = match &settings.form {
            P3Form::IsUpdating {
                dossier_path: path,
                agency_code,
            } => {
                let query = format!("?MaDinhDanhDV={agency_code}");
                let of = |updating| {
                    let path = format!("{path}{query}&isUpdating={updating}");
                    base.endpoint(&path, "dossier_path")
                };
                (Dialect::IsUpdating, of("False")?, of("True")?, query)
            }
            P3Form::ThreeUrls {
                create_path,
                update_path,
            } => (
                Dialect::ThreeUrls,
                base.endpoint(create_path, "create_path")?,
                base.endpoint(update_path, "update_path")?,
                String::new(),
            ),
        };
        let below = |path: &str, name| base.endpoint(&format!("{path}{query}"), name);
        let find = settings.find_path.as_deref();
        Ok(Self {
            upstream: Upstream::new(base, ca, limits, Arc::clone(&clock))?,
            dialect,
            create,
            update,
            steps: below(&settings.steps_path, "steps_path")?,
            find: find.map(|path| below(path, "find_path")).transpose()?,
            headers: headers(&settings.headers)?,
            fields: settings.fields,
            steps_per_call: settings.steps_per_call.max(1),
            codes: Codes::new(settings.mapping, clock),
        })
    }

    async fn call(
        &self,
        endpoint: &Endpoint,
        body: &(impl Serialize + Sync),
        hidden: &Hidden<'_>,
        budget: Duration,
    ) -> Result<Envelope, PortalError> {
        // Strings and lists of them always become JSON; were it otherwise, nothing
        // would have been sent.
        let body = serde_json::to_vec(body).map_err(|_| PortalError::Unreachable)?;
        let headers = self.headers.clone();
        let sent = self.upstream.post(endpoint, headers, body, budget).await;
        let answer = sent.map_err(|error| failure(&error))?;
        match answer.head.status {
            200 => self.read(&answer),
            status if is_read_by_its_words(status) => {
                Ok(Envelope::under_status(self.read(&answer), status))
            }
            // A wrapper looks at who calls before it looks at what is sent.
            401 | 403 => Err(PortalError::AccessDenied {
                said: self.read(&answer).ok().map(|answer| answer.said(hidden)),
            }),
            _ => Err(of_status(&answer.head)),
        }
    }

    fn read(&self, answer: &Answer) -> Result<Envelope, PortalError> {
        let body = answer.body.as_slice();
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        match (self.dialect, body.trim_ascii_start().first()) {
            (Dialect::IsUpdating, _) | (Dialect::ThreeUrls, Some(b'{')) => Envelope::read(body),
            // A page may say anything, "thành công" among it.
            (Dialect::ThreeUrls, None | Some(b'<' | b'[')) => Err(NO_SENTENCE),
            (Dialect::ThreeUrls, Some(_)) if answer.head.media_type == "text/html" => {
                Err(NO_SENTENCE)
            }
            (Dialect::ThreeUrls, Some(_)) if body.len() > LONGEST_SENTENCE => Err(NO_SENTENCE),
            // Some frameworks write a sentence as a JSON string.
            (Dialect::ThreeUrls, Some(b'"')) => serde_json::from_slice::<String>(body)
                .map(|text| Envelope::of_text(&text))
                .map_err(|_| NO_SENTENCE),
            (Dialect::ThreeUrls, Some(_)) => std::str::from_utf8(body)
                .map(Envelope::of_text)
                .map_err(|_| NO_SENTENCE),
        }
    }
}

const NO_SENTENCE: PortalError = PortalError::Nonsense {
    problem: "neither an object nor a sentence of the wrapper",
    said: None,
};

#[async_trait]
impl Portal for P3Portal {
    fn profile(&self) -> &'static str {
        self.dialect.name()
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
        let endpoint = match mode {
            SubmissionMode::Create => &self.create,
            SubmissionMode::Update => &self.update,
        };
        let translated = self.codes.of_dossier(dossier)?;
        let list = [DossierEntry::of(&translated, self.fields)];
        let hidden = values_of(dossier);
        let answer = self.call(endpoint, &list, &hidden, budget).await?;
        answers::of_write(self.dialect.table(), &answer, &hidden)
    }

    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        _reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let entry = |step| StepEntry::of(dossier, step);
        let list: Vec<StepEntry<'_>> = steps.iter().map(entry).collect();
        let hidden = handlers_of(steps);
        let answer = self.call(&self.steps, &list, &hidden, budget).await?;
        answers::of_write(self.dialect.table(), &answer, &hidden)
    }

    async fn find(
        &self,
        dossier: &DossierNumber,
        _reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalView, PortalError> {
        let Some(endpoint) = &self.find else {
            return Err(PortalError::NotOffered {
                operation: "question",
            });
        };
        let question = Question {
            mahoso: dossier.as_str(),
        };
        let hidden = Hidden::AllButKnown;
        let answer = self.call(endpoint, &question, &hidden, budget).await?;
        answers::of_search(&answer, dossier)
    }
}

fn headers(configured: &[(String, SecretString)]) -> Result<HeaderMap, SetupError> {
    let mut headers = HeaderMap::with_capacity(2 + configured.len());
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("application/json, text/plain"),
    );
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in configured {
        let unusable = || SetupError::HeaderValue { name: "headers" };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
        let value = secret_header(value.expose_secret()).ok_or_else(unusable)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
