//! How steps are read where the contract has no field for what they are.
//!
//! What a reader would get wrong: the phrases are data, because each system names its steps
//! differently. A step that carries none of them is no apology, whatever was sent.

use serde::Deserialize;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use crate::places::SourceCertainty;

const SHIPPED: &str = include_str!("../../data/observation-rules.toml");

/// Which steps are văn bản xin lỗi (Mẫu 04, administration.md 5.2 and 5.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservationRules {
    version: String,
    /// In small letters, composed, with single blanks.
    apologies: Vec<String>,
}

/// One thing that is wrong with a file of rules; phrases are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ObservationRulesProblem {
    /// Not TOML, or not with the expected keys.
    #[error("are no rules of observation: {0}")]
    Syntax(String),
    /// No version.
    #[error("there is no version")]
    NoVersion,
    /// No phrase at all, so that no apology would ever be found.
    #[error("there is no phrase that tells an apology")]
    NoPhrase,
    /// A phrase so short that it would be found everywhere.
    #[error("apology {entry}: a phrase has at least five letters")]
    Short {
        /// Which entry.
        entry: usize,
    },
    /// A phrase that stands twice.
    #[error("apology {entry}: the phrase is that of apology {earlier}")]
    Again {
        /// Which entry.
        entry: usize,
        /// The one before.
        earlier: usize,
    },
    /// Nobody says where the phrase is from.
    #[error("apology {entry}: there is no source")]
    NoSource {
        /// Which entry.
        entry: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    apology: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    phrase: String,
    source: String,
    #[serde(rename = "certainty")]
    _certainty: SourceCertainty,
}

impl ObservationRules {
    /// The rules as they are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped file is read by a test.
    pub fn shipped() -> Result<Self, Vec<ObservationRulesProblem>> {
        Self::parse(SHIPPED)
    }

    /// Reads rules in the form of `data/observation-rules.toml`.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<ObservationRulesProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![ObservationRulesProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        if file.version.trim().is_empty() {
            problems.push(ObservationRulesProblem::NoVersion);
        }
        if file.apology.is_empty() {
            problems.push(ObservationRulesProblem::NoPhrase);
        }
        let mut apologies: Vec<String> = Vec::with_capacity(file.apology.len());
        for (entry, raw) in (1..).zip(&file.apology) {
            let phrase = plain(&raw.phrase);
            if phrase.chars().filter(|c| c.is_alphanumeric()).count() < 5 {
                problems.push(ObservationRulesProblem::Short { entry });
            }
            if let Some(earlier) = apologies.iter().position(|known| *known == phrase) {
                let earlier = earlier + 1;
                problems.push(ObservationRulesProblem::Again { entry, earlier });
            }
            if raw.source.trim().is_empty() {
                problems.push(ObservationRulesProblem::NoSource { entry });
            }
            apologies.push(phrase);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            version: file.version,
            apologies,
        })
    }

    /// Version of the data, printed beside what rests on it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether a step of this content is an apology.
    #[must_use]
    pub fn is_apology(&self, content: &str) -> bool {
        let content = plain(content);
        self.apologies
            .iter()
            .any(|phrase| holds_words(&content, phrase))
    }
}

/// Small letters, composed, with single blanks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.nfc().flat_map(char::to_lowercase));
    }
    plain
}

/// Whether `phrase` stands in `text` with nothing around it that belongs to a word, or to the
/// symbol of another form (Mẫu 04/ĐK).
fn holds_words(text: &str, phrase: &str) -> bool {
    let belongs = |c: char| c.is_alphanumeric() || c == '/';
    text.match_indices(phrase).any(|(begin, found)| {
        let before = text[..begin].chars().next_back();
        let behind = text[begin + found.len()..].chars().next();
        ![before, behind].into_iter().flatten().any(belongs)
    })
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::{ObservationRules, ObservationRulesProblem};

    #[test]
    fn the_shipped_rules_know_an_apology_in_every_spelling() {
        let rules = ObservationRules::shipped().unwrap();
        assert!(!rules.version().is_empty());
        let decomposed: String = "Ban hành VĂN BẢN  XIN LỖI".nfd().collect();
        for content in [
            "Ban hành văn bản xin lỗi",
            "Văn bản\nxin lỗi và đề nghị gia hạn thời gian giải quyết",
            "Gửi công dân Mẫu 04.",
            "(mẫu số 04)",
            &decomposed,
        ] {
            assert!(rules.is_apology(content), "{content}");
        }
    }

    #[test]
    fn what_only_resembles_an_apology_is_none() {
        let rules = ObservationRules::shipped().unwrap();
        for content in [
            "Trả kết quả",
            "Xin ý kiến lãnh đạo",
            "Biểu mẫu 041",
            "Đơn đăng ký, Mẫu 04/ĐK",
            "Mẫu 40",
            "Văn bản xin lỗ",
            "",
        ] {
            assert!(!rules.is_apology(content), "{content}");
        }
    }

    #[test]
    fn everything_that_is_wrong_with_a_file_is_told_at_once() {
        let text = r#"
            version = " "
            [[apology]]
            phrase = "xin"
            source = "thử"
            certainty = "inferred"
            [[apology]]
            phrase = "Thư xin lỗi"
            source = ""
            certainty = "inferred"
            [[apology]]
            phrase = "thư  XIN lỗi"
            source = "thử"
            certainty = "inferred"
        "#;
        let problems = ObservationRules::parse(text).unwrap_err();
        assert_eq!(
            problems,
            [
                ObservationRulesProblem::NoVersion,
                ObservationRulesProblem::Short { entry: 1 },
                ObservationRulesProblem::NoSource { entry: 2 },
                ObservationRulesProblem::Again {
                    entry: 3,
                    earlier: 2
                },
            ]
        );
        assert_eq!(
            ObservationRules::parse("version = \"1\""),
            Err(vec![ObservationRulesProblem::NoPhrase])
        );
        assert!(matches!(
            ObservationRules::parse("phrases = 1").unwrap_err()[..],
            [ObservationRulesProblem::Syntax(_)]
        ));
    }
}
