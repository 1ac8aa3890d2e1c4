//! B3: a dossier's files on their way to the portal.
//!
//! Nothing of the dossier itself is sent before all of them are there, so whatever fails
//! here is certainly not applied. What a reader would get wrong: a dossier may have more
//! files than one call has time for. Those that were moved are remembered, and running out
//! of time behind them is no failure of the dossier.

use lienthong_core::certainty::Certainty;
use lienthong_core::dossier::{Document, Dossier};
use lienthong_core::ports::portal::PortalError;
use tokio::time::Instant;

use super::files::Uploaded;
use super::reply::{Reply, without_effect};
use super::{Body, P4Portal, files, wire};
use crate::portal::answers::Hidden;

/// The files of a dossier that are at the portal.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// In the order of [`wire::handed_in`].
    pub(super) files: Vec<Uploaded>,
    /// Whether one of them was uploaded for an earlier attempt.
    pub(super) remembered: bool,
}

impl P4Portal {
    /// Fetches the dossier's files and uploads them, within two thirds of the time up to
    /// `deadline`: the rest is for the dossier itself.
    ///
    /// # Errors
    /// [`PortalError::Busy`] when the time ran out behind a file that was moved.
    pub(super) async fn bring(
        &self,
        dossier: &Dossier,
        number: &str,
        deadline: Instant,
    ) -> Result<Brought, PortalError> {
        let now = Instant::now();
        let until = now + deadline.saturating_duration_since(now) / 3 * 2;
        let mut brought = Brought::default();
        let mut moved = false;
        for document in wire::handed_in(dossier) {
            let at_portal = self.files.at_portal(number, document.url.as_str());
            if let Some(uploaded) = at_portal {
                brought.files.push(uploaded);
                brought.remembered = true;
                continue;
            }
            match self.bring_one(document, number, until).await {
                Ok(uploaded) => brought.files.push(uploaded),
                Err(error) => {
                    let may_pass = error.certainty() == Certainty::NotApplied;
                    let out_of_time = moved && may_pass && Instant::now() >= until;
                    return Err(if out_of_time {
                        PortalError::Busy
                    } else {
                        error
                    });
                }
            }
            moved = true;
        }
        Ok(brought)
    }

    async fn bring_one(
        &self,
        document: &Document,
        number: &str,
        until: Instant,
    ) -> Result<Uploaded, PortalError> {
        let url = document.url.as_str();
        let left = until.saturating_duration_since(Instant::now());
        let file = self.files.fetch(url, left).await?;
        let uploaded = self.upload(document.name.as_str(), &file, until).await?;
        self.files.remember(number, url, uploaded.clone());
        Ok(uploaded)
    }

    async fn upload(
        &self,
        name: &str,
        content: &[u8],
        deadline: Instant,
    ) -> Result<Uploaded, PortalError> {
        let not_taken = || files::unreachable("the portal did not take it");
        let (media_type, bytes) = files::form(name, content).ok_or_else(not_taken)?;
        let body = Body { media_type, bytes };
        let sent = self.call(&self.endpoints.upload, body, deadline).await;
        let answer = sent.map_err(without_effect)?;
        // A file's name may be a person's.
        let hidden = Hidden::AllButKnown;
        let reply = match Reply::read(&answer, &hidden) {
            Ok(reply) => reply,
            Err(PortalError::Rejected { .. }) => return Err(not_taken()),
            Err(error) => return Err(without_effect(error)),
        };
        match files::uploaded_of(reply.envelope.result()) {
            Some(uploaded) if answer.head.status == 200 => Ok(uploaded),
            Some(_) | None => match reply.of_write(&hidden) {
                Ok(_) => Err(not_taken()),
                Err(error) => Err(without_effect(error)),
            },
        }
    }
}
