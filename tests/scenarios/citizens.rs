//! A citizen is verified and looked up however officers write names, and whatever shape the
//! record has.

use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::{CheckedField, NameComparison, Verdict};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{reason, violated};
use prost_types::FieldMask;
use tonic::Code;

const ALL: [CheckedField; 3] = [
    CheckedField::Number,
    CheckedField::Name,
    CheckedField::Birth,
];

fn verify(stage: &Stage, citizen: &SampleCitizen) -> v1::VerifyCitizenRequest {
    messages::verify(citizen, &stage.dossier_code(1))
}

fn look_up(stage: &Stage, kind: &str, fields: &[&str]) -> v1::LookupCitizenRequest {
    let citizen = stage.citizen(kind).unwrap();
    let paths = fields.iter().map(|path| (*path).to_owned()).collect();
    let fields = Some(FieldMask { paths });
    v1::LookupCitizenRequest {
        fields,
        ..messages::look_up(&citizen, &stage.dossier_code(1))
    }
}

async fn verified(stage: &Stage, request: v1::VerifyCitizenRequest) -> v1::VerifyCitizenResponse {
    let mut vendor = stage.vendor().await.unwrap();
    vendor
        .population
        .verify_citizen(request)
        .await
        .unwrap()
        .into_inner()
}

async fn looked_up(stage: &Stage, request: v1::LookupCitizenRequest) -> v1::LookupCitizenResponse {
    let mut vendor = stage.vendor().await.unwrap();
    vendor
        .population
        .lookup_citizen(request)
        .await
        .unwrap()
        .into_inner()
}

fn codes(warnings: &[v1::Warning]) -> Vec<&str> {
    warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect()
}

#[tokio::test]
async fn every_citizen_matches_whatever_is_awkward_about_the_record() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    for citizen in stage.mocks().population().citizens() {
        let kind = citizen.kind;
        let request = verify(&stage, &citizen);
        let answer = vendor
            .population
            .verify_citizen(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.verdict(), Verdict::Match, "{kind}");
        assert_eq!(answer.checked().collect::<Vec<_>>(), ALL, "{kind}");
        let request = messages::look_up(&citizen, &stage.dossier_code(1));
        let answer = vendor
            .population
            .lookup_citizen(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.verdict(), Verdict::Match, "{kind}");
        let record = answer.citizen.unwrap();
        let number = citizen.personal_number.clone().unwrap_or_default();
        assert!(record.personal_number == number, "{kind}: another number");
        assert!(
            record.birth == verify(&stage, &citizen).birth,
            "{kind}: another birth"
        );
        let sex = match citizen.sex {
            "male" => v1::Sex::Male,
            "female" => v1::Sex::Female,
            _ => v1::Sex::NotRecorded,
        };
        assert_eq!(record.sex(), sex, "{kind}");
    }
}

#[tokio::test]
async fn data_that_do_not_belong_together_are_an_answer_and_no_error() {
    let stage = Stage::start().await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let other = stage.citizen("child").unwrap();
    let wrong = [
        SampleCitizen {
            full_name: "Nguyễn Văn Không Có".to_owned(),
            ..plain.clone()
        },
        SampleCitizen {
            full_name: "Trần Thị Mẫu".to_owned(),
            ..plain.clone()
        },
        SampleCitizen {
            birth_date: Some("1985-02-14".to_owned()),
            ..plain.clone()
        },
        SampleCitizen {
            birth_date: None,
            birth_year: 1986,
            ..plain.clone()
        },
        SampleCitizen {
            personal_number: other.personal_number,
            ..plain.clone()
        },
        SampleCitizen {
            personal_number: Some("000199999999".to_owned()),
            ..plain.clone()
        },
        // Only the year is recorded: a day of that year proves nothing.
        SampleCitizen {
            birth_date: Some("1945-01-01".to_owned()),
            ..stage.citizen("year-only").unwrap()
        },
    ];
    for (index, citizen) in wrong.iter().enumerate() {
        let answer = verified(&stage, verify(&stage, citizen)).await;
        assert_eq!(answer.verdict(), Verdict::NoMatch, "{index}");
        let request = messages::look_up(citizen, &stage.dossier_code(1));
        let answer = looked_up(&stage, request).await;
        assert_eq!(answer.verdict(), Verdict::NoMatch, "{index}");
        assert!(
            answer.citizen.is_none(),
            "{index}: nothing of anybody is shown"
        );
        assert_eq!(answer.withheld, [""; 0], "{index}");
        assert_eq!(
            answer.name_comparison(),
            NameComparison::Unspecified,
            "{index}"
        );
    }
}

