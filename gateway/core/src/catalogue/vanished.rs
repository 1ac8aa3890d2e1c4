//! Which services a change of the catalogue touches.
//!
//! What a reader would get wrong: a code that the catalogue does not list is not repealed.
//! Only a document repeals it; the catalogue is a reason to look for one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::change::{CatalogueChange, ChangeKind};
use crate::essential::{CodeRole, EssentialService, ServiceCode, ServiceList, ServiceNumber};
use crate::procedure::ProcedureCode;

/// A code of a service that the source lists no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VanishedCode {
    /// Mã thủ tục, with the suffix of an agency where the catalogue has one.
    pub code: ProcedureCode,
    /// Tên thủ tục, as it was last named.
    pub name: String,
    /// When it was first missed.
    pub seen_at: Timestamp,
    /// The services that it belongs to, with what it is to each.
    pub services: Vec<(ServiceNumber, CodeRole)>,
    /// The code that took its place, where the list of services knows one.
    pub replaced_by: Option<ProcedureCode>,
}

/// The codes of services that went with `changes` and did not come back with them, in the
/// order of the codes. The changes may come in any order.
#[must_use]
pub fn codes_that_vanished(
    changes: &[CatalogueChange],
    services: &ServiceList,
) -> Vec<VanishedCode> {
    let mut last: BTreeMap<&ProcedureCode, &CatalogueChange> = BTreeMap::new();
    for change in changes {
        let presence = match change.kind {
            ChangeKind::Withdrawn | ChangeKind::Restored | ChangeKind::Added => true,
            ChangeKind::Changed => false,
        };
        let newer = last
            .get(&change.code)
            .is_none_or(|known| known.seen_at < change.seen_at);
        if presence && newer {
            last.insert(&change.code, change);
        }
    }
    let gone = last
        .into_values()
        .filter(|change| change.kind == ChangeKind::Withdrawn);
    gone.filter_map(|change| vanished(change, services))
        .collect()
}

fn vanished(change: &CatalogueChange, services: &ServiceList) -> Option<VanishedCode> {
    let belongs = code_uses(&change.code, services);
    let replaced_by = belongs.iter().find_map(|it| it.code.replaced_by.clone());
    let services: Vec<_> = belongs
        .into_iter()
        .map(|it| (it.service.number, it.code.role))
        .collect();
    (!services.is_empty()).then(|| VanishedCode {
        code: change.code.clone(),
        name: change.name.clone(),
        seen_at: change.seen_at,
        services,
        replaced_by,
    })
}

/// A service that a code belongs to.
#[derive(Debug, Clone, Copy)]
pub struct CodeUse<'s> {
    /// Which service.
    pub service: &'s EssentialService,
    /// Its entry for the code: the role, and what took its place.
    pub code: &'s ServiceCode,
}

/// Each service that `code` belongs to in any role and at any time, in the order of the list;
/// one with the suffix of an agency belongs where its national code does.
#[must_use]
pub fn code_uses<'s>(code: &ProcedureCode, services: &'s ServiceList) -> Vec<CodeUse<'s>> {
    let all = services.services().iter();
    let pairs = all.flat_map(|service| {
        let codes = service.codes.iter();
        codes.map(move |code| CodeUse { service, code })
    });
    pairs
        .filter(|it| it.code.code.as_str() == code.national())
        .collect()
}

/// A code that counts for a service, and that the catalogue does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedCode {
    /// The national code.
    pub code: ProcedureCode,
    /// Of which service.
    pub service: ServiceNumber,
    /// What it is to the service.
    pub role: CodeRole,
}

