use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Citizen, CitizenField, CitizenQuery};
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::household::{Household, HouseholdField, HouseholdPerson};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::lookup::keeping::{ClassRule, DataClass, Keeping, Scope};
use lienthong_core::lookup::{AnswerSource, Freshness};
use lienthong_core::masked::Masked;
use lienthong_core::name::{FullName, KeyRule, NameComparison};
use lienthong_core::ports::population::{Operation, RequestNumber};
use lienthong_core::procedure::ProcedureCode;

use super::packing::{Reader, Writer};
use super::person::{read_citizen, write_citizen};
use super::*;

mod records;
mod views;

use records::full_record;

struct Desk {
    clock: Arc<ManualClock>,
    cache: AnswerCache,
}

impl Desk {
    fn with(keeping: Keeping) -> Self {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::starting_at(start));
        let cache = AnswerCache::new(keeping, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        Self { clock, cache }
    }

    fn new() -> Self {
        Self::with(Keeping::default())
    }

    fn key(&self) -> CacheKey {
        self.key_for("000.00.01.H42-261122-0001")
    }

    fn key_for(&self, dossier: &str) -> CacheKey {
        let rule = KeyRule::default();
        self.cache
            .key(&context(dossier), Operation::LookUp, &query(), rule)
    }

    fn origin(&self) -> Origin {
        Origin {
            observed_at: self.clock.now(),
            request_number: RequestNumber::new("LT-0001").unwrap(),
        }
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn put_record(&self, fields: &BTreeSet<CitizenField>) {
        self.cache.put_record(
            &self.key(),
            &query().name,
            Some(NameComparison::Exact),
            &full_record(),
            fields,
            &self.origin(),
        );
    }

    fn record(
        &self,
        wanted: &BTreeSet<CitizenField>,
        allowed: &BTreeSet<CitizenField>,
    ) -> Option<Kept<KeptRecord>> {
        let view = View { wanted, allowed };
        self.cache.record(&self.key(), &query().name, view, ANY)
    }
}

const ANY: Freshness = Freshness {
    max_age: None,
    refresh: false,
};

fn context(dossier: &str) -> AccessContext {
    AccessContext {
        client: ClientName::parse("igate").unwrap(),
        officer: OfficerId::parse("cb01").unwrap(),
        officer_account: None,
        unit: AgencyCode::parse("H42").unwrap(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        dossier: DossierNumber::parse(dossier).unwrap(),
        purpose: Purpose::DossierIntake,
        legal_basis: None,
    }
}

fn query() -> CitizenQuery {
    CitizenQuery {
        identity: PersonalNumber::parse("000185000001").unwrap().into(),
        name: FullName::parse("TRẦN THỊ MẪU THỬ").unwrap(),
        birth: BirthDate::parse("1985-02-13").unwrap(),
    }
}

fn all() -> BTreeSet<CitizenField> {
    CitizenField::ALL.iter().copied().collect()
}

fn figures(desk: &Desk, class: DataClass) -> ClassFigures {
    let figures = desk.cache.figures();
    figures.iter().find(|(one, _)| *one == class).unwrap().1
}

fn is_match<T>(kept: Option<Kept<T>>) -> Option<bool> {
    kept.map(|kept| matches!(kept.answer, KeptAnswer::Match(_)))
}

#[test]
fn a_kept_answer_tells_its_age_and_its_request() {
    let desk = Desk::new();
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
    let origin = desk.origin();
    desk.cache.put_verdict(&desk.key(), &origin);
    desk.wait(90);
    let kept = desk.cache.verdict(&desk.key(), ANY).unwrap();
    assert!(matches!(kept.answer, KeptAnswer::Match(())));
    assert_eq!(kept.origin, origin);
    assert_eq!(kept.age, Duration::from_secs(90));
    assert_eq!(kept.source, AnswerSource::Cache);
}

#[test]
fn an_answer_is_given_until_its_time_is_up_by_the_injected_clock() {
    let desk = Desk::new();
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.wait(600);
    assert!(desk.cache.verdict(&desk.key(), ANY).is_some());
    desk.wait(1);
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
    assert_eq!(figures(&desk, DataClass::Verdict).entries, 0);
}

#[test]
fn a_caller_can_ask_for_something_fresher() {
    let desk = Desk::new();
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.wait(10);
    let verdict = |max_age: Option<u64>, refresh| {
        let freshness = Freshness {
            max_age: max_age.map(Duration::from_secs),
            refresh,
        };
        desk.cache.verdict(&desk.key(), freshness).is_some()
    };
    assert!(verdict(Some(10), false));
    assert!(!verdict(Some(9), false));
    assert!(!verdict(Some(0), false));
    assert!(!verdict(None, true));
    assert!(
        verdict(None, false),
        "what was too old for one caller stays"
    );
}

#[test]
fn an_answer_from_the_future_is_not_given() {
    let desk = Desk::new();
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.wait(-1);
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
    desk.wait(1);
    assert!(desk.cache.verdict(&desk.key(), ANY).is_some());
}

#[test]
fn only_what_the_rules_allow_is_kept() {
    let desk = Desk::with(Keeping::nothing());
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.cache.put_negative(&desk.key(), &desk.origin());
    desk.put_record(&all());
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
    assert!(desk.record(&all(), &all()).is_none());
    assert!(desk.cache.figures().iter().all(|(_, one)| one.entries == 0));
}

#[test]
fn another_dossier_has_answers_of_its_own() {
    let desk = Desk::new();
    let other = "000.00.01.H42-261122-0002";
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    assert!(desk.cache.verdict(&desk.key_for(other), ANY).is_none());

    let wide = Desk::with(Keeping {
        scope: Scope::Procedure,
        ..Keeping::default()
    });
    wide.cache.put_verdict(&wide.key(), &wide.origin());
    assert!(wide.cache.verdict(&wide.key_for(other), ANY).is_some());
}

#[test]
fn the_latest_of_match_and_no_match_holds() {
    let desk = Desk::new();
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.put_record(&all());
    desk.wait(1);
    desk.cache.put_negative(&desk.key(), &desk.origin());
    assert_eq!(is_match(desk.cache.verdict(&desk.key(), ANY)), Some(false));
    assert_eq!(is_match(desk.record(&all(), &all())), Some(false));
    desk.wait(31);
    assert_eq!(
        is_match(desk.cache.verdict(&desk.key(), ANY)),
        None,
        "a match from before does not come back when \"no match\" is past its time"
    );

    desk.cache.put_negative(&desk.key(), &desk.origin());
    desk.wait(1);
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    assert_eq!(is_match(desk.cache.verdict(&desk.key(), ANY)), Some(true));
}

#[test]
fn an_answer_that_comes_late_does_not_displace_a_newer_one() {
    let desk = Desk::new();
    let earlier = desk.origin();
    desk.wait(5);
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.cache.put_negative(&desk.key(), &earlier);
    assert_eq!(is_match(desk.cache.verdict(&desk.key(), ANY)), Some(true));
    desk.cache.put_verdict(&desk.key(), &earlier);
    let kept = desk.cache.verdict(&desk.key(), ANY).unwrap();
    assert_eq!(kept.age, Duration::ZERO);
}

#[test]
fn no_match_is_believed_even_where_it_may_not_be_kept() {
    let desk = Desk::with(Keeping {
        negative: None,
        ..Keeping::default()
    });
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.cache.put_negative(&desk.key(), &desk.origin());
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
}

#[test]
fn a_verdict_past_its_time_is_given_only_where_it_may_be_stale() {
    let stale_too = Keeping {
        verdict: Some(ClassRule {
            keep: Duration::from_mins(1),
            stale: Duration::from_mins(1),
            size: 1 << 20,
        }),
        ..Keeping::default()
    };
    for (keeping, expected) in [(stale_too, true), (Keeping::default(), false)] {
        let past = keeping.verdict.unwrap().keep.as_secs() + 1;
        let desk = Desk::with(keeping);
        desk.cache.put_verdict(&desk.key(), &desk.origin());
        desk.wait(i64::try_from(past).unwrap());
        assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
        let kept = desk.cache.stale_verdict(&desk.key(), ANY);
        assert_eq!(kept.is_some(), expected);
        assert!(kept.is_none_or(|kept| kept.source == AnswerSource::Stale));
        assert_eq!(
            figures(&desk, DataClass::Verdict).stale,
            u64::from(expected)
        );
        let strict = Freshness {
            max_age: Some(Duration::from_mins(1)),
            refresh: false,
        };
        assert!(desk.cache.stale_verdict(&desk.key(), strict).is_none());
        desk.wait(60);
        assert!(desk.cache.stale_verdict(&desk.key(), ANY).is_none());
    }
}

#[test]
fn clearing_forgets_everything_also_what_is_on_its_way() {
    let desk = Desk::new();
    let old = desk.key();
    desk.cache.put_verdict(&old, &desk.origin());
    desk.put_record(&all());
    desk.cache.clear();
    assert!(desk.cache.figures().iter().all(|(_, one)| one.entries == 0));
    assert_ne!(desk.key(), old);
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
    desk.cache.put_verdict(&old, &desk.origin());
    assert!(desk.cache.verdict(&old, ANY).is_none());
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
    assert_eq!(desk.cache.keeping(), Keeping::default());
}

#[test]
fn other_rules_hold_at_once() {
    let desk = Desk::new();
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    desk.cache.replace(Keeping::nothing());
    assert_eq!(desk.cache.keeping(), Keeping::nothing());
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    assert!(desk.cache.verdict(&desk.key(), ANY).is_none());
}

#[test]
fn hits_and_misses_are_counted_by_class() {
    let desk = Desk::new();
    let _ = desk.cache.verdict(&desk.key(), ANY);
    desk.cache.put_verdict(&desk.key(), &desk.origin());
    let _ = desk.cache.verdict(&desk.key(), ANY);
    let _ = desk.cache.verdict(&desk.key(), ANY);
    desk.wait(1);
    desk.cache.put_negative(&desk.key(), &desk.origin());
    let _ = desk.cache.verdict(&desk.key(), ANY);
    let verdict = figures(&desk, DataClass::Verdict);
    assert_eq!((verdict.entries, verdict.hits, verdict.misses), (0, 2, 1));
    let negative = figures(&desk, DataClass::Negative);
    assert_eq!(
        (negative.entries, negative.hits, negative.misses),
        (1, 1, 0)
    );
    assert!(negative.bytes > u64::from(shelf::OVERHEAD));
}

#[test]
fn the_memory_of_a_class_is_bounded() {
    let room = 50 * 1024;
    let desk = Desk::with(Keeping {
        verdict: Some(ClassRule {
            keep: Duration::from_mins(10),
            stale: Duration::ZERO,
            size: room,
        }),
        ..Keeping::default()
    });
    for number in 1..=2_000 {
        let key = desk.key_for(&format!("000.00.01.H42-261122-{number:04}"));
        desk.cache.put_verdict(&key, &desk.origin());
    }
    let figures = figures(&desk, DataClass::Verdict);
    assert!(figures.entries > 100, "{figures:?}");
    assert!(figures.bytes <= room, "{figures:?}");
}
