//! Proofs about bringing dossiers to the portal.

use lienthong_mocks::{Fault, FaultEffect, PortalDossier};
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;

use super::{Broken, code, expect, script, until};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// Sequence numbers of the dossiers of these proofs.
pub(super) const WHOLE_LIFE: u32 = 9001;
const OUTAGE: std::ops::Range<u32> = 9101..9106;
const WEB_PAGE: u32 = 9151;
const LOST_ANSWER: u32 = 9201;
const RESTART: std::ops::Range<u32> = 9301..9306;

pub(super) const LIFE: [(PortalStatus, &str); 4] = [
    (PortalStatus::Received, "Tiếp nhận hồ sơ"),
    (PortalStatus::Processing, "Thẩm định hồ sơ"),
    (
        PortalStatus::Processed,
        "Chuyển kết quả cho bộ phận một cửa",
    ),
    (PortalStatus::Returned, "Trả kết quả cho công dân"),
];

/// Records the dossier's state and a step for each status of `life`.
pub(super) async fn live(
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
pub(super) async fn accepted(
    vendor: &mut Vendor,
    code: &str,
) -> Result<v1::GetDossierResponse, Broken> {
    until("the dossier accepted by the portal", async || {
        let dossier = vendor.dossier(code).await?;
        let sync = dossier.sync.clone().unwrap_or_default();
        match sync.state() {
            v1::SyncState::Accepted => Ok(Some(dossier)),
            v1::SyncState::Refused | v1::SyncState::Dead => Err(Broken::Otherwise {
                expected: "ACCEPTED".to_owned(),
                seen: format!("{} ({:?})", sync.state().as_str_name(), failures(&sync)),
            }),
            _ => Ok(None),
        }
    })
    .await
}

/// The causes of the attempts that failed, oldest first.
pub(super) fn failures(sync: &v1::DossierSync) -> Vec<v1::Cause> {
    let attempts = sync.timeline.iter().flat_map(|entry| &entry.attempts);
    attempts
        .map(v1::Attempt::cause)
        .filter(|cause| *cause != v1::Cause::Unspecified)
        .collect()
}

/// What the portal itself holds.
pub(super) fn at_portal(world: &World, code: &str) -> Result<PortalDossier, Broken> {
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

/// Whether the portal shows the whole of [`LIFE`], each step once.
pub(super) fn whole(dossier: &PortalDossier) -> Result<String, Broken> {
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

/// What an outage looks like, and that it ends by itself; the portal comes back without its
/// sessions, as after a restart.
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
    let during = while_it_is_out(&mut vendor, &codes).await;
    world.mocks().portal().restart(true);
    let during = during?;
    for code in &codes {
        accepted(&mut vendor, code).await?;
        whole(&at_portal(world, code)?)?;
    }
    Ok(format!("{during} → {} × 8 ACCEPTED", codes.len()))
}

/// The backlog and its reason, as an operator sees them.
async fn while_it_is_out(vendor: &mut Vendor, codes: &[String]) -> Result<String, Broken> {
    let portal = until("the breaker of the portal opens", async || {
        let health = vendor.health().await?;
        let portal = health
            .upstreams
            .into_iter()
            .find(|each| each.name == "portal");
        let tells = |portal: &v1::UpstreamHealth| {
            let mut reasons = portal.reasons.iter();
            reasons.any(|reason| reason.code == "BREAKER_OPEN" && !reason.message_vi.is_empty())
        };
        Ok(portal.filter(tells))
    })
    .await?;
    expect(&false, &(portal.condition() == v1::Condition::Healthy))?;
    expect(&true, &codes.contains(&portal.oldest_unsent_dossier))?;
    let backlog = backlog(&portal);
    // At least the last six events of each.
    expect(&true, &(backlog >= codes.len() * 6))?;
    let cause = failed_attempt(vendor, &portal.oldest_unsent_dossier).await?;
    Ok(format!(
        "{} BREAKER_OPEN, {backlog} waiting, {}",
        portal.condition().as_str_name(),
        cause.as_str_name()
    ))
}

/// Events that the gateway still has to bring there by itself.
fn backlog(portal: &v1::UpstreamHealth) -> usize {
    let waits = |state| match state {
        v1::SyncState::Pending
        | v1::SyncState::Sending
        | v1::SyncState::Unknown
        | v1::SyncState::Waiting
        | v1::SyncState::Blocked => true,
        v1::SyncState::Unspecified
        | v1::SyncState::Accepted
        | v1::SyncState::Refused
        | v1::SyncState::Dead => false,
    };
    let waiting = portal.counts.iter().filter(|count| waits(count.state()));
    waiting
        .filter_map(|count| usize::try_from(count.count).ok())
        .sum()
}

/// Waits until an attempt at the dossier has failed, and tells why.
async fn failed_attempt(vendor: &mut Vendor, code: &str) -> Result<v1::Cause, Broken> {
    until("a failed attempt", async || {
        let sync = vendor.dossier(code).await?.sync.unwrap_or_default();
        Ok(failures(&sync).pop())
    })
    .await
}

/// A page of a web server in place of an answer says nothing about the dossier: it is never
/// taken for success, and the cause is told.
pub(super) async fn a_web_page(world: &World) -> Result<String, Broken> {
    const PAGES: u32 = 2;
    let code = code(world, WEB_PAGE);
    let page = FaultEffect::Html;
    let page = Fault::new(page).on("DongBoHoSoMC").for_key(&code);
    script(world, page.times(PAGES))?;
    let mut vendor = world.vendor().await?;
    live(world, &mut vendor, &code, &LIFE).await?;
    let sync = accepted(&mut vendor, &code).await?.sync.unwrap_or_default();
    let causes = failures(&sync);
    expect(&true, &causes.contains(&v1::Cause::UpstreamNonsense))?;
    expect(&0, &world.mocks().portal().waiting_faults().len())?;
    let seen = whole(&at_portal(world, &code)?)?;
    let causes: Vec<&str> = causes.iter().map(v1::Cause::as_str_name).collect();
    Ok(format!("{} → {seen}", causes.join(", ")))
}

pub(super) async fn a_lost_answer(world: &World) -> Result<String, Broken> {
    let code = code(world, LOST_ANSWER);
    for operation in ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"] {
        let fault = Fault::new(FaultEffect::DropAfterEffect);
        script(world, fault.on(operation).for_key(&code))?;
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
