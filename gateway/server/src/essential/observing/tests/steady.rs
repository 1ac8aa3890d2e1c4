//! Events that come without an end.

use super::*;

/// Events of which there is one more each time somebody asks how many there are.
struct Growing {
    inner: Arc<SqliteOutbox>,
    more: std::sync::atomic::AtomicU64,
}

#[async_trait]
impl EventFeed for Growing {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedEvent>, OutboxError> {
        self.inner.events_after(position, most).await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        let more = self.more.fetch_add(1, Ordering::Relaxed);
        let now: Timestamp = "2026-10-07T02:00:00Z".parse().unwrap();
        let code = messages::dossier_code(now, 100 + u32::try_from(more).unwrap());
        let state = messages::state(&code, PortalStatus::Received, &citizen(), now);
        let client = ClientName::parse("igate").unwrap();
        let state = read_state(&state, client, now).unwrap();
        self.inner.record(state, now).await.unwrap();
        self.inner.newest_position().await
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError> {
        self.inner.fingerprint(position).await
    }
}

#[tokio::test]
async fn steady_traffic_does_not_put_the_answer_off() {
    let ground = Ground::new();
    let events = Growing {
        inner: Arc::clone(&ground.outbox),
        more: std::sync::atomic::AtomicU64::new(0),
    };
    let observer = Arc::new(ground.observer_of(Arc::new(events), 3));
    observer.observe_due().await.unwrap();
    assert_eq!(
        observer.figures().events_behind,
        0,
        "it stops where the events ended"
    );
    ground.clock.advance(SignedDuration::from_secs(1));
    let window = ground.window();
    let nobody = observer.catch_up(&window, Duration::from_millis(1)).await;
    assert!(!nobody.unwrap().is_whole(), "nobody is at work");
    let stop = CancellationToken::new();
    let (working, stopped) = (Arc::clone(&observer), stop.clone());
    let work = tokio::spawn(async move { working.run(stopped).await });
    let reached = observer.catch_up(&window, Duration::from_mins(1)).await;
    assert!(reached.unwrap().is_whole());
    stop.cancel();
    work.await.unwrap();
}

/// Events that another gateway folds in right after somebody was told where they end.
struct Overtaking {
    inner: Arc<SqliteOutbox>,
    ground: Arc<Ground>,
    other: Observer,
}

#[async_trait]
impl EventFeed for Overtaking {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedEvent>, OutboxError> {
        self.inner.events_after(position, most).await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        let newest = self.inner.newest_position().await;
        let code = self.ground.code(9);
        self.ground.state(&code, PortalStatus::Received).await;
        self.other.observe_due().await.unwrap();
        newest
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError> {
        self.inner.fingerprint(position).await
    }
}

#[tokio::test]
async fn another_gateway_that_is_quicker_is_no_store_that_was_put_back() {
    let ground = Arc::new(Ground::new());
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    let events = Overtaking {
        inner: Arc::clone(&ground.outbox),
        ground: Arc::clone(&ground),
        other: ground.observer(),
    };
    let late = ground.observer_of(Arc::new(events), 3);
    assert_eq!(late.observe_due().await.unwrap().events, 0);
    assert_eq!(ground.observations.rebuilds(9).await, Ok(Vec::new()));
    assert_eq!(ground.observations.position(&Source::Events).await, Ok(2));
    assert!(ground.facts(&ground.code(9)).await.is_some());
}
