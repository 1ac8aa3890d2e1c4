//! `lienthong.v1.PopulationService`.

mod verifications;

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_server::PopulationService;
use tonic::{Request, Response, Status, Streaming};

use super::{TimeLimit, caller};
use crate::convert::access::{Lookup, LookupMessage};
use crate::convert::{citizen, household};
use crate::door::RequestId;
use crate::lookup::{Answered, Lookups, Origin, Verification};
use crate::status::ServerError;
use verifications::Verifications;

/// Time for a look-up whose caller set no deadline.
const LONGEST: Duration = Duration::from_secs(30);

/// Answers questions about citizens.
#[derive(Clone)]
pub struct Population {
    lookups: Arc<Lookups>,
    /// Most bytes of a message.
    request_bytes: usize,
}

impl Population {
    /// Serves `lookups`. Messages of a stream have at most `request_bytes`: what a caller
    /// is told about one that is larger.
    #[must_use]
    pub fn new(lookups: Arc<Lookups>, request_bytes: usize) -> Self {
        Self {
            lookups,
            request_bytes,
        }
    }

    /// Answers one question of a stream.
    async fn verify_in_turn(
        &self,
        message: v1::VerifyCitizenRequest,
        client: ClientName,
        left: Duration,
    ) -> Result<v1::VerifyCitizenResponse, ServerError> {
        let asked = self.read(message, client)?.asked;
        let found = self.lookups.verify_in_turn(asked, left).await?;
        Ok(self.verified(&found))
    }

    fn read(
        &self,
        message: impl Into<LookupMessage>,
        client: ClientName,
    ) -> Result<Lookup, ServerError> {
        message.into().read(client, self.lookups.clock().now())
    }

    fn verified(&self, found: &Answered<Verification>) -> v1::VerifyCitizenResponse {
        v1::VerifyCitizenResponse {
            verdict: citizen::verdict(found.answer.verdict).into(),
            checked: citizen::checked(found.answer.checked),
            warnings: citizen::warnings(&found.warnings, found.answer.offer_year),
            provenance: Some(self.provenance(&found.origin)),
        }
    }

    fn provenance(&self, origin: &Origin) -> v1::Provenance {
        citizen::provenance(origin, self.lookups.profile())
    }
}

#[tonic::async_trait]
impl PopulationService for Population {
    async fn verify_citizen(
        &self,
        request: Request<v1::VerifyCitizenRequest>,
    ) -> Result<Response<v1::VerifyCitizenResponse>, Status> {
        let client = caller(&request)?;
        let left = TimeLimit::of(&request, LONGEST).left();
        let call = request_id(&request);
        let asked = self.read(request.into_inner(), client)?.asked;
        let found = self.lookups.verify(asked, left).await;
        let found = found.map_err(|error| named_by(error, call.as_ref()))?;
        Ok(Response::new(self.verified(&found)))
    }

    async fn lookup_citizen(
        &self,
        request: Request<v1::LookupCitizenRequest>,
    ) -> Result<Response<v1::LookupCitizenResponse>, Status> {
        let client = caller(&request)?;
        let left = TimeLimit::of(&request, LONGEST).left();
        let call = request_id(&request);
        let Lookup { asked, fields } = self.read(request.into_inner(), client)?;
        let found = self.lookups.look_up(asked, fields, left).await;
        let found = found.map_err(|error| named_by(error, call.as_ref()))?;
        let provenance = Some(self.provenance(&found.origin));
        let (found, warnings) = (found.answer, found.warnings);
        Ok(Response::new(v1::LookupCitizenResponse {
            verdict: citizen::verdict(found.verdict).into(),
            citizen: found.citizen.map(citizen::citizen),
            withheld: found.withheld.into_iter().map(str::to_owned).collect(),
            name_comparison: found
                .name
                .map_or(0, |name| citizen::comparison(name).into()),
            warnings: citizen::warnings(&warnings, found.offer_year),
            provenance,
        }))
    }

    async fn lookup_household(
        &self,
        request: Request<v1::LookupHouseholdRequest>,
    ) -> Result<Response<v1::LookupHouseholdResponse>, Status> {
        let client = caller(&request)?;
        let left = TimeLimit::of(&request, LONGEST).left();
        let call = request_id(&request);
        let asked = self.read(request.into_inner(), client)?.asked;
        let found = self.lookups.household(asked, left).await;
        let found = found.map_err(|error| named_by(error, call.as_ref()))?;
        let provenance = Some(self.provenance(&found.origin));
        let (found, warnings) = (found.answer, found.warnings);
        let (head, members) = found
            .household
            .map(household::household)
            .unwrap_or_default();
        Ok(Response::new(v1::LookupHouseholdResponse {
            verdict: citizen::verdict(found.verdict).into(),
            head,
            members,
            withheld: found.withheld.into_iter().map(str::to_owned).collect(),
            warnings: citizen::warnings(&warnings, found.offer_year),
            provenance,
        }))
    }

    type VerifyCitizensStream = Verifications;

    async fn verify_citizens(
        &self,
        request: Request<Streaming<v1::VerifyCitizensRequest>>,
    ) -> Result<Response<Self::VerifyCitizensStream>, Status> {
        let client = caller(&request)?;
        let limits = verifications::Limits {
            stream: TimeLimit::of(&request, LONGEST),
            each: LONGEST,
            request_bytes: self.request_bytes,
        };
        let call = request_id(&request);
        let questions = request.into_inner();
        let answers = verifications::answer(self.clone(), client, call, questions, limits);
        Ok(Response::new(answers))
    }
}

fn request_id<T>(request: &Request<T>) -> Option<RequestId> {
    request.extensions().get().cloned()
}

/// A fault under the id of the call, which the caller knows and the log tells.
fn named_by(error: ServerError, call: Option<&RequestId>) -> ServerError {
    match (error, call) {
        (ServerError::Internal { .. }, Some(call)) => ServerError::Internal {
            request_id: call.as_str().to_owned(),
        },
        (error, _) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestId, ServerError, named_by};

    #[test]
    fn a_fault_is_found_in_the_log_under_the_id_of_the_call() {
        let call = RequestId::generate();
        let lost = ServerError::Internal {
            request_id: "LT-1".to_owned(),
        };
        let told = named_by(lost, Some(&call));
        assert_eq!(told.metadata()["request_id"], call.as_str());
        let other = named_by(ServerError::UnknownCaller, Some(&call));
        assert_eq!(other, ServerError::UnknownCaller);
    }
}
