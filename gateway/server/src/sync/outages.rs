//! Keeps when the portal could not be reached, for whoever judges days that are over.
//!
//! What a reader would get wrong: an outage that goes on is kept again and again, each time a
//! little longer, so that one in whose middle the gateway ends is known until then.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal_history::PortalHistory;
use lienthong_core::sync::outage::Outage;
use tokio_util::sync::CancellationToken;

use super::guarded::GuardedPortal;

/// How often it is looked; shorter outages are known all the same.
const EVERY: Duration = Duration::from_secs(30);

/// Keeps what the guard of the portal meets.
pub(crate) struct OutageKeeper {
    portal: Arc<GuardedPortal>,
    history: Arc<dyn PortalHistory>,
    /// What could not be kept yet, by its first moment: of an outage that went on, the longest
    /// that was told. It lasts a pause of the breaker at least, so that a day without the store
    /// leaves some thousands at most.
    waiting: BTreeMap<Timestamp, Outage>,
}

impl OutageKeeper {
    /// Keeps in `history` what `portal` meets.
    pub(crate) fn new(portal: Arc<GuardedPortal>, history: Arc<dyn PortalHistory>) -> Self {
        Self {
            portal,
            history,
            waiting: BTreeMap::new(),
        }
    }

    /// Keeps what there is to keep.
    ///
    /// # Errors
    /// [`OutboxError`] of the store; what was not kept is kept the next time.
    pub(crate) async fn look(&mut self) -> Result<(), OutboxError> {
        for told in self.portal.take_outages() {
            let known = self.waiting.entry(told.from()).or_insert(told);
            *known = told.max(*known);
        }
        while let Some((from, outage)) = self.waiting.first_key_value() {
            let from = *from;
            self.history.keep_outage(*outage).await?;
            self.waiting.remove(&from);
        }
        Ok(())
    }

    /// Works until `stop` is cancelled.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            let stopped = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "a time without the portal could not be kept");
            }
            if stopped {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    use async_trait::async_trait;
    use jiff::SignedDuration;
    use lienthong_adapters::store::SqliteOutbox;
    use lienthong_core::clock::Clock as _;
    use lienthong_core::ports::portal_history::PortalSide;

    use super::super::guarded::tests::{Bench, Mood};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_kept_while_it_lasts_and_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteOutbox::open(dir.path().join("outbox.db")).unwrap());
        let bench = Bench::new(None);
        let guarded = Arc::clone(&bench.guarded);
        let mut keeper = OutageKeeper::new(guarded, Arc::clone(&store) as _);
        let kept = async || {
            let side = store.side(Timestamp::MAX).await.unwrap();
            let told = side.outages.iter();
            told.map(|it| (it.from().as_second(), it.until().as_second()))
                .collect::<Vec<_>>()
        };
        let pass = async |seconds| {
            bench.clock.advance(SignedDuration::from_secs(seconds));
            tokio::time::advance(Duration::from_mins(1)).await;
        };
        bench.fail(5).await;
        keeper.look().await.unwrap();
        assert_eq!(kept().await, [(0, 0)]);
        pass(60).await;
        keeper.look().await.unwrap();
        assert_eq!(kept().await, [(0, 10)], "until the end of the pause");
        bench.fail(1).await;
        let known = bench.left_alone_until().as_second();
        keeper.look().await.unwrap();
        assert_eq!(kept().await, [(0, 60)]);
        pass(600).await;
        bench.portal.be(Mood::Answers);
        bench.ask().await.unwrap();
        pass(600).await;
        keeper.look().await.unwrap();
        assert_eq!(kept().await, [(0, known)]);
        store.close().await;
    }

    /// A store that cannot be written until it is told otherwise.
    #[derive(Default)]
    struct Stubborn {
        writable: AtomicBool,
        kept: Mutex<Vec<Outage>>,
    }

    #[async_trait]
    impl PortalHistory for Stubborn {
        async fn side(&self, _: Timestamp) -> Result<PortalSide, OutboxError> {
            Ok(PortalSide::default())
        }

        async fn keep_outage(&self, outage: Outage) -> Result<(), OutboxError> {
            if self.writable.load(Ordering::SeqCst) {
                self.kept.lock().unwrap().push(outage);
                return Ok(());
            }
            let reason = "away".to_owned();
            Err(OutboxError::Unavailable { reason })
        }

        async fn forget_side(&self, _: Timestamp, _: u32) -> Result<u32, OutboxError> {
            Ok(0)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_kept_whole_however_long_the_store_is_away() {
        let store = Arc::new(Stubborn::default());
        let bench = Bench::new(None);
        let guarded = Arc::clone(&bench.guarded);
        let mut keeper = OutageKeeper::new(guarded, Arc::clone(&store) as _);
        bench.fail(5).await;
        for _ in 0..3_000 {
            bench.clock.advance(SignedDuration::from_millis(3));
            assert!(keeper.look().await.is_err());
        }
        assert_eq!(keeper.waiting.len(), 1);
        tokio::time::advance(Duration::from_mins(1)).await;
        bench.portal.be(Mood::Answers);
        bench.ask().await.unwrap();
        store.writable.store(true, Ordering::SeqCst);
        keeper.look().await.unwrap();
        let whole = Outage::new(Timestamp::UNIX_EPOCH, bench.clock.now()).unwrap();
        assert_eq!(*store.kept.lock().unwrap(), [whole]);
        assert_eq!(whole.until().as_second(), 9);
        assert!(keeper.waiting.is_empty());
    }
}
