//! A source, a record and a desk between them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_adapters::keyed_hash::KeyedHash;
use lienthong_core::access::{
    AccessContext, AccessPolicy, ClientName, Grant, OfficerId, ProcedureScope, Purpose,
};
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Citizen, CitizenField, CitizenQuery, Relative};
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::household::{Household, HouseholdField, HouseholdPerson};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::lookup::Freshness;
use lienthong_core::lookup::keeping::Keeping;
use lienthong_core::masked::Masked;
use lienthong_core::name::{FullName, KeyRule};
use lienthong_core::places::PlaceCatalogue;
use lienthong_core::ports::audit::{
    AccessFilter, AccessRecord, AuditError, AuditLog, AuditReading, KeyId, RecordedAccess,
};
use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, LookupCall, Observed, Operation, PopulationError,
    PopulationRegistry, Unanswered,
};
use lienthong_core::procedure::ProcedureCode;
use tokio::sync::Semaphore;

use crate::lookup::{Asked, LookupParts, LookupRules, Lookups};

/// Time that a caller has unless a test says otherwise.
pub(crate) const AMPLE: Duration = Duration::from_secs(10);
/// Kept of it for the gateway's own work.
pub(crate) const RESERVE: Duration = Duration::from_millis(50);
pub(crate) const OFFICER: &str = "000180000009";
const UNMAPPED: &str = "NOBODY";
/// The source breaks down when it is to admit this officer.
pub(crate) const BREAKING: &str = "BREAKS";
/// More than any test takes unless it says otherwise.
pub(crate) const PLACES: usize = 100_000;

/// What the source does when it is asked.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Citizen(CitizenAnswer),
    Household(HouseholdAnswer),
    Yes(bool),
    Fails(PopulationError),
    /// Waits for ever without sending anything.
    Queues,
    /// Answers when its own time is over.
    Hangs,
    Panics,
}

/// A source that says what a test tells it to, and the test's citizen otherwise.
#[derive(Debug)]
pub(crate) struct Source {
    clock: Arc<ManualClock>,
    pub(crate) offers: Mutex<BTreeSet<Operation>>,
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<(Operation, LookupCall)>>,
    /// Answers wait here while a test holds them.
    gate: Semaphore,
    held: AtomicBool,
}

impl Source {
    pub(crate) fn will(&self, reply: Reply) {
        self.replies.lock().unwrap().push_back(reply);
    }

    pub(crate) fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(crate) fn asked(&self) -> Vec<(Operation, LookupCall)> {
        self.asked.lock().unwrap().clone()
    }

    /// Lets no answer out until [`Source::release`].
    pub(crate) fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    pub(crate) fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.gate.add_permits(1_000_000);
    }

    async fn reply(&self, operation: Operation, call: &LookupCall) -> Result<Reply, Unanswered> {
        self.asked.lock().unwrap().push((operation, call.clone()));
        let reply = self.replies.lock().unwrap().pop_front();
        if matches!(reply, Some(Reply::Queues)) {
            std::future::pending::<()>().await;
        }
        call.sent.begin();
        if self.held.load(Ordering::SeqCst) {
            self.gate.acquire().await.unwrap().forget();
        }
        match reply {
            Some(Reply::Fails(error)) => {
                let sent = u32::from(!matches!(
                    error,
                    PopulationError::BreakerOpen { .. }
                        | PopulationError::Busy
                        | PopulationError::RateLimited { .. }
                ));
                Err(Unanswered {
                    error,
                    attempts: sent,
                })
            }
            Some(Reply::Hangs) => {
                tokio::time::sleep(call.budget.left()).await;
                Err(Unanswered {
                    error: PopulationError::TimedOut,
                    attempts: 1,
                })
            }
            Some(Reply::Panics) => panic!("on purpose"),
            Some(reply) => Ok(reply),
            None => Ok(match operation {
                Operation::Confirm => Reply::Yes(true),
                Operation::Household => Reply::Household(HouseholdAnswer::One(household().into())),
                Operation::LookUp | Operation::Relatives => {
                    Reply::Citizen(CitizenAnswer::One(citizen().into()))
                }
            }),
        }
    }

    fn observed<T>(&self, answer: T) -> Observed<T> {
        Observed {
            answer,
            observed_at: self.clock.now(),
            attempts: 1,
        }
    }

    async fn citizen(
        &self,
        operation: Operation,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        match self.reply(operation, call).await? {
            Reply::Citizen(answer) => Ok(self.observed(answer)),
            other => panic!("{other:?} is no record"),
        }
    }
}

