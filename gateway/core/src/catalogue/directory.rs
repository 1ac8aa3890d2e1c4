//! The catalogues of units and fields as they are looked through.
//!
//! What a reader would get wrong: a unit is looked for by any part of its code, because the
//! part that tells the province stands last in the old form and first in the new one
//! (portal.md 12.1).

use super::words::{Folded, Query};
use crate::ports::catalogue::{CatalogueField, CatalogueUnit};

/// An entry of a catalogue beside the procedures.
pub trait DirectoryEntry {
    /// Its code.
    fn code(&self) -> &str;
    /// Its name.
    fn name(&self) -> &str;
    /// The group that the source puts it in: cấp đơn vị of a unit, mã ngành of a field.
    fn group(&self) -> &str;
}

impl DirectoryEntry for CatalogueUnit {
    fn code(&self) -> &str {
        &self.code
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn group(&self) -> &str {
        &self.level
    }
}

impl DirectoryEntry for CatalogueField {
    fn code(&self) -> &str {
        &self.field.code
    }

    fn name(&self) -> &str {
        &self.field.name
    }

    fn group(&self) -> &str {
        &self.sector
    }
}

/// What is looked for in a directory; all conditions that are given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectorySearch {
    /// Words of the name, or a part of the code; accents and case do not count.
    pub query: String,
    /// The group, exactly as the source writes it.
    pub group: Option<String>,
}

/// Entries that can be searched, in the order of their codes.
#[derive(Debug, Clone)]
pub struct Directory<T> {
    rows: Vec<(T, Folded)>,
}

impl<T: DirectoryEntry> Directory<T> {
    /// The directory of `entries`, in whatever order they come.
    #[must_use]
    pub fn new(mut entries: Vec<T>) -> Self {
        entries.sort_by(|one, other| one.code().cmp(other.code()));
        let rows = entries.into_iter().map(|entry| {
            let name = Folded::of(entry.name());
            (entry, name)
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// What fits `search` behind the code `after`, in the order of the codes.
    pub fn found<'d>(
        &'d self,
        search: &'d DirectorySearch,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'d T> + use<'d, T> {
        let query = Query::of(&search.query);
        let begin = after.map_or(0, |after| {
            self.rows.partition_point(|(it, _)| it.code() <= after)
        });
        let rows = self.rows.get(begin..).unwrap_or_default();
        let fits = move |(entry, name): &&(T, Folded)| {
            let group = search.group.as_deref();
            (query.is_in(name) || query.is_part_of(entry.code()))
                && group.is_none_or(|group| entry.group() == group)
        };
        rows.iter().filter(fits).map(|(entry, _)| entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, name: &str, level: &str) -> CatalogueUnit {
        CatalogueUnit {
            code: code.to_owned(),
            name: name.to_owned(),
            level: level.to_owned(),
        }
    }

    fn found(query: &str, group: Option<&str>, after: Option<&str>) -> Vec<String> {
        let units = Directory::new(vec![
            unit("H60.12", "Ủy ban nhân dân xã Đông Hà", "3"),
            unit("000.00.12.H60", "Sở Tư pháp", "1"),
            unit("G15", "Bộ Tư pháp", "0"),
        ]);
        let search = DirectorySearch {
            query: query.to_owned(),
            group: group.map(str::to_owned),
        };
        let codes = units.found(&search, after).map(|it| it.code.clone());
        codes.collect()
    }

    #[test]
    fn a_unit_is_found_by_words_without_accents_and_by_any_part_of_its_code() {
        assert_eq!(found("TU PHAP", None, None), ["000.00.12.H60", "G15"]);
        assert_eq!(found("xa dong ha", None, None), ["H60.12"]);
        assert_eq!(found("h60", None, None), ["000.00.12.H60", "H60.12"]);
        assert!(found("H61", None, None).is_empty());
    }

    #[test]
    fn the_group_must_be_the_same_and_a_page_goes_on_behind_a_code() {
        assert_eq!(found("", Some("0"), None), ["G15"]);
        assert_eq!(found("", None, Some("000.00.12.H60")), ["G15", "H60.12"]);
        assert!(found("", None, Some("Z")).is_empty());
    }
}
