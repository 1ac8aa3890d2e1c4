//! The boards that the gateway keeps of its daily checks: the last one, what turned in it, and
//! the one to compare with.
//!
//! What a reader would get wrong: what turned is read off the boards as they were kept, never
//! off a check in memory. So it is the same whoever asks, also after a crash.

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::agency::AgencyCode;
use lienthong_core::check::Criterion;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{
    ArchiveError, KeptReport, ReportArchive, ReportFilter, UnitWanted,
};
use lienthong_core::report::{PreviousReport, ReportKind};
use serde_json::Value;

use super::archive::{Basis, new_report};
use crate::essential::{Inspected, Turns};

/// Boards that are looked through for one that can be read and compared with.
const LOOKED_THROUGH: u32 = 64;

/// A board as it was kept.
pub(crate) struct KeptBoard {
    /// The report.
    pub(crate) report: KeptReport,
    basis: Basis,
}

impl KeptBoard {
    /// What it said.
    pub(crate) fn said(&self) -> &PreviousReport {
        &self.basis.previous
    }

    /// Versions of everything that it was judged by.
    pub(crate) fn rule_version(&self) -> &str {
        &self.basis.rule_version
    }

    /// What turned since the board before it.
    pub(crate) fn turns_since(&self, older: Option<&Self>) -> Turns {
        Turns::between(
            self.said(),
            older.map(Self::said),
            |service| older.is_some_and(|older| older.saw(service)),
            |service, criterion| self.examples(service, criterion),
        )
    }

    /// Whether it looked at any dossier of this service; so too where the kept check has
    /// another form, for then an alarm too many is better than one too few.
    fn saw(&self, service: ServiceNumber) -> bool {
        let number = u64::from(service.get());
        let checks = self.basis.response.as_ref();
        let checks = checks.and_then(|response| response["checks"].as_array());
        let check = checks.and_then(|checks| {
            let mut checks = checks.iter();
            checks.find(|check| check["service"]["number"].as_u64() == Some(number))
        });
        // 64 bits are a text in the JSON of a message, and zero may be left out.
        check.is_none_or(|check| match &check["dossiersSeen"] {
            Value::String(seen) => seen != "0",
            seen => seen.as_u64().unwrap_or(0) > 0,
        })
    }

    /// Dossiers that its finding names; none where the kept check has another form.
    fn examples(&self, service: ServiceNumber, criterion: Criterion) -> Vec<DossierNumber> {
        let (number, criterion) = (u64::from(service.get()), criterion.id());
        let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
        let Some(response) = &self.basis.response else {
            return Vec::new();
        };
        list(response, "checks")
            .iter()
            .filter(|check| check["service"]["number"].as_u64() == Some(number))
            .flat_map(|check| list(check, "findings"))
            .filter(|finding| finding["criterionId"].as_str() == Some(&criterion))
            .flat_map(|finding| list(&finding, "exampleDossierCodes"))
            .filter_map(|code| DossierNumber::parse(code.as_str()?).ok())
            .collect()
    }
}

/// Keeps the board of a check that the gateway made by itself; the board as it is kept, and
/// whether it was there before. Takes time.
///
/// # Errors
/// [`ArchiveError`]: nothing was kept.
pub(crate) async fn keep_board(
    inspected: Inspected,
    archive: &dyn ReportArchive,
    at: Timestamp,
) -> Result<(KeptBoard, bool), ArchiveError> {
    let Some(client) = ClientName::parse("lienthong") else {
        unreachable!("the name of the gateway itself is one");
    };
    let made = tokio::task::spawn_blocking(move || {
        new_report(&inspected, ReportKind::Board, None, client, at)
    });
    let report = match made.await {
        Ok(report) => report,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_cancelled) => {
                return Err(ArchiveError::Unavailable {
                    reason: "the gateway is stopping".to_owned(),
                });
            }
        },
    };
    let made = report.contents.checks.clone();
    let kept = archive.keep(report).await?;
    if kept.duplicate
        && let Some(board) = read(archive, kept.report.clone()).await?
    {
        return Ok((board, true));
    }
    // What is beside a board of another form that is there says the same: its hash is.
    let basis = Basis::read(&made).ok_or_else(|| ArchiveError::Corrupt {
        what: format!("what is kept beside {}", kept.report.id),
    })?;
    let report = kept.report;
    Ok((KeptBoard { report, basis }, kept.duplicate))
}

/// The last board of this agency that was judged as of a moment before `before` and can be
/// read. One that cannot is told in the log and passed over, so that it does not hide what
/// turned since the one before it.
///
/// # Errors
/// [`ArchiveError`] when the archive cannot be read.
pub(crate) async fn board_before(
    archive: &dyn ReportArchive,
    unit: Option<&AgencyCode>,
    mut before: Timestamp,
) -> Result<Option<KeptBoard>, ArchiveError> {
    for _ in 0..LOOKED_THROUGH {
        let last = archive.last_before(ReportKind::Board, unit, before).await?;
        let Some(report) = last else {
            return Ok(None);
        };
        before = report.as_of;
        if let Some(board) = read(archive, report).await? {
            return Ok(Some(board));
        }
    }
    Ok(None)
}

/// The board of the province about exactly these days, if one is kept and can be read.
///
/// # Errors
/// [`ArchiveError`] when the archive cannot be read.
pub(crate) async fn board_of(
    archive: &dyn ReportArchive,
    window: Window,
) -> Result<Option<KeptBoard>, ArchiveError> {
    let filter = ReportFilter {
        window: Some(window),
        ..of_the_province()
    };
    match archive.reports(&filter, None, 1).await?.pop() {
        Some(report) => read(archive, report).await,
        None => Ok(None),
    }
}

/// The board of the province to compare `newer` with: the last one before it that is about as
/// many days. One about more days or fewer differs by them alone.
///
/// # Errors
/// [`ArchiveError`] when the archive cannot be read.
pub(crate) async fn board_to_compare(
    archive: &dyn ReportArchive,
    newer: &KeptBoard,
) -> Result<Option<KeptBoard>, ArchiveError> {
    let newer = &newer.report;
    let filter = of_the_province();
    let mut older = archive
        .reports(&filter, Some(newer.id), LOOKED_THROUGH)
        .await?;
    let days = |window: Window| window.first().until(window.last()).map(|it| it.get_days());
    older.retain(|it| it.as_of < newer.as_of && days(it.window).ok() == days(newer.window).ok());
    older.sort_by_key(|it| std::cmp::Reverse((it.as_of, it.id)));
    for report in older {
        if let Some(board) = read(archive, report).await? {
            return Ok(Some(board));
        }
    }
    Ok(None)
}

fn of_the_province() -> ReportFilter {
    ReportFilter {
        kind: Some(ReportKind::Board),
        unit: UnitWanted::Province,
        window: None,
    }
}

/// The board as it is kept; `None` where its content is gone, or of another form.
async fn read(
    archive: &dyn ReportArchive,
    report: KeptReport,
) -> Result<Option<KeptBoard>, ArchiveError> {
    let Some((_, contents)) = archive.report(report.id).await? else {
        return Ok(None);
    };
    if contents.is_gone() {
        return Ok(None);
    }
    let basis = Basis::read(&contents.checks);
    if basis.is_none() {
        tracing::warn!(report = %report.id, "a kept board cannot be read back");
    }
    Ok(basis.map(|basis| KeptBoard { report, basis }))
}
