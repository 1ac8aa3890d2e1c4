//! Equal look-ups at the same time make one call upstream.
//!
//! The work runs in a task of its own: it belongs to none of its callers, so one that
//! hangs up neither ends it nor makes the others start again. Whatever must happen also
//! when nobody waits any more, above all filling the cache, stands at the end of the work
//! itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Work in flight, one for each key. Clones share it.
pub(crate) struct Flights<K, V>(Arc<Mutex<HashMap<K, Flight<V>>>>);

/// What came of a caller's wish. `R` is what an earlier flight left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Joined<V, R> {
    /// Nobody was in flight, and the answer was known already.
    Kept(R),
    /// The work is done.
    Landed {
        /// Who set the work going.
        part: Part,
        /// What it brought.
        answer: V,
    },
    /// This caller's time is up; the work may go on for others.
    TimedOut {
        /// Who set the work going. A caller that came too late to do so joined.
        part: Part,
    },
    /// The work broke down or the program ends. The next caller starts anew.
    Lost {
        /// Who set the work going.
        part: Part,
    },
}

/// Whether a caller set the work going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// It did.
    Led,
    /// Another one had done so.
    Joined,
}

/// The latest deadline of all who wait for one flight, which may still grow.
#[derive(Debug, Clone)]
pub(crate) struct Latest(Arc<Mutex<Instant>>);

impl Latest {
    fn new(until: Instant) -> Self {
        Self(Arc::new(Mutex::new(until)))
    }

    /// What it is now.
    pub(crate) fn at(&self) -> Instant {
        *self.lock()
    }

    fn extend(&self, until: Instant) {
        let mut latest = self.lock();
        *latest = until.max(*latest);
    }

    fn lock(&self) -> MutexGuard<'_, Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Flight<V> {
    until: Latest,
    landing: watch::Receiver<Option<Landing<V>>>,
}

#[derive(Clone)]
enum Landing<V> {
    Answer(V),
    TimedOut,
}

impl<K, V> Flights<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(HashMap::new())))
    }

    /// Waits until `until` for the work under `key`, which `start` sets going unless it
    /// is on its way or `kept` knows the answer.
    ///
    /// `kept` is asked when nobody is in flight, and under the lock of all flights: what a
    /// flight leaves behind at its end is seen by everybody who comes after it, so no
    /// second one starts in between. It must not wait for anything.
    ///
    /// The work goes on until the latest deadline of all who joined, which it is told,
    /// whether or not they still wait, and is dropped then.
    pub(crate) async fn join<R, F>(
        &self,
        key: K,
        until: Instant,
        kept: impl FnOnce() -> Option<R>,
        start: impl FnOnce(Latest) -> F + Send + 'static,
    ) -> Joined<V, R>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (part, mut landing) = match self.board(key, until, kept, start) {
            Boarded::Kept(known) => return Joined::Kept(known),
            Boarded::TooLate => return Joined::TimedOut { part: Part::Joined },
            Boarded::Aboard(part, landing) => (part, landing),
        };
        match timeout_at(until, landing.wait_for(Option::is_some)).await {
            Err(_) => Joined::TimedOut { part },
            Ok(Err(_)) => Joined::Lost { part },
            Ok(Ok(landed)) => match landed.as_ref() {
                Some(Landing::Answer(answer)) => Joined::Landed {
                    part,
                    answer: answer.clone(),
                },
                Some(Landing::TimedOut) | None => Joined::TimedOut { part },
            },
        }
    }

    /// How many there are.
    pub(crate) fn in_flight(&self) -> usize {
        self.lock().len()
    }

    fn board<R, F>(
        &self,
        key: K,
        until: Instant,
        kept: impl FnOnce() -> Option<R>,
        start: impl FnOnce(Latest) -> F + Send + 'static,
    ) -> Boarded<V, R>
    where
        F: Future<Output = V> + Send + 'static,
    {
        if until <= Instant::now() {
            return Boarded::TooLate;
        }
        let mut flights = self.lock();
        match flights.entry(key) {
            Entry::Occupied(found) => {
                let flight = found.get();
                flight.until.extend(until);
                Boarded::Aboard(Part::Joined, flight.landing.clone())
            }
            Entry::Vacant(place) => {
                if let Some(known) = kept() {
                    return Boarded::Kept(known);
                }
                let (sender, landing) = watch::channel(None);
                let departure = Departure {
                    flights: self.clone(),
                    key: place.key().clone(),
                    sender,
                    on_map: true,
                };
                let latest = Latest::new(until);
                place.insert(Flight {
                    until: latest.clone(),
                    landing: landing.clone(),
                });
                tokio::spawn(departure.fly(until, || start(latest)));
                Boarded::Aboard(Part::Led, landing)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Flight<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Clone for Flights<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

enum Boarded<V, R> {
    Kept(R),
    TooLate,
    Aboard(Part, watch::Receiver<Option<Landing<V>>>),
}

/// The flight's own side. However it ends, it leaves the map before its callers hear of
/// it: on drop the body below runs first and the sender goes after it.
struct Departure<K: Eq + Hash, V> {
    flights: Flights<K, V>,
    key: K,
    sender: watch::Sender<Option<Landing<V>>>,
    /// Once it has left the map, another flight may stand there under the same key.
    on_map: bool,
}

impl<K, V> Departure<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    async fn fly<F>(mut self, mut until: Instant, start: impl FnOnce() -> F)
    where
        F: Future<Output = V>,
    {
        let landing = {
            let mut work = std::pin::pin!(start());
            loop {
                tokio::select! {
                    biased;
                    answer = &mut work => break Landing::Answer(answer),
                    () = sleep_until(until) => match self.later_deadline(until) {
                        Some(later) => until = later,
                        None => break Landing::TimedOut,
                    },
                }
            }
        };
        self.leave();
        self.sender.send_replace(Some(landing));
    }

    /// The deadline that callers brought who joined in the meantime. Without one the
    /// flight leaves the map under the same lock, so nobody can join it any more.
    fn later_deadline(&mut self, until: Instant) -> Option<Instant> {
        let mut flights = self.flights.lock();
        let later = flights
            .get(&self.key)
            .map(|flight| flight.until.at())
            .filter(|later| *later > until);
        if later.is_none() {
            flights.remove(&self.key);
            self.on_map = false;
        }
        later
    }
}

impl<K: Eq + Hash, V> Departure<K, V> {
    fn leave(&mut self) {
        if std::mem::take(&mut self.on_map) {
            let mut flights = self
                .flights
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            flights.remove(&self.key);
        }
    }
}

impl<K: Eq + Hash, V> Drop for Departure<K, V> {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests;
