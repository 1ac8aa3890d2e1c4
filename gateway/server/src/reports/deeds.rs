//! What people do about kept reports: list, approve, record a publication, withdraw.
//!
//! What a reader would get wrong: whether the calling system may do it was asked before.

use lienthong_core::access::ClientName;
use lienthong_core::ports::reports::{Kept, ReportArchive};
use lienthong_proto::v1;

use super::archive::failed;
use crate::convert::essential::deeds::Act;
use crate::convert::essential::reports::{Page, kept_report};
use crate::essential::EssentialDesk;
use crate::status::ServerError;

/// Lists kept reports.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation, or the archive cannot be read.
pub(crate) async fn list(
    archive: &dyn ReportArchive,
    request: &v1::ListReportsRequest,
) -> Result<v1::ListReportsResponse, ServerError> {
    let page = Page::read(request)?;
    // One more tells whether there is a next page.
    let most = page.most.saturating_add(1);
    let found = archive.reports(&page.filter, page.before, most).await;
    Ok(page.answer(found.map_err(failed)?))
}

/// Records an approval.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation, the report does not stand where it could be
/// approved, or the archive cannot be used. Nothing was changed.
pub(crate) async fn approve(
    desk: &EssentialDesk,
    archive: &dyn ReportArchive,
    client: ClientName,
    request: &v1::ApproveReportRequest,
) -> Result<v1::ApproveReportResponse, ServerError> {
    let act = Act::of_approval(request)?;
    let kept = record(desk, archive, client, act).await?;
    Ok(v1::ApproveReportResponse {
        report: Some(kept_report(&kept.report)),
        duplicate: kept.duplicate,
    })
}

/// Records a publication.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation, the report does not stand where it could be
/// published, or the archive cannot be used. Nothing was changed.
pub(crate) async fn publish(
    desk: &EssentialDesk,
    archive: &dyn ReportArchive,
    client: ClientName,
    request: &v1::RecordPublicationRequest,
) -> Result<v1::RecordPublicationResponse, ServerError> {
    let act = Act::of_publication(request)?;
    let kept = record(desk, archive, client, act).await?;
    Ok(v1::RecordPublicationResponse {
        report: Some(kept_report(&kept.report)),
        duplicate: kept.duplicate,
    })
}

/// Withdraws a report.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation, the report cannot be withdrawn, or the
/// archive cannot be used. Nothing was changed.
pub(crate) async fn withdraw(
    desk: &EssentialDesk,
    archive: &dyn ReportArchive,
    client: ClientName,
    request: &v1::WithdrawReportRequest,
) -> Result<v1::WithdrawReportResponse, ServerError> {
    let act = Act::of_withdrawal(request)?;
    let kept = record(desk, archive, client, act).await?;
    Ok(v1::WithdrawReportResponse {
        report: Some(kept_report(&kept.report)),
        duplicate: kept.duplicate,
    })
}

async fn record(
    desk: &EssentialDesk,
    archive: &dyn ReportArchive,
    client: ClientName,
    act: Act,
) -> Result<Kept, ServerError> {
    let (id, act) = act.by(client, desk.now());
    archive.act(id, act).await.map_err(failed)
}
