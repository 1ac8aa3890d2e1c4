//! The keeper in front of a source that does as it is told, with a store of its own.

mod failing_store;
mod refusals;
mod services;
mod sides;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};
use lienthong_adapters::store::SqliteCatalogue;
use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::{ChangeKind, DetailStanding, FetchPlan, OnlineService, Procedure};
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{CatalogueStore, ChangeFilter, FetchOutcome};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::share::Percent;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{FetchRules, Keeper, KeeperParts, Order, RefreshError, Trouble};
use source::Scripted;

struct Bench {
    source: Arc<Scripted>,
    clock: Arc<ManualClock>,
    keeper: Arc<Keeper>,
    folder: TempDir,
}

const COUNT: u32 = 40;

fn code(number: u32) -> ProcedureCode {
    ProcedureCode::parse(&format!("1.{number:06}")).unwrap()
}

fn procedure(number: u32) -> (ProcedureCode, Procedure) {
    let named = Procedure::named(code(number), format!("Thủ tục {number}"));
    (code(number), named)
}

/// A procedure with an online service of the fourth level.
fn online(number: u32) -> (ProcedureCode, Vec<OnlineService>) {
    let service = OnlineService {
        code: format!("{}.01", code(number)),
        level: "4".to_owned(),
        ..OnlineService::default()
    };
    (code(number), vec![service])
}

fn rules() -> FetchRules {
    FetchRules {
        plan: FetchPlan {
            at: time(1, 0, 0, 0),
            delay: Duration::ZERO,
            stale_after: Duration::from_hours(72),
            retry_after: Duration::from_mins(30),
        },
        most_lost: Percent::whole(50).unwrap(),
        most_missing: 10,
        parallel: NonZeroUsize::new(4).unwrap(),
        call_budget: Duration::from_secs(5),
        list_budget: Duration::from_secs(5),
        total: Duration::from_mins(5),
    }
}

impl Bench {
    async fn new() -> Self {
        let source = Arc::new(Scripted::default());
        source.tell(|told| {
            told.procedures = (0..COUNT).map(procedure).collect();
            told.online = Some((0..10).map(online).collect());
            (told.units, told.fields) = ((0..10).collect(), (0..10).collect());
        });
        let start: Timestamp = "2026-11-02T10:00:00+07:00".parse().unwrap();
        let clock = Arc::new(ManualClock::starting_at(start));
        let folder = tempfile::tempdir().unwrap();
        let keeper = keeper(&folder, &source, &clock).await;
        Self {
            source,
            clock,
            keeper,
            folder,
        }
    }

    /// Moves the clock to one o'clock of the next night.
    fn next_night(&self) {
        let zone = lienthong_core::wire_time::viet_nam();
        let tomorrow = zone
            .to_datetime(self.clock.now())
            .date()
            .tomorrow()
            .unwrap();
        let night = tomorrow.at(1, 5, 0, 0).to_zoned(zone).unwrap().timestamp();
        self.clock.advance(night.duration_since(self.clock.now()));
    }

    fn listed(&self) -> usize {
        self.keeper.held().unwrap().listings.listed().count()
    }

    async fn kinds(&self) -> Vec<(ChangeKind, String)> {
        let all = ChangeFilter::default();
        let changes = self.keeper.store().changes(&all, None, 99);
        let changes = changes.await.unwrap().into_iter();
        changes
            .map(|(_, it)| (it.kind, it.code.to_string()))
            .collect()
    }
}

async fn keeper(folder: &TempDir, source: &Arc<Scripted>, clock: &Arc<ManualClock>) -> Arc<Keeper> {
    let store = SqliteCatalogue::open(folder.path().join("catalogue.sqlite")).unwrap();
    keeper_on(Arc::new(store), source, clock).await
}

async fn keeper_on(
    store: Arc<dyn CatalogueStore>,
    source: &Arc<Scripted>,
    clock: &Arc<ManualClock>,
) -> Arc<Keeper> {
    Keeper::open(KeeperParts {
        source: Arc::clone(source) as _,
        store,
        clock: Arc::clone(clock) as _,
        rules: rules(),
        services: ServiceList::shipped().unwrap(),
        stopping: CancellationToken::new(),
    })
    .await
    .unwrap()
}

fn operator(accept_shrink: bool) -> Order {
    Order {
        by: OfficerId::parse("CB-07").unwrap(),
        accept_shrink,
    }
}

#[tokio::test]
async fn a_gateway_without_a_catalogue_fetches_one_at_once_and_then_each_night() {
    let bench = Bench::new().await;
    assert_eq!(bench.keeper.troubles(), [Trouble::Missing]);
    assert!(bench.keeper.run_due().await);
    assert_eq!(bench.listed(), 40);
    assert!(!bench.keeper.run_due().await);
    bench.next_night();
    assert!(bench.keeper.run_due().await);
    assert!(!bench.keeper.run_due().await);
    assert!(bench.kinds().await.is_empty());
}

