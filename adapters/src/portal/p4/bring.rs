//! B3: a dossier's files on their way to the portal.
//!
//! Nothing of the dossier itself is sent before all of them are there, so whatever fails
//! here is certainly not applied.

use lienthong_core::dossier::Dossier;
use lienthong_core::ports::portal::PortalError;
use tokio::time::Instant;

use super::files::Uploaded;
use super::reply::{Reply, without_effect};
use super::{Body, P4Portal, files, wire};

impl P4Portal {
    /// Fetches the dossier's files and uploads them (B3), in the order of
    /// [`wire::handed_in`].
    pub(super) async fn bring(
        &self,
        dossier: &Dossier,
        number: &str,
        deadline: Instant,
    ) -> Result<Vec<Uploaded>, PortalError> {
        let mut brought = Vec::new();
        for document in wire::handed_in(dossier) {
            let url = document.url.as_str();
            if let Some(uploaded) = self.files.at_portal(number, url) {
                brought.push(uploaded);
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let file = self.files.fetch(url, left).await?;
            let uploaded = self.upload(document.name.as_str(), &file, deadline).await?;
            self.files.remember(number, url, uploaded.clone());
            brought.push(uploaded);
        }
        Ok(brought)
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
        let reply = match Reply::read(&answer, &[]) {
            Ok(reply) => reply,
            Err(PortalError::Rejected { .. }) => return Err(not_taken()),
            Err(error) => return Err(without_effect(error)),
        };
        match files::uploaded_of(reply.envelope.result()) {
            Some(uploaded) if answer.head.status == 200 => Ok(uploaded),
            Some(_) | None => match reply.of_write(&[]) {
                Ok(_) => Err(not_taken()),
                Err(error) => Err(without_effect(error)),
            },
        }
    }
}
