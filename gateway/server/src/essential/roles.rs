//! Which calling systems may do what about the essential services.
//!
//! What a reader would get wrong: a role that the configuration does not name is not nobody's.
//! It is that of the recorders, so that an office with one system names it once. A role that is
//! named with an empty list is nobody's.

use std::collections::BTreeMap;

use lienthong_core::access::ClientName;

/// What a system may do besides reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Records and imports evidence (nhập hồ sơ minh chứng).
    Import,
    /// Approves the monthly list, and withdraws it (duyệt, thu hồi).
    Approve,
    /// Records that the list was published (ghi nhận công khai).
    Publish,
    /// Has the observations made anew (tổng hợp lại số liệu).
    Rebuild,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Import, Self::Approve, Self::Publish, Self::Rebuild];

    /// The setting of `[services]` that names its systems.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Import => "importers",
            Self::Approve => "approvers",
            Self::Publish => "publishers",
            Self::Rebuild => "rebuilders",
        }
    }

    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Import => "IMPORT",
            Self::Approve => "APPROVE",
            Self::Publish => "PUBLISH",
            Self::Rebuild => "REBUILD",
        }
    }

    /// What a system without it may not do.
    #[must_use]
    pub const fn deed(self) -> &'static str {
        match self {
            Self::Import => "record evidence",
            Self::Approve => "approve or withdraw reports",
            Self::Publish => "record the publication of reports",
            Self::Rebuild => "have the observations made anew",
        }
    }
}

/// Which systems may do what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles {
    /// Who has every role that is not named.
    pub recorders: Vec<ClientName>,
    /// Who has a role that is named, in place of the recorders.
    pub named: BTreeMap<Role, Vec<ClientName>>,
}

impl Roles {
    /// The systems with this role.
    #[must_use]
    pub fn of(&self, role: Role) -> &[ClientName] {
        self.named.get(&role).unwrap_or(&self.recorders)
    }

    /// Whether `client` has this role.
    #[must_use]
    pub fn may(&self, client: &ClientName, role: Role) -> bool {
        self.of(role).contains(client)
    }

    /// Whether a report that `client` asks for may be kept: recorders make drafts, and so does
    /// whoever decides about them.
    #[must_use]
    pub fn may_keep(&self, client: &ClientName) -> bool {
        self.recorders.contains(client)
            || self.may(client, Role::Approve)
            || self.may(client, Role::Publish)
    }

    /// Whether `client` has any role, and so may see which officers did what.
    #[must_use]
    pub fn has_any(&self, client: &ClientName) -> bool {
        self.recorders.contains(client) || Role::ALL.into_iter().any(|it| self.may(client, it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(name: &str) -> ClientName {
        ClientName::parse(name).unwrap()
    }

    #[test]
    fn a_role_that_is_not_named_is_that_of_the_recorders() {
        let roles = Roles {
            recorders: vec![client("igate")],
            named: BTreeMap::from([(Role::Approve, vec![client("van-phong")])]),
        };
        let (igate, office) = (client("igate"), client("van-phong"));
        for role in [Role::Import, Role::Publish, Role::Rebuild] {
            assert!(roles.may(&igate, role) && !roles.may(&office, role));
        }
        assert!(roles.may(&office, Role::Approve) && !roles.may(&igate, Role::Approve));
        for known in [&igate, &office] {
            assert!(roles.may_keep(known) && roles.has_any(known));
        }
        let other = client("other");
        assert!(!roles.may_keep(&other) && !roles.has_any(&other));
    }

    #[test]
    fn a_role_with_an_empty_list_is_nobodys() {
        let roles = Roles {
            recorders: vec![client("igate")],
            named: BTreeMap::from([(Role::Rebuild, Vec::new())]),
        };
        assert!(!roles.may(&client("igate"), Role::Rebuild));
    }

    #[test]
    fn whoever_only_imports_keeps_no_report() {
        let roles = Roles {
            recorders: Vec::new(),
            named: BTreeMap::from([(Role::Import, vec![client("igate")])]),
        };
        assert!(!roles.may_keep(&client("igate")));
        assert!(roles.has_any(&client("igate")));
    }
}
