//! The proof that every look-up of the proofs before it is on record.
//!
//! What a reader would get wrong: the record is not taken at its word. Each request that it
//! claims has to stand in the population database's own journal, under the same number.

use std::collections::BTreeMap;

use lienthong_proto::v1;
use lienthong_proto::v1::access::Outcome;
use lienthong_proto::v1::provenance::Source;
use prost::Message as _;

use super::lookups::{CALLERS, HOUSEHOLD, KEPT, REFUSED, STREAM, STREAMED, TOGETHER};
use super::outage::OUTAGE;
use super::{Broken, code, expect};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// Fewer than the largest dossier has, so that there is more than one page.
const PAGE: i32 = 20;

/// Who did what, for which dossier, with which answer, from where.
pub(super) async fn of_every_look_up(world: &World) -> Result<String, Broken> {
    let mut vendor = world.vendor().await?;
    let mut all = Vec::new();
    let mut lines = Vec::new();
    for (sequence, check) in [
        (KEPT, kept as fn(&[v1::Access]) -> Result<(), Broken>),
        (TOGETHER, together),
        (HOUSEHOLD, household),
        (STREAM, stream),
        (REFUSED, refused),
        (OUTAGE, outage),
    ] {
        let dossier = code(world, sequence);
        let accesses = of_dossier(&mut vendor, &dossier).await?;
        check(&accesses)?;
        lines.push(format!("{dossier}: {}", summary(&accesses)));
        all.extend(accesses);
    }
    for access in &all {
        signed_by_the_caller(access)?;
        names_nobody(world, access)?;
    }
    as_the_database_saw_it(world, &all)?;
    Ok(lines.join("\n    "))
}

/// The record of one dossier, oldest first.
async fn of_dossier(vendor: &mut Vendor, dossier: &str) -> Result<Vec<v1::Access>, Broken> {
    let mut request = messages::accesses(dossier);
    request.page_size = PAGE;
    let mut accesses = Vec::new();
    loop {
        let page = vendor.audit.list_accesses(request.clone()).await?;
        let page = page.into_inner();
        accesses.extend(page.accesses);
        if page.next_page_token.is_empty() {
            accesses.reverse();
            return Ok(accesses);
        }
        request.page_token = page.next_page_token;
    }
}

fn source(access: &v1::Access) -> Source {
    let provenance = access.provenance.as_ref();
    provenance.map_or(Source::Unspecified, v1::Provenance::source)
}

fn request_id(access: &v1::Access) -> &str {
    let provenance = access.provenance.as_ref();
    provenance.map_or("", |provenance| provenance.request_id.as_str())
}

fn outcomes(accesses: &[v1::Access]) -> Vec<(Outcome, Source)> {
    let outcome = |access: &v1::Access| (access.outcome(), source(access));
    accesses.iter().map(outcome).collect()
}

fn kept(accesses: &[v1::Access]) -> Result<(), Broken> {
    let expected = vec![
        (Outcome::Matched, Source::Live),
        (Outcome::Matched, Source::Cache),
    ];
    expect(&expected, &outcomes(accesses))?;
    let [miss, hit] = accesses else {
        return Ok(());
    };
    expect(&request_id(miss), &request_id(hit))?;
    expect(&(1, 0), &(miss.attempt, hit.attempt))?;
    expect(&false, &miss.person_digest.is_empty())?;
    expect(&miss.person_digest, &hit.person_digest)
}

fn together(accesses: &[v1::Access]) -> Result<(), Broken> {
    expect(&CALLERS, &accesses.len())?;
    let one = accesses.first().map_or("", request_id);
    let other = accesses.iter().find(|access| request_id(access) != one);
    expect(&None, &other.map(request_id))?;
    expect(&1, &accesses.iter().map(|access| access.attempt).sum())
}

