//! Look-up answers in the words of the contract.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{
    Address, BloodType, Checked, Citizen, CodedTerm, MaritalStatus, Relative, Verdict,
};
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber, Sex, StructuralWarning};
use lienthong_core::lookup::AnswerSource;
use lienthong_core::masked::Masked;
use lienthong_core::name::NameComparison;
use lienthong_proto::v1;

use super::{to_duration, to_timestamp};
use crate::lookup::Origin;

pub(crate) fn verdict(verdict: Verdict) -> v1::Verdict {
    match verdict {
        Verdict::Match => v1::Verdict::Match,
        Verdict::NoMatch => v1::Verdict::NoMatch,
    }
}

pub(crate) fn checked(checked: &[Checked]) -> Vec<i32> {
    checked
        .iter()
        .map(|checked| match checked {
            Checked::Number => v1::CheckedField::Number.into(),
            Checked::Name => v1::CheckedField::Name.into(),
            Checked::Birth => v1::CheckedField::Birth.into(),
        })
        .collect()
}

pub(crate) fn comparison(comparison: NameComparison) -> v1::NameComparison {
    match comparison {
        NameComparison::Exact => v1::NameComparison::Exact,
        NameComparison::TonePlacement => v1::NameComparison::TonePlacement,
        NameComparison::AccentDifference => v1::NameComparison::AccentDifference,
        NameComparison::Different => v1::NameComparison::Different,
    }
}

/// What an officer should look at. With `offer_year`, also that another try with the year
/// of birth alone is open; the gateway never makes one by itself.
pub(crate) fn warnings(warnings: &[StructuralWarning], offer_year: bool) -> Vec<v1::Warning> {
    let mut told: Vec<_> = warnings
        .iter()
        .map(|warning| v1::Warning {
            code: warning.code.as_str().to_owned(),
            field: warning.field.to_owned(),
            message: warning.message_vi().to_owned(),
        })
        .collect();
    if offer_year {
        told.push(v1::Warning {
            code: "YEAR_ONLY_POSSIBLE".to_owned(),
            field: "birth".to_owned(),
            message: "Không khớp với ngày sinh đầy đủ. Nếu giấy tờ chỉ ghi năm sinh, cán bộ có \
                      thể tra cứu lại chỉ với năm sinh; mỗi lần tra cứu đều được ghi nhật ký."
                .to_owned(),
        });
    }
    told
}

/// Where an answer came from.
pub(crate) fn provenance(origin: &Origin, profile: &str) -> v1::Provenance {
    let (source, stale) = match origin.source {
        AnswerSource::Live => (v1::provenance::Source::Live, false),
        AnswerSource::Cache => (v1::provenance::Source::Cache, false),
        AnswerSource::Stale => (v1::provenance::Source::Cache, true),
    };
    let age = SignedDuration::try_from(origin.age).unwrap_or(SignedDuration::MAX);
    v1::Provenance {
        source: source.into(),
        observed_at: Some(to_timestamp(to_the_microsecond(origin.observed_at))),
        age: Some(to_duration(age)),
        request_id: origin.request.as_str().to_owned(),
        profile: profile.to_owned(),
        attempts: i32::try_from(origin.attempts).unwrap_or(i32::MAX),
        stale,
    }
}

