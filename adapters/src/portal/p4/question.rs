//! The question for a dossier, whose form is an assumption of this project.
//!
//! What a reader would get wrong: a portal that searches in its own way may answer with
//! another dossier, or with several. Only an entry about the number that was asked for
//! counts; an id taken from another would send a dossier's steps to a stranger's.

use lienthong_core::ports::portal::{PortalError, PortalReference, PortalView};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::reference::{entry_about, with_id};
use super::reply::{Reply, without_effect};
use super::{P4Portal, TYPED, json, wire};
use crate::http::Endpoint;
use crate::portal::answers::{Found, Hidden, found_in};

impl P4Portal {
    /// The reference with the portal's id, for which the portal is asked where an answer
    /// that held it was lost; `None` when the portal does not hold the dossier.
    pub(super) async fn identified(
        &self,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<Option<PortalReference>, PortalError> {
        let find = self.endpoints.find.as_ref();
        let Some(endpoint) = find.filter(|_| reference.id.is_none()) else {
            return Ok(Some(reference.clone()));
        };
        let reply = self.ask(endpoint, reference, deadline).await;
        let reply = reply.map_err(without_effect)?;
        let entry = entry_in(&reply, &reference.number).map_err(without_effect)?;
        Ok(entry.map(|entry| with_id(entry, reference)))
    }

    /// What the portal tells of the dossier.
    pub(super) async fn view(
        &self,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<PortalView, PortalError> {
        let endpoint = self.endpoints.find.as_ref();
        let endpoint = endpoint.ok_or(PortalError::NotOffered {
            operation: "question",
        })?;
        let reply = self.ask(endpoint, reference, deadline).await?;
        let entry = entry_in(&reply, &reference.number)?;
        Ok(entry.map_or(PortalView::Absent, |entry| TYPED.present(entry)))
    }

    async fn ask(
        &self,
        endpoint: &Endpoint,
        reference: &PortalReference,
        deadline: Instant,
    ) -> Result<Reply, PortalError> {
        let body = json(&wire::Question::of(reference))?;
        let answer = self.call(endpoint, body, deadline).await?;
        Reply::read(&answer, &Hidden::AllButKnown)
    }
}

/// What an answer tells of the dossier `number`; `None` when the portal does not hold it.
fn entry_in<'r>(
    reply: &'r Reply,
    number: &str,
) -> Result<Option<&'r Map<String, Value>>, PortalError> {
    let found = match found_in(&reply.envelope, number)? {
        Found::Absent => return Ok(None),
        Found::Entry(found) => found,
    };
    match entry_about(found, number) {
        Some(entry) => Ok(Some(entry)),
        None => Err(PortalError::Nonsense {
            problem: "a search answer without the dossier",
            said: Some(reply.envelope.said(&Hidden::AllButKnown)),
        }),
    }
}
