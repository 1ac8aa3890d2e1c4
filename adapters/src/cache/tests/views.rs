//! What a kept record or household gives to whom.

use super::super::shelf::Stored;
use super::*;

#[test]
fn every_field_of_a_record_comes_back() {
    let desk = Desk::new();
    desk.put_record(&all());
    let kept = desk.record(&all(), &all()).unwrap();
    let KeptAnswer::Match(record) = kept.answer else {
        panic!("a match was kept");
    };
    assert_eq!(record.name, Some(NameComparison::Exact));
    assert_eq!(
        records::exposed(&record.citizen),
        records::exposed(&full_record())
    );
}

#[test]
fn an_empty_record_and_one_without_a_day_come_back() {
    let years = Citizen {
        birth: Some(BirthDate::Year(1940)),
        ..Citizen::default()
    };
    for citizen in [Citizen::default(), years] {
        let mut out = Writer::new();
        write_citizen(&mut out, &citizen);
        let bytes = out.finish();
        let read = read_citizen(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(records::exposed(&read), records::exposed(&citizen));
    }
}

#[test]
fn a_record_that_is_cut_short_is_damaged_and_nothing_else() {
    let mut out = Writer::new();
    write_citizen(&mut out, &full_record());
    let bytes = out.finish();
    for length in 0..bytes.len() {
        assert!(
            read_citizen(&mut Reader::new(&bytes[..length])).is_err(),
            "{length}"
        );
    }
}

#[test]
fn a_full_record_stays_within_320_bytes() {
    let entry = Entry::of_record(
        &Origin {
            observed_at: Timestamp::UNIX_EPOCH,
            request_number: RequestNumber::new("LT-019aa2f0c3d47e5f8a6b7c8d9e0f1a2b").unwrap(),
        },
        &Compared {
            spelling: [0; 8],
            comparison: None,
        },
        &full_record(),
        &all(),
    );
    assert!(entry.length() <= 320, "{}", entry.length());
}

#[test]
fn a_record_serves_only_callers_who_may_see_all_of_it() {
    use CitizenField::{Birth, FullName, Sex};
    let desk = Desk::new();
    desk.put_record(&BTreeSet::from([FullName, Birth]));
    let served = |wanted: &[CitizenField], allowed: &[CitizenField]| {
        let [wanted, allowed] = [wanted, allowed].map(|set| set.iter().copied().collect());
        desk.record(&wanted, &allowed).is_some()
    };
    assert!(served(&[FullName, Birth], &[FullName, Birth]));
    assert!(served(&[Birth], &[FullName, Birth, Sex]));
    assert!(
        !served(&[Birth], &[Birth]),
        "it holds a name that this caller may not see"
    );
    assert!(
        !served(&[Birth, Sex], &[FullName, Birth, Sex]),
        "the sex was not kept"
    );
}

#[test]
fn only_the_fields_that_are_wanted_are_given() {
    let desk = Desk::new();
    desk.put_record(&all());
    let wanted = BTreeSet::from([CitizenField::Birth]);
    let kept = desk.record(&wanted, &all()).unwrap();
    let KeptAnswer::Match(record) = kept.answer else {
        panic!("a match was kept");
    };
    let expected = full_record().limited_to(&wanted);
    assert_eq!(
        records::exposed(&record.citizen),
        records::exposed(&expected)
    );
    assert_eq!(record.name, Some(NameComparison::Exact));
}

#[test]
fn another_spelling_is_compared_anew_or_not_answered() {
    let desk = Desk::new();
    let plain = FullName::parse("Tran Thi Mau Thu").unwrap();
    let compare = |fields: &BTreeSet<CitizenField>| {
        desk.put_record(fields);
        let view = View {
            wanted: &BTreeSet::new(),
            allowed: &all(),
        };
        let kept = desk.cache.record(&desk.key(), &plain, view, ANY)?;
        match kept.answer {
            KeptAnswer::Match(record) => record.name,
            KeptAnswer::NoMatch => None,
        }
    };
    assert_eq!(compare(&all()), Some(NameComparison::AccentDifference));
    let without_name = BTreeSet::from([CitizenField::Birth]);
    assert_eq!(compare(&without_name), None);
    let same = desk.record(&without_name, &without_name).unwrap();
    let KeptAnswer::Match(record) = same.answer else {
        panic!("a match was kept");
    };
    assert_eq!(record.name, Some(NameComparison::Exact));
    assert!(record.citizen.full_name.is_none());
}

#[test]
fn a_household_comes_back_for_those_who_may_see_it() {
    let desk = Desk::new();
    let member = |name: &str| HouseholdPerson {
        personal_number: PersonalNumber::parse("000210000002").ok(),
        full_name: FullName::parse(name).ok(),
        birth: BirthDate::parse("2010-09-01").ok(),
        relation_code: Some(Masked::new("CH99".to_owned())),
    };
    let household = Household {
        head: Some(member("TRẦN THỊ MẪU THỬ")),
        members: vec![member("LÊ VĂN VÍ DỤ"), HouseholdPerson::default()],
    };
    let every: BTreeSet<_> = HouseholdField::ALL.iter().copied().collect();
    let some = BTreeSet::from([HouseholdField::MemberFullName, HouseholdField::MemberBirth]);
    desk.cache
        .put_household(&desk.key(), &household, &every, &desk.origin());
    let read = |wanted, allowed| {
        let view = View { wanted, allowed };
        match desk.cache.household(&desk.key(), view, ANY)?.answer {
            KeptAnswer::Match(household) => Some(records::exposed_household(&household)),
            KeptAnswer::NoMatch => None,
        }
    };
    let limited = |fields| records::exposed_household(&household.clone().limited_to(fields));
    assert_eq!(read(&every, &every), Some(limited(&every)));
    assert_eq!(read(&some, &every), Some(limited(&some)));
    assert_eq!(read(&some, &some), None);
}
