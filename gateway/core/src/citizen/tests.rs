//! Who is judged to be the citizen asked about, and what is left of a record.

use proptest::prelude::*;

use super::*;

const NUMBER: &str = "000185000001";
const OLD_NUMBER: &str = "000185001";
const NAME: &str = "Trần Thị Mẫu Thử";

fn personal(text: &str) -> PersonalNumber {
    PersonalNumber::parse(text).unwrap()
}

fn old(text: &str) -> OldIdCardNumber {
    OldIdCardNumber::parse(text).unwrap()
}

fn name(text: &str) -> FullName {
    FullName::parse(text).unwrap()
}

fn birth(text: &str) -> BirthDate {
    BirthDate::parse(text).unwrap()
}

fn query(identity: impl Into<Identity>, born: &str) -> CitizenQuery {
    CitizenQuery {
        identity: identity.into(),
        name: name(NAME),
        birth: birth(born),
    }
}

/// The record of the citizen whom the queries ask about.
fn record() -> Citizen {
    Citizen {
        personal_number: Some(personal(NUMBER)),
        old_id_card_number: Some(old(OLD_NUMBER)),
        full_name: Some(name(NAME)),
        birth: Some(birth("1985-02-13")),
        ..Citizen::default()
    }
}

/// A record in which every field is filled.
fn full_record() -> Citizen {
    let masked = |text: &str| Some(Masked::new(text.to_owned()));
    let term = || {
        Some(CodedTerm {
            code: Masked::new("01".to_owned()),
            name: masked("Kinh"),
        })
    };
    let address = || {
        Some(Address {
            province_code: masked("000"),
            ..Address::default()
        })
    };
    let relative = || {
        Some(Relative {
            full_name: masked("LÝ VĂN THỬ"),
            ..Relative::default()
        })
    };
    Citizen {
        sex: Some(Sex::Female),
        ethnic_group: term(),
        religion: term(),
        marital_status: Some(MaritalStatus::Single),
        blood_type: Some(BloodType::Ab),
        birth_registration_place: address(),
        native_place: address(),
        permanent_address: address(),
        current_address: address(),
        nationality: masked("VN"),
        father: relative(),
        mother: relative(),
        spouse: relative(),
        representative: relative(),
        household_head: relative(),
        household_book_number: masked("000000001"),
        ..record()
    }
}

fn verdict(query: &CitizenQuery, citizen: &Citizen) -> Verdict {
    judge(query, citizen).verdict
}

#[test]
fn the_citizen_asked_about_is_a_match_by_either_number() {
    let by_number = judge(&query(personal(NUMBER), "1985-02-13"), &record());
    let expected = Judgement {
        verdict: Verdict::Match,
        name: Some(NameComparison::Exact),
    };
    assert_eq!(by_number, expected);
    assert_eq!(
        judge(&query(old(OLD_NUMBER), "1985-02-13"), &record()),
        expected
    );
}

#[test]
fn somebody_else_is_never_a_match_however_alike() {
    for asked in [
        query(personal("000185000002"), "1985-02-13"),
        query(old("000185002"), "1985-02-13"),
    ] {
        assert_eq!(verdict(&asked, &record()), Verdict::NoMatch);
    }
}

#[test]
fn the_right_number_in_the_other_field_is_not_the_number() {
    let only_old = Citizen {
        personal_number: None,
        ..record()
    };
    assert_eq!(
        verdict(&query(personal(NUMBER), "1985-02-13"), &only_old),
        Verdict::NoMatch
    );
    let only_new = Citizen {
        old_id_card_number: None,
        ..record()
    };
    assert_eq!(
        verdict(&query(old(OLD_NUMBER), "1985-02-13"), &only_new),
        Verdict::NoMatch
    );
}

#[test]
fn a_record_without_number_or_name_is_not_a_match() {
    let asked = query(personal(NUMBER), "1985-02-13");
    assert_eq!(verdict(&asked, &Citizen::default()), Verdict::NoMatch);
    let nameless = Citizen {
        full_name: None,
        ..record()
    };
    let judgement = judge(&asked, &nameless);
    assert_eq!(
        judgement,
        Judgement {
            verdict: Verdict::NoMatch,
            name: None
        }
    );
}

#[test]
fn accents_are_told_and_do_not_decide_but_another_name_does() {
    let asked = query(personal(NUMBER), "1985-02-13");
    for (returned, comparison, expected) in [
        ("TRẦN THỊ MẪU THỬ", NameComparison::Exact, Verdict::Match),
        (
            "TRAN THI MAU THU",
            NameComparison::AccentDifference,
            Verdict::Match,
        ),
        ("Trần Thị Mẫu", NameComparison::Different, Verdict::NoMatch),
        ("Lý Thị Thử", NameComparison::Different, Verdict::NoMatch),
    ] {
        let found = Citizen {
            full_name: Some(name(returned)),
            ..record()
        };
        let judgement = judge(&asked, &found);
        assert_eq!(
            judgement,
            Judgement {
                verdict: expected,
                name: Some(comparison)
            }
        );
    }
    let moved_tone = CitizenQuery {
        name: name("Nguyễn Thị Hoà"),
        ..asked
    };
    let found = Citizen {
        full_name: Some(name("NGUYỄN THỊ HÒA")),
        ..record()
    };
    let expected = Judgement {
        verdict: Verdict::Match,
        name: Some(NameComparison::TonePlacement),
    };
    assert_eq!(judge(&moved_tone, &found), expected);
}

