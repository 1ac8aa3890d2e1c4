//! Proofs about an outage of the population database.
//!
//! What a reader would get wrong: the officer waits for none of it. A citizen stands at
//! the desk, and what the law leaves instead (papers, VNeID, the QR code of the card) has
//! to be told at once.

use std::time::Duration;

use lienthong_proto::v1;
use tokio::time::Instant;
use tonic::Code;

use super::{Broken, GLANCE, PATIENCE, Told, asked, citizen, code, expect};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// Sequence number of the dossier of these proofs.
pub(super) const OUTAGE: u32 = 8006;

/// Longest answer that is still at once; the machine may be busy.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Calls after which the breaker must have opened; it takes three in a row that tried to
/// reach the database, and not every call does right after a failure.
const CALLS: usize = 100;

const LOOK_UP: &str = "037";

/// What an outage looks like to an officer, and that it ends by itself.
pub(super) async fn an_outage(world: &World) -> Result<String, Broken> {
    let mut vendor = world.vendor().await?;
    let kept = messages::verify(&citizen(world, "plain")?, &code(world, OUTAGE));
    vendor.population.verify_citizen(kept.clone()).await?;
    world.mocks().population().pause();
    let during = while_it_is_out(world, &mut vendor, kept).await;
    world.mocks().population().resume();
    let during = during?;
    let again = until_it_answers(world, &mut vendor).await?;
    let health = population(&mut vendor).await?;
    expect(&v1::BreakerState::Closed, &health.breaker())?;
    Ok(format!("{during}; LIVE after {} ms", again.as_millis()))
}

async fn while_it_is_out(
    world: &World,
    vendor: &mut Vendor,
    kept: v1::VerifyCitizenRequest,
) -> Result<String, Broken> {
    let before = asked(world, LOOK_UP);
    let request = messages::verify(&citizen(world, "apostrophe")?, &code(world, OUTAGE));
    let mut reasons = Vec::new();
    let mut slowest = Duration::ZERO;
    for _ in 0..CALLS {
        let started = Instant::now();
        let told = Told::of(vendor.population.verify_citizen(request.clone()).await)?;
        slowest = slowest.max(started.elapsed());
        expect(&Code::Unavailable, &told.code)?;
        expect(&Some("paper,vneid,qr"), &told.metadata("fallback"))?;
        expect(&true, &told.may_retry)?;
        reasons.push(told.reason);
        if reasons.last().is_some_and(|last| last == "BREAKER_OPEN") {
            break;
        }
    }
    expect(&Some("BREAKER_OPEN"), &reasons.last().map(String::as_str))?;
    if slowest > AT_ONCE {
        return Err(Broken::TooLate {
            what: "an answer during the outage",
            seconds: AT_ONCE.as_secs(),
        });
    }
    expect(&before, &asked(world, LOOK_UP))?;
    let health = population(vendor).await?;
    expect(&false, &(health.condition() == v1::Condition::Healthy))?;
    let answer = vendor.population.verify_citizen(kept).await?.into_inner();
    let source = answer.provenance.unwrap_or_default().source();
    expect(&v1::provenance::Source::Cache, &source)?;
    reasons.dedup();
    Ok(format!(
        "{} (≤ {} ms), fallback: paper,vneid,qr; {}",
        reasons.join(" → "),
        slowest.as_millis(),
        source.as_str_name()
    ))
}

/// Asks until there is an answer again; how long that took.
async fn until_it_answers(world: &World, vendor: &mut Vendor) -> Result<Duration, Broken> {
    let request = messages::verify(&citizen(world, "apostrophe")?, &code(world, OUTAGE));
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        match vendor.population.verify_citizen(request.clone()).await {
            Ok(answer) => {
                let answer = answer.into_inner();
                expect(&v1::Verdict::Match, &answer.verdict())?;
                let source = answer.provenance.unwrap_or_default().source();
                expect(&v1::provenance::Source::Live, &source)?;
                return Ok(started.elapsed());
            }
            Err(status) if status.code() == Code::Unavailable => tokio::time::sleep(GLANCE).await,
            Err(status) => return Err(status.into()),
        }
    }
    Err(Broken::TooLate {
        what: "an answer after the outage",
        seconds: PATIENCE.as_secs(),
    })
}

async fn population(vendor: &mut Vendor) -> Result<v1::UpstreamHealth, Broken> {
    let upstreams = vendor.health().await?.upstreams.into_iter();
    upstreams
        .into_iter()
        .find(|upstream| upstream.name == "population")
        .ok_or_else(|| Broken::Otherwise {
            expected: "the health of the population database".to_owned(),
            seen: "none".to_owned(),
        })
}
