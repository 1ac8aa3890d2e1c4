//! Proof that what differs between the two sides is found and repaired.
//!
//! What a reader would get wrong: the gateway learns nothing of the loss by itself. It
//! believes what the portal once accepted until somebody compares.

use lienthong_proto::v1;
use lienthong_proto::v1::difference::Kind;

use super::dossiers::{WHOLE_LIFE, at_portal, whole};
use super::operators::ended;
use super::{Broken, code, expect, until};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// A dossier is deleted at the portal; a comparison tells so, and a repair brings it back.
pub(super) async fn a_lost_dossier(world: &World) -> Result<String, Broken> {
    let code = code(world, WHOLE_LIFE);
    let mut vendor = world.vendor().await?;
    expect(&true, &world.mocks().portal().forget_dossier(&code))?;
    let (id, compared) = compared(&mut vendor, &code).await?;
    expect(&1, &compared.missing_dossiers)?;
    let request = v1::ListDifferencesRequest {
        reconciliation_id: id.clone(),
        ..v1::ListDifferencesRequest::default()
    };
    let found = vendor.sync.list_differences(request).await?.into_inner();
    let found: Vec<_> = found
        .differences
        .iter()
        .map(|each| (each.dossier_code.as_str(), each.kind(), each.repairable))
        .collect();
    expect(&vec![(code.as_str(), Kind::MissingOnPortal, true)], &found)?;
    let request = v1::RepairDifferencesRequest {
        reconciliation_id: id,
        reason: "Cổng đã mất hồ sơ".to_owned(),
        operator_id: messages::OFFICER.to_owned(),
        ..v1::RepairDifferencesRequest::default()
    };
    let answer = vendor.sync.repair_differences(request).await?.into_inner();
    let repair = answer.operation.unwrap_or_default().operation_id;
    ended(&mut vendor, &repair).await?;
    let seen = until("the dossier at the portal again", async || {
        let dossier = world.mocks().portal().dossier(&code);
        Ok(dossier.and_then(|dossier| whole(&dossier).ok()))
    })
    .await?;
    super::dossiers::accepted(&mut vendor, &code).await?;
    whole(&at_portal(world, &code)?)?;
    let (_, again) = self::compared(&mut vendor, &code).await?;
    expect(&(1, 0), &(again.equal_dossiers, again.missing_dossiers))?;
    Ok(format!("MISSING_ON_PORTAL → {seen}"))
}

/// Compares one dossier with what the portal shows; the comparison's id and its result.
async fn compared(vendor: &mut Vendor, code: &str) -> Result<(String, v1::Reconciliation), Broken> {
    let request = v1::StartReconciliationRequest {
        filter: Some(v1::DossierFilter {
            dossier_codes: vec![code.to_owned()],
            ..v1::DossierFilter::default()
        }),
        operator_id: messages::OFFICER.to_owned(),
        ..v1::StartReconciliationRequest::default()
    };
    let answer = vendor.sync.start_reconciliation(request).await?;
    let started = answer.into_inner().reconciliation.unwrap_or_default();
    let id = started.reconciliation_id;
    ended(vendor, &id).await?;
    let request = v1::GetReconciliationRequest {
        reconciliation_id: id.clone(),
    };
    let answer = vendor.sync.get_reconciliation(request).await?.into_inner();
    Ok((id, answer.reconciliation.unwrap_or_default()))
}