/// The codes that count for a service on `day`, as itself or as a linked part, and that are
/// not among `listed`, in whatever form an agency lists them. Nothing where the catalogue is
/// empty: one that was never fetched says nothing.
#[must_use]
pub fn codes_not_listed<'c>(
    listed: impl IntoIterator<Item = &'c ProcedureCode>,
    services: &ServiceList,
    day: Date,
) -> Vec<UnlistedCode> {
    let listed: BTreeSet<&str> = listed.into_iter().map(ProcedureCode::national).collect();
    if listed.is_empty() {
        return Vec::new();
    }
    let counts = |code: &ServiceCode| match code.role {
        CodeRole::Main | CodeRole::Linked => code.days.contains(day),
        CodeRole::Predecessor | CodeRole::Related => false,
    };
    let mut missing = Vec::new();
    for service in services.services() {
        for code in service.codes.iter().filter(|it| counts(it)) {
            if !listed.contains(code.code.as_str()) {
                missing.push(UnlistedCode {
                    code: code.code.clone(),
                    service: service.number,
                    role: code.role,
                });
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn code(text: &str) -> ProcedureCode {
        ProcedureCode::parse(text).unwrap()
    }

    fn change(text: &str, kind: ChangeKind, hour: i64) -> CatalogueChange {
        CatalogueChange {
            code: code(text),
            name: format!("Thủ tục {text}"),
            kind,
            fields: Vec::new(),
            seen_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour),
            version: "v".to_owned(),
        }
    }

    fn vanished(changes: &[CatalogueChange]) -> Vec<String> {
        let services = ServiceList::shipped().unwrap();
        let gone = codes_that_vanished(changes, &services);
        gone.into_iter().map(|it| it.code.to_string()).collect()
    }

    #[test]
    fn a_withdrawn_code_names_every_service_that_it_belongs_to() {
        let services = ServiceList::shipped().unwrap();
        let gone = codes_that_vanished(&[change("1.004222", ChangeKind::Withdrawn, 1)], &services);
        let of = |number| ServiceNumber::new(number).unwrap();
        assert_eq!(
            gone[0].services,
            [(of(3), CodeRole::Main), (of(15), CodeRole::Linked)]
        );
        assert_eq!(gone[0].replaced_by, None);
    }

    #[test]
    fn a_predecessor_that_goes_tells_what_took_its_place() {
        let services = ServiceList::shipped().unwrap();
        let gone = codes_that_vanished(&[change("2.002622", ChangeKind::Withdrawn, 1)], &services);
        assert_eq!(gone[0].replaced_by, Some(code("2.002913")));
    }

    #[test]
    fn a_code_of_no_service_and_a_change_of_content_are_left_out() {
        assert!(vanished(&[change("1.999999", ChangeKind::Withdrawn, 1)]).is_empty());
        assert!(vanished(&[change("1.004222", ChangeKind::Changed, 1)]).is_empty());
    }

    #[test]
    fn a_code_that_came_back_has_not_vanished_whatever_the_order() {
        let gone = change("1.004222", ChangeKind::Withdrawn, 1);
        let back = change("1.004222", ChangeKind::Restored, 2);
        let again = change("1.004222", ChangeKind::Withdrawn, 3);
        let edited = change("1.004222", ChangeKind::Changed, 9);
        assert!(vanished(&[back.clone(), gone.clone()]).is_empty());
        assert!(vanished(&[gone.clone(), back.clone()]).is_empty());
        assert_eq!(vanished(&[again.clone(), back, gone]), ["1.004222"]);
        assert_eq!(vanished(&[edited, again]), ["1.004222"]);
    }

    #[test]
    fn a_code_with_the_suffix_of_an_agency_is_one_of_its_service() {
        let gone = change("1.004222.000.00.00.H60", ChangeKind::Withdrawn, 1);
        assert_eq!(vanished(&[gone]), ["1.004222.000.00.00.H60"]);
    }

    #[test]
    fn codes_in_force_that_the_catalogue_lacks_are_found_and_an_empty_one_says_nothing() {
        let services = ServiceList::shipped().unwrap();
        let day: Date = "2026-11-01".parse().unwrap();
        let all: Vec<ProcedureCode> = services
            .services()
            .iter()
            .flat_map(|service| service.codes.iter().map(|it| it.code.clone()))
            .collect();
        assert!(codes_not_listed(&all, &services, day).is_empty());
        let without: Vec<&ProcedureCode> =
            all.iter().filter(|it| it.as_str() != "1.003677").collect();
        let missing = codes_not_listed(without, &services, day);
        assert_eq!(missing.len(), 1);
        assert_eq!(missing[0].service, ServiceNumber::new(5).unwrap());
        let suffixed = [code("1.003677.H60")];
        let found = codes_not_listed(&suffixed, &services, day);
        assert!(found.iter().all(|it| it.code.as_str() != "1.003677"));
        assert!(codes_not_listed(&[], &services, day).is_empty());
    }
}
