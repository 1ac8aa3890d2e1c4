//! The guard in front of a portal that does as it is told, on paused time.

use std::sync::atomic::{AtomicU32, Ordering};

use lienthong_core::clock::ManualClock;
use lienthong_core::ports::portal::{Reading, Said};

use super::*;

/// What the portal does with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sync) enum Mood {
    Answers,
    Fails(PortalError),
    Hangs,
}

#[derive(Debug)]
pub(in crate::sync) struct Obedient {
    mood: Mutex<Mood>,
    asked: AtomicU32,
}

impl Obedient {
    pub(in crate::sync) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    async fn obey(&self) -> Result<(), PortalError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = self.mood.lock().unwrap().clone();
        match mood {
            Mood::Answers => Ok(()),
            Mood::Fails(error) => Err(error),
            Mood::Hangs => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Portal for Obedient {
    fn profile(&self) -> &'static str {
        "obedient"
    }

    fn steps_per_call(&self) -> usize {
        10
    }

    async fn submit(
        &self,
        _: &Dossier,
        _: SubmissionMode,
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        unreachable!("only questions are asked here")
    }

    async fn append_steps(
        &self,
        _: &DossierNumber,
        _: &[Step],
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.obey().await?;
        let refused = Reading::Refused {
            cause: lienthong_core::sync::cause::Cause::FieldRejected,
        };
        Ok(PortalAnswer::new(refused, Said::new("-1", "", &[])))
    }

    async fn find(
        &self,
        _: &DossierNumber,
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalView, PortalError> {
        self.obey().await.map(|()| PortalView::Absent)
    }
}

const PAUSE: Duration = Duration::from_secs(10);
const BUDGET: Duration = Duration::from_mins(1);

pub(in crate::sync) struct Bench {
    pub(in crate::sync) portal: Arc<Obedient>,
    pub(in crate::sync) guarded: Arc<GuardedPortal>,
    pub(in crate::sync) clock: Arc<ManualClock>,
}

impl Bench {
    pub(in crate::sync) fn new(calls_per_second: Option<u32>) -> Self {
        let portal = Arc::new(Obedient {
            mood: Mutex::new(Mood::Answers),
            asked: AtomicU32::new(0),
        });
        let settings = GuardSettings {
            breaker: BreakerRule {
                pause: PAUSE,
                burst: Duration::ZERO,
                ..BreakerRule::default()
            },
            calls_per_second: calls_per_second.and_then(NonZeroU32::new),
        };
        let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
        let guarded =
            GuardedPortal::new(Arc::clone(&portal) as _, Arc::clone(&clock) as _, settings);
        Self {
            portal,
            clock,
            guarded: Arc::new(guarded),
        }
    }

    pub(in crate::sync) async fn ask(&self) -> Result<PortalView, PortalError> {
        self.guarded.find(&number(), None, BUDGET).await
    }

    pub(in crate::sync) async fn fail(&self, times: u32) {
        self.portal.be(Mood::Fails(PortalError::Unreachable));
        for _ in 0..times {
            assert_eq!(self.ask().await, Err(PortalError::Unreachable));
        }
    }

    fn asked(&self) -> u32 {
        self.portal.asked.load(Ordering::SeqCst)
    }
}

fn number() -> DossierNumber {
    DossierNumber::parse("000.00.00.H00-260701-0001").unwrap()
}

#[tokio::test(start_paused = true)]
async fn after_failures_in_a_row_the_portal_is_left_alone() {
    let bench = Bench::new(None);
    bench.fail(4).await;
    assert_eq!(bench.guarded.admission(), Admission::Free);
    bench.fail(1).await;
    assert_eq!(bench.guarded.admission(), Admission::Parked { left: PAUSE });
    assert_eq!(bench.ask().await, Err(PortalError::BreakerOpen));
    assert_eq!(bench.asked(), 5);
    let until = Timestamp::UNIX_EPOCH + PAUSE;
    assert_eq!(bench.guarded.breaker(), BreakerState::Open { until });
}

#[tokio::test(start_paused = true)]
async fn one_call_shows_that_the_portal_is_back() {
    let bench = Bench::new(None);
    bench.fail(5).await;
    tokio::time::advance(PAUSE).await;
    assert_eq!(bench.guarded.admission(), Admission::Probe);
    bench.portal.be(Mood::Hangs);
    let guarded = Arc::clone(&bench.guarded);
    let probe = tokio::spawn(async move { guarded.find(&number(), None, BUDGET).await });
    tokio::task::yield_now().await;
    let waits = Admission::Parked {
        left: PROBE_PATIENCE,
    };
    assert_eq!(bench.guarded.admission(), waits);
    assert_eq!(bench.ask().await, Err(PortalError::BreakerOpen));
    // Broken off, it told nothing, and another may try.
    probe.abort();
    assert!(probe.await.unwrap_err().is_cancelled());
    assert_eq!(bench.guarded.admission(), Admission::Probe);
    bench.portal.be(Mood::Answers);
    assert_eq!(bench.ask().await, Ok(PortalView::Absent));
    assert_eq!(bench.guarded.admission(), Admission::Free);
}

#[tokio::test(start_paused = true)]
async fn refusals_of_dossiers_never_open_the_breaker() {
    let bench = Bench::new(None);
    for _ in 0..50 {
        let number = number();
        let refused = bench.guarded.append_steps(&number, &[], None, BUDGET);
        assert!(refused.await.is_ok());
    }
    let carried = PortalError::FieldNotCarried {
        field: "MaHoSo",
        problem: "too long",
    };
    bench.portal.be(Mood::Fails(carried));
    for _ in 0..50 {
        assert!(bench.ask().await.is_err());
    }
    assert_eq!(bench.guarded.admission(), Admission::Free);
}

#[tokio::test(start_paused = true)]
async fn calls_take_turns_at_the_rate() {
    let bench = Bench::new(Some(10));
    let began = Instant::now();
    for _ in 0..21 {
        bench.ask().await.unwrap();
    }
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(2), "{took:?}");
    assert!(took < Duration::from_millis(2_200), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_turn_comes_too_late_is_not_sent() {
    let bench = Bench::new(Some(1));
    bench.ask().await.unwrap();
    let short = Duration::from_millis(1_500);
    let late = bench.guarded.find(&number(), None, short).await;
    assert_eq!(late, Err(PortalError::Busy));
    assert_eq!(bench.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_beside_dossiers_keeps_to_the_rate_and_tells_the_breaker_nothing() {
    let bench = Bench::new(Some(10));
    let began = Instant::now();
    for _ in 0..20 {
        let failed = bench.guarded.beside(BUDGET, |_left| async {
            Err::<(), _>(PortalError::Unreachable)
        });
        assert_eq!(failed.await, Err(PortalError::Unreachable));
    }
    assert!(began.elapsed() >= Duration::from_millis(1_800));
    assert_eq!(bench.guarded.admission(), Admission::Free);
    let late = bench
        .guarded
        .beside(Duration::from_millis(20), |_left| async { Ok(()) });
    assert_eq!(late.await, Err(PortalError::Busy));
}

#[tokio::test(start_paused = true)]
async fn a_call_beside_dossiers_is_neither_sent_nor_the_probe_while_the_portal_is_left_alone() {
    let bench = Bench::new(None);
    bench.fail(5).await;
    let beside = async || bench.guarded.beside(BUDGET, |_left| async { Ok(()) }).await;
    assert_eq!(beside().await, Err(PortalError::BreakerOpen));
    tokio::time::advance(PAUSE).await;
    assert_eq!(bench.guarded.admission(), Admission::Probe);
    assert_eq!(beside().await, Err(PortalError::BreakerOpen));
    bench.portal.be(Mood::Answers);
    bench.ask().await.unwrap();
    assert_eq!(beside().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_refuses_us_or_asks_to_slow_down_is_not_away() {
    let throttled = PortalError::Throttled {
        retry_after: None,
        said: None,
    };
    for error in [PortalError::SessionRefused { said: None }, throttled] {
        let bench = Bench::new(None);
        bench.portal.be(Mood::Fails(error.clone()));
        for _ in 0..9 {
            assert!(bench.ask().await.is_err());
        }
        assert_ne!(bench.guarded.admission(), Admission::Free, "{error:?}");
        assert_eq!(bench.guarded.take_outages(), [], "{error:?}");
    }
}

impl Bench {
    async fn pass(&self, minutes: i64) {
        let time = jiff::SignedDuration::from_mins(minutes);
        tokio::time::advance(time.unsigned_abs()).await;
        self.clock.advance(time);
    }

    /// Until when the portal is left alone.
    pub(in crate::sync) fn left_alone_until(&self) -> Timestamp {
        match self.guarded.breaker() {
            BreakerState::Open { until } => until,
            BreakerState::Closed | BreakerState::HalfOpen => panic!("it is not left alone"),
        }
    }
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(minutes * 60).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_outage_lasts_from_the_first_pause_until_the_portal_answers() {
    let bench = Bench::new(None);
    bench.fail(4).await;
    assert_eq!(bench.guarded.take_outages(), []);
    bench.fail(1).await;
    for _ in 0..3 {
        bench.pass(2).await;
        bench.fail(1).await;
    }
    let going_on = Outage::new(at(0), at(6)).unwrap();
    assert_eq!(bench.guarded.take_outages(), [going_on]);
    let known = bench.left_alone_until();
    bench.pass(2).await;
    bench.portal.be(Mood::Answers);
    bench.ask().await.unwrap();
    bench.pass(10).await;
    let whole = Outage::new(at(0), known.min(at(8))).unwrap();
    assert_eq!(bench.guarded.take_outages(), [whole]);
    assert_eq!(bench.guarded.take_outages(), []);
}

#[tokio::test(start_paused = true)]
async fn a_time_in_which_nobody_tried_is_no_outage() {
    const DAY: i64 = 24 * 60;
    let bench = Bench::new(None);
    bench.fail(5).await;
    let first = Outage::new(at(0), at(0) + PAUSE).unwrap();
    bench.pass(DAY).await;
    assert_eq!(bench.guarded.take_outages(), [first]);
    bench.fail(1).await;
    let known = bench.left_alone_until();
    bench.pass(DAY).await;
    let second = Outage::new(at(DAY), known).unwrap();
    assert_eq!(bench.guarded.take_outages(), [first, second]);
    bench.portal.be(Mood::Answers);
    bench.ask().await.unwrap();
    assert_eq!(bench.guarded.take_outages(), [second]);
    assert_eq!(bench.guarded.take_outages(), []);
}
