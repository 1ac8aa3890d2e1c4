//! The evidence register as the contract offers it.
//!
//! What a reader would get wrong: a preview and a recording run the same examination. What a
//! preview tells is what a recording would meet, unless somebody records in between; who
//! records is examined beside the very register that the pieces are added to.

use std::collections::{BTreeMap, HashMap};

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier::event::EventId;
use lienthong_core::evidence::{
    Evidence, EvidenceId, Examination, Examined, NewDraft, Note, Remark,
};
use lienthong_core::ports::evidence::{
    EvidenceError, NewEvidence, RecordedEvidence, RegisteredEvidence,
};
use lienthong_proto::v1;

use crate::convert::evidence::{
    Asked, ListAsked, evidence, previewed, read_import, read_record, remark, violations,
};
use crate::essential::EssentialDesk;
use crate::status::{EssentialFailure, ServerError};

/// How often pieces are examined anew because somebody else has recorded meanwhile.
const TRIES: usize = 3;

/// Records one piece for `client`.
pub(crate) async fn record_evidence(
    desk: &EssentialDesk,
    client: ClientName,
    message: &v1::RecordEvidenceRequest,
) -> Result<v1::RecordEvidenceResponse, ServerError> {
    let (asked, operator) = read_record(message)?;
    let asked = [asked];
    let path = |_| "evidence".to_owned();
    let (examined, recorded) = add(desk, &client, &operator, &asked, path).await?;
    let result = results(&examined, &recorded).into_iter().next();
    let result = result.unwrap_or_default();
    Ok(v1::RecordEvidenceResponse {
        evidence: result.evidence,
        duplicate: result.duplicate,
        remarks: result.remarks,
    })
}

/// Records the pieces of a file for `client`, all or none, or tells what they would do.
pub(crate) async fn import_evidence(
    desk: &EssentialDesk,
    client: ClientName,
    message: &v1::ImportEvidenceRequest,
) -> Result<v1::ImportEvidenceResponse, ServerError> {
    let (asked, operator) = read_import(message)?;
    if message.preview {
        let (examined, _) = examine(desk, &client, &asked).await?;
        return Ok(v1::ImportEvidenceResponse {
            results: examined.iter().map(previewed).collect(),
            recorded: false,
        });
    }
    let path = |index| format!("pieces[{index}].evidence");
    let (examined, recorded) = add(desk, &client, &operator, &asked, path).await?;
    Ok(v1::ImportEvidenceResponse {
        results: results(&examined, &recorded),
        recorded: true,
    })
}

/// Lists evidence, the last recorded first.
pub(crate) async fn list_evidence(
    desk: &EssentialDesk,
    message: &v1::ListEvidenceRequest,
) -> Result<v1::ListEvidenceResponse, ServerError> {
    let asked = ListAsked::read(message, desk.today())?;
    let history = history(desk).await?;
    let register = desk.register().await?;
    let rules = &desk.knowledge().evidence_rules;
    Ok(asked.answer(&history, |piece| piece.standing(asked.on, &register, rules)))
}

async fn history(desk: &EssentialDesk) -> Result<Vec<RegisteredEvidence>, ServerError> {
    let history = desk.evidence().history().await;
    Ok(history.map_err(EssentialFailure::from)?)
}

/// Examines and records; `path` tells where a piece stands in the call. Where somebody else
/// records in between, what they recorded is examined too: it may be a rival.
async fn add(
    desk: &EssentialDesk,
    client: &ClientName,
    operator: &OfficerId,
    asked: &[Asked],
    path: fn(usize) -> String,
) -> Result<(Vec<Examined>, Vec<RecordedEvidence>), ServerError> {
    for _ in 0..TRIES {
        let (examined, version) = examine(desk, client, asked).await?;
        refuse(&examined, path)?;
        let by = (client, operator);
        if let Some(recorded) = record(desk, by, asked, &examined, version).await? {
            return Ok((examined, recorded));
        }
    }
    let reason = "others keep recording at the same time".to_owned();
    Err(EssentialFailure::from(EvidenceError::Unavailable { reason }).into())
}

