//! From the rows of a file to the pieces of a call, and back from what the gateway refuses.
//!
//! What a reader would get wrong: nothing is judged here. A row goes to the gateway as it
//! stands in the file, also one that cannot be read, so that the gateway tells in one answer
//! what is wrong with all of them.

use std::collections::BTreeMap;
use std::path::Path;

use lienthong_adapters::evidence_import::{ImportProblem, ImportedRow, Place, Reason};
use lienthong_core::evidence::{EvidenceClass, EvidenceDraft};
use lienthong_proto::v1;

use super::{event, files};
use crate::convert::evidence::class;

/// A number that is none of a service or a class: the gateway tells what is wrong with it.
const NO_NUMBER: i32 = -1;

/// A row, and the piece that it is in a call.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) row: ImportedRow,
    pub(super) piece: v1::ImportedEvidence,
}

/// Makes the pieces of a call; documents that do not fit their hashes and rows that stand
/// there twice are added to `problems`.
pub(super) fn prepare(
    mut rows: Vec<ImportedRow>,
    documents: Option<&Path>,
    problems: &mut Vec<ImportProblem>,
) -> Vec<Ready> {
    if let Some(folder) = documents {
        for row in &mut rows {
            if let Err(problem) = files::hash(folder, row) {
                row.unread.insert("sha256".to_owned());
                problems.push(problem);
            }
        }
    }
    let events = event::events(rows.iter().map(|row| &row.draft));
    let mut first: BTreeMap<String, u32> = BTreeMap::new();
    let mut ready = Vec::with_capacity(rows.len());
    for (row, event_id) in rows.into_iter().zip(events) {
        // Of a row that could not be read as a whole nobody knows whether it says the same.
        if row.unread.is_empty() {
            if let Some(other) = first.get(&event_id) {
                // Sent, it would only be refused as its own rival.
                problems.push(again(row.row, *other));
                continue;
            }
            first.insert(event_id.clone(), row.row);
        }
        let evidence = Some(message(&row.draft));
        let piece = v1::ImportedEvidence { event_id, evidence };
        ready.push(Ready { row, piece });
    }
    ready
}

/// A draft in the words of the contract.
fn message(draft: &EvidenceDraft) -> v1::Evidence {
    let of_class = match draft.class.trim() {
        "" => v1::evidence::Class::Unspecified.into(),
        id => EvidenceClass::from_id(id).map_or(NO_NUMBER, |it| class(it).into()),
    };
    let number = |text: &String| text.trim().parse().unwrap_or(NO_NUMBER);
    v1::Evidence {
        evidence_id: draft.name.clone(),
        class: of_class,
        service_numbers: draft.services.iter().map(number).collect(),
        procedure_codes: draft.codes.clone(),
        unit_codes: draft.units.clone(),
        symbol: draft.symbol.clone(),
        title: draft.title.clone(),
        issuer: draft.issuer.clone(),
        signer: draft.signer.clone(),
        issued_on: draft.issued_on.clone(),
        valid_from: draft.valid_from.clone(),
        valid_to: draft.valid_to.clone(),
        supersedes: draft.supersedes.clone(),
        sha256: draft.sha256.clone(),
        address: draft.address.clone(),
        checked_on: draft.compared_on.clone(),
        checked_by: draft.compared_by.clone(),
        repealed_procedure_codes: draft.repeals.clone(),
        statements: draft.statements.clone().into_iter().collect(),
        issuer_code: draft.issuer_code.clone(),
    }
}

fn again(row: u32, other: u32) -> ImportProblem {
    let (row, column) = (Some(row), None);
    let reason = Reason::Told {
        vi: format!("giống hệt dòng {other}: hãy bỏ một trong hai dòng"),
        en: format!("says the same as row {other}: leave one of them out"),
    };
    ImportProblem {
        place: Place { row, column },
        reason,
    }
}

/// What the gateway refuses, with the row and column where it stands; a field that could not
/// be read in the file is told already.
pub(super) fn refusals(
    ready: &[Ready],
    preview: &v1::ImportEvidenceResponse,
) -> Vec<ImportProblem> {
    let pieces = ready.iter().zip(&preview.results);
    pieces
        .flat_map(|(ready, result)| {
            let refusing = result.remarks.iter().filter(|remark| remark.refuses);
            refusing
                .filter(|remark| !ready.row.is_unread(&remark.field))
                .map(|remark| ImportProblem {
                    place: ready.row.place(&remark.field),
                    reason: told(remark),
                })
        })
        .collect()
}

fn told(remark: &v1::EvidenceRemark) -> Reason {
    Reason::Told {
        vi: remark.text_vi.clone(),
        en: remark.text_en.clone(),
    }
}
