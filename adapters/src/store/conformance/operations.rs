//! What every store promises about work that outlives the call which started it.

pub(crate) mod finding;
pub(crate) mod forgetting;
pub(crate) mod items;
pub(crate) mod portal_side;
pub(crate) mod running;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::operations::{
    Item, ItemResult, ItemsWanted, NewOperation, Operation, OperationId, OperationKind,
};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::text::Text;

use super::ledger::{Ground, Store};
use super::outbox::at;
use crate::store::samples::number;

/// Makes a test of each promise; `$ground` is an expression for a fresh ground.
///
/// Brackets before it hold one more attribute for each test (`[ignore = "…"]`).
macro_rules! operations_conformance {
    ($ground:expr) => {
        crate::store::conformance::operations::operations_conformance!([cfg(test)] $ground);
    };
    ([$($attribute:tt)+] $ground:expr) => {
        crate::store::conformance::promises! { operations, [$($attribute)+] $ground =>
            running {
                an_operation_is_kept_as_it_was_started,
                only_what_is_chosen_wholly_is_taken,
                a_worker_takes_again_what_it_holds_and_another_one_does_not,
                a_lease_that_is_over_is_taken_over,
                of_many_workers_at_once_one_takes_an_operation,
                only_operations_of_the_wanted_kinds_are_taken,
                what_has_not_ended_is_told_with_its_last_sign_of_life,
                who_started_and_who_stopped_it_is_kept,
                an_operation_that_cannot_be_read_holds_up_no_other,
                an_operation_ends_once,
                the_newest_of_a_kind_come_first,
                what_the_gateway_started_and_the_repairs_of_one_are_found,
            }
            items {
                items_are_numbered_and_no_dossier_comes_twice,
                nothing_is_added_to_what_runs,
                items_are_read_by_what_became_of_them,
                results_are_counted_once,
                items_survive_a_restart,
                what_a_slow_worker_brings_changes_no_item,
            }
            forgetting {
                counts_stay_when_items_and_differences_go,
                what_runs_and_the_newest_reconciliation_stay_whole,
                a_large_operation_goes_in_small_steps,
            }
            finding {
                every_difference_is_read_back_as_it_was_found,
                findings_are_counted_by_what_they_say,
                an_item_that_was_found_has_its_result,
                a_difference_keeps_its_age_while_it_lasts,
                differences_are_read_page_by_page,
            }
            portal_side {
                a_difference_stands_from_its_finding_until_it_is_mended,
                what_was_known_of_a_moment_stays_when_more_is_found,
                a_repair_that_succeeds_mends,
                what_a_repair_sent_again_stands_until_an_answer_shows_it,
                an_answer_about_presence_mends_nothing_but_that,
                a_reconciliation_counts_once_it_had_an_answer_and_finished,
                an_outage_is_kept_as_long_as_it_was_and_told_until_then,
                what_stands_is_never_forgotten,
            }
        }
    };
}
pub(crate) use operations_conformance;

/// How long an operation is held here.
pub(crate) const HELD: Duration = Duration::from_mins(1);

/// A store with short words for what the tests do.
pub(crate) struct Office(pub(crate) Arc<dyn Store>);

impl Office {
    pub(crate) async fn open(ground: &dyn Ground) -> Self {
        Self(ground.open_store().await)
    }

    /// Starts an operation at `second`, with these dossiers, and lets it run.
    pub(crate) async fn start(
        &self,
        name: &str,
        kind: OperationKind,
        second: i64,
        dossiers: impl IntoIterator<Item = u32>,
    ) -> OperationId {
        let id = id(name);
        self.0.create(new(name, kind, second)).await.unwrap();
        let dossiers = dossiers.into_iter().map(number).collect();
        self.0.add_items(&id, dossiers, at(second)).await.unwrap();
        self.0.run(&id).await.unwrap();
        id
    }

    pub(crate) async fn operation(&self, id: &OperationId) -> Operation {
        self.0.operation(id).await.unwrap().unwrap()
    }

    /// Who takes what at `second`.
    pub(crate) async fn take(&self, worker: &str, second: i64) -> Option<String> {
        let taken = self.0.take(worker, &[], at(second), HELD).await.unwrap();
        taken.map(|it| it.started.id.as_str().to_owned())
    }

    /// As [`Office::start`]; [`WORKER`] holds it for ever.
    pub(crate) async fn held(
        &self,
        name: &str,
        kind: OperationKind,
        second: i64,
        dossiers: impl IntoIterator<Item = u32>,
    ) -> OperationId {
        let id = self.start(name, kind, second, dossiers).await;
        let worker = format!("{WORKER}-{name}");
        let lease = Duration::from_hours(24);
        let taken = self.0.take(&worker, &[], at(second), lease).await.unwrap();
        assert_eq!(taken.unwrap().started.id, id);
        id
    }

    /// Gives an item of an operation that is [`Office::held`] its result.
    pub(crate) async fn end_item(
        &self,
        id: &OperationId,
        number: u64,
        result: ItemResult,
        second: i64,
    ) -> Settled {
        let worker = worker(id);
        let ended = self.0.end_item(id, &worker, number, result, at(second));
        ended.await.unwrap()
    }

    /// Begins an item of an operation that is [`Office::held`].
    pub(crate) async fn begin_item(
        &self,
        id: &OperationId,
        number: u64,
        revision: Option<u64>,
    ) -> Settled {
        let worker = worker(id);
        let begun = self.0.begin_item(id, &worker, number, revision);
        begun.await.unwrap()
    }

    pub(crate) async fn items(&self, id: &OperationId, wanted: ItemsWanted) -> Vec<Item> {
        self.0.items(id, wanted, 100).await.unwrap()
    }
}

/// Who holds what is [`Office::held`], before the operation's id.
const WORKER: &str = "worker";

/// The worker that holds `id`.
pub(crate) fn worker(id: &OperationId) -> String {
    format!("{WORKER}-{}", id.as_str())
}

pub(crate) fn id(name: &str) -> OperationId {
    OperationId::parse(name).unwrap()
}

/// An operation as it is started at `second`.
pub(crate) fn new(name: &str, kind: OperationKind, second: i64) -> NewOperation {
    NewOperation {
        id: id(name),
        kind,
        per_minute: NonZeroU32::new(120).unwrap(),
        operator: OfficerId::parse("CB-01").unwrap(),
        system: ClientName::parse("console"),
        reason: Text::parse("Cổng hoạt động lại").unwrap(),
        started_at: at(second),
        reconciliation: None,
        profile: None,
    }
}
