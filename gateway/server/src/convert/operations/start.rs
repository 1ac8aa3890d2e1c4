//! Requests that start or stop something: who, why, and how fast.

use std::num::NonZeroU32;

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{OperationId, OperationKind, Stopped};
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::super::ledger::filter;
use super::super::{InvalidField, Reader};
use super::preview::{Previewed, read_rate};
use super::wish::Wish;
use super::{read_operator, read_reason, required_id};
use crate::status::ServerError;
use crate::sync::operations::{Again, Order};

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// The system, by its certificate.
    pub(crate) system: &'a ClientName,
    /// When.
    pub(crate) now: Timestamp,
}

/// Most differences that a repair may name one by one.
const DIFFERENCES_NAMED: usize = 1000;

/// The field that names them.
const NAMED: &str = "difference_ids";

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
        caller: Caller<'_>,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let previewed = reader.required("preview_token", &message.preview_token, |token| {
            Previewed::read(token, bound, caller.now).ok_or(InvalidField::PreviewToken)
        });
        let reason = read_reason(&mut reader, &message.reason);
        let operator = read_operator(&mut reader, &message.operator_id);
        let start = (|| {
            let previewed = previewed?;
            Some(Self {
                order: Order {
                    id: previewed.id.clone(),
                    again: Again::Never,
                    operator: operator?,
                    system: Some(caller.system.clone()),
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
        caller: Caller<'_>,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let filter = filter(&mut reader, message.filter.as_ref(), caller.now);
        let raw = message.questions_per_minute;
        let per_minute = read_rate(&mut reader, "questions_per_minute", raw, bound);
        let operator = read_operator(&mut reader, &message.operator_id);
        let given = Some(message.reason.as_str()).filter(|reason| !reason.trim().is_empty());
        let reason = read_reason(&mut reader, given.unwrap_or(ON_DEMAND));
        let kind = OperationKind::Reconciliation;
        let wish = Wish::read(&mut reader, &message.request_id, caller, kind, message);
        let asked =
            order(wish, operator, caller, reason, per_minute).map(|order| Self { order, filter });
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
        caller: Caller<'_>,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let id = required_id(&mut reader, "reconciliation_id", &message.reconciliation_id);
        let differences = read_numbers(&mut reader, &message.difference_ids);
        let reason = read_reason(&mut reader, &message.reason);
        let operator = read_operator(&mut reader, &message.operator_id);
        let kind = OperationKind::Repair;
        let wish = Wish::read(&mut reader, &message.request_id, caller, kind, message);
        let asked = order(wish, operator, caller, reason, Some(per_minute))
            .zip(id)
            .map(|(order, reconciliation)| Self {
                order,
                reconciliation,
                differences,
            });
        reader.finish(asked)
    }

    /// What to answer when the differences with these numbers are none of the reconciliation.
    pub(crate) fn unknown(&self, numbers: &[u64]) -> ServerError {
        let named = self.differences.iter().enumerate();
        let unknown = named.filter(|(_, number)| numbers.contains(number));
        let violations =
            unknown.map(|(index, _)| InvalidField::DifferenceId.at(format!("{NAMED}[{index}]")));
        ServerError::Invalid(violations.collect())
    }
}

fn read_numbers(reader: &mut Reader, raw: &[String]) -> Vec<u64> {
    if raw.len() > DIFFERENCES_NAMED {
        let most = DIFFERENCES_NAMED;
        reader.refuse(NAMED, InvalidField::TooMany { most });
        return Vec::new();
    }
    raw.iter()
        .enumerate()
        .filter_map(|(index, raw)| {
            reader.required(format!("{NAMED}[{index}]"), raw, |raw| {
                let number = raw.parse::<u64>().ok().filter(|number| *number > 0);
                number.ok_or(InvalidField::DifferenceId)
            })
        })
        .collect()
}

fn order(
    wish: Option<Wish>,
    operator: Option<OfficerId>,
    caller: Caller<'_>,
    reason: Option<Text<500>>,
    per_minute: Option<NonZeroU32>,
) -> Option<Order> {
    let Wish { id, again } = wish?;
    Some(Order {
        id,
        again,
        operator: operator?,
        system: Some(caller.system.clone()),
        reason: reason?,
        per_minute: per_minute?,
    })
}

/// Reads which operation is to be cancelled, and by whom, through `system`.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_cancel(
    message: &v1::CancelOperationRequest,
    system: &ClientName,
) -> Result<(OperationId, Stopped), ServerError> {
    let mut reader = Reader::default();
    let id = required_id(&mut reader, "operation_id", &message.operation_id);
    let operator = read_operator(&mut reader, &message.operator_id);
    let stopped = operator.map(|operator| Stopped {
        operator,
        system: Some(system.clone()),
    });
    reader.finish(id.zip(stopped))
}
