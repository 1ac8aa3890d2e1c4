//! Promises about many events at once, and about how the portal names a dossier.

use lienthong_core::dossier::event::Event;
use lienthong_core::ports::outbox::{AskReason, Intent, RecordError, Settled};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Broken, Desk, Ground, LEASE, at, said, settlement};
use crate::store::samples::{event, event_of, number, state, step_body};

pub(crate) async fn many_events_at_once_are_answered_each_as_if_alone(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("old", 5, state(1, "A")).await.unwrap();
    let events = vec![
        event("new", at(6), state(2, "A")),
        event("step", at(7), step_body(2, "B")),
        event("old", at(5), state(1, "A")),
        event("new", at(6), state(2, "A")),
        event("new", at(6), state(2, "other")),
        event("stale", at(4), step_body(1, "late")),
        event("alone", at(7), step_body(404, "B")),
        event_of("other", "theirs", at(7), step_body(1, "B")),
        event("more", at(8), step_body(1, "B")),
    ];
    let answers = desk.0.record_all(events, at(9)).await;
    assert_eq!(answers.len(), 9);
    let receipt = |n: usize| {
        let receipt = answers[n].as_ref().unwrap();
        (
            receipt.dossier.clone(),
            receipt.revision,
            receipt.accepted_at,
            receipt.duplicate,
        )
    };
    assert_eq!(receipt(0), (number(2), 1, at(9), false));
    assert_eq!(receipt(1), (number(2), 2, at(9), false));
    assert_eq!(receipt(2), (number(1), 1, at(5), true));
    assert_eq!(receipt(3), (number(2), 1, at(9), true));
    assert_eq!(answers[4], Err(RecordError::OtherContent));
    let stale = RecordError::Stale {
        dossier: number(1),
        recorded: at(5),
    };
    assert_eq!(answers[5], Err(stale));
    let dossier = number(404);
    assert_eq!(answers[6], Err(RecordError::DossierNotRecorded { dossier }));
    let dossier = number(1);
    assert_eq!(answers[7], Err(RecordError::OtherSystem { dossier }));
    assert_eq!(receipt(8), (number(1), 2, at(9), false));
    let counts = desk.0.facts().await.unwrap().counts;
    assert_eq!(
        (counts[&SyncState::Pending], counts[&SyncState::Blocked]),
        (2, 2)
    );
    assert!(desk.0.record_all(Vec::new(), at(9)).await.is_empty());
}

pub(crate) async fn a_large_load_keeps_the_order_of_each_dossier(ground: &dyn Ground) {
    const DOSSIERS: u32 = 250;
    let desk = Desk::open(ground).await;
    let load: Vec<Event> = (0..10)
        .flat_map(|n| (1..=DOSSIERS).map(move |index| (n, index)))
        .map(|(n, index)| {
            let name = format!("{index}/{n}");
            let body = match n {
                0 => state(index, &name),
                _ => step_body(index, &name),
            };
            event(&name, at(0), body)
        })
        .collect();
    let all = load.len();
    let answers = desk.0.record_all(load.clone(), at(1)).await;
    for (answer, event) in answers.iter().zip(&load) {
        let receipt = answer.as_ref().unwrap();
        assert_eq!(receipt.dossier, *event.body.dossier());
        let n: u64 = event
            .id
            .as_str()
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!((receipt.revision, receipt.duplicate), (n + 1, false));
    }
    drop(desk);
    let desk = Desk::open(ground).await;
    let again = desk.0.record_all(load, at(2)).await;
    assert_eq!(again.len(), all);
    assert!(again.iter().all(|it| it.as_ref().unwrap().duplicate));
    let counts = desk.0.facts().await.unwrap().counts;
    assert_eq!(counts.values().sum::<u64>(), u64::try_from(all).unwrap());
    assert_eq!(counts[&SyncState::Pending], u64::from(DOSSIERS));
    for index in [1, DOSSIERS] {
        let told = desk.timeline(index).await;
        let told: Vec<_> = told.iter().map(|it| it.event.as_str().to_owned()).collect();
        let expected: Vec<_> = (0..10).map(|n| format!("{index}/{n}")).collect();
        assert_eq!(told, expected);
    }
}

pub(crate) async fn loads_at_once_are_each_kept_whole(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let mut callers = JoinSet::new();
    for caller in 0..4_u32 {
        let outbox = desk.0.clone();
        callers.spawn(async move {
            let events = (0..300).map(|n| {
                let index = caller * 100 + n % 100;
                event(&format!("{caller}/{n}"), at(0), state(index, "A"))
            });
            outbox.record_all(events.collect(), at(1)).await
        });
    }
    for answers in callers.join_all().await {
        assert_eq!(answers.len(), 300);
        for (n, answer) in (0..).zip(answers) {
            assert_eq!(answer.unwrap().revision, n / 100 + 1);
        }
    }
    let counts = desk.0.facts().await.unwrap().counts;
    assert_eq!(
        (counts[&SyncState::Pending], counts[&SyncState::Blocked]),
        (400, 800)
    );
}

