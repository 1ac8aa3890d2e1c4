//! Reports in the words of the contract: which one is wanted, and what was done about it.
//!
//! What a reader would get wrong: a kept report is named by its id alone. Days and services
//! beside the id could only contradict it, so they are refused.

use std::cmp::Reverse;

use lienthong_core::agency::AgencyCode;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{KeptReport, ReportFilter, ReportId, UnitWanted};
use lienthong_core::publication::Stage;
use lienthong_core::report::{Language, ReportKind};
use lienthong_proto::v1;
use prost::Message as _;

use super::deeds::report_act;
use super::{day, read_question};
use crate::convert::page::{self, number_place, read_number_place};
use crate::convert::{InvalidField, Reader, to_timestamp};
use crate::essential::{EssentialDesk, Question};
use crate::status::ServerError;

/// A checked wish for a report.
#[derive(Debug)]
pub(crate) struct ExportWish {
    /// Form of the file.
    pub(crate) format: v1::ReportFormat,
    /// Language of its texts.
    pub(crate) language: Language,
    /// The one table that is wanted; `None`: all.
    pub(crate) section: Option<String>,
    /// Which report.
    pub(crate) wanted: Wanted,
}

/// Which report is wanted.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// One that is made now.
    Made {
        /// Which.
        kind: ReportKind,
        /// About which services, days and agency.
        question: Question,
        /// Whether it is to leave the agency.
        public: bool,
    },
    /// One that is kept.
    Kept(ReportId),
}

impl ExportWish {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        desk: &EssentialDesk,
        message: &v1::ExportReportRequest,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let format = read_format(&mut reader, message.format);
        let language = read_language(&mut reader, &message.language);
        let section = message.section.trim();
        if !section.is_empty() && format.is_some_and(|it| it != v1::ReportFormat::Csv) {
            reader.refuse("section", InvalidField::Absent);
        }
        let wanted = if message.report_id.trim().is_empty() {
            read_made(&mut reader, desk, message)
        } else {
            read_kept(&mut reader, message)
        };
        let wish = (|| {
            Some(Self {
                format: format?,
                language: language?,
                section: (!section.is_empty()).then(|| section.to_owned()),
                wanted: wanted?,
            })
        })();
        reader.finish(wish)
    }
}

fn read_format(reader: &mut Reader, raw: i32) -> Option<v1::ReportFormat> {
    let invalid = match v1::ReportFormat::try_from(raw) {
        Ok(v1::ReportFormat::Unspecified) => InvalidField::Missing,
        Ok(format) => return Some(format),
        Err(_) => InvalidField::UnknownValue,
    };
    reader.refuse("format", invalid);
    None
}

fn read_language(reader: &mut Reader, raw: &str) -> Option<Language> {
    match raw.trim() {
        "" | "vi" => Some(Language::Vietnamese),
        "en" => Some(Language::English),
        _ => {
            reader.refuse("language", InvalidField::UnknownValue);
            None
        }
    }
}

fn read_kept(reader: &mut Reader, message: &v1::ExportReportRequest) -> Option<Wanted> {
    let beside = [
        ("kind", message.kind != 0),
        ("numbers", !message.numbers.is_empty()),
        ("window", message.window.is_some()),
        ("unit_code", !message.unit_code.trim().is_empty()),
        ("public", message.public),
    ];
    for (field, _) in beside.into_iter().filter(|(_, is_set)| *is_set) {
        reader.refuse(field, InvalidField::Absent);
    }
    read_id(reader, &message.report_id).map(Wanted::Kept)
}

fn read_made(
    reader: &mut Reader,
    desk: &EssentialDesk,
    message: &v1::ExportReportRequest,
) -> Option<Wanted> {
    let kind = match message.kind {
        0 => Some(ReportKind::Board),
        raw => read_kind(reader, raw),
    };
    if kind.is_some_and(|kind| !is_by_service(kind)) && !message.numbers.is_empty() {
        reader.refuse("numbers", InvalidField::Absent);
    }
    let window = message.window.as_ref();
    let question = read_question(desk, &message.numbers, window, &message.unit_code);
    let question = match question {
        Ok(question) => Some(question),
        Err(ServerError::Invalid(violations)) => {
            reader.violations.extend(violations);
            None
        }
        // Reading a message fails in no other way.
        Err(_) => None,
    };
    let (kind, question) = kind.zip(question)?;
    Some(Wanted::Made {
        kind,
        question,
        public: message.public,
    })
}

/// Whether the report is about services, so that some of them can be chosen.
fn is_by_service(kind: ReportKind) -> bool {
    match kind {
        ReportKind::Board | ReportKind::Project06Month | ReportKind::Changes => true,
        ReportKind::LateUnits
        | ReportKind::Unapologised
        | ReportKind::ExpiringEvidence
        | ReportKind::ServiceIndex => false,
    }
}

