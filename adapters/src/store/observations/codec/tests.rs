//! What was kept comes back, and nothing else is taken for it.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::dossier::event::EventBody;
use lienthong_core::observation::ObservationRules;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{LookupSeen, Observation};
use proptest::prelude::*;

use super::{Bytes, Known, StoredFacts, StoredLookups, Words, texts, write};
use crate::store::observations::{Columns, Row};
use crate::store::samples::{dossier, full_dossier, number, step};

fn at(seconds: i64) -> Timestamp {
    let begin: Timestamp = "2025-07-14T01:00:00Z".parse().unwrap();
    begin + SignedDuration::from_secs(seconds)
}

/// A dossier with everything that facts can hold.
fn full() -> Row {
    let rules = ObservationRules::shipped().unwrap();
    let mut state = full_dossier(&number(1));
    state.documents[0].deleted = false;
    let mut replaced = state.clone();
    replaced.status = PortalStatus::Processing;
    replaced.dates.due = Some(at(9_999_999));
    let mut apology = step("Ban hành văn bản xin lỗi");
    apology.due_at = Some(at(7));
    let mut nameless = step("Trả");
    nameless.department = None;
    let told = |revision, seconds, body| Observation::Event {
        revision,
        occurred_at: at(seconds),
        body,
    };
    let stepped = |step| EventBody::Step {
        dossier: number(1),
        step: Box::new(step),
    };
    let mut kept = Row::default();
    for happened in [
        told(1, 10, EventBody::State(Box::new(state))),
        told(2, 20, stepped(apology)),
        told(3, 30, stepped(nameless)),
        told(4, 9_000_000, EventBody::State(Box::new(replaced))),
        lookup(5, AccessOutcome::Matched, &["birth", "full_name"]),
        lookup(6, AccessOutcome::NotAnswered, &[]),
    ] {
        kept.observe("log", &happened, &rules);
    }
    kept
}

fn lookup(seconds: i64, outcome: AccessOutcome, fields: &[&str]) -> Observation {
    Observation::Lookup(LookupSeen {
        dossier: number(1),
        asked_at: at(seconds),
        outcome,
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
    })
}

/// Everything to the microsecond, which is what a store keeps.
fn cut(mut row: Row) -> Row {
    let cut = |at: &mut Option<Timestamp>| {
        *at = at.map(|at| Timestamp::from_microsecond(at.as_microsecond()).unwrap());
    };
    let kept = &mut row.kept;
    cut(&mut kept.last_due);
    cut(&mut kept.stated.finished);
    cut(&mut kept.stated.returned);
    cut(&mut kept.stated.refused);
    if let Some(facts) = &mut kept.facts {
        cut(&mut facts.due);
        cut(&mut facts.first_due);
    }
    kept.derive();
    row
}

fn back(row: &Row, words: &Words) -> Row {
    let known: Known = words.iter().map(|(text, id)| (*id, text.clone())).collect();
    let Bytes { facts, lookups } = write(row, words).unwrap();
    let mut read = Row::default();
    if let Some(facts) = &facts {
        let facts = StoredFacts::read(facts).unwrap();
        read.kept = facts.kept(number(1), &known).unwrap();
    }
    if let Some(lookups) = &lookups {
        let lookups = StoredLookups::read(lookups).unwrap();
        read.lookups = lookups.by_log(&known).unwrap();
    }
    read
}

#[test]
fn facts_come_back_whole_with_names_listed_and_spelled() {
    let kept = cut(full());
    assert!(
        kept.kept
            .facts
            .as_ref()
            .unwrap()
            .due_moved_late_at
            .is_some()
    );
    let listed: Words = texts(&kept).map(str::to_owned).zip(7..).collect();
    assert_eq!(listed.len(), 4, "a department, two fields and a log");
    assert_eq!(back(&kept, &listed), kept);
    assert_eq!(back(&kept, &Words::new()), kept);
}