#[tokio::test]
async fn a_year_is_enough_where_no_more_is_known() {
    let stage = Stage::start().await.unwrap();
    for kind in ["year-only", "plain"] {
        let citizen = SampleCitizen {
            birth_date: None,
            ..stage.citizen(kind).unwrap()
        };
        let answer = verified(&stage, verify(&stage, &citizen)).await;
        assert_eq!(answer.verdict(), Verdict::Match, "{kind}");
    }
}

/// How officers write the same name, and how it compares with the record.
const SPELLINGS: &[(&str, &str, NameComparison)] = &[
    ("plain", "Trần Thị Mẫu Thử", NameComparison::Exact),
    ("plain", "TRẦN THỊ MẪU THỬ", NameComparison::Exact),
    ("plain", "trần thị mẫu thử", NameComparison::Exact),
    ("plain", "  Trần\u{a0}Thị   Mẫu Thử ", NameComparison::Exact),
    (
        "plain",
        "Tra\u{302}\u{300}n Thi\u{323} Ma\u{302}\u{303}u Thu\u{31b}\u{309}",
        NameComparison::Exact,
    ),
    (
        "plain",
        "Tran Thi Mau Thu",
        NameComparison::AccentDifference,
    ),
    (
        "plain",
        "Trấn Thị Mẫu Thử",
        NameComparison::AccentDifference,
    ),
    (
        "old-tone-placement",
        "Nguyễn Thị Hoà",
        NameComparison::Exact,
    ),
    (
        "old-tone-placement",
        "Nguyễn Thị Hòa",
        NameComparison::TonePlacement,
    ),
    (
        "old-tone-placement",
        "Nguye\u{302}\u{303}n Thi\u{323} Ho\u{300}a",
        NameComparison::TonePlacement,
    ),
    ("two-word-name", "Đặng Thuỷ", NameComparison::Exact),
    ("two-word-name", "Ðặng Thuỷ", NameComparison::Exact),
    ("two-word-name", "Đặng Thủy", NameComparison::TonePlacement),
    ("apostrophe", "H'Hen Niê", NameComparison::Exact),
    ("apostrophe", "H’Hen Niê", NameComparison::AccentDifference),
    ("apostrophe", "HʼHen Niê", NameComparison::AccentDifference),
];

#[tokio::test]
async fn a_name_matches_in_every_way_that_officers_write_it() {
    let stage = Stage::start().await.unwrap();
    for (kind, spelling, comparison) in SPELLINGS {
        let citizen = SampleCitizen {
            full_name: (*spelling).to_owned(),
            ..stage.citizen(kind).unwrap()
        };
        let answer = verified(&stage, verify(&stage, &citizen)).await;
        assert_eq!(answer.verdict(), Verdict::Match, "{spelling}");
        let answer = looked_up(&stage, messages::look_up(&citizen, &stage.dossier_code(1))).await;
        assert_eq!(answer.verdict(), Verdict::Match, "{spelling}");
        assert_eq!(answer.name_comparison(), *comparison, "{spelling}");
    }
}

#[tokio::test]
async fn an_old_card_number_finds_the_holder_whose_name_agrees() {
    let stage = Stage::start().await.unwrap();
    let people = stage.mocks().population().citizens();
    let holders: Vec<_> = people
        .iter()
        .filter(|each| each.old_id_card_number.is_some())
        .collect();
    assert!(holders.len() >= 4);
    for citizen in holders {
        let citizen = SampleCitizen {
            personal_number: None,
            ..citizen.clone()
        };
        let answer = verified(&stage, verify(&stage, &citizen)).await;
        assert_eq!(answer.verdict(), Verdict::Match, "{}", citizen.kind);
        assert_eq!(codes(&answer.warnings), [""; 0], "{}", citizen.kind);
    }
}

#[tokio::test]
async fn what_the_caller_may_not_see_is_named_and_withheld() {
    let stage = Stage::start().await.unwrap();
    let answer = looked_up(&stage, look_up(&stage, "child", &[])).await;
    let record = answer.citizen.unwrap();
    assert!(record.permanent_address.is_some() && !record.full_name.is_empty());
    assert!(record.ethnic_group.is_none() && record.religion.is_none());
    assert!(record.father.is_none() && record.mother.is_none());
    assert!(record.household_head.is_none());
    assert_eq!((record.marital_status, record.blood_type), (0, 0));
    for field in [
        "ethnic_group",
        "religion",
        "father",
        "mother",
        "marital_status",
    ] {
        assert!(
            answer.withheld.iter().any(|withheld| withheld == field),
            "{field}"
        );
    }
    assert!(
        !answer
            .withheld
            .iter()
            .any(|withheld| withheld == "permanent_address")
    );
}

