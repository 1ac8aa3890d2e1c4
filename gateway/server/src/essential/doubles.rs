//! Facts and stores for the tests of this folder.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_adapters::store::SqliteRegister;
use lienthong_core::agency::AgencyCode;
use lienthong_core::clock::ManualClock;
use lienthong_core::dossier::{Channel, OnlinePayment, OwnerKind, ReturnMethod};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, LookupFacts, Pause, PauseReason, Window};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::observations::{
    FactsPage, Follower, FollowerId, ObservationError, Observations, Portion, Rebuild,
    RebuildCause, Source, Standing, Wanted,
};
use lienthong_core::procedure::ProcedureCode;
use tempfile::TempDir;

use super::observing::Reached;
use super::{DeskParts, EssentialDesk, Following, Knowledge, NothingCompared};

/// When the tests begin: ten in the morning in Hà Nội.
pub(super) const NOW: &str = "2026-11-22T03:00:00Z";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A dossier of "Đăng ký khai sinh" that was received at noon of this day.
pub(super) fn birth(number: u32, received: Timestamp) -> DossierFacts {
    DossierFacts {
        number: DossierNumber::parse(&format!("000.00.01.H60-261101-{number:05}")).unwrap(),
        revision: 1,
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        unit: AgencyCode::parse("H60.201").unwrap(),
        channel: Channel::Online,
        return_method: ReturnMethod::Direct,
        owner: OwnerKind::Citizen,
        submitted: received,
        received,
        first_due: None,
        due: None,
        due_moved_late_at: None,
        processed: None,
        returned: None,
        stopped: None,
        refused: None,
        withdrawn: None,
        reopened_at: None,
        status: PortalStatus::Received,
        status_since: received,
        pauses: Vec::new(),
        vneid: true,
        payment: OnlinePayment::None,
        fee: 0,
        digitised_flag: false,
        papers: Vec::new(),
        results: Vec::new(),
        steps: Vec::new(),
        apologised_at: None,
        lookups: LookupFacts::default(),
    }
}

/// The same, sent back twice for more papers, which criterion C7 does not allow.
pub(super) fn sent_back_twice(number: u32, received: Timestamp) -> DossierFacts {
    let hour = |hours: i64| {
        let later = jiff::SignedDuration::from_hours(hours);
        received.checked_add(later).unwrap()
    };
    let pause = |from, until| Pause {
        reason: PauseReason::Supplement,
        from: hour(from),
        until: Some(hour(until)),
    };
    DossierFacts {
        pauses: vec![pause(1, 2), pause(3, 4)],
        ..birth(number, received)
    }
}

/// Facts that stand still, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    pub(super) facts: Vec<DossierFacts>,
    /// Pages that were asked for.
    pub(super) pages: AtomicU64,
    /// Cannot be read at present.
    pub(super) out: AtomicBool,
    /// Never answers.
    pub(super) hangs: bool,
}

impl Fixed {
    pub(super) fn of(facts: Vec<DossierFacts>) -> Self {
        Self {
            facts,
            ..Self::default()
        }
    }
}

#[async_trait]
impl Observations for Fixed {
    async fn position(&self, _source: &Source) -> Result<u64, ObservationError> {
        Ok(0)
    }

    async fn standings(&self) -> Result<Vec<Standing>, ObservationError> {
        Ok(Vec::new())
    }

    async fn follow(
        &self,
        _source: &Source,
        _follower: &Follower,
        _instead_of: Option<&FollowerId>,
    ) -> Result<bool, ObservationError> {
        Ok(true)
    }

    async fn note_rival(
        &self,
        _source: &Source,
        _rival: &Follower,
    ) -> Result<(), ObservationError> {
        Ok(())
    }

    async fn give_up_anew(&self, _source: &Source) -> Result<(), ObservationError> {
        Ok(())
    }

    async fn observe(&self, _source: &Source, _portion: Portion) -> Result<bool, ObservationError> {
        Ok(false)
    }

    async fn complete(
        &self,
        _source: &Source,
        _position: u64,
        _until: Timestamp,
    ) -> Result<(), ObservationError> {
        Ok(())
    }

    async fn begin_anew(
        &self,
        _at: Timestamp,
        _cause: &RebuildCause,
    ) -> Result<Option<u64>, ObservationError> {
        Ok(None)
    }

    async fn observe_anew(
        &self,
        _source: &Source,
        _portion: Portion,
    ) -> Result<bool, ObservationError> {
        Ok(false)
    }