#[test]
fn a_birth_must_agree_where_the_record_has_one() {
    for (asked, on_record, expected) in [
        ("1985-02-13", Some("1985-02-13"), Verdict::Match),
        ("1985-02-13", Some("1985"), Verdict::Match),
        ("1985", Some("1985-02-13"), Verdict::Match),
        ("1985", Some("1985"), Verdict::Match),
        ("1985-02-13", None, Verdict::Match),
        ("1985-02-13", Some("1985-02-14"), Verdict::NoMatch),
        ("1985-02-13", Some("1986"), Verdict::NoMatch),
        ("1986", Some("1985-02-13"), Verdict::NoMatch),
    ] {
        let found = Citizen {
            birth: on_record.map(birth),
            ..record()
        };
        let verdict = verdict(&query(personal(NUMBER), asked), &found);
        assert_eq!(verdict, expected, "{asked} {on_record:?}");
    }
}

/// The fields that hold something. Taken apart without `..`, so that a field that
/// is added has to be added here.
fn present(citizen: &Citizen) -> BTreeSet<CitizenField> {
    let Citizen {
        personal_number,
        old_id_card_number,
        full_name,
        sex,
        ethnic_group,
        religion,
        marital_status,
        blood_type,
        birth,
        birth_registration_place,
        native_place,
        permanent_address,
        current_address,
        nationality,
        father,
        mother,
        spouse,
        representative,
        household_head,
        household_book_number,
    } = citizen;
    let held = [
        ("personal_number", personal_number.is_some()),
        ("old_id_card_number", old_id_card_number.is_some()),
        ("full_name", full_name.is_some()),
        ("sex", sex.is_some()),
        ("ethnic_group", ethnic_group.is_some()),
        ("religion", religion.is_some()),
        ("marital_status", marital_status.is_some()),
        ("blood_type", blood_type.is_some()),
        ("birth", birth.is_some()),
        (
            "birth_registration_place",
            birth_registration_place.is_some(),
        ),
        ("native_place", native_place.is_some()),
        ("permanent_address", permanent_address.is_some()),
        ("current_address", current_address.is_some()),
        ("nationality", nationality.is_some()),
        ("father", father.is_some()),
        ("mother", mother.is_some()),
        ("spouse", spouse.is_some()),
        ("representative", representative.is_some()),
        ("household_head", household_head.is_some()),
        ("household_book_number", household_book_number.is_some()),
    ];
    held.into_iter()
        .filter(|(_, there)| *there)
        .map(|(path, _)| CitizenField::from_path(path).unwrap())
        .collect()
}

#[test]
fn every_field_of_a_record_can_be_named() {
    let all: BTreeSet<CitizenField> = CitizenField::ALL.iter().copied().collect();
    assert_eq!(present(&full_record()), all);
}

#[test]
fn a_field_is_found_by_its_path_and_by_no_other() {
    for field in CitizenField::ALL {
        assert_eq!(CitizenField::from_path(field.path()), Some(*field));
    }
    for path in [
        "",
        "fullName",
        "FULL_NAME",
        "full_name ",
        "full_name.x",
        "*",
        "name",
    ] {
        assert_eq!(CitizenField::from_path(path), None, "{path:?}");
    }
}

#[test]
fn a_record_shows_nobody_in_its_debug() {
    let shown = format!("{:?}", full_record());
    for secret in [
        NUMBER,
        OLD_NUMBER,
        "Trần",
        "1985",
        "LÝ",
        "Kinh",
        "VN",
        "000000001",
    ] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

proptest! {
    #[test]
    fn a_record_keeps_the_allowed_fields_and_no_others(
        allowed in prop::sample::subsequence(CitizenField::ALL.to_vec(), 0..=CitizenField::ALL.len()),
    ) {
        let allowed: BTreeSet<CitizenField> = allowed.into_iter().collect();
        prop_assert_eq!(present(&full_record().limited_to(&allowed)), allowed.clone());
        prop_assert!(present(&Citizen::default().limited_to(&allowed)).is_empty());
    }

    #[test]
    fn an_answer_about_another_number_is_never_a_match(
        asked in "000[0-9]{9}", found in prop::option::of("000[0-9]{9}"),
        old_number in prop::option::of("000[0-9]{6}"),
    ) {
        prop_assume!(found.as_ref() != Some(&asked));
        let about_another = Citizen {
            personal_number: found.as_deref().map(personal),
            old_id_card_number: old_number.as_deref().map(old),
            ..full_record()
        };
        let asked = query(personal(&asked), "1985-02-13");
        prop_assert_eq!(verdict(&asked, &about_another), Verdict::NoMatch);
    }

    #[test]
    fn an_answer_about_another_old_card_is_never_a_match(
        asked in "000[0-9]{6}", found in prop::option::of("000[0-9]{6}"),
    ) {
        prop_assume!(found.as_ref() != Some(&asked));
        let about_another = Citizen {
            old_id_card_number: found.as_deref().map(old),
            ..full_record()
        };
        let asked = query(old(&asked), "1985-02-13");
        prop_assert_eq!(verdict(&asked, &about_another), Verdict::NoMatch);
    }
}
