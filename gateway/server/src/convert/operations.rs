//! Bulk retries, reconciliations and repairs in the words of the contract.

mod preview;
mod reply;
mod start;
mod wish;

pub(crate) use preview::RetryAsked;
pub(crate) use reply::{difference, item, operation, reconciliation};
pub(crate) use start::{Caller, ReconciliationAsked, RepairAsked, RetryStart, read_cancel};

use lienthong_core::access::OfficerId;
use lienthong_core::ports::operations::OperationId;
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::page::{self, Digest};
use super::{InvalidField, Reader};
use crate::status::ServerError;

/// Fewest characters of a reason: less explains nothing.
const SHORTEST_REASON: usize = 5;

/// A checked request for what belongs to an operation, page by page.
#[derive(Debug)]
pub(crate) struct OperationPage {
    /// The operation; `None`: the newest of its kind.
    pub(crate) id: Option<OperationId>,
    /// Behind this number.
    pub(crate) after: u64,
    /// At most so many; 0: none.
    pub(crate) most: u32,
    digest: Digest,
}

impl OperationPage {
    /// Reads a request for an operation and its items.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_items(message: &v1::GetOperationRequest) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let id = required_id(&mut reader, "operation_id", &message.operation_id);
        let most = u32::try_from(message.page_size).ok();
        let most = reader.take(
            "page_size",
            most.filter(|size| *size <= page::LONGEST)
                .ok_or(InvalidField::OutOfRange {
                    least: 0,
                    most: i64::from(page::LONGEST),
                }),
        );
        let digest = page::digest(format!("items {}", message.operation_id).as_bytes());
        let after = page::read_token(
            &mut reader,
            &message.page_token,
            digest,
            page::read_number_place,
        );
        let page = id.zip(most).map(|(id, most)| Self {
            id: Some(id),
            after: after.unwrap_or(0),
            most,
            digest,
        });
        reader.finish(page)
    }

    /// Reads a request for the differences of a reconciliation.
    ///
    /// # Errors
    /// [`ServerError::Invalid`] with every violation.
    pub(crate) fn of_differences(
        message: &v1::ListDifferencesRequest,
    ) -> Result<Self, ServerError> {
        let mut reader = Reader::default();
        let id = optional_id(&mut reader, "reconciliation_id", &message.reconciliation_id);
        let most = page::read_size(&mut reader, message.page_size);
        let digest = page::digest(b"differences");
        // The place holds the id: the newest one may be another one by the second page.
        let place = page::read_token(&mut reader, &message.page_token, digest, |place| {
            let (of, after) = read_place_of(place)?;
            let other = id.as_ref().is_some_and(|id| *id != of);
            (!other).then_some((of, after))
        });
        let (id, after) = match place {
            Some((of, after)) => (Some(of), after),
            None => (id, 0),
        };
        let page = most.map(|most| Self {
            id,
            after,
            most,
            digest,
        });
        reader.finish(page)
    }

    /// As [`OperationPage::cut`], for the differences of the reconciliation `of`.
    pub(crate) fn cut_of<T>(
        &self,
        of: &OperationId,
        found: &mut Vec<T>,
        number: impl Fn(&T) -> u64,
    ) -> String {
        self.cut_to(found, |last| place_of(of, number(last)))
    }

    /// Cuts `found`, of which one more than a page may hold was asked for, to a page; the
    /// token of the next one.
    pub(crate) fn cut<T>(&self, found: &mut Vec<T>, number: impl Fn(&T) -> u64) -> String {
        self.cut_to(found, |last| page::number_place(number(last)).to_vec())
    }

    fn cut_to<T>(&self, found: &mut Vec<T>, place: impl Fn(&T) -> Vec<u8>) -> String {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| more);
        last.map(|last| page::token(self.digest, &place(last)))
            .unwrap_or_default()
    }
}

/// A number within the operation `of` as a place.
fn place_of(of: &OperationId, number: u64) -> Vec<u8> {
    [&page::number_place(number), of.as_str().as_bytes()].concat()
}

fn read_place_of(place: &[u8]) -> Option<(OperationId, u64)> {
    let (number, of) = place.split_first_chunk::<8>()?;
    let of = OperationId::parse(std::str::from_utf8(of).ok()?)?;
    Some((of, page::read_number_place(number)?))
}

/// Reads the id of a reconciliation; `None`: the newest.
///
/// # Errors
/// [`ServerError::Invalid`] when it is no id.
pub(crate) fn read_reconciliation_id(raw: &str) -> Result<Option<OperationId>, ServerError> {
    let mut reader = Reader::default();
    let id = optional_id(&mut reader, "reconciliation_id", raw);
    reader.finish(Some(id))
}

/// The id that these bytes stand for: equal ones for the same.
fn operation_id(bytes: &[u8]) -> Option<OperationId> {
    use std::fmt::Write as _;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut text = String::with_capacity(32);
    for byte in hash.as_ref().iter().take(16) {
        write!(text, "{byte:02x}").ok()?;
    }
    OperationId::parse(&text)
}

fn required_id(reader: &mut Reader, field: &str, raw: &str) -> Option<OperationId> {
    reader.required(field, raw, parse_id)
}

fn optional_id(reader: &mut Reader, field: &str, raw: &str) -> Option<OperationId> {
    reader.optional(field, raw, parse_id)
}

fn parse_id(raw: &str) -> Result<OperationId, InvalidField> {
    OperationId::parse(raw).ok_or(InvalidField::OperationId)
}

pub(super) fn read_operator(reader: &mut Reader, raw: &str) -> Option<OfficerId> {
    reader.required("operator_id", raw, |raw| {
        OfficerId::parse(raw).ok_or(InvalidField::OfficerId)
    })
}

pub(super) fn read_reason(reader: &mut Reader, raw: &str) -> Option<Text<500>> {
    reader.required("reason", raw, |raw| {
        let reason = Text::<500>::parse(raw)?;
        if reason.as_str().chars().count() < SHORTEST_REASON {
            return Err(InvalidField::Reason);
        }
        Ok(reason)
    })
}

#[cfg(test)]
mod tests;
