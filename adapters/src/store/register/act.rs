//! A deed on a report as columns, and a kind of report as a name.

use jiff::civil::Date;
use lienthong_core::ports::reports::ContentHash;
use lienthong_core::publication::{Deed, Place};
use lienthong_core::text::Text;

use super::body::Unreadable;

const APPROVED: &str = "APPROVED";
const INSIDE: &str = "PUBLISHED_INSIDE";
const WEBSITE: &str = "PUBLISHED_WEBSITE";
/// Also named in SQL, which leaves withdrawn reports out.
const WITHDRAWN: &str = "WITHDRAWN";

/// What a deed says, column by column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct DeedColumns {
    pub(in crate::store) kind: String,
    pub(in crate::store) address: Option<String>,
    /// `yyyy-MM-dd`.
    pub(in crate::store) day: Option<String>,
    pub(in crate::store) reason: Option<String>,
    pub(in crate::store) sha256: Option<Vec<u8>>,
}

impl From<&Deed> for DeedColumns {
    fn from(deed: &Deed) -> Self {
        let empty = Self {
            kind: String::new(),
            address: None,
            day: None,
            reason: None,
            sha256: None,
        };
        match deed {
            Deed::Approved { sha256 } => Self {
                kind: APPROVED.to_owned(),
                sha256: Some(sha256.0.to_vec()),
                ..empty
            },
            Deed::Published { place, address, on } => Self {
                kind: match place {
                    Place::Inside => INSIDE,
                    Place::Website => WEBSITE,
                }
                .to_owned(),
                address: Some(address.as_str().to_owned()),
                day: Some(on.to_string()),
                ..empty
            },
            Deed::Withdrawn { reason } => Self {
                kind: WITHDRAWN.to_owned(),
                reason: Some(reason.as_str().to_owned()),
                ..empty
            },
        }
    }
}

impl DeedColumns {
    /// The deed.
    pub(in crate::store) fn read(self) -> Result<Deed, Unreadable> {
        let published = |place, address: Option<String>, day: Option<String>| {
            Some(Deed::Published {
                place,
                address: Text::parse(&address?).ok()?,
                on: day?.parse::<Date>().ok()?,
            })
        };
        let deed = match self.kind.as_str() {
            APPROVED => self
                .sha256
                .as_deref()
                .and_then(hash)
                .map(|sha256| Deed::Approved { sha256 }),
            INSIDE => published(Place::Inside, self.address, self.day),
            WEBSITE => published(Place::Website, self.address, self.day),
            WITHDRAWN => self
                .reason
                .and_then(|reason| Text::parse(&reason).ok())
                .map(|reason| Deed::Withdrawn { reason }),
            _ => None,
        };
        deed.ok_or("a deed on a report")
    }
}

/// A hash in a column.
pub(in crate::store) fn hash(bytes: &[u8]) -> Option<ContentHash> {
    bytes.try_into().ok().map(ContentHash)
}
