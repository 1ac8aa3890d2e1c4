//! The ten states in which the national portal sees a dossier.
//!
//! Only 1 to 10 exist. Systems in the field also send 0 and 11 and swap 1 with
//! 2 and 3 with 8 (portal.md 8); none of that is repaired here, because only
//! the sender knows what was meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Trạng thái hồ sơ (`TrangThaiHoSo`, `TrangThai`), portal.md 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum PortalStatus {
    /// 1, mới đăng ký: submitted, nobody has looked at it.
    Registered,
    /// 2, được tiếp nhận: the one-stop desk has accepted it.
    Received,
    /// 3, không được tiếp nhận: the one-stop desk has refused it.
    NotReceived,
    /// 4, đang xử lý: with the specialist department.
    Processing,
    /// 5, yêu cầu bổ sung giấy tờ: papers are missing.
    SupplementRequired,
    /// 6, yêu cầu thực hiện nghĩa vụ tài chính: tax or fee is due.
    PaymentRequired,
    /// 7, công dân yêu cầu rút hồ sơ: withdrawn by the citizen.
    Withdrawn,
    /// 8, dừng xử lý: stopped, not eligible.
    Stopped,
    /// 9, đã xử lý xong: the result is at the one-stop desk.
    Processed,
    /// 10, đã trả kết quả: the citizen has the result.
    ResultReturned,
}

/// Why a value is not a state of the portal; never holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPortalStatus {
    /// Not a number written in plain digits.
    #[error("a dossier status is a number from 1 to 10")]
    Format,
    /// A number, but not one of the ten; 0 and 11 are sent by some systems and
    /// mean nothing (portal.md 8).
    #[error("the dossier status is not one of 1 to 10")]
    OutOfRange,
}

impl PortalStatus {
    /// All states, in the order of their codes.
    pub const ALL: [Self; 10] = [
        Self::Registered,
        Self::Received,
        Self::NotReceived,
        Self::Processing,
        Self::SupplementRequired,
        Self::PaymentRequired,
        Self::Withdrawn,
        Self::Stopped,
        Self::Processed,
        Self::ResultReturned,
    ];

    /// Reads the text on the wire, `"1"` to `"10"`, without sign or leading
    /// zero.
    ///
    /// # Errors
    /// [`InvalidPortalStatus`].
    pub fn parse(text: &str) -> Result<Self, InvalidPortalStatus> {
        let plain = !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        if !plain {
            return Err(InvalidPortalStatus::Format);
        }
        text.parse::<u8>()
            .map_err(|_| InvalidPortalStatus::OutOfRange)?
            .try_into()
    }

    /// The code on the wire, 1 to 10.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Registered => 1,
            Self::Received => 2,
            Self::NotReceived => 3,
            Self::Processing => 4,
            Self::SupplementRequired => 5,
            Self::PaymentRequired => 6,
            Self::Withdrawn => 7,
            Self::Stopped => 8,
            Self::Processed => 9,
            Self::ResultReturned => 10,
        }
    }

    /// The official name.
    #[must_use]
    pub const fn name_vi(self) -> &'static str {
        match self {
            Self::Registered => "Mới đăng ký",
            Self::Received => "Được tiếp nhận",
            Self::NotReceived => "Không được tiếp nhận",
            Self::Processing => "Đang xử lý",
            Self::SupplementRequired => "Yêu cầu bổ sung giấy tờ",
            Self::PaymentRequired => "Yêu cầu thực hiện nghĩa vụ tài chính",
            Self::Withdrawn => "Công dân yêu cầu rút hồ sơ",
            Self::Stopped => "Dừng xử lý",
            Self::Processed => "Đã xử lý xong",
            Self::ResultReturned => "Đã trả kết quả",
        }
    }

    /// The name in English; not official.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::Registered => "newly registered",
            Self::Received => "received",
            Self::NotReceived => "not received",
            Self::Processing => "in processing",
            Self::SupplementRequired => "supplement required",
            Self::PaymentRequired => "payment required",
            Self::Withdrawn => "withdrawn by the citizen",
            Self::Stopped => "processing stopped",
            Self::Processed => "processed",
            Self::ResultReturned => "result returned",
        }
    }

    /// Whether no further processing is expected: refused, withdrawn, stopped
    /// or the result handed over.
    ///
    /// No source says which states are final; this is read from their names.
    /// A processed dossier is not final, its result still waits at the desk.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::NotReceived | Self::Withdrawn | Self::Stopped | Self::ResultReturned => true,
            Self::Registered
            | Self::Received
            | Self::Processing
            | Self::SupplementRequired
            | Self::PaymentRequired
            | Self::Processed => false,
        }
    }
}

impl TryFrom<u8> for PortalStatus {
    type Error = InvalidPortalStatus;

    fn try_from(code: u8) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|status| status.code() == code)
            .ok_or(InvalidPortalStatus::OutOfRange)
    }
}

impl From<PortalStatus> for u8 {
    fn from(status: PortalStatus) -> Self {
        status.code()
    }
}

impl FromStr for PortalStatus {
    type Err = InvalidPortalStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The code as it stands on the wire.
impl fmt::Display for PortalStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_is_that_of_the_portal() {
        let table: Vec<String> = PortalStatus::ALL
            .iter()
            .map(|status| {
                let end = if status.is_final() { " (final)" } else { "" };
                format!("{status} {}{end}", status.name_vi())
            })
            .collect();
        let expected = [
            "1 Mới đăng ký",
            "2 Được tiếp nhận",
            "3 Không được tiếp nhận (final)",
            "4 Đang xử lý",
            "5 Yêu cầu bổ sung giấy tờ",
            "6 Yêu cầu thực hiện nghĩa vụ tài chính",
            "7 Công dân yêu cầu rút hồ sơ (final)",
            "8 Dừng xử lý (final)",
            "9 Đã xử lý xong",
            "10 Đã trả kết quả (final)",
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn zero_and_eleven_are_no_states() {
        for code in [0, 11, 255] {
            assert_eq!(
                PortalStatus::try_from(code),
                Err(InvalidPortalStatus::OutOfRange)
            );
        }
        for text in ["0", "11", "99999999999999999999"] {
            assert_eq!(
                PortalStatus::parse(text),
                Err(InvalidPortalStatus::OutOfRange)
            );
        }
        for text in ["", " 1", "01", "+1", "-1", "1.0", "một", "１"] {
            assert_eq!(
                PortalStatus::parse(text),
                Err(InvalidPortalStatus::Format),
                "{text:?}"
            );
        }
    }

    #[test]
    fn names_in_english_are_distinct() {
        let mut names: Vec<&str> = PortalStatus::ALL
            .iter()
            .map(|status| status.name_en())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PortalStatus::ALL.len());
    }

    proptest! {
        #[test]
        fn every_state_survives_the_round_trip(code in 1u8..=10) {
            let status = PortalStatus::try_from(code).unwrap();
            prop_assert_eq!(status.code(), code);
            prop_assert_eq!(PortalStatus::parse(&status.to_string()), Ok(status));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in prop_oneof![any::<String>(), "[0-9]{0,4}"]) {
            if let Ok(status) = PortalStatus::parse(&text) {
                prop_assert_eq!(status.to_string(), text);
            }
        }
    }
}
