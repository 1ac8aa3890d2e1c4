//! What can be done about a difference without a person: send again, in order, and only
//! where nothing is doubled and nothing of somebody else's is overwritten.
//!
//! What a reader would get wrong: a state is sent whole and may be sent as often as one
//! likes, but the portal appends steps. So a replay may begin only where every accepted
//! step behind its beginning is missing at the portal.

use super::Difference;
use super::compare::accepted;
use crate::ports::outbox::{DossierRecord, EventKind};
use crate::sync::cause::Cause;
use crate::sync::state::SyncState;

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Send the accepted events again from this revision on
    /// ([`crate::ports::ledger::Ledger::replay`]).
    Replay {
        /// The first of them.
        from_revision: u64,
        /// Whether the portal holds the dossier.
        known_at_portal: bool,
    },
    /// A person must look.
    ByHand(ByHand),
}

/// Why a person must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHand {
    /// The dossier was never recorded here.
    NeverRecorded,
    /// An event of it is not accepted, so there is nothing to send again before that one.
    NotAccepted,
    /// The portal holds something that we did not send.
    NotOurs,
    /// Sending again would double steps that stand there.
    WouldDouble,
    /// The content is not kept here any more.
    NotKept,
    /// What is kept here cannot be read back.
    Unreadable,
}

impl ByHand {
    /// What to do, in Vietnamese.
    #[must_use]
    pub fn advice_vi(self) -> &'static str {
        match self {
            Self::NeverRecorded => {
                "Cổng DVCQG có hồ sơ mà cổng kết nối chưa từng nhận; kiểm tra hệ thống một cửa và gửi hồ sơ qua cổng kết nối."
            }
            Self::NotAccepted => {
                "Một sự kiện của hồ sơ chưa được cổng nhận; xử lý nguyên nhân lỗi rồi cho gửi lại."
            }
            Self::NotOurs => {
                "Cổng DVCQG có giá trị không do cổng kết nối gửi; xác định ai đã thay đổi trên Cổng DVCQG trước khi gửi lại."
            }
            Self::WouldDouble => {
                "Gửi lại sẽ lặp các bước đã có trên cổng; hệ thống một cửa gửi trạng thái mới nhất của hồ sơ thêm một lần."
            }
            Self::NotKept => {
                "Nội dung hồ sơ không còn lưu tại cổng kết nối; hệ thống một cửa gửi lại hồ sơ."
            }
            Self::Unreadable => {
                "Nội dung hồ sơ lưu tại cổng kết nối không đọc được; xem nhật ký của cổng kết nối và kiểm tra kho dữ liệu."
            }
        }
    }

    /// What to do, in English.
    #[must_use]
    pub fn advice_en(self) -> &'static str {
        match self {
            Self::NeverRecorded => {
                "The portal has a dossier that was never recorded here; check the procedure system and record it."
            }
            Self::NotAccepted => {
                "An event of the dossier is not accepted yet; mend its cause, then release the dossier."
            }
            Self::NotOurs => {
                "The portal holds a value that the gateway did not send; find out who changed it before sending again."
            }
            Self::WouldDouble => {
                "Sending again would double steps that stand at the portal; record the dossier's newest state once more."
            }
            Self::NotKept => {
                "The dossier's content is not kept here any more; record the dossier again."
            }
            Self::Unreadable => {
                "What is kept of the dossier cannot be read back; look into the gateway's log and check the store."
            }
        }
    }
}

