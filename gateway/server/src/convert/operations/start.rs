//! Requests that start or stop something: who, why, and how fast.

use std::num::NonZeroU32;

use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::OperationId;
use lienthong_core::text::Text;
use lienthong_proto::v1;
use uuid::Uuid;

use super::super::ledger::filter;
use super::super::{InvalidField, Reader};
use super::preview::{Previewed, read_rate};
use super::{read_operator, read_reason, required_id};
use crate::status::ServerError;
use crate::sync::operations::Order;

/// Most differences that a repair may name one by one.
const DIFFERENCES_NAMED: usize = 1000;

/// Reason of a reconciliation for which none is given.
const ON_DEMAND: &str = "Đối soát theo yêu cầu";

/// A checked request for a retry.
#[derive(Debug)]
pub(crate) struct RetryStart {
    /// Who, why, and how fast.
    pub(crate) order: Order,
    /// What the operator saw.
    pub(crate) previewed: Previewed,
}

impl RetryStart {
    /// Reads a request; at most `bound` events a minute.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::StartRetryRequest,
        bound: NonZeroU32,
        now: Timestamp,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let previewed = reader.required("preview_token", &message.preview_token, |token| {
            Previewed::read(token, bound, now).ok_or(InvalidField::PreviewToken)
        });
        let reason = read_reason(&mut reader, &message.reason);
        let operator = read_operator(&mut reader, &message.operator_id);
        let start = (|| {
            let previewed = previewed?;
            Some(Self {
                order: Order {
                    id: previewed.id.clone(),
                    operator: operator?,
                    reason: reason?,
                    per_minute: previewed.per_minute,
                },
                previewed,
            })
        })();
        reader.finish(start)
    }
}

/// A checked request for a reconciliation.
#[derive(Debug)]
pub(crate) struct ReconciliationAsked {
    /// Who, why, and how fast.
    pub(crate) order: Order,
    /// Which dossiers.
    pub(crate) filter: DossierFilter,
}

impl ReconciliationAsked {
    /// Reads a request; at most `bound` questions a minute.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::StartReconciliationRequest,
        bound: NonZeroU32,
        now: Timestamp,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let filter = filter(&mut reader, message.filter.as_ref(), now);
        let raw = message.questions_per_minute;
        let per_minute = read_rate(&mut reader, "questions_per_minute", raw, bound);
        let operator = read_operator(&mut reader, &message.operator_id);
        let given = Some(message.reason.as_str()).filter(|reason| !reason.trim().is_empty());
        let reason = read_reason(&mut reader, given.unwrap_or(ON_DEMAND));
        let asked = order(operator, reason, per_minute).map(|order| Self { order, filter });
        reader.finish(asked)
    }
}

/// A checked request for a repair.
#[derive(Debug)]
pub(crate) struct RepairAsked {
    /// Who, why, and how fast.
    pub(crate) order: Order,
    /// The reconciliation.
    pub(crate) reconciliation: OperationId,
    /// Numbers of the differences; empty: every one that can be repaired safely.
    pub(crate) differences: Vec<u64>,
}

impl RepairAsked {
    /// Reads a request; it goes at `per_minute`.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn read(
        message: &v1::RepairDifferencesRequest,
        per_minute: NonZeroU32,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let id = required_id(&mut reader, "reconciliation_id", &message.reconciliation_id);
        let differences = read_numbers(&mut reader, &message.difference_ids);
        let reason = read_reason(&mut reader, &message.reason);
        let operator = read_operator(&mut reader, &message.operator_id);
        let asked =
            order(operator, reason, Some(per_minute))
                .zip(id)
                .map(|(order, reconciliation)| Self {
                    order,
                    reconciliation,
                    differences,
                });
        reader.finish(asked)
    }

    /// What to answer when the difference with this number is not one of the reconciliation.
    pub(crate) fn unknown(&self, number: u64) -> ServerError {
        let index = self.differences.iter().position(|known| *known == number);
        let field = format!("difference_ids[{}]", index.unwrap_or(0));
        ServerError::Invalid(vec![InvalidField::DifferenceId.at(field)])
    }
}

fn read_numbers(reader: &mut Reader, raw: &[String]) -> Vec<u64> {
    const FIELD: &str = "difference_ids";
    if raw.len() > DIFFERENCES_NAMED {
        let most = DIFFERENCES_NAMED;
        reader.refuse(FIELD, InvalidField::TooMany { most });
        return Vec::new();
    }
    raw.iter()
        .enumerate()
        .filter_map(|(index, raw)| {
            reader.required(format!("{FIELD}[{index}]"), raw, |raw| {
                let number = raw.parse::<u64>().ok().filter(|number| *number > 0);
                number.ok_or(InvalidField::DifferenceId)
            })
        })
        .collect()
}

/// An order of a new operation.
fn order(
    operator: Option<OfficerId>,
    reason: Option<Text<500>>,
    per_minute: Option<NonZeroU32>,
) -> Option<Order> {
    Some(Order {
        id: OperationId::parse(&Uuid::now_v7().simple().to_string())?,
        operator: operator?,
        reason: reason?,
        per_minute: per_minute?,
    })
}

/// Reads which operation is to be cancelled, and by whom.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_cancel(
    message: &v1::CancelOperationRequest,
) -> Result<(OperationId, OfficerId), ServerError> {
    let mut reader = Reader::default();
    let id = required_id(&mut reader, "operation_id", &message.operation_id);
    let operator = read_operator(&mut reader, &message.operator_id);
    reader.finish(id.zip(operator))
}
