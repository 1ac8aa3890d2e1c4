//! `lienthong.v1.PopulationService`.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::citizen::Verdict;
use lienthong_core::ports::population::{Observed, RequestNumber};
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_server::PopulationService;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::{TimeLimit, caller};
use crate::convert::access::{Lookup, LookupMessage};
use crate::convert::citizen;
use crate::lookup::Lookups;
use crate::status::ServerError;

/// Time for a look-up whose caller set no deadline.
const LONGEST: Duration = Duration::from_secs(30);

/// Answers questions about citizens.
pub struct Population {
    lookups: Arc<Lookups>,
}

impl Population {
    /// Serves `lookups`.
    #[must_use]
    pub fn new(lookups: Arc<Lookups>) -> Self {
        Self { lookups }
    }

    /// The checked question of a request, and how long it may take.
    fn read<M: Into<LookupMessage>>(
        &self,
        request: Request<M>,
    ) -> Result<(Lookup, TimeLimit), ServerError> {
        let client = caller(&request)?;
        let limit = TimeLimit::of(&request, LONGEST);
        let message: LookupMessage = request.into_inner().into();
        Ok((message.read(client, self.lookups.clock.now())?, limit))
    }

    fn provenance(&self, observed: &Observed<()>, request: &RequestNumber) -> v1::Provenance {
        citizen::provenance(observed, request, self.lookups.profile())
    }
}

#[tonic::async_trait]
impl PopulationService for Population {
    async fn verify_citizen(
        &self,
        request: Request<v1::VerifyCitizenRequest>,
    ) -> Result<Response<v1::VerifyCitizenResponse>, Status> {
        let (lookup, limit) = self.read(request)?;
        let found = self
            .lookups
            .verify(&lookup.context, &lookup.query, limit.left())
            .await
            .map_err(|error| limit.judge(error))?;
        Ok(Response::new(v1::VerifyCitizenResponse {
            verdict: citizen::verdict(found.verdict).into(),
            checked: citizen::checked(found.checked),
            warnings: citizen::warnings(&found.warnings),
            provenance: Some(self.provenance(&found.observed, &found.request)),
        }))
    }

    async fn lookup_citizen(
        &self,
        request: Request<v1::LookupCitizenRequest>,
    ) -> Result<Response<v1::LookupCitizenResponse>, Status> {
        let (lookup, limit) = self.read(request)?;
        let asked = lookup.fields.as_ref();
        let found = self
            .lookups
            .look_up(&lookup.context, &lookup.query, asked, limit.left())
            .await
            .map_err(|error| limit.judge(error))?;
        let withheld = match found.verdict {
            Verdict::Match => citizen::withheld(asked, &found.allowed),
            Verdict::NoMatch => Vec::new(),
        };
        Ok(Response::new(v1::LookupCitizenResponse {
            verdict: citizen::verdict(found.verdict).into(),
            citizen: found.citizen.map(citizen::citizen),
            withheld,
            name_comparison: found
                .name
                .map_or(0, |name| citizen::comparison(name).into()),
            warnings: citizen::warnings(&found.warnings),
            provenance: Some(self.provenance(&found.observed, &found.request)),
        }))
    }

    async fn lookup_household(
        &self,
        _request: Request<v1::LookupHouseholdRequest>,
    ) -> Result<Response<v1::LookupHouseholdResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    type VerifyCitizensStream =
        Pin<Box<dyn Stream<Item = Result<v1::VerifyCitizensResponse, Status>> + Send>>;

    async fn verify_citizens(
        &self,
        _request: Request<Streaming<v1::VerifyCitizensRequest>>,
    ) -> Result<Response<Self::VerifyCitizensStream>, Status> {
        Err(ServerError::UnknownMethod.into())
    }
}