fn household(accesses: &[v1::Access]) -> Result<(), Broken> {
    expect(&vec![(Outcome::Matched, Source::Live)], &outcomes(accesses))?;
    let Some(access) = accesses.first() else {
        return Ok(());
    };
    let method = "lienthong.v1.PopulationService/LookupHousehold";
    expect(&method, &access.method.as_str())?;
    let returned = ["head.full_name", "members.full_name", "members.birth"];
    expect(
        &returned.map(str::to_owned).to_vec(),
        &access.returned_fields,
    )?;
    expect(&3, &access.withheld_fields.len())
}

fn stream(accesses: &[v1::Access]) -> Result<(), Broken> {
    let outcomes = outcomes(accesses);
    let count = |wanted| {
        outcomes
            .iter()
            .filter(|(found, _)| *found == wanted)
            .count()
    };
    // What could not be read as a question is no look-up.
    expect(&(STREAMED - 1), &count(Outcome::Matched))?;
    expect(&1, &count(Outcome::NotMatched))?;
    expect(&STREAMED, &outcomes.len())
}

fn refused(accesses: &[v1::Access]) -> Result<(), Broken> {
    let expected = vec![(Outcome::Denied, Source::Unspecified)];
    expect(&expected, &outcomes(accesses))?;
    let reasons: Vec<_> = accesses.iter().map(|one| one.reason.as_str()).collect();
    expect(&vec!["NOT_PERMITTED_PURPOSE"], &reasons)
}

fn outage(accesses: &[v1::Access]) -> Result<(), Broken> {
    let outcomes = outcomes(accesses);
    for expected in [
        (Outcome::Matched, Source::Live),
        (Outcome::NotAnswered, Source::Unspecified),
        (Outcome::Matched, Source::Cache),
    ] {
        expect(&true, &outcomes.contains(&expected))?;
    }
    let reasons: Vec<_> = accesses.iter().map(|one| one.reason.as_str()).collect();
    expect(&true, &reasons.contains(&"BREAKER_OPEN"))
}

/// Every record says who asked and for what.
fn signed_by_the_caller(access: &v1::Access) -> Result<(), Broken> {
    expect(&"igate", &access.client.as_str())?;
    let context = access.context.clone().unwrap_or_default();
    let said = (context.unit_code.as_str(), context.procedure_code.as_str());
    expect(&(messages::UNIT, messages::PROCEDURE), &said)?;
    expect(&true, &(context.officer_id == messages::OFFICER))
}

/// No record holds a number or a name of anybody who was asked about.
fn names_nobody(world: &World, access: &v1::Access) -> Result<(), Broken> {
    let bytes = access.encode_to_vec();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    let named = world.citizens().iter().any(|citizen| {
        let numbers = [&citizen.personal_number, &citizen.old_id_card_number];
        // A name of a single short word may stand in any text by chance.
        (citizen.full_name.len() > 8 && holds(&citizen.full_name))
            || numbers.into_iter().flatten().any(|number| holds(number))
    });
    expect(&false, &named)
}

/// As many requests under each number as the record claims.
fn as_the_database_saw_it(world: &World, accesses: &[v1::Access]) -> Result<(), Broken> {
    let mut claimed: BTreeMap<&str, i32> = BTreeMap::new();
    for access in accesses {
        // During the outage nothing could arrive.
        if access.outcome() != Outcome::NotAnswered {
            *claimed.entry(request_id(access)).or_default() += access.attempt;
        }
    }
    claimed.remove("");
    let journal = world.mocks().population().journal();
    for (number, attempts) in claimed {
        let arrived = journal
            .iter()
            .filter(|entry| entry.concerns(number))
            .count();
        expect(&i32::try_from(arrived).unwrap_or(i32::MAX), &attempts)?;
    }
    Ok(())
}

/// How often each kind of ending stands in the record.
fn summary(accesses: &[v1::Access]) -> String {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for access in accesses {
        let detail = if access.reason.is_empty() {
            source(access).as_str_name()
        } else {
            access.reason.as_str()
        };
        let kind = format!("{} {detail}", access.outcome().as_str_name());
        *kinds.entry(kind).or_default() += 1;
    }
    let told = kinds
        .iter()
        .map(|(kind, count)| format!("{count} × {kind}"));
    told.collect::<Vec<_>>().join(", ")
}
