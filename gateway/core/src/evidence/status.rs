//! How far the documents go for a service: the state machine of administration.md 3.5.
//!
//! What a reader would get wrong: a state is only as high as the weakest evidence below it.
//! The newest decision proves nothing where the one before it has run out.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::register::is_same;
use super::{
    Evidence, EvidenceClass, EvidenceId, EvidenceRules, OutOfDate, Register, Scope, Standing,
};
use crate::agency::AgencyCode;
use crate::essential::EssentialService;
use crate::procedure::ProcedureCode;

/// How far the documents go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentedState {
    /// Chưa rà soát.
    NotReviewed,
    /// Đã rà soát.
    Reviewed,
    /// Đã xây dựng phương án.
    OptionDrafted,
    /// Đã phê duyệt phương án.
    OptionApproved,
    /// Đã công bố thủ tục.
    Published,
    /// Đã phê duyệt quy trình nội bộ, quy trình điện tử.
    ProcessApproved,
    /// Đã cấu hình.
    Configured,
    /// Đã kiểm thử.
    Tested,
    /// Đang vận hành.
    InOperation,
    /// Đã đánh giá.
    Evaluated,
    /// Tạm dừng.
    Suspended,
    /// Được thay thế.
    Superseded,
    /// Bị bãi bỏ.
    Repealed,
    /// Không áp dụng.
    NotApplicable,
}

impl DocumentedState {
    /// Every state, the way of the work first.
    pub const ALL: [Self; 14] = [
        Self::NotReviewed,
        Self::Reviewed,
        Self::OptionDrafted,
        Self::OptionApproved,
        Self::Published,
        Self::ProcessApproved,
        Self::Configured,
        Self::Tested,
        Self::InOperation,
        Self::Evaluated,
        Self::Suspended,
        Self::Superseded,
        Self::Repealed,
        Self::NotApplicable,
    ];

    /// Name in rules and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotReviewed => "NOT_REVIEWED",
            Self::Reviewed => "REVIEWED",
            Self::OptionDrafted => "OPTION_DRAFTED",
            Self::OptionApproved => "OPTION_APPROVED",
            Self::Published => "PUBLISHED",
            Self::ProcessApproved => "PROCESS_APPROVED",
            Self::Configured => "CONFIGURED",
            Self::Tested => "TESTED",
            Self::InOperation => "IN_OPERATION",
            Self::Evaluated => "EVALUATED",
            Self::Suspended => "SUSPENDED",
            Self::Superseded => "SUPERSEDED",
            Self::Repealed => "REPEALED",
            Self::NotApplicable => "NOT_APPLICABLE",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Its name in Vietnamese.
    #[must_use]
    pub fn name_vi(self) -> &'static str {
        match self {
            Self::NotReviewed => "chưa rà soát",
            Self::Reviewed => "đã rà soát",
            Self::OptionDrafted => "đã xây dựng phương án",
            Self::OptionApproved => "đã phê duyệt phương án",
            Self::Published => "đã công bố thủ tục",
            Self::ProcessApproved => "đã phê duyệt quy trình",
            Self::Configured => "đã cấu hình",
            Self::Tested => "đã kiểm thử",
            Self::InOperation => "đang vận hành",
            Self::Evaluated => "đã đánh giá",
            Self::Suspended => "tạm dừng",
            Self::Superseded => "được thay thế",
            Self::Repealed => "bị bãi bỏ",
            Self::NotApplicable => "không áp dụng",
        }
    }
}

/// Whose documents are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The service.
    pub service: &'a EssentialService,
    /// Mã thủ tục, where the service has one.
    pub code: Option<&'a ProcedureCode>,
    /// Mã đơn vị; `None` is the whole province, which evidence about an agency does not
    /// cover.
    pub unit: Option<&'a AgencyCode>,
}

/// What keeps the documents from going further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The register holds nothing of this class for the service.
    Missing {
        /// Which class.
        class: EvidenceClass,
    },
    /// What there is counts later.
    NotYet {
        /// Which piece.
        evidence: EvidenceId,
        /// Its first day.
        from: Date,
    },
    /// What there is does not count any more.
    OutOfDate {
        /// Which piece: the last one issued.
        evidence: EvidenceId,
        /// Why.
        reasons: Vec<OutOfDate>,
    },
    /// What there is covers another code.
    OtherCode {
        /// Which piece.
        evidence: EvidenceId,
    },
    /// What there is covers another agency.
    OtherUnit {
        /// Which piece.
        evidence: EvidenceId,
    },
    /// No valid evidence states this (administration.md 1.2, D2).
    NotStated {
        /// Name of the statement.
        statement: String,
    },
}

/// What the register shows of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documented {
    /// How far the documents go.
    pub state: DocumentedState,
    /// How far they would go but for the cap (administration.md 1.2, D3).
    pub uncapped: DocumentedState,
    /// What keeps them from going further; empty at the end of the way and in the states
    /// beside it.
    pub lacks: Vec<Lack>,
    /// Evidence that the state rests on, the earliest issued first.
    pub evidence: Vec<EvidenceId>,
}

impl Register {
    /// How far the documents about `subject` go on the day `on`.
    #[must_use]
    pub fn documented(&self, subject: &Subject<'_>, on: Date, rules: &EvidenceRules) -> Documented {
        if subject.service.outside_procedure_law {
            return beside(DocumentedState::NotApplicable, None);
        }
        if let Some(ended) = self.ended(subject, on) {
            return ended;
        }
        let view = View {
            register: self,
            subject,
            on,
            rules,
        };
        let valid = view.valid();
        if let Some(stop) = valid.iter().find(|it| it.states("suspended")) {
            return beside(DocumentedState::Suspended, Some(&stop.id));
        }
        let mut documented = view.climb(&valid);
        view.cap(&valid, &mut documented);
        documented
    }

