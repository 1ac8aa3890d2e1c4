//! Who wants to hear of which dossier.
//!
//! What a reader would get wrong: nothing is queued. A watcher hears that its dossier has
//! changed since it last listened, however often, and reads the dossier itself; so a
//! watcher that is slow holds nothing up and fills nothing. What other nodes change is
//! not heard of here unless the store passes it on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lienthong_core::dossier_number::DossierNumber;
use tokio::sync::watch;

/// Tells watchers of changed dossiers.
#[derive(Debug)]
pub struct Changes {
    most: usize,
    /// How many watch; without any, telling costs one read of it.
    watching: AtomicUsize,
    watched: Mutex<HashMap<DossierNumber, Watched>>,
}

#[derive(Debug)]
struct Watched {
    watchers: usize,
    changed: watch::Sender<()>,
}

/// Hears of one dossier until it is dropped.
#[derive(Debug)]
pub struct Watch {
    changes: Arc<Changes>,
    number: DossierNumber,
    changed: watch::Receiver<()>,
}

impl Changes {
    /// Without watchers yet, and with room for `most`.
    #[must_use]
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            watching: AtomicUsize::new(0),
            watched: Mutex::default(),
        })
    }

    /// The dossier has changed.
    pub fn tell(&self, number: &DossierNumber) {
        // A watcher begins to listen before it reads the dossier, so one that is missed
        // here reads what has just changed.
        if self.watching.load(Ordering::SeqCst) == 0 {
            return;
        }
        if let Some(watched) = self.lock().get(number) {
            watched.changed.send_replace(());
        }
    }

    /// Any dossier may have changed.
    pub fn tell_all(&self) {
        if self.watching.load(Ordering::SeqCst) == 0 {
            return;
        }
        for watched in self.lock().values() {
            watched.changed.send_replace(());
        }
    }

    /// Listens to `number` from now on; `None` when there are as many watchers as there
    /// is room for.
    #[must_use]
    pub fn watch(self: &Arc<Self>, number: DossierNumber) -> Option<Watch> {
        let mut watched = self.lock();
        if self.watching.load(Ordering::SeqCst) >= self.most {
            return None;
        }
        self.watching.fetch_add(1, Ordering::SeqCst);
        let entry = watched.entry(number.clone()).or_insert_with(|| Watched {
            watchers: 0,
            changed: watch::Sender::new(()),
        });
        entry.watchers += 1;
        let changed = entry.changed.subscribe();
        drop(watched);
        Some(Watch {
            changes: Arc::clone(self),
            number,
            changed,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DossierNumber, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Ends when the dossier has changed since this was called last, or since the watch
    /// began. Nothing is lost when it is dropped before its end.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            // The sender stands in the register as long as this watch does.
            std::future::pending::<()>().await;
        }
    }

    /// The dossier.
    #[must_use]
    pub fn number(&self) -> &DossierNumber {
        &self.number
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = self.changes.lock();
        self.changes.watching.fetch_sub(1, Ordering::SeqCst);
        if let Some(entry) = watched.get_mut(&self.number) {
            entry.watchers -= 1;
            if entry.watchers == 0 {
                watched.remove(&self.number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use lienthong_core::dossier_number::DossierNumber;

    use super::{Changes, Watch};

    fn dossier(sequence: u32) -> DossierNumber {
        DossierNumber::parse(&format!("000.00.00.H00-260701-{sequence:04}")).unwrap()
    }

    fn has_changed(watch: &mut Watch) -> bool {
        watch.changed().now_or_never().is_some()
    }

    #[test]
    fn a_watcher_hears_of_its_own_dossier_and_of_no_other() {
        let changes = Changes::new(2);
        changes.tell(&dossier(1));
        let mut first = changes.watch(dossier(1)).unwrap();
        let mut second = changes.watch(dossier(2)).unwrap();
        // What happened before it listened it reads by itself.
        assert!(!has_changed(&mut first));
        changes.tell(&dossier(1));
        changes.tell(&dossier(1));
        assert!(has_changed(&mut first));
        assert!(!has_changed(&mut first));
        assert!(!has_changed(&mut second));
        changes.tell_all();
        assert!(has_changed(&mut first) && has_changed(&mut second));
    }

    #[test]
    fn there_is_room_again_when_a_watcher_has_gone() {
        let changes = Changes::new(2);
        let first = changes.watch(dossier(1)).unwrap();
        let mut second = changes.watch(dossier(1)).unwrap();
        assert!(changes.watch(dossier(2)).is_none());
        drop(first);
        changes.tell(&dossier(1));
        assert!(has_changed(&mut second));
        assert!(changes.watch(dossier(2)).is_some());
        drop(second);
        assert!(changes.lock().is_empty());
        assert_eq!(Arc::strong_count(&changes), 1);
    }
}
