//! The conformance suites of facts and of the events that they follow, and what only a
//! database that is shared promises.

use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::{EventFeed as _, Observations, Source};

use super::Fresh;
use crate::store::conformance;
use crate::store::conformance::feed::{Followed, Follower, feed_conformance};
use crate::store::conformance::observations::{
    everything, expected, fold, observations_conformance, received, state, stepped,
};
use crate::store::conformance::outbox::Desk;
use crate::store::observations::MOST_WORDS;
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
    assert!(store.events_after(0, 9).await.unwrap().is_empty());
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
        "INSERT INTO observed_word (id, text) OVERRIDING SYSTEM VALUE
         VALUES ({MOST_WORDS}, 'the last one')"
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
    let late = second.observe(&Source::Events, 0, 1, events).await;
    assert_eq!(late, Ok(false));
    assert_eq!(second.position(&Source::Events).await, Ok(1));
    assert_eq!(second.page(&everything(), None, 9).await.unwrap().len(), 1);
}
