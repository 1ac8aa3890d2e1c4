//! The list of procedures, and what is found in it.
//!
//! What a reader would get wrong: a procedure that the source lists no longer stays in the
//! list as withdrawn. The source gives no day for it (portal.md 13.3), so the day is the one
//! on which it was first missed.

use jiff::Timestamp;

use super::procedure::{Level, NamedCode};
use super::words::{Folded, Query};
use crate::procedure::ProcedureCode;

/// How well the details of a procedure are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DetailStanding {
    /// As of the last fetch.
    Fresh,
    /// Of an earlier fetch: the last one did not bring them.
    Older,
    /// Never fetched; only code and name are known.
    Missing,
}

/// One procedure of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Mã thủ tục.
    pub code: ProcedureCode,
    /// Tên thủ tục, as the list names it.
    pub name: String,
    /// Lĩnh vực, as far as the details tell.
    pub fields: Vec<NamedCode>,
    /// Cấp thực hiện, as far as the details tell.
    pub levels: Vec<NamedCode>,
    /// When the source was first seen not to list it any more.
    pub withdrawn_at: Option<Timestamp>,
    /// When its content was last seen to change.
    pub changed_at: Timestamp,
    /// How well its details are known.
    pub detail: DetailStanding,
}

/// What is looked for; all conditions that are given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Words of the name, or the beginning of the code; accents and case do not count.
    pub query: String,
    /// Mã lĩnh vực.
    pub field: Option<String>,
    /// Cấp thực hiện.
    pub level: Option<Level>,
    /// Also what the source lists no longer.
    pub withdrawn: bool,
}

/// A list that can be searched, in the order of the codes.
#[derive(Debug, Clone, Default)]
pub struct Listings {
    rows: Vec<(Listing, Folded)>,
}

