//! `[sync.breaker]`: when the portal is left alone after failures.
//!
//! While it is, dossiers wait in the queue and lose none of their attempts.

use std::num::NonZeroU32;

use lienthong_core::guard::breaker::BreakerRule;

use crate::config::description::Page;
use crate::config::kinds::{count, duration, duration_or_zero};
use crate::config::quantity::duration_text;
use crate::config::reader::{Read, Reading};
use crate::config::section::Section;

pub(super) fn read(section: &mut Section<'_>) -> Read<BreakerRule> {
    let default = BreakerRule::default();
    let failures = section.optional("failures", count(1..=1_000_u32));
    let pause = section.or("pause", default.pause, duration);
    let longest_pause = section.optional("longest_pause", duration);
    let patience = section.or("patience", default.patience, duration);
    let burst = section.or("burst", default.burst, duration_or_zero);
    let pause = pause?;
    Ok(BreakerRule {
        failures: failures?
            .and_then(NonZeroU32::new)
            .unwrap_or(default.failures),
        pause,
        longest_pause: longest_pause?.unwrap_or(default.longest_pause.max(pause)),
        patience: patience?,
        burst: burst?,
        ..default
    })
}

pub(super) fn describe(breaker: &BreakerRule, page: &mut Page) {
    page.section("sync.breaker");
    page.set("failures", i64::from(breaker.failures.get()));
    page.set("pause", duration_text(breaker.pause));
    page.set("longest_pause", duration_text(breaker.longest_pause));
    page.set("patience", duration_text(breaker.patience));
    page.set("burst", duration_text(breaker.burst));
}

pub(super) fn check(breaker: &BreakerRule, reading: &Reading) {
    if breaker.longest_pause < breaker.pause {
        let message = "is shorter than `sync.breaker.pause`";
        let help = "a pause grows from its first length to the longest";
        reading.report_at("sync.breaker.longest_pause", message, help);
    }
}
