//! A store that fails while a catalogue is fetched, and a gateway that goes wrong itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use lienthong_adapters::store::SqliteCatalogue;
use lienthong_core::catalogue::{CatalogueChange, Listing, Loss, SideState};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueState, CatalogueStore, CatalogueStoreError, CatalogueUnit,
    ChangeFilter, FetchRecord, KeptProcedure, NextCatalogue,
};
use lienthong_core::procedure::ProcedureCode;

use super::{Bench, RefreshError, Trouble, code, keeper_on, operator};

type Outcome<T> = Result<T, CatalogueStoreError>;

/// A store in front of a real one.
struct Brittle {
    real: SqliteCatalogue,
    /// Nothing can be written: the disk is full.
    full: AtomicBool,
    /// What is held cannot be listed.
    unlisted: AtomicBool,
    /// Refused fetches cannot be read.
    forgetful: AtomicBool,
}

impl Brittle {
    fn out_where(flag: &AtomicBool) -> Outcome<()> {
        let reason = "disk full".to_owned();
        if flag.load(Ordering::SeqCst) {
            return Err(CatalogueStoreError::Unavailable { reason });
        }
        Ok(())
    }
}

#[async_trait]
impl CatalogueStore for Brittle {
    async fn state(&self) -> Outcome<Option<CatalogueState>> {
        self.real.state().await
    }

    async fn listings(&self) -> Outcome<Vec<Listing>> {
        self.real.listings().await
    }

    async fn procedure(&self, code: &ProcedureCode) -> Outcome<Option<KeptProcedure>> {
        self.real.procedure(code).await
    }

    async fn units(&self) -> Outcome<Vec<CatalogueUnit>> {
        self.real.units().await
    }

    async fn fields(&self) -> Outcome<Vec<CatalogueField>> {
        self.real.fields().await
    }

    async fn sides(&self) -> Outcome<Vec<SideState>> {
        Self::out_where(&self.unlisted)?;
        self.real.sides().await
    }

    async fn replace(&self, next: NextCatalogue, record: FetchRecord) -> Outcome<CatalogueState> {
        Self::out_where(&self.full)?;
        self.real.replace(next, record).await
    }

    async fn note(&self, record: FetchRecord) -> Outcome<()> {
        Self::out_where(&self.full)?;
        self.real.note(record).await
    }

    async fn last_fetch(&self) -> Outcome<Option<FetchRecord>> {
        self.real.last_fetch().await
    }

    async fn refusals(&self) -> Outcome<Vec<FetchRecord>> {
        Self::out_where(&self.forgetful)?;
        self.real.refusals().await
    }

    async fn changes(
        &self,
        filter: &ChangeFilter,
        before: Option<u64>,
        most: u32,
    ) -> Outcome<Vec<(u64, CatalogueChange)>> {
        self.real.changes(filter, before, most).await
    }
}

async fn bench() -> (Bench, Arc<Brittle>) {
    let mut bench = Bench::new().await;
    let store = Arc::new(Brittle {
        real: SqliteCatalogue::open(bench.folder.path().join("brittle.sqlite")).unwrap(),
        full: AtomicBool::new(false),
        unlisted: AtomicBool::new(false),
        forgetful: AtomicBool::new(false),
    });
    let front: Arc<dyn CatalogueStore> = Arc::clone(&store) as _;
    bench.keeper = keeper_on(front, &bench.source, &bench.clock).await;
    (bench, store)
}

fn has_failed(bench: &Bench) -> bool {
    let is_failed = |it: &Trouble| matches!(it, Trouble::Failed { .. });
    bench.keeper.troubles().iter().any(is_failed)
}

#[tokio::test]
async fn a_store_that_cannot_take_the_catalogue_is_told_and_given_a_pause() {
    let (bench, store) = bench().await;
    store.full.store(true, Ordering::SeqCst);
    assert!(bench.keeper.run_due().await);
    assert!(has_failed(&bench), "also without a record");
    assert!(
        !bench.keeper.run_due().await,
        "not asked for all over again"
    );
    store.full.store(false, Ordering::SeqCst);
    bench.clock.advance(jiff::SignedDuration::from_mins(30));
    assert!(bench.keeper.run_due().await);
    assert!(!has_failed(&bench));
    // The same at night, where one is held.
    store.full.store(true, Ordering::SeqCst);
    bench.next_night();
    assert!(bench.keeper.run_due().await);
    assert!(has_failed(&bench));
    assert!(!bench.keeper.run_due().await);
}

#[tokio::test]
async fn a_catalogue_that_was_taken_and_cannot_be_read_back_is_told() {
    let (bench, store) = bench().await;
    bench.keeper.run_due().await;
    store.unlisted.store(true, Ordering::SeqCst);
    let error = bench.keeper.refresh(operator(false)).await;
    assert!(matches!(error, Err(RefreshError::Store(_))), "{error:?}");
    assert!(has_failed(&bench));
    assert_eq!(bench.listed(), 40, "the one before is shown on");
}

#[tokio::test]
async fn a_refusal_stays_in_view_also_where_the_store_fails() {
    let (bench, store) = bench().await;
    bench.keeper.run_due().await;
    bench
        .source
        .tell(|told| told.procedures.retain(|it, _| *it < code(20)));
    store.full.store(true, Ordering::SeqCst);
    bench.next_night();
    bench.keeper.run_due().await;
    let shrunk = Trouble::Shrunk(Loss {
        held: 40,
        offered: 20,
        lost: 20,
    });
    assert_eq!(bench.keeper.troubles()[0], shrunk, "it is not recorded");
    store.forgetful.store(true, Ordering::SeqCst);
    bench.source.tell(|told| told.procedures.clear());
    let refused = bench.keeper.refresh(operator(false)).await;
    assert_eq!(refused, Err(RefreshError::Empty));
    let troubles = bench.keeper.troubles();
    assert_eq!(troubles[..2], [Trouble::Empty, shrunk]);
}

#[tokio::test]
async fn a_gateway_that_goes_wrong_while_it_fetches_is_told_and_waits() {
    let bench = Bench::new().await;
    bench.source.tell(|told| told.list_breaks = true);
    assert!(bench.keeper.run_due().await);
    assert!(has_failed(&bench));
    assert!(!bench.keeper.run_due().await);
    assert!(!bench.keeper.is_fetching());
}
