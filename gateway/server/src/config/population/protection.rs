//! `[population.protection]`, `[population.breaker]` and `[[population.maintenance]]`:
//! how the database is kept from being asked too much.
//!
//! No public figure of a quota, a rate or a maintenance window is known (population.md
//! D 11), so none has a default.

use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use lienthong_adapters::population::GuardSettings;
use lienthong_core::guard::Percent;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::guard::rate::RateRule;

use crate::config::description::Page;
use crate::config::kinds::{
    choice, count, date_time, duration, duration_or_zero, name_of, percent, time_of_day,
};
use crate::config::quantity::duration_text;
use crate::config::reader::{Read, Reading};
use crate::config::section::Section;

/// `[population.protection]`: how much is asked of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Requests that are at work there at the same time.
    pub parallel: NonZeroU32,
    /// How long a look-up waits for one of these places.
    pub wait: Duration,
    /// Requests a second; `None`: as many as come.
    pub rate: Option<RateRule>,
    /// Requests a day (of Viet Nam); `None`: as many as come.
    pub daily_quota: Option<NonZeroU64>,
    /// Share of the quota at which the operator is warned.
    pub quota_warning: Percent,
    /// Time kept from the caller's deadline for our own work.
    pub reserve: Duration,
    /// Share of the requests that may be tried once more; zero: none.
    pub retry: Percent,
}

/// `[[population.maintenance]]`: when the database is announced to be away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maintenance {
    /// Once.
    Once {
        /// Beginning.
        from: Timestamp,
        /// End, later than the beginning.
        until: Timestamp,
    },
    /// Each week, in the time of Viet Nam.
    Weekly {
        /// Day on which it begins.
        weekday: Weekday,
        /// Beginning.
        from: Time,
        /// End; on the next day when it is not later than the beginning.
        until: Time,
    },
}

