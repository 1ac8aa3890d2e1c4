//! `[sync]`: the outbox and the worker that empties it.
//!
//! The lease must outlast one call to the portal: a lease that ran out during a
//! call would let a second worker send the same event.

use std::path::PathBuf;
use std::time::Duration;

use lienthong_core::sync::health::HealthThresholds;
use lienthong_core::sync::schedule::Schedule;

use super::description::Page;
use super::kinds::{count, duration};
use super::quantity::duration_text;
use super::reader::Read;
use super::section::Section;

/// The outbox and its worker.
#[derive(Debug, Clone)]
pub struct SyncSettings {
    /// The outbox's database file. Its folder exists; the file may not yet.
    pub database: PathBuf,
    /// When a failed attempt is tried again.
    pub retry_after: Schedule,
    /// How long a claimed event is kept from other workers.
    pub lease: Duration,
    /// Dossiers sent at the same time.
    pub parallel: usize,
    /// From when on waiting is worth a word.
    pub thresholds: HealthThresholds,
}

const DATABASE: &str = "outbox.sqlite";
const LEASE: Duration = Duration::from_mins(1);
const PARALLEL: usize = 8;
const LAGGING_AFTER: Duration = Duration::from_mins(10);
const STALLED_AFTER: Duration = Duration::from_mins(30);

/// Delays before each further attempt, in seconds.
const RETRY_AFTER: [u64; 5] = [5, 30, 300, 1_800, 7_200];

impl SyncSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let database = section.place_for_file("database", DATABASE);
        let delays = section.list("retry_after", duration);
        let lease = section.or("lease", LEASE, duration);
        let parallel = section.or("parallel", PARALLEL, count(1..=1_000));
        let lagging_after = section.or("lagging_after", LAGGING_AFTER, duration);
        let stalled_after = section.or("stalled_after", STALLED_AFTER, duration);
        let delays = delays?.unwrap_or_else(|| RETRY_AFTER.map(Duration::from_secs).to_vec());
        let retry_after = Schedule::new(delays).ok_or_else(|| {
            section.wrong(
                "retry_after",
                "must have at least one delay",
                "such as [\"5s\", \"5m\"]",
            )
        });
        Ok(Self {
            database: database?,
            retry_after: retry_after?,
            lease: lease?,
            parallel: parallel?,
            thresholds: HealthThresholds {
                lagging_after: lagging_after?,
                stalled_after: stalled_after?,
            },
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("sync");
        page.set("database", self.database.display().to_string());
        page.list(
            "retry_after",
            self.retry_after.delays().iter().copied().map(duration_text),
        );
        page.set("lease", duration_text(self.lease));
        page.count("parallel", self.parallel);
        page.set(
            "lagging_after",
            duration_text(self.thresholds.lagging_after),
        );
        page.set(
            "stalled_after",
            duration_text(self.thresholds.stalled_after),
        );
    }
}
