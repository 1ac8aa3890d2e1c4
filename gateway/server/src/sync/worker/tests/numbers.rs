//! A portal that issues the numbers itself: kept before they are used, and never two for
//! one dossier.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lienthong_adapters::store::{Overwrite, SqliteOutbox, backup, restore};
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::Outbox as _;
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, Reading, Said, StepsThere,
    SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;

use super::{LEASE, Parts, Worker, parts, record_life, worker_with};

/// What goes wrong next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mishap {
    #[default]
    None,
    /// The number is issued, and its answer lost.
    NumberLost,
    /// The number's answer never comes.
    NumberHangs,
    /// The dossier takes effect, and the answer is lost.
    DossierLost,
}

#[derive(Debug, Default)]
struct Issued {
    next: u32,
    /// Dossiers by the number that was issued, with their own number and their steps.
    held: BTreeMap<String, (String, usize)>,
}

/// Knows dossiers by the numbers that it issued, and by nothing else.
#[derive(Debug, Default)]
struct Issuing {
    mishap: Mutex<Mishap>,
    issued: Mutex<Issued>,
}

impl Issuing {
    fn mishap(&self) -> Mishap {
        std::mem::take(&mut *self.mishap.lock().unwrap())
    }

    /// Numbers under which `code` is held.
    fn numbers_of(&self, code: &str) -> Vec<String> {
        let issued = self.issued.lock().unwrap();
        let of = issued.held.iter().filter(|(_, (held, _))| held == code);
        of.map(|(number, _)| number.clone()).collect()
    }
}

fn answer(reading: Reading) -> PortalAnswer {
    PortalAnswer::new(reading, Said::new("200", "", &[]))
}

#[async_trait]
impl Portal for Issuing {
    fn profile(&self) -> &'static str {
        "issuing"
    }

    fn steps_per_call(&self) -> usize {
        10
    }

    fn issues_numbers(&self) -> bool {
        true
    }

    async fn reserve(&self, _: &Dossier, _: Duration) -> Result<PortalReference, PortalError> {
        let mishap = self.mishap();
        let number = {
            let mut issued = self.issued.lock().unwrap();
            issued.next += 1;
            format!("000.00.00.H99-20260701-{:07}", issued.next)
        };
        match mishap {
            Mishap::NumberLost => Err(PortalError::TimedOut),
            Mishap::NumberHangs => std::future::pending().await,
            Mishap::None | Mishap::DossierLost => {
                *self.mishap.lock().unwrap() = mishap;
                Ok(PortalReference { number, id: None })
            }
        }
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        reference: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let reference = reference.expect("no dossier is sent without its number");
        let mut issued = self.issued.lock().unwrap();
        let known = issued.held.contains_key(&reference.number);
        let reading = match (mode, known) {
            (SubmissionMode::Create, true) => Reading::AlreadyThere,
            (SubmissionMode::Update, false) => Reading::NotThere,
            (SubmissionMode::Create, false) => {
                let held = (dossier.number.as_str().to_owned(), 0);
                issued.held.insert(reference.number.clone(), held);
                Reading::Accepted
            }
            (SubmissionMode::Update, true) => Reading::Accepted,
        };
        drop(issued);
        if self.mishap() == Mishap::DossierLost {
            return Err(PortalError::TimedOut);
        }
        Ok(answer(reading))
    }

    async fn append_steps(
        &self,
        _: &DossierNumber,
        steps: &[Step],
        reference: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let reference = reference.expect("no step is sent without the number");
        let mut issued = self.issued.lock().unwrap();
        Ok(match issued.held.get_mut(&reference.number) {
            None => answer(Reading::NotThere),
            Some((_, held)) => {
                *held += steps.len();
                answer(Reading::Accepted)
            }
        })
    }

    async fn find(
        &self,
        _: &DossierNumber,
        reference: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalView, PortalError> {
        let reference = reference.expect("nothing is asked without the number");
        let issued = self.issued.lock().unwrap();
        Ok(match issued.held.get(&reference.number) {
            None => PortalView::Absent,
            Some(_) => PortalView::Present {
                status: None,
                steps: StepsThere::NotCarried,
                details: Box::default(),
            },
        })
    }
}

struct Bench {
    portal: Arc<Issuing>,
    worker: Worker,
    parts: Parts,
}

impl Bench {
    fn new() -> Self {
        let parts = parts();
        let portal = Arc::new(Issuing::default());
        let worker = worker_with(&parts, Arc::clone(&portal) as _);
        Self {
            portal,
            worker,
            parts,
        }
    }

    async fn reference(&self, code: &str) -> Option<PortalReference> {
        let number = DossierNumber::parse(code).unwrap();
        let record = self.parts.outbox.dossier(&number).await.unwrap().unwrap();
        record.reference
    }

