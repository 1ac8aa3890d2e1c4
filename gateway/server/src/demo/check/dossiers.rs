//! Proofs about bringing dossiers to the portal.

use lienthong_mocks::{Fault, FaultEffect, PortalDossier};
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use tokio::time::Instant;

use super::{Broken, GLANCE, PATIENCE, code, expect};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// Sequence numbers of the dossiers of these proofs.
const WHOLE_LIFE: u32 = 9001;
const OUTAGE: std::ops::Range<u32> = 9101..9106;
const LOST_ANSWER: u32 = 9201;
const RESTART: std::ops::Range<u32> = 9301..9306;

const LIFE: [(PortalStatus, &str); 4] = [
    (PortalStatus::Received, "Tiếp nhận hồ sơ"),
    (PortalStatus::Processing, "Thẩm định hồ sơ"),
    (
        PortalStatus::Processed,
        "Chuyển kết quả cho bộ phận một cửa",
    ),
    (PortalStatus::Returned, "Trả kết quả cho công dân"),
];

/// Records the dossier's state and a step for each status of `life`.
async fn live(
    world: &World,
    vendor: &mut Vendor,
    code: &str,
    life: &[(PortalStatus, &str)],
) -> Result<(), Broken> {
    let people = world.citizens();
    let Some(owner) = people.first() else {
        return Err(Broken::Otherwise {
            expected: "people".to_owned(),
            seen: "none".to_owned(),
        });
    };
    for (status, content) in life {
        let now = world.clock().now();
        vendor
            .record_state(messages::state(code, *status, owner, now))
            .await?;
        vendor
            .record_step(messages::step(code, *status, content, now))
            .await?;
    }
    Ok(())
}

/// Waits until the gateway says that all of a dossier is at the portal.
async fn accepted(vendor: &mut Vendor, code: &str) -> Result<v1::GetDossierResponse, Broken> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let dossier = vendor.dossier(code).await?;
        let sync = dossier.sync.clone().unwrap_or_default();
        match sync.state() {
            v1::SyncState::Accepted => return Ok(dossier),
            v1::SyncState::Refused | v1::SyncState::Dead => {
                let cause = sync
                    .timeline
                    .iter()
                    .flat_map(|entry| &entry.attempts)
                    .next_back();
                return Err(Broken::Otherwise {
                    expected: "ACCEPTED".to_owned(),
                    seen: format!(
                        "{} ({:?})",
                        sync.state().as_str_name(),
                        cause.map(v1::Attempt::cause)
                    ),
                });
            }
            _ => tokio::time::sleep(GLANCE).await,
        }
    }
    Err(Broken::TooLate {
        what: "the dossier accepted by the portal",
        seconds: PATIENCE.as_secs(),
    })
}

/// What the portal itself holds.
fn at_portal(world: &World, code: &str) -> Result<PortalDossier, Broken> {
    world
        .mocks()
        .portal()
        .dossier(code)
        .ok_or_else(|| Broken::Otherwise {
            expected: format!("{code} at the portal"),
            seen: "nothing".to_owned(),
        })
}

/// The statuses of the steps there, in the portal's order.
fn steps(dossier: &PortalDossier) -> Vec<String> {
    dossier
        .steps
        .iter()
        .map(|step| {
            step.get("TrangThai")
                .and_then(|value| value.as_str())
                .unwrap_or("?")
                .to_owned()
        })
        .collect()
}

fn whole(dossier: &PortalDossier) -> Result<String, Broken> {
    expect(
        &["2", "4", "9", "10"].map(str::to_owned).to_vec(),
        &steps(dossier),
    )?;
    expect(&Some("10".to_owned()), &dossier.status().map(str::to_owned))?;
    expect(&1, &dossier.creates)?;
    Ok(format!("{}: {}", dossier.code, steps(dossier).join(" → ")))
}

pub(super) async fn a_whole_life(world: &World) -> Result<String, Broken> {
    let code = code(world, WHOLE_LIFE);
    let mut vendor = world.vendor().await?;
    live(world, &mut vendor, &code, &LIFE).await?;
    accepted(&mut vendor, &code).await?;
    whole(&at_portal(world, &code)?)
}

