//! Proofs about what a look-up costs: what is kept, shared, streamed and refused.
//!
//! What a reader would get wrong: how often the population database was asked is never
//! taken from the gateway's answers. It is counted in that database's own journal.

use futures_util::future::join_all;
use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1;
use lienthong_proto::v1::verify_citizens_response::Result as Item;
use tokio_stream::StreamExt as _;
use tonic::Code;

use super::{Broken, Told, asked, citizen, code, expect};
use crate::demo::messages;
use crate::demo::world::World;

/// Sequence numbers of the dossiers of these proofs.
pub(super) const KEPT: u32 = 8001;
pub(super) const TOGETHER: u32 = 8002;
pub(super) const HOUSEHOLD: u32 = 8003;
pub(super) const STREAM: u32 = 8004;
pub(super) const REFUSED: u32 = 8005;

/// Callers who ask the same at the same time.
pub(super) const CALLERS: usize = 50;
/// People in the stream.
const PEOPLE: usize = 30;
/// Questions of the stream that reach the database: the people, and one wrong name.
pub(super) const STREAMED: usize = PEOPLE + 1;

/// Operations at the database, as its journal names them.
const LOOK_UP: &str = "037";
const OF_HOUSEHOLD: &str = "household";

pub(super) async fn a_kept_answer(world: &World) -> Result<String, Broken> {
    let before = asked(world, LOOK_UP);
    let mut vendor = world.vendor().await?;
    let request = messages::verify(&citizen(world, "plain")?, &code(world, KEPT));
    let miss = vendor.population.verify_citizen(request.clone()).await?;
    let miss = provenance(miss.into_inner())?;
    let hit = vendor.population.verify_citizen(request).await?;
    let hit = provenance(hit.into_inner())?;
    expect(&v1::provenance::Source::Live, &miss.source())?;
    expect(&v1::provenance::Source::Cache, &hit.source())?;
    expect(&observed_at(&miss), &observed_at(&hit))?;
    expect(&miss.request_id, &hit.request_id)?;
    expect(&(1, 0), &(miss.attempts, hit.attempts))?;
    expect(&1, &(asked(world, LOOK_UP) - before))?;
    let age = hit.age.unwrap_or_default();
    Ok(format!(
        "LIVE, CACHE ({}.{:03} s), {}",
        age.seconds,
        age.nanos / 1_000_000,
        hit.request_id
    ))
}

fn provenance(answer: v1::VerifyCitizenResponse) -> Result<v1::Provenance, Broken> {
    expect(&v1::Verdict::Match, &answer.verdict())?;
    Ok(answer.provenance.unwrap_or_default())
}

/// In microseconds: what is kept of the moment.
fn observed_at(provenance: &v1::Provenance) -> Option<(i64, i32)> {
    let moment = provenance.observed_at?;
    Some((moment.seconds, moment.nanos / 1000))
}

pub(super) async fn equal_calls(world: &World) -> Result<String, Broken> {
    let before = asked(world, LOOK_UP);
    // Late enough that all of them are under way before the first is answered.
    let late = FaultEffect::Delay {
        ms: 500,
        before_effect: false,
    };
    let scripted = world.mocks().population();
    if scripted.script(Fault::new(late).on(LOOK_UP)).is_err() {
        return Err(Broken::Otherwise {
            expected: "a scripted delay".to_owned(),
            seen: "a refusal".to_owned(),
        });
    }
    let request = messages::verify(&citizen(world, "plain")?, &code(world, TOGETHER));
    let vendor = world.vendor().await?;
    let calls = (0..CALLERS).map(|_| {
        let (mut population, request) = (vendor.population.clone(), request.clone());
        async move { population.verify_citizen(request).await }
    });
    let mut attempts = 0;
    for answer in join_all(calls).await {
        attempts += provenance(answer?.into_inner())?.attempts;
    }
    let requests = asked(world, LOOK_UP) - before;
    expect(&1, &requests)?;
    expect(&1, &attempts)?;
    Ok(format!("{CALLERS} × MATCH, MaYeuCau × {requests}"))
}

