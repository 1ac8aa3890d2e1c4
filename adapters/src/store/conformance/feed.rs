//! What every outbox promises to whoever follows its events.

pub(crate) mod following;

use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::ports::ledger::Ledger;
use lienthong_core::ports::observations::{EventFeed, FollowedEvent};
use lienthong_core::ports::outbox::Outbox;

use super::outbox;

/// An outbox that can be followed.
pub(crate) trait Followed: Outbox + Ledger + EventFeed {}

impl<S: Outbox + Ledger + EventFeed> Followed for S {}

/// A fresh place for one store.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// The same place as the outbox's suite knows it.
    fn outbox(&self) -> &dyn outbox::Ground;

    /// Opens the store there; opened again, it finds what was kept.
    async fn open_followed(&self) -> Arc<dyn Followed>;
}

/// Makes a test of each promise; `$ground` is an expression for a fresh ground.
///
/// Brackets before it hold one more attribute for each test (`[ignore = "…"]`).
macro_rules! feed_conformance {
    ($ground:expr) => {
        crate::store::conformance::feed::feed_conformance!([cfg(test)] $ground);
    };
    ([$($attribute:tt)+] $ground:expr) => {
        crate::store::conformance::promises! { feed, [$($attribute)+] $ground =>
            following {
                events_are_told_in_the_order_of_their_dossiers_and_pages_join,
                nothing_is_behind_the_newest,
                a_body_that_retention_took_is_told_without_it,
                what_cannot_be_read_holds_up_nothing,
                whoever_follows_while_eight_record_misses_nothing,
                positions_survive_a_restart,
                what_stands_at_a_position_is_known_again_and_no_other_is_taken_for_it,
            }
        }
    };
}
pub(crate) use feed_conformance;

/// A follower and what it has heard.
pub(crate) struct Follower {
    store: Arc<dyn Followed>,
    pub(crate) position: u64,
    pub(crate) heard: Vec<FollowedEvent>,
    pub(crate) unreadable: u64,
}

impl Follower {
    pub(crate) fn new(store: &Arc<dyn Followed>) -> Self {
        Self {
            store: Arc::clone(store),
            position: 0,
            heard: Vec::new(),
            unreadable: 0,
        }
    }

    /// Hears the next events, at most `most`; whether there were any.
    pub(crate) async fn hear(&mut self, most: u32) -> bool {
        let heard = self.store.events_after(self.position, most).await.unwrap();
        assert!(heard.told.len() <= most as usize);
        let mut last = self.position;
        for event in &heard.told {
            assert!(last < event.position, "positions only rise");
            last = event.position;
        }
        assert!(last <= heard.reached);
        let any = self.position < heard.reached;
        let stands = self.store.fingerprint(heard.reached).await.unwrap();
        assert_eq!(heard.fingerprint, stands.filter(|_| any));
        assert_eq!(heard.fingerprint.is_some(), any);
        self.position = heard.reached;
        self.unreadable += heard.unreadable;
        self.heard.extend(heard.told);
        any
    }

    /// Hears until nothing is left. Where many write to one server, what was just committed
    /// may have to wait for somebody else's end.
    pub(crate) async fn hear_all(&mut self, most: u32) {
        while self.position < self.store.newest_position().await.unwrap() {
            if !self.hear(most).await {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    }

    /// The dossiers and revisions that were heard of.
    pub(crate) fn told(&self) -> Vec<(String, u64)> {
        let of = |event: &FollowedEvent| (event.dossier.to_string(), event.revision);
        self.heard.iter().map(of).collect()
    }
}
