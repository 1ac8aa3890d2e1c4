//! Many callers and many workers at once: nothing is lost, doubled or out of order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lienthong_core::ports::outbox::{Claim, Intent, Outbox, Settled, Work};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Desk, Ground, at, request, said, settlement};
use crate::store::samples::{event, number, state, step_body};

const DOSSIERS: u32 = 200;
const EVENTS_EACH: u32 = 10;
const RECORDERS: u32 = 8;
const WORKERS: u32 = 8;

/// What a portal would hold, and who is busy with which dossier.
#[derive(Default)]
struct Ledger {
    arrived: BTreeMap<String, Vec<String>>,
    busy: BTreeSet<String>,
}

pub(crate) async fn two_thousand_events_reach_the_portal_in_order(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let mut recorders = JoinSet::new();
    for recorder in 0..RECORDERS {
        recorders.spawn(record_share(Arc::clone(&desk.0), recorder));
    }
    recorders.join_all().await;

    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(work_until_done(Arc::clone(&desk.0), Arc::clone(&ledger)));
    }
    workers.join_all().await;

    let counts = desk.0.facts().await.unwrap().counts;
    let all = u64::from(DOSSIERS * EVENTS_EACH);
    assert_eq!(counts, BTreeMap::from([(SyncState::Accepted, all)]));
    let arrived = std::mem::take(&mut ledger.lock().unwrap().arrived);
    for index in 1..=DOSSIERS {
        let expected: Vec<String> = (0..EVENTS_EACH).map(|n| format!("{index}/{n}")).collect();
        assert_eq!(arrived[number(index).as_str()], expected);
        for entry in desk.timeline(index).await {
            let numbers = entry.attempts.iter().map(|attempt| attempt.number);
            assert!(numbers.eq(1..=u32::try_from(entry.attempts.len()).unwrap()));
            let last = entry.attempts.last().unwrap();
            assert_eq!(last.outcome, Some(AttemptOutcome::Accepted));
        }
    }
}

/// Records the events of every dossier of one recorder, dossier by dossier in turn.
async fn record_share(outbox: Arc<dyn Outbox>, recorder: u32) {
    for n in 0..EVENTS_EACH {
        for index in (1..=DOSSIERS).filter(|index| index % RECORDERS == recorder) {
            let name = format!("{index}/{n}");
            let body = match n % 5 {
                0 => state(index, &name),
                _ => step_body(index, &name),
            };
            outbox
                .record(event(&name, at(0), body), at(0))
                .await
                .unwrap();
        }
    }
}

async fn work_until_done(outbox: Arc<dyn Outbox>, ledger: Arc<Mutex<Ledger>>) {
    while outbox.next_due().await.unwrap().is_some() {
        for claim in outbox.claim(request(1, 5, 3)).await.unwrap() {
            let dossier = claim.work.dossier().to_string();
            assert!(
                ledger.lock().unwrap().busy.insert(dossier.clone()),
                "{dossier} twice"
            );
            // The call to the portal: a turn for everybody else.
            tokio::task::yield_now().await;
            let (outcome, next) = answer(&claim, &mut ledger.lock().unwrap());
            assert!(ledger.lock().unwrap().busy.remove(&dossier));
            let settled = outbox
                .settle(settlement(&claim, 1, outcome, next))
                .await
                .unwrap();
            assert_eq!(settled, Settled::Recorded);
        }
    }
}

/// A portal with a mood that depends on the task and the attempt only.
fn answer(claim: &Claim, ledger: &mut Ledger) -> (AttemptOutcome, NextStep) {
    let mood = (claim.task * 7 + u64::from(claim.attempt) * 5) % 12;
    let timeout = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    match (claim.intent, mood) {
        (Intent::Ask(_), _) => (AttemptOutcome::FoundAbsent, NextStep::SendNow),
        (Intent::Send, 0) => (timeout, NextStep::AskAt(at(1))),
        (Intent::Send, 1) => {
            let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
            (outage, NextStep::SendAt(at(1)))
        }
        (Intent::Send, _) => {
            let mut contents = said(claim);
            if let (Work::Steps { steps, .. }, 2) = (&claim.work, mood) {
                contents.truncate(steps.len().div_ceil(2));
            }
            let events = contents.len();
            let arrived = ledger
                .arrived
                .entry(claim.work.dossier().to_string())
                .or_default();
            arrived.extend(contents);
            (AttemptOutcome::Accepted, NextStep::Accepted { events })
        }
    }
}
