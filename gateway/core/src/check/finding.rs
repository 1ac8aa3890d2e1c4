//! What a check says.

use crate::dossier_number::DossierNumber;
use crate::essential::ServiceNumber;
use crate::evidence::{Documented, EvidenceId};
use crate::observation::Window;
use crate::share::Share;

/// A criterion: what is asked of a document and of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// K1 to K9 (administration.md 3.2).
    K(u8),
    /// C1 to C15 (administration.md 3.6).
    C(u8),
}

impl Criterion {
    /// Every criterion: K1 to K9, then C1 to C15.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=9).map(Self::K).chain((1..=15).map(Self::C))
    }

    /// Its id: `K1` to `K9`, `C1` to `C15`.
    #[must_use]
    pub fn id(self) -> String {
        match self {
            Self::K(number) => format!("K{number}"),
            Self::C(number) => format!("C{number}"),
        }
    }

    /// The criterion with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|criterion| criterion.id() == id)
    }
}

/// How document and traffic stand to each other (administration.md 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Document and traffic agree.
    Consistent,
    /// Traffic contradicts a valid document, or a rule that needs none.
    Contradicted,
    /// The behaviour is good, and no document says so.
    Undocumented,
    /// Sample or coverage is too small.
    Unproven,
    /// The only evidence is expired.
    EvidenceExpired,
    /// The criterion does not apply to the service.
    NotApplicable,
    /// Traffic cannot show it.
    CannotObserve,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 7] = [
        Self::Consistent,
        Self::Contradicted,
        Self::Undocumented,
        Self::Unproven,
        Self::EvidenceExpired,
        Self::NotApplicable,
        Self::CannotObserve,
    ];

    /// Name in answers and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Consistent => "CONSISTENT",
            Self::Contradicted => "CONTRADICTED",
            Self::Undocumented => "UNDOCUMENTED",
            Self::Unproven => "UNPROVEN",
            Self::EvidenceExpired => "EVIDENCE_EXPIRED",
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::CannotObserve => "CANNOT_OBSERVE",
        }
    }

    /// The verdict with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// What it is called in Vietnamese.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::Consistent => "phù hợp",
            Self::Contradicted => "mâu thuẫn",
            Self::Undocumented => "chưa có tài liệu",
            Self::Unproven => "chưa đủ dữ liệu",
            Self::EvidenceExpired => "minh chứng hết hiệu lực",
            Self::NotApplicable => "không áp dụng",
            Self::CannotObserve => "không quan sát được",
        }
    }

    /// What it is called in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Contradicted => "contradicted",
            Self::Undocumented => "undocumented",
            Self::Unproven => "unproven",
            Self::EvidenceExpired => "evidence expired",
            Self::NotApplicable => "not applicable",
            Self::CannotObserve => "cannot be observed",
        }
    }
}

/// One figure from the traffic. Never an official score.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Stable code, e.g. `ONLINE_SHARE`.
    pub code: &'static str,
    /// Its name in Vietnamese.
    pub name_vi: String,
    /// Its name in English.
    pub name_en: String,
    /// How many of the sample.
    pub numerator: u64,
    /// Size of the sample.
    pub denominator: u64,
    /// The value with its unit, for figures that are no share, e.g. 16 `working_hours`.
    pub value: Option<(f64, &'static str)>,
}

impl Figure {
    /// The share; `None` of an empty sample and of a figure that is none.
    #[must_use]
    pub fn share(&self) -> Option<Share> {
        self.value
            .is_none()
            .then(|| Share::new(self.numerator, self.denominator))
            .flatten()
    }
}

/// One criterion held against document and traffic.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which criterion.
    pub criterion: Criterion,
    /// Its name in Vietnamese.
    pub name_vi: String,
    /// Its name in English.
    pub name_en: String,
    /// How the two stand to each other.
    pub verdict: Verdict,
    /// What is documented, in Vietnamese; empty without a document.
    pub documented: String,
    /// Evidence for that.
    pub evidence: Vec<EvidenceId>,
    /// Code of the figure that it was held against; `None` where there is none.
    pub figure: Option<&'static str>,
    /// Why, in Vietnamese, with the numbers.
    pub reason_vi: String,
    /// Why, in English, with the numbers.
    pub reason_en: String,
    /// Dossiers that show it: at most 5, the smallest numbers first.
    pub examples: Vec<DossierNumber>,
}

/// What a check found of one service.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceCheck {
    /// Which service.
    pub service: ServiceNumber,
    /// What is documented on the last day of the window.
    pub documented: Documented,
    /// What the traffic shows.
    pub figures: Vec<Figure>,
    /// One finding for each criterion, in the order of [`Criterion::all`].
    pub findings: Vec<Finding>,
    /// Days whose traffic was looked at.
    pub window: Window,
    /// Dossiers of the service that were received in the window and that the gateway saw.
    pub dossiers_seen: u64,
    /// The same against all dossiers of the service, where their number is known.
    pub coverage: Option<Share>,
}
