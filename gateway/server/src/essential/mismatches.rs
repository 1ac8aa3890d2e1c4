//! What was known of the portal's side when a check looks back (administration.md 3.6, C6).
//!
//! What a reader would get wrong: without a reconciliation nothing is known, which is not
//! the same as nothing being different. What is asked is what was known at a moment, so a
//! later reconciliation changes nothing of days that are over.

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal_history::PortalSide;

use crate::sync::operations::Desk;

/// Tells what was known of the portal's side.
#[async_trait]
pub trait Mismatches: Send + Sync {
    /// Differences that stood at that moment, and times until then in which the portal could
    /// not be reached.
    async fn known(&self, as_of: Timestamp) -> Result<PortalSide, OutboxError>;
}

/// By the reconciliations, and by what the worker met.
#[async_trait]
impl Mismatches for Desk {
    async fn known(&self, as_of: Timestamp) -> Result<PortalSide, OutboxError> {
        self.history().side(as_of).await
    }
}

/// Nothing is compared with the portal.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingCompared;

#[async_trait]
impl Mismatches for NothingCompared {
    async fn known(&self, _: Timestamp) -> Result<PortalSide, OutboxError> {
        Ok(PortalSide::default())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::civil::date;
    use lienthong_adapters::store::{SqliteOutbox, SqliteRegister};
    use lienthong_core::check::{Criterion, Finding, ServiceCheck, Verdict};
    use lienthong_core::clock::ManualClock;
    use lienthong_core::observation::Window;
    use lienthong_core::ports::operations::OperationId;
    use lienthong_core::ports::portal_history::PortalHistory as _;

    use super::*;
    use crate::demo::province::{Comparison, keep};
    use crate::essential::doubles::{Fixed, NOW, at, birth};
    use crate::essential::{DeskParts, EssentialDesk, Knowledge, Question};

    struct Kept(SqliteOutbox);

    #[async_trait]
    impl Mismatches for Kept {
        async fn known(&self, as_of: Timestamp) -> Result<PortalSide, OutboxError> {
            self.0.side(as_of).await
        }
    }

    impl Kept {
        /// A reconciliation that asked about the first birth alone.
        async fn compared(&self, id: &str, moment: &str, differs: bool) {
            let id = OperationId::parse(id).unwrap();
            let number = birth(1, at(moment)).number;
            let comparison = Comparison {
                at: at(moment),
                answers: vec![(number, differs)],
            };
            keep(&self.0, id, comparison).await.unwrap();
        }
    }

    fn of_status(checks: &[ServiceCheck]) -> &Finding {
        let check = checks.iter().find(|it| it.service.get() == 9).unwrap();
        let mut findings = check.findings.iter();
        findings.find(|it| it.criterion == Criterion::C(6)).unwrap()
    }

    #[tokio::test]
    async fn a_later_reconciliation_changes_nothing_of_days_that_are_over() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept(SqliteOutbox::open(folder.path().join("outbox.sqlite")).unwrap());
        let kept = Arc::new(kept);
        let register = SqliteRegister::open(folder.path().join("register.sqlite")).unwrap();
        let october = at("2026-10-10T05:00:00Z");
        let facts = (1..=30).map(|number| birth(number, october)).collect();
        let desk = EssentialDesk::new(DeskParts {
            observations: Arc::new(Fixed::of(facts)),
            evidence: Arc::new(register),
            knowledge: Arc::new(Knowledge::shipped().unwrap()),
            clock: Arc::new(ManualClock::starting_at(at(NOW))),
            mismatches: Arc::clone(&kept) as _,
            following: None,
            window_days: 30,
        });
        let window = Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap();
        let question = Question::about(window, at(NOW));
        let look = async || {
            let inspected = desk.inspect(&question, Duration::from_mins(1)).await;
            inspected.unwrap().checks
        };
        assert_eq!(of_status(&look().await).verdict, Verdict::CannotObserve);
        kept.compared("r-1", "2026-10-20T02:00:00Z", true).await;
        let told = look().await;
        assert_eq!(of_status(&told).verdict, Verdict::Contradicted);
        assert_eq!(of_status(&told).examples, [birth(1, october).number]);
        kept.compared("r-2", "2026-11-05T02:00:00Z", false).await;
        assert_eq!(look().await, told);
        let longer = Window::new(date(2026, 10, 1), date(2026, 11, 10)).unwrap();
        let longer = Question::about(longer, at(NOW));
        let inspected = desk.inspect(&longer, Duration::from_mins(1)).await;
        let inspected = inspected.unwrap();
        assert_eq!(of_status(&inspected.checks).verdict, Verdict::Consistent);
    }
}
