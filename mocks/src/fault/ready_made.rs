//! Answers of real gateways that are worth a name (population.md 11).
//!
//! What a reader would get wrong: they are ordinary effects. In a script for the control API the
//! same is written as `status` or `error_text`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ErrorCode, FaultEffect};

impl FaultEffect {
    /// This HTTP status without a body.
    #[must_use]
    pub const fn status(code: u16) -> Self {
        Self::Status {
            code,
            body: String::new(),
            headers: BTreeMap::new(),
        }
    }

    /// 429, with `Retry-After` in seconds if given. No real form is known.
    #[must_use]
    pub fn throttled(retry_after: Option<u32>) -> Self {
        let body = json!({"code": "900802", "message": "Message throttled out"});
        let retry_after = retry_after.map(|seconds| ("Retry-After", seconds.to_string()));
        Self::json(429, &body, retry_after)
    }

    /// 403 of a gateway that does not know the caller's address: `101` `IP_DISALLOWED`, as the
    /// Ministry of Justice services say it. The status and the members' names are an assumption.
    #[must_use]
    pub fn ip_disallowed() -> Self {
        let body = json!({"status": 0, "error_code": "101", "message": "IP_DISALLOWED"});
        Self::json(403, &body, None)
    }

    /// Step-up: 400 with `00`, a one-time password is needed (Thanh Hóa).
    #[must_use]
    pub fn otp_needed() -> Self {
        Self::json(400, &json!({"message": "00"}), None)
    }

    /// Step-up: 403 with `01`, the one-time password was wrong (Thanh Hóa).
    #[must_use]
    pub fn otp_wrong() -> Self {
        Self::json(403, &json!({"message": "01"}), None)
    }

    /// 500 of an X-Road security server, for example `Server.ServerProxy.NetworkError`. Unproven.
    #[must_use]
    pub fn x_road(fault_type: &str) -> Self {
        let body = json!({
            "type": fault_type,
            "message": "the service could not be reached",
            "detail": "00000000-0000-0000-0000-000000000000",
        });
        Self::json(500, &body, Some(("X-Road-Error", fault_type.to_owned())))
    }

    /// Code 004: the procedure is not licensed for look-ups (`OpenCPS` v2).
    #[must_use]
    pub fn procedure_not_licensed() -> Self {
        Self::error_text("004", "Thủ tục chưa được cấp phép khai thác CSDL dân cư")
    }

    /// Code 005: the officer's account may not look up (`OpenCPS` v2).
    #[must_use]
    pub fn officer_not_licensed() -> Self {
        Self::error_text("005", "Tài khoản cán bộ không có quyền thao tác")
    }

    /// This code and message in the upstream's own form of an error.
    #[must_use]
    pub fn error_text(code: impl Into<ErrorCode>, message: &str) -> Self {
        Self::ErrorText {
            code: code.into(),
            message: message.to_owned(),
        }
    }

    fn json(code: u16, body: &Value, header: Option<(&str, String)>) -> Self {
        let content_type = ("Content-Type", "application/json; charset=utf-8".to_owned());
        Self::Status {
            code,
            body: body.to_string(),
            headers: [Some(content_type), header]
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}
