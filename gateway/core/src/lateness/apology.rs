//! Who is owed a written apology (văn bản xin lỗi và đề nghị gia hạn, Mẫu 04).
//!
//! What a reader would get wrong: the portal calls a dossier late that was sent back twice,
//! though its day has not passed. An apology is owed "when the limit passes"
//! (administration.md 5.6), so it is that day alone that counts, by either reading of the
//! late rule; and where the legal clock may have stood still, nothing is claimed.

use jiff::{SignedDuration, Timestamp};

use super::times::{DossierTimes, Supplement};

/// Whether an apology is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApologyDuty {
    /// The limit has not passed, or the allowance not since.
    NotOwed,
    /// The limit has passed unless waits other than for supplements stop the legal clock,
    /// which depends on the procedure (administration.md 5.4).
    Unsettled,
    /// The limit has passed, with every wait taken off.
    Owed,
}

/// Whether an apology is owed at `as_of`: the appointment, or receipt plus the maximum time,
/// has passed by `allowance` or more, with the time of supplements taken off. `other_waits`
/// are the times in which the dossier waited otherwise (status 6 and 8).
///
/// A dossier of which an apology is owed is late by every reading of the late rule; not every
/// late dossier owes one.
#[must_use]
pub fn owes_apology(
    times: &DossierTimes,
    other_waits: &[Supplement],
    allowance: SignedDuration,
    as_of: Timestamp,
) -> ApologyDuty {
    if !has_passed(times, allowance, as_of) {
        return ApologyDuty::NotOwed;
    }
    let mut all_waits = times.clone();
    all_waits.supplements.extend_from_slice(other_waits);
    if has_passed(&all_waits, allowance, as_of) {
        ApologyDuty::Owed
    } else {
        ApologyDuty::Unsettled
    }
}

/// Whether the limit has passed, with the waits that stand in `times` taken off, before the
/// dossier ended or a wait began that still lasts, and the allowance has passed since.
fn has_passed(times: &DossierTimes, allowance: SignedDuration, as_of: Timestamp) -> bool {
    let known = times.known_at(as_of);
    let limit = known.appointment.or_else(|| {
        let received = known.received?;
        received.checked_add(known.maximum?).ok()
    });
    let Some(limit) = limit else {
        return false;
    };
    let since = known.supplements.iter();
    let since = since.filter(|it| it.completed().is_none());
    let waiting = since.map(|it| it.requested()).min();
    let end = known.end().or(waiting).unwrap_or(as_of);
    let waited = known.supplemented(end);
    let moved = |limit: Timestamp| limit.checked_add(waited).ok();
    let owed_from = |limit: Timestamp| limit.checked_add(allowance).ok();
    moved(limit)
        .is_some_and(|limit| limit < end && owed_from(limit).is_some_and(|from| from <= as_of))
}
