//! The same record comes out in whatever shape the answer is laid out (population.md 2.4).

use lienthong_core::citizen::CitizenField;
use lienthong_mocks::{
    AddressLayout, AnswerShape, CodeLayout, DateFormat, NameLayout, NotFoundForm,
};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

use super::{Site, person};

/// A gateway whose client may see everything.
async fn open_to(profile: Profile) -> (Stage, Site) {
    let fields: Vec<_> = CitizenField::ALL.iter().map(|field| field.path()).collect();
    let settings = Settings::for_profile(profile).with(
        "access.grants.0.fields",
        serde_json::to_string(&fields).unwrap(),
    );
    let stage = Stage::with(settings).await.unwrap();
    let site = Site::of(&stage, profile).await;
    (stage, site)
}

const KINDS: [&str; 6] = [
    "full-record",
    "with-district",
    "year-only",
    "child",
    "only-old-card",
    "no-address",
];

async fn records(stage: &Stage, site: &Site) -> Vec<v1::Citizen> {
    let mut records = Vec::new();
    for kind in KINDS {
        let citizen = stage.citizen(kind).unwrap();
        let found = site.desk().look_up(&citizen, &[]).await.expect(kind);
        assert_eq!(found.verdict(), Verdict::Match, "{kind}");
        records.push(found.citizen.unwrap());
    }
    records
}

/// The record without what the shapes do not all have: the names of codes, and the places.
fn without_what_differs(mut record: v1::Citizen) -> v1::Citizen {
    let terms = [&mut record.ethnic_group, &mut record.religion];
    for term in terms.into_iter().flatten() {
        term.name.clear();
    }
    let places = [
        &mut record.birth_registration_place,
        &mut record.native_place,
        &mut record.permanent_address,
        &mut record.current_address,
    ];
    for place in places.into_iter().flatten() {
        place.province_code.clear();
        place.district_code.clear();
        place.commune_code.clear();
        place.administrative_unit_code.clear();
    }
    record
}

#[rustfmt::skip] // A shape a line or two.
fn shapes() -> Vec<(&'static str, AnswerShape)> {
    let usual = AnswerShape::default;
    let three_parts = || AnswerShape {
        names: NameLayout::ThreeParts, relative_names: NameLayout::ThreeParts, ..usual()
    };
    vec![
        ("names in three parts", three_parts()),
        ("names as text", AnswerShape {
            names: NameLayout::PlainText, relative_names: NameLayout::WholeInGivenName, ..usual()
        }),
        ("codes in a structure", AnswerShape { codes: CodeLayout::Structure, ..usual() }),
        ("dates with hyphens", AnswerShape { dates: DateFormat::Dashed, ..usual() }),
        ("no district", AnswerShape { addresses: AddressLayout::NoDistrict, ..usual() }),
        ("one code of a unit", AnswerShape { addresses: AddressLayout::UnitCode, ..usual() }),
        ("no prefix", AnswerShape { prefix: String::new(), ..usual() }),
        ("another prefix, counted", AnswerShape { prefix: "dc".to_owned(), counted: true, ..usual() }),
        ("QCVN 109:2017", AnswerShape {
            codes: CodeLayout::Structure,
            dates: DateFormat::Dashed,
            addresses: AddressLayout::UnitCode,
            ..three_parts()
        }),
    ]
}

#[tokio::test]
async fn both_shapes_of_every_field_give_the_same_record_through_every_profile() {
    for profile in Profile::ALL {
        let (stage, site) = open_to(profile).await;
        let expected = records(&stage, &site).await;
        assert!(expected[0].ethnic_group.is_some() && expected[0].mother.is_some());
        let district = expected[1].permanent_address.as_ref().unwrap();
        assert_eq!(district.district_code, "999");
        assert!(expected[4].personal_number.is_empty());
        assert!(expected[5].permanent_address.is_none());
        for (row, shape) in shapes() {
            let row = format!("{}: {row}", profile.name());
            let by_unit = shape.addresses == AddressLayout::UnitCode;
            stage.mocks().population().shape_answers(shape).unwrap();
            for (expected, found) in expected.iter().zip(records(&stage, &site).await) {
                let same =
                    without_what_differs(found.clone()) == without_what_differs(expected.clone());
                assert!(same, "{row}: another record");
                let Some(place) = &found.permanent_address else {
                    continue;
                };
                assert_eq!(place.administrative_unit_code.is_empty(), !by_unit, "{row}");
                assert_eq!(place.commune_code.is_empty(), by_unit, "{row}");
            }
        }
    }
}

#[tokio::test]
async fn every_form_of_nobody_is_no_match_through_every_profile() {
    let forms = [
        NotFoundForm::EmptyCollection,
        NotFoundForm::ZeroCount,
        NotFoundForm::EmptyName,
    ];
    for profile in Profile::ALL {
        let (stage, site) = open_to(profile).await;
        for not_found in forms {
            let row = format!("{}: {not_found:?}", profile.name());
            let shape = AnswerShape {
                not_found,
                ..AnswerShape::default()
            };
            stage.mocks().population().shape_answers(shape).unwrap();
            let nobody = person("000199999999", "Quách Thị Vô Danh", "1999-01-01");
            let verified = site.desk().verify(&nobody).await.expect(&row);
            assert_eq!(verified.verdict(), Verdict::NoMatch, "{row}");
            let found = site.desk().look_up(&nobody, &[]).await.expect(&row);
            assert_eq!(found.verdict(), Verdict::NoMatch, "{row}");
            assert!(found.citizen.is_none(), "{row}");
        }
    }
}
