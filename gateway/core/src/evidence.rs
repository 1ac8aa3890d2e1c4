//! Hồ sơ minh chứng: what is documented about the re-engineering of a service.
//!
//! What a reader would get wrong: evidence is never changed and never inferred. A newer piece
//! takes the place of an older one, and both stay; behaviour seen in the traffic is no
//! evidence, and evidence says nothing of the traffic (administration.md 3.5).

mod draft;
mod examine;
mod register;
mod remark;
mod rules;
mod standing;
mod statements;
mod status;
mod words;

pub use draft::{DraftField, DraftProblem, EvidenceDraft, Wrong};
pub use examine::{Examination, Examined, NewDraft};
pub use register::Register;
pub use remark::{Note, Remark, Weight};
pub use rules::{EvidenceRules, EvidenceRulesProblem};
pub use standing::{OutOfDate, Scope, Standing};
pub use status::{Documented, DocumentedState, Lack, Subject};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use thiserror::Error;

use crate::agency::AgencyCode;
use crate::document::DocumentSymbol;
use crate::essential::ServiceNumber;
use crate::procedure::ProcedureCode;

/// Class of evidence (administration.md 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceClass {
    /// E1: quyết định phê duyệt phương án tái cấu trúc.
    OptionDecision,
    /// E2: quyết định công bố thủ tục.
    PublicationDecision,
    /// E3: quyết định phê duyệt quy trình nội bộ, quy trình điện tử.
    ProcessDecision,
    /// E4: bảng ánh xạ dữ liệu.
    DataMapping,
    /// E5: bảng giấy tờ giữ, bỏ, thay thế.
    PapersSheet,
    /// E6: biên bản kết nối.
    ConnectionMinutes,
    /// E7: biên bản kiểm thử, nghiệm thu.
    TestMinutes,
    /// E8: bảng chi phí, thời gian; planned figures, never measured ones.
    CostSheet,
    /// E9: ảnh chụp, trích xuất từ cổng.
    PortalExtract,
}

impl EvidenceClass {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::OptionDecision,
        Self::PublicationDecision,
        Self::ProcessDecision,
        Self::DataMapping,
        Self::PapersSheet,
        Self::ConnectionMinutes,
        Self::TestMinutes,
        Self::CostSheet,
        Self::PortalExtract,
    ];

    /// Its id in the register and in rules: `E1` to `E9`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::OptionDecision => "E1",
            Self::PublicationDecision => "E2",
            Self::ProcessDecision => "E3",
            Self::DataMapping => "E4",
            Self::PapersSheet => "E5",
            Self::ConnectionMinutes => "E6",
            Self::TestMinutes => "E7",
            Self::CostSheet => "E8",
            Self::PortalExtract => "E9",
        }
    }

    /// The class with this id, upper or lower case.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|class| class.id().eq_ignore_ascii_case(id))
    }

    /// What such a document is, in Vietnamese.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::OptionDecision => "quyết định phê duyệt phương án tái cấu trúc",
            Self::PublicationDecision => "quyết định công bố thủ tục",
            Self::ProcessDecision => "quyết định phê duyệt quy trình nội bộ, quy trình điện tử",
            Self::DataMapping => "bảng ánh xạ dữ liệu",
            Self::PapersSheet => "bảng giấy tờ giữ, bỏ, thay thế",
            Self::ConnectionMinutes => "biên bản kết nối",
            Self::TestMinutes => "biên bản kiểm thử, nghiệm thu",
            Self::CostSheet => "bảng chi phí, thời gian",
            Self::PortalExtract => "ảnh chụp, trích xuất từ cổng",
        }
    }

    /// What such a document is, in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::OptionDecision => "decision approving the re-engineering option",
            Self::PublicationDecision => "decision publishing the procedure",
            Self::ProcessDecision => "decision approving the internal and electronic process",
            Self::DataMapping => "data mapping sheet",
            Self::PapersSheet => "sheet of papers kept, cut or replaced",
            Self::ConnectionMinutes => "connection minutes",
            Self::TestMinutes => "test or acceptance minutes",
            Self::CostSheet => "cost and time sheet",
            Self::PortalExtract => "extract from the portal",
        }
    }
}

