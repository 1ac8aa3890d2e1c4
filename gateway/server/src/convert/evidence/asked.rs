//! Pieces that are to be recorded, as a call names them.
//!
//! What a reader would get wrong: a call that is wrong in itself (no operator, no event id) is
//! not refused here. Its pieces are examined all the same, so that everything is told at once.

use std::collections::BTreeSet;

use lienthong_core::access::OfficerId;
use lienthong_core::dossier::event::EventId;
use lienthong_core::evidence::{EvidenceClass, EvidenceDraft};
use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;

use super::super::operations::read_operator;
use super::super::{InvalidField, Reader};
use crate::status::Violation;

/// Most pieces of one import.
const MOST_PIECES: usize = 500;

/// A piece of a call that is to be recorded.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Where it stands in the call.
    pub(crate) path: String,
    /// The piece.
    pub(crate) draft: EvidenceDraft,
    /// The caller's own name for the recording; `None` where it is none.
    pub(crate) event: Option<EventId>,
}

/// A call that records.
#[derive(Debug)]
pub(crate) struct Recording {
    /// Its pieces, in their order.
    pub(crate) asked: Vec<Asked>,
    /// Who records; `None` where nobody is named.
    pub(crate) operator: Option<OfficerId>,
    /// They stand in a file, which may be sent again with more rows: what the caller recorded
    /// before counts as recorded whatever its event id.
    pub(crate) is_file: bool,
    /// What is wrong with the call besides the pieces themselves.
    pub(crate) wrong: Vec<Violation>,
}

/// Reads one piece and who records it.
pub(crate) fn read_record(message: &v1::RecordEvidenceRequest) -> Recording {
    let mut reader = Reader::default();
    if message.evidence.is_none() {
        reader.refuse("evidence", InvalidField::Missing);
    }
    let event = read_event(&mut reader, "event_id", &message.event_id);
    let operator = read_operator(&mut reader, &message.operator_id);
    let asked = message.evidence.as_ref().map(|evidence| Asked {
        path: "evidence".to_owned(),
        draft: EvidenceDraft {
            name: String::new(),
            ..draft(evidence)
        },
        event,
    });
    Recording {
        asked: asked.into_iter().collect(),
        operator,
        is_file: false,
        wrong: reader.into_violations(),
    }
}

/// Reads the pieces of a file and who records them.
pub(crate) fn read_import(message: &v1::ImportEvidenceRequest) -> Recording {
    let mut reader = Reader::default();
    match message.pieces.len() {
        0 => reader.refuse("pieces", InvalidField::Missing),
        1..=MOST_PIECES => {}
        _ => reader.refuse("pieces", InvalidField::TooMany { most: MOST_PIECES }),
    }
    let mut asked = Vec::new();
    let mut names = BTreeSet::new();
    for (index, piece) in message.pieces.iter().take(MOST_PIECES).enumerate() {
        let field = |name: &str| format!("pieces[{index}].{name}");
        let event = read_event(&mut reader, &field("event_id"), &piece.event_id);
        let Some(evidence) = &piece.evidence else {
            reader.refuse(field("evidence"), InvalidField::Missing);
            continue;
        };
        let mut draft = draft(evidence);
        if draft.name.is_empty() {
            draft.name = format!("piece-{}", index + 1);
        }
        if !names.insert(draft.name.clone()) {
            let field = field("evidence.evidence_id");
            reader.refuse(field, InvalidField::NameInUse);
        }
        asked.push(Asked {
            path: field("evidence"),
            draft,
            event,
        });
    }
    let operator = read_operator(&mut reader, &message.operator_id);
    Recording {
        asked,
        operator,
        is_file: true,
        wrong: reader.into_violations(),
    }
}

fn read_event(reader: &mut Reader, field: &str, raw: &str) -> Option<EventId> {
    reader.required(field, raw, |raw| {
        EventId::parse(raw).ok_or(InvalidField::EventId)
    })
}

fn draft(message: &v1::Evidence) -> EvidenceDraft {
    let numbers = message.service_numbers.iter();
    EvidenceDraft {
        name: message.evidence_id.trim().to_owned(),
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

/// A class of the contract; `None` where none is named.
pub(super) fn class_of(class: Class) -> Option<EvidenceClass> {
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
