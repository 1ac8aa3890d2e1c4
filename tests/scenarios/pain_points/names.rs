//! Cases 2 and 3: names on the wire, and names compared.

use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1::{NameComparison, Verdict};
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

use super::{Overheard, named};

/// The table of population.md 2.3, and the ways in which the same letters arrive.
const KEYS: &[(&str, &str)] = &[
    ("Nguyễn Văn An", "NGUYENVANAN"),
    ("Nguyễn Thị Hoà", "NGUYENTHIHOA"),
    ("Nguyễn Thị Hòa", "NGUYENTHIHOA"),
    ("Nguye\u{302}\u{303}n Thi\u{323} Ho\u{300}a", "NGUYENTHIHOA"),
    // Marks in the other order, and marks that precomposed tables do not know.
    ("Nguye\u{303}\u{302}n Thi\u{323}", "NGUYENTHI"),
    ("Nguyên\u{309}\u{323}\u{31b} A\u{30a}", "NGUYENA"),
    ("H'Hen Niê", "HHENNIE"),
    ("H’Hen Niê", "HHENNIE"),
    ("Y Bhăm Niê Kđăm", "YBHAMNIEKDAM"),
    ("\u{d0}ặng Thủy", "DANGTHUY"),
    ("\u{f0}ặng thủy", "DANGTHUY"),
    ("Đặng Thuỷ", "DANGTHUY"),
    ("Trần\u{a0}Thị  Mẫu\u{2009}Thử", "TRANTHIMAUTHU"),
    ("Lê-Mẫu Thị", "LEMAUTHI"),
];

#[tokio::test]
async fn case_2_no_combining_mark_space_or_apostrophe_leaks_into_the_name_key() {
    for profile in Profile::ALL {
        let overheard = Overheard::of(profile).await;
        let key = if profile == Profile::JsonFlat {
            "hoVaTen"
        } else {
            "HoVaTen"
        };
        for (sequence, (name, expected)) in KEYS.iter().enumerate() {
            let heard = overheard.asks(sequence, &named(name)).await;
            let sent = heard.field(key);
            assert_eq!(
                sent.as_deref(),
                Some(*expected),
                "{}: {name}",
                profile.name()
            );
        }
    }
}

#[tokio::test]
async fn case_2_where_a_province_keeps_the_apostrophe_that_is_a_setting() {
    for profile in Profile::ALL {
        let settings =
            Settings::for_profile(profile).with("population.name_key", "keep-apostrophe");
        let overheard = Overheard::with(profile, settings).await;
        let heard = overheard.asks(0, &named("H'Hen Niê")).await;
        let key = if profile == Profile::JsonFlat {
            "hoVaTen"
        } else {
            "HoVaTen"
        };
        let sent = heard.field(key).unwrap().replace("&apos;", "'");
        assert_eq!(sent, "H'HENNIE", "{}", profile.name());
    }
}

/// Whose record, how the name was asked, and how it compares.
const SPELLINGS: &[(&str, &str, NameComparison)] = &[
    (
        "old-tone-placement",
        "Nguyễn Thị Hoà",
        NameComparison::Exact,
    ),
    (
        "old-tone-placement",
        "NGUYỄN  THỊ HOÀ",
        NameComparison::Exact,
    ),
    (
        "old-tone-placement",
        "Nguyễn Thị Hòa",
        NameComparison::TonePlacement,
    ),
    (
        "new-tone-placement",
        "Nguyễn Thị Hoà",
        NameComparison::TonePlacement,
    ),
    ("two-word-name", "Đặng Thủy", NameComparison::TonePlacement),
    (
        "two-word-name",
        "Dang Thuy",
        NameComparison::AccentDifference,
    ),
    (
        "old-tone-placement",
        "Nguyễn Thị Hoá",
        NameComparison::AccentDifference,
    ),
];

#[tokio::test]
async fn case_3_tone_placement_is_told_from_another_accent_and_both_match() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    for (sequence, (kind, spelling, expected)) in (1..).zip(SPELLINGS) {
        let citizen = SampleCitizen {
            full_name: (*spelling).to_owned(),
            ..stage.citizen(kind).unwrap()
        };
        let desk = desk.at(stage.dossier_code(sequence));
        let found = desk.look_up(&citizen, &["full_name"]).await.unwrap();
        assert_eq!(found.verdict(), Verdict::Match, "{spelling}");
        assert_eq!(found.name_comparison(), *expected, "{spelling}");
        // The officer is shown what is on record, not what was asked.
        let on_record = stage.citizen(kind).unwrap().full_name.to_uppercase();
        assert!(found.citizen.unwrap().full_name == on_record, "{spelling}");
    }
}

#[tokio::test]
async fn case_3_i_and_y_are_not_taken_for_each_other() {
    let stage = Stage::start().await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let citizen = SampleCitizen {
        full_name: plain.full_name.replace("Thị", "Thỵ"),
        ..plain
    };
    let answer = stage.desk(1).await.unwrap().verify(&citizen).await.unwrap();
    assert_eq!(answer.verdict(), Verdict::NoMatch);
    assert_eq!(stage.asked_under("037").len(), 1, "no second guess");
}