/// What may be done about `difference`, one of `all` that were found of the dossier.
#[must_use]
pub fn repair(
    record: Option<&DossierRecord>,
    all: &[Difference],
    difference: &Difference,
) -> Repair {
    let Some(record) = record else {
        return Repair::ByHand(ByHand::NeverRecorded);
    };
    let from = match difference {
        Difference::MissingHere => return Repair::ByHand(ByHand::NeverRecorded),
        // Not ours, or ours by an attempt whose event was refused or given up since.
        Difference::UnexpectedThere => return Repair::ByHand(ByHand::NotAccepted),
        Difference::StatusAhead { .. }
        | Difference::StatusUnknown { .. }
        | Difference::DateChanged { ours: None, .. } => {
            return Repair::ByHand(ByHand::NotOurs);
        }
        Difference::MissingThere => 1,
        Difference::StepsMissing {
            first_revision: 0, ..
        } => return Repair::ByHand(ByHand::WouldDouble),
        Difference::StepsMissing { first_revision, .. } => *first_revision,
        Difference::StatusBehind { .. }
        | Difference::DateChanged { ours: Some(_), .. }
        | Difference::ResultWithoutFile { .. } => newest_state(record),
    };
    // The state that goes along would overwrite it.
    if all.iter().any(is_not_ours) {
        return Repair::ByHand(ByHand::NotOurs);
    }
    if record.state != SyncState::Accepted
        && !(*difference == Difference::MissingThere && waits_for_its_dossier(record))
    {
        return Repair::ByHand(ByHand::NotAccepted);
    }
    if record.dossier.is_none() {
        return Repair::ByHand(ByHand::NotKept);
    }
    if doubles(record, all, from) {
        return Repair::ByHand(ByHand::WouldDouble);
    }
    Repair::Replay {
        from_revision: from,
        known_at_portal: *difference != Difference::MissingThere,
    }
}

/// What may be done about all differences of a dossier at once; `None` without any. What
/// needs a person does not keep the rest from being repaired.
#[must_use]
pub fn plan(record: Option<&DossierRecord>, differences: &[Difference]) -> Option<Repair> {
    differences
        .iter()
        .map(|difference| repair(record, differences, difference))
        .reduce(|one, other| match (one, other) {
            (
                Repair::Replay {
                    from_revision: one,
                    known_at_portal: known,
                },
                Repair::Replay {
                    from_revision: other,
                    known_at_portal: also_known,
                },
            ) => Repair::Replay {
                from_revision: one.min(other),
                known_at_portal: known && also_known,
            },
            (replay @ Repair::Replay { .. }, Repair::ByHand(_))
            | (Repair::ByHand(_), replay @ Repair::Replay { .. }) => replay,
            (by_hand @ Repair::ByHand(_), Repair::ByHand(_)) => by_hand,
        })
}

/// Whether nothing keeps the next event back but that the portal has lost the dossier: with
/// the dossier it is brought there as well.
fn waits_for_its_dossier(record: &DossierRecord) -> bool {
    let mut waiting = record.timeline.iter();
    let head = waiting.find(|entry| entry.state != SyncState::Accepted);
    head.is_some_and(|head| {
        let last = head.attempts.last().and_then(|attempt| attempt.cause);
        head.state == SyncState::Dead && last == Some(Cause::DossierNotFound)
    })
}

/// Whether the portal holds something that we did not send.
fn is_not_ours(difference: &Difference) -> bool {
    match difference {
        Difference::StatusAhead { .. }
        | Difference::StatusUnknown { .. }
        | Difference::DateChanged { ours: None, .. } => true,
        Difference::MissingThere
        | Difference::MissingHere
        | Difference::UnexpectedThere
        | Difference::StatusBehind { .. }
        | Difference::StepsMissing { .. }
        | Difference::DateChanged { ours: Some(_), .. }
        | Difference::ResultWithoutFile { .. } => false,
    }
}

fn newest_state(record: &DossierRecord) -> u64 {
    accepted(record)
        .filter(|entry| entry.kind == EventKind::State)
        .last()
        .map_or(1, |entry| entry.revision)
}

/// Whether a replay from `from` on would carry a step that stands at the portal.
fn doubles(record: &DossierRecord, all: &[Difference], from: u64) -> bool {
    if all.contains(&Difference::MissingThere) {
        return false;
    }
    let missing_from = all
        .iter()
        .find_map(|difference| match difference {
            Difference::StepsMissing {
                first_revision: first @ 1..,
                ..
            } => Some(*first),
            Difference::StepsMissing {
                first_revision: 0, ..
            }
            | Difference::MissingThere
            | Difference::MissingHere
            | Difference::UnexpectedThere
            | Difference::StatusBehind { .. }
            | Difference::StatusAhead { .. }
            | Difference::StatusUnknown { .. }
            | Difference::DateChanged { .. }
            | Difference::ResultWithoutFile { .. } => None,
        })
        .unwrap_or(u64::MAX);
    accepted(record)
        .filter(|entry| entry.kind == EventKind::Step && entry.revision >= from)
        .any(|entry| entry.revision < missing_from)
}

#[cfg(test)]
mod tests;
