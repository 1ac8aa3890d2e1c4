//! Evidence between the contract and the core.
//!
//! What a reader would get wrong: a message becomes a draft, and only the draft is judged. So
//! a call, a file and a form of some system are held to the same rules in the same words.

use jiff::civil::Date;
use lienthong_core::access::OfficerId;
use lienthong_core::document::parse_date;
use lienthong_core::dossier::event::EventId;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::evidence::{
    Evidence, EvidenceClass, EvidenceDraft, Examined, Note, Remark, Standing, Wrong,
};
use lienthong_core::ports::evidence::RegisteredEvidence;
use lienthong_core::report::Language;
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;
use prost::Message as _;

use super::operations::read_operator;
use super::page::{self, Digest};
use super::{InvalidField, Reader, to_timestamp};
use crate::status::{ServerError, Violation};

/// Most pieces of one import.
const MOST_PIECES: usize = 500;

/// A piece of a call that is to be recorded.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The piece.
    pub(crate) draft: EvidenceDraft,
    /// The caller's own name for the recording.
    pub(crate) event: EventId,
}

/// Reads one piece and who records it.
///
/// # Errors
/// [`ServerError::Invalid`] with what is wrong besides the piece itself.
pub(crate) fn read_record(
    message: &v1::RecordEvidenceRequest,
) -> Result<(Asked, OfficerId), ServerError> {
    let mut reader = Reader::default();
    let draft = message.evidence.as_ref().map(draft);
    if draft.is_none() {
        reader.refuse("evidence", InvalidField::Missing);
    }
    let event = read_event(&mut reader, "event_id", &message.event_id);
    let operator = read_operator(&mut reader, &message.operator_id);
    let asked = (|| {
        let mut draft = draft?;
        draft.name.clear();
        let event = event?;
        Some((Asked { draft, event }, operator?))
    })();
    reader.finish(asked)
}

/// Reads the pieces of a file and who records them.
///
/// # Errors
/// [`ServerError::Invalid`] with what is wrong besides the pieces themselves.
pub(crate) fn read_import(
    message: &v1::ImportEvidenceRequest,
) -> Result<(Vec<Asked>, OfficerId), ServerError> {
    let mut reader = Reader::default();
    match message.pieces.len() {
        0 => reader.refuse("pieces", InvalidField::Missing),
        1..=MOST_PIECES => {}
        _ => reader.refuse("pieces", InvalidField::TooMany { most: MOST_PIECES }),
    }
    let mut asked = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for (index, piece) in message.pieces.iter().take(MOST_PIECES).enumerate() {
        let field = |name: &str| format!("pieces[{index}].{name}");
        let event = read_event(&mut reader, &field("event_id"), &piece.event_id);
        let Some(evidence) = &piece.evidence else {
            reader.refuse(field("evidence"), InvalidField::Missing);
            continue;
        };
        let mut draft = draft(evidence);
        if draft.name.trim().is_empty() {
            draft.name = format!("piece-{}", index + 1);
        }
        if !names.insert(draft.name.clone()) {
            let field = field("evidence.evidence_id");
            reader.refuse(field, InvalidField::NameInUse);
        }
        if let Some(event) = event {
            asked.push(Asked { draft, event });
        }
    }
    let operator = read_operator(&mut reader, &message.operator_id);
    reader.finish(operator.map(|operator| (asked, operator)))
}

fn read_event(reader: &mut Reader, field: &str, raw: &str) -> Option<EventId> {
    reader.required(field, raw, |raw| {
        EventId::parse(raw).ok_or(InvalidField::EventId)
    })
}

fn draft(message: &v1::Evidence) -> EvidenceDraft {
    let numbers = message.service_numbers.iter();
    EvidenceDraft {
        name: message.evidence_id.clone(),
        class: match Class::try_from(message.class).map(class_of) {
            Ok(Some(class)) => class.id().to_owned(),
            Ok(None) => String::new(),
            // Not the text of a class, so that it is told as one that is none.
            Err(_) => message.class.to_string(),
        },
        services: numbers.map(ToString::to_string).collect(),
        codes: message.procedure_codes.clone(),
        units: message.unit_codes.clone(),
        symbol: message.symbol.clone(),
        title: message.title.clone(),
        issuer: message.issuer.clone(),
        issuer_code: message.issuer_code.clone(),
        signer: message.signer.clone(),
        issued_on: message.issued_on.clone(),
        valid_from: message.valid_from.clone(),
        valid_to: message.valid_to.clone(),
        supersedes: message.supersedes.clone(),
        repeals: message.repealed_procedure_codes.clone(),
        sha256: message.sha256.clone(),
        address: message.address.clone(),
        compared_on: message.checked_on.clone(),
        compared_by: message.checked_by.clone(),
        statements: message
            .statements
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    }
}

