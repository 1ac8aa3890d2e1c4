//! The gRPC services: generated signatures outside, checked values inside.
//!
//! A method reads its message, calls one use case and writes the answer. It holds
//! no rule of its own.

pub mod audit;
pub mod catalogue;
pub mod dossier;
pub mod essential;
mod evidence;
pub mod population;
pub mod sync;
mod sync_health;
pub mod watchers;

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

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
struct TimeLimit {
    deadline: Option<Deadline>,
    longest: Duration,
}

impl TimeLimit {
    /// The caller's deadline, or `longest` from now on without one.
    fn of<T>(request: &tonic::Request<T>, longest: Duration) -> Self {
        let deadline = request.extensions().get::<Deadline>().copied();
        Self { deadline, longest }
    }

    /// Time that is left.
    fn left(self) -> Duration {
        self.deadline.map_or(self.longest, Deadline::remaining)
    }
}
