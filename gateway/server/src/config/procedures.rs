//! `[procedures]`: the national procedure catalogue (danh mục thủ tục hành chính).
//!
//! What a reader would get wrong: without the section no catalogue is kept. It comes over the
//! session of `[portal]`, so only the profiles p1 and p2 have one.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Time;
use lienthong_adapters::http::Limits;
use lienthong_core::share::Percent;

use super::description::Page;
use super::kinds::{count, duration, duration_or_zero, long_duration, size, time_of_day, url_path};
use super::portal::{Portal, PortalRoute};
use super::quantity::{duration_text, size_text};
use super::reader::{Read, Reading};
use super::section::Section;
use super::sync::SyncSettings;

/// The procedure catalogue.
#[derive(Debug, Clone)]
pub struct Procedures {
    /// Its database file. Its folder exists; the file may not yet.
    pub database: PathBuf,
    /// Path of the catalogues at the portal (`share_endpoint`), from `portal.base_url` on;
    /// `None`: that of dossiers.
    pub share_path: Option<String>,
    /// When it is fetched each day, in the time of Viet Nam.
    pub refresh_at: Time,
    /// By how much later at most, so that not all provinces ask at once.
    pub jitter: Duration,
    /// From this age on it is stale, and fetched at any hour.
    pub stale_after: Duration,
    /// Pause after a fetch that failed.
    pub retry_after: Duration,
    /// Share of the procedures at whose loss a new catalogue is refused.
    pub most_lost: Percent,
    /// Per cent of the procedures that may go without their details in one fetch.
    pub most_missing: u8,
    /// Questions to the portal at the same time.
    pub parallel: NonZeroUsize,
    /// Questions a second, within the calls of `sync.calls_per_second`.
    pub calls_per_second: NonZeroU32,
    /// Time for a whole fetch.
    pub total: Duration,
    /// Time for one list of the portal.
    pub list_time: Duration,
    /// Largest list of the portal, in bytes.
    pub answer_size: usize,
}

const DATABASE: &str = "catalogue.sqlite";
/// The hour of the system that is seen (portal.md 13.1).
const REFRESH_AT: Time = Time::constant(1, 0, 0, 0);
const JITTER: Duration = Duration::from_mins(20);
const STALE_AFTER: Duration = Duration::from_hours(72);
const RETRY_AFTER: Duration = Duration::from_mins(30);
const MOST_LOST: u32 = 50;
const MOST_MISSING: u8 = 10;
const PARALLEL: usize = 4;
/// What the public portal was seen to bear (portal.md, part D 29).
const CALLS_PER_SECOND: u32 = 3;
/// 6 302 procedures (portal.md 13.3) by three a second take 35 minutes.
const TOTAL: Duration = Duration::from_hours(2);
const LIST_LIMITS: Limits = Limits::portal_lists();

impl Procedures {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let database = section.place_for_file("database", DATABASE);
        let share_path = section.optional("share_path", url_path);
        let refresh_at = section.or("refresh_at", REFRESH_AT, time_of_day);
        let jitter = section.or("jitter", JITTER, duration_or_zero);
        let stale_after = section.or("stale_after", STALE_AFTER, long_duration);
        let retry_after = section.or("retry_after", RETRY_AFTER, duration);
        let most_lost = section.or("most_lost", MOST_LOST, count(1..=100_u32));
        let most_missing = section.or("most_missing", MOST_MISSING, count(0..=100_u8));
        let parallel = section.or("parallel", PARALLEL, count(1..=32_usize));
        let calls = section.or("calls_per_second", CALLS_PER_SECOND, count(1..=1_000_u32));
        let total = section.or("total", TOTAL, duration);
        let list_time = section.or("list_time", LIST_LIMITS.total, duration);
        let answer_size = section.or("answer_size", LIST_LIMITS.max_body, size);
        Ok(Self {
            database: database?,
            share_path: share_path?,
            refresh_at: refresh_at?,
            jitter: jitter?,
            stale_after: stale_after?,
            retry_after: retry_after?,
            most_lost: Percent::whole(most_lost?).unwrap_or(Percent::HUNDRED),
            most_missing: most_missing?,
            parallel: NonZeroUsize::new(parallel?).unwrap_or(NonZeroUsize::MIN),
            calls_per_second: NonZeroU32::new(calls?).unwrap_or(NonZeroU32::MIN),
            total: total?,
            list_time: list_time?,
            answer_size: answer_size?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("procedures");
        page.set("database", self.database.display().to_string());
        page.set_if_any("share_path", self.share_path.as_deref());
        page.set("refresh_at", self.refresh_at.strftime("%H:%M").to_string());
        page.set("jitter", duration_text(self.jitter));
        page.set("stale_after", duration_text(self.stale_after));
        page.set("retry_after", duration_text(self.retry_after));
        page.set("most_lost", i64::from(self.most_lost.hundredths() / 100));
        page.set("most_missing", i64::from(self.most_missing));
        page.count("parallel", self.parallel.get());
        page.set("calls_per_second", i64::from(self.calls_per_second.get()));
        page.set("total", duration_text(self.total));
        page.set("list_time", duration_text(self.list_time));
        page.set("answer_size", size_text(self.answer_size));
    }

    /// Reports what the section demands of the others.
    pub(super) fn check(
        &self,
        portal: Option<&Portal>,
        sync: Option<&SyncSettings>,
        reading: &Reading,
    ) {
        if let Some(portal) = portal
            && !matches!(portal.route, PortalRoute::Session(_))
        {
            let message = "needs the portal's profile p1 or p2";
            let help = "no other profile offers the procedure catalogue; take this section out";
            reading.report_at("procedures", message, help);
        }
        // More would leave dossiers less than half of what the route bears.
        let half = sync.and_then(|sync| sync.calls_per_second);
        if half.is_some_and(|calls| self.calls_per_second.get() > calls.get().div_ceil(2)) {
            let message = "is more than half of `sync.calls_per_second`";
            let help = "dossiers come first; lower this";
            reading.report_at("procedures.calls_per_second", message, help);
        }
        if self.stale_after < DAY {
            let message = "is shorter than a day";
            let help = "the catalogue is fetched once a day";
            reading.report_at("procedures.stale_after", message, help);
        }
    }
}

const DAY: Duration = Duration::from_hours(24);
