//! Which operations the route offers, and where.
//!
//! The paths are not public, nor are the service codes of household and relatives
//! (population.md 1.2): none of them has a default.

use std::collections::BTreeMap;

use lienthong_adapters::population::OfferedOperation;
use lienthong_core::ports::population::Operation;

use super::profile::PopulationProfile;
use crate::config::description::Page;
use crate::config::kinds::{choice, service_code, url_path};
use crate::config::reader::Read;
use crate::config::section::Section;

const NAMES: [(&str, Operation); 4] = [
    ("look-up", Operation::LookUp),
    ("confirm", Operation::Confirm),
    ("household", Operation::Household),
    ("relatives", Operation::Relatives),
];

/// Keys of one operation, and its service code where the file names none.
struct Keys {
    path: &'static str,
    code: &'static str,
    default_code: Option<&'static str>,
}

fn keys(operation: Operation) -> Keys {
    let (path, code, default_code) = match operation {
        Operation::LookUp => ("lookup_path", "lookup_code", Some("037")),
        Operation::Confirm => ("confirm_path", "confirm_code", Some("033")),
        Operation::Household => ("household_path", "household_code", None),
        Operation::Relatives => ("relatives_path", "relatives_code", None),
    };
    Keys {
        path,
        code,
        default_code,
    }
}

/// Reads the operations that `profile` offers.
pub(super) fn read_operations(
    section: &mut Section<'_>,
    profile: Option<PopulationProfile>,
) -> Read<BTreeMap<Operation, OfferedOperation>> {
    let offered = read_names(section, profile);
    let listed = offered.as_deref().unwrap_or_default();
    let read: Vec<_> = NAMES
        .iter()
        .map(|(_, operation)| (*operation, read_one(section, *operation, listed)))
        .collect();
    offered?;
    let mut operations = BTreeMap::new();
    for (operation, read) in read {
        if let Some(read) = read? {
            operations.insert(operation, read);
        }
    }
    Ok(operations)
}

fn read_names(
    section: &mut Section<'_>,
    profile: Option<PopulationProfile>,
) -> Read<Vec<Operation>> {
    let names = section.required_list("operations", choice(&NAMES))?;
    if names.is_empty() {
        let message = "must name at least one operation";
        let help = "known are \"look-up\", \"confirm\", \"household\" and \"relatives\"; name those \
             that the province is licensed for";
        return Err(section.wrong("operations", message, help));
    }
    let Some(profile) = profile else {
        return Ok(names);
    };
    let known = profile.defaults().operations;
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        let message = format!(
            "names \"{}\", which the profile {} does not have",
            unknown.name(),
            profile.name()
        );
        let known: Vec<_> = known.iter().map(|known| known.name()).collect();
        let help = format!("it has {}", known.join(", "));
        return Err(section.wrong("operations", &message, &help));
    }
    Ok(names)
}

fn read_one(
    section: &mut Section<'_>,
    operation: Operation,
    offered: &[Operation],
) -> Read<Option<OfferedOperation>> {
    let keys = keys(operation);
    let path = section.optional(keys.path, url_path);
    let code = section.optional(keys.code, service_code);
    if !offered.contains(&operation) {
        return path.and(code).map(|_| None);
    }
    let path = path.and_then(|path| path.ok_or_else(|| section.missing(keys.path, None)));
    let code = code.and_then(|code| {
        code.or(keys.default_code.map(str::to_owned))
            .ok_or_else(|| {
                let help = "it is not public; the operator of the route tells it";
                section.missing(keys.code, Some(help.to_owned()))
            })
    });
    Ok(Some(OfferedOperation {
        path: path?,
        service_code: code?,
    }))
}

/// Writes the operations.
pub(super) fn describe_operations(
    operations: &BTreeMap<Operation, OfferedOperation>,
    page: &mut Page,
) {
    let offered = || {
        NAMES
            .iter()
            .filter_map(|(name, operation)| Some((name, *operation, operations.get(operation)?)))
    };
    page.list("operations", offered().map(|(name, _, _)| *name));
    for (_, operation, offered) in offered() {
        let keys = keys(operation);
        page.set(keys.path, offered.path.as_str());
        page.set(keys.code, offered.service_code.as_str());
    }
}
