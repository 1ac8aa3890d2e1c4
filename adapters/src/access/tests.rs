use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::{Clock, ManualClock};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{FetchFailure, Fresh, NoCredential, Renewal, SharedCredential};

/// A fetch that is counted and waits until it is let go.
struct Source {
    fetches: AtomicUsize,
    gate: Semaphore,
}

type Shared = SharedCredential<usize, &'static str>;

/// What a source says that is away; everything else is a refusal.
const AWAY: &str = "away";

impl FetchFailure for &'static str {
    fn is_refusal(&self) -> bool {
        *self != AWAY
    }
}

impl FetchFailure for () {
    fn is_refusal(&self) -> bool {
        true
    }
}

const RENEWAL: Renewal = Renewal {
    margin: Duration::from_mins(1),
    time_limit: Duration::from_secs(1),
    outage_pause: Duration::from_secs(1),
};

fn shared(open: usize, lifetime: Duration) -> (Shared, Arc<Source>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let source = Arc::new(Source {
        fetches: AtomicUsize::new(0),
        gate: Semaphore::new(open),
    });
    let fetched = Arc::clone(&source);
    let credential =
        SharedCredential::new(RENEWAL, Arc::clone(&clock) as Arc<dyn Clock>, move || {
            let source = Arc::clone(&fetched);
            async move {
                let value = source.fetches.fetch_add(1, Ordering::SeqCst) + 1;
                source.gate.acquire().await.map_err(|_| "closed")?.forget();
                Ok(Fresh { value, lifetime })
            }
        });
    (credential, source, clock)
}

