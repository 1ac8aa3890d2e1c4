//! Codes of the province and their counterparts at the portal.
//!
//! A dossier's number is no code of this kind: it is never altered on its way.

mod table;

pub use table::{MappingProblem, MappingTable, Translation};

/// Kind of a code that may differ between the two sides (portal.md part D 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodeKind {
    /// Mã thủ tục (`MaTTHC`).
    Procedure,
    /// Mã lĩnh vực (`MaLinhVuc`).
    Field,
    /// Mã đơn vị, old and new (portal.md 12.1).
    Agency,
    /// Mã thành phần hồ sơ (`MaThanhPhanHoSo`).
    Component,
    /// Mã giấy tờ kết quả (`MaGiayToKetQua`).
    Result,
}

impl CodeKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Procedure,
        Self::Field,
        Self::Agency,
        Self::Component,
        Self::Result,
    ];

    /// Name in data files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Field => "field",
            Self::Agency => "agency",
            Self::Component => "component",
            Self::Result => "result",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
