//! Places for callers that watch something: so many in all, and so many for each system.
//!
//! What a reader would get wrong: connections say nothing about systems. Without the bound
//! for each system, one vendor with a few connections would lock every other out for as
//! long as its streams live.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lienthong_core::access::ClientName;

use crate::status::{ServerError, Watching};

/// Most callers that watch a dossier, and most of one system.
const DOSSIERS: (usize, usize) = (512, 128);

/// Most callers that watch the health, and most of one system.
const HEALTH: (usize, usize) = (64, 16);

/// Places to watch from.
#[derive(Debug)]
pub struct WatcherPlaces {
    watching: Watching,
    most: usize,
    most_of_one: usize,
    taken: Mutex<HashMap<ClientName, usize>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct WatcherPlace {
    places: Arc<WatcherPlaces>,
    client: ClientName,
}

impl WatcherPlaces {
    /// Places for those who watch a dossier.
    #[must_use]
    pub fn for_dossiers() -> Arc<Self> {
        Self::new(Watching::Dossiers, DOSSIERS)
    }

    /// Places for those who watch the health.
    pub(super) fn for_health() -> Arc<Self> {
        Self::new(Watching::Health, HEALTH)
    }

    /// `bounds`: most places, and most of one system.
    pub(super) fn new(watching: Watching, bounds: (usize, usize)) -> Arc<Self> {
        let (most, most_of_one) = bounds;
        Arc::new(Self {
            watching,
            most,
            most_of_one,
            taken: Mutex::default(),
        })
    }

    /// How many there are in all.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most
    }

    /// A place for `client`.
    ///
    /// # Errors
    /// [`ServerError::TooManyWatchers`], which says whose bound is reached.
    pub(super) fn take(self: &Arc<Self>, client: &ClientName) -> Result<WatcherPlace, ServerError> {
        let full = |own| ServerError::TooManyWatchers {
            watched: self.watching,
            own,
        };
        let mut taken = self.taken();
        if taken
            .get(client)
            .is_some_and(|own| *own >= self.most_of_one)
        {
            return Err(full(true));
        }
        if taken.values().sum::<usize>() >= self.most {
            return Err(full(false));
        }
        *taken.entry(client.clone()).or_insert(0) += 1;
        drop(taken);
        Ok(WatcherPlace {
            places: Arc::clone(self),
            client: client.clone(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<ClientName, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WatcherPlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(own) = taken.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::access::ClientName;

    use super::WatcherPlaces;
    use crate::status::{ServerError, Watching};

    fn client(name: &str) -> ClientName {
        ClientName::parse(name).unwrap()
    }

    #[test]
    fn one_system_cannot_take_the_places_of_the_others() {
        let places = WatcherPlaces::new(Watching::Dossiers, (4, 3));
        let (greedy, other) = (client("greedy"), client("other"));
        let mut held: Vec<_> = (0..3).map(|_| places.take(&greedy).unwrap()).collect();
        let refused = |own| ServerError::TooManyWatchers {
            watched: Watching::Dossiers,
            own,
        };
        assert_eq!(places.take(&greedy).map(drop), Err(refused(true)));
        let last = places.take(&other).unwrap();
        assert_eq!(places.take(&other).map(drop), Err(refused(false)));
        held.pop();
        assert!(places.take(&other).is_ok(), "a place that was left is free");
        drop((held, last));
        assert!(places.taken().is_empty());
    }
}
