use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::advance;

use super::*;

type Answer = Joined<u32, u32>;

/// Flights whose work waits to be let go, and counts.
#[derive(Clone)]
struct Airport {
    flights: Flights<&'static str, u32>,
    started: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
    gate: Arc<Notify>,
    open: Arc<AtomicBool>,
}

impl Airport {
    fn new() -> Self {
        Self {
            flights: Flights::new(),
            started: Arc::default(),
            done: Arc::default(),
            gate: Arc::default(),
            open: Arc::default(),
        }
    }

    /// One caller with so many seconds, in a task of its own that got as far as waiting.
    async fn caller(&self, key: &'static str, seconds: u64) -> JoinHandle<Answer> {
        let caller = tokio::spawn(self.clone().join(key, seconds));
        yield_now().await;
        caller
    }

    async fn join(self, key: &'static str, seconds: u64) -> Answer {
        let airport = self.clone();
        let work = move |_| async move {
            airport.started.fetch_add(1, Ordering::SeqCst);
            while !airport.open.load(Ordering::SeqCst) {
                airport.gate.notified().await;
            }
            airport.done.fetch_add(1, Ordering::SeqCst);
            7
        };
        self.flights.join(key, within(seconds), || None, work).await
    }

    fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
        self.gate.notify_waiters();
        self.gate.notify_one();
    }

    fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }

    fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }
}