/// A load of 3,000 events of 30 dossiers in turn, of which the database refuses one in the
/// middle: which of them were kept, and what the caller was told.
async fn broken_load(ground: &dyn Ground, broken: Broken) -> (Desk, Vec<Event>, Vec<bool>) {
    const DOSSIERS: u32 = 30;
    const REFUSED: usize = 1234;
    let desk = Desk::open(ground).await;
    let load: Vec<Event> = (0..100)
        .flat_map(|n| (1..=DOSSIERS).map(move |index| (n, index)))
        .map(|(n, index)| {
            let name = format!("{index}/{n}");
            let body = match n {
                0 => state(index, &name),
                _ => step_body(index, &name),
            };
            // Later events of one dossier are younger, so that one before them would be stale.
            event(&name, at(n), body)
        })
        .collect();
    ground.refuse(load[REFUSED].id.as_str(), broken).await;
    let answers = desk.0.record_all(load.clone(), at(200)).await;
    assert_eq!(answers.len(), load.len());
    ground.mend().await;
    let kept: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert!(
        kept[..500].iter().all(|kept| *kept),
        "what came before is kept"
    );
    assert!(!kept[REFUSED]);
    for answer in answers.iter().filter(|answer| answer.is_err()) {
        let store = matches!(answer, Err(RecordError::Store(_)));
        assert!(store, "the caller may send it again: {answer:?}");
    }
    (desk, load, kept)
}

/// Sends the load again, as the caller does that was told so: everything is kept then, in
/// the order of its dossier.
async fn sent_again(desk: &Desk, load: Vec<Event>, kept: &[bool]) {
    let again = desk.0.record_all(load.clone(), at(201)).await;
    let mut revisions = std::collections::HashMap::new();
    for ((answer, event), kept) in again.iter().zip(&load).zip(kept) {
        let receipt = answer.as_ref().unwrap();
        let revision = revisions.entry(event.body.dossier()).or_insert(0);
        *revision += 1;
        assert_eq!((receipt.revision, receipt.duplicate), (*revision, *kept));
    }
}

pub(crate) async fn what_comes_behind_a_lost_part_is_not_kept(ground: &dyn Ground) {
    let (desk, load, kept) = broken_load(ground, Broken::Disk).await;
    let lost = kept.iter().position(|kept| !kept).unwrap();
    assert!(kept[lost..].iter().all(|kept| !kept), "from {lost} on");
    sent_again(&desk, load, &kept).await;
}

pub(crate) async fn what_comes_behind_a_lost_event_of_its_dossier_is_not_kept(ground: &dyn Ground) {
    let (desk, load, kept) = broken_load(ground, Broken::Row).await;
    let mut lost = std::collections::HashSet::new();
    for (event, kept) in load.iter().zip(&kept) {
        let dossier = event.body.dossier();
        assert!(
            !kept || !lost.contains(dossier),
            "{dossier} goes on without"
        );
        if !kept {
            lost.insert(dossier);
        }
    }
    sent_again(&desk, load, &kept).await;
}

fn reference(number: &str, id: Option<&str>) -> PortalReference {
    PortalReference {
        number: number.to_owned(),
        id: id.map(str::to_owned),
    }
}

pub(crate) async fn a_reference_is_kept_before_anything_is_sent_under_it(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let claim = desk.claim_one(1).await;
    assert_eq!(claim.reference, None);
    let first = reference("P-1", None);
    let kept = desk.0.keep_reference(claim.task, claim.fence, &first).await;
    assert_eq!(kept.unwrap(), Settled::Recorded);
    drop(desk);
    let desk = Desk::open(ground).await;
    assert_eq!(desk.dossier(1).await.reference, Some(first.clone()));
    let asked = desk.claim_one(1 + LEASE.as_secs()).await;
    assert_eq!(
        (asked.intent, asked.reference.clone()),
        (Intent::Ask(AskReason::Interrupted), Some(first))
    );
    assert_eq!(said(&asked), ["A"], "keeping a name changes nothing else");
    // The slow worker's name comes too late.
    let late = reference("P-2", None);
    let refused = desk.0.keep_reference(claim.task, claim.fence, &late).await;
    assert_eq!(refused.unwrap(), Settled::LeaseLost);
    let nobody = desk.0.keep_reference(u64::MAX, 1, &late).await;
    assert_eq!(nobody.unwrap(), Settled::LeaseLost);
    assert_eq!(desk.dossier(1).await.reference.unwrap().number, "P-1");
}

pub(crate) async fn a_settlement_may_name_the_dossier(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record_all("e", 0, vec![state(1, "A"), state(1, "B"), state(1, "C")])
        .await;
    let named = reference("P-1", Some("id-1"));
    let accepted = NextStep::Accepted { events: 1 };
    for given in [Some(named.clone()), None] {
        let claim = desk.claim_one(1).await;
        let mut settled = settlement(&claim, 1, AttemptOutcome::Accepted, accepted);
        settled.reference = given;
        desk.0.settle(settled).await.unwrap();
        let told = desk.dossier(1).await.reference;
        assert_eq!(told, Some(named.clone()), "none leaves it as it is");
    }
    assert_eq!(desk.claim_one(1).await.reference, Some(named));
}
