//! How long things are kept, and what these lengths of time demand of each other.

use std::time::Duration;

use crate::config::reader::Reading;

use super::SyncSettings;

const DAY: Duration = Duration::from_hours(24);

/// Reports what is kept too short to be of use.
pub(super) fn check(sync: &SyncSettings, reading: &Reading) {
    let terms = [
        ("retention", sync.retention),
        ("unfinished_retention", sync.unfinished_retention),
        ("operations_kept", Some(sync.operations_kept)),
    ];
    for (key, kept) in terms {
        if kept.is_some_and(|kept| kept < DAY) {
            let help = "what ended must be there to be looked at, and perhaps sent again";
            reading.report_at(&format!("sync.{key}"), "is shorter than a day", help);
        }
    }
    let Some(retention) = sync.retention else {
        return;
    };
    if sync.unfinished_retention.is_some_and(|it| it < retention) {
        let message = "is shorter than `sync.retention`";
        let help = "what did not come to its end is kept at least as long as what did";
        reading.report_at("sync.unfinished_retention", message, help);
    }
    let window = sync.reconcile.map(|schedule| DAY * schedule.window_days);
    if window.is_some_and(|window| retention <= window) {
        let message = "is not longer than `sync.reconcile_window`";
        let help = "what is compared with the portal must still be there to be sent again";
        reading.report_at("sync.retention", message, help);
    }
}
