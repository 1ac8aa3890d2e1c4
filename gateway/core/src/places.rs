//! The catalogue of place codes in personal numbers, read from dated data.
//!
//! A missing code is a reason to doubt, never to refuse: the codes of children
//! born after the merger of provinces and of people born abroad are not public
//! (population.md 7.1). A code stays known for ever, because numbers do not
//! change when a province does.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

const SHIPPED: &str = include_str!("../data/places.toml");
const TEST_PLACE: &str = "000";

/// Mã nơi đăng ký khai sinh: the three-digit codes that open a personal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceCatalogue {
    version: String,
    places: BTreeMap<String, Place>,
}

/// One place code and where it is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name at the time the code was assigned, in Vietnamese.
    pub name: String,
    /// The first day on which the code was in use; not covered by `certainty`.
    pub valid_from: Date,
    /// The document that assigns it.
    pub source: String,
    /// How well code and name are known.
    pub certainty: SourceCertainty,
}

/// How well an entry of the catalogue is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceCertainty {
    /// Read in a public document or in public code.
    Seen,
    /// Concluded from other evidence.
    Inferred,
    /// Not read in a source.
    Unverified,
}

/// Why a text is not a catalogue of place codes.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPlaceCatalogue {
    /// Not TOML, or not with the expected keys.
    #[error("the place catalogue does not have the expected form")]
    Syntax(#[source] Box<toml::de::Error>),
    /// A code is not three digits.
    #[error("a place code consists of three digits, in group {group}")]
    Code {
        /// Which group of the file, counted from 1.
        group: usize,
    },
    /// A code stands twice.
    #[error("a place code stands twice, the second time in group {group}")]
    Duplicate {
        /// Which group of the file, counted from 1.
        group: usize,
    },
    /// A group's first day of validity is not a day.
    #[error("valid_from is not a day, in group {group}")]
    ValidFrom {
        /// Which group of the file, counted from 1.
        group: usize,
    },
    /// No code at all.
    #[error("the place catalogue is empty")]
    Empty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    valid_from: String,
    source: String,
    certainty: SourceCertainty,
    places: BTreeMap<String, String>,
}

impl PlaceCatalogue {
    /// Reads a catalogue in the form of `data/places.toml`.
    ///
    /// # Errors
    /// [`InvalidPlaceCatalogue`] with the first thing wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidPlaceCatalogue> {
        let file: File =
            toml::from_str(text).map_err(|error| InvalidPlaceCatalogue::Syntax(Box::new(error)))?;
        let mut places = BTreeMap::new();
        for (group, data) in (1..).zip(file.group) {
            let valid_from: Date = data
                .valid_from
                .parse()
                .map_err(|_| InvalidPlaceCatalogue::ValidFrom { group })?;
            for (code, name) in data.places {
                if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(InvalidPlaceCatalogue::Code { group });
                }
                let source = data.source.clone();
                let place = Place {
                    name,
                    valid_from,
                    source,
                    certainty: data.certainty,
                };
                if places.insert(code, place).is_some() {
                    return Err(InvalidPlaceCatalogue::Duplicate { group });
                }
            }
        }
        if places.is_empty() {
            return Err(InvalidPlaceCatalogue::Empty);
        }
        Ok(Self {
            version: file.version,
            places,
        })
    }

    /// The catalogue that comes with the gateway: the 63 codes of the provinces
    /// before the merger of 2025.
    ///
    /// # Errors
    /// [`InvalidPlaceCatalogue`] only if the gateway was built from a damaged
    /// file; a test rules that out.
    pub fn shipped() -> Result<Self, InvalidPlaceCatalogue> {
        Self::parse(SHIPPED)
    }

    /// Adds place 000, in which all invented people live, so that they give no
    /// warning in the demo and in tests.
    #[must_use]
    pub fn with_test_place(mut self) -> Self {
        let place = Place {
            name: String::from("Nơi thử nghiệm"),
            valid_from: Date::ZERO,
            source: String::from("test place"),
            certainty: SourceCertainty::Seen,
        };
        if self.places.insert(TEST_PLACE.to_owned(), place).is_none() {
            self.version.push_str("+test");
        }
        self
    }

    /// Whether the code is known.
    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        self.places.contains_key(code)
    }

    /// What is known of a code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.places.get(code)
    }

    /// The version that an answer names beside a code.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many codes are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether no code is known; never so for a parsed catalogue.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The codes of population.md 7.1, written down once more on purpose.
    const EXPECTED: &str = "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 \
        027 030 031 033 034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 \
        062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 \
        095 096";

    #[test]
    fn the_shipped_catalogue_holds_exactly_the_63_codes() {
        let catalogue = PlaceCatalogue::shipped().unwrap();
        let codes: Vec<&str> = catalogue.places.keys().map(String::as_str).collect();
        assert_eq!(codes, EXPECTED.split_whitespace().collect::<Vec<_>>());
        assert_eq!(catalogue.len(), 63);
        assert_eq!(catalogue.place("037").unwrap().name, "Ninh Bình");
        assert_eq!(catalogue.place("096").unwrap().name, "Cà Mau");
        assert!(!catalogue.is_empty());
    }

    #[test]
    fn the_test_place_is_there_only_on_request_and_shows_in_the_version() {
        let shipped = PlaceCatalogue::shipped().unwrap();
        assert!(!shipped.contains("000"));
        let version = shipped.version().to_owned();
        let test = shipped.with_test_place().with_test_place();
        assert!(test.contains("000"));
        assert_eq!(test.len(), 64);
        assert_eq!(test.version(), format!("{version}+test"));
    }

    #[test]
    fn each_way_to_be_wrong_has_its_own_error() {
        use InvalidPlaceCatalogue as E;
        let with = |valid_from: &str, places: &str| {
            PlaceCatalogue::parse(&format!(
                "version = \"1\"\n[[group]]\nvalid_from = \"{valid_from}\"\nsource = \"s\"\n\
                 certainty = \"seen\"\nplaces = {{ {places} }}\n"
            ))
        };
        assert!(with("2016-03-20", "\"001\" = \"Hà Nội\"").is_ok());
        let wrong = [
            with("2016-02-30", "\"001\" = \"Hà Nội\""),
            with("2016-03-20", "\"1\" = \"Hà Nội\""),
            with("2016-03-20", ""),
            with("2016-03-20", "\"001\" = 1"),
        ];
        assert!(matches!(wrong[0], Err(E::ValidFrom { group: 1 })));
        assert!(matches!(wrong[1], Err(E::Code { group: 1 })));
        assert!(matches!(wrong[2], Err(E::Empty)));
        assert!(matches!(wrong[3], Err(E::Syntax(_))));
        let group = "[[group]]\nvalid_from = \"2016-03-20\"\nsource = \"s\"\n\
                     certainty = \"seen\"\nplaces = { \"001\" = \"x\" }\n";
        let twice = PlaceCatalogue::parse(&format!("version = \"1\"\n{group}{group}"));
        assert!(matches!(twice, Err(E::Duplicate { group: 2 })));
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_panic(text in any::<String>()) {
            prop_assert!(PlaceCatalogue::parse(&text).is_err());
        }
    }
}