/// As if the pause after the last failure were over; tells how long it was.
fn end_pause(credential: &Shared) -> Option<Duration> {
    let mut state = credential.shared.lock();
    let failure = state.failure.as_mut()?;
    let now = Instant::now();
    let left = failure.until.saturating_duration_since(now);
    failure.until = now;
    // What has run of it since is less than a second.
    Some(Duration::from_secs(
        (left + Duration::from_millis(999)).as_secs(),
    ))
}

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_callers_at_once_cause_one_fetch() {
    let (credential, source, _) = shared(0, HOUR);
    let callers = (0..1000).map(|_| {
        let credential = credential.clone();
        tokio::spawn(async move { *credential.get().await.unwrap().value })
    });
    let callers: Vec<_> = callers.collect();
    tokio::task::yield_now().await;
    source.gate.add_permits(1000);
    for value in join_all(callers).await {
        assert_eq!(value.unwrap(), 1);
    }
    assert_eq!(source.fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_make_the_others_start_again() {
    let (credential, source, _) = shared(0, HOUR);
    let first = tokio::spawn({
        let credential = credential.clone();
        async move { credential.get().await.map(|issued| *issued.value) }
    });
    while source.fetches.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    source.gate.add_permits(1000);
    let others = join_all((0..1000).map(|_| credential.get())).await;
    assert!(others.into_iter().all(|issued| *issued.unwrap().value == 1));
    assert_eq!(source.fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn refusals_of_one_generation_lead_to_one_renewal() {
    let (credential, source, _) = shared(1000, HOUR);
    let refused = credential.get().await.unwrap().generation;
    let renewed = join_all((0..50).map(|_| credential.renew(refused))).await;
    assert!(
        renewed
            .into_iter()
            .all(|issued| issued.unwrap().generation == refused + 1)
    );
    // A refusal that comes in late names a generation that is gone already.
    assert_eq!(
        credential.renew(refused).await.unwrap().generation,
        refused + 1
    );
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2);
}

/// Lets a fetch that nobody waits for come to its end.
async fn landed(credential: &Shared) {
    while credential.shared.lock().flight.is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_credential_is_renewed_before_it_ends() {
    let (credential, source, clock) = shared(1000, HOUR);
    assert_eq!(credential.get().await.unwrap().generation, 1);
    clock.advance(SignedDuration::from_secs(3539));
    assert_eq!(credential.get().await.unwrap().generation, 1);
    assert_eq!(source.fetches.load(Ordering::SeqCst), 1);
    clock.advance(SignedDuration::from_secs(1));
    // Nobody waits for the next one while this one is good.
    assert_eq!(credential.get().await.unwrap().generation, 1);
    landed(&credential).await;
    assert_eq!(credential.get().await.unwrap().generation, 2);
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_credential_is_used_to_its_end_when_no_other_can_be_fetched() {
    let (credential, source, clock) = shared(1, HOUR);
    assert_eq!(credential.get().await.unwrap().generation, 1);
    source.gate.close();
    clock.advance(SignedDuration::from_secs(3540));
    for _ in 0..3 {
        assert_eq!(credential.get().await.unwrap().generation, 1);
        landed(&credential).await;
    }
    // The failed fetch is not repeated for each of them.
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2);
    clock.advance(SignedDuration::from_secs(59));
    assert_eq!(credential.get().await.unwrap().generation, 1);
    clock.advance(SignedDuration::from_secs(1));
    assert!(credential.get().await.is_err());
}

#[tokio::test]
async fn a_lifetime_shorter_than_the_margin_is_still_used() {
    let (credential, source, clock) = shared(1000, Duration::from_secs(40));
    assert_eq!(credential.get().await.unwrap().generation, 1);
    clock.advance(SignedDuration::from_secs(19));
    assert_eq!(credential.get().await.unwrap().generation, 1);
    assert_eq!(source.fetches.load(Ordering::SeqCst), 1);
    clock.advance(SignedDuration::from_secs(21));
    assert_eq!(credential.get().await.unwrap().generation, 2);
}

#[tokio::test]
async fn all_who_wait_hear_of_a_failed_fetch_and_after_the_pause_it_is_tried_again() {
    let (credential, source, _) = shared(0, HOUR);
    source.gate.close();
    let all = join_all((0..10).map(|_| credential.get())).await;
    assert!(
        all.into_iter()
            .all(|issued| issued.unwrap_err() == NoCredential::Failed("closed"))
    );
    assert_eq!(source.fetches.load(Ordering::SeqCst), 1);
    assert!(end_pause(&credential).is_some());
    assert!(credential.get().await.is_err());
    assert_eq!(source.fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn ten_callers_one_after_another_hear_of_one_failed_fetch() {
    let (credential, source, _) = shared(0, HOUR);
    source.gate.close();
    for _ in 0..10 {
        let failed = NoCredential::Failed("closed");
        assert_eq!(credential.get().await.unwrap_err(), failed);
        assert_eq!(credential.renew(0).await.unwrap_err(), failed);
    }
    assert_eq!(source.fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_pause_doubles_up_to_a_minute_and_a_success_ends_it() {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let fetches = Arc::new(AtomicUsize::new(0));
    let credential: Shared = SharedCredential::new(RENEWAL, clock, move || {
        let fetch = fetches.fetch_add(1, Ordering::SeqCst);
        async move {
            let lifetime = HOUR;
            let fresh = Fresh { value: 0, lifetime };
            if fetch == 8 { Ok(fresh) } else { Err("no") }
        }
    });
    let mut pauses = Vec::new();
    for _ in 0..8 {
        assert!(credential.get().await.is_err());
        pauses.extend(end_pause(&credential).map(|pause| pause.as_secs()));
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    let issued = credential.get().await.unwrap();
    assert_eq!(end_pause(&credential), None);
    assert!(credential.renew(issued.generation).await.is_err());
    assert_eq!(end_pause(&credential), Some(Duration::from_secs(1)));
}

#[tokio::test]
async fn an_upstream_that_is_away_is_tried_again_after_a_second_however_long_it_was() {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let credential: Shared = SharedCredential::new(RENEWAL, clock, || async { Err(AWAY) });
    for _ in 0..8 {
        assert!(credential.get().await.is_err());
        assert_eq!(end_pause(&credential), Some(Duration::from_secs(1)));
    }
}

#[tokio::test]
async fn an_outage_between_two_refusals_does_not_shorten_the_pause_after_them() {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let fetches = Arc::new(AtomicUsize::new(0));
    let credential: Shared = SharedCredential::new(RENEWAL, clock, move || {
        let fetch = fetches.fetch_add(1, Ordering::SeqCst);
        async move { Err(if fetch % 2 == 1 { AWAY } else { "no" }) }
    });
    let mut pauses = Vec::new();
    for _ in 0..6 {
        assert!(credential.get().await.is_err());
        pauses.extend(end_pause(&credential).map(|pause| pause.as_secs()));
    }
    assert_eq!(pauses, [1, 1, 2, 1, 4, 1]);
}

#[tokio::test]
async fn a_credential_that_is_still_good_is_given_out_during_the_pause() {
    let (credential, source, _) = shared(1, HOUR);
    let issued = credential.get().await.unwrap();
    source.gate.close();
    assert!(credential.renew(issued.generation).await.is_err());
    assert_eq!(
        credential.get().await.unwrap().generation,
        issued.generation
    );
}

#[tokio::test]
async fn a_fetch_has_its_own_time_limit() {
    let (credential, source, _) = shared(0, HOUR);
    assert_eq!(credential.get().await.unwrap_err(), NoCredential::TimedOut);
    source.gate.add_permits(1);
    assert!(end_pause(&credential).is_some());
    assert_eq!(credential.get().await.unwrap().generation, 1);
}

#[tokio::test]
async fn a_fetch_that_panics_does_not_block_the_next() {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let fetches = Arc::new(AtomicUsize::new(0));
    let credential: Shared = SharedCredential::new(RENEWAL, clock, move || {
        let fetches = Arc::clone(&fetches);
        async move {
            assert!(
                fetches.fetch_add(1, Ordering::SeqCst) > 0,
                "the first fetch fails"
            );
            Ok(Fresh {
                value: 7,
                lifetime: HOUR,
            })
        }
    });
    assert_eq!(credential.get().await.unwrap_err(), NoCredential::Lost);
    assert_eq!(*credential.get().await.unwrap().value, 7);
}

#[tokio::test]
async fn debug_shows_no_credential() {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let credential: SharedCredential<&str, ()> = SharedCredential::new(RENEWAL, clock, || async {
        Ok(Fresh {
            value: "bi-mat",
            lifetime: HOUR,
        })
    });
    let issued = credential.get().await.unwrap();
    assert!(!format!("{issued:?} {credential:?}").contains("bi-mat"));
}
