//! What the documents about a service say, and whether anybody still says so.
//!
//! What a reader would get wrong: a later "không" takes an earlier "có" back, but only from
//! those that the later document is about.

use super::{Piece, ServicePlan};
use crate::agency::AgencyCode;
use crate::check::claims::{Claim, ClaimValue, Statement};
use crate::check::judgement::{Paper, PaperStanding};
use crate::check::wording::{self, Words};
use crate::evidence::{Evidence, EvidenceId, OutOfDate};
use crate::procedure::ProcedureCode;

impl ServicePlan<'_> {
    /// What documents say of any of these statements.
    pub(in crate::check) fn paper(&self, statements: &[Statement]) -> Paper {
        let mut said = Said::default();
        for (place, piece) in self.valid.iter().enumerate() {
            said.take(piece, statements, |it| self.is_taken_back(place, it));
        }
        if said.any {
            let standing = if said.affirmed {
                PaperStanding::Says
            } else {
                PaperStanding::Denies
            };
            return Paper {
                standing,
                text: said.texts.join("; "),
                evidence: said.evidence,
                lapse: Words::default(),
            };
        }
        let mut lapse = Words::default();
        for (piece, reasons) in &self.lapsed {
            let before = said.evidence.len();
            said.take(piece, statements, |_| false);
            if said.evidence.len() > before {
                lapse = lapse.and(&why_lapsed(piece.evidence, reasons));
            }
        }
        let standing = if said.affirmed {
            PaperStanding::Expired
        } else {
            PaperStanding::Silent
        };
        Paper {
            standing,
            text: said.texts.join("; "),
            evidence: said.evidence,
            lapse,
        }
    }

    /// Whether a later document in force since before the window, about no less, says that
    /// what this one says is not so any more.
    fn is_taken_back(&self, place: usize, statement: Statement) -> bool {
        let Some((piece, later)) = self.valid.get(place..).and_then(<[_]>::split_first) else {
            return false;
        };
        later.iter().any(|it| {
            let claim = it.claims.get(statement);
            let denied = claim.is_some_and(|claim| denies(statement, &claim.value));
            denied
                && it.from <= self.begins.max(piece.from)
                && is_about(it.evidence, piece.evidence)
        })
    }
}

/// Whether a piece is about everything that `other` is about.
fn is_about(piece: &Evidence, other: &Evidence) -> bool {
    let same = |code: &ProcedureCode| {
        let mut codes = piece.codes.iter();
        codes.any(|it| it.national() == code.national())
    };
    let includes = |unit: &AgencyCode| piece.units.iter().any(|it| it.includes(unit));
    let codes = piece.codes.is_empty() || !other.codes.is_empty() && other.codes.iter().all(same);
    let units =
        piece.units.is_empty() || !other.units.is_empty() && other.units.iter().all(includes);
    codes && units
}

/// What pieces say of some statements.
#[derive(Default)]
struct Said {
    any: bool,
    affirmed: bool,
    texts: Vec<String>,
    evidence: Vec<EvidenceId>,
}

impl Said {
    fn take(
        &mut self,
        piece: &Piece<'_>,
        statements: &[Statement],
        is_taken_back: impl Fn(Statement) -> bool,
    ) {
        let mut says = false;
        for statement in statements {
            let Some(Claim { value, text }) = piece.claims.get(*statement) else {
                continue;
            };
            says = true;
            self.affirmed |= !denies(*statement, value) && !is_taken_back(*statement);
            let name = statement.name_vi();
            let by = named(piece.evidence);
            self.texts.push(format!("{name}: {text} ({by})"));
        }
        if says {
            self.any = true;
            self.evidence.push(piece.evidence.id.clone());
        }
    }
}

/// Whether a document says plainly that it is not so. A level of identity below the second
/// asks for no account that VNeID verified.
pub(super) fn denies(statement: Statement, value: &ClaimValue) -> bool {
    match value {
        ClaimValue::Flag(value) => !value,
        ClaimValue::Number(level) => statement == Statement::IdentityLevel && *level < 2,
        ClaimValue::Papers(_)
        | ClaimValue::Fields(_)
        | ClaimValue::Percent(_)
        | ClaimValue::Limit(_)
        | ClaimValue::CutOff(_)
        | ClaimValue::Steps(_)
        | ClaimValue::StepHours(_)
        | ClaimValue::Results(_) => false,
    }
}

/// `663/QĐ-TTPVHCC, MC-000012`.
fn named(evidence: &Evidence) -> String {
    let id = &evidence.id;
    match &evidence.symbol {
        Some(symbol) => format!("{symbol}, {id}"),
        None => id.to_string(),
    }
}

fn why_lapsed(evidence: &Evidence, reasons: &[OutOfDate]) -> Words {
    let mut why = Words::default();
    for reason in reasons {
        why = why.and(&wording::out_of_date(reason));
    }
    let by = named(evidence);
    Words::new(format!("{by}: {}", why.vi), format!("{by}: {}", why.en))
}