pub(super) async fn a_household(world: &World) -> Result<String, Broken> {
    let before = asked(world, OF_HOUSEHOLD);
    let head = citizen(world, "plain")?;
    let request = messages::household(&head, &code(world, HOUSEHOLD));
    let mut vendor = world.vendor().await?;
    let answer = vendor.population.lookup_household(request).await?;
    let answer = answer.into_inner();
    expect(&v1::Verdict::Match, &answer.verdict())?;
    let told = answer.head.unwrap_or_default();
    expect(&true, &names(&told, &head))?;
    expect(&3, &answer.members.len())?;
    for kind in ["old-and-new-number", "child", "year-only"] {
        let person = citizen(world, kind)?;
        let is_told = |member: &v1::HouseholdMember| names(member, &person);
        expect(&true, &answer.members.iter().any(is_told))?;
    }
    for member in answer.members.iter().chain([&told]) {
        expect(&0, &member.personal_number.len())?;
        expect(&0, &member.relation_code.len())?;
    }
    let withheld = [
        "head.personal_number",
        "members.personal_number",
        "members.relation_code",
    ];
    expect(&withheld.map(str::to_owned).to_vec(), &answer.withheld)?;
    expect(&1, &(asked(world, OF_HOUSEHOLD) - before))?;
    Ok(format!(
        "1 + {}, withheld: {}",
        answer.members.len(),
        answer.withheld.join(", ")
    ))
}

/// Whether `told` is `person`; the database writes in upper case.
fn names(told: &v1::HouseholdMember, person: &SampleCitizen) -> bool {
    told.full_name == person.full_name.to_uppercase()
}

pub(super) async fn a_stream(world: &World) -> Result<String, Broken> {
    let before = asked(world, LOOK_UP);
    let dossier = code(world, STREAM);
    let question = |correlation_id: &str, citizen: &SampleCitizen| v1::VerifyCitizensRequest {
        correlation_id: correlation_id.to_owned(),
        request: Some(messages::verify(citizen, &dossier)),
    };
    let people = world.citizens();
    let mut questions: Vec<_> = people
        .iter()
        .take(PEOPLE)
        .enumerate()
        .map(|(place, citizen)| question(&format!("person-{place}"), citizen))
        .collect();
    let mut wrong = citizen(world, "plain")?;
    wrong.full_name = String::from("Nguyễn Văn Không Có");
    questions.insert(PEOPLE / 3, question("wrong-name", &wrong));
    wrong.personal_number = Some("12345".to_owned());
    questions.insert(PEOPLE / 2, question("bad-number", &wrong));
    let sent = questions.len();

    let mut vendor = world.vendor().await?;
    let answers = vendor
        .population
        .verify_citizens(tokio_stream::iter(questions))
        .await?;
    let mut answers = answers.into_inner();
    let (mut matches, mut ended) = (0, 0);
    while let Some(answer) = answers.next().await {
        ended += 1;
        matches += usize::from(is_match(answer?)?);
    }
    expect(&sent, &ended)?;
    expect(&PEOPLE, &matches)?;
    expect(&STREAMED, &(asked(world, LOOK_UP) - before))?;
    Ok(format!(
        "{sent}: {matches} × MATCH, 1 × NO_MATCH, 1 × INVALID_FIELD"
    ))
}

/// Whether one answer of the stream is a match; the two odd questions have theirs.
fn is_match(answer: v1::VerifyCitizensResponse) -> Result<bool, Broken> {
    let id = answer.correlation_id.as_str();
    match answer.result {
        Some(Item::Answer(answer)) => {
            let expected = match id {
                "wrong-name" => v1::Verdict::NoMatch,
                _ => v1::Verdict::Match,
            };
            expect(&expected, &answer.verdict())?;
            Ok(expected == v1::Verdict::Match)
        }
        Some(Item::Error(error)) => {
            expect(&"bad-number", &id)?;
            expect(&i32::from(Code::InvalidArgument), &error.code)?;
            let violations = error.violations.iter().map(|each| each.field.as_str());
            expect(
                &vec!["request.identity.personal_number"],
                &violations.collect(),
            )?;
            Ok(false)
        }
        None => Err(Broken::Otherwise {
            expected: "an answer or an error".to_owned(),
            seen: "neither".to_owned(),
        }),
    }
}

pub(super) async fn a_refusal(world: &World) -> Result<String, Broken> {
    let before = asked(world, LOOK_UP);
    let mut request = messages::verify(&citizen(world, "plain")?, &code(world, REFUSED));
    if let Some(context) = &mut request.context {
        context.purpose = v1::Purpose::DataCleaning.into();
    }
    let mut vendor = world.vendor().await?;
    let told = Told::of(vendor.population.verify_citizen(request).await)?;
    expect(&Code::PermissionDenied, &told.code)?;
    expect(&"NOT_PERMITTED_PURPOSE", &told.reason.as_str())?;
    expect(&before, &asked(world, LOOK_UP))?;
    Ok(format!("{:?}, {}", told.code, told.reason))
}