    async fn told_anew(&self, _source: &Source, _position: u64) -> Result<bool, ObservationError> {
        Ok(false)
    }

    async fn take_anew(&self, _source: &Source, _most: u32) -> Result<bool, ObservationError> {
        Ok(true)
    }

    async fn rebuilds(&self, _most: u32) -> Result<Vec<Rebuild>, ObservationError> {
        Ok(Vec::new())
    }

    async fn forget_names(&self, _most: u32) -> Result<bool, ObservationError> {
        Ok(true)
    }

    async fn dossier(
        &self,
        number: &DossierNumber,
    ) -> Result<Option<DossierFacts>, ObservationError> {
        Ok(self.facts.iter().find(|it| it.number == *number).cloned())
    }

    async fn page(
        &self,
        wanted: &Wanted,
        after: Option<&DossierNumber>,
        most: u32,
    ) -> Result<FactsPage, ObservationError> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if self.out.load(Ordering::Relaxed) {
            let reason = "SECRET".to_owned();
            return Err(ObservationError::Unavailable { reason });
        }
        self.pages.fetch_add(1, Ordering::Relaxed);
        let most = usize::try_from(most).unwrap();
        let behind = |facts: &&DossierFacts| after.is_none_or(|after| *after < facts.number);
        let meant = |facts: &&DossierFacts| {
            wanted.window.in_hand(facts)
                && wanted
                    .unit
                    .as_ref()
                    .is_none_or(|unit| unit.includes(&facts.unit))
        };
        let found = self.facts.iter().filter(behind).filter(meant);
        let facts: Vec<DossierFacts> = found.take(most).cloned().collect();
        let last = facts.last().map(|facts| facts.number.clone());
        Ok(FactsPage {
            next: last.filter(|_| facts.len() == most),
            facts,
            unreadable: 0,
        })
    }

    async fn forget_ended(&self, _before: Timestamp, _most: u32) -> Result<u32, ObservationError> {
        Ok(0)
    }
}

/// Whether all is looked at, and whether it is told anew, as a test wants it.
#[derive(Debug)]
pub(super) struct CaughtUp(pub(super) AtomicBool, pub(super) AtomicBool);

#[async_trait]
impl Following for CaughtUp {
    async fn reached(&self, _window: &Window) -> Reached {
        if self.0.load(Ordering::Relaxed) {
            Reached {
                is_rebuilding: self.1.load(Ordering::Relaxed),
                ..Reached::default()
            }
        } else {
            Reached::nothing()
        }
    }
}

/// A desk over fixed facts, with a register of its own.
pub(super) struct Office {
    pub(super) desk: EssentialDesk,
    pub(super) clock: Arc<ManualClock>,
    pub(super) facts: Arc<Fixed>,
    pub(super) register: Arc<SqliteRegister>,
    pub(super) following: Arc<CaughtUp>,
    folder: TempDir,
}

impl Office {
    pub(super) fn with(facts: Fixed) -> Self {
        Self::knowing(facts, Knowledge::shipped().unwrap())
    }

    pub(super) fn knowing(facts: Fixed, knowledge: Knowledge) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::starting_at(at(NOW)));
        Self::opened(folder, clock, facts, knowledge)
    }

    /// The same office after a restart: only what is kept in files is known.
    pub(super) async fn restarted(self, facts: Fixed) -> Self {
        let Self {
            register,
            folder,
            clock,
            ..
        } = self;
        register.close().await;
        Self::opened(folder, clock, facts, Knowledge::shipped().unwrap())
    }

    fn opened(
        folder: TempDir,
        clock: Arc<ManualClock>,
        facts: Fixed,
        knowledge: Knowledge,
    ) -> Self {
        let register = SqliteRegister::open(folder.path().join("register.sqlite")).unwrap();
        let (register, facts) = (Arc::new(register), Arc::new(facts));
        let following = Arc::new(CaughtUp(AtomicBool::new(true), AtomicBool::new(false)));
        let desk = EssentialDesk::new(DeskParts {
            observations: Arc::clone(&facts) as _,
            evidence: Arc::clone(&register) as _,
            knowledge: Arc::new(knowledge),
            clock: Arc::clone(&clock) as _,
            mismatches: Arc::new(NothingCompared),
            following: Some(Arc::clone(&following) as _),
            window_days: 30,
        });
        Self {
            desk,
            clock,
            facts,
            register,
            following,
            folder,
        }
    }
}
