//! Why an event is not at the portal yet: a closed list, with advice.

/// Cause of a failed attempt (contract.md 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// No valid session could be had.
    Session,
    /// A code has no counterpart at the portal.
    MappingMissing,
    /// The portal refused a field, or the whole call as it was written.
    FieldRejected,
    /// The portal holds another dossier under this number.
    DuplicateNumber,
    /// The portal does not hold the dossier that was to be changed.
    DossierNotFound,
    /// The portal did not answer in time.
    UpstreamTimeout,
    /// The portal cannot be reached or failed.
    UpstreamUnavailable,
    /// The portal asks to slow down.
    UpstreamThrottled,
    /// The portal's answer cannot be understood.
    UpstreamNonsense,
    /// The portal's certificate does not hold.
    Certificate,
    /// The portal answered with a text that is in no table.
    UnknownText,
    /// The portal does not let our address, agency or account in.
    AccessDenied,
    /// The portal could not fetch a file from its address.
    FileUnreachable,
    /// The effect is unknown, and the profile has no way to ask.
    CannotBeAsked,
    /// The gateway stopped in the middle of an attempt.
    Interrupted,
    /// What was kept of the event cannot be read back, so there is nothing to send.
    StoredUnreadable,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 16] = [
        Self::Session,
        Self::MappingMissing,
        Self::FieldRejected,
        Self::DuplicateNumber,
        Self::DossierNotFound,
        Self::UpstreamTimeout,
        Self::UpstreamUnavailable,
        Self::UpstreamThrottled,
        Self::UpstreamNonsense,
        Self::Certificate,
        Self::UnknownText,
        Self::AccessDenied,
        Self::FileUnreachable,
        Self::CannotBeAsked,
        Self::Interrupted,
        Self::StoredUnreadable,
    ];

    /// The name of contract.md 2.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "SESSION",
            Self::MappingMissing => "MAPPING_MISSING",
            Self::FieldRejected => "FIELD_REJECTED",
            Self::DuplicateNumber => "DUPLICATE_NUMBER",
            Self::DossierNotFound => "DOSSIER_NOT_FOUND",
            Self::UpstreamTimeout => "UPSTREAM_TIMEOUT",
            Self::UpstreamUnavailable => "UPSTREAM_UNAVAILABLE",
            Self::UpstreamThrottled => "UPSTREAM_THROTTLED",
            Self::UpstreamNonsense => "UPSTREAM_NONSENSE",
            Self::Certificate => "CERTIFICATE",
            Self::UnknownText => "UNKNOWN_TEXT",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::FileUnreachable => "FILE_UNREACHABLE",
            Self::CannotBeAsked => "CANNOT_BE_ASKED",
            Self::Interrupted => "INTERRUPTED",
            Self::StoredUnreadable => "STORED_CONTENT_UNREADABLE",
        }
    }

    /// The cause with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }

    /// Whether the cause says something about the portal or the way to it, and
    /// nothing about the dossier. Such a failure never ends a dossier's patience; a
    /// page or a sentence that says "maintenance" in place of an answer is one of them.
    #[must_use]
    pub fn is_outage(self) -> bool {
        match self {
            Self::Session
            | Self::UpstreamTimeout
            | Self::UpstreamUnavailable
            | Self::UpstreamThrottled
            | Self::UpstreamNonsense
            | Self::Certificate
            | Self::AccessDenied
            | Self::Interrupted => true,
            Self::MappingMissing
            | Self::FieldRejected
            | Self::DuplicateNumber
            | Self::DossierNotFound
            | Self::FileUnreachable
            | Self::CannotBeAsked
            | Self::StoredUnreadable
            | Self::UnknownText => false,
        }
    }

    /// What to do about it, in Vietnamese.
    #[must_use]
    pub fn advice_vi(self) -> &'static str {
        match self {
            Self::Session => {
                "Kiểm tra tài khoản kết nối Cổng DVCQG; cổng không cấp phiên làm việc."
            }
            Self::MappingMissing => {
                "Bổ sung mã còn thiếu; sau đó người vận hành cho gửi lại hồ sơ."
            }
            Self::FieldRejected => {
                "Sửa trường bị từ chối trong hệ thống một cửa và gửi lại trạng thái hồ sơ; sau đó người vận hành cho gửi nội dung đã sửa (lienthong sync correct)."
            }
            Self::DuplicateNumber => {
                "Mã hồ sơ đã được dùng cho hồ sơ khác; kiểm tra bộ cấp mã hồ sơ."
            }
            Self::DossierNotFound => {
                "Cổng DVCQG không có hồ sơ này; người vận hành đối soát rồi cho sửa chênh lệch: hồ sơ và các bước được gửi lại theo thứ tự."
            }
            Self::UpstreamTimeout => {
                "Cổng DVCQG không trả lời kịp; hệ thống tra cứu trước khi gửi lại."
            }
            Self::UpstreamUnavailable => {
                "Cổng DVCQG không truy cập được; hệ thống tự gửi lại, chậm nhất 10 phút sau khi cổng hoạt động."
            }
            Self::UpstreamThrottled => "Cổng DVCQG yêu cầu gửi chậm lại; hệ thống tự điều chỉnh.",
            Self::UpstreamNonsense => {
                "Câu trả lời của cổng không đọc được; liên hệ đơn vị quản lý trục kết nối."
            }
            Self::Certificate => {
                "Chứng thư số của cổng không được chấp nhận; kiểm tra thời hạn của nó và tệp CA trong cấu hình."
            }
            Self::UnknownText => {
                "Cổng trả lời bằng nội dung chưa có trong bảng; báo để bổ sung bảng."
            }
            Self::AccessDenied => {
                "Cổng DVCQG không cho phép hệ thống này; kiểm tra địa chỉ, mã đơn vị và tài khoản kết nối."
            }
            Self::FileUnreachable => {
                "Cổng DVCQG không tải được tệp; kiểm tra đường dẫn tệp từ bên ngoài, sau đó người vận hành cho gửi lại hồ sơ."
            }
            Self::CannotBeAsked => {
                "Không rõ cổng đã nhận hay chưa và không tra cứu được; kiểm tra trên cổng, sau đó người vận hành ghi lại kết quả kiểm tra (lienthong sync resolve)."
            }
            Self::Interrupted => {
                "Cổng kết nối dừng giữa lúc gửi; hệ thống tra cứu trước khi gửi lại."
            }
            Self::StoredUnreadable => {
                "Nội dung đã lưu của sự kiện không đọc lại được; kiểm tra ổ đĩa và tệp dữ liệu (lienthong backup verify), khôi phục từ bản sao lưu, rồi hệ thống một cửa gửi lại hồ sơ."
            }
        }
    }

    /// What to do about it, in English.
    #[must_use]
    pub fn advice_en(self) -> &'static str {
        match self {
            Self::Session => "Check the portal account; the portal gives no session.",
            Self::MappingMissing => "Add the missing code; an operator then releases the dossier.",
            Self::FieldRejected => {
                "Correct the refused field in the procedure system, which records the dossier's state again; an operator then has the corrected content sent (lienthong sync correct)."
            }
            Self::DuplicateNumber => {
                "The dossier number belongs to another dossier; check the numbering."
            }
            Self::DossierNotFound => {
                "The portal does not hold the dossier; an operator reconciles and repairs the difference: dossier and steps are sent again in order."
            }
            Self::UpstreamTimeout => {
                "The portal did not answer in time; it is asked before the next send."
            }
            Self::UpstreamUnavailable => {
                "The portal cannot be reached; sending goes on by itself within 10 minutes of its return."
            }
            Self::UpstreamThrottled => {
                "The portal asks to slow down; the gateway adapts by itself."
            }
            Self::UpstreamNonsense => {
                "The portal's answer cannot be read; contact whoever runs the bus."
            }
            Self::Certificate => {
                "The portal's certificate was not accepted; check its validity and the CA file in the configuration."
            }
            Self::UnknownText => {
                "The portal answered with a text that is in no table; report it so that it is added."
            }
            Self::AccessDenied => {
                "The portal does not let this system in; check address, agency code and account."
            }
            Self::FileUnreachable => {
                "The portal could not fetch a file; check its address from outside, then an operator releases the dossier."
            }
            Self::CannotBeAsked => {
                "Whether the portal took it is unknown and cannot be asked; look at the portal, then an operator records what he found (lienthong sync resolve)."
            }
            Self::Interrupted => {
                "The gateway stopped in the middle of a send; the portal is asked before the next."
            }
            Self::StoredUnreadable => {
                "What was kept of the event cannot be read back; check the disk and the file (lienthong backup verify), restore a backup, then the procedure system sends the dossier again."
            }
        }
    }
}

#[cfg(test)]
mod tests;