/// Everything that there is to say about the pieces of a call, and the version of the register
/// beside which it is said.
async fn examine(
    desk: &EssentialDesk,
    client: &ClientName,
    asked: &[Asked],
) -> Result<(Vec<Examined>, u64), ServerError> {
    let history = history(desk).await?;
    // The register below is as new as this or newer; where it is newer, nothing is recorded.
    let version = history.last().map_or(0, |entry| entry.sequence);
    let own = history.iter().filter(|entry| entry.client == *client);
    let recorded: HashMap<&EventId, &Evidence> =
        own.map(|entry| (&entry.event, &entry.evidence)).collect();
    let drafts: Vec<NewDraft<'_>> = asked
        .iter()
        .map(|asked| NewDraft {
            draft: asked.draft.clone(),
            recorded: recorded.get(&asked.event).copied(),
        })
        .collect();
    let register = desk.register().await?;
    let knowledge = desk.knowledge();
    let examination = Examination {
        services: &knowledge.services,
        register: &register,
        rules: &knowledge.evidence_rules,
        today: desk.today(),
    };
    Ok((examination.of(&drafts), version))
}

/// Refuses the call where a piece is refused; `path` tells where a piece stands in it.
fn refuse(examined: &[Examined], path: impl Fn(usize) -> String) -> Result<(), ServerError> {
    let refusing = || {
        examined
            .iter()
            .flat_map(|it| &it.remarks)
            .filter(|it| it.refuses())
    };
    let reused = |it: &Remark| matches!(it.note, Note::OtherContent { .. });
    if refusing().next().is_some() && refusing().all(reused) {
        return Err(EssentialFailure::from(EvidenceError::OtherContent).into());
    }
    let violations: Vec<_> = examined
        .iter()
        .enumerate()
        .flat_map(|(index, examined)| violations(&path(index), examined))
        .collect();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(ServerError::Invalid(violations))
    }
}

/// Records what was examined beside the register of this version; `None` where it has another.
async fn record(
    desk: &EssentialDesk,
    (client, operator): (&ClientName, &OfficerId),
    asked: &[Asked],
    examined: &[Examined],
    version: u64,
) -> Result<Option<Vec<RecordedEvidence>>, ServerError> {
    let at = desk.now();
    let pieces = asked.iter().zip(examined).filter_map(|(asked, examined)| {
        Some(NewEvidence {
            evidence: examined.evidence.clone()?,
            event: asked.event.clone(),
            client: client.clone(),
            operator: operator.clone(),
            at,
        })
    });
    let register = desk.evidence();
    let recorded = register.record_on(Some(version), pieces.collect()).await;
    let Some(recorded) = recorded.map_err(EssentialFailure::from)? else {
        return Ok(None);
    };
    // Not by whom: an official's code is personal, and stands in the register.
    tracing::info!(
        client = client.as_str(),
        pieces = recorded.iter().filter(|it| !it.duplicate).count(),
        repeated = recorded.iter().filter(|it| it.duplicate).count(),
        "evidence was recorded"
    );
    Ok(Some(recorded))
}

/// What became of each piece, with the ids that the register gave.
fn results(
    examined: &[Examined],
    recorded: &[RecordedEvidence],
) -> Vec<v1::ImportedEvidenceResult> {
    let ids: BTreeMap<EvidenceId, EvidenceId> = examined
        .iter()
        .zip(recorded)
        .filter_map(|(examined, recorded)| {
            let name = examined.evidence.as_ref()?.id.clone();
            Some((name, recorded.evidence.id.clone()))
        })
        .collect();
    let results = examined.iter().zip(recorded);
    results
        .map(|(examined, recorded)| v1::ImportedEvidenceResult {
            evidence: Some(evidence(&recorded.evidence)),
            duplicate: recorded.duplicate,
            remarks: examined
                .remarks
                .iter()
                .map(|it| remark(&it.clone().with_ids(&ids)))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