fn class_of(class: Class) -> Option<EvidenceClass> {
    Some(match class {
        Class::Unspecified => return None,
        Class::OptionDecision => EvidenceClass::OptionDecision,
        Class::PublicationDecision => EvidenceClass::PublicationDecision,
        Class::ProcessDecision => EvidenceClass::ProcessDecision,
        Class::DataMapping => EvidenceClass::DataMapping,
        Class::PapersSheet => EvidenceClass::PapersSheet,
        Class::ConnectionMinutes => EvidenceClass::ConnectionMinutes,
        Class::TestMinutes => EvidenceClass::TestMinutes,
        Class::CostSheet => EvidenceClass::CostSheet,
        Class::PortalExtract => EvidenceClass::PortalExtract,
    })
}

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
            Wrong::StatementName => "STATEMENT_NAME",
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

/// A checked question for evidence.
#[derive(Debug)]
pub(crate) struct ListAsked {
    service: Option<ServiceNumber>,
    class: Option<EvidenceClass>,
    /// Judged on this day.
    pub(crate) on: Date,
    with_invalid: bool,
    most: usize,
    before: Option<u64>,
    digest: Digest,
}

impl ListAsked {
    /// Reads a question; `today` counts where no day is named.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::ListEvidenceRequest,
        today: Date,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let service = match u16::try_from(message.service_number) {
            Ok(0) => Some(None),
            Ok(number) => ServiceNumber::new(number).map(Some),
            Err(_) => None,
        };
        if service.is_none() {
            let (least, most) = (1, i64::from(u16::MAX));
            reader.refuse("service_number", InvalidField::OutOfRange { least, most });
        }
        let class = Class::try_from(message.class).map(class_of);
        let class = reader.take("class", class.map_err(|_| InvalidField::UnknownValue));
        let on = reader.optional("as_of", &message.as_of, |raw| {
            parse_date(raw).map_err(|_| InvalidField::Day)
        });
        let most = page::read_size(&mut reader, message.page_size);
        let conditions = v1::ListEvidenceRequest {
            page_size: 0,
            page_token: String::new(),
            ..message.clone()
        };
        let digest = page::digest(&conditions.encode_to_vec());
        let token = &message.page_token;
        let before = page::read_token(&mut reader, token, digest, page::read_number_place);
        let asked = (|| {
            Some(Self {
                service: service?,
                class: class?,
                on: on.unwrap_or(today),
                with_invalid: message.include_invalid,
                most: usize::try_from(most?).unwrap_or(usize::MAX),
                before,
                digest,
            })
        })();
        reader.finish(asked)
    }

    /// One page of `history`, which is in the order of recording; the last recorded first.
    pub(crate) fn answer(
        &self,
        history: &[RegisteredEvidence],
        standing: impl Fn(&Evidence) -> Standing,
    ) -> v1::ListEvidenceResponse {
        let mut found = history.iter().rev().filter_map(|entry| {
            let piece = &entry.evidence;
            let meant = self.before.is_none_or(|before| entry.sequence < before)
                && self.service.is_none_or(|it| piece.services.contains(&it))
                && self.class.is_none_or(|it| it == piece.class);
            let standing = meant.then(|| standing(piece))?;
            (self.with_invalid || standing == Standing::Valid).then_some((entry, standing))
        });
        let page: Vec<_> = found.by_ref().take(self.most).collect();
        let next_page_token = match (page.last(), found.next()) {
            (Some((last, _)), Some(_)) => {
                page::token(self.digest, &page::number_place(last.sequence))
            }
            (None, _) | (_, None) => String::new(),
        };
        v1::ListEvidenceResponse {
            evidence: page.iter().map(|(entry, it)| judged(entry, it)).collect(),
            next_page_token,
        }
    }
}

fn judged(entry: &RegisteredEvidence, standing: &Standing) -> v1::JudgedEvidence {
    v1::JudgedEvidence {
        evidence: Some(evidence(&entry.evidence)),
        valid: *standing == Standing::Valid,
        reason_vi: standing.text(Language::Vietnamese),
        reason_en: standing.text(Language::English),
        recorded_at: Some(to_timestamp(entry.recorded_at)),
    }
}
