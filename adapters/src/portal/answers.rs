//! What the portal's sentences mean: one table for each profile, read from the top.
//!
//! The code decides little: "đã tồn tại" comes with 0, 3 and -3, and 0 comes with
//! failures (portal.md 21 and part D 1, 2). Whatever no row knows is not
//! understood, and never a success.

mod catalogue;
mod envelope;
mod search;
mod session;
mod success;
mod table;
mod tables;
mod told;
mod view;
mod words;

use lienthong_core::ports::portal::{PortalAnswer, PortalError, Said};

pub(super) use catalogue::of_catalogue;
pub(super) use envelope::Envelope;
pub(super) use search::{Found, found_in, of_search};
pub(super) use table::Table;
pub(super) use tables::{P1, P3_IS_UPDATING, P3_THREE_URLS, P4};
pub(super) use told::Hidden;
pub(super) use view::PresentForm;

use table::Meaning;

/// Reads the answer to a dossier or to steps by `table`; its words are kept without what
/// is `hidden`.
///
/// # Errors
/// [`PortalError`] when the sentence says that the portal did not look at the content:
/// too many calls, out of service, no session, no right.
pub(super) fn of_write(
    table: &'static Table,
    envelope: &Envelope,
    hidden: &Hidden<'_>,
) -> Result<PortalAnswer, PortalError> {
    let said = envelope.said(hidden);
    match table.meaning(envelope, hidden) {
        Meaning::Throttled => Err(throttled(said)),
        Meaning::OutOfService => Err(PortalError::OutOfService { said: Some(said) }),
        Meaning::SessionGone => Err(PortalError::SessionRefused { said: Some(said) }),
        Meaning::AccessDenied => Err(PortalError::AccessDenied { said: Some(said) }),
        Meaning::Reads(reading) => Ok(PortalAnswer::new(reading.clone(), said)),
    }
}

fn throttled(said: Said) -> PortalError {
    PortalError::Throttled {
        retry_after: None,
        said: Some(said),
    }
}

#[cfg(test)]
mod tests;
