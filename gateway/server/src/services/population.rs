//! `lienthong.v1.PopulationService`.

mod verifications;

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_server::PopulationService;
use tonic::{Request, Response, Status, Streaming};

use super::{TimeLimit, caller};
use crate::convert::access::LookupMessage;
use crate::convert::{citizen, household};
use crate::lookup::{Asked, Lookups, Origin};
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

    async fn verify(
        &self,
        message: v1::VerifyCitizenRequest,
        client: ClientName,
        left: Duration,
    ) -> Result<v1::VerifyCitizenResponse, ServerError> {
        let question = LookupMessage::from(message).read(client, self.lookups.clock().now())?;
        let asked = Asked {
            context: question.context,
            query: question.query,
            freshness: question.freshness,
        };
        let found = self.lookups.verify(asked, left).await?;
        Ok(v1::VerifyCitizenResponse {
            verdict: citizen::verdict(found.answer.verdict).into(),
            checked: citizen::checked(found.answer.checked),
            warnings: citizen::warnings(&found.warnings, found.answer.offer_year),
            provenance: Some(self.provenance(&found.origin)),
        })
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
        let answer = self.verify(request.into_inner(), client, left).await?;
        Ok(Response::new(answer))
    }

    async fn lookup_citizen(
        &self,
        request: Request<v1::LookupCitizenRequest>,
    ) -> Result<Response<v1::LookupCitizenResponse>, Status> {
        let client = caller(&request)?;
        let left = TimeLimit::of(&request, LONGEST).left();
        let message = LookupMessage::from(request.into_inner());
        let question = message.read(client, self.lookups.clock().now())?;
        let asked = Asked {
            context: question.context,
            query: question.query,
            freshness: question.freshness,
        };
        let found = self.lookups.look_up(asked, question.fields, left).await?;
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
        let message = LookupMessage::from(request.into_inner());
        let question = message.read(client, self.lookups.clock().now())?;
        let asked = Asked {
            context: question.context,
            query: question.query,
            freshness: question.freshness,
        };
        let found = self.lookups.household(asked, left).await?;
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
            warnings: citizen::warnings(&warnings, false),
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
        let questions = request.into_inner();
        let answers = verifications::answer(self.clone(), client, questions, limits);
        Ok(Response::new(answers))
    }
}
