//! How a command that calls a gateway can end badly, and what is said about it.
//!
//! What a reader would get wrong: the gateway tells the fields that are wrong in English, for
//! programs and officers of other systems alike. In Vietnamese they are told here, by the
//! stable names of the rules; where a rule has no Vietnamese words, the gateway's stand.

mod rules;

use std::fmt::Write as _;

use super::print::chain;
use super::words::{clean, spoken};
use super::{BAD_CONFIG, FAILED, UPSTREAM_UNAVAILABLE};
use crate::client::ConnectError;
use crate::client::json::InvalidJson;
use crate::client::refusal::Refusal;
use crate::lang::Lang;
use crate::status::Reason;

/// Arguments that clap could not refuse (contract.md 3).
const USAGE: u8 = 2;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The arguments do not go together; the text is in the user's language.
    Usage(String),
    /// Something on this machine is in the way; the text is in the user's language.
    Local(String),
    /// No connection.
    Connect(ConnectError),
    /// The gateway refused, or is out.
    Refused(Box<Refusal>),
    /// An answer cannot be written as JSON: a fault of this program.
    Json(InvalidJson),
}

impl Failure {
    /// Arguments that do not go together.
    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// Something on this machine that is in the way.
    pub(super) fn local(text: impl Into<String>) -> Self {
        Self::Local(text.into())
    }

    /// The exit code (contract.md 3). What a single call refuses as invalid came from the
    /// arguments, so it is usage.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::Connect(ConnectError::File { .. } | ConnectError::Unusable(_)) => BAD_CONFIG,
            Self::Connect(ConnectError::Unreachable { .. }) => UPSTREAM_UNAVAILABLE,
            Self::Refused(refusal) if refusal.is_outage() => UPSTREAM_UNAVAILABLE,
            Self::Refused(refusal) if refusal.code.is_invalid() => USAGE,
            Self::Local(_) | Self::Json(_) | Self::Refused(_) => FAILED,
        }
    }

    /// All that is known about it, in one block.
    pub(super) fn block(&self, lang: Lang) -> String {
        match self {
            Self::Usage(text) | Self::Local(text) => format!("✘ {text}"),
            Self::Json(error) => format!("✘ {error}"),
            Self::Connect(error) => {
                let mut text = format!("✘ {}", clean(&chain(error)));
                if matches!(error, ConnectError::Unreachable { .. }) {
                    let _ = write!(
                        text,
                        "\n    → {}",
                        lang.pick(
                            "Kiểm tra --server, cổng kết nối có đang chạy không, và chứng thư nếu dùng TLS.",
                            "Check --server, whether the gateway runs, and with TLS the certificates.",
                        )
                    );
                }
                text
            }
            Self::Refused(refusal) => refusal_block(refusal, lang),
        }
    }
}

/// A refusal for people: what, why, every field, and when to try again.
pub(super) fn refusal_block(refusal: &Refusal, lang: Lang) -> String {
    let what = if refusal.is_cut {
        lang.pick(
            "Mất liên lạc với cổng kết nối",
            "The connection to the gateway broke",
        )
    } else if refusal.is_outage() {
        lang.pick("Hiện không thực hiện được", "Not possible at present")
    } else {
        lang.pick("Cổng kết nối từ chối", "The gateway refused")
    };
    let mut text = format!("✘ {what}: {}", refusal.code.name());
    if !refusal.reason.is_empty() {
        let _ = write!(text, " ({})", clean(&refusal.reason));
    }
    let message = message(refusal, lang);
    if !message.is_empty() {
        let _ = write!(text, "\n    {}", clean(&message));
    }
    for wrong in &refusal.fields {
        let rule = match lang {
            Lang::Vi => rules::vietnamese(&wrong.name).unwrap_or(&wrong.rule),
            Lang::En => &wrong.rule,
        };
        let _ = write!(text, "\n    - {}: {}", clean(&wrong.field), clean(rule));
    }
    if let Some(after) = refusal.retry_after {
        let _ = write!(
            text,
            "\n    → {} {}",
            lang.pick("Thử lại sau", "Try again in"),
            spoken(after, lang)
        );
    }
    if let Some(advice) = advice(&refusal.reason, lang) {
        let _ = write!(text, "\n    → {advice}");
    }
    if let Some(fallback) = refusal.metadata.get("fallback") {
        let _ = write!(
            text,
            "\n    → {}: {}",
            lang.pick("Cách khác được phép", "Lawful fallback"),
            clean(fallback)
        );
    }
    text
}