/// How the ids begin that the register gives.
const GIVEN: &str = "MC-";

/// Id of a piece of evidence in the register, given by the gateway; before it is recorded a
/// name within the call that records it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceId(String);

/// A text that is no id of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an evidence id is 1 to 40 letters, digits and -")]
pub struct InvalidEvidenceId;

impl EvidenceId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`InvalidEvidenceId`].
    pub fn parse(text: &str) -> Result<Self, InvalidEvidenceId> {
        let fits = (1..=40).contains(&text.len());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if fits && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEvidenceId)
        }
    }

    /// The id that the register gives the piece with this place in it, counted from 1:
    /// `MC-000001` (minh chứng).
    #[must_use]
    pub fn given(sequence: u64) -> Self {
        Self(format!("{GIVEN}{sequence:06}"))
    }

    /// Whether it has the form of the ids that the register gives.
    #[must_use]
    pub fn is_given(&self) -> bool {
        let prefix = self.0.get(..GIVEN.len());
        prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(GIVEN))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileHash([u8; 32]);

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a SHA-256 is 64 hexadecimal digits")]
pub struct InvalidFileHash;

impl FileHash {
    /// The hash with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    /// [`InvalidFileHash`].
    pub fn parse(text: &str) -> Result<Self, InvalidFileHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(InvalidFileHash);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = str::from_utf8(pair).map_err(|_| InvalidFileHash)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidFileHash)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// When somebody compared a piece of evidence with its original. `Debug` leaves out who.
#[derive(Clone, PartialEq, Eq)]
pub struct Comparison {
    /// When.
    pub on: Date,
    /// Who.
    pub by: String,
}

/// One piece of evidence. `Debug` leaves out the officials' names.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id in the register.
    pub id: EvidenceId,
    /// What it is.
    pub class: EvidenceClass,
    /// Services that it covers, at least one.
    pub services: BTreeSet<ServiceNumber>,
    /// National codes that it covers; empty means all of those services.
    pub codes: BTreeSet<ProcedureCode>,
    /// Agencies that it covers, what is below them included; empty means the whole province.
    pub units: BTreeSet<AgencyCode>,
    /// Số, ký hiệu văn bản; a sheet or an extract may have none.
    pub symbol: Option<DocumentSymbol>,
    /// Trích yếu.
    pub title: String,
    /// Cơ quan ban hành.
    pub issuer: String,
    /// Mã định danh of the issuer, where it is known.
    pub issuer_code: Option<AgencyCode>,
    /// Người ký.
    pub signer: Option<String>,
    /// Ngày ban hành.
    pub issued_on: Date,
    /// First day; the day of issue where none is stated.
    pub valid_from: Date,
    /// Last day, where one is stated.
    pub valid_to: Option<Date>,
    /// Evidence whose place it takes.
    pub supersedes: BTreeSet<EvidenceId>,
    /// National codes that it repeals (bãi bỏ).
    pub repeals: BTreeSet<ProcedureCode>,
    /// SHA-256 of the file.
    pub sha256: FileHash,
    /// Where the file is kept; the gateway holds no copy.
    pub address: Option<String>,
    /// The last comparison with the original.
    pub compared: Option<Comparison>,
    /// What it states, by the names of the rules: steps, hours, papers, fields.
    pub statements: BTreeMap<String, String>,
}

impl fmt::Debug for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = &self.on;
        f.debug_struct("Comparison")
            .field("on", on)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("id", &self.id)
            .field("class", &self.class)
            .field("services", &self.services)
            .field("codes", &self.codes)
            .field("units", &self.units)
            .field("symbol", &self.symbol)
            .field("issued_on", &self.issued_on)
            .field("valid_from", &self.valid_from)
            .field("valid_to", &self.valid_to)
            .field("supersedes", &self.supersedes)
            .field("repeals", &self.repeals)
            .field("statements", &self.statements)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