#[tokio::test]
async fn what_changed_over_night_is_told_and_survives_a_restart() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    let version = bench.keeper.held().unwrap().state.version.clone();
    bench.source.tell(|told| {
        told.procedures.remove(&code(1));
        told.procedures.extend([procedure(900)]);
        let changed = told.procedures.get_mut(&code(2)).unwrap();
        changed.requirements = "Có chỗ ở hợp pháp".to_owned();
    });
    bench.next_night();
    bench.keeper.run_due().await;
    let told: BTreeSet<_> = bench.kinds().await.into_iter().collect();
    let expected = [
        (ChangeKind::Added, "1.000900".to_owned()),
        (ChangeKind::Changed, "1.000002".to_owned()),
        (ChangeKind::Withdrawn, "1.000001".to_owned()),
    ];
    assert_eq!(told, BTreeSet::from(expected));
    assert_ne!(bench.keeper.held().unwrap().state.version, version);
    let Bench {
        folder,
        source,
        clock,
        keeper: before,
    } = bench;
    let held = before.held().unwrap().state.clone();
    drop(before);
    let again = keeper(&folder, &source, &clock).await;
    assert_eq!(again.held().unwrap().state, held);
    assert!(!again.run_due().await, "a restart is no reason to fetch");
}

#[tokio::test]
async fn one_procedure_whose_details_do_not_come_keeps_those_that_it_had() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench.source.tell(|told| {
        told.failing.insert(code(3), 99);
        // This one comes when it is asked for once more.
        told.failing.insert(code(4), 1);
    });
    bench.next_night();
    bench.keeper.run_due().await;
    let held = bench.keeper.held().unwrap();
    let standing = |number| held.listings.get(&code(number)).unwrap().detail;
    assert_eq!(standing(3), DetailStanding::Older);
    assert_eq!(standing(4), DetailStanding::Fresh);
    let kept = bench
        .keeper
        .store()
        .procedure(&code(3))
        .await
        .unwrap()
        .unwrap();
    assert!(kept.content.is_some());
    assert!(bench.kinds().await.is_empty(), "that is no change");
}

#[tokio::test]
async fn a_source_that_gives_no_details_any_more_leaves_the_catalogue_as_it_is() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    let before = bench.keeper.held().unwrap().state.clone();
    bench.source.tell(|told| {
        told.failing = (0..COUNT).map(|number| (code(number), 99)).collect();
        told.procedures.extend([procedure(900)]);
    });
    bench.next_night();
    bench.keeper.run_due().await;
    assert_eq!(bench.keeper.held().unwrap().state, before);
    let troubles = bench.keeper.troubles();
    let Trouble::Failed { reason } = &troubles[0] else {
        unreachable!("{troubles:?}");
    };
    assert!(reason.contains("details of 5 of 41"), "{reason}");
    assert!(!bench.keeper.run_due().await);
    bench.clock.advance(SignedDuration::from_mins(30));
    bench.source.tell(|told| told.failing.clear());
    assert!(
        bench.keeper.run_due().await,
        "it is tried again after its pause"
    );
    assert_eq!(bench.listed(), 41);
}

#[tokio::test]
async fn a_list_that_does_not_come_is_recorded_with_its_reason() {
    let bench = Bench::new().await;
    bench.source.tell(|told| told.list_fails = true);
    assert!(bench.keeper.run_due().await);
    let last = bench.keeper.last().unwrap();
    let reason = "the list of procedures did not come: the portal cannot be reached".to_owned();
    assert_eq!(last.outcome, FetchOutcome::Failed { reason });
    assert_eq!(bench.keeper.troubles()[0], Trouble::Missing);
}

#[tokio::test]
async fn a_stale_catalogue_is_told_and_fetched_in_the_middle_of_the_day() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    let is_stale = |it: &Trouble| matches!(it, Trouble::Stale { .. });
    assert!(bench.keeper.troubles().iter().any(is_stale));
    assert!(bench.keeper.run_due().await);
    assert!(!bench.keeper.troubles().iter().any(is_stale));
}

#[tokio::test]
async fn online_services_that_do_not_come_stay_as_they_were() {
    let bench = Bench::new().await;
    let service = OnlineService {
        code: "1.000003.01".to_owned(),
        ..OnlineService::default()
    };
    let online = BTreeMap::from([(code(3), vec![service.clone()])]);
    bench.source.tell(|told| told.online = Some(online));
    bench.keeper.run_due().await;
    bench.source.tell(|told| told.online = None);
    bench.next_night();
    bench.keeper.run_due().await;
    let kept = bench
        .keeper
        .store()
        .procedure(&code(3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.content.unwrap().online, [service]);
    assert!(bench.kinds().await.is_empty());
}

#[tokio::test]
async fn there_is_never_a_second_fetch_and_a_caller_who_leaves_does_not_end_the_first() {
    let bench = Bench::new().await;
    let gate = Arc::new(Notify::new());
    *bench.source.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let keeper = Arc::clone(&bench.keeper);
    let caller = tokio::spawn(async move { keeper.refresh(operator(false)).await });
    while !bench.keeper.is_fetching() {
        tokio::task::yield_now().await;
    }
    let second = bench.keeper.refresh(operator(false)).await;
    assert_eq!(second, Err(RefreshError::Running));
    caller.abort();
    gate.notify_one();
    while bench.keeper.is_fetching() {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.listed(), 40);
}

#[tokio::test]
async fn no_more_questions_are_open_at_once_than_allowed() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    let most = bench.source.most_at_once.load(Ordering::SeqCst);
    assert_eq!(most, 4);
}
