//! What the policy names is allowed, and nothing else.

use proptest::prelude::*;

use super::*;

const ALL_PURPOSES: [Purpose; 5] = [
    Purpose::DossierIntake,
    Purpose::DossierProcessing,
    Purpose::ResultDelivery,
    Purpose::DataCleaning,
    Purpose::Inspection,
];

fn client(name: &str) -> ClientName {
    ClientName::parse(name).unwrap()
}

fn procedure(code: &str) -> ProcedureCode {
    ProcedureCode::parse(code).unwrap()
}

fn asks(name: &str, code: &str, purpose: Purpose) -> AccessContext {
    AccessContext {
        client: client(name),
        officer: OfficerId::parse("000185000001").unwrap(),
        officer_account: None,
        unit: AgencyCode::parse("H22.12").unwrap(),
        procedure: procedure(code),
        dossier: DossierNumber::parse("H22.12-250714-0007").unwrap(),
        purpose,
        legal_basis: None,
    }
}

fn grant(name: &str, codes: &[&str], purposes: &[Purpose], fields: &[CitizenField]) -> Grant {
    Grant {
        client: client(name),
        procedures: ProcedureScope::Only(codes.iter().map(|code| procedure(code)).collect()),
        purposes: purposes.iter().copied().collect(),
        fields: fields.iter().copied().collect(),
        household: BTreeSet::new(),
    }
}

fn intake(grants: Vec<Grant>, name: &str, code: &str) -> Result<Vec<CitizenField>, AccessDenied> {
    let allowed = AccessPolicy { grants }.permit(&asks(name, code, Purpose::DossierIntake));
    allowed.map(|allowed| allowed.fields.into_iter().collect())
}

#[test]
fn an_empty_policy_allows_nothing() {
    assert_eq!(
        intake(vec![], "igate", "1.001193"),
        Err(AccessDenied::Client)
    );
    let nothing = grant("igate", &[], &ALL_PURPOSES, CitizenField::ALL);
    assert_eq!(
        intake(vec![nothing], "igate", "1.001193"),
        Err(AccessDenied::Procedure)
    );
    let aimless = grant("igate", &["1.001193"], &[], CitizenField::ALL);
    assert_eq!(
        intake(vec![aimless], "igate", "1.001193"),
        Err(AccessDenied::Purpose)
    );
}

#[test]
fn the_first_rule_that_no_grant_fulfils_is_named() {
    let policy = AccessPolicy {
        grants: vec![
            grant(
                "igate",
                &["1.001193"],
                &[Purpose::DossierIntake],
                &[CitizenField::FullName],
            ),
            grant(
                "igate",
                &["1.004222"],
                &[Purpose::Inspection],
                &[CitizenField::Birth],
            ),
        ],
    };
    for (name, code, purpose, denied) in [
        (
            "other",
            "1.001193",
            Purpose::DossierIntake,
            AccessDenied::Client,
        ),
        (
            "igate",
            "2.000815",
            Purpose::DossierIntake,
            AccessDenied::Procedure,
        ),
        (
            "igate",
            "1.001193",
            Purpose::DataCleaning,
            AccessDenied::Purpose,
        ),
        (
            "igate",
            "1.001193",
            Purpose::Inspection,
            AccessDenied::Purpose,
        ),
        (
            "igate",
            "1.004222",
            Purpose::DossierIntake,
            AccessDenied::Purpose,
        ),
    ] {
        assert_eq!(
            policy.permit(&asks(name, code, purpose)),
            Err(denied),
            "{name} {code}"
        );
    }
}

#[test]
fn grants_add_up_only_where_each_covers_the_question() {
    let purposes = [Purpose::DossierIntake];
    let grants = vec![
        grant("igate", &["1.001193"], &purposes, &[CitizenField::FullName]),
        grant(
            "igate",
            &["1.001193", "1.004222"],
            &purposes,
            &[CitizenField::Birth],
        ),
        grant(
            "igate",
            &["1.001193"],
            &[Purpose::Inspection],
            &[CitizenField::Religion],
        ),
        grant("igate", &["2.000815"], &purposes, &[CitizenField::Father]),
        grant("other", &["1.001193"], &purposes, &[CitizenField::Spouse]),
    ];
    assert_eq!(
        intake(grants.clone(), "igate", "1.001193"),
        Ok(vec![CitizenField::FullName, CitizenField::Birth])
    );
    assert_eq!(
        intake(grants, "igate", "1.004222"),
        Ok(vec![CitizenField::Birth])
    );
}

#[test]
fn a_grant_without_fields_still_lets_verify() {
    let bare = grant("igate", &["1.001193"], &[Purpose::DossierIntake], &[]);
    assert_eq!(intake(vec![bare], "igate", "1.001193"), Ok(vec![]));
}

#[test]
fn any_procedure_is_every_procedure_but_not_every_client() {
    let grants = vec![Grant {
        procedures: ProcedureScope::Any,
        ..grant(
            "igate",
            &[],
            &[Purpose::DossierIntake],
            &[CitizenField::Sex],
        )
    }];
    for code in ["1.001193", "2.000815.000.00.00.H55"] {
        assert_eq!(
            intake(grants.clone(), "igate", code),
            Ok(vec![CitizenField::Sex])
        );
    }
    assert_eq!(
        intake(grants, "igate2", "1.001193"),
        Err(AccessDenied::Client)
    );
}

