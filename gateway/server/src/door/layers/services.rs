//! The end of the chain: tonic's routes.

use axum::body::Body;
use http::{Request, Response};
use tonic::service::Routes;
use tower::ServiceExt as _;

use super::Answer;

/// The services themselves; what they do not know is `UNIMPLEMENTED`.
#[derive(Debug)]
pub(super) struct Services {
    pub(super) routes: Routes,
}

impl Answer for Services {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        match self.routes.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}
