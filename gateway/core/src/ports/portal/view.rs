//! What the portal tells of a dossier when it is asked (`TraCuuHoSo`).
//!
//! What a reader would get wrong: a list of steps that cannot be read is neither an empty
//! list nor a missing one. Nothing may be concluded from it.

use jiff::Timestamp;

use crate::dossier::Step;
use crate::portal_status::PortalStatus;

/// What the portal knows of a dossier (`TraCuuHoSo`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortalView {
    /// It does not hold the dossier.
    Absent,
    /// It holds the dossier. The real answer is publicly known only as present or
    /// absent, so each field may be missing.
    Present {
        /// Status there.
        status: Option<PortalStatus>,
        /// Steps there.
        steps: StepsThere,
        /// What else it tells.
        details: Box<PortalDetails>,
    },
}

/// The steps that an answer tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepsThere {
    /// The answer carries no list.
    NotCarried,
    /// It carries a list, and not all of it can be read. Half a list would look like
    /// missing steps.
    Unreadable,
    /// The whole list, in the portal's order.
    Listed(Vec<StepMark>),
}

impl StepsThere {
    /// The list, where it could be read.
    #[must_use]
    pub fn listed(&self) -> Option<&[StepMark]> {
        match self {
            Self::Listed(marks) => Some(marks),
            Self::NotCarried | Self::Unreadable => None,
        }
    }
}

/// What a profile's answer tells of a dossier besides status and steps. `None` is a field
/// that the answer does not carry; `Some(None)` one that it carries empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalDetails {
    /// Ngày tiếp nhận (`NgayTiepNhan`).
    pub received: Option<Option<Timestamp>>,
    /// Ngày hẹn trả (`NgayHenTra`).
    pub due: Option<Option<Timestamp>>,
    /// Ngày kết thúc xử lý (`NgayKetThucXuLy`).
    pub finished: Option<Option<Timestamp>>,
    /// Ngày trả (`NgayTra`).
    pub returned: Option<Option<Timestamp>>,
    /// Papers of the result (`DanhSachGiayToKetQua`): of each, whether it has a file.
    pub results: Option<Vec<bool>>,
    /// A status that is not one of the ten, letter for letter as it came, cut to 50
    /// characters.
    pub raw_status: Option<String>,
}

/// By what a step is recognised at the portal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepMark {
    /// Moment of the step (`ThoiDiemXuLy`), whole seconds.
    pub handled_at: Timestamp,
    /// Status that the step led to (`TrangThai`).
    pub status: StepStatus,
    /// Content (`NoiDungXuLy`).
    pub content: String,
}

/// The status of a step as the portal shows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StepStatus {
    /// One of the ten.
    Known(PortalStatus),
    /// Another, letter for letter; 0 and 11 have been seen (portal.md 8).
    Other(String),
}

impl StepStatus {
    /// Longest text kept of a status that is not one of the ten, in characters.
    pub const OTHER_LIMIT: usize = 50;

    /// Reads what stands as a status; any text is one.
    #[must_use]
    pub fn read(text: &str) -> Self {
        PortalStatus::parse(text).map_or_else(
            |_| Self::Other(text.chars().take(Self::OTHER_LIMIT).collect()),
            Self::Known,
        )
    }
}

impl From<PortalStatus> for StepStatus {
    fn from(status: PortalStatus) -> Self {
        Self::Known(status)
    }
}

impl StepMark {
    /// By what `step` is recognised once it is there.
    #[must_use]
    pub fn of(step: &Step) -> Self {
        let at = step.handled_at;
        Self {
            // The portal keeps no finer part of a moment.
            handled_at: Timestamp::from_second(at.as_second()).unwrap_or(at),
            status: step.status.into(),
            content: step.content.as_str().to_owned(),
        }
    }

    /// Whether `other` shows an equal step: second, status and content agree.
    #[must_use]
    pub fn is_same_step(&self, other: &Self) -> bool {
        self.status == other.status && self.has_place_of(other)
    }

    /// Whether this may be `other` under a status that is not one of the ten: second and
    /// content agree.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        matches!(self.status, StepStatus::Other(_)) && self.has_place_of(other)
    }

    fn has_place_of(&self, other: &Self) -> bool {
        self.handled_at.as_second() == other.handled_at.as_second() && self.content == other.content
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::samples;

    #[test]
    fn a_status_that_is_not_one_of_the_ten_is_kept_letter_for_letter_and_cut() {
        let known = StepStatus::Known(PortalStatus::Processing);
        assert_eq!(StepStatus::read("4"), known);
        for odd in ["0", "11", "04", "đang xử lý"] {
            assert_eq!(StepStatus::read(odd), StepStatus::Other(odd.to_owned()));
        }
        let StepStatus::Other(cut) = StepStatus::read(&"ộ".repeat(1_000)) else {
            panic!("no status has a thousand letters");
        };
        assert_eq!(cut.chars().count(), StepStatus::OTHER_LIMIT);
    }

    #[test]
    fn a_step_under_an_odd_status_may_be_ours_and_is_not_known_to_be() {
        let ours = StepMark::of(&samples::step(0, "Thẩm định"));
        let odd = StepMark {
            status: StepStatus::read("11"),
            ..ours.clone()
        };
        assert!(odd.may_be(&ours) && !odd.is_same_step(&ours));
        let elsewhere = StepMark::of(&samples::step(60, "Thẩm định"));
        assert!(!odd.may_be(&elsewhere));
        assert!(ours.is_same_step(&ours) && !ours.may_be(&ours));
    }
}