pub(super) async fn an_outage(world: &World) -> Result<String, Broken> {
    let mut vendor = world.vendor().await?;
    let codes: Vec<String> = OUTAGE.map(|sequence| code(world, sequence)).collect();
    for code in &codes {
        live(world, &mut vendor, code, &LIFE[..1]).await?;
    }
    world.mocks().portal().pause();
    for code in &codes {
        live(world, &mut vendor, code, &LIFE[1..]).await?;
    }
    let cause = failed_attempt(&mut vendor, &codes[0]).await?;
    world.mocks().portal().resume();
    for code in &codes {
        accepted(&mut vendor, code).await?;
        whole(&at_portal(world, code)?)?;
    }
    Ok(format!("{} × 8, {}", codes.len(), cause.as_str_name()))
}

/// Waits until an attempt at the dossier has failed, and tells why.
async fn failed_attempt(vendor: &mut Vendor, code: &str) -> Result<v1::Cause, Broken> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let sync = vendor.dossier(code).await?.sync.unwrap_or_default();
        let attempts = sync.timeline.iter().flat_map(|entry| &entry.attempts);
        if let Some(failed) = attempts
            .map(v1::Attempt::cause)
            .find(|cause| *cause != v1::Cause::Unspecified)
        {
            return Ok(failed);
        }
        tokio::time::sleep(GLANCE).await;
    }
    Err(Broken::TooLate {
        what: "a failed attempt",
        seconds: PATIENCE.as_secs(),
    })
}

pub(super) async fn a_lost_answer(world: &World) -> Result<String, Broken> {
    let code = code(world, LOST_ANSWER);
    for operation in ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"] {
        let fault = Fault::new(FaultEffect::DropAfterEffect)
            .on(operation)
            .for_key(&code);
        if world.mocks().portal().script(fault).is_err() {
            return Err(Broken::Otherwise {
                expected: "a scripted fault".to_owned(),
                seen: "a refusal".to_owned(),
            });
        }
    }
    let mut vendor = world.vendor().await?;
    live(world, &mut vendor, &code, &LIFE).await?;
    let dossier = accepted(&mut vendor, &code).await?;
    let timeline = dossier.sync.unwrap_or_default().timeline;
    let outcomes: Vec<v1::attempt::Outcome> = timeline
        .iter()
        .flat_map(|entry| &entry.attempts)
        .map(v1::Attempt::outcome)
        .collect();
    expect(&true, &outcomes.contains(&v1::attempt::Outcome::Unknown))?;
    expect(
        &true,
        &outcomes.contains(&v1::attempt::Outcome::FoundDelivered),
    )?;
    expect(&0, &world.mocks().portal().waiting_faults().len())?;
    whole(&at_portal(world, &code)?)
}

pub(super) async fn a_restart(world: &mut World) -> Result<String, Broken> {
    let codes: Vec<String> = RESTART.map(|sequence| code(world, sequence)).collect();
    world.mocks().portal().pause();
    let mut vendor = world.vendor().await?;
    for code in &codes {
        live(world, &mut vendor, code, &LIFE).await?;
    }
    world.stop_gateway().await;
    world.start_gateway().await?;
    world.mocks().portal().resume();
    let mut vendor = world.vendor().await?;
    for code in &codes {
        accepted(&mut vendor, code).await?;
        whole(&at_portal(world, code)?)?;
    }
    Ok(format!("{} × 8", codes.len()))
}

pub(super) async fn healthy(world: &World) -> Result<String, Broken> {
    let health = world.vendor().await?.health().await?;
    expect(&v1::Condition::Healthy, &health.condition())?;
    let accepted = health
        .upstreams
        .iter()
        .flat_map(|upstream| &upstream.counts)
        .find(|count| count.state() == v1::SyncState::Accepted)
        .map_or(0, |count| count.count);
    Ok(format!(
        "{}: {accepted} ACCEPTED",
        health.condition().as_str_name()
    ))
}