fn read_kind(reader: &mut Reader, raw: i32) -> Option<ReportKind> {
    let kind = match v1::ReportKind::try_from(raw) {
        Ok(v1::ReportKind::Board) => Some(ReportKind::Board),
        Ok(v1::ReportKind::Project06Month) => Some(ReportKind::Project06Month),
        Ok(v1::ReportKind::LateUnits) => Some(ReportKind::LateUnits),
        Ok(v1::ReportKind::Unapologised) => Some(ReportKind::Unapologised),
        Ok(v1::ReportKind::ExpiringEvidence) => Some(ReportKind::ExpiringEvidence),
        Ok(v1::ReportKind::Changes) => Some(ReportKind::Changes),
        Ok(v1::ReportKind::ServiceIndex) => Some(ReportKind::ServiceIndex),
        Ok(v1::ReportKind::Unspecified) | Err(_) => None,
    };
    reader.take("kind", kind.ok_or(InvalidField::UnknownValue))
}

/// The kind in the contract.
pub(crate) fn report_kind(kind: ReportKind) -> v1::ReportKind {
    match kind {
        ReportKind::Board => v1::ReportKind::Board,
        ReportKind::Project06Month => v1::ReportKind::Project06Month,
        ReportKind::LateUnits => v1::ReportKind::LateUnits,
        ReportKind::Unapologised => v1::ReportKind::Unapologised,
        ReportKind::ExpiringEvidence => v1::ReportKind::ExpiringEvidence,
        ReportKind::Changes => v1::ReportKind::Changes,
        ReportKind::ServiceIndex => v1::ReportKind::ServiceIndex,
    }
}

/// Reads the id of a kept report.
pub(super) fn read_id(reader: &mut Reader, raw: &str) -> Option<ReportId> {
    reader.required("report_id", raw, |raw| {
        ReportId::parse(raw).ok_or(InvalidField::ReportId)
    })
}

/// A checked page of kept reports.
#[derive(Debug)]
pub(crate) struct Page {
    /// Which reports.
    pub(crate) filter: ReportFilter,
    /// Only reports with a number below this.
    pub(crate) before: Option<ReportId>,
    /// At most so many.
    pub(crate) most: u32,
    digest: page::Digest,
}

impl Page {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(message: &v1::ListReportsRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let conditions = v1::ListReportsRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        let digest = page::digest(&conditions.encode_to_vec());
        let kind = match message.kind {
            0 => None,
            raw => read_kind(&mut reader, raw),
        };
        let unit = reader.optional("unit_code", &message.unit_code, AgencyCode::parse);
        let window = message.window.as_ref();
        let window = window.and_then(|window| read_window(&mut reader, window));
        let most = page::read_size(&mut reader, message.page_size);
        let token = &message.page_token;
        let before = page::read_token(&mut reader, token, digest, read_number_place);
        reader.finish(most.map(|most| Self {
            filter: ReportFilter {
                kind,
                unit: unit.map_or(UnitWanted::Any, UnitWanted::Agency),
                window,
            },
            before: before.map(ReportId),
            most,
            digest,
        }))
    }

    /// The answer that holds `found`, of which one more than a page may hold was asked for.
    pub(crate) fn answer(&self, mut found: Vec<KeptReport>) -> v1::ListReportsResponse {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        found.sort_by_key(|report| Reverse(report.id));
        let more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| more);
        let token = last.map(|last| page::token(self.digest, &number_place(last.id.0)));
        v1::ListReportsResponse {
            reports: found.iter().map(kept_report).collect(),
            next_page_token: token.unwrap_or_default(),
        }
    }
}

/// Days that a kept report may be about: any that were, or will be.
fn read_window(reader: &mut Reader, window: &v1::ObservationWindow) -> Option<Window> {
    let first = reader.required("window.first_day", &window.first_day, day);
    let last = reader.required("window.last_day", &window.last_day, day);
    let read = Window::new(first?, last?).map_err(|_| InvalidField::DaysBackwards);
    reader.take("window.last_day", read)
}

/// A kept report with what was done about it.
pub(crate) fn kept_report(report: &KeptReport) -> v1::KeptReport {
    use v1::kept_report::Stage as Wire;
    let stage = match report.stage() {
        Stage::Kept => Wire::Kept,
        Stage::Draft => Wire::Draft,
        Stage::Approved => Wire::Approved,
        Stage::PublishedInside => Wire::PublishedInside,
        Stage::PublishedOnWebsite => Wire::PublishedOnWebsite,
        Stage::Published => Wire::PublishedBoth,
        Stage::Withdrawn => Wire::Withdrawn,
    };
    let unit = report.unit.as_ref();
    v1::KeptReport {
        report_id: report.id.to_string(),
        kind: report_kind(report.kind).into(),
        unit_code: unit
            .map(|unit| unit.as_str().to_owned())
            .unwrap_or_default(),
        window: Some(v1::ObservationWindow {
            first_day: report.window.first().to_string(),
            last_day: report.window.last().to_string(),
        }),
        as_of: Some(to_timestamp(report.as_of)),
        kept_at: Some(to_timestamp(report.kept_at)),
        client: report.client.as_str().to_owned(),
        content_sha256: report.sha256.to_string(),
        stage: stage.into(),
        acts: report.acts.iter().map(report_act).collect(),
    }
}
