//! A report on request: made, kept where it is to be kept, and drawn.
//!
//! What a reader would get wrong: what is kept is drawn from the archive at once, the first
//! time too, so that whoever asks for it again later gets the same.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::ports::reports::{KeptReport, NewReport, ReportArchive, ReportId};
use lienthong_core::report::{Language, Material, PreviousReport, ReportKind, build};
use lienthong_proto::v1;
use tokio::time::{Instant, timeout};

use super::archive::{self, Basis, failed, is_to_be_kept, new_report, read_back, unreadable};
use super::boards::{KeptBoard, board_before};
use super::content::Content;
use super::draw::{DrawError, Drawing, Form};
use super::state::State;
use crate::convert::essential::reports::{ExportWish, Wanted, kept_report, report_kind};
use crate::convert::essential::warning;
use crate::convert::{InvalidField, to_timestamp};
use crate::essential::{EssentialDesk, Inspected, Question};
use crate::status::{EssentialFailure, ServerError};

/// Makes and draws a report: its description and its bytes. What is to be kept is kept in the
/// name of `keeper`; where that is `None`, the calling system may not record, and it gets a
/// preview.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation, or a store cannot be used in the time that
/// is left.
pub(crate) async fn export(
    desk: &EssentialDesk,
    archive: &dyn ReportArchive,
    keeper: Option<ClientName>,
    request: &v1::ExportReportRequest,
    within: Duration,
) -> Result<(v1::ReportDescription, Vec<u8>), ServerError> {
    let began = Instant::now();
    let left = || within.saturating_sub(began.elapsed());
    let wish = ExportWish::read(desk, request)?;
    let form = Form::of(wish.format).ok_or_else(|| violated("format"))?;
    // Held until the file is drawn, also where the caller hangs up meanwhile.
    let (found, warnings, place) = match &wish.wanted {
        Wanted::Kept(id) => {
            let place = desk.place(left()).await?;
            (kept(archive, *id, wish.language).await?, Vec::new(), place)
        }
        Wanted::Made {
            kind,
            question,
            public,
        } => {
            let keeper = keeper.filter(|_| is_to_be_kept(*kind, question));
            if keeper.is_some() && question.window.begins() < desk.kept_since() {
                let violation = InvalidField::NotKeptAnyMore.at("window.first_day");
                return Err(ServerError::Invalid(vec![violation]));
            }
            let inspected = desk.inspect(question, within).await?;
            let previous = previous(archive, *kind, question).await?;
            let place = inspected.place().clone();
            let warnings = inspected.warnings.iter().map(warning).collect();
            let making = Making {
                inspected,
                kind: *kind,
                previous,
            };
            let found = match keeper {
                Some(keeper) => {
                    let report =
                        bounded(left(), making.for_keeping(&wish, keeper, desk.now())).await?;
                    let id = archive.keep(report).await.map_err(failed)?.report.id;
                    kept(archive, id, wish.language).await?
                }
                None => bounded(left(), making.unkept(*public, wish.language)).await?,
            };
            (found, warnings, place)
        }
    };
    let section = wish.section;
    let drawn = aside(move || {
        let drawn = drawn(found, form, section);
        drop(place);
        drawn
    });
    let (mut description, file) = bounded(left(), drawn).await??;
    description.warnings = warnings;
    Ok((description, file))
}

/// What a report is made of.
struct Making {
    inspected: Inspected,
    kind: ReportKind,
    previous: Option<KeptBoard>,
}

impl Making {
    /// The report that is to be kept. Nothing can be taken out of the archive again, so it is
    /// none while the newest is missing, none without any dossier, and none where the wish is
    /// refused afterwards.
    async fn for_keeping(
        self,
        wish: &ExportWish,
        keeper: ClientName,
        at: Timestamp,
    ) -> Result<NewReport, ServerError> {
        if self.inspected.is_behind() {
            return Err(EssentialFailure::Incomplete.into());
        }
        if self.inspected.dossiers == 0 {
            return Err(EssentialFailure::NothingSeen.into());
        }
        let report = aside(move || {
            let previous = self.previous.as_ref().map(KeptBoard::said);
            new_report(&self.inspected, self.kind, previous, keeper, at)
        })
        .await?;
        has_section(&report.contents.vietnamese, wish.section.as_deref())?;
        Ok(report)
    }

