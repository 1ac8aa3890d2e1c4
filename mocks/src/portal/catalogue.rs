//! The national procedure catalogue as the portal hands it out (portal.md 4 and 13.1).
//!
//! What a reader would get wrong: the list and the details are two services that agree only as
//! long as nobody changes one of them here. The list holds a row twice, and one whose code is
//! none; a number is a number in one procedure and a text in the next.

mod invented;
mod papers;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};

use crate::guarded::Guarded;

/// A procedure in full, as `LayThuTuc` answers.
type Procedure = Map<String, Value>;

/// The catalogue that is handed out.
pub(super) struct Catalogue {
    procedures: Guarded<Vec<Procedure>>,
    /// How many agencies offer each online service.
    offers: AtomicUsize,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            procedures: Guarded::new(invented::procedures()),
            offers: AtomicUsize::new(1),
        }
    }
}

/// Where its code stands.
const CODE: &str = "MATTHC";

impl Catalogue {
    /// `LayDanhSachTTHC`. The first procedure is listed twice, and a code of another portal is
    /// among them (administration.md 2.2); of an empty catalogue there is nothing.
    pub(super) fn list(&self) -> Value {
        let procedures = self.procedures.lock();
        let row = |procedure: &Procedure| json!({CODE: procedure.get(CODE), "TENTTHC": procedure.get("TENTTHC")});
        let mut rows: Vec<Value> = procedures.iter().map(row).collect();
        if let Some(first) = rows.first().cloned() {
            rows.push(first);
            rows.push(json!({CODE: "C08_XPHCDB", "TENTTHC": "Nộp phạt vi phạm giao thông"}));
        }
        Value::Array(rows)
    }

    /// `LayThuTuc`; nothing for a code that is not listed.
    pub(super) fn procedure(&self, code: &str) -> Option<Value> {
        let procedures = self.procedures.lock();
        let found = procedures.iter().find(|it| is(it, code))?;
        Some(json!([found]))
    }

    /// `LayDVC`: an online service for each procedure that can be handed in online.
    pub(super) fn online_services(&self) -> Value {
        let procedures = self.procedures.lock();
        let online = procedures.iter().filter(|it| has_channel(it, "2"));
        let agencies = self.offers.load(Ordering::Relaxed);
        let service = |procedure: &Procedure| {
            let code = text(procedure, CODE);
            // By the code, so that it stays the same whatever else is listed.
            let level = if code.bytes().last().is_some_and(|last| last % 2 == 0) {
                3
            } else {
                4
            };
            json!({
                "MADVC": format!("{code}.01"),
                "TENDVC": procedure.get("TENTTHC"),
                CODE: code,
                "TENTTHC": procedure.get("TENTTHC"),
                "TENCOQUANBANHANH": "Bộ, ngành",
                "APDUNGDVC": (0..agencies).map(|agency| {
                    // From H99 down, as there are provinces.
                    let agency = format!("000.00.00.H{:02}", 99_usize.saturating_sub(agency));
                    json!({"MACOQUANTHUCHIEN": agency, "MUCDO": level})
                }).collect::<Value>(),
            })
        };
        let services: Vec<Value> = online.map(service).collect();
        json!({"data": services})
    }

    /// Every code, in the order of the list.
    pub(super) fn codes(&self) -> Vec<String> {
        let procedures = self.procedures.lock();
        procedures
            .iter()
            .map(|it| text(it, CODE).to_owned())
            .collect()
    }

    /// One procedure in full.
    pub(super) fn get(&self, code: &str) -> Option<Value> {
        let procedures = self.procedures.lock();
        let found = procedures.iter().find(|it| is(it, code));
        found.cloned().map(Value::Object)
    }

    /// Lays members over a procedure; one that is not there is made, with a name of its own.
    pub(super) fn put(&self, code: &str, members: Procedure) {
        let mut procedures = self.procedures.lock();
        if let Some(known) = procedures.iter_mut().find(|it| is(it, code)) {
            known.extend(members);
        } else {
            let mut made = invented::bare(code);
            made.extend(members);
            procedures.push(made);
        }
    }

    /// Lists a procedure no longer. `false` when it was not there.
    pub(super) fn withdraw(&self, code: &str) -> bool {
        let mut procedures = self.procedures.lock();
        let before = procedures.len();
        procedures.retain(|it| !is(it, code));
        procedures.len() < before
    }

    /// Lists only the first half.
    pub(super) fn halve(&self) {
        let mut procedures = self.procedures.lock();
        let half = procedures.len() / 2;
        procedures.truncate(half);
    }

    /// Lists nothing.
    pub(super) fn clear(&self) {
        self.procedures.lock().clear();
    }