const QUOTA_WARNING: Percent = match Percent::new(80) {
    Some(share) => share,
    None => Percent::NONE,
};
const RESERVE: Duration = Duration::from_millis(50);
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Protection {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let default = GuardSettings::default();
        let parallel = section.optional("parallel", count(1..=100_000_u32));
        let wait = section.or("wait", default.wait, duration);
        let rate = read_rate(section);
        let daily_quota = section.optional("daily_quota", count(1..=1_000_000_000_000_u64));
        let quota_warning = section.optional("quota_warning", percent);
        let reserve = section.or("reserve", RESERVE, duration);
        let retry = section.or("retry", default.retry.percent, percent);
        Ok(Self {
            parallel: parallel?
                .and_then(NonZeroU32::new)
                .unwrap_or(default.parallel),
            wait: wait?,
            rate: rate?,
            daily_quota: daily_quota?.and_then(NonZeroU64::new),
            quota_warning: quota_warning?.unwrap_or(QUOTA_WARNING),
            reserve: reserve?,
            retry: retry?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("population.protection");
        page.set("parallel", i64::from(self.parallel.get()));
        page.set("wait", duration_text(self.wait));
        if let Some(rate) = self.rate {
            page.set("rate", i64::from(rate.per_second.get()));
            page.set("burst", i64::from(rate.burst.get()));
        }
        if let Some(quota) = self.daily_quota {
            let quota = usize::try_from(quota.get()).unwrap_or(usize::MAX);
            page.count("daily_quota", quota);
        }
        page.set("quota_warning", i64::from(self.quota_warning.get()));
        page.set("reserve", duration_text(self.reserve));
        page.set("retry", i64::from(self.retry.get()));
    }
}

fn read_rate(section: &mut Section<'_>) -> Read<Option<RateRule>> {
    let rate = section.optional("rate", count(1..=1_000_000_u32));
    let burst = section.optional("burst", count(1..=1_000_000_u32));
    let (rate, burst) = (rate?, burst?);
    let Some(per_second) = rate.and_then(NonZeroU32::new) else {
        if burst.is_some() {
            let help = "set `population.protection.rate` or take this out";
            return Err(section.wrong("burst", "is of no use without a rate", help));
        }
        return Ok(None);
    };
    let burst = burst.and_then(NonZeroU32::new).unwrap_or(per_second);
    Ok(Some(RateRule { per_second, burst }))
}

/// Reads `[population.breaker]`: when the database is left alone after failures.
pub(super) fn read_breaker(section: &mut Section<'_>) -> Read<BreakerRule> {
    let default = BreakerRule::default();
    let failures = section.optional("failures", count(1..=1_000_u32));
    let pause = section.or("pause", default.pause, duration);
    let longest_pause = section.optional("longest_pause", duration);
    let refused_pause = section.or("refused_pause", default.refused_pause, duration);
    let probes = section.optional("probes", count(1..=100_u32));
    let patience = section.or("patience", default.patience, duration);
    let burst = section.or("burst", default.burst, duration_or_zero);
    let (pause, refused_pause) = (pause?, refused_pause?);
    let usual = default.longest_pause.max(pause).max(refused_pause);
    Ok(BreakerRule {
        failures: failures?
            .and_then(NonZeroU32::new)
            .unwrap_or(default.failures),
        pause,
        longest_pause: longest_pause?.unwrap_or(usual),
        refused_pause,
        probes: probes?.and_then(NonZeroU32::new).unwrap_or(default.probes),
        patience: patience?,
        burst: burst?,
    })
}

/// Writes `[population.breaker]`.
pub(super) fn describe_breaker(breaker: &BreakerRule, page: &mut Page) {
    page.section("population.breaker");
    page.set("failures", i64::from(breaker.failures.get()));
    page.set("pause", duration_text(breaker.pause));
    page.set("longest_pause", duration_text(breaker.longest_pause));
    page.set("refused_pause", duration_text(breaker.refused_pause));
    page.set("probes", i64::from(breaker.probes.get()));
    page.set("patience", duration_text(breaker.patience));
    page.set("burst", duration_text(breaker.burst));
}

/// Reports a longest pause that is shorter than the first ones.
pub(super) fn check_breaker(breaker: &BreakerRule, reading: &Reading) {
    for (key, first) in [
        ("pause", breaker.pause),
        ("refused_pause", breaker.refused_pause),
    ] {
        if breaker.longest_pause < first {
            let message = format!("is shorter than `population.breaker.{key}`");
            let help = "a pause grows from its first length to the longest";
            reading.report_at("population.breaker.longest_pause", &message, help);
        }
    }
}

impl Maintenance {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        match section.optional("weekday", choice(&WEEKDAYS)) {
            Err(reported) => {
                // Without the day, nobody knows in which form the two should be.
                section.take("from");
                section.take("until");
                Err(reported)
            }
            Ok(Some(weekday)) => {
                let from = section.required("from", time_of_day);
                let until = section.required("until", time_of_day);
                let (from, until) = (from?, until?);
                if from == until {
                    let help = "a whole day is written from 00:00 until 23:59";
                    return Err(section.wrong("until", "is the same as `from`", help));
                }
                Ok(Self::Weekly {
                    weekday,
                    from,
                    until,
                })
            }
            Ok(None) => {
                let from = section.required("from", date_time);
                let until = section.required("until", date_time);
                let (from, until) = (from?, until?);
                if from >= until {
                    let help = "a window begins before it ends";
                    return Err(section.wrong("until", "is not later than `from`", help));
                }
                Ok(Self::Once { from, until })
            }
        }
    }

    pub(super) fn describe(self, page: &mut Page) {
        page.element("population.maintenance");
        match self {
            Self::Once { from, until } => {
                page.set("from", from.to_string());
                page.set("until", until.to_string());
            }
            Self::Weekly {
                weekday,
                from,
                until,
            } => {
                page.set("weekday", name_of(&WEEKDAYS, &weekday));
                page.set("from", from.strftime("%H:%M").to_string());
                page.set("until", until.strftime("%H:%M").to_string());
            }
        }
    }
}
