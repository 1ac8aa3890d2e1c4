//! The lists of the catalogue: procedures, online services, units and fields.

use std::collections::BTreeMap;

use lienthong_core::catalogue::{NamedCode, OnlineService, SourceList};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueUnit};
use lienthong_core::procedure::ProcedureCode;
use serde_json::Value;

use super::entry::{Flaw, Object, code, objects, rows, text};

/// The rows of an answer: `result[]`, or `result.data[]` (portal.md 4).
fn listed(result: &Value) -> Result<Vec<&Object>, Flaw> {
    match result.as_object() {
        Some(object) if object.contains_key("data") => objects(object, "data"),
        Some(_) | None => rows(result),
    }
}

/// `LayDanhSachTTHC`. A row with a code that is none, such as an internal one of another
/// portal, is counted and left out; of several rows with one code the first counts.
pub(super) fn procedures(result: &Value) -> Result<SourceList, Flaw> {
    let mut list = SourceList::default();
    for row in listed(result)? {
        let Ok(code) = ProcedureCode::parse(&code(row, "MATTHC")) else {
            list.unreadable += 1;
            continue;
        };
        let name = text(row, "TENTTHC").trim().to_owned();
        match list.procedures.get_mut(&code) {
            Some(known) => {
                list.repeated += 1;
                if known.is_empty() {
                    *known = name;
                }
            }
            None => {
                list.procedures.insert(code, name);
            }
        }
    }
    Ok(list)
}

/// `LayDVC`: one entry for each service and agency that offers it.
pub(super) fn online_services(
    result: &Value,
) -> Result<BTreeMap<ProcedureCode, Vec<OnlineService>>, Flaw> {
    let mut all: BTreeMap<_, Vec<OnlineService>> = BTreeMap::new();
    for row in listed(result)? {
        let Ok(procedure) = ProcedureCode::parse(&code(row, "MATTHC")) else {
            continue;
        };
        let service = OnlineService {
            code: code(row, "MADVC"),
            name: text(row, "TENDVC"),
            ..OnlineService::default()
        };
        let offers = objects(row, "APDUNGDVC")?;
        let own = all.entry(procedure).or_default();
        if offers.is_empty() {
            own.push(service);
            continue;
        }
        own.extend(offers.into_iter().map(|offer| OnlineService {
            agency_code: code(offer, "MACOQUANTHUCHIEN"),
            level: code(offer, "MUCDO"),
            ..service.clone()
        }));
    }
    // The source may list them in another order each time, which is no change.
    let key = |it: &OnlineService| (it.code.clone(), it.agency_code.clone(), it.level.clone());
    for services in all.values_mut() {
        services.sort_by_key(key);
        services.dedup();
    }
    Ok(all)
}

/// `LayDanhMucCoQuan`; of several rows with one code the first counts.
pub(super) fn units(result: &Value) -> Result<Vec<CatalogueUnit>, Flaw> {
    let mut all = BTreeMap::new();
    for row in listed(result)? {
        let unit = CatalogueUnit {
            code: code(row, "MADONVI"),
            name: text(row, "TENDONVI").trim().to_owned(),
            level: code(row, "CAPDONVI"),
        };
        if !unit.code.is_empty() {
            all.entry(unit.code.clone()).or_insert(unit);
        }
    }
    Ok(all.into_values().collect())
}

/// `LayDanhMucLinhVuc`; of several rows with one code the first counts.
pub(super) fn fields(result: &Value) -> Result<Vec<CatalogueField>, Flaw> {
    let mut all = BTreeMap::new();
    for row in listed(result)? {
        let field = CatalogueField {
            field: NamedCode {
                code: code(row, "MALINHVUC"),
                name: text(row, "TENLINHVUC").trim().to_owned(),
            },
            sector: code(row, "MANGANH"),
        };
        if !field.field.code.is_empty() {
            all.entry(field.field.code.clone()).or_insert(field);
        }
    }
    Ok(all.into_values().collect())
}
