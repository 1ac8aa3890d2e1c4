//! The reconciliation of every day, and the repair that follows it by itself.
//!
//! What a reader would get wrong: which gateway starts it does not matter. The id holds the
//! day, so that of several gateways on one store one starts it, and a restart does not
//! start it again.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::OfficerId;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{Operation, OperationId};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal::Admission;
use lienthong_core::text::Text;
use lienthong_core::wire_time::viet_nam;

use super::OperationsRunner;
use super::desk::Order;

/// How often it is looked whether the daily reconciliation is due.
pub(super) const LOOKED_AT_EVERY: Duration = Duration::from_secs(30);

/// A gateway that was away at the hour still starts it so long after. Later would be in the
/// middle of the day's work.
const LATEST: SignedDuration = SignedDuration::from_hours(6);

/// How the ids of daily reconciliations begin; those of others are hexadecimal.
const DAILY: &str = "daily-";

const REASON: &str = "Đối soát hằng ngày theo lịch";
const REPAIR_REASON: &str = "Gửi lại phần lệch sau đối soát hằng ngày";

/// When the daily reconciliation is, and how far it looks back.
#[derive(Debug, Clone, Copy)]
pub struct Daily {
    /// Clock time in Viet Nam.
    pub at: Time,
    /// Dossiers first recorded in so many days are compared.
    pub window_days: u32,
}

impl Daily {
    /// The day whose reconciliation is due at `now`.
    fn due(self, now: Timestamp) -> Option<Date> {
        let local = viet_nam().to_datetime(now);
        let since = local.time().duration_since(self.at);
        (!since.is_negative() && since < LATEST).then(|| local.date())
    }
}

impl OperationsRunner {
    /// Starts the reconciliation of the day when it is due; whether it did.
    pub(super) async fn start_daily(&self) -> Result<bool, OutboxError> {
        let now = self.desk.now();
        let Some(daily) = self.settings.daily else {
            return Ok(false);
        };
        let id = daily
            .due(now)
            .and_then(|day| OperationId::parse(&format!("{DAILY}{day}")));
        let Some(order) = id.and_then(|id| self.order(id, REASON)) else {
            return Ok(false);
        };
        if self.desk.operations().operation(&order.id).await?.is_some() {
            return Ok(false);
        }
        let window = SignedDuration::from_hours(24 * i64::from(daily.window_days));
        let filter = DossierFilter {
            recorded_from: Some(now.saturating_sub(window).unwrap_or(Timestamp::MIN)),
            ..DossierFilter::default()
        };
        self.desk.start_reconciliation(order, filter).await?;
        Ok(true)
    }

    /// Starts to repair what `reconciliation` found and what is safe.
    pub(super) async fn repair_found(&self, reconciliation: &Operation) -> Result<(), OutboxError> {
        let found_by = &reconciliation.started.id;
        let id = OperationId::parse(&format!("repair-{}", found_by.as_str()));
        let Some(order) = id.and_then(|id| self.order(id, REPAIR_REASON)) else {
            return Ok(());
        };
        let dossiers = self.desk.repairable(found_by).await?;
        if !dossiers.is_empty() {
            self.desk
                .start_repair(order, found_by.clone(), dossiers)
                .await?;
        }
        Ok(())
    }

    /// An order of the gateway itself.
    fn order(&self, id: OperationId, reason: &str) -> Option<Order> {
        Some(Order {
            id,
            operator: OfficerId::gateway(),
            reason: Text::parse(reason).ok()?,
            per_minute: self.desk.bounds().questions_per_minute,
        })
    }

    /// How long the portal is still left alone.
    pub(super) fn left_alone_for(&self) -> Duration {
        match self.portal.admission() {
            Admission::Free | Admission::Probe => Duration::from_secs(1),
            Admission::Parked { left } => left,
        }
    }
}

/// Whether the gateway started `operation` by itself.
pub(super) fn is_scheduled(operation: &Operation) -> bool {
    operation.started.id.as_str().starts_with(DAILY)
}