#[async_trait]
impl PopulationRegistry for Source {
    fn profile(&self) -> &'static str {
        "fake"
    }

    fn offers(&self, operation: Operation) -> bool {
        self.offers.lock().unwrap().contains(&operation)
    }

    fn admit(&self, operation: Operation, call: &LookupCall) -> Result<(), PopulationError> {
        if !self.offers(operation) {
            return Err(PopulationError::NotOffered);
        }
        assert_ne!(call.officer.expose(), BREAKING, "on purpose");
        if call.officer.expose() == UNMAPPED {
            return Err(PopulationError::OfficerNotMapped);
        }
        Ok(())
    }

    async fn confirm(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<bool>, Unanswered> {
        match self.reply(Operation::Confirm, call).await? {
            Reply::Yes(yes) => Ok(self.observed(yes)),
            other => panic!("{other:?} is no confirmation"),
        }
    }

    async fn look_up(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.citizen(Operation::LookUp, call).await
    }

    async fn household(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<HouseholdAnswer>, Unanswered> {
        match self.reply(Operation::Household, call).await? {
            Reply::Household(answer) => Ok(self.observed(answer)),
            other => panic!("{other:?} is no household"),
        }
    }

    async fn relatives(
        &self,
        _: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.citizen(Operation::Relatives, call).await
    }
}

/// A record of look-ups in memory.
#[derive(Debug, Default)]
pub(crate) struct Log {
    records: Mutex<Vec<AccessRecord>>,
    /// Refuses before anything is asked.
    pub(crate) unready: AtomicBool,
    /// Refuses each record.
    pub(crate) failing: AtomicBool,
    /// A record is durable only when a test lets it be.
    pub(crate) slow: Mutex<Option<Arc<Semaphore>>>,
    waiting: AtomicUsize,
}

impl Log {
    pub(crate) fn records(&self) -> Vec<AccessRecord> {
        self.records.lock().unwrap().clone()
    }

    /// The only record.
    pub(crate) fn record(&self) -> AccessRecord {
        let records = self.records();
        assert_eq!(records.len(), 1);
        records.into_iter().next().unwrap()
    }

    pub(crate) fn last(&self) -> AccessRecord {
        self.records().pop().unwrap()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    fn out() -> AuditError {
        AuditError::Unavailable {
            reason: "the test says so".to_owned(),
        }
    }
}

#[async_trait]
impl AuditLog for Log {
    async fn record(&self, access: AccessRecord) -> Result<u64, AuditError> {
        if self.failing.load(Ordering::SeqCst) {
            return Err(Self::out());
        }
        let slow = self.slow.lock().unwrap().clone();
        if let Some(gate) = slow {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
        }
        let mut records = self.records.lock().unwrap();
        records.push(access);
        Ok(records.len() as u64)
    }

    async fn ready(&self) -> Result<(), AuditError> {
        if self.unready.load(Ordering::SeqCst) {
            return Err(Self::out());
        }
        Ok(())
    }

    async fn accesses(
        &self,
        _: &AccessFilter,
        _: Option<u64>,
        _: u32,
    ) -> Result<Vec<RecordedAccess>, AuditError> {
        Ok(Vec::new())
    }

    async fn attempts_since(&self, _: &str, _: Timestamp) -> Result<u64, AuditError> {
        Ok(0)
    }

    async fn record_reading(&self, _: AuditReading) -> Result<(), AuditError> {
        Ok(())
    }
}

/// Look-ups between a source and a record.
pub(crate) struct Desk {
    pub(crate) lookups: Arc<Lookups>,
    pub(crate) source: Arc<Source>,
    pub(crate) log: Arc<Log>,
    pub(crate) clock: Arc<ManualClock>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::keeping(Keeping::default())
    }

    pub(crate) fn keeping(keeping: Keeping) -> Self {
        Self::with(keeping, KeyRule::default(), PLACES)
    }

    pub(crate) fn with(keeping: Keeping, name_key: KeyRule, most: usize) -> Self {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::starting_at(start));
        let source = Arc::new(Source {
            clock: Arc::clone(&clock),
            offers: Mutex::new(Operation::ALL.iter().copied().collect()),
            replies: Mutex::default(),
            asked: Mutex::default(),
            gate: Semaphore::new(0),
            held: AtomicBool::new(false),
        });
        let log = Arc::new(Log::default());
        let parts = LookupParts {
            registry: Arc::clone(&source) as _,
            audit: Arc::clone(&log) as _,
            clock: Arc::clone(&clock) as _,
            places: PlaceCatalogue::shipped().unwrap().with_test_place(),
            rules: rules(policy()),
            name_key,
            keeping,
            most,
            reserve: RESERVE,
        };
        let lookups = Arc::new(Lookups::new(parts).unwrap());
        Self {
            lookups,
            source,
            log,
            clock,
        }
    }

    /// Lets whatever can run do so.
    pub(crate) async fn settle(&self) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn rules(policy: AccessPolicy) -> LookupRules {
    let key = "for-tests-only-for-tests-only-for-tests-only".into();
    LookupRules {
        policy,
        hash: KeyedHash::new(KeyId::parse("k1").unwrap(), &key).unwrap(),
    }
}

pub(crate) fn client(name: &str) -> ClientName {
    ClientName::parse(name).unwrap()
}

/// `igate` may see number, name, birth and parents and the names of a household; for an
/// inspection the address too; `archive` may only verify.
pub(crate) fn policy() -> AccessPolicy {
    use CitizenField as Field;
    let usual = [
        Field::PersonalNumber,
        Field::FullName,
        Field::Birth,
        Field::Father,
        Field::Mother,
    ];
    let grant = |name, purpose, fields: &[Field], household: &[HouseholdField]| Grant {
        client: client(name),
        procedures: ProcedureScope::Any,
        purposes: BTreeSet::from([purpose]),
        fields: fields.iter().copied().collect(),
        household: household.iter().copied().collect(),
    };
    let names = [HouseholdField::HeadFullName, HouseholdField::MemberFullName];
    let more = [usual.as_slice(), &[Field::PermanentAddress]].concat();
    AccessPolicy {
        grants: vec![
            grant("igate", Purpose::DossierIntake, &usual, &names),
            grant("igate", Purpose::Inspection, &more, &names),
            grant("archive", Purpose::DossierIntake, &[], &[]),
        ],
    }
}

pub(crate) fn citizen() -> Citizen {
    let relative = |name: &str| {
        Some(Relative {
            full_name: Some(Masked::new(name.to_owned())),
            ..Relative::default()
        })
    };
    Citizen {
        personal_number: PersonalNumber::parse("000185000001").ok(),
        full_name: FullName::parse("TRẦN THỊ MẪU THỬ").ok(),
        birth: BirthDate::parse("1985-02-03").ok(),
        father: relative("TRẦN VĂN VÍ DỤ"),
        mother: relative("LÊ THỊ VÍ DỤ"),
        permanent_address: Some(lienthong_core::citizen::Address {
            detail: Some(Masked::new("Số 0 phố Thử".to_owned())),
            ..Default::default()
        }),
        ..Citizen::default()
    }
}

pub(crate) fn household() -> Household {
    let person = |number, name| HouseholdPerson {
        personal_number: PersonalNumber::parse(number).ok(),
        full_name: FullName::parse(name).ok(),
        ..HouseholdPerson::default()
    };
    Household {
        head: Some(person("000180000002", "TRẦN VĂN VÍ DỤ")),
        members: vec![person("000185000001", "TRẦN THỊ MẪU THỬ")],
    }
}

/// A question of `igate` about the test's citizen.
pub(crate) fn asked() -> Asked {
    Asked {
        context: AccessContext {
            client: client("igate"),
            officer: OfficerId::parse(OFFICER).unwrap(),
            officer_account: None,
            unit: AgencyCode::parse("000.00.01.H42").unwrap(),
            procedure: ProcedureCode::parse("1.001193").unwrap(),
            dossier: DossierNumber::parse("000.00.01.H42-261122-0001").unwrap(),
            purpose: Purpose::DossierIntake,
            legal_basis: None,
        },
        query: CitizenQuery {
            identity: PersonalNumber::parse("000185000001").unwrap().into(),
            name: FullName::parse("Trần Thị Mẫu Thử").unwrap(),
            birth: BirthDate::parse("1985-02-03").unwrap(),
        },
        freshness: Freshness::default(),
    }
}

/// The same question of an officer without a credential.
pub(crate) fn unmapped() -> Asked {
    by(UNMAPPED)
}

/// The same question of another officer.
pub(crate) fn by(officer: &str) -> Asked {
    let mut asked = asked();
    asked.context.officer = OfficerId::parse(officer).unwrap();
    asked
}

/// The same question that asks the source again.
pub(crate) fn afresh() -> Asked {
    Asked {
        freshness: Freshness {
            max_age: None,
            refresh: true,
        },
        ..asked()
    }
}

pub(crate) fn fields(names: &[&str]) -> BTreeSet<CitizenField> {
    let field = |name: &&str| CitizenField::from_path(name).unwrap();
    names.iter().map(field).collect()
}
