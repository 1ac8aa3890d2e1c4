//! Proof about a portal that tells only whether it holds a dossier, as the real answer is
//! publicly known (portal.md 4).
//!
//! What a reader would get wrong: the gateway could guess, and would be right nearly always.
//! A step that stands at the portal twice cannot be taken back, so a person looks instead.

use lienthong_mocks::{Fault, FaultEffect, LookupAnswer};
use lienthong_proto::v1;
use lienthong_proto::v1::SyncState;
use lienthong_proto::v1::resolve_unknown_request::Found;

use super::dossiers::{LIFE, accepted, at_portal, live, whole};
use super::{Broken, code, expect, script, until};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// Sequence numbers of the dossiers of this proof: the answer to the first step of the one
/// is lost, and of the other the step itself.
const ARRIVED: u32 = 9551;
const LOST: u32 = 9552;
/// Revision of the first step: the state comes before it.
const FIRST_STEP: i64 = 2;

/// Two steps of unknown effect wait for a person, whose word is taken for either.
pub(super) async fn a_step_that_cannot_be_asked_about(world: &World) -> Result<String, Broken> {
    let portal = world.mocks().portal();
    let shown = portal.shown_lookups();
    portal.show_lookups(LookupAnswer::CodeOnly);
    let seen = without_a_list(world).await;
    portal.show_lookups(shown);
    seen
}

async fn without_a_list(world: &World) -> Result<String, Broken> {
    let mut vendor = world.vendor().await?;
    let cases = [
        (ARRIVED, FaultEffect::DropAfterEffect, Found::Arrived),
        (LOST, FaultEffect::DropBeforeEffect, Found::Absent),
    ];
    for (sequence, effect, _) in &cases {
        let code = code(world, *sequence);
        let fault = Fault::new(effect.clone()).on("CapNhatTienDoHoSoMC");
        script(world, fault.for_key(&code))?;
        live(world, &mut vendor, &code, &LIFE).await?;
    }
    let mut seen = Vec::new();
    for (sequence, _, found) in cases {
        let code = code(world, sequence);
        waits_for_a_person(&mut vendor, &code).await?;
        resolve(&mut vendor, &code, found).await?;
        accepted(&mut vendor, &code).await?;
        seen.push(format!(
            "{} → {}",
            found.as_str_name(),
            whole(&at_portal(world, &code)?)?
        ));
    }
    Ok(format!("CANNOT_BE_ASKED: {}", seen.join("; ")))
}

/// The step waits, with what to do about it; nothing is sent meanwhile.
async fn waits_for_a_person(vendor: &mut Vendor, code: &str) -> Result<(), Broken> {
    let sync = until("the step given to a person", async || {
        let sync = vendor.dossier(code).await?.sync.unwrap_or_default();
        Ok((sync.state() == SyncState::Dead).then_some(sync))
    })
    .await?;
    let step = sync
        .timeline
        .iter()
        .find(|each| each.revision == FIRST_STEP);
    let attempt = step.and_then(|step| step.attempts.last()).cloned();
    let attempt = attempt.unwrap_or_default();
    expect(&v1::Cause::CannotBeAsked, &attempt.cause())?;
    expect(&false, &attempt.advice_vi.is_empty())
}

async fn resolve(vendor: &mut Vendor, code: &str, found: Found) -> Result<(), Broken> {
    let request = v1::ResolveUnknownRequest {
        dossier_code: code.to_owned(),
        revision: FIRST_STEP,
        found: found.into(),
        reason: "Đã xem trên Cổng DVCQG".to_owned(),
        operator_id: messages::OFFICER.to_owned(),
        ..v1::ResolveUnknownRequest::default()
    };
    vendor.sync.resolve_unknown(request).await?;
    Ok(())
}