#[tokio::test]
async fn only_the_fields_asked_for_are_shown() {
    let stage = Stage::start().await.unwrap();
    let answer = looked_up(&stage, look_up(&stage, "plain", &["sex", "religion"])).await;
    assert_eq!(answer.verdict(), Verdict::Match);
    let record = answer.citizen.unwrap();
    let only = v1::Citizen {
        sex: v1::Sex::Female.into(),
        ..v1::Citizen::default()
    };
    assert!(record == only, "more than was asked for");
    assert_eq!(answer.withheld, ["religion"]);
}

#[tokio::test]
async fn a_field_that_a_citizen_does_not_have_is_refused_by_its_place_in_the_mask() {
    let stage = Stage::start().await.unwrap();
    let request = look_up(&stage, "plain", &["sex", "secret", "birth.date", ""]);
    let refused = stage
        .vendor()
        .await
        .unwrap()
        .population
        .lookup_citizen(request)
        .await;
    let status = refused.unwrap_err();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::InvalidArgument, "INVALID_FIELD")
    );
    assert_eq!(
        violated(&status),
        ["fields.paths[1]", "fields.paths[2]", "fields.paths[3]"]
    );
    assert_eq!(stage.asked(), []);
}

#[tokio::test]
async fn a_number_that_contradicts_itself_is_asked_about_and_warned_of() {
    let stage = Stage::start().await.unwrap();
    let odd = stage.citizen("birth-year-differs").unwrap();
    let answer = verified(&stage, verify(&stage, &odd)).await;
    assert_eq!(answer.verdict(), Verdict::Match);
    assert_eq!(codes(&answer.warnings), ["BIRTH_YEAR_MISMATCH"]);
    assert_eq!(answer.warnings[0].field, "identity.personal_number");
    assert!(!answer.warnings[0].message.is_empty());
    let plain = stage.citizen("plain").unwrap();
    let rows = [
        ("999185000001", vec!["PLACE_CODE_UNKNOWN"]),
        (
            "000385000001",
            vec!["CENTURY_MISMATCH", "BIRTH_YEAR_IN_FUTURE"],
        ),
        ("000184000001", vec!["BIRTH_YEAR_MISMATCH"]),
    ];
    for (number, expected) in rows {
        let citizen = SampleCitizen {
            personal_number: Some(number.to_owned()),
            ..plain.clone()
        };
        let answer = verified(&stage, verify(&stage, &citizen)).await;
        assert_eq!(answer.verdict(), Verdict::NoMatch, "{number}");
        let mut said = codes(&answer.warnings);
        // An offer to the officer after any no-match with a full date.
        assert_eq!(said.pop(), Some("YEAR_ONLY_POSSIBLE"), "{number}");
        assert_eq!(said, expected, "{number}");
    }
}

#[tokio::test]
async fn an_answer_tells_where_it_came_from_and_the_database_saw_that_request() {
    let stage = Stage::start().await.unwrap();
    let before = stage.now();
    let answer = verified(&stage, verify(&stage, &stage.citizen("plain").unwrap())).await;
    let provenance = answer.provenance.unwrap();
    assert_eq!(provenance.source(), v1::provenance::Source::Live);
    assert_eq!(
        (provenance.profile.as_str(), provenance.attempts),
        ("soap-lgsp", 1)
    );
    let observed = provenance.observed_at.unwrap().seconds;
    assert!((before.as_second()..=stage.now().as_second()).contains(&observed));
    assert!(provenance.age.unwrap().seconds >= 0);
    let asked: Vec<_> = stage
        .asked()
        .into_iter()
        .filter(|entry| entry.concerns(&provenance.request_id))
        .collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].operation, "037");
}

#[tokio::test]
async fn where_only_033_is_licensed_number_and_name_are_checked_and_no_record_is_shown() {
    let settings = Settings::default().with("population.operations", "[\"confirm\"]");
    let stage = Stage::with(settings).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let answer = verified(&stage, verify(&stage, &plain)).await;
    assert_eq!(answer.verdict(), Verdict::Match);
    assert_eq!(
        answer.checked().collect::<Vec<_>>(),
        [CheckedField::Number, CheckedField::Name]
    );
    let other = SampleCitizen {
        full_name: "Lê Thị Khác".to_owned(),
        ..plain
    };
    let answer = verified(&stage, verify(&stage, &other)).await;
    assert_eq!(answer.verdict(), Verdict::NoMatch);
    let operations: Vec<_> = stage
        .asked()
        .into_iter()
        .map(|entry| entry.operation)
        .collect();
    assert_eq!(operations, ["token", "033", "033"]);
    let request = look_up(&stage, "plain", &[]);
    let refused = stage
        .vendor()
        .await
        .unwrap()
        .population
        .lookup_citizen(request)
        .await;
    let status = refused.unwrap_err();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::FailedPrecondition, "OPERATION_NOT_OFFERED")
    );
}
