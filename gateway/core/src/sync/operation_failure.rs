//! Why work that an operator started could not go on: a closed list, with advice.

/// Why an operation ended as failed (contract.md 2: every failure has advice).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationFailure {
    /// The store could not be used while its dossiers were chosen.
    StoreUnavailable,
    /// Its gateway went away while its dossiers were chosen.
    Interrupted,
    /// The portal's profile has no question.
    CannotBeAsked,
    /// Something that is stored of it cannot be read back.
    Unreadable,
}

impl OperationFailure {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::StoreUnavailable,
        Self::Interrupted,
        Self::CannotBeAsked,
        Self::Unreadable,
    ];

    /// Its name, as it is kept and told.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
            Self::Interrupted => "INTERRUPTED",
            Self::CannotBeAsked => "CANNOT_BE_ASKED",
            Self::Unreadable => "STORED_CONTENT_UNREADABLE",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.name() == name)
    }

    /// What to do about it, in Vietnamese.
    #[must_use]
    pub fn advice_vi(self) -> &'static str {
        match self {
            Self::StoreUnavailable => {
                "Kho dữ liệu của cổng kết nối không dùng được khi đang chọn hồ sơ; kiểm tra kho (dung lượng, kết nối) rồi chạy lại."
            }
            Self::Interrupted => {
                "Cổng kết nối dừng khi đang chọn hồ sơ; chưa chọn đủ nên không làm tiếp. Hãy chạy lại."
            }
            Self::CannotBeAsked => {
                "Cấu hình kết nối Cổng DVCQG hiện tại không có chức năng tra cứu hồ sơ; khai báo địa chỉ tra cứu (find_path) rồi chạy lại."
            }
            Self::Unreadable => {
                "Dữ liệu đã lưu của tác vụ này không đọc được; xem nhật ký của cổng kết nối theo mã tác vụ, kiểm tra kho (lienthong backup verify), rồi chạy tác vụ mới."
            }
        }
    }

    /// What to do about it, in English.
    #[must_use]
    pub fn advice_en(self) -> &'static str {
        match self {
            Self::StoreUnavailable => {
                "The gateway's store could not be used while the dossiers were chosen; check it (space, connection), then start again."
            }
            Self::Interrupted => {
                "The gateway stopped while the dossiers were chosen; a part of them would mislead, so start again."
            }
            Self::CannotBeAsked => {
                "The configured portal profile has no question; configure its address (find_path), then start again."
            }
            Self::Unreadable => {
                "What is stored of this operation cannot be read back; look for its id in the gateway's log, check the store (lienthong backup verify), and start a new one."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OperationFailure;

    #[test]
    fn each_is_known_by_its_name_and_has_advice_in_both_languages() {
        for failure in OperationFailure::ALL {
            assert_eq!(OperationFailure::from_name(failure.name()), Some(failure));
            assert_ne!(failure.advice_vi(), failure.advice_en());
            assert!(failure.advice_vi().ends_with('.') && failure.advice_en().ends_with('.'));
        }
        assert_eq!(OperationFailure::from_name("SOMETHING"), None);
    }
}
