//! Promises about what is removed when its time is over.

use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::ledger::{DossierFilter, Released};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;

use super::{Bench, Ground, REFUSED, at, state_with};
use crate::store::conformance::outbox::said;
use crate::store::samples::step_body;

/// Dossiers of these indices: a state, a step, and the end at `second`; all accepted.
async fn finish(bench: &Bench, second: i64, dossiers: impl IntoIterator<Item = u32>) {
    for index in dossiers {
        bench.begin(second - 2, [index]).await;
        bench.step(second - 1, index, "B").await;
        let end = state_with(index, PortalStatus::ResultReturned);
        let id = format!("end{index}");
        bench.desk.record(&id, second, end).await.unwrap();
    }
    bench.accept_all(second).await;
}

async fn expire(bench: &Bench, before: i64, most: u32) -> u32 {
    bench.store.expire(at(before), most).await.unwrap()
}

pub(crate) async fn what_is_personal_goes_and_the_rest_stays(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    finish(&bench, 10, [1]).await;
    let before = bench.desk.dossier(1).await;
    let counts = bench.store.facts().await.unwrap();
    let listed = bench.list(&DossierFilter::default()).await;
    assert!(before.dossier.is_some());
    assert_eq!(before.timeline[0].attempts[0].upstream_text, "Thành công");
    assert_eq!(expire(&bench, 11, 10).await, 1);
    let after = bench.desk.dossier(1).await;
    assert_eq!(after.dossier, None);
    assert_eq!((after.revision, after.state), (3, SyncState::Accepted));
    assert_eq!(after.recorded_by, before.recorded_by);
    assert_eq!(after.last_accepted_at, before.last_accepted_at);
    let mut expected = before.timeline;
    for attempt in expected.iter_mut().flat_map(|entry| &mut entry.attempts) {
        attempt.upstream_text.clear();
    }
    assert_eq!(after.timeline, expected, "codes and moments stay");
    assert_eq!(bench.store.facts().await.unwrap(), counts);
    assert_eq!(bench.list(&DossierFilter::default()).await, listed);
}

pub(crate) async fn what_is_open_or_recent_stays_whole(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    // 1 is processed but not handed over, 2 has a refused event behind its end, 3 is
    // recent, 4 was accepted lately.
    bench.begin(0, [1]).await;
    let processed = state_with(1, PortalStatus::Processed);
    bench.desk.record("p", 1, processed).await.unwrap();
    finish(&bench, 10, [2]).await;
    let withdrawn = state_with(2, PortalStatus::Withdrawn);
    bench.desk.record("w", 11, withdrawn).await.unwrap();
    let claim = bench.desk.claim_one(12).await;
    bench
        .fail(&claim, 13, (REFUSED, NextStep::Refuse), "-1")
        .await;
    finish(&bench, 100, [3]).await;
    let ended = state_with(4, PortalStatus::Stopped);
    bench.desk.record("s", 14, ended).await.unwrap();
    bench.accept_all(100).await;
    assert_eq!(expire(&bench, 100, 10).await, 0);
    for index in 1..=4 {
        assert!(bench.desk.dossier(index).await.dossier.is_some(), "{index}");
    }
    assert_eq!(expire(&bench, 101, 10).await, 2, "3 and 4 in their time");
    assert!(bench.desk.dossier(2).await.dossier.is_some());
}

pub(crate) async fn no_more_dossiers_than_asked_at_a_time(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    finish(&bench, 10, 1..=5).await;
    assert_eq!(expire(&bench, 11, 2).await, 2);
    assert_eq!(expire(&bench, 11, 2).await, 2);
    assert_eq!(expire(&bench, 11, 2).await, 1);
    assert_eq!(expire(&bench, 11, 2).await, 0);
}

pub(crate) async fn an_expired_event_is_still_known_again(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    finish(&bench, 10, [1]).await;
    assert_eq!(expire(&bench, 11, 10).await, 1);
    let end = state_with(1, PortalStatus::ResultReturned);
    let receipt = bench.desk.record("end1", 10, end).await.unwrap();
    assert_eq!((receipt.revision, receipt.duplicate), (3, true));
    assert_eq!(bench.desk.dossier(1).await.revision, 3);
}

