//! Proofs about what the portal refuses, and an operator's way out of it.

use lienthong_mocks::{EffectKind, Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::SyncState;
use lienthong_proto::v1::operation::State;

use super::dossiers::{LIFE, accepted, at_portal, live, whole};
use super::{Broken, citizen, code, expect, script, until};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;
use crate::lang::Lang;

/// Sequence numbers of the dossiers of these proofs.
const REFUSED: u32 = 9501;
const OTHERS: std::ops::Range<u32> = 9502..9505;
const WRONG: u32 = 9521;

/// Events behind the one that is refused.
const BLOCKED: usize = LIFE.len() * 2 - 1;

/// One dossier is refused at its creation; those recorded after it arrive all the same.
pub(super) async fn a_refusal(world: &World) -> Result<String, Broken> {
    let refused = code(world, REFUSED);
    let answer = FaultEffect::error_text("-1", messages::REFUSAL);
    let fault = Fault::new(answer).on("DongBoHoSoMC").for_key(&refused);
    script(world, fault)?;
    let mut vendor = world.vendor().await?;
    live(world, &mut vendor, &refused, &LIFE).await?;
    let others: Vec<String> = OTHERS.map(|sequence| code(world, sequence)).collect();
    for code in &others {
        live(world, &mut vendor, code, &LIFE).await?;
    }
    for code in &others {
        accepted(&mut vendor, code).await?;
        whole(&at_portal(world, code)?)?;
    }
    let sync = until("the dossier refused", async || {
        let sync = vendor.dossier(&refused).await?.sync.unwrap_or_default();
        Ok((sync.state() == SyncState::Refused).then_some(sync))
    })
    .await?;
    let seen = held_up(&sync)?;
    expect(&true, &world.mocks().portal().dossier(&refused).is_none())?;
    Ok(format!("{seen}; {} × 8 ACCEPTED", others.len()))
}

/// The first event tells what the portal said and what to do; the others tell what they
/// wait for.
fn held_up(sync: &v1::DossierSync) -> Result<String, Broken> {
    let Some((first, rest)) = sync.timeline.split_first() else {
        return Err(Broken::Otherwise {
            expected: "a timeline".to_owned(),
            seen: "none".to_owned(),
        });
    };
    let attempt = first.attempts.last().cloned().unwrap_or_default();
    expect(&v1::Cause::FieldRejected, &attempt.cause())?;
    expect(&messages::REFUSAL, &attempt.upstream_text.as_str())?;
    expect(&false, &attempt.advice_vi.is_empty())?;
    expect(&BLOCKED, &rest.len())?;
    for event in rest {
        expect(&SyncState::Blocked, &event.state())?;
        expect(&first.event_id, &event.blocked_by)?;
    }
    Ok(format!(
        "REFUSED, {BLOCKED} BLOCKED: {}",
        attempt.upstream_text
    ))
}

/// The same as an operator sees it, who looks at causes and not at rows.
pub(super) async fn causes(world: &World, lang: Lang) -> Result<String, Broken> {
    let mut vendor = world.vendor().await?;
    let refused = code(world, REFUSED);
    let request = v1::ListFailureCausesRequest::default();
    let answer = vendor.sync.list_failure_causes(request).await?;
    let groups = answer.into_inner().groups;
    let [group] = groups.as_slice() else {
        return Err(Broken::Otherwise {
            expected: "one cause".to_owned(),
            seen: format!("{}", groups.len()),
        });
    };
    expect(&v1::Cause::FieldRejected, &group.cause())?;
    expect(&(1, 1), &(group.dossiers, group.events))?;
    expect(&i64::try_from(BLOCKED).ok(), &Some(group.blocked_events))?;
    expect(&vec![refused], &group.example_dossier_codes)?;
    expect(&false, &group.advice_vi.is_empty())?;
    expect(&false, &group.advice_en.is_empty())?;
    let advice = lang.pick(&group.advice_vi, &group.advice_en);
    Ok(format!("{}: {advice}", group.cause().as_str_name()))
}

/// What was in the way is gone, and the dossier is tried again as it was recorded.
pub(super) async fn a_retry(world: &World) -> Result<String, Broken> {
    let mut vendor = world.vendor().await?;
    let refused = code(world, REFUSED);
    let request = v1::PreviewRetryRequest {
        filter: Some(v1::DossierFilter {
            causes: vec![v1::Cause::FieldRejected.into()],
            ..v1::DossierFilter::default()
        }),
        events_per_minute: 0,
    };
    let preview = vendor.sync.preview_retry(request).await?.into_inner();
    expect(&(1, 1), &(preview.dossiers, preview.events))?;
    let request = v1::StartRetryRequest {
        preview_token: preview.preview_token,
        reason: "Cổng đã mở danh mục".to_owned(),
        operator_id: messages::OFFICER.to_owned(),
    };
    let id = started(&mut vendor, request.clone()).await?;
    // The caller may not have heard the answer: the same preview is the same operation.
    expect(&id, &started(&mut vendor, request).await?)?;
    let ended = ended(&mut vendor, &id).await?;
    let [item] = ended.items.as_slice() else {
        return Err(Broken::Otherwise {
            expected: "one item".to_owned(),
            seen: format!("{}", ended.items.len()),
        });
    };
    expect(&v1::operation_item::Result::Succeeded, &item.result())?;
    accepted(&mut vendor, &refused).await?;
    let seen = whole(&at_portal(world, &refused)?)?;
    Ok(format!("{} 1/1; {seen}", item.result().as_str_name()))
}

/// The refused content itself is put right: a newer state goes out in the place of the
/// refused one, and nothing of that one ever comes to the portal.
pub(super) async fn a_correction(world: &World) -> Result<String, Broken> {
    const NOTE: &str = "Đã bổ sung trích yếu";
    let mut vendor = world.vendor().await?;
    let wrong = code(world, WRONG);
    let answer = FaultEffect::error_text("-1", messages::REFUSAL);
    script(world, Fault::new(answer).on("DongBoHoSoMC").for_key(&wrong))?;
    live(world, &mut vendor, &wrong, &LIFE[..1]).await?;
    until("the dossier refused", async || {
        let sync = vendor.dossier(&wrong).await?.sync.unwrap_or_default();
        Ok((sync.state() == SyncState::Refused).then_some(()))
    })
    .await?;
    record_again(world, &mut vendor, &wrong, NOTE).await?;
    let request = v1::CorrectDossierRequest {
        dossier_code: wrong.clone(),
        reason: NOTE.to_owned(),
        operator_id: messages::OFFICER.to_owned(),
    };
    vendor.sync.correct_dossier(request).await?;
    accepted(&mut vendor, &wrong).await?;
    let effects = world.mocks().portal().effects_of(&wrong);
    let kinds: Vec<EffectKind> = effects.iter().map(|effect| effect.kind).collect();
    expect(
        &vec![EffectKind::Created, EffectKind::Step, EffectKind::Updated],
        &kinds,
    )?;
    let created = effects.first().and_then(|effect| effect.content.as_deref());
    expect(&Some(NOTE), &created)?;
    Ok(format!("{wrong}: {NOTE}"))
}

/// Records the first state of a dossier once more, with a note.
async fn record_again(
    world: &World,
    vendor: &mut Vendor,
    code: &str,
    note: &str,
) -> Result<(), Broken> {
    let owner = citizen(world, "plain")?;
    let now = world.clock().now();
    let mut state = messages::state(code, v1::PortalStatus::Received, &owner, now);
    state.event_id = format!("{code}/state/corrected");
    if let Some(dossier) = &mut state.dossier {
        note.clone_into(&mut dossier.note);
    }
    vendor.record_state(state).await?;
    Ok(())
}

async fn started(vendor: &mut Vendor, request: v1::StartRetryRequest) -> Result<String, Broken> {
    let answer = vendor.sync.start_retry(request).await?.into_inner();
    Ok(answer.operation.unwrap_or_default().operation_id)
}

/// Waits until an operation is finished; it and its items.
pub(super) async fn ended(
    vendor: &mut Vendor,
    id: &str,
) -> Result<v1::GetOperationResponse, Broken> {
    until("the operation finished", async || {
        let request = v1::GetOperationRequest {
            operation_id: id.to_owned(),
            page_size: 100,
            page_token: String::new(),
        };
        let answer = vendor.sync.get_operation(request).await?.into_inner();
        let operation = answer.operation.clone().unwrap_or_default();
        match operation.state() {
            State::Running => Ok(None),
            State::Finished => Ok(Some(answer)),
            state @ (State::Unspecified | State::Cancelled | State::Failed) => {
                Err(Broken::Otherwise {
                    expected: "FINISHED".to_owned(),
                    seen: format!("{} {}", state.as_str_name(), operation.failure_reason),
                })
            }
        }
    })
    .await
}