    /// The state of a code that is over.
    fn ended(&self, subject: &Subject<'_>, on: Date) -> Option<Documented> {
        let code = subject.code?;
        let known = subject.service.codes.iter();
        let known = known
            .clone()
            .find(|it| it.code.national() == code.national());
        let successor = known.and_then(|it| it.replaced_by.as_ref());
        let repeal = self.repeal(code, on);
        let over = known.is_some_and(|it| it.days.to.is_some_and(|last| last < on));
        match (successor, repeal) {
            (Some(_), by) if over || by.is_some() => {
                Some(beside(DocumentedState::Superseded, by.map(|it| &it.id)))
            }
            (None, Some(by)) => Some(beside(DocumentedState::Repealed, Some(&by.id))),
            (Some(_), _) | (None, None) => None,
        }
    }
}

fn beside(state: DocumentedState, evidence: Option<&EvidenceId>) -> Documented {
    Documented {
        state,
        uncapped: state,
        lacks: Vec::new(),
        evidence: evidence.cloned().into_iter().collect(),
    }
}

impl Evidence {
    /// Whether it states this with any value but a plain no.
    fn states(&self, name: &str) -> bool {
        let value = self.statements.get(name);
        value.is_some_and(|value| !matches!(value.trim(), "" | "no" | "không" | "0"))
    }
}

/// The register as one subject sees it on one day.
struct View<'a> {
    register: &'a Register,
    subject: &'a Subject<'a>,
    on: Date,
    rules: &'a EvidenceRules,
}

impl<'a> View<'a> {
    fn valid(&self) -> Vec<&'a Evidence> {
        let covers = |it: &&Evidence| it.scope(self.subject) == Scope::Covers;
        let pieces = self.register.pieces().iter().filter(covers);
        pieces
            .filter(|it| self.standing(it) == Standing::Valid)
            .collect()
    }

    /// How what a piece says of the subject stands.
    fn standing(&self, piece: &Evidence) -> Standing {
        let code = self.subject.code;
        let about = |it: &ProcedureCode| code.is_none_or(|code| is_same(code, it));
        piece.standing_among(about, self.subject.unit, self.on, self.register, self.rules)
    }

    /// As far as every state has its evidence.
    fn climb(&self, valid: &[&Evidence]) -> Documented {
        let mut state = stated(valid);
        let mut used = BTreeSet::new();
        for step in self.rules.states() {
            let lacks: Vec<Lack> = step
                .needs
                .iter()
                .filter(|class| valid.iter().all(|it| it.class != **class))
                .map(|class| self.lack(*class))
                .collect();
            if !lacks.is_empty() {
                return self.documented(state, &used, lacks);
            }
            state = step.state;
            used.extend(step.needs.iter().copied());
        }
        self.documented(state, &used, Vec::new())
    }

    /// Without connection and digitisation nothing above the cap is taken for documented.
    fn cap(&self, valid: &[&Evidence], documented: &mut Documented) {
        let Some(cap) = self.rules.cap() else {
            return;
        };
        if documented.state <= cap.state {
            return;
        }
        let classes = cap.needs.iter();
        let lacking = classes.filter(|class| valid.iter().all(|it| it.class != **class));
        let mut lacks: Vec<Lack> = lacking.map(|class| self.lack(*class)).collect();
        let statements = cap.statements.iter();
        lacks.extend(
            statements
                .filter(|name| !valid.iter().any(|it| it.states(name)))
                .map(|statement| Lack::NotStated {
                    statement: statement.clone(),
                }),
        );
        if !lacks.is_empty() {
            documented.state = cap.state;
            documented.lacks = lacks;
        }
    }

    fn documented(
        &self,
        state: DocumentedState,
        used: &BTreeSet<EvidenceClass>,
        lacks: Vec<Lack>,
    ) -> Documented {
        let valid = self.valid().into_iter();
        let evidence = valid.filter(|it| used.contains(&it.class));
        Documented {
            state,
            uncapped: state,
            lacks,
            evidence: evidence.map(|it| it.id.clone()).collect(),
        }
    }

    /// Why no valid evidence of this class covers the subject: of what there is, the piece
    /// that comes nearest.
    fn lack(&self, class: EvidenceClass) -> Lack {
        let of_class = |it: &&Evidence| it.class == class;
        let pieces = || self.register.pieces().iter().rev().filter(of_class);
        let in_scope = |scope| pieces().find(|it| it.scope(self.subject) == scope);
        if let Some(piece) = in_scope(Scope::Covers) {
            let evidence = piece.id.clone();
            return match self.standing(piece) {
                Standing::NotYet { from } => Lack::NotYet { evidence, from },
                Standing::OutOfDate(reasons) => Lack::OutOfDate { evidence, reasons },
                Standing::Valid => Lack::Missing { class },
            };
        }
        if let Some(piece) = in_scope(Scope::OtherUnit) {
            let evidence = piece.id.clone();
            return Lack::OtherUnit { evidence };
        }
        if let Some(piece) = in_scope(Scope::OtherCode) {
            let evidence = piece.id.clone();
            return Lack::OtherCode { evidence };
        }
        Lack::Missing { class }
    }
}

/// What valid evidence states of the work before the first decision.
fn stated(valid: &[&Evidence]) -> DocumentedState {
    if valid.iter().any(|it| it.states("option_drafted")) {
        DocumentedState::OptionDrafted
    } else if valid.iter().any(|it| it.states("reviewed")) {
        DocumentedState::Reviewed
    } else {
        DocumentedState::NotReviewed
    }
}
