//! Proof that who makes the monthly list and who approves it are two.

use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;
use lienthong_proto::v1::export_report_response::Part;
use lienthong_proto::v1::kept_report::Stage;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{Broken, expect, until};
use crate::demo::messages::OFFICER;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// The procedure system keeps last month's list as a draft, and may not approve it; the office
/// of the province may.
pub(super) async fn two_roles(world: &World) -> Result<String, Broken> {
    let (mut maker, mut office) = (world.vendor().await?, world.office().await?);
    // Nothing is kept while the newest events are not looked at.
    let draft = until("the monthly list kept", async || {
        list(world, &mut maker).await
    })
    .await?;
    let approval = v1::ApproveReportRequest {
        report_id: draft.report_id.clone(),
        content_sha256: draft.content_sha256.clone(),
        operator_id: OFFICER.to_owned(),
        event_id: format!("demo-{}", draft.report_id),
    };
    let refused = maker.services.approve_report(approval.clone()).await;
    let Err(refused) = refused else {
        return Err(Broken::Otherwise {
            expected: "a refusal".to_owned(),
            seen: "an approval by who made it".to_owned(),
        });
    };
    expect(&Code::PermissionDenied, &refused.code())?;
    let details = refused.get_details_error_info();
    let told = details.map(|it| (it.reason, it.metadata.get("role").cloned()));
    let (reason, role) = told.unwrap_or_default();
    expect(&Some("APPROVE"), &role.as_deref())?;
    let approved = office.services.approve_report(approval).await?.into_inner();
    let report = approved.report.unwrap_or_default();
    expect(&Stage::Approved, &report.stage())?;
    Ok(format!(
        "igate: {reason}; van-phong: {} APPROVED",
        report.report_id
    ))
}

/// The list of last month as it is kept; `None` while something is not looked at yet.
async fn list(world: &World, vendor: &mut Vendor) -> Result<Option<v1::KeptReport>, Broken> {
    let today = local_date(world.clock().now());
    let last = today.first_of_month().yesterday().unwrap_or(today);
    let request = v1::ExportReportRequest {
        format: v1::ReportFormat::Csv.into(),
        kind: v1::ReportKind::LateUnits.into(),
        window: Some(v1::ObservationWindow {
            first_day: last.first_of_month().to_string(),
            last_day: last.to_string(),
        }),
        ..v1::ExportReportRequest::default()
    };
    let mut parts = match vendor.services.export_report(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) if status.code() == Code::Unavailable => return Ok(None),
        Err(status) => return Err(status.into()),
    };
    let first = parts.message().await?.and_then(|it| it.part);
    match first {
        Some(Part::Description(description)) => Ok(description.report),
        Some(Part::Chunk(_)) | None => Ok(None),
    }
}
