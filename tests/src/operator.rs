//! The operator's hand: failures tried again, both sides compared, differences repaired.
//!
//! What a reader would get wrong: what is started goes on in the gateway. Everything here
//! waits until it has ended there.

use anyhow::{Context as _, Result, ensure};
use lienthong::demo::messages::OFFICER;
use lienthong_proto::v1;
use lienthong_proto::v1::operation::State;
use lienthong_proto::v1::sync_service_client::SyncServiceClient;
use tonic::transport::Channel;

use crate::patience::eventually;

/// Items on one page.
const PAGE: i32 = 200;

/// An operator at one gateway.
#[derive(Debug, Clone)]
pub struct Operator(SyncServiceClient<Channel>);

impl Operator {
    /// An operator who calls through `client`.
    #[must_use]
    pub fn through(client: &SyncServiceClient<Channel>) -> Self {
        Self(client.clone())
    }

    /// Compares everything with the portal.
    ///
    /// # Errors
    /// The gateway's status; or that it did not end well.
    pub async fn reconcile(&mut self) -> Result<v1::Reconciliation> {
        let request = v1::StartReconciliationRequest {
            operator_id: OFFICER.to_owned(),
            questions_per_minute: 6_000,
            ..v1::StartReconciliationRequest::default()
        };
        let started = self.0.start_reconciliation(request).await?.into_inner();
        let started = started.reconciliation.context("no reconciliation")?;
        self.reconciled(&started.reconciliation_id).await
    }

    async fn reconciled(&mut self, id: &str) -> Result<v1::Reconciliation> {
        let ended = eventually("the reconciliation ends", async || {
            let request = v1::GetReconciliationRequest {
                reconciliation_id: id.to_owned(),
            };
            let answer = self.0.get_reconciliation(request).await?.into_inner();
            let seen = answer.reconciliation.context("no reconciliation")?;
            let state = seen.operation.as_ref().map(v1::Operation::state);
            Ok((state != Some(State::Running)).then_some(seen))
        })
        .await?;
        let operation = ended.operation.clone().unwrap_or_default();
        ensure!(operation.state() == State::Finished, "{operation:?}");
        Ok(ended)
    }

    /// What a reconciliation found.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn differences(&mut self, reconciliation: &str) -> Result<Vec<v1::Difference>> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = v1::ListDifferencesRequest {
                reconciliation_id: reconciliation.to_owned(),
                page_size: PAGE,
                page_token,
            };
            let page = self.0.list_differences(request).await?.into_inner();
            all.extend(page.differences);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(all);
            }
        }
    }

    /// Repairs what a reconciliation found and can be repaired.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn repair(&mut self, reconciliation: &str) -> Result<v1::Operation> {
        let request = v1::RepairDifferencesRequest {
            reconciliation_id: reconciliation.to_owned(),
            operator_id: OFFICER.to_owned(),
            reason: "Cổng mất dữ liệu".to_owned(),
            ..v1::RepairDifferencesRequest::default()
        };
        let started = self.0.repair_differences(request).await?.into_inner();
        let id = started.operation.context("no operation")?.operation_id;
        self.ended(&id).await
    }

    /// Waits until an operation has ended.
    ///
    /// # Errors
    /// The gateway's status; or that it takes too long.
    pub async fn ended(&mut self, operation: &str) -> Result<v1::Operation> {
        eventually("the operation ends", async || {
            let request = v1::GetOperationRequest {
                operation_id: operation.to_owned(),
                page_size: 1,
                page_token: String::new(),
            };
            let answer = self.0.get_operation(request).await?.into_inner();
            let seen = answer.operation.context("no operation")?;
            Ok((seen.state() != State::Running).then_some(seen))
        })
        .await
    }

    /// Compares and repairs until nothing differs; how many differences there were in all.
    ///
    /// # Errors
    /// The gateway's status; or what still differs after some rounds.
    pub async fn make_whole(&mut self) -> Result<usize> {
        const ROUNDS: usize = 4;
        let mut found = 0;
        let mut left = Vec::new();
        for _ in 0..ROUNDS {
            let compared = self.reconcile().await?;
            left = self.differences(&compared.reconciliation_id).await?;
            if left.is_empty() && compared.unanswered_dossiers == 0 {
                return Ok(found);
            }
            found += left.len();
            self.repair(&compared.reconciliation_id).await?;
        }
        let first = left.first();
        anyhow::bail!("{} differences are left, the first {first:?}", left.len())
    }
}

/// Waits until the gateway has nothing left that it can do by itself.
///
/// # Errors
/// The gateway's status; or that it takes too long.
pub async fn at_rest(client: &SyncServiceClient<Channel>) -> Result<()> {
    let mut client = client.clone();
    eventually("nothing is due any more", async || {
        let due = [
            v1::SyncState::Pending,
            v1::SyncState::Sending,
            v1::SyncState::Unknown,
            v1::SyncState::Waiting,
        ];
        Ok((counted(&mut client, &due).await? == 0).then_some(()))
    })
    .await
}

/// Nothing waits for a person, by the gateway's own account.
///
/// # Errors
/// The gateway's status; or how much it has refused or given up.
pub async fn nothing_given_up(client: &SyncServiceClient<Channel>) -> Result<()> {
    let given_up = [
        v1::SyncState::Refused,
        v1::SyncState::Dead,
        v1::SyncState::Blocked,
    ];
    let count = counted(&mut client.clone(), &given_up).await?;
    ensure!(count == 0, "{count} events are refused, dead or blocked");
    Ok(())
}

/// How many events are in one of these states.
async fn counted(client: &mut SyncServiceClient<Channel>, states: &[v1::SyncState]) -> Result<i64> {
    let answer = client
        .get_sync_health(v1::GetSyncHealthRequest {})
        .await?
        .into_inner();
    let health = answer.health.unwrap_or_default();
    let portal = health.upstreams.iter().find(|each| each.name == "portal");
    let counts = &portal.context("no portal")?.counts;
    let wanted = counts
        .iter()
        .filter(|count| states.contains(&count.state()));
    Ok(wanted.map(|count| count.count).sum())
}