    /// Lists as many procedures as the national catalogue does, each online service of them
    /// offered by so many agencies.
    pub(super) fn grow(&self, procedures: usize, offers: usize) {
        *self.procedures.lock() = invented::procedures_in_number(procedures);
        self.offers.store(offers, Ordering::Relaxed);
    }

    /// Lists what it did at the start.
    pub(super) fn reset(&self) {
        self.offers.store(1, Ordering::Relaxed);
        *self.procedures.lock() = invented::procedures();
    }
}

/// `LayDanhMucCoQuan`.
pub(super) fn units() -> Value {
    invented::units()
}

/// `LayDanhMucLinhVuc`.
pub(super) fn fields() -> Value {
    invented::fields()
}

fn is(procedure: &Procedure, code: &str) -> bool {
    text(procedure, CODE) == code
}

fn text<'p>(procedure: &'p Procedure, name: &str) -> &'p str {
    procedure
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Whether a procedure can be handed in by a channel; its number may be a number or a text.
fn has_channel(procedure: &Procedure, wanted: &str) -> bool {
    let ways = procedure.get("CACHTHUCTHUCHIEN").and_then(Value::as_array);
    ways.into_iter().flatten().any(|way| match way.get("KENH") {
        Some(Value::String(channel)) => channel == wanted,
        Some(Value::Number(channel)) => channel.to_string() == wanted,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_about_a_hundred_and_twenty_procedures_each_with_its_details() {
        let catalogue = Catalogue::default();
        let codes = catalogue.codes();
        assert_eq!(codes.len(), 120);
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
        for code in &codes {
            let details = catalogue.procedure(code).unwrap();
            assert_eq!(details[0][CODE], **code);
        }
        let rows = catalogue.list();
        assert_eq!(rows.as_array().unwrap().len(), 122, "two rows are traps");
    }

    #[test]
    fn the_traps_of_the_real_catalogue_are_planted() {
        let catalogue = Catalogue::default();
        let all: Vec<Value> = catalogue
            .codes()
            .iter()
            .filter_map(|code| catalogue.get(code))
            .collect();
        let fees = |it: &Value| it["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["PHILEPHI"].clone();
        let time =
            |it: &Value| it["CACHTHUCTHUCHIEN"][0]["THOIGIAN"][0]["THOIGIANGIAIQUYET"].clone();
        assert!(all.iter().any(|it| fees(it) == json!([])), "no fee is told");
        assert!(
            all.iter().any(|it| fees(it)[0]["SOTIEN"] == ""),
            "an empty fee"
        );
        assert!(all.iter().any(|it| time(it).is_number()), "a number");
        assert!(
            all.iter().any(|it| time(it).is_string()),
            "a number as a text"
        );
        assert!(
            all.iter().any(|it| it["THANHPHANHOSO"].is_null()),
            "null for none"
        );
        let codes = catalogue.codes();
        for trap in ["1.0133611", "1.000656.000.00.00.H99"] {
            assert!(codes.iter().any(|it| it == trap), "{trap}");
        }
    }

    #[test]
    fn a_catalogue_of_real_size_has_a_code_for_each_procedure_and_an_offer_of_each_agency() {
        let catalogue = Catalogue::default();
        catalogue.grow(6_302, 34);
        let codes = catalogue.codes();
        let distinct: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!((codes.len(), distinct.len()), (6_302, 6_302));
        let online = catalogue.online_services();
        let offers = online["data"][0]["APDUNGDVC"].as_array().unwrap();
        assert_eq!(offers.len(), 34);
        assert_eq!(offers[33]["MACOQUANTHUCHIEN"], "000.00.00.H66");
        catalogue.reset();
        assert_eq!(catalogue.codes().len(), 120);
        let online = catalogue.online_services();
        assert_eq!(online["data"][0]["APDUNGDVC"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_procedure_is_changed_added_and_withdrawn() {
        let catalogue = Catalogue::default();
        let members = Map::from_iter([("YEUCAU".to_owned(), json!("Có chỗ ở hợp pháp"))]);
        catalogue.put("1.004222", members.clone());
        catalogue.put("1.999999", members);
        assert_eq!(
            catalogue.get("1.004222").unwrap()["YEUCAU"],
            "Có chỗ ở hợp pháp"
        );
        assert_eq!(catalogue.codes().len(), 121);
        assert!(catalogue.withdraw("1.999999") && !catalogue.withdraw("1.999999"));
        catalogue.halve();
        assert_eq!(catalogue.codes().len(), 60);
        catalogue.clear();
        assert_eq!(catalogue.list(), json!([]));
        catalogue.reset();
        assert_eq!(catalogue.codes().len(), 120);
    }
}
