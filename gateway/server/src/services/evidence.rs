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
    Asked, ListAsked, Recording, evidence, previewed, read_import, read_record, remark, violations,
};
use crate::essential::EssentialDesk;
use crate::status::{EssentialFailure, ServerError, Violation};

/// How often pieces are examined anew because somebody else has recorded meanwhile.
const TRIES: usize = 3;

/// Records one piece for `client`.
pub(crate) async fn record_evidence(
    desk: &EssentialDesk,
    client: ClientName,
    message: &v1::RecordEvidenceRequest,
) -> Result<v1::RecordEvidenceResponse, ServerError> {
    let recording = read_record(message);
    let (examined, recorded) = add(desk, &client, &recording).await?;
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
    let recording = read_import(message);
    if message.preview {
        let Looked { examined, .. } = examine(desk, &client, &recording).await?;
        if !recording.wrong.is_empty() {
            return Err(ServerError::Invalid(violated(&recording, &examined)));
        }
        return Ok(v1::ImportEvidenceResponse {
            results: examined.iter().map(previewed).collect(),
            recorded: false,
        });
    }
    let (examined, recorded) = add(desk, &client, &recording).await?;
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
    let asked = ListAsked::read(message, desk.today(), &desk.knowledge().services)?;
    let history = history(desk).await?;
    let register = desk.register().await?;
    let rules = &desk.knowledge().evidence_rules;
    Ok(asked.answer(&history, |piece| piece.standing(asked.on, &register, rules)))
}

async fn history(desk: &EssentialDesk) -> Result<Vec<RegisteredEvidence>, ServerError> {
    let history = desk.evidence().history().await;
    Ok(history.map_err(EssentialFailure::from)?)
}

/// Examines and records. Where somebody else records in between, what they recorded is
/// examined too: it may be a rival.
async fn add(
    desk: &EssentialDesk,
    client: &ClientName,
    recording: &Recording,
) -> Result<(Vec<Examined>, Vec<RecordedEvidence>), ServerError> {
    for _ in 0..TRIES {
        let looked = examine(desk, client, recording).await?;
        let operator = admitted(recording, &looked.examined)?;
        let by = (client, operator);
        if let Some(recorded) = record(desk, by, &recording.asked, &looked).await? {
            return Ok((looked.examined, recorded));
        }
    }
    let reason = "others keep recording at the same time".to_owned();
    Err(EssentialFailure::from(EvidenceError::Unavailable { reason }).into())
}

/// What there is to say about a call.
struct Looked {
    /// Each piece.
    examined: Vec<Examined>,
    /// The version of the register beside which it is said.
    version: u64,
    /// Under which names the caller recorded what it recorded.
    events: HashMap<EvidenceId, EventId>,
}

/// Everything that there is to say about the pieces of a call.
async fn examine(
    desk: &EssentialDesk,
    client: &ClientName,
    recording: &Recording,
) -> Result<Looked, ServerError> {
    let asked = &recording.asked;
    let history = history(desk).await?;
    // The register below is as new as this or newer; where it is newer, nothing is recorded.
    let version = history.last().map_or(0, |entry| entry.sequence);
    let own = || history.iter().filter(|entry| entry.client == *client);
    let recorded: HashMap<&EventId, &Evidence> =
        own().map(|entry| (&entry.event, &entry.evidence)).collect();
    let repeatable: Vec<&Evidence> = if recording.is_file {
        own().map(|entry| &entry.evidence).collect()
    } else {
        Vec::new()
    };
    let events = own().map(|entry| (entry.evidence.id.clone(), entry.event.clone()));
    let drafts: Vec<NewDraft<'_>> = asked
        .iter()
        .map(|asked| NewDraft {
            draft: asked.draft.clone(),
            recorded: asked
                .event
                .as_ref()
                .and_then(|event| recorded.get(event).copied()),
        })
        .collect();
    let register = desk.register().await?;
    let knowledge = desk.knowledge();
    let examination = Examination {
        services: &knowledge.services,
        register: &register,
        own: &repeatable,
        rules: &knowledge.evidence_rules,
        today: desk.today(),
    };
    Ok(Looked {
        examined: examination.of(&drafts),
        version,
        events: events.collect(),
    })
}

/// Who records, unless the call or one of its pieces is refused.
fn admitted<'a>(
    recording: &'a Recording,
    examined: &[Examined],
) -> Result<&'a OfficerId, ServerError> {
    let mut refusing = examined
        .iter()
        .flat_map(|it| &it.remarks)
        .filter(|it| it.refuses())
        .peekable();
    let reused = |it: &Remark| matches!(it.note, Note::OtherContent { .. });
    let only_reused = refusing.peek().is_some() && refusing.all(reused);
    if only_reused && recording.wrong.is_empty() {
        return Err(EssentialFailure::from(EvidenceError::OtherContent).into());
    }
    let violations = violated(recording, examined);
    match &recording.operator {
        Some(operator) if violations.is_empty() => Ok(operator),
        Some(_) | None => Err(ServerError::Invalid(violations)),
    }
}

/// Everything that is wrong with a call and its pieces.
fn violated(recording: &Recording, examined: &[Examined]) -> Vec<Violation> {
    let pieces = recording.asked.iter().zip(examined);
    let pieces = pieces.flat_map(|(asked, examined)| violations(&asked.path, examined));
    recording.wrong.iter().cloned().chain(pieces).collect()
}

/// Records what was examined beside the register of this version; `None` where it has another.
async fn record(
    desk: &EssentialDesk,
    (client, operator): (&ClientName, &OfficerId),
    asked: &[Asked],
    looked: &Looked,
) -> Result<Option<Vec<RecordedEvidence>>, ServerError> {
    let at = desk.now();
    let pieces = asked.iter().zip(&looked.examined);
    let pieces = pieces.filter_map(|(asked, examined)| {
        // What is recorded already keeps the name that it has.
        let recorded = examined.recorded.as_ref();
        let event = recorded.and_then(|id| looked.events.get(id));
        Some(NewEvidence {
            evidence: examined.evidence.clone()?,
            event: event.or(asked.event.as_ref())?.clone(),
            client: client.clone(),
            operator: operator.clone(),
            at,
        })
    });
    let register = desk.evidence();
    let recorded = register
        .record_on(Some(looked.version), pieces.collect())
        .await;
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
