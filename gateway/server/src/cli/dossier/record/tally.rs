//! What became of the events of a file, counted.

use crate::cli::{DONE, FAILED, UPSTREAM_UNAVAILABLE};
use crate::lang::Lang;

/// What became of the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Durable now.
    pub(super) recorded: u64,
    /// Durable before.
    pub(super) repeated: u64,
    /// Refused for good.
    pub(super) refused: u64,
    /// Not taken because something is out.
    pub(super) put_off: u64,
    /// Not sent, because they cannot be read.
    pub(super) unreadable: u64,
    /// Sent, and never answered.
    pub(super) unanswered: u64,
}

impl Tally {
    /// How many got an answer.
    pub(super) fn answered(self) -> u64 {
        self.recorded + self.repeated + self.refused + self.put_off
    }

    /// 1 where something has to be mended, 69 where it may be tried again as it is.
    pub(super) fn exit_code(self) -> u8 {
        if self.refused + self.unreadable > 0 {
            FAILED
        } else if self.put_off + self.unanswered > 0 {
            UPSTREAM_UNAVAILABLE
        } else {
            DONE
        }
    }

    /// The counts in words.
    pub(super) fn counts(self, lang: Lang) -> String {
        let rows = [
            (self.recorded, "đã ghi nhận", "recorded"),
            (self.repeated, "đã có từ trước", "recorded before"),
            (self.refused, "bị từ chối", "refused"),
            (self.put_off, "chưa nhận được", "not taken at present"),
            (self.unreadable, "không đọc được", "unreadable"),
            (self.unanswered, "chưa có biên nhận", "without receipt"),
        ];
        let told: Vec<String> = rows
            .iter()
            .enumerate()
            .filter(|(index, (number, ..))| *index == 0 || *number > 0)
            .map(|(_, (number, vi, en))| format!("{number} {}", lang.pick(vi, en)))
            .collect();
        told.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use crate::lang::Lang;

    #[test]
    fn the_exit_code_tells_what_a_script_must_do() {
        let done = Tally {
            recorded: 2,
            repeated: 1,
            ..Tally::default()
        };
        assert_eq!(done.exit_code(), 0);
        assert_eq!(done.counts(Lang::En), "2 recorded, 1 recorded before");
        let again = Tally { put_off: 1, ..done };
        assert_eq!(again.exit_code(), 69);
        let mend = Tally {
            refused: 1,
            ..again
        };
        assert_eq!(mend.exit_code(), 1);
        assert_eq!(Tally::default().counts(Lang::Vi), "0 đã ghi nhận");
    }
}
