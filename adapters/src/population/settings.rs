//! What a province configures for any profile: the route, who is let through it, and
//! which operations lie at its end.
//!
//! The paths are not public (population.md 1.2) and have no default. An operation that
//! is not listed is not offered, even if the profile could write it.

use std::collections::{BTreeMap, HashMap};

use lienthong_core::access::OfficerId;
use lienthong_core::birth::BirthDate;
use lienthong_core::ports::population::Operation;
use zeroize::Zeroizing;

use super::access::AccessRecipe;
use crate::http::{BaseUrl, CaBundle, Limits};

/// A route to the population database. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct RouteSettings {
    /// Address of the bus or platform.
    pub base_url: BaseUrl,
    /// Authorities that vouch for an `https` address.
    pub ca_bundle: Option<CaBundle>,
    /// Limits of each exchange.
    pub limits: Limits,
    /// How the route lets the gateway in.
    pub access: AccessRecipe,
    /// Which officer code goes out.
    pub officers: OfficerCodes,
    /// Operations that the province is licensed for.
    pub operations: BTreeMap<Operation, OfferedOperation>,
}

impl RouteSettings {
    /// A route that offers nothing yet, with the limits of [`Limits::population`] and
    /// every officer under their own code.
    #[must_use]
    pub fn new(base_url: BaseUrl, access: AccessRecipe) -> Self {
        Self {
            base_url,
            ca_bundle: None,
            limits: Limits::population(),
            access,
            officers: OfficerCodes::default(),
            operations: BTreeMap::new(),
        }
    }
}

/// An operation at the end of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedOperation {
    /// Path below the address of the route.
    pub path: String,
    /// `MaTichHop`, or `MaDichVu` of the confirmation: 1 to 20 digits. Those of household
    /// and relatives are not public (population.md 4, 5); json-flat sends none.
    pub service_code: String,
}

impl OfferedOperation {
    /// The look-up under its known code `037` (population.md 1.2).
    #[must_use]
    pub fn look_up(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            service_code: "037".to_owned(),
        }
    }

    /// The confirmation under its known code `033` (population.md 1.2).
    #[must_use]
    pub fn confirm(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            service_code: "033".to_owned(),
        }
    }
}

/// Which code goes out as mã cán bộ (`MaCanBo`). Three customs are known: the officer's
/// own number, an account for each officer, one account for the province
/// (population.md 2.1).
#[derive(Debug, Clone, Default)]
pub struct OfficerCodes {
    /// Codes of single officers at the database.
    pub mapped: HashMap<OfficerId, OfficerId>,
    /// What holds for everybody else.
    pub others: OtherOfficers,
}

/// What is sent for an officer who is not mapped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OtherOfficers {
    /// The officer's own code.
    #[default]
    OwnCode,
    /// One account for all of them, where the province has it so.
    SharedCode(OfficerId),
    /// Nothing: they may not ask (population.md 14, rule 3).
    Refused,
}

impl OfficerCodes {
    /// The code for `officer`; `None` when they may not ask.
    pub(super) fn code_of<'a>(&'a self, officer: &'a OfficerId) -> Option<&'a OfficerId> {
        let mapped = self.mapped.get(officer);
        mapped.or(match &self.others {
            OtherOfficers::OwnCode => Some(officer),
            OtherOfficers::SharedCode(code) => Some(code),
            OtherOfficers::Refused => None,
        })
    }
}

/// Form of a full birth date in a request (population.md 2.1: it differs by route).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireDateFormat {
    /// `yyyy-MM-dd`.
    Hyphens,
    /// `yyyyMMdd`.
    Compact,
}

impl WireDateFormat {
    /// A full date in this form, a year as a year; wiped on drop.
    pub(super) fn text_of(self, birth: BirthDate) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Hyphens => birth.to_iso(),
            Self::Compact => birth.to_compact(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn officer(code: &str) -> OfficerId {
        OfficerId::parse(code).unwrap()
    }

    #[test]
    fn a_mapped_officer_comes_before_what_holds_for_the_others() {
        let (known, other) = (officer("canbo-1"), officer("canbo-2"));
        let codes = |others| OfficerCodes {
            mapped: HashMap::from([(known.clone(), officer("TK_01"))]),
            others,
        };
        for (others, expected) in [
            (OtherOfficers::OwnCode, Some("canbo-2")),
            (
                OtherOfficers::SharedCode(officer("VPUB_H99")),
                Some("VPUB_H99"),
            ),
            (OtherOfficers::Refused, None),
        ] {
            let codes = codes(others);
            assert_eq!(codes.code_of(&known), Some(&officer("TK_01")));
            assert_eq!(codes.code_of(&other).map(OfficerId::expose), expected);
        }
    }
}
