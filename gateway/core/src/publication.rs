//! Duyệt, công khai, thu hồi: how a kept list becomes a published one, and how it is taken back.
//!
//! What a reader would get wrong: nothing here changes what a report says. A list that was
//! wrong is withdrawn with its reason, and the corrected one is a report of its own, with its
//! own approval and its own two publications (administration.md 1.2, D4; 8, monthly list).

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::access::{ClientName, OfficerId};
use crate::dossier::event::EventId;
use crate::ports::reports::{ContentHash, KeptReport, ReportId};
use crate::report::ReportKind;
use crate::text::Text;
use crate::wire_time::local_date;

/// Nơi công khai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Công khai trong cơ quan, đơn vị.
    Inside,
    /// Công khai trên trang thông tin điện tử.
    Website,
}

/// What a person did about a kept report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Duyệt: the content with this hash was read and approved.
    Approved {
        /// Hash of what was read.
        sha256: ContentHash,
    },
    /// Công khai.
    Published {
        /// Where.
        place: Place,
        /// Address of the page, or the place where it hangs.
        address: Text<500>,
        /// Ngày công khai, in Việt Nam.
        on: Date,
    },
    /// Thu hồi.
    Withdrawn {
        /// Lý do.
        reason: Text<500>,
    },
}

/// A deed with who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportAct {
    /// What was done.
    pub deed: Deed,
    /// Calling system.
    pub client: ClientName,
    /// Mã cán bộ: who did it.
    pub operator: OfficerId,
    /// The caller's own name for it; the same one is recorded once.
    pub event: EventId,
    /// When it was recorded.
    pub at: Timestamp,
}

/// How far a kept report has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Bản lưu: a report that is neither approved nor published here.
    Kept,
    /// Dự thảo.
    Draft,
    /// Đã duyệt.
    Approved,
    /// Đã công khai trong cơ quan, chưa công khai trên trang thông tin điện tử.
    PublishedInside,
    /// Đã công khai trên trang thông tin điện tử, chưa công khai trong cơ quan.
    PublishedOnWebsite,
    /// Đã công khai đủ hai nơi.
    Published,
    /// Đã thu hồi.
    Withdrawn,
}

impl Stage {
    /// How far a report of `kind` came by `acts`.
    #[must_use]
    pub fn of(kind: ReportKind, acts: &[ReportAct]) -> Self {
        if acts
            .iter()
            .any(|act| matches!(act.deed, Deed::Withdrawn { .. }))
        {
            return Self::Withdrawn;
        }
        let published = |wanted: Place| {
            acts.iter()
                .any(|act| matches!(act.deed, Deed::Published { place, .. } if place == wanted))
        };
        let approved = acts
            .iter()
            .any(|act| matches!(act.deed, Deed::Approved { .. }));
        match (published(Place::Inside), published(Place::Website)) {
            (true, true) => Self::Published,
            (true, false) => Self::PublishedInside,
            (false, true) => Self::PublishedOnWebsite,
            (false, false) if approved => Self::Approved,
            (false, false) if is_published(kind) => Self::Draft,
            (false, false) => Self::Kept,
        }
    }

    /// Whether a person has approved it and nobody has withdrawn it.
    #[must_use]
    pub fn is_in_force(self) -> bool {
        match self {
            Self::Approved | Self::PublishedInside | Self::PublishedOnWebsite | Self::Published => {
                true
            }
            Self::Kept | Self::Draft | Self::Withdrawn => false,
        }
    }

    /// What it is called in Vietnamese.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::Kept => "bản lưu",
            Self::Draft => "dự thảo",
            Self::Approved => "đã duyệt",
            Self::PublishedInside => {
                "đã công khai trong cơ quan, chưa công khai trên trang thông tin điện tử"
            }
            Self::PublishedOnWebsite => {
                "đã công khai trên trang thông tin điện tử, chưa công khai trong cơ quan"
            }
            Self::Published => "đã công khai trong cơ quan và trên trang thông tin điện tử",
            Self::Withdrawn => "đã thu hồi",
        }
    }

    /// What it is called in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::PublishedInside => "published inside the agency, not yet on the website",
            Self::PublishedOnWebsite => "published on the website, not yet inside the agency",
            Self::Published => "published inside the agency and on the website",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Whether reports of this kind are approved and published: the monthly list of late units