    async fn whole(&self, code: &str) {
        let number = DossierNumber::parse(code).unwrap();
        let record = self.parts.outbox.dossier(&number).await.unwrap().unwrap();
        assert_eq!(record.state, SyncState::Accepted);
        let kept = record.reference.unwrap().number;
        assert_eq!(self.portal.numbers_of(code), std::slice::from_ref(&kept));
        let issued = self.portal.issued.lock().unwrap();
        assert_eq!(issued.held[&kept].1, 4);
    }

    fn clock(&self) -> &ManualClock {
        &self.parts.clock
    }
}

#[tokio::test]
async fn the_number_is_fetched_once_and_serves_the_whole_dossier() {
    let bench = Bench::new();
    let code = record_life(&bench.parts, 1).await;
    bench.worker.run_due().await.unwrap();
    bench.whole(&code).await;
    assert_eq!(bench.portal.issued.lock().unwrap().next, 1);
}

#[tokio::test]
async fn a_number_that_got_lost_does_no_harm_and_needs_no_question() {
    let bench = Bench::new();
    let code = record_life(&bench.parts, 1).await;
    *bench.portal.mishap.lock().unwrap() = Mishap::NumberLost;
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.postponed, round.unknown), (1, 0));
    assert_eq!(bench.reference(&code).await, None);
    bench.clock().advance(jiff::SignedDuration::from_mins(5));
    bench.worker.run_due().await.unwrap();
    bench.whole(&code).await;
    assert_eq!(bench.portal.issued.lock().unwrap().next, 2);
}

#[tokio::test]
async fn a_dossier_whose_answer_got_lost_is_found_by_its_kept_number() {
    let bench = Bench::new();
    let code = record_life(&bench.parts, 1).await;
    *bench.portal.mishap.lock().unwrap() = Mishap::DossierLost;
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!(round.unknown, 1);
    assert!(bench.reference(&code).await.is_some());
    bench.clock().advance(jiff::SignedDuration::from_mins(5));
    bench.worker.run_due().await.unwrap();
    bench.whole(&code).await;
    assert_eq!(bench.portal.issued.lock().unwrap().next, 1);
}

#[tokio::test]
async fn a_worker_that_died_before_it_had_a_number_had_sent_nothing() {
    let bench = Bench::new();
    let code = record_life(&bench.parts, 1).await;
    *bench.portal.mishap.lock().unwrap() = Mishap::NumberHangs;
    let dying = bench.worker.clone();
    let dying = tokio::spawn(async move { dying.run_due().await });
    while bench.portal.issued.lock().unwrap().next == 0 {
        tokio::task::yield_now().await;
    }
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    let lease = jiff::SignedDuration::try_from(LEASE).unwrap();
    bench
        .clock()
        .advance(lease + jiff::SignedDuration::from_secs(1));
    // The portal would not know what it is asked about, so it is not asked.
    bench.worker.run_due().await.unwrap();
    bench.whole(&code).await;
    assert_eq!(
        NonZeroUsize::MIN.get(),
        bench.portal.numbers_of(&code).len()
    );
}

#[tokio::test]
async fn after_a_restore_a_dossier_without_a_number_is_a_persons_and_gets_none() {
    let begun = parts();
    begun.outbox.close().await;
    let path = |name: &str| begun.dir.path().join(name);
    let later = begun.clock.now() + jiff::SignedDuration::from_hours(1);
    backup(&path("outbox.sqlite"), &path("backup.sqlite")).unwrap();
    restore(
        &path("backup.sqlite"),
        &path("restored.sqlite"),
        Overwrite::Never,
        later,
    )
    .unwrap();
    let restored = Parts {
        outbox: Arc::new(SqliteOutbox::open(path("restored.sqlite")).unwrap()),
        clock: Arc::clone(&begun.clock),
        dir: tempfile::TempDir::new().unwrap(),
    };
    // Its number may be among what was lost, and a second one would make a second dossier.
    let code = record_life(&restored, 1).await;
    let portal = Arc::new(Issuing::default());
    let worker = worker_with(&restored, Arc::clone(&portal) as _);
    worker.run_due().await.unwrap();
    let number = DossierNumber::parse(&code).unwrap();
    let record = restored.outbox.dossier(&number).await.unwrap().unwrap();
    assert_eq!(record.state, SyncState::Dead);
    let vain = AttemptOutcome::Unknown(Cause::CannotBeAsked);
    assert_eq!(record.timeline[0].attempts[0].outcome, Some(vain));
    assert_eq!(portal.issued.lock().unwrap().next, 0);
}
