//! `lienthong.v1.CatalogueService`.
//!
//! What a reader would get wrong: everybody who may call may read the catalogue, which names
//! no person. Only the operators' systems may have it fetched.

use std::sync::Arc;

use lienthong_core::access::ClientName;
use lienthong_core::catalogue::SideList;
use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_service_server::CatalogueService;
use tonic::{Request, Response, Status};

use super::caller;
use crate::catalogue::{Held, Keeper, RefreshError};
use crate::convert::catalogue::{
    ChangePage, DirectoryPage, ProcedurePage, list_state, procedure, read_code, read_order,
    refreshed, state,
};
use crate::status::{CatalogueFailure, ServerError};

/// Shows the catalogue.
pub struct Catalogue {
    keeper: Option<Arc<Keeper>>,
    operators: Vec<ClientName>,
}

impl Catalogue {
    /// Shows what `keeper` holds; the systems named by `operators` may have it fetched.
    /// Without a keeper every call is told that no catalogue is kept.
    #[must_use]
    pub fn new(keeper: Option<Arc<Keeper>>, operators: Vec<ClientName>) -> Self {
        Self { keeper, operators }
    }

    fn keeper(&self) -> Result<&Arc<Keeper>, CatalogueFailure> {
        self.keeper.as_ref().ok_or(CatalogueFailure::NotConfigured)
    }

    fn list(
        &self,
        message: &v1::ListProceduresRequest,
    ) -> Result<v1::ListProceduresResponse, ServerError> {
        let page = ProcedurePage::read(message)?;
        let keeper = self.keeper()?;
        let held = held(keeper)?;
        let found = held.listings.found(&page.search, page.after.as_deref());
        Ok(page.answer(found, state(keeper)))
    }

    async fn get(
        &self,
        message: &v1::GetProcedureRequest,
    ) -> Result<v1::GetProcedureResponse, ServerError> {
        let code = read_code(message)?;
        let keeper = self.keeper()?;
        held(keeper)?;
        let kept = keeper.store().procedure(&code).await;
        let kept = kept.map_err(CatalogueFailure::Store)?;
        let kept = kept.ok_or(CatalogueFailure::ProcedureNotFound)?;
        Ok(v1::GetProcedureResponse {
            procedure: Some(procedure(kept)),
            catalogue: Some(state(keeper)),
        })
    }

    async fn refresh(
        &self,
        client: &ClientName,
        message: &v1::RefreshCatalogueRequest,
    ) -> Result<v1::RefreshCatalogueResponse, ServerError> {
        if !self.operators.contains(client) {
            return Err(ServerError::OperatorNotPermitted);
        }
        let order = read_order(message)?;
        let keeper = self.keeper()?;
        let brought = keeper.refresh(order).await.map_err(failure)?;
        Ok(refreshed(&brought, state(keeper)))
    }

    async fn changes(
        &self,
        message: &v1::ListCatalogueChangesRequest,
    ) -> Result<v1::ListCatalogueChangesResponse, ServerError> {
        let page = ChangePage::read(message)?;
        let keeper = self.keeper()?;
        let store = keeper.store();
        // One more tells whether there is a next page.
        let most = page.most.saturating_add(1);
        let found = store.changes(&page.filter, page.before, most).await;
        let found = found.map_err(CatalogueFailure::Store)?;
        Ok(page.answer(found, keeper.services()))
    }

    fn units(
        &self,
        message: &v1::ListCatalogueUnitsRequest,
    ) -> Result<v1::ListCatalogueUnitsResponse, ServerError> {
        let page = DirectoryPage::of_units(message)?;
        let keeper = self.keeper()?;
        let list = list_state(keeper, SideList::Units);
        Ok(page.units(&held(keeper)?.units, list))
    }

    fn fields(
        &self,
        message: &v1::ListCatalogueFieldsRequest,
    ) -> Result<v1::ListCatalogueFieldsResponse, ServerError> {
        let page = DirectoryPage::of_fields(message)?;
        let keeper = self.keeper()?;
        let list = list_state(keeper, SideList::Fields);
        Ok(page.fields(&held(keeper)?.fields, list))
    }
}

fn held(keeper: &Keeper) -> Result<Arc<Held>, CatalogueFailure> {
    keeper.held().ok_or(CatalogueFailure::NotFetched)
}

fn failure(error: RefreshError) -> ServerError {
    match error {
        RefreshError::Running => CatalogueFailure::Running.into(),
        RefreshError::Stopping => ServerError::Stopping,
        RefreshError::Failed { reason } => CatalogueFailure::SourceFailed { reason }.into(),
        RefreshError::Shrunk(loss) => CatalogueFailure::Shrunk(loss).into(),
        RefreshError::Empty => CatalogueFailure::Empty.into(),
        RefreshError::Store(error) => CatalogueFailure::Store(error).into(),
    }
}

#[tonic::async_trait]
impl CatalogueService for Catalogue {
    async fn list_procedures(
        &self,
        request: Request<v1::ListProceduresRequest>,
    ) -> Result<Response<v1::ListProceduresResponse>, Status> {
        caller(&request)?;
        Ok(Response::new(self.list(request.get_ref())?))
    }

    async fn get_procedure(
        &self,
        request: Request<v1::GetProcedureRequest>,
    ) -> Result<Response<v1::GetProcedureResponse>, Status> {
        caller(&request)?;
        Ok(Response::new(self.get(request.get_ref()).await?))
    }

    async fn refresh_catalogue(
        &self,
        request: Request<v1::RefreshCatalogueRequest>,
    ) -> Result<Response<v1::RefreshCatalogueResponse>, Status> {
        let client = caller(&request)?;
        let answer = self.refresh(&client, request.get_ref()).await?;
        Ok(Response::new(answer))
    }

    async fn list_catalogue_changes(
        &self,
        request: Request<v1::ListCatalogueChangesRequest>,
    ) -> Result<Response<v1::ListCatalogueChangesResponse>, Status> {
        caller(&request)?;
        Ok(Response::new(self.changes(request.get_ref()).await?))
    }

    async fn list_catalogue_units(
        &self,
        request: Request<v1::ListCatalogueUnitsRequest>,
    ) -> Result<Response<v1::ListCatalogueUnitsResponse>, Status> {
        caller(&request)?;
        Ok(Response::new(self.units(request.get_ref())?))
    }

    async fn list_catalogue_fields(
        &self,
        request: Request<v1::ListCatalogueFieldsRequest>,
    ) -> Result<Response<v1::ListCatalogueFieldsResponse>, Status> {
        caller(&request)?;
        Ok(Response::new(self.fields(request.get_ref())?))
    }
}
