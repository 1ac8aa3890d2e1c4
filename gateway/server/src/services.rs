//! The gRPC services: generated signatures outside, checked values inside.
//!
//! A method reads its message, calls one use case and writes the answer. It holds
//! no rule of its own.

pub mod dossier;
pub mod population;
pub mod sync;

use std::time::Duration;

use lienthong_core::access::ClientName;

use crate::door::{Caller, Deadline};
use crate::status::ServerError;

/// The calling system of a request.
fn caller<T>(request: &tonic::Request<T>) -> Result<ClientName, ServerError> {
    let caller = request
        .extensions()
        .get::<Caller>()
        .ok_or(ServerError::UnknownCaller)?;
    Ok(caller.client.clone())
}

/// Time that is left for a request.
fn budget<T>(request: &tonic::Request<T>, longest: Duration) -> Duration {
    request
        .extensions()
        .get::<Deadline>()
        .map_or(longest, |deadline| deadline.remaining())
}