#[test]
fn lookups_without_a_state_come_back_and_a_state_without_lookups() {
    let rules = ObservationRules::shipped().unwrap();
    let mut only_lookups = Row::default();
    only_lookups.observe("log", &lookup(3, AccessOutcome::Denied, &[]), &rules);
    only_lookups.observe("log", &lookup(9, AccessOutcome::NotAnswered, &[]), &rules);
    assert_eq!(back(&only_lookups, &Words::new()), only_lookups);
    let columns = Columns::of(&only_lookups);
    assert_eq!(columns.received, None);
    assert_eq!(columns.ended, Some(at(9).as_microsecond()));
    let mut only_state = Row::default();
    let body = EventBody::State(Box::new(dossier(&number(1), "A")));
    let state = Observation::Event {
        revision: 1,
        occurred_at: at(0),
        body,
    };
    only_state.observe("log", &state, &rules);
    assert_eq!(back(&only_state, &Words::new()), only_state);
    let columns = Columns::of(&only_state);
    assert_eq!(columns.procedure.as_deref(), Some("1.001193"));
    assert_eq!(
        (columns.unit.as_deref(), columns.ended),
        (Some("H22.12"), None)
    );
}

#[test]
fn a_row_is_small() {
    let kept = full();
    let words: Words = texts(&kept).map(str::to_owned).zip(500..).collect();
    let Bytes { facts, lookups } = write(&kept, &words).unwrap();
    let (facts, lookups) = (facts.unwrap().len(), lookups.unwrap().len());
    assert!(facts < 160, "{facts} bytes");
    assert!(lookups < 36, "{lookups} bytes");
}

#[test]
fn nothing_of_a_person_is_in_the_bytes() {
    let Bytes { facts, lookups } = write(&full(), &Words::new()).unwrap();
    let bytes = [facts.unwrap(), lookups.unwrap()].concat();
    let text = String::from_utf8_lossy(&bytes);
    for secret in ["THỬ", "thử", "0001850", "s3cret", "example", "Giấy", "Bưu"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // What may be there, so that the search is known to find anything at all.
    assert!(text.contains("Bộ phận một cửa") && text.contains("full_name"));
}

#[test]
fn what_does_not_fit_is_named_and_not_repeated() {
    let kept = full();
    let words: Words = texts(&kept).map(str::to_owned).zip(0..).collect();
    let bytes = write(&kept, &words).unwrap().facts.unwrap();
    let read = StoredFacts::read(&bytes).unwrap();
    let refused = read.kept(number(1), &Known::new()).unwrap_err();
    assert_eq!(refused, "a name is not in the list");
    let mut newer = bytes.clone();
    newer[0] = 2;
    assert_eq!(
        StoredFacts::read(&newer).unwrap_err(),
        "its facts have a version that this program does not know"
    );
    assert_eq!(StoredFacts::read(&[]).unwrap_err(), "its facts are empty");
    assert_eq!(
        StoredFacts::read(&bytes[..bytes.len() / 2]).unwrap_err(),
        "its facts do not have the form of their version"
    );
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_panic(mut bytes in prop::collection::vec(any::<u8>(), 1..120)) {
        bytes[0] = 1;
        if let Ok(stored) = StoredFacts::read(&bytes) {
            assert!(stored.words().count() <= 120);
            drop(stored.kept(number(1), &Known::new()));
        }
        for version in [1, 2] {
            bytes[0] = version;
            if let Ok(stored) = StoredLookups::read(&bytes) {
                assert!(stored.words().count() <= 120);
                drop(stored.by_log(&Known::new()));
            }
        }
    }

    #[test]
    fn any_facts_with_a_spoilt_byte_are_answered_without_panic(place in 1usize..150, byte: u8) {
        let mut bytes = write(&full(), &Words::new()).unwrap().facts.unwrap();
        if let Some(spoilt) = bytes.get_mut(place) {
            *spoilt = byte;
        }
        if let Ok(stored) = StoredFacts::read(&bytes) {
            drop(stored.kept(number(1), &Known::new()));
        }
    }
}
