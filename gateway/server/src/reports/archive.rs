//! Keeping reports, and reading them back.
//!
//! What a reader would get wrong: both languages are kept of a report, but the hash by which
//! it is known and approved is that of the Vietnamese content, which is the one that counts.

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::access::ClientName;
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::reports::{
    ArchiveError, KeptReport, NewReport, ReportArchive, ReportContents, ReportFilter, ReportId,
    UnitWanted,
};
use lienthong_core::publication::Stage;
use lienthong_core::report::{Language, PreviousReport, ReportKind, build};
use serde::{Deserialize, Serialize};

use super::canonical::canonical;
use super::content::Content;
use crate::client::json;
use crate::convert::essential::check_response;
use crate::essential::{Inspected, Question};
use crate::status::{EssentialFailure, ServerError};

/// Reports of the same days and agency that are looked through for one that was withdrawn.
const LOOKED_THROUGH: u32 = 100;

/// What is kept beside the content.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Basis {
    /// For the comparison with a later report.
    pub(super) previous: PreviousReport,
    /// Versions of everything that was judged by.
    pub(super) rule_version: String,
    /// The check itself, of a board.
    pub(super) response: Option<serde_json::Value>,
}

impl Basis {
    /// What is to be kept beside a report of this kind.
    pub(super) fn of(inspected: &Inspected, kind: ReportKind) -> Self {
        Self {
            previous: PreviousReport::of(&inspected.material(None)),
            rule_version: inspected.rule_version(),
            response: (kind == ReportKind::Board).then(|| response(inspected)),
        }
    }

    /// Reads what was kept; `None` where it is of another form.
    pub(super) fn read(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok()
    }

    fn canonical(&self) -> String {
        // Its maps have texts as keys, so it has a JSON form.
        canonical(&serde_json::to_value(self).unwrap_or_default())
    }
}

/// The answer of `CheckServices` as JSON. What passes by itself is left out: the same days
/// give the same file.
fn response(inspected: &Inspected) -> serde_json::Value {
    let mut response = check_response(inspected);
    let passing = |code: &str| {
        let mut warnings = inspected.warnings.iter();
        warnings.any(|it| it.code == code && it.is_passing())
    };
    response.warnings.retain(|it| !passing(&it.code));
    // The descriptor is that of this very message.
    json::value("CheckServicesResponse", &response).unwrap_or_default()
}

/// A report as it is to be kept. Takes time: it is built twice.
pub(super) fn new_report(
    inspected: &Inspected,
    kind: ReportKind,
    previous: Option<&PreviousReport>,
    client: ClientName,
    kept_at: Timestamp,
) -> NewReport {
    let material = inspected.material(previous);
    let content = |language| Content::of(&build(kind, &material, language));
    let vietnamese = content(Language::Vietnamese);
    let question = &inspected.question;
    NewReport {
        kind,
        unit: question.unit.clone(),
        window: question.window,
        as_of: question.as_of,
        kept_at,
        client,
        sha256: vietnamese.sha256(),
        contents: ReportContents {
            vietnamese: vietnamese.canonical(),
            english: content(Language::English).canonical(),
            checks: Basis::of(inspected, kind).canonical(),
        },
    }
}

/// Whether a report that is asked for by a caller is kept: the monthly ones, about one whole
/// month that is over, for all services.
pub(super) fn is_to_be_kept(kind: ReportKind, question: &Question) -> bool {
    let monthly = match kind {
        ReportKind::LateUnits | ReportKind::Project06Month => true,
        ReportKind::Board
        | ReportKind::Unapologised
        | ReportKind::ExpiringEvidence
        | ReportKind::Changes
        | ReportKind::ServiceIndex => false,
    };
    let window = question.window;
    monthly
        && question.numbers.is_empty()
        && is_month(window.first(), window.last())
        && question.as_of == window.ends()
}

fn is_month(first: Date, last: Date) -> bool {
    first.day() == 1 && last == first.last_of_month()
}

fn wanted(unit: Option<&AgencyCode>) -> UnitWanted {
    unit.map_or(UnitWanted::Province, |unit| {
        UnitWanted::Agency(unit.clone())
    })
}

/// A kept report, read back.
pub(super) struct ReadBack {
    /// The report.
    pub(super) report: KeptReport,
    /// Its content in the language that was asked for.
    pub(super) content: Content,
    /// What is kept beside it.
    pub(super) basis: Basis,
    /// An earlier report of the same days and agency that was withdrawn.
    pub(super) withdrawn: Option<KeptReport>,
}

/// Reads a kept report back.
///
/// # Errors
/// [`ServerError::Essential`]: there is none, or the archive cannot be read.
pub(super) async fn read_back(
    archive: &dyn ReportArchive,
    id: ReportId,
    language: Language,
) -> Result<ReadBack, ServerError> {
    let found = archive.report(id).await.map_err(failed)?;
    let Some((report, contents)) = found else {
        return Err(EssentialFailure::ReportNotFound.into());
    };
    if contents.is_gone() {
        return Err(EssentialFailure::ReportContentGone.into());
    }
    let text = match language {
        Language::Vietnamese => &contents.vietnamese,
        Language::English => &contents.english,
    };
    let content = Content::read(text).map_err(|error| unreadable(error.to_string()))?;
    let basis = Basis::read(&contents.checks)
        .ok_or_else(|| unreadable("what is kept beside a report cannot be read back".to_owned()))?;
    let filter = ReportFilter {
        kind: Some(report.kind),
        unit: wanted(report.unit.as_ref()),
        window: Some(report.window),
    };
    let earlier = archive.reports(&filter, Some(id), LOOKED_THROUGH).await;
    let withdrawn = earlier
        .map_err(failed)?
        .into_iter()
        .find(|other| other.stage() == Stage::Withdrawn);
    Ok(ReadBack {
        report,
        content,
        basis,
        withdrawn,
    })
}

/// What cannot be read back, of a report that is kept.
pub(super) fn unreadable(what: String) -> ServerError {
    EssentialFailure::ArchiveCorrupt { what }.into()
}

/// What the archive says, in the words of the server.
pub(super) fn failed(error: ArchiveError) -> ServerError {
    EssentialFailure::from(error).into()
}
