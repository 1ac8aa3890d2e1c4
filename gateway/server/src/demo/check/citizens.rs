//! Proofs about look-ups.

use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use tonic_types::StatusExt as _;

use super::{Broken, citizen, expect};
use crate::demo::messages;
use crate::demo::world::World;

async fn verify(
    world: &World,
    citizen: &SampleCitizen,
) -> Result<v1::VerifyCitizenResponse, Broken> {
    let code = messages::dossier_code(world.clock().now(), 1);
    let mut vendor = world.vendor().await?;
    let answer = vendor
        .population
        .verify_citizen(messages::verify(citizen, &code))
        .await?;
    Ok(answer.into_inner())
}

fn seen(answer: &v1::VerifyCitizenResponse) -> String {
    let checked: Vec<&str> = answer.checked().map(|field| field.as_str_name()).collect();
    let provenance = answer.provenance.clone().unwrap_or_default();
    format!(
        "{} ({}), {} {}",
        answer.verdict().as_str_name(),
        checked.join(" + "),
        provenance.source().as_str_name(),
        provenance.profile,
    )
}

pub(super) async fn a_match(world: &World) -> Result<String, Broken> {
    let answer = verify(world, &citizen(world, "plain")?).await?;
    expect(&v1::Verdict::Match, &answer.verdict())?;
    expect(&0, &answer.warnings.len())?;
    Ok(seen(&answer))
}

pub(super) async fn a_no_match(world: &World) -> Result<String, Broken> {
    let mut other = citizen(world, "plain")?;
    other.full_name = String::from("Nguyễn Văn Không Có");
    let answer = verify(world, &other).await?;
    expect(&v1::Verdict::NoMatch, &answer.verdict())?;
    Ok(seen(&answer))
}

pub(super) async fn a_year_only(world: &World) -> Result<String, Broken> {
    let citizen = citizen(world, "year-only")?;
    expect(&None, &citizen.birth_date)?;
    let answer = verify(world, &citizen).await?;
    expect(&v1::Verdict::Match, &answer.verdict())?;
    Ok(seen(&answer))
}

pub(super) async fn an_nfd_name(world: &World) -> Result<String, Broken> {
    let mut citizen = citizen(world, "old-tone-placement")?;
    // "Nguyễn Thị Hoà" with every mark as a character of its own.
    citizen.full_name = String::from("Nguye\u{302}\u{303}n Thi\u{323} Hoa\u{300}");
    let answer = verify(world, &citizen).await?;
    expect(&v1::Verdict::Match, &answer.verdict())?;
    Ok(seen(&answer))
}

pub(super) async fn withheld_fields(world: &World) -> Result<String, Broken> {
    let code = messages::dossier_code(world.clock().now(), 1);
    let request = messages::look_up(&citizen(world, "plain")?, &code);
    let answer = world
        .vendor()
        .await?
        .population
        .lookup_citizen(request)
        .await?
        .into_inner();
    expect(&v1::Verdict::Match, &answer.verdict())?;
    expect(&v1::NameComparison::Exact, &answer.name_comparison())?;
    let record = answer.citizen.unwrap_or_default();
    expect(&None, &record.ethnic_group)?;
    expect(&None, &record.religion)?;
    expect(&true, &record.permanent_address.is_some())?;
    for field in ["ethnic_group", "religion"] {
        expect(
            &true,
            &answer.withheld.iter().any(|withheld| withheld == field),
        )?;
    }
    Ok(format!("withheld: {}", answer.withheld.join(", ")))
}

pub(super) async fn bad_input(world: &World) -> Result<String, Broken> {
    let before = world.mocks().population().journal().len();
    let request = v1::VerifyCitizenRequest {
        identity: Some(v1::Identity {
            number: Some(v1::identity::Number::PersonalNumber("12345".to_owned())),
        }),
        birth: Some(v1::BirthDate {
            value: Some(v1::birth_date::Value::Date("1985-02-30".to_owned())),
        }),
        ..v1::VerifyCitizenRequest::default()
    };
    let Err(status) = world
        .vendor()
        .await?
        .population
        .verify_citizen(request)
        .await
    else {
        return Err(Broken::Otherwise {
            expected: "INVALID_ARGUMENT".to_owned(),
            seen: "OK".to_owned(),
        });
    };
    let violations = status
        .get_details_bad_request()
        .map(|details| details.field_violations)
        .unwrap_or_default();
    let fields: Vec<&str> = violations.iter().map(|each| each.field.as_str()).collect();
    expect(
        &vec![
            "context",
            "identity.personal_number",
            "full_name",
            "birth.date",
        ],
        &fields,
    )?;
    expect(&before, &world.mocks().population().journal().len())?;
    Ok(fields.join(", "))
}