pub(crate) async fn an_expired_dossier_is_not_replayed(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    finish(&bench, 10, [1]).await;
    assert_eq!(expire(&bench, 11, 10).await, 1);
    assert_eq!(bench.replay(1, 1, 12).await, Released::Expired);
    assert_eq!(bench.replay(1, 3, 12).await, Released::Expired);
    assert_eq!(bench.release(1, 12).await, Released::Untouched);
    assert!(bench.desk.claim(13).await.is_empty());
}

pub(crate) async fn an_expired_dossier_goes_on_with_its_next_event(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    finish(&bench, 10, [1]).await;
    assert_eq!(expire(&bench, 11, 10).await, 1);
    bench
        .desk
        .record("on", 20, step_body(1, "C"))
        .await
        .unwrap();
    assert_eq!(bench.desk.dossier(1).await.dossier, None);
    let claim = bench.desk.claim_one(20).await;
    assert_eq!(said(&claim), ["C"]);
    bench.desk.accept(&claim, 21, 1).await;
    let end = state_with(1, PortalStatus::ResultReturned);
    bench.desk.record("again", 30, end).await.unwrap();
    assert!(bench.desk.dossier(1).await.dossier.is_some());
    bench.accept_all(30).await;
    assert_eq!(bench.replay(1, 5, 31).await, Released::Due { revision: 5 });
    bench.accept_all(31).await;
    assert_eq!(expire(&bench, 40, 10).await, 1, "and has its time again");
    assert_eq!(bench.desk.dossier(1).await.dossier, None);
}

pub(crate) async fn what_did_not_come_to_its_end_has_a_term_of_its_own(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    // 1 is processed and was never handed over, 2 is refused, 3 dead, with a step behind; 4
    // waits, 5 came to its end, 6 is recent.
    bench.begin(0, 2..=4).await;
    bench.step(1, 2, "B").await;
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    let hows = [
        (REFUSED, NextStep::Refuse),
        (REFUSED, NextStep::GiveUp),
        (outage, NextStep::SendAt(at(900))),
    ];
    for (claim, how) in bench.desk.claim(2).await.iter().zip(hows) {
        bench.fail(claim, 3, how, "-1").await;
    }
    let processed = state_with(1, PortalStatus::Processed);
    bench.desk.record("p", 4, processed).await.unwrap();
    bench.accept_all(4).await;
    finish(&bench, 5, [5]).await;
    bench.begin(100, [6]).await;
    bench.accept_all(100).await;
    let counts = bench.store.facts().await.unwrap();
    let listed = bench.list(&DossierFilter::default()).await;
    let unfinished = async |before| bench.store.expire_unfinished(at(before), 10).await.unwrap();
    assert_eq!(unfinished(2).await, 0, "touched later");
    assert_eq!(unfinished(50).await, 3);
    assert_eq!(unfinished(50).await, 0);
    for (index, kept) in [
        (1, false),
        (2, false),
        (3, false),
        (4, true),
        (5, true),
        (6, true),
    ] {
        let record = bench.desk.dossier(index).await;
        assert_eq!(record.dossier.is_some(), kept, "{index}");
        let texts = record.timeline.iter().flat_map(|it| &it.attempts);
        let told = texts.clone().any(|it| !it.upstream_text.is_empty());
        assert!(texts.count() > 0 && told == kept, "{index}");
    }
    assert_eq!(bench.store.facts().await.unwrap(), counts);
    assert_eq!(bench.list(&DossierFilter::default()).await, listed);
    let groups = bench.groups(&DossierFilter::default()).await;
    let rejected = groups.iter().find(|it| it.cause == Cause::FieldRejected);
    assert_eq!(rejected.unwrap().upstream_text, "", "nothing of it is told");
    for index in [2, 3] {
        assert_eq!(bench.release(index, 200).await, Released::Expired);
    }
    assert_eq!(bench.replay(1, 1, 200).await, Released::Expired);
}

pub(crate) async fn who_released_an_expired_dossier_is_not_kept(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    finish(&bench, 10, [1, 2]).await;
    for index in [1, 2] {
        assert_eq!(
            bench.replay(index, 3, 11).await,
            Released::Due { revision: 3 }
        );
    }
    bench.accept_all(12).await;
    let kept = async || ground.outbox().operators_kept().await;
    assert_eq!(kept().await, 2);
    assert_eq!(expire(&bench, 13, 1).await, 1);
    assert_eq!(kept().await, 1);
    assert_eq!(expire(&bench, 13, 1).await, 1);
    assert_eq!(kept().await, 0);
}