/// What the gateway says, in the user's language where that is known.
fn message(refusal: &Refusal, lang: Lang) -> String {
    match (lang, &refusal.message_vi) {
        (Lang::Vi, Some(told)) => told.clone(),
        (Lang::Vi, None) if !refusal.fields.is_empty() => {
            format!("yêu cầu có {} chỗ sai", refusal.fields.len())
        }
        (Lang::Vi | Lang::En, _) => refusal.message.clone(),
    }
}

/// What the caller's side may do about a refusal with this reason.
fn advice(reason: &str, lang: Lang) -> Option<&'static str> {
    let advice = if reason == Reason::NotPermittedOperator.name() {
        lang.pick(
            "Ghi tên hệ thống này vào sync.operators trong cấu hình của cổng kết nối.",
            "Name this system in sync.operators of the gateway's configuration.",
        )
    } else if reason == Reason::NotPermittedRecorder.name() {
        lang.pick(
            "Ghi tên hệ thống này vào mục [services] (recorders hoặc vai trò tương ứng) trong cấu hình của cổng kết nối.",
            "Name this system in the section [services] (recorders, or the role) of the gateway's configuration.",
        )
    } else if reason == Reason::UnknownCaller.name() {
        lang.pick(
            "Khai báo chứng thư này ở mục [[clients]] trong cấu hình của cổng kết nối; không mã hoá thì \
             cần listen.plain_client.",
            "Name this certificate in a section [[clients]] of the gateway's configuration; plain \
             text needs listen.plain_client.",
        )
    } else {
        return None;
    };
    Some(advice)
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        Self::Refused(Box::new(Refusal::from(&status)))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<InvalidJson> for Failure {
    fn from(error: InvalidJson) -> Self {
        Self::Json(error)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Failure;
    use crate::lang::Lang;
    use crate::status::{CatalogueFailure, EssentialFailure, ServerError, Violation, Why};

    fn failure(error: &ServerError) -> Failure {
        Failure::from(error.to_status())
    }

    #[test]
    fn a_refusal_is_one_block_with_every_field() {
        let refused = failure(&ServerError::Invalid(vec![
            Violation::new("filter.unit_code", "AGENCY_CODE", "is not an agency code"),
            Violation::new("reason", "REASON", "must have 5 to 500 characters"),
        ]));
        assert_eq!(refused.exit_code(), 2);
        insta::assert_snapshot!(refused.block(Lang::Vi));
    }

    #[test]
    fn an_outage_tells_when_to_try_again_and_ends_with_69() {
        let out = failure(&ServerError::Outbox(
            lienthong_core::ports::outbox::OutboxError::Unavailable {
                reason: "SECRET".to_owned(),
            },
        ));
        assert_eq!(out.exit_code(), 69);
        insta::assert_snapshot!(out.block(Lang::En));
    }

    #[test]
    fn what_the_gateway_says_in_vietnamese_stands_in_place_of_its_english() {
        let state = EssentialFailure::ReportState {
            why: Why {
                vi: "báo cáo chưa được duyệt",
                en: "it is not approved yet",
            },
        };
        let refused = failure(&state.into());
        let vietnamese = refused.block(Lang::Vi);
        assert!(
            vietnamese.contains("\n    báo cáo chưa được duyệt"),
            "{vietnamese}"
        );
        assert!(!vietnamese.contains("not approved"), "{vietnamese}");
        let english = refused.block(Lang::En);
        assert!(english.contains("it is not approved yet"), "{english}");
        let busy = failure(&CatalogueFailure::Running.into());
        assert!(busy.block(Lang::Vi).contains("đang lấy danh mục thủ tục"));
    }

    #[test]
    fn who_may_not_operate_hears_what_makes_him_an_operator() {
        let refused = failure(&ServerError::OperatorNotPermitted);
        assert!(
            refused
                .block(Lang::Vi)
                .contains("→ Ghi tên hệ thống này vào sync.operators")
        );
        assert!(
            refused
                .block(Lang::En)
                .contains("→ Name this system in sync.operators")
        );
    }

    #[test]
    fn each_kind_of_failure_has_its_exit_code() {
        assert_eq!(Failure::usage("x").exit_code(), 2);
        assert_eq!(Failure::local("x").exit_code(), 1);
        assert_eq!(failure(&ServerError::DeadlineExceeded).exit_code(), 69);
        assert_eq!(failure(&ServerError::UnknownMethod).exit_code(), 1);
        let busy = ServerError::Overloaded {
            retry_after: Duration::from_secs(1),
        };
        assert_eq!(failure(&busy).exit_code(), 1);
    }
}
