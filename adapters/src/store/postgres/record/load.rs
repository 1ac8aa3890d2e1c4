//! A load that is kept part by part, and what may not be kept any more when a part is lost.
//!
//! What a reader would get wrong: a later event must not be kept when an earlier one of its
//! dossier is not. The caller sends the earlier one again, and it would then be older than
//! what is recorded, for ever.

use std::collections::HashMap;
use std::sync::Arc;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{OutboxError, RecordError};

use super::{Answer, Prepared, Record};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Link;

/// Most events in one transaction: its rows stay locked until it ends.
pub(in crate::store::postgres) const BATCH: usize = 512;

/// Most bytes of bodies in one transaction.
pub(in crate::store::postgres) const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What was lost so far.
#[derive(Debug, Default)]
pub(in crate::store::postgres) struct Lost {
    /// Everything behind a failure of the store itself.
    everything: Option<OutboxError>,
    /// Everything of these dossiers.
    dossiers: HashMap<DossierNumber, OutboxError>,
}

impl Lost {
    /// The answer for `event` where it may not be kept.
    fn answer(&self, event: &Prepared) -> Option<Answer> {
        let of_dossier = || self.dossiers.get(&event.dossier);
        let error = self.everything.as_ref().or_else(of_dossier)?;
        Some(Err(error.clone().into()))
    }

    /// Notes that `event` was lost by `failure`, and with it what comes behind it.
    fn note(&mut self, event: &Prepared, failure: Failure) -> OutboxError {
        let is_about_data = failure.is_about_data();
        let error = OutboxError::from(failure);
        if is_about_data {
            self.dossiers.insert(event.dossier.clone(), error.clone());
        } else {
            self.everything = Some(error.clone());
        }
        error
    }
}

/// Cuts `events` into batches that fit into one transaction.
pub(in crate::store::postgres) fn batches(events: Vec<Prepared>) -> Vec<Vec<Prepared>> {
    let mut batches: Vec<Vec<Prepared>> = Vec::new();
    let mut bytes = 0;
    for event in events {
        let size = event.body.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH && bytes + size <= BATCH_BYTES => {
                bytes += size;
                batch.push(event);
            }
            _ => {
                bytes = size;
                batches.push(vec![event]);
            }
        }
    }
    batches
}

/// Keeps a batch that fits into one transaction; an answer for each event. Where one of them
/// cannot be stored, the others are kept one by one. What may not be kept because of what
/// was `lost` before is not, and what is lost here is noted there.
pub(in crate::store::postgres) async fn keep(
    link: &Arc<Link>,
    batch: Vec<Prepared>,
    lost: &mut Lost,
) -> Vec<Answer> {
    let mut answers: Vec<Option<Answer>> = batch.iter().map(|event| lost.answer(event)).collect();
    let open: Vec<Prepared> = batch
        .into_iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.is_none())
        .map(|(event, _)| event)
        .collect();
    let mut kept = keep_open(link, open, lost).await.into_iter();
    for answer in &mut answers {
        if answer.is_none() {
            *answer = kept.next();
        }
    }
    answers
        .into_iter()
        .map(|it| it.unwrap_or_else(unanswered))
        .collect()
}

async fn keep_open(link: &Arc<Link>, open: Vec<Prepared>, lost: &mut Lost) -> Vec<Answer> {
    if open.is_empty() {
        return Vec::new();
    }
    let events = Arc::new(open);
    match link.run(Record(Arc::clone(&events))).await {
        Ok(answers) => answers,
        Err(failure) if events.len() > 1 && failure.is_about_data() => {
            let mut answers = Vec::with_capacity(events.len());
            for event in &*events {
                answers.push(alone(link, event, lost).await);
            }
            answers
        }
        Err(failure) => {
            let error = lost.note(&events[0], failure);
            vec![Err(error.into()); events.len()]
        }
    }
}

/// Keeps one event, unless one of its dossier before it was lost.
async fn alone(link: &Arc<Link>, event: &Prepared, lost: &mut Lost) -> Answer {
    if let Some(answer) = lost.answer(event) {
        return answer;
    }
    match link.run(Record(Arc::new(vec![event.clone()]))).await {
        Ok(mut answers) => answers.pop().unwrap_or_else(unanswered),
        Err(failure) => Err(lost.note(event, failure).into()),
    }
}

fn unanswered() -> Answer {
    Err(RecordError::Store(OutboxError::Unavailable {
        reason: "the event was not answered".to_owned(),
    }))
}
