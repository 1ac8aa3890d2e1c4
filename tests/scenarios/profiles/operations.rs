//! Household, relatives and 033: where a profile has them they answer, and where it has not
//! the gateway says so and asks nobody.

use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::{CheckedField, Verdict};
use lienthong_tests::desk::failure;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use tonic::{Code, Status};

use super::{Site, child, person, plain};

async fn household_of(
    site: &Site,
    citizen: &SampleCitizen,
) -> Result<v1::LookupHouseholdResponse, Status> {
    let desk = site.desk();
    let asked = messages::verify(citizen, desk.dossier());
    let request = v1::LookupHouseholdRequest {
        context: asked.context,
        identity: asked.identity,
        full_name: asked.full_name,
        birth: asked.birth,
        freshness: None,
    };
    let mut client = desk.client();
    Ok(client.lookup_household(request).await?.into_inner())
}

/// Not offered: told so, as something that no waiting will change.
fn not_offered<T>(result: &Result<T, Status>, row: &str) {
    let expected = (Code::FailedPrecondition, "OPERATION_NOT_OFFERED".to_owned());
    assert_eq!(failure(result), Some(expected), "{row}");
}

/// The household of `child`, asked for through a gateway with the usual grants.
pub(super) async fn household(site: &Site) {
    let row = site.profile.name();
    let answer = household_of(site, &child()).await;
    if !site.profile.is_soap() {
        not_offered(&answer, row);
        return;
    }
    let found = answer.expect(row);
    assert_eq!(found.verdict(), Verdict::Match, "{row}");
    let head = found.head.unwrap();
    assert!(head.full_name == "TRẦN THỊ MẪU THỬ", "{row}: another head");
    assert_eq!(
        (head.personal_number.as_str(), head.relation_code.as_str()),
        ("", "")
    );
    assert_eq!(found.members.len(), 3, "{row}");
    for member in &found.members {
        assert!(
            !member.full_name.is_empty() && member.birth.is_some(),
            "{row}"
        );
        assert_eq!(
            (
                member.personal_number.as_str(),
                member.relation_code.as_str()
            ),
            ("", "")
        );
    }
    let withheld = [
        "head.personal_number",
        "members.personal_number",
        "members.relation_code",
    ];
    let mut told = found.withheld;
    told.sort();
    assert_eq!(told, withheld, "{row}");
    let stranger = person("000215000003", "Lê Mẫu Nhì Khác", "2015-06-30");
    let nobody = household_of(site, &stranger).await.expect(row);
    assert_eq!(nobody.verdict(), Verdict::NoMatch, "{row}");
    assert!(nobody.head.is_none() && nobody.members.is_empty(), "{row}");
}

const SEES_PARENTS: &str = "['personal_number', 'full_name', 'sex', 'father', 'mother']";

#[tokio::test]
async fn father_and_mother_come_by_the_narrowest_operation_that_the_profile_has() {
    for profile in Profile::ALL {
        let row = profile.name();
        let settings = Settings::for_profile(profile).with("access.grants.0.fields", SEES_PARENTS);
        let stage = Stage::with(settings).await.unwrap();
        let site = Site::of(&stage, profile).await;
        let parents = ["full_name", "father", "mother"];
        let found = site.desk().look_up(&child(), &parents).await.expect(row);
        assert_eq!(found.verdict(), Verdict::Match, "{row}");
        let record = found.citizen.unwrap();
        let (father, mother) = (record.father.unwrap(), record.mother.unwrap());
        assert!(father.full_name == "LÊ VĂN VÍ DỤ", "{row}: another father");
        assert!(
            father.personal_number == "000080000002",
            "{row}: another father"
        );
        assert!(
            mother.full_name == "TRẦN THỊ MẪU THỬ",
            "{row}: another mother"
        );
        let (narrow, whole) = if profile.is_soap() {
            ("relatives", "037")
        } else {
            ("037", "037")
        };
        let asked = || stage.asked().last().unwrap().operation.clone();
        assert_eq!(asked(), narrow, "{row}");
        // Whoever needs more than parents needs the record.
        let with_sex = ["sex", "father"];
        let found = site.desk().look_up(&child(), &with_sex).await.expect(row);
        assert!(found.citizen.unwrap().father.is_some(), "{row}");
        assert_eq!(asked(), whole, "{row}");
        // No parents on record: still a match.
        let found = site.desk().look_up(&plain(), &parents).await.expect(row);
        assert_eq!(found.verdict(), Verdict::Match, "{row}");
        assert!(found.citizen.unwrap().father.is_none(), "{row}");
        let stranger = person("000185000001", "Trần Thị Khác", "1985-02-13");
        let nobody = site.desk().look_up(&stranger, &parents).await.expect(row);
        assert_eq!(nobody.verdict(), Verdict::NoMatch, "{row}");
        assert!(nobody.citizen.is_none(), "{row}");
    }
}

#[tokio::test]
async fn where_033_is_the_only_licence_the_answer_says_that_birth_was_not_compared() {
    for profile in Profile::ALL.into_iter().filter(|it| it.is_soap()) {
        let row = profile.name();
        let settings = Settings::for_profile(profile).with("population.operations", "['confirm']");
        let stage = Stage::with(settings).await.unwrap();
        let site = Site::of(&stage, profile).await;
        let only = [CheckedField::Number, CheckedField::Name];
        let other_birth = person("000185000001", "Trần Thị Mẫu Thử", "1999-09-09");
        let old_card = person("000100013", "Hoàng Văn Cũ", "1958-12-24");
        for asked in [plain(), other_birth, old_card] {
            let answer = site.desk().verify(&asked).await.expect(row);
            assert_eq!(answer.verdict(), Verdict::Match, "{row}");
            assert_eq!(answer.checked().collect::<Vec<_>>(), only, "{row}");
        }
        let stranger = person("000185000001", "Trần Thị Khác", "1985-02-13");
        let answer = site.desk().verify(&stranger).await.expect(row);
        assert_eq!(answer.verdict(), Verdict::NoMatch, "{row}");
        assert_eq!(answer.checked().collect::<Vec<_>>(), only, "{row}");
        let before = stage.asked().len();
        not_offered(&site.desk().look_up(&plain(), &[]).await, row);
        not_offered(&household_of(&site, &plain()).await, row);
        assert_eq!(stage.asked().len(), before, "{row}: something was sent");
        assert_eq!(stage.asked_under("033").len(), 4, "{row}");
    }
}

#[tokio::test]
async fn a_profile_that_knows_the_look_up_only_asks_nobody_for_a_household() {
    for profile in Profile::ALL.into_iter().filter(|it| !it.is_soap()) {
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let site = Site::of(&stage, profile).await;
        not_offered(&household_of(&site, &child()).await, profile.name());
        assert_eq!(stage.asked(), []);
    }
}
