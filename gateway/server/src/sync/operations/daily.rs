//! The reconciliation of every day, and the repair that follows it by itself.
//!
//! What a reader would get wrong: which gateway starts it does not matter. The id holds the
//! day, so that of several gateways on one store one starts it, and a restart does not
//! start it again; only one that was interrupted is begun anew. There is never a second one
//! while one runs.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::OfficerId;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{Operation, OperationId, OperationKind, OperationState};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal::Admission;
use lienthong_core::text::Text;
use lienthong_core::wire_time::viet_nam;

use super::OperationsRunner;
use super::starting::{Again, Order, OrderError};

/// A gateway that was away at the hour still starts it so long after. Later would be in the
/// middle of the day's work.
const LATEST: SignedDuration = SignedDuration::from_hours(6);

/// How often it is begun in one day, where it is interrupted each time.
const MOST: u32 = 5;

/// Scheduled reconciliations among which those of the last hours are.
const NEWEST: u32 = 20;

/// How the ids of daily reconciliations begin; those of others are hexadecimal.
const DAILY: &str = "daily-";

const REASON: &str = "Đối soát hằng ngày theo lịch";
const REPAIR_REASON: &str = "Gửi lại phần lệch sau đối soát hằng ngày";

/// When the daily reconciliation is, and how far it looks back.
#[derive(Debug, Clone, Copy)]
pub struct Daily {
    /// Clock time in Viet Nam.
    pub at: Time,
    /// Dossiers of which something was recorded, accepted or released in so many days are
    /// compared.
    pub window_days: u32,
}

impl Daily {
    /// The day whose reconciliation is due at `now`: today's, or after midnight still
    /// yesterday's.
    fn due(self, now: Timestamp) -> Option<Date> {
        let local = viet_nam().to_datetime(now);
        let today = local.date();
        let days = [Some(today), today.yesterday().ok()];
        days.into_iter().flatten().find(|day| {
            let since = local.duration_since(day.to_datetime(self.at));
            !since.is_negative() && since < LATEST
        })
    }
}

impl OperationsRunner {
    /// Starts the reconciliation of the day when it is due, unless one of `open` is one;
    /// whether it did.
    pub(super) async fn start_daily(&self, open: &[Operation]) -> Result<bool, OutboxError> {
        let now = self.desk.now();
        let Some(daily) = self.settings.daily else {
            return Ok(false);
        };
        self.repair_interrupted(now).await?;
        let Some(order) = daily.due(now).and_then(|day| {
            let id = OperationId::parse(&format!("{DAILY}{day}"))?;
            self.order(id, REASON)
        }) else {
            return Ok(false);
        };
        if open.iter().any(is_scheduled) || self.desk.started_by(&order).await?.is_some() {
            return Ok(false);
        }
        let window = SignedDuration::from_hours(24 * i64::from(daily.window_days));
        let filter = DossierFilter {
            touched_from: Some(now.saturating_sub(window).unwrap_or(Timestamp::MIN)),
            ..DossierFilter::default()
        };
        let started = self.desk.start_whole_reconciliation(order, filter).await;
        started.map(|_| true).map_err(store_error)
    }

    /// Starts to repair what `reconciliation` found and what is safe; anew where that was
    /// interrupted.
    pub(super) async fn repair_found(&self, reconciliation: &Operation) -> Result<(), OutboxError> {
        let found_by = &reconciliation.started.id;
        let found = self.desk.operations().counts(found_by).await?;
        if found.different + found.missing == 0 {
            return Ok(());
        }
        let id = OperationId::parse(&format!("repair-{}", found_by.as_str()));
        let Some(order) = id.and_then(|id| self.order(id, REPAIR_REASON)) else {
            return Ok(());
        };
        let started = self
            .desk
            .start_repair(order, found_by.clone(), Vec::new())
            .await;
        started.map(drop).map_err(store_error)
    }

    /// The gateway that chose what is to be repaired may have gone away after the
    /// reconciliation had ended.
    async fn repair_interrupted(&self, now: Timestamp) -> Result<(), OutboxError> {
        let kind = OperationKind::Reconciliation;
        let scheduled = self.desk.operations().scheduled(kind, NEWEST).await?;
        for operation in scheduled.iter().filter(|operation| is_scheduled(operation)) {
            let lately = operation
                .ended_at
                .is_some_and(|ended| now.duration_since(ended) < LATEST);
            if lately && operation.state == OperationState::Finished && !operation.expired {
                self.repair_found(operation).await?;
            }
        }
        Ok(())
    }

    /// An order of the gateway itself.
    fn order(&self, id: OperationId, reason: &str) -> Option<Order> {
        Some(Order {
            id,
            again: Again::OnceInterrupted { most: MOST },
            operator: OfficerId::gateway(),
            system: None,
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

/// What the store said; the gateway itself is never refused a place.
fn store_error(error: OrderError) -> OutboxError {
    match error {
        OrderError::Store(error) => error,
        OrderError::NoPlace { .. } => OutboxError::Unavailable {
            reason: "no place for an operation of the gateway itself".to_owned(),
        },
    }
}

/// Whether the gateway started `operation` by itself.
pub(super) fn is_scheduled(operation: &Operation) -> bool {
    operation.started.id.as_str().starts_with(DAILY)
}