fn within(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

fn landed(part: Part) -> Answer {
    Joined::Landed { part, answer: 7 }
}

/// Lets every task run that can: paused time goes on only when all wait.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_equal_look_ups_start_one() {
    let airport = Airport::new();
    let mut callers = Vec::new();
    for _ in 0..10_000 {
        callers.push(tokio::spawn(airport.clone().join("one", 10)));
    }
    settle().await;
    assert_eq!((airport.started(), airport.flights.in_flight()), (1, 1));
    airport.open();
    let mut led = 0;
    for caller in callers {
        match caller.await.unwrap() {
            Joined::Landed { part, answer: 7 } => led += usize::from(part == Part::Led),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((led, airport.started(), airport.done()), (1, 1, 1));
    assert_eq!(airport.flights.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_first_caller_may_hang_up() {
    let airport = Airport::new();
    let first = airport.caller("one", 10).await;
    let second = airport.caller("one", 10).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    airport.open();
    assert_eq!(second.await.unwrap(), landed(Part::Joined));
    assert_eq!(airport.started(), 1);
}

#[tokio::test(start_paused = true)]
async fn all_but_the_last_may_hang_up() {
    let airport = Airport::new();
    let mut callers = Vec::new();
    for _ in 0..100 {
        callers.push(airport.caller("one", 10).await);
    }
    let last = callers.pop().unwrap();
    for caller in callers {
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    airport.open();
    assert_eq!(last.await.unwrap(), landed(Part::Joined));
    assert_eq!(airport.started(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_work_is_finished_when_all_have_hung_up() {
    let airport = Airport::new();
    for _ in 0..3 {
        let caller = airport.caller("one", 10).await;
        settle().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    assert_eq!((airport.started(), airport.flights.in_flight()), (1, 1));
    airport.open();
    settle().await;
    assert_eq!((airport.started(), airport.done()), (1, 1));
    assert_eq!(airport.flights.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn work_that_nobody_waits_for_ends_at_its_deadline() {
    let airport = Airport::new();
    let caller = airport.caller("one", 10).await;
    settle().await;
    caller.abort();
    advance(Duration::from_secs(11)).await;
    settle().await;
    assert_eq!(airport.flights.in_flight(), 0);
    airport.open();
    settle().await;
    assert_eq!((airport.started(), airport.done()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn each_caller_waits_to_its_own_deadline_and_no_longer() {
    let airport = Airport::new();
    let begin = Instant::now();
    let leader = airport.caller("one", 2).await;
    let patient = airport.caller("one", 20).await;
    let hasty = airport.caller("one", 1).await;
    assert_eq!(
        hasty.await.unwrap(),
        Joined::TimedOut { part: Part::Joined }
    );
    assert_eq!(begin.elapsed().as_secs(), 1);
    assert_eq!(leader.await.unwrap(), Joined::TimedOut { part: Part::Led });
    assert_eq!(begin.elapsed().as_secs(), 2);
    advance(Duration::from_secs(10)).await;
    airport.open();
    assert_eq!(patient.await.unwrap(), landed(Part::Joined));
    assert_eq!((airport.started(), begin.elapsed().as_secs()), (1, 12));
}

#[tokio::test(start_paused = true)]
async fn the_work_is_dropped_at_the_latest_deadline() {
    let airport = Airport::new();
    let begin = Instant::now();
    let leader = airport.caller("one", 2).await;
    let longest = airport.caller("one", 5).await;
    let between = airport.caller("one", 3).await;
    for caller in [leader, longest, between] {
        assert!(matches!(caller.await.unwrap(), Joined::TimedOut { .. }));
    }
    settle().await;
    assert_eq!(begin.elapsed().as_secs(), 5);
    assert_eq!(airport.flights.in_flight(), 0);
    airport.open();
    settle().await;
    assert_eq!(airport.done(), 0);
    assert_eq!(
        airport.clone().join("one", 1).await,
        landed(Part::Led),
        "the next caller starts anew"
    );
    assert_eq!(airport.started(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_work_knows_the_latest_deadline_also_of_those_who_join_later() {
    let flights = Flights::<&str, u64>::new();
    let begin = Instant::now();
    let work = move |latest: Latest| async move {
        sleep_until(begin + Duration::from_secs(1)).await;
        (latest.at() - begin).as_secs()
    };
    let join = |after, seconds| {
        let flights = flights.clone();
        async move {
            sleep_until(begin + Duration::from_millis(after)).await;
            let until = begin + Duration::from_secs(seconds);
            flights.join("one", until, || None::<u32>, work).await
        }
    };
    let (leader, longer, shorter) = tokio::join!(join(0, 2), join(500, 20), join(500, 3));
    assert_eq!(
        leader,
        Joined::Landed {
            part: Part::Led,
            answer: 20
        }
    );
    assert_eq!((longer.clone(), longer), (shorter.clone(), shorter));
}

#[tokio::test(start_paused = true)]
async fn different_keys_share_nothing() {
    let airport = Airport::new();
    let one = airport.caller("one", 10).await;
    let two = airport.caller("two", 10).await;
    settle().await;
    assert_eq!((airport.started(), airport.flights.in_flight()), (2, 2));
    airport.open();
    settle().await;
    airport.open();
    assert_eq!(one.await.unwrap(), landed(Part::Led));
    assert_eq!(two.await.unwrap(), landed(Part::Led));
}

#[tokio::test(start_paused = true)]
async fn work_that_breaks_down_is_lost_for_those_who_wait_and_for_nobody_else() {
    let flights = Flights::<&str, u32>::new();
    let gate = Arc::new(Notify::new());
    let broken = || {
        let (flights, gate) = (flights.clone(), Arc::clone(&gate));
        async move {
            let work = |_| async move {
                gate.notified().await;
                panic!("an invented breakdown")
            };
            flights.join("one", within(10), || None::<u32>, work).await
        }
    };
    let first = tokio::spawn(broken());
    yield_now().await;
    let second = tokio::spawn(broken());
    settle().await;
    gate.notify_one();
    assert_eq!(first.await.unwrap(), Joined::Lost { part: Part::Led });
    assert_eq!(second.await.unwrap(), Joined::Lost { part: Part::Joined });
    assert_eq!(flights.in_flight(), 0);
    let next = flights.join("one", within(10), || None::<u32>, |_| async { 7 });
    assert_eq!(next.await, landed(Part::Led));
}

#[tokio::test(start_paused = true)]
async fn work_that_cannot_even_begin_is_lost() {
    let flights = Flights::<&str, u32>::new();
    let unable = |_| -> std::future::Ready<u32> { panic!("an invented breakdown") };
    let lost = flights.join("one", within(10), || None::<u32>, unable);
    assert_eq!(lost.await, Joined::Lost { part: Part::Led });
    assert_eq!(flights.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_flight_left_is_seen_by_whoever_comes_after_it() {
    let flights = Flights::<&str, u32>::new();
    let left = Arc::new(Mutex::new(None));
    let started = Arc::new(AtomicUsize::new(0));
    let mut callers = Vec::new();
    for _ in 0..1_000 {
        let (flights, left, started) = (flights.clone(), Arc::clone(&left), Arc::clone(&started));
        callers.push(tokio::spawn(async move {
            let kept = || *left.lock().unwrap();
            let to_fill = Arc::clone(&left);
            let work = move |_| async move {
                started.fetch_add(1, Ordering::SeqCst);
                yield_now().await;
                *to_fill.lock().unwrap() = Some(7);
                7
            };
            flights.join("one", within(10), kept, work).await
        }));
        if callers.len() == 500 {
            settle().await;
        }
    }
    let mut kept = 0;
    for caller in callers {
        kept += usize::from(caller.await.unwrap() == Joined::Kept(7));
    }
    assert_eq!((started.load(Ordering::SeqCst), kept), (1, 500));
    assert_eq!(flights.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_comes_too_late_starts_nothing() {
    let airport = Airport::new();
    let late = airport.clone().join("one", 0).await;
    assert_eq!(late, Joined::TimedOut { part: Part::Joined });
    settle().await;
    assert_eq!((airport.started(), airport.flights.in_flight()), (0, 0));
}