/// alone (administration.md 1.2, D4).
#[must_use]
pub fn is_published(kind: ReportKind) -> bool {
    match kind {
        ReportKind::LateUnits => true,
        ReportKind::Board
        | ReportKind::Project06Month
        | ReportKind::Unapologised
        | ReportKind::ExpiringEvidence
        | ReportKind::Changes
        | ReportKind::ServiceIndex => false,
    }
}

/// Why a deed is not recorded. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeedRefused {
    /// Reports of this kind are not approved and published.
    #[error("only the monthly list of late units is approved and published")]
    NotPublished,
    /// The event id was used before for something else.
    #[error("this event id was used before for something else")]
    OtherContent,
    /// The hash is not that of the report.
    #[error("the content of report {report} has another hash: read it again before approving it")]
    OtherHash {
        /// Which report.
        report: ReportId,
    },
    /// It is approved already.
    #[error("report {report} is approved already")]
    AlreadyApproved {
        /// Which report.
        report: ReportId,
    },
    /// Another list of the same days and agency is approved: it has to be withdrawn first.
    #[error("report {other} of the same days is approved: withdraw it first")]
    AnotherApproved {
        /// Which other.
        other: ReportId,
    },
    /// It is not approved yet.
    #[error("report {report} is not approved yet")]
    NotApproved {
        /// Which report.
        report: ReportId,
    },
    /// It is published there already.
    #[error("the publication of report {report} at this place is recorded already")]
    AlreadyPublished {
        /// Which report.
        report: ReportId,
    },
    /// The day of publication is before the day of approval.
    #[error("the day of publication is before the day of approval")]
    BeforeApproval,
    /// The day of publication lies in the future.
    #[error("the day of publication lies in the future")]
    InFuture,
    /// It is withdrawn.
    #[error("report {report} is withdrawn")]
    Withdrawn {
        /// Which report.
        report: ReportId,
    },
}

/// What recording a deed would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It is new.
    Record,
    /// It was recorded before under the same event id: nothing is to be done.
    Repeat,
}

/// Whether `act` may be recorded on `report`; `others` are the other kept reports of the same
/// kind, agency and days.
///
/// # Errors
/// [`DeedRefused`].
pub fn rule(
    report: &KeptReport,
    others: &[KeptReport],
    act: &ReportAct,
) -> Result<Ruling, DeedRefused> {
    let same = |known: &&ReportAct| known.client == act.client && known.event == act.event;
    if let Some(known) = report.acts.iter().find(same) {
        return if known.deed == act.deed && known.operator == act.operator {
            Ok(Ruling::Repeat)
        } else {
            Err(DeedRefused::OtherContent)
        };
    }
    if !is_published(report.kind) {
        return Err(DeedRefused::NotPublished);
    }
    let id = report.id;
    let stage = report.stage();
    if stage == Stage::Withdrawn {
        return Err(DeedRefused::Withdrawn { report: id });
    }
    match &act.deed {
        Deed::Approved { sha256 } => approval(report, others, stage, *sha256)?,
        Deed::Published { place, on, .. } => publication(report, *place, *on, act.at)?,
        Deed::Withdrawn { .. } => {}
    }
    Ok(Ruling::Record)
}

fn approval(
    report: &KeptReport,
    others: &[KeptReport],
    stage: Stage,
    sha256: ContentHash,
) -> Result<(), DeedRefused> {
    let id = report.id;
    if stage.is_in_force() {
        return Err(DeedRefused::AlreadyApproved { report: id });
    }
    if sha256 != report.sha256 {
        return Err(DeedRefused::OtherHash { report: id });
    }
    let mut rivals = others
        .iter()
        .filter(|other| other.id != id && other.stage().is_in_force());
    match rivals.next() {
        Some(other) => Err(DeedRefused::AnotherApproved { other: other.id }),
        None => Ok(()),
    }
}

fn publication(
    report: &KeptReport,
    place: Place,
    on: Date,
    at: Timestamp,
) -> Result<(), DeedRefused> {
    let id = report.id;
    let approved = report.acts.iter().find_map(|act| match act.deed {
        Deed::Approved { .. } => Some(act.at),
        Deed::Published { .. } | Deed::Withdrawn { .. } => None,
    });
    let Some(approved) = approved else {
        return Err(DeedRefused::NotApproved { report: id });
    };
    let already = report
        .acts
        .iter()
        .any(|act| matches!(act.deed, Deed::Published { place: there, .. } if there == place));
    if already {
        return Err(DeedRefused::AlreadyPublished { report: id });
    }
    if on < local_date(approved) {
        return Err(DeedRefused::BeforeApproval);
    }
    if on > local_date(at) {
        return Err(DeedRefused::InFuture);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
