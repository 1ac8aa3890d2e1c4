//! How the portal names a dossier, as it stands in two columns.

use lienthong_core::ports::portal::PortalReference;

/// The name of these columns; an id alone is none.
pub(super) fn reference(number: Option<String>, id: Option<String>) -> Option<PortalReference> {
    number.map(|number| PortalReference { number, id })
}