impl Listings {
    /// The list of `listings`, in whatever order they come.
    #[must_use]
    pub fn new(mut listings: Vec<Listing>) -> Self {
        listings.sort_by(|one, other| one.code.cmp(&other.code));
        let rows = listings.into_iter().map(|listing| {
            let name = Folded::of(&listing.name);
            (listing, name)
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// Every procedure, the withdrawn ones included.
    pub fn all(&self) -> impl Iterator<Item = &Listing> {
        self.rows.iter().map(|(listing, _)| listing)
    }

    /// The procedures that the source lists.
    pub fn listed(&self) -> impl Iterator<Item = &Listing> {
        self.all().filter(|it| it.withdrawn_at.is_none())
    }

    /// The procedure with exactly this code.
    #[must_use]
    pub fn get(&self, code: &ProcedureCode) -> Option<&Listing> {
        let found = self.rows.binary_search_by(|(it, _)| it.code.cmp(code));
        let (listing, _) = self.rows.get(found.ok()?)?;
        Some(listing)
    }

    /// What fits `search` behind the code `after`, in the order of the codes.
    pub fn found<'l>(
        &'l self,
        search: &Search,
        after: Option<&'l str>,
    ) -> impl Iterator<Item = &'l Listing> + use<'l> {
        let query = Query::of(&search.query);
        let (field, level, withdrawn) = (search.field.clone(), search.level, search.withdrawn);
        let names = move |(listing, name): &&(Listing, Folded)| {
            query.is_in(name) || query.begins(listing.code.as_str())
        };
        let fits = move |listing: &&Listing| {
            let of_field = |wanted: &String| listing.fields.iter().any(|it| it.code == *wanted);
            let of_level = |wanted| {
                let mut levels = listing.levels.iter();
                levels.any(|it| Level::of_wire(&it.code) == Some(wanted))
            };
            (withdrawn || listing.withdrawn_at.is_none())
                && field.as_ref().is_none_or(of_field)
                && level.is_none_or(of_level)
        };
        let begin = after.map_or(0, |after| {
            self.rows
                .partition_point(|(listing, _)| listing.code.as_str() <= after)
        });
        let rows = self.rows.get(begin..).unwrap_or_default();
        rows.iter()
            .filter(names)
            .map(|(listing, _)| listing)
            .filter(fits)
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn listing(code: &str, name: &str, field: &str, level: &str) -> Listing {
        let named = |code: &str| NamedCode {
            code: code.to_owned(),
            name: String::new(),
        };
        Listing {
            code: ProcedureCode::parse(code).unwrap(),
            name: name.to_owned(),
            fields: vec![named(field)],
            levels: vec![named(level)],
            withdrawn_at: None,
            changed_at: Timestamp::UNIX_EPOCH,
            detail: DetailStanding::Fresh,
        }
    }

    fn listings() -> Listings {
        let gone = Listing {
            withdrawn_at: Some(Timestamp::UNIX_EPOCH),
            ..listing("2.002621", "Liên thông khai sinh", "G15-TP07", "3")
        };
        Listings::new(vec![
            gone,
            listing("1.004222", "Đăng ký thường trú", "G01-CA05", "3"),
            listing("1.004194", "Đăng ký tạm trú", "G01-CA05", "3"),
            listing("1.001456", "Cấp hộ chiếu phổ thông", "G01-CA02", "1"),
            listing("1.0133611", "Một thủ tục bảy chữ số", "G15-TP07", "0"),
        ])
    }

    fn codes(search: &Search, after: Option<&str>) -> Vec<String> {
        let all = listings();
        let found = all.found(search, after);
        found.map(|it| it.code.to_string()).collect()
    }

    fn query(text: &str) -> Search {
        Search {
            query: text.to_owned(),
            ..Search::default()
        }
    }

    #[test]
    fn words_are_found_without_accents_and_case_in_any_order() {
        assert_eq!(codes(&query("DANG KY tru"), None), ["1.004194", "1.004222"]);
        assert_eq!(codes(&query("thường ĐĂNG"), None), ["1.004222"]);
        let decomposed: String = "thường".nfd().collect();
        assert_eq!(codes(&query(&decomposed), None), ["1.004222"]);
        assert!(codes(&query("kết hôn"), None).is_empty());
    }

    #[test]
    fn the_beginning_of_a_code_is_found_and_its_middle_is_not() {
        assert_eq!(codes(&query("1.0041"), None), ["1.004194"]);
        assert_eq!(codes(&query(" 1.0133611 "), None), ["1.0133611"]);
        assert!(codes(&query("004194"), None).is_empty());
    }

    #[test]
    fn every_condition_must_hold_and_withdrawn_ones_are_asked_for() {
        let field = Search {
            field: Some("G01-CA05".to_owned()),
            ..Search::default()
        };
        assert_eq!(codes(&field, None), ["1.004194", "1.004222"]);
        let province = Search {
            level: Some(Level::Province),
            ..Search::default()
        };
        assert_eq!(codes(&province, None), ["1.001456"]);
        assert_eq!(codes(&query("lien thong"), None), Vec::<String>::new());
        let also_gone = Search {
            withdrawn: true,
            ..query("lien thong")
        };
        assert_eq!(codes(&also_gone, None), ["2.002621"]);
    }

    #[test]
    fn a_page_goes_on_behind_a_code_whether_or_not_it_is_still_there() {
        let all = query("");
        assert_eq!(codes(&all, None).len(), 4);
        let behind = codes(&all, Some("1.001456"));
        assert_eq!(behind, ["1.004194", "1.004222", "1.0133611"]);
        assert_eq!(codes(&all, Some("1.004200")), ["1.004222", "1.0133611"]);
        assert!(codes(&all, Some("9")).is_empty());
    }

    #[test]
    fn a_procedure_is_found_by_its_whole_code() {
        let all = listings();
        let code = ProcedureCode::parse("1.004194").unwrap();
        assert_eq!(all.get(&code).unwrap().name, "Đăng ký tạm trú");
        let other = ProcedureCode::parse("1.004194.H60").unwrap();
        assert_eq!(all.get(&other), None);
        assert_eq!((all.all().count(), all.listed().count()), (5, 4));
    }
}
