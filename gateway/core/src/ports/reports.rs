//! The archive of reports (kho lưu báo cáo) as a port.
//!
//! What a reader would get wrong: a kept report never changes. What people do about it is
//! recorded behind it, and how far it came is read off those deeds.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use crate::access::ClientName;
use crate::agency::AgencyCode;
use crate::observation::Window;
use crate::publication::{DeedRefused, ReportAct, Stage};
use crate::report::ReportKind;

/// Number of a kept report: from 1, in the order of keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId(pub u64);

impl ReportId {
    /// Reads `BC-000007`, `bc-7` or `7`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let prefix = text.get(..3).filter(|it| it.eq_ignore_ascii_case("BC-"));
        let digits = prefix.map_or(text, |prefix| &text[prefix.len()..]);
        let plain = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let number: u64 = plain.then(|| digits.parse().ok()).flatten()?;
        (number > 0).then_some(Self(number))
    }
}

impl fmt::Display for ReportId {
    /// `BC-000007`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BC-{:06}", self.0)
    }
}

/// SHA-256 of the canonical content of a report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// Reads 64 hexadecimal digits, upper or lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut hash = [0; 32];
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for ContentHash {
    /// 64 hexadecimal digits in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is kept of a report, each as JSON in the form of its maker. The archive does not look
/// into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportContents {
    /// The content in Vietnamese: what the hash is of.
    pub vietnamese: String,
    /// The same in English.
    pub english: String,
    /// The check that it rests on, for the comparison with a later one.
    pub checks: String,
}

impl ReportContents {
    /// Whether the content was taken away ([`ReportArchive::empty_boards`]); the hash stays.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.checks.is_empty()
    }
}

/// How much an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchiveSize {
    /// Reports, those without content included.
    pub reports: u64,
    /// Bytes of their contents as they are stored.
    pub bytes: u64,
}

/// A report that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Which.
    pub kind: ReportKind,
    /// For which agency; `None`: the whole province.
    pub unit: Option<AgencyCode>,
    /// Days that it is about.
    pub window: Window,
    /// Judged as of this moment.
    pub as_of: Timestamp,
    /// When it is kept.
    pub kept_at: Timestamp,
    /// Calling system; the gateway itself for a scheduled one.
    pub client: ClientName,
    /// Hash of the Vietnamese content.
    pub sha256: ContentHash,
    /// The content.
    pub contents: ReportContents,
}

/// A kept report without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReport {
    /// Its number.
    pub id: ReportId,
    /// Which.
    pub kind: ReportKind,
    /// For which agency; `None`: the whole province.
    pub unit: Option<AgencyCode>,
    /// Days that it is about.
    pub window: Window,
    /// Judged as of this moment.
    pub as_of: Timestamp,
    /// When it was kept.
    pub kept_at: Timestamp,
    /// Calling system; the gateway itself for a scheduled one.
    pub client: ClientName,
    /// Hash of the Vietnamese content.
    pub sha256: ContentHash,
    /// What people did about it, in the order of recording.
    pub acts: Vec<ReportAct>,
}

impl KeptReport {
    /// How far it came.
    #[must_use]
    pub fn stage(&self) -> Stage {
        Stage::of(self.kind, &self.acts)
    }
}

/// For which agency a report is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum UnitWanted {
    /// Any, and those of the whole province.
    #[default]
    Any,
    /// Those of the whole province only.
    Province,
    /// Those of exactly this agency.
    Agency(AgencyCode),
}

/// Which kept reports are meant. All conditions that are given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportFilter {
    /// Of this kind.
    pub kind: Option<ReportKind>,
    /// For this agency.
    pub unit: UnitWanted,
    /// About exactly these days.
    pub window: Option<Window>,
}

impl ReportFilter {
    /// Whether `report` is meant.
    #[must_use]
    pub fn admits(&self, report: &KeptReport) -> bool {
        let unit = match &self.unit {
            UnitWanted::Any => true,
            UnitWanted::Province => report.unit.is_none(),
            UnitWanted::Agency(agency) => report.unit.as_ref() == Some(agency),
        };
        unit && self.kind.is_none_or(|kind| kind == report.kind)
            && self.window.is_none_or(|window| window == report.window)
    }
}

/// Why a report or a deed was not kept, or not found. Nothing was changed.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ArchiveError {
    /// The archive holds no such report.
    #[error("there is no report {id}")]
    NotThere {
        /// Which.
        id: ReportId,
    },
    /// The deed does not fit how far the report has come.
    #[error(transparent)]
    Refused(#[from] DeedRefused),
    /// The store cannot be used at present.
    #[error("the archive of reports cannot be used: {reason}")]
    Unavailable {
        /// What the store said; holds no stored values.
        reason: String,
    },
    /// Something in the archive cannot be read back; asking again does not help.
    #[error("the archive of reports holds something that cannot be read back: {what}")]
    Corrupt {
        /// What; holds no stored values.
        what: String,
    },
}

/// What came of keeping or recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The report as it stands now.
    pub report: KeptReport,
    /// It was there before: nothing was added.
    pub duplicate: bool,
}

/// Keeps reports, and what people did about them.
#[async_trait]
pub trait ReportArchive: Send + Sync {
    /// Keeps a report; durable when it returns. One of the same kind, agency, days and hash
    /// that is not withdrawn is there already: then that one is given as a duplicate.
    async fn keep(&self, report: NewReport) -> Result<Kept, ArchiveError>;

    /// Records a deed on report `id`; durable when it returns. In one transaction the store
    /// reads the report and the others of the same kind, agency and days, and asks
    /// [`crate::publication::rule`]. An event id that this client used for another report is
    /// [`DeedRefused::OtherContent`].
    async fn act(&self, id: ReportId, act: ReportAct) -> Result<Kept, ArchiveError>;

    /// At most `most` reports with a number below `before`, the largest number first.
    async fn reports(
        &self,
        filter: &ReportFilter,
        before: Option<ReportId>,
        most: u32,
    ) -> Result<Vec<KeptReport>, ArchiveError>;

    /// A report with its content.
    async fn report(
        &self,
        id: ReportId,
    ) -> Result<Option<(KeptReport, ReportContents)>, ArchiveError>;

    /// The report of this kind and agency that was judged as of the latest moment before
    /// `before`, and of equal moments the one with the largest number. Those whose content is
    /// gone do not count.
    async fn last_before(
        &self,
        kind: ReportKind,
        unit: Option<&AgencyCode>,
        before: Timestamp,
    ) -> Result<Option<KeptReport>, ArchiveError>;

    /// Records that it was told what turned to a contradiction in report `id`; whether this
    /// call recorded it.
    async fn tell(&self, id: ReportId, at: Timestamp) -> Result<bool, ArchiveError>;

    /// Whether [`ReportArchive::tell`] was called for report `id`.
    async fn is_told(&self, id: ReportId) -> Result<bool, ArchiveError>;

    /// Takes the content of at most `most` boards away that were judged as of a moment before
    /// `before`; of how many. Their numbers, days, moments and hashes stay. The last board of
    /// each month and agency keeps its content, and so does every one that somebody decided
    /// about. No other report is ever touched.
    async fn empty_boards(&self, before: Timestamp, most: u32) -> Result<u32, ArchiveError>;

    /// How much the archive holds.
    async fn size(&self) -> Result<ArchiveSize, ArchiveError>;
}
