//! The procedure catalogue in the words of the contract.
//!
//! What a reader would get wrong: an empty list of fees stays empty. Who shows it says that
//! the fee is not known, and never that there is none.

mod changes;
mod directories;
mod in_full;
mod procedures;
mod reasons;
mod standing;

use lienthong_core::procedure::ProcedureCode;
use lienthong_proto::v1;

use super::Reader;
use super::operations::read_operator;
use crate::catalogue::{Order, Refreshed};
use crate::status::ServerError;

pub(crate) use changes::ChangePage;
pub(crate) use directories::DirectoryPage;
pub(crate) use in_full::procedure;
pub(crate) use procedures::ProcedurePage;
pub(crate) use standing::{list_state, state};

/// Longest text that is looked for, in characters.
const LONGEST_QUERY: usize = 200;

/// Reads which procedure is wanted.
///
/// # Errors
/// [`ServerError::Invalid`].
pub(crate) fn read_code(message: &v1::GetProcedureRequest) -> Result<ProcedureCode, ServerError> {
    let mut reader = Reader::default();
    let raw = message.procedure_code.trim();
    let code = reader.required("procedure_code", raw, ProcedureCode::parse);
    reader.finish(code)
}

/// Reads who wants a fetch, and how.
///
/// # Errors
/// [`ServerError::Invalid`].
pub(crate) fn read_order(message: &v1::RefreshCatalogueRequest) -> Result<Order, ServerError> {
    let mut reader = Reader::default();
    let by = read_operator(&mut reader, &message.operator_id);
    reader.finish(by.map(|by| Order {
        by,
        accept_shrink: message.accept_shrink,
    }))
}

/// What a fetch brought.
pub(crate) fn refreshed(
    refreshed: &Refreshed,
    catalogue: v1::CatalogueState,
) -> v1::RefreshCatalogueResponse {
    let counts = refreshed.counts;
    v1::RefreshCatalogueResponse {
        catalogue: Some(catalogue),
        added: count(counts.added),
        changed: count(counts.changed),
        withdrawn: count(counts.withdrawn),
        restored: count(counts.restored),
        details_not_fetched: count(counts.not_fetched),
        rows_left_out: count(refreshed.left_out),
        rows_repeated: count(refreshed.repeated),
    }
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
