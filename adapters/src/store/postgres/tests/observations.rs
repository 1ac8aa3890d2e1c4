//! The conformance suites of facts and of the events that they follow, and what only a
//! database that is shared promises.

use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::{
    Anew, EventFeed as _, Observations, Portion, RebuildCause, Source,
};
use lienthong_core::text::Text;

use super::Fresh;
use super::shared::plan;
use crate::store::conformance;
use crate::store::conformance::feed::{Followed, Follower, feed_conformance};
use crate::store::conformance::observations::{
    Happened, at as hour, everything, expected, fold, observations_conformance, received, state,
    stepped,
};
use crate::store::conformance::outbox::Desk;
use crate::store::observations::MOST_WORDS;
use crate::store::postgres::observations::OVER;
use crate::store::samples::{number, state as body};

#[async_trait]
impl conformance::observations::Ground for Fresh {
    async fn open(&self) -> Arc<dyn Observations> {
        let rules = Arc::new(ObservationRules::shipped().unwrap());
        Arc::new(Fresh::outbox(self).await.observations(rules))
    }

    async fn spoil(&self, number: &DossierNumber) {
        let spoilt =
            format!("UPDATE observed_dossier SET facts = '\\x01ff' WHERE number = '{number}'");
        let spoilt = self.second().await.execute(&spoilt, &[]).await;
        assert_eq!(spoilt.unwrap(), 1);
    }

    async fn names(&self) -> Vec<String> {
        let second = self.second().await;
        let rows = second.query("SELECT text FROM observed_word", &[]).await;
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }
}

observations_conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());

#[async_trait]
impl conformance::feed::Ground for Fresh {
    fn outbox(&self) -> &dyn conformance::outbox::Ground {
        self
    }

    async fn open_followed(&self) -> Arc<dyn Followed> {
        Arc::new(Fresh::outbox(self).await)
    }
}

mod feed {
    use super::{Fresh, feed_conformance};

