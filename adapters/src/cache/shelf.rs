//! The memory of one class of answers, bounded by bytes and by time.
//!
//! Its own time limit only bounds the memory, because moka goes by a clock of its own;
//! whether an answer may still be given is judged by whoever takes it out. What is past
//! its time leaves the memory at the next work on the shelf, or at [`Shelf::sweep`].

use std::time::Duration;

use jiff::Timestamp;
use moka::ops::compute::Op;
use moka::sync::Cache;

use super::key::KeyHash;

/// What an entry costs besides its bytes: moka's nodes and counters, the key and the
/// allocator's share. Measured as resident memory with one million entries of 30 and of
/// 313 bytes under mimalloc, and rounded up.
pub(super) const OVERHEAD: u32 = 340;

/// Longer than any answer is kept, and within what moka takes without a panic.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// What can stand on a shelf. Clones share what they hold.
pub(super) trait Stored: Clone + Send + Sync + 'static {
    /// Bytes of its own.
    fn length(&self) -> usize;

    /// When the source said so.
    fn observed_at(&self) -> Timestamp;

    /// Overwrites what it holds. Called once it is no longer on the shelf, because moka
    /// frees it only later, and on an idle machine much later.
    fn wipe(&self);
}

pub(super) struct Shelf<V>(Cache<KeyHash, V>);

impl<V: Stored> Shelf<V> {
    /// A shelf that takes `size` bytes, [`OVERHEAD`] included, and holds an entry for
    /// `longest` at most.
    pub(super) fn new(size: u64, longest: Duration) -> Self {
        let weight = |_: &KeyHash, value: &V| {
            u32::try_from(value.length())
                .unwrap_or(u32::MAX)
                .saturating_add(OVERHEAD)
        };
        Self(
            Cache::builder()
                .max_capacity(size)
                .weigher(weight)
                .time_to_live(longest.min(LONGEST))
                .eviction_listener(|_, value: V, _| value.wipe())
                .build(),
        )
    }

    pub(super) fn get(&self, key: &KeyHash) -> Option<V> {
        self.0.get(key)
    }

    /// Keeps `value` unless what is there was observed later.
    pub(super) fn put(&self, key: KeyHash, value: V) {
        self.0.entry(key).and_compute_with(|kept| match kept {
            Some(kept) if kept.value().observed_at() > value.observed_at() => Op::Nop,
            Some(_) | None => Op::Put(value),
        });
    }

    /// Removes what was observed at `moment` or before.
    pub(super) fn remove_until(&self, key: KeyHash, moment: Timestamp) {
        if self.0.contains_key(&key) {
            self.0.entry(key).and_compute_with(|kept| match kept {
                Some(kept) if kept.value().observed_at() <= moment => Op::Remove,
                Some(_) | None => Op::Nop,
            });
        }
    }

    /// Does what is due: entries past their time leave, and so do those for which there
    /// is no room.
    pub(super) fn sweep(&self) {
        self.0.run_pending_tasks();
    }

    /// Entries, as of the last sweep.
    pub(super) fn entries(&self) -> u64 {
        self.0.entry_count()
    }

    /// Bytes with [`OVERHEAD`], as of the last sweep.
    pub(super) fn bytes(&self) -> u64 {
        self.0.weighted_size()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    /// Knows how many of its kind hold something still.
    #[derive(Clone)]
    struct Witness(Arc<Secret>);

    struct Secret {
        holding: Arc<AtomicUsize>,
        wiped: AtomicBool,
        at: Timestamp,
    }

    impl Witness {
        fn new(holding: &Arc<AtomicUsize>, second: i64) -> Self {
            holding.fetch_add(1, Ordering::SeqCst);
            Self(Arc::new(Secret {
                holding: Arc::clone(holding),
                wiped: AtomicBool::new(false),
                at: Timestamp::from_second(second).unwrap(),
            }))
        }
    }

    impl Secret {
        fn wipe(&self) {
            if !self.wiped.swap(true, Ordering::SeqCst) {
                self.holding.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    impl Drop for Secret {
        fn drop(&mut self) {
            self.wipe();
        }
    }

    impl Stored for Witness {
        fn length(&self) -> usize {
            100
        }

        fn observed_at(&self) -> Timestamp {
            self.0.at
        }

        fn wipe(&self) {
            self.0.wipe();
        }
    }

    fn key(number: u32) -> KeyHash {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&number.to_be_bytes());
        key
    }

    fn full(size: u64, entries: u32) -> (Shelf<Witness>, Arc<AtomicUsize>) {
        let holding = Arc::new(AtomicUsize::new(0));
        let shelf = Shelf::new(size, Duration::from_mins(10));
        for number in 0..entries {
            shelf.put(key(number), Witness::new(&holding, 0));
        }
        shelf.sweep();
        (shelf, holding)
    }

    #[test]
    fn nothing_outlives_the_shelf() {
        let (shelf, holding) = full(1 << 20, 1_000);
        assert_eq!(holding.load(Ordering::SeqCst), 1_000);
        drop(shelf);
        assert_eq!(holding.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_full_shelf_wipes_what_it_cannot_hold() {
        let room = 10 * (100 + u64::from(OVERHEAD));
        let (shelf, holding) = full(room, 1_000);
        assert_eq!((shelf.entries(), shelf.bytes()), (10, room));
        assert_eq!(holding.load(Ordering::SeqCst), 10);
    }

    #[test]
    fn what_is_removed_or_replaced_is_wiped() {
        let (shelf, holding) = full(1 << 20, 100);
        for number in 0..50 {
            shelf.remove_until(key(number), Timestamp::UNIX_EPOCH);
            shelf.put(key(number + 50), Witness::new(&holding, 1));
        }
        shelf.sweep();
        assert_eq!(shelf.entries(), 50);
        assert_eq!(holding.load(Ordering::SeqCst), 50);
    }

    #[test]
    fn an_older_answer_neither_replaces_nor_removes_a_newer_one() {
        let (shelf, holding) = full(1 << 20, 0);
        shelf.put(key(1), Witness::new(&holding, 20));
        shelf.put(key(1), Witness::new(&holding, 10));
        shelf.remove_until(key(1), Timestamp::from_second(19).unwrap());
        assert_eq!(shelf.get(&key(1)).unwrap().0.at.as_second(), 20);
        shelf.remove_until(key(1), Timestamp::from_second(20).unwrap());
        assert!(shelf.get(&key(1)).is_none());
    }

    #[test]
    fn any_time_limit_is_taken() {
        let holding = Arc::new(AtomicUsize::new(0));
        let shelf = Shelf::new(1 << 20, Duration::MAX);
        shelf.put(key(1), Witness::new(&holding, 0));
        assert!(shelf.get(&key(1)).is_some());
    }
}
