//! Evidence between the contract and the core.
//!
//! What a reader would get wrong: a message becomes a draft, and only the draft is judged. So
//! a call, a file and a form of some system are held to the same rules in the same words.

mod asked;
mod listed;

pub(crate) use asked::{Asked, Recording, read_import, read_record};
pub(crate) use listed::ListAsked;

use lienthong_core::evidence::{Evidence, EvidenceClass, Examined, Note, Remark, Wrong};
use lienthong_core::report::Language;
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;

use crate::status::Violation;

/// A class as the contract names it.
pub(crate) fn class(class: EvidenceClass) -> Class {
    match class {
        EvidenceClass::OptionDecision => Class::OptionDecision,
        EvidenceClass::PublicationDecision => Class::PublicationDecision,
        EvidenceClass::ProcessDecision => Class::ProcessDecision,
        EvidenceClass::DataMapping => Class::DataMapping,
        EvidenceClass::PapersSheet => Class::PapersSheet,
        EvidenceClass::ConnectionMinutes => Class::ConnectionMinutes,
        EvidenceClass::TestMinutes => Class::TestMinutes,
        EvidenceClass::CostSheet => Class::CostSheet,
        EvidenceClass::PortalExtract => Class::PortalExtract,
    }
}

/// A piece with its id.
pub(crate) fn evidence(piece: &Evidence) -> v1::Evidence {
    fn texts<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<String> {
        all.into_iter().map(|it| it.to_string()).collect()
    }
    let unit = |it: &lienthong_core::agency::AgencyCode| it.as_str().to_owned();
    let (checked_on, checked_by) = match &piece.compared {
        Some(compared) => (compared.on.to_string(), compared.by.clone()),
        None => (String::new(), String::new()),
    };
    v1::Evidence {
        evidence_id: piece.id.to_string(),
        class: class(piece.class).into(),
        service_numbers: piece.services.iter().map(|it| it.get().into()).collect(),
        procedure_codes: texts(&piece.codes),
        unit_codes: piece.units.iter().map(unit).collect(),
        symbol: piece
            .symbol
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        title: piece.title.clone(),
        issuer: piece.issuer.clone(),
        signer: piece.signer.clone().unwrap_or_default(),
        issued_on: piece.issued_on.to_string(),
        valid_from: piece.valid_from.to_string(),
        valid_to: piece
            .valid_to
            .map(|day| day.to_string())
            .unwrap_or_default(),
        supersedes: texts(&piece.supersedes),
        sha256: piece.sha256.to_string(),
        address: piece.address.clone().unwrap_or_default(),
        checked_on,
        checked_by,
        repealed_procedure_codes: texts(&piece.repeals),
        statements: piece
            .statements
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        issuer_code: piece.issuer_code.as_ref().map(unit).unwrap_or_default(),
    }
}

/// A remark in both languages.
pub(crate) fn remark(remark: &Remark) -> v1::EvidenceRemark {
    let field = remark.field.as_ref().map(|field| field.name().into_owned());
    v1::EvidenceRemark {
        refuses: remark.refuses(),
        field: field.unwrap_or_default(),
        text_vi: remark.note.text(Language::Vietnamese),
        text_en: remark.note.text(Language::English),
    }
}

/// What became of a piece that is not recorded now.
pub(crate) fn previewed(examined: &Examined) -> v1::ImportedEvidenceResult {
    let recorded = examined.recorded.as_ref();
    let told = examined.evidence.as_ref().map(|piece| v1::Evidence {
        evidence_id: recorded.map(ToString::to_string).unwrap_or_default(),
        ..evidence(piece)
    });
    v1::ImportedEvidenceResult {
        evidence: told,
        duplicate: recorded.is_some(),
        remarks: examined.remarks.iter().map(remark).collect(),
    }
}

/// What refuses a piece whose message stands at `path`.
pub(crate) fn violations(path: &str, examined: &Examined) -> Vec<Violation> {
    let refusing = examined.remarks.iter().filter(|it| it.refuses());
    refusing
        .map(|remark| {
            let field = match &remark.field {
                Some(field) => format!("{path}.{}", field.name()),
                None => path.to_owned(),
            };
            let text = remark.note.text(Language::English);
            Violation::new(field, rule(&remark.note), text)
        })
        .collect()
}

/// Stable name of the rule that a note tells of.
fn rule(note: &Note) -> &'static str {
    match note {
        Note::Draft(problem) => match &problem.wrong {
            Wrong::Missing => "REQUIRED",
            Wrong::Name => "EVIDENCE_NAME",
            Wrong::Class => "UNKNOWN_VALUE",
            Wrong::Service { .. } | Wrong::Code { .. } => "CODE",
            Wrong::Unit { .. } => "AGENCY_CODE",
            Wrong::Reference { .. } => "EVIDENCE_ID",
            Wrong::Symbol(_) => "DOCUMENT_SYMBOL",
            Wrong::Date(_) => "DATE",
            Wrong::InFuture { .. } => "IN_FUTURE",
            Wrong::BeforeFirstDay { .. } | Wrong::BeforeIssue { .. } => "EMPTY_RANGE",
            Wrong::Hash => "SHA_256",
            Wrong::HashOfZeros => "SHA_256_REAL",
            Wrong::StatementName { .. } => "STATEMENT_NAME",
            Wrong::TooMany { .. } => "TOO_MANY",
            Wrong::TooLong { .. } => "TOO_LONG",
            Wrong::ControlCharacter => "TEXT",
        },
        Note::UnknownService { .. } => "UNKNOWN_SERVICE",
        Note::UnknownReference { .. } | Note::SeveralReferences { .. } => "EVIDENCE_ID",
        Note::OtherContent { .. } => "EVENT_ID",
        Note::Rival { .. } => "RIVAL_DECISION",
        Note::Repealed { .. } => "CODE_REPEALED",
        Note::UnitClosed { .. } => "AGENCY_CLOSED",
        Note::Statement { .. } => "STATEMENT",
        Note::CodeOfOtherService { .. }
        | Note::CodeNotListed { .. }
        | Note::NoSymbol
        | Note::BareSymbol
        | Note::NoDecision
        | Note::OtherYear
        | Note::PublishesNothing
        | Note::RepealsOutsidePublication
        | Note::CountsBefore
        | Note::AlreadyOver
        | Note::SameDocument { .. }
        | Note::Ends { .. }
        | Note::Repeals { .. } => "EVIDENCE",
    }
}