    feed_conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn what_commits_late_is_not_left_behind() {
    let fresh = Fresh::new();
    let store = fresh.outbox().await;
    let late = fresh.second().await;
    // Somebody who has drawn a number and not committed yet …
    late.batch_execute("BEGIN").await.unwrap();
    let begun = "
        INSERT INTO dossier (code, client, procedure, status, revision, state_revision,
                             last_occurred_at, first_recorded_at, touched_at, state, due_at,
                             unsent_at)
        VALUES ('H22.12-250714-0777', 'igate', '1.001193', 2, 1, 1, 1, 1, 1, 'PENDING', 1, 1);
        INSERT INTO event (dossier, revision, client, event_id, kind, status, occurred_at,
                           accepted_at, content_hash, body)
        SELECT id, 1, 'igate', 'late', 'STATE', 2, 1, 1, sha256(''), NULL
          FROM dossier WHERE code = 'H22.12-250714-0777'";
    late.batch_execute(begun).await.unwrap();
    // … and somebody else who drew a later one and has.
    let desk = Desk(Arc::new(fresh.outbox().await));
    desk.record("e", 1, body(1, "A")).await.unwrap();
    assert!(store.events_after(0, 9).await.unwrap().told.is_empty());
    late.batch_execute("COMMIT").await.unwrap();
    let store: Arc<dyn Followed> = Arc::new(store);
    let mut follower = Follower::new(&store);
    follower.hear_all(9).await;
    let told: Vec<_> = follower
        .heard
        .iter()
        .map(|it| (it.position, it.dossier.to_string()))
        .collect();
    let expected = [
        (1, "H22.12-250714-0777".to_owned()),
        (2, number(1).to_string()),
    ];
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn names_beyond_the_list_are_spelled() {
    let fresh = Fresh::new();
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let store = fresh.outbox().await.observations(rules);
    let full = format!(
        "INSERT INTO observed_word (text) SELECT 'name ' || n FROM generate_series(1, {MOST_WORDS}) n"
    );
    fresh.second().await.batch_execute(&full).await.unwrap();
    let events = vec![
        state(1, 0, received(1, 0)),
        stepped(1, 2, 1, "Phòng Tư pháp"),
    ];
    fold(&store, &Source::Events, events.clone()).await;
    let told = store.dossier(&number(1)).await.unwrap();
    assert_eq!(told, expected(&number(1), &events));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn gateways_on_one_database_share_the_events_and_the_facts() {
    let fresh = Fresh::new();
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let first = fresh.outbox().await.observations(Arc::clone(&rules));
    let second = fresh.outbox().await.observations(rules);
    let events = vec![state(1, 0, received(1, 0))];
    fold(&first, &Source::Events, events.clone()).await;
    let late = second.observe(&Source::Events, portion(0, &events)).await;
    assert_eq!(late, Ok(false));
    assert_eq!(second.position(&Source::Events).await, Ok(1));
    let page = second.page(&everything(), None, 9).await.unwrap();
    assert_eq!(page.facts.len(), 1);
}

/// What happened behind a place, each at a place of its own.
fn portion(before: u64, happened: &[Happened]) -> Portion {
    Portion {
        before,
        after: before + happened.len() as u64,
        happened: happened.to_vec(),
        ..Portion::default()
    }
}

fn asked() -> RebuildCause {
    RebuildCause::Asked {
        operator: OfficerId::parse("CB-07").unwrap(),
        client: ClientName::parse("igate").unwrap(),
        reason: Text::parse("Kiểm tra lại").unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn two_gateways_that_tell_a_source_anew_tell_each_part_once() {
    let fresh = Fresh::new();
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let first = fresh.outbox().await.observations(Arc::clone(&rules));
    let second = fresh.outbox().await.observations(rules);
    let events: Vec<Happened> = (1..=60).map(|n| state(1, 0, received(n, 0))).collect();
    for part in events.chunks(20) {
        fold(&first, &Source::Events, part.to_vec()).await;
    }
    let cause = asked();
    let begun = tokio::join!(
        first.begin_anew(hour(1), &cause),
        second.begin_anew(hour(1), &cause),
    );
    // Each is recorded; the later one begins the telling again.
    let mut begun = [begun.0.unwrap(), begun.1.unwrap()];
    begun.sort_unstable();
    assert_eq!(begun, [Some(1), Some(2)]);
    for (turn, part) in events.chunks(20).enumerate() {
        let before = turn as u64 * 20;
        let told = tokio::join!(
            first.observe_anew(&Source::Events, portion(before, part)),
            second.observe_anew(&Source::Events, portion(before, part)),
        );
        assert_ne!(told.0.unwrap(), told.1.unwrap(), "one was quicker");
        let page = second.page(&everything(), None, 99).await.unwrap();
        assert_eq!(page.facts.len(), 60, "what is known is read meanwhile");
    }
    let ended = tokio::join!(
        first.told_anew(&Source::Events, 60),
        second.told_anew(&Source::Events, 60),
    );
    assert_ne!(ended.0.unwrap(), ended.1.unwrap(), "one was quicker");
    let taken = tokio::join!(
        first.take_anew(&Source::Events, 40),
        second.take_anew(&Source::Events, 40),
    );
    assert_ne!(taken.0.unwrap(), taken.1.unwrap(), "one took the rest");
    let standing = first.standings().await.unwrap().remove(0);
    assert_eq!((standing.position, standing.anew), (60, None));
    let page = second.page(&everything(), None, 99).await.unwrap();
    assert_eq!((page.facts.len(), page.unreadable), (60, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn what_a_telling_left_over_that_was_begun_again_is_removed() {
    let fresh = Fresh::new();
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let store = fresh.outbox().await.observations(rules);
    let events = [state(1, 0, received(1, 0)), state(1, 0, received(2, 0))];
    fold(&store, &Source::Events, events.to_vec()).await;
    let admin = fresh.second().await;
    let staged = async || -> i64 {
        let count = "SELECT count(*) FROM observed_anew";
        admin.query_one(count, &[]).await.unwrap().get(0)
    };
    store.begin_anew(hour(1), &asked()).await.unwrap();
    let told = store.observe_anew(&Source::Events, portion(0, &events[..1]));
    assert_eq!(told.await, Ok(true));
    store.begin_anew(hour(2), &asked()).await.unwrap();
    let standing = store.standings().await.unwrap().remove(0);
    let begun = Anew::Telling {
        position: 0,
        fingerprint: None,
    };
    assert_eq!(standing.anew, Some(begun));
    let told = store.observe_anew(&Source::Events, portion(0, &events));
    assert_eq!(told.await, Ok(true));
    assert_eq!(store.forget_ended(hour(0), 9).await, Ok(0));
    assert_eq!(staged().await, 2, "what is told stays");
    assert_eq!(store.told_anew(&Source::Events, 2).await, Ok(true));
    assert_eq!(store.take_anew(&Source::Events, 9).await, Ok(true));
    assert_eq!(staged().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn who_had_everything_told_anew_is_never_changed_nor_taken_out() {
    let fresh = Fresh::new();
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let store = fresh.outbox().await.observations(rules);
    store.begin_anew(hour(1), &asked()).await.unwrap();
    for sql in [
        "UPDATE observed_rebuild SET operator = 'CB-99'",
        "DELETE FROM observed_rebuild",
        "TRUNCATE observed_rebuild",
    ] {
        let refused = fresh.second().await.batch_execute(sql).await;
        assert!(refused.is_err(), "{sql}");
    }
    let rebuilds = store.rebuilds(9).await.unwrap();
    let causes: Vec<_> = rebuilds.into_iter().map(|it| it.cause).collect();
    assert_eq!(causes, [asked()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs LIENTHONG_TEST_POSTGRES"]
async fn retention_looks_at_nothing_but_what_ended() {
    let fresh = Fresh::new();
    drop(fresh.outbox().await);
    let plan = plan(&fresh, OVER, "(1, 5000)").await;
    assert!(plan.contains("observed_dossier_ended"), "{plan}");
    assert!(!plan.contains("Seq Scan"), "{plan}");
}