/// As the cache and the record of look-ups keep it, so that a client may compare them.
fn to_the_microsecond(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

pub(crate) fn citizen(citizen: Citizen) -> v1::Citizen {
    v1::Citizen {
        personal_number: personal_number(citizen.personal_number.as_ref()),
        old_id_card_number: old_id_card_number(citizen.old_id_card_number.as_ref()),
        full_name: citizen
            .full_name
            .map(|name| name.expose().to_owned())
            .unwrap_or_default(),
        sex: citizen.sex.map_or(0, |value| sex(value).into()),
        ethnic_group: citizen.ethnic_group.map(coded),
        religion: citizen.religion.map(coded),
        marital_status: citizen
            .marital_status
            .map_or(0, |status| marital(status).into()),
        blood_type: citizen
            .blood_type
            .map_or(0, |blood| blood_type(blood).into()),
        birth: citizen.birth.map(birth),
        birth_registration_place: citizen.birth_registration_place.map(address),
        native_place: citizen.native_place.map(address),
        permanent_address: citizen.permanent_address.map(address),
        current_address: citizen.current_address.map(address),
        nationality: text(citizen.nationality),
        father: citizen.father.map(relative),
        mother: citizen.mother.map(relative),
        spouse: citizen.spouse.map(relative),
        representative: citizen.representative.map(relative),
        household_head: citizen.household_head.map(household_head),
        household_book_number: text(citizen.household_book_number),
    }
}

fn text(value: Option<Masked<String>>) -> String {
    value.map(Masked::into_inner).unwrap_or_default()
}

fn personal_number(number: Option<&PersonalNumber>) -> String {
    number
        .map(|number| number.expose().to_owned())
        .unwrap_or_default()
}

fn old_id_card_number(number: Option<&OldIdCardNumber>) -> String {
    number
        .map(|number| number.expose().to_owned())
        .unwrap_or_default()
}

fn sex(sex: Sex) -> v1::Sex {
    match sex {
        Sex::NotRecorded => v1::Sex::NotRecorded,
        Sex::Male => v1::Sex::Male,
        Sex::Female => v1::Sex::Female,
    }
}

fn marital(status: MaritalStatus) -> v1::MaritalStatus {
    match status {
        MaritalStatus::NotRecorded => v1::MaritalStatus::NotRecorded,
        MaritalStatus::Single => v1::MaritalStatus::NeverMarried,
        MaritalStatus::Married => v1::MaritalStatus::Married,
        MaritalStatus::DivorcedOrWidowed => v1::MaritalStatus::DivorcedOrWidowed,
    }
}

fn blood_type(blood: BloodType) -> v1::BloodType {
    match blood {
        BloodType::NotRecorded => v1::BloodType::NotRecorded,
        BloodType::A => v1::BloodType::A,
        BloodType::B => v1::BloodType::B,
        BloodType::Ab => v1::BloodType::Ab,
        BloodType::O => v1::BloodType::O,
    }
}

pub(super) fn birth(birth: BirthDate) -> v1::BirthDate {
    let value = match birth {
        BirthDate::Date(_) => v1::birth_date::Value::Date(birth.to_iso()),
        BirthDate::Year(year) => v1::birth_date::Value::Year(year.into()),
    };
    v1::BirthDate { value: Some(value) }
}

fn coded(term: CodedTerm) -> v1::CodedName {
    v1::CodedName {
        code: term.code.into_inner(),
        name: text(term.name),
    }
}

fn address(address: Address) -> v1::Address {
    v1::Address {
        province_code: text(address.province_code),
        district_code: text(address.district_code),
        commune_code: text(address.commune_code),
        detail: text(address.detail),
        country_code: text(address.country_code),
        administrative_unit_code: text(address.administrative_unit_code),
    }
}

fn relative(relative: Relative) -> v1::Relative {
    v1::Relative {
        personal_number: personal_number(relative.personal_number.as_ref()),
        old_id_card_number: old_id_card_number(relative.old_id_card_number.as_ref()),
        full_name: text(relative.full_name),
        nationality: text(relative.nationality),
    }
}

fn household_head(head: Relative) -> v1::HouseholdHead {
    v1::HouseholdHead {
        personal_number: personal_number(head.personal_number.as_ref()),
        old_id_card_number: old_id_card_number(head.old_id_card_number.as_ref()),
        relation_code: text(head.relation_code),
        full_name: text(head.full_name),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use lienthong_core::lookup::AnswerSource;
    use lienthong_core::ports::population::RequestNumber;
    use lienthong_proto::v1::provenance::Source;

    use super::{provenance, warnings};
    use crate::lookup::Origin;

    #[test]
    fn an_answer_past_its_time_is_from_the_cache_and_says_that_it_is_stale() {
        for (source, told, stale) in [
            (AnswerSource::Live, Source::Live, false),
            (AnswerSource::Cache, Source::Cache, false),
            (AnswerSource::Stale, Source::Cache, true),
        ] {
            let origin = Origin {
                source,
                observed_at: Timestamp::UNIX_EPOCH,
                age: Duration::from_millis(1500),
                request: RequestNumber::new("LT-1").unwrap(),
                attempts: 0,
                in_vain: None,
            };
            let provenance = provenance(&origin, "soap-esb");
            assert_eq!((provenance.source(), provenance.stale), (told, stale));
            let age = provenance.age.unwrap();
            assert_eq!((age.seconds, age.nanos), (1, 500_000_000));
        }
    }

    #[test]
    fn the_year_alone_is_offered_beside_the_doubts() {
        assert!(warnings(&[], false).is_empty());
        let offered = warnings(&[], true);
        assert_eq!(offered[0].code, "YEAR_ONLY_POSSIBLE");
    }
}
