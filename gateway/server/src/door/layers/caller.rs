//! Puts the calling system's name on each request.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response};
use tokio::sync::watch;
use tracing::Span;

use super::trace::CalledMethod;
use super::{Answer, refusal};
use crate::door::clients::{Caller, ClientDirectory};
use crate::door::peer::{Identity, Peer};
use crate::status::ServerError;

/// Knows the caller from its connection. Strangers may only ask for health and
/// reflection.
#[derive(Debug)]
pub(super) struct Callers<A> {
    pub(super) inner: A,
    pub(super) clients: watch::Receiver<Arc<ClientDirectory>>,
}

impl<A: Answer> Answer for Callers<A> {
    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let open = request
            .extensions()
            .get::<CalledMethod>()
            .is_some_and(|called| called.0.open);
        let client = request.extensions().get::<Arc<Peer>>().and_then(|peer| {
            let directory = self.clients.borrow();
            match &peer.identity {
                Identity::Certificate(certificate) => directory.of_certificate(certificate),
                Identity::PlainText => directory.of_plain_text(),
            }
            .cloned()
        });
        match client {
            Some(client) => {
                Span::current().record("client", client.as_str());
                request.extensions_mut().insert(Caller { client });
            }
            None if open => {}
            None => {
                tell_certificate(&request);
                return refusal(ServerError::UnknownCaller);
            }
        }
        self.inner.answer(request).await
    }
}

/// Lets the operator see which name would have to be configured.
fn tell_certificate(request: &Request<Body>) {
    let peer = request.extensions().get::<Arc<Peer>>();
    if let Some(Identity::Certificate(certificate)) = peer.map(|peer| &peer.identity) {
        let name = certificate
            .common_name
            .as_deref()
            .unwrap_or("without a common name");
        Span::current().record("certificate", name);
    }
}
