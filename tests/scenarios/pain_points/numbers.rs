//! Cases 1, 4 and 5: one answer for two things, years without a day, and two kinds of
//! number.

use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::desk::failure;
use lienthong_tests::profile::Profile;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::violated;
use tonic::Code;

use super::{Overheard, codes, somebody};

#[tokio::test]
async fn case_1_not_found_and_not_matching_are_one_answer_with_warnings_and_an_offer() {
    for profile in Profile::ALL {
        let row = profile.name();
        let settings = lienthong_tests::settings::Settings::for_profile(profile);
        let stage = Stage::with(settings).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        let desk = stage.desk(1).await.unwrap();
        let wrong_day = SampleCitizen {
            birth_date: Some("1985-02-14".to_owned()),
            ..plain.clone()
        };
        let unknown = SampleCitizen {
            personal_number: Some("000185999999".to_owned()),
            ..plain.clone()
        };
        // The digits of the number contradict the year, which may be the mistake.
        let wrong_year = SampleCitizen {
            birth_date: Some("1986-02-13".to_owned()),
            ..plain.clone()
        };
        let rows = [
            (wrong_day, vec!["YEAR_ONLY_POSSIBLE"]),
            (unknown, vec!["YEAR_ONLY_POSSIBLE"]),
            (
                wrong_year,
                vec!["BIRTH_YEAR_MISMATCH", "YEAR_ONLY_POSSIBLE"],
            ),
        ];
        let number = rows.len();
        for (citizen, expected) in rows {
            let answer = desk.verify(&citizen).await.expect(row);
            assert_eq!(answer.verdict(), Verdict::NoMatch, "{row}");
            assert_eq!(codes(&answer.warnings), expected, "{row}");
            assert!(
                answer.warnings.iter().all(|it| !it.message.is_empty()),
                "{row}"
            );
        }
        // Only offered: each try is an access, and the gateway makes none by itself.
        assert_eq!(stage.asked_under("037").len(), number, "{row}");
        let year_alone = SampleCitizen {
            birth_date: None,
            birth_year: 1986,
            ..plain
        };
        let answer = desk.verify(&year_alone).await.expect(row);
        assert_eq!(answer.verdict(), Verdict::NoMatch, "{row}");
        assert_eq!(
            codes(&answer.warnings),
            ["BIRTH_YEAR_MISMATCH"],
            "{row}: nothing more to offer"
        );
    }
}

#[tokio::test]
async fn case_4_a_year_alone_goes_out_as_a_year_and_no_day_is_made_up() {
    for profile in Profile::ALL {
        let row = profile.name();
        let overheard = Overheard::of(profile).await;
        let citizen = SampleCitizen {
            birth_date: None,
            ..somebody()
        };
        let heard = overheard.asks(0, &citizen).await;
        match profile {
            Profile::SoapLgsp | Profile::SoapEsb => {
                assert_eq!(heard.field("Nam").as_deref(), Some("1991"), "{row}");
                assert_eq!(heard.field("NgayThangNam"), None, "{row}");
            }
            Profile::JsonWrapXml => {
                assert_eq!(heard.field("Nam").as_deref(), Some("1991"), "{row}");
                assert_eq!(heard.field("NgayThangNam").as_deref(), Some(""), "{row}");
            }
            Profile::JsonFlat => {
                assert_eq!(
                    heard.field("ngayThangNam").as_deref(),
                    Some("1991"),
                    "{row}"
                );
            }
        }
        let heard = overheard.asks(1, &somebody()).await;
        let day_alone = heard.field("Nam").is_none_or(|year| year.is_empty());
        assert!(day_alone, "{row}: a year beside the day");
    }
}

/// Both kinds of number as they went out: absent is empty.
fn numbers_in(heard: &lienthong_tests::eavesdropper::Heard, profile: Profile) -> (String, String) {
    let (new, old) = if profile == Profile::JsonFlat {
        ("soDinhDanh", "soCMND")
    } else {
        ("SoDinhDanh", "SoCMND")
    };
    let field = |name| heard.field(name).unwrap_or_default();
    (field(new), field(old))
}

#[tokio::test]
async fn case_5_each_kind_of_number_goes_out_in_its_own_field() {
    for profile in Profile::ALL {
        let row = profile.name();
        let overheard = Overheard::of(profile).await;
        let heard = overheard.asks(0, &somebody()).await;
        let expected = ("000191234567".to_owned(), String::new());
        assert_eq!(numbers_in(&heard, profile), expected, "{row}");
        let old_card = SampleCitizen {
            personal_number: None,
            old_id_card_number: Some("000112345".to_owned()),
            ..somebody()
        };
        let heard = overheard.asks(1, &old_card).await;
        let expected = (String::new(), "000112345".to_owned());
        assert_eq!(numbers_in(&heard, profile), expected, "{row}");
    }
}

#[tokio::test]
async fn case_5_a_number_of_another_length_or_in_the_wrong_field_is_refused_before_it_is_sent() {
    use v1::identity::Number::{OldIdCardNumber as Old, PersonalNumber as New};
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let asked = messages::verify(&somebody(), desk.dossier());
    let new = [
        "000112345",
        "00019123456",
        "0001912345678",
        "00019123456a",
        "０００１９１２３４５６７",
        "",
    ];
    let old = ["000191234567", "00011234", "0001123456", "00011234x"];
    let news = new.map(|text| (New(text.to_owned()), "identity.personal_number"));
    let olds = old.map(|text| (Old(text.to_owned()), "identity.old_id_card_number"));
    for (number, field) in news.into_iter().chain(olds) {
        let identity = Some(v1::Identity {
            number: Some(number.clone()),
        });
        let question = v1::VerifyCitizenRequest {
            identity,
            ..asked.clone()
        };
        let refused = desk.ask(question).await;
        let expected = (Code::InvalidArgument, "INVALID_FIELD".to_owned());
        assert_eq!(failure(&refused), Some(expected), "{number:?}");
        assert_eq!(violated(&refused.unwrap_err()), [field], "{number:?}");
    }
    assert_eq!(stage.asked(), []);
}

#[tokio::test]
async fn case_5_an_old_card_that_two_have_never_identifies_by_itself() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let people = stage.mocks().population().citizens().into_iter();
    let holders: Vec<_> = people.filter(|it| it.kind == "shared-old-card").collect();
    let [one, other] = &holders[..] else {
        panic!("{holders:?}")
    };
    let found = desk
        .look_up(one, &["full_name"])
        .await
        .unwrap()
        .citizen
        .unwrap();
    assert!(
        found.full_name == one.full_name.to_uppercase(),
        "another holder"
    );
    for mixed in [
        SampleCitizen {
            full_name: other.full_name.clone(),
            ..one.clone()
        },
        SampleCitizen {
            birth_date: other.birth_date.clone(),
            ..one.clone()
        },
    ] {
        let answer = desk.verify(&mixed).await.unwrap();
        assert_eq!(answer.verdict(), Verdict::NoMatch);
    }
}