    /// The report as nobody keeps it.
    async fn unkept(self, public: bool, language: Language) -> Result<Found, ServerError> {
        aside(move || {
            let previous = self.previous.as_ref().map(KeptBoard::said);
            made(&self.inspected, self.kind, previous, public, language)
        })
        .await
    }
}

/// Waits no longer than this.
async fn bounded<T>(
    left: Duration,
    work: impl Future<Output = Result<T, ServerError>>,
) -> Result<T, ServerError> {
    let done = timeout(left, work).await;
    done.unwrap_or_else(|_| Err(EssentialFailure::TooSlow.into()))
}

/// Refuses a table that the content does not have.
fn has_section(content: &str, section: Option<&str>) -> Result<(), ServerError> {
    let Some(section) = section else {
        return Ok(());
    };
    let content = Content::read(content).map_err(|error| unreadable(error.to_string()))?;
    if content.sections.iter().any(|it| it.name == section) {
        Ok(())
    } else {
        Err(violated("section"))
    }
}

/// What is to be drawn.
struct Found {
    content: Content,
    basis: Basis,
    state: Option<State>,
    report: Option<KeptReport>,
}

async fn kept(
    archive: &dyn ReportArchive,
    id: ReportId,
    language: Language,
) -> Result<Found, ServerError> {
    let archive::ReadBack {
        report,
        content,
        basis,
        withdrawn,
    } = read_back(archive, id, language).await?;
    Ok(Found {
        state: Some(State::of(&report, withdrawn.as_ref(), language)),
        content,
        basis,
        report: Some(report),
    })
}

fn made(
    inspected: &Inspected,
    kind: ReportKind,
    previous: Option<&PreviousReport>,
    public: bool,
    language: Language,
) -> Found {
    let material = Material {
        public,
        ..inspected.material(previous)
    };
    let mut basis = Basis::of(inspected, kind);
    if public {
        // The checks have full counts and numbers of dossiers.
        basis.response = None;
    }
    Found {
        content: Content::of(&build(kind, &material, language)),
        basis,
        state: State::of_unkept(kind, language),
        report: None,
    }
}

async fn previous(
    archive: &dyn ReportArchive,
    kind: ReportKind,
    question: &Question,
) -> Result<Option<KeptBoard>, ServerError> {
    match kind {
        ReportKind::Changes => board_before(archive, question.unit.as_ref(), question.as_of)
            .await
            .map_err(failed),
        ReportKind::Board
        | ReportKind::Project06Month
        | ReportKind::LateUnits
        | ReportKind::Unapologised
        | ReportKind::ExpiringEvidence
        | ReportKind::ServiceIndex => Ok(None),
    }
}

fn drawn(
    found: Found,
    form: Form,
    section: Option<String>,
) -> Result<(v1::ReportDescription, Vec<u8>), ServerError> {
    let drawing = Drawing {
        content: found.content,
        state: found.state,
        section,
        checks: found.basis.response,
    };
    let file = drawing.draw(form).map_err(|error| match error {
        DrawError::NoSuchSection => violated("section"),
        DrawError::TooLarge => EssentialFailure::ReportTooLarge.into(),
        DrawError::Broken(reason) => EssentialFailure::ReportBroken { reason }.into(),
    })?;
    let content = &drawing.content;
    let kind = content.kind().map(report_kind).unwrap_or_default();
    let description = v1::ReportDescription {
        file_name: drawing.file_name(form),
        media_type: form.media_type().to_owned(),
        rule_version: found.basis.rule_version,
        checked_at: Some(to_timestamp(content.as_of)),
        kind: kind.into(),
        content_sha256: content.sha256().to_string(),
        report: found.report.as_ref().map(kept_report),
        // Those of a check that was made just now; what is kept has its own in its content.
        warnings: Vec::new(),
    };
    Ok((description, file))
}

fn violated(field: &str) -> ServerError {
    ServerError::Invalid(vec![InvalidField::UnknownValue.at(field)])
}

/// Does what takes time where it holds up no other call.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ServerError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_cancelled) => Err(ServerError::Stopping),
        },
    }
}
