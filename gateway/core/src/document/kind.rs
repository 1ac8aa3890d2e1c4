//! Kinds of official documents, by their full name and by the code inside a symbol.
//!
//! What a reader would get wrong: the code does not settle the kind. `QĐ` stands for
//! Quyết định and, in the Party, for Quy định; `QH15` for a law or a resolution; and an
//! official letter has no code at all (4247/UBND-KSTT).

use std::fmt;

/// Loại văn bản: the kinds that administration.md 1.6 cites and their neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {
    /// Bộ luật.
    Code,
    /// Luật.
    Law,
    /// Pháp lệnh.
    Ordinance,
    /// Nghị quyết.
    Resolution,
    /// Nghị quyết liên tịch.
    JointResolution,
    /// Nghị định.
    Decree,
    /// Quyết định.
    Decision,
    /// Thông tư.
    Circular,
    /// Thông tư liên tịch.
    JointCircular,
    /// Chỉ thị.
    Directive,
    /// Kết luận.
    Conclusion,
    /// Quy định.
    Provision,
    /// Quy chế.
    Rules,
    /// Hướng dẫn.
    Guideline,
    /// Kế hoạch.
    Plan,
    /// Chương trình.
    Programme,
    /// Chương trình hành động.
    ActionProgramme,
    /// Báo cáo.
    Report,
    /// Thông báo.
    Notice,
    /// Tờ trình.
    Submission,
    /// Công văn.
    OfficialLetter,
    /// Công điện.
    Telegram,
    /// Văn bản hợp nhất.
    ConsolidatedText,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 23] = [
        Self::Code,
        Self::Law,
        Self::Ordinance,
        Self::Resolution,
        Self::JointResolution,
        Self::Decree,
        Self::Decision,
        Self::Circular,
        Self::JointCircular,
        Self::Directive,
        Self::Conclusion,
        Self::Provision,
        Self::Rules,
        Self::Guideline,
        Self::Plan,
        Self::Programme,
        Self::ActionProgramme,
        Self::Report,
        Self::Notice,
        Self::Submission,
        Self::OfficialLetter,
        Self::Telegram,
        Self::ConsolidatedText,
    ];

    /// The official Vietnamese name.
    #[must_use]
    pub const fn name_vi(self) -> &'static str {
        match self {
            Self::Code => "Bộ luật",
            Self::Law => "Luật",
            Self::Ordinance => "Pháp lệnh",
            Self::Resolution => "Nghị quyết",
            Self::JointResolution => "Nghị quyết liên tịch",
            Self::Decree => "Nghị định",
            Self::Decision => "Quyết định",
            Self::Circular => "Thông tư",
            Self::JointCircular => "Thông tư liên tịch",
            Self::Directive => "Chỉ thị",
            Self::Conclusion => "Kết luận",
            Self::Provision => "Quy định",
            Self::Rules => "Quy chế",
            Self::Guideline => "Hướng dẫn",
            Self::Plan => "Kế hoạch",
            Self::Programme => "Chương trình",
            Self::ActionProgramme => "Chương trình hành động",
            Self::Report => "Báo cáo",
            Self::Notice => "Thông báo",
            Self::Submission => "Tờ trình",
            Self::OfficialLetter => "Công văn",
            Self::Telegram => "Công điện",
            Self::ConsolidatedText => "Văn bản hợp nhất",
        }
    }

    /// The code that a symbol carries for this kind; `None` where there is none.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Code | Self::Law | Self::OfficialLetter | Self::Provision => None,
            Self::Ordinance => Some("PL"),
            Self::Resolution => Some("NQ"),
            Self::JointResolution => Some("NQLT"),
            Self::Decree => Some("NĐ"),
            Self::Decision => Some("QĐ"),
            Self::Circular => Some("TT"),
            Self::JointCircular => Some("TTLT"),
            Self::Directive => Some("CT"),
            Self::Conclusion => Some("KL"),
            Self::Rules => Some("QC"),
            Self::Guideline => Some("HD"),
            Self::Plan => Some("KH"),
            Self::Programme => Some("CTr"),
            Self::ActionProgramme => Some("CTHĐ"),
            Self::Report => Some("BC"),
            Self::Notice => Some("TB"),
            Self::Submission => Some("TTr"),
            Self::Telegram => Some("CĐ"),
            Self::ConsolidatedText => Some("VBHN"),
        }
    }

    /// The kind with this full Vietnamese name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|kind| kind.name_vi().to_lowercase() == name)
    }

    /// The kind with this code inside a symbol, in any case and with D for Đ. `CV`, which
    /// Party offices write, is an official letter.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let folded = fold(code);
        if folded == "CV" {
            return Some(Self::OfficialLetter);
        }
        Self::ALL
            .into_iter()
            .find(|kind| kind.code().is_some_and(|code| fold(code) == folded))
    }

    /// Whether a document that calls itself this kind may carry the code of `coded`.
    #[must_use]
    pub fn agrees_with(self, coded: Self) -> bool {
        self == coded
            || matches!(
                (self, coded),
                (Self::Provision | Self::Rules, Self::Decision)
                    | (Self::ActionProgramme, Self::Programme)
            )
    }

    /// Whether such documents are cited by number and year alone, as in Nghị định 61/2018.
    pub(super) const fn is_cited_by_year(self) -> bool {
        matches!(
            self,
            Self::Code
                | Self::Law
                | Self::Ordinance
                | Self::Resolution
                | Self::JointResolution
                | Self::Decree
                | Self::Decision
                | Self::Circular
                | Self::JointCircular
        )
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name_vi())
    }
}

/// A code in upper case and without the marks that typists and file names lose.
pub(super) fn fold(code: &str) -> String {
    code.chars()
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'Đ' | 'Ð' => 'D',
            'Ư' => 'U',
            other => other,
        })
        .collect()
}