#[test]
fn one_national_procedure_is_covered_in_each_way_of_writing_it() {
    let plain = "2.000815";
    let [short, long] = ["2.000815.H55", "2.000815.000.00.00.H55"];
    let elsewhere = "2.000815.H22";
    for (granted, asked, covered) in [
        (plain, plain, true),
        (plain, short, true),
        (plain, long, true),
        (short, short, true),
        (short, long, true),
        (long, short, true),
        (short, plain, false),
        (short, elsewhere, false),
        (long, elsewhere, false),
        (plain, "2.000816", false),
        (plain, "2.000816.H55", false),
        (plain, "2.0008151", false),
    ] {
        let grants = vec![grant("igate", &[granted], &[Purpose::DossierIntake], &[])];
        let answer = intake(grants, "igate", asked);
        let expected = if covered {
            Ok(vec![])
        } else {
            Err(AccessDenied::Procedure)
        };
        assert_eq!(answer, expected, "{granted} {asked}");
    }
}

#[test]
fn a_client_name_is_short_and_plain() {
    for name in ["igate", "a", "igate-2.h22_test", &"a".repeat(64)] {
        assert_eq!(ClientName::parse(name).unwrap().as_str(), name);
    }
    for text in ["", "Igate", "i gate", "igaté", "a/b", &"a".repeat(65)] {
        assert_eq!(ClientName::parse(text), None, "{text:?}");
    }
}

#[test]
fn an_officer_is_never_shown() {
    for code in ["000185000001", "CB_01-a.b", &"a".repeat(20)] {
        let officer = OfficerId::parse(code).unwrap();
        assert_eq!(officer.expose(), code);
        assert_eq!(format!("{officer:?}"), "OfficerId(***)");
    }
    for text in ["", "a b", "a\"b", "cán bộ", &"a".repeat(21)] {
        assert_eq!(OfficerId::parse(text), None, "{text:?}");
    }
    let shown = format!("{:?}", asks("igate", "1.001193", Purpose::Inspection));
    assert!(!shown.contains("000185000001"), "{shown}");
}

const CODES: [&str; 4] = ["1.001193", "1.004222", "1.001193.H22", "1.001193.H55"];

fn any_grant() -> impl Strategy<Value = Grant> {
    let name = prop::sample::select(vec!["igate", "other"]);
    let codes = prop::sample::subsequence(CODES.to_vec(), 0..=CODES.len());
    let purposes = prop::sample::subsequence(ALL_PURPOSES.to_vec(), 0..=3);
    let fields = prop::sample::subsequence(CitizenField::ALL.to_vec(), 0..=4);
    (name, codes, purposes, fields, any::<bool>()).prop_map(
        |(name, codes, purposes, fields, any)| {
            let mut grant = grant(name, &codes, &purposes, &fields);
            if any {
                grant.procedures = ProcedureScope::Any;
            }
            grant
        },
    )
}

fn any_question() -> impl Strategy<Value = AccessContext> {
    let name = prop::sample::select(vec!["igate", "other", "stranger"]);
    let code = prop::sample::select(CODES.to_vec());
    (name, code, prop::sample::select(ALL_PURPOSES.to_vec()))
        .prop_map(|(name, code, purpose)| asks(name, code, purpose))
}

proptest! {
    #[test]
    fn every_field_allowed_stands_in_a_grant_for_this_question(
        grants in prop::collection::vec(any_grant(), 0..5), question in any_question(),
    ) {
        let policy = AccessPolicy { grants };
        for field in policy.permit(&question).unwrap_or_default().fields {
            let named = policy.grants.iter().any(|grant| {
                grant.client == question.client
                    && grant.purposes.contains(&question.purpose)
                    && grant.fields.contains(&field)
            });
            prop_assert!(named, "{:?}", field);
        }
    }

    #[test]
    fn the_order_of_grants_does_not_matter(
        grants in prop::collection::vec(any_grant(), 0..5), question in any_question(),
    ) {
        let reversed = AccessPolicy { grants: grants.iter().rev().cloned().collect() };
        prop_assert_eq!(AccessPolicy { grants }.permit(&question), reversed.permit(&question));
    }

    #[test]
    fn one_more_grant_takes_nothing_away(
        grants in prop::collection::vec(any_grant(), 0..5),
        one_more in any_grant(), question in any_question(),
    ) {
        let before = AccessPolicy { grants: grants.clone() }.permit(&question);
        let grants = grants.into_iter().chain([one_more]).collect();
        let after = AccessPolicy { grants }.permit(&question);
        if let Ok(before) = before {
            prop_assert!(after.is_ok_and(|after| after.fields.is_superset(&before.fields)));
        }
    }
}

#[test]
fn a_household_needs_a_permission_of_its_own() {
    let mut grant = grant(
        "igate",
        &["1.001193"],
        &[Purpose::DossierIntake],
        CitizenField::ALL,
    );
    let question = asks("igate", "1.001193", Purpose::DossierIntake);
    let permitted = |grant: &Grant| {
        let grants = vec![grant.clone()];
        AccessPolicy { grants }.permit_household(&question)
    };
    assert_eq!(permitted(&grant), Err(AccessDenied::Household));
    grant.household.insert(HouseholdField::HeadFullName);
    assert_eq!(
        permitted(&grant),
        Ok(BTreeSet::from([HouseholdField::HeadFullName]))
    );
}

#[test]
fn a_dossier_is_for_the_system_that_recorded_it_first_alone() {
    let owner = client("igate");
    assert!(may_use_dossier(&client("igate"), &owner));
    for other in ["archive", "igate2", "igat", "igate.", "i"] {
        assert!(!may_use_dossier(&client(other), &owner), "{other}");
    }
}
