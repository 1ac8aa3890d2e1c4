//! What the gateway said when it did not do what it was asked.
//!
//! What a reader would get wrong: a call and one item of a stream fail in the same words,
//! so both are read into the one value that is shown.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

use lienthong_proto::v1;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::status::CallCode;

/// One field that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongField {
    /// Path of the field, in the names of the contract.
    pub(crate) field: String,
    /// Stable name of the rule; empty of an item of a stream, which does not tell it.
    pub(crate) name: String,
    /// The rule in words.
    pub(crate) rule: String,
}

/// A refusal or an outage, with all that the gateway told about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code of the call.
    pub(crate) code: CallCode,
    /// The reason from the closed list; empty when no gateway gave one.
    pub(crate) reason: String,
    /// In words.
    pub(crate) message: String,
    /// The same in Vietnamese, where the gateway told it.
    pub(crate) message_vi: Option<String>,
    /// Every field at once.
    pub(crate) fields: Vec<WrongField>,
    /// When the same may be tried again; `None` where that would not help.
    pub(crate) retry_after: Option<Duration>,
    /// What else a program can read of it.
    pub(crate) metadata: BTreeMap<String, String>,
    /// Whether the connection broke rather than the gateway answering.
    pub(crate) is_cut: bool,
}

impl Refusal {
    /// A stream that the gateway ended before its end, as `message` says.
    pub(crate) fn cut(message: &str) -> Self {
        Self {
            code: CallCode::UNKNOWN,
            reason: String::new(),
            message: message.to_owned(),
            message_vi: None,
            fields: Vec::new(),
            retry_after: None,
            metadata: BTreeMap::new(),
            is_cut: true,
        }
    }

    /// Whether the gateway or what stands behind it is out.
    pub(crate) fn is_outage(&self) -> bool {
        self.is_cut || self.code.is_outage()
    }
}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let fields = details.bad_request().map_or_else(Vec::new, |bad| {
            let wrong = bad.field_violations.iter().map(|violation| WrongField {
                field: violation.field.clone(),
                name: violation.reason.clone(),
                rule: violation.description.clone(),
            });
            wrong.collect()
        });
        let info = details.error_info();
        let is_cut = info.is_none() && broke(status);
        Self {
            code: CallCode::of(status),
            reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
            message: status.message().to_owned(),
            message_vi: details
                .localized_message()
                .filter(|told| told.locale == "vi")
                .map(|told| told.message.clone()),
            fields,
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            metadata: info
                .map(|info| info.metadata.clone().into_iter().collect())
                .unwrap_or_default(),
            is_cut,
        }
    }
}

/// Whether the status was made on this side because the connection failed.
fn broke(status: &Status) -> bool {
    let mut source = status.source();
    while let Some(error) = source {
        if error.is::<tonic::transport::Error>() || error.is::<hyper::Error>() {
            return true;
        }
        source = error.source();
    }
    false
}

impl From<v1::CallError> for Refusal {
    fn from(error: v1::CallError) -> Self {
        let wrong = error.violations.into_iter().map(|violation| WrongField {
            field: violation.field,
            name: String::new(),
            rule: violation.description,
        });
        Self {
            code: CallCode::from_number(error.code),
            reason: error.reason,
            message: error.message,
            message_vi: None,
            fields: wrong.collect(),
            retry_after: error
                .retry_after
                .and_then(|after| Duration::try_from(after).ok()),
            metadata: error.metadata.into_iter().collect(),
            is_cut: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lienthong_proto::v1;

    use super::Refusal;
    use crate::status::{ServerError, Violation};

    #[test]
    fn a_call_and_an_item_that_fail_alike_read_alike() {
        let wrong = ServerError::Invalid(vec![Violation::new(
            "step.content",
            "REQUIRED",
            "is required",
        )]);
        let of_call = Refusal::from(&wrong.to_status());
        assert_eq!(of_call.reason, "INVALID_FIELD");
        assert_eq!(of_call.fields[0].field, "step.content");
        assert_eq!(of_call.fields[0].name, "REQUIRED");
        assert!(of_call.code.is_invalid() && !of_call.is_outage());
        let item = v1::CallError {
            code: 3,
            reason: of_call.reason.clone(),
            message: of_call.message.clone(),
            violations: vec![v1::FieldViolation {
                field: "step.content".to_owned(),
                description: of_call.fields[0].rule.clone(),
            }],
            retry_after: None,
            metadata: of_call.metadata.clone().into_iter().collect(),
        };
        let mut nameless = of_call;
        nameless.fields[0].name.clear();
        assert_eq!(Refusal::from(item), nameless);
    }

    #[test]
    fn an_outage_tells_when_to_try_again() {
        let busy = ServerError::Overloaded {
            retry_after: Duration::from_secs(7),
        };
        let refusal = Refusal::from(&busy.to_status());
        assert_eq!(refusal.retry_after, Some(Duration::from_secs(7)));
        assert!(!refusal.is_cut);
        let late = Refusal::from(&ServerError::DeadlineExceeded.to_status());
        assert!(late.is_outage());
    }
}
