//! The language that the command line speaks to people.

use clap::ValueEnum;

/// Language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Tiếng Việt.
    Vi,
    /// English.
    En,
}

impl Lang {
    /// The language of a `LANG` value; Vietnamese unless it asks for English.
    #[must_use]
    pub fn of_locale(locale: Option<&str>) -> Self {
        match locale {
            Some(locale) if locale.starts_with("en_") || locale == "en" => Self::En,
            Some(_) | None => Self::Vi,
        }
    }

    /// The text in this language.
    #[must_use]
    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn vietnamese_is_spoken_unless_english_is_asked_for() {
        assert_eq!(Lang::of_locale(None), Lang::Vi);
        assert_eq!(Lang::of_locale(Some("C.UTF-8")), Lang::Vi);
        assert_eq!(Lang::of_locale(Some("en_GB.UTF-8")), Lang::En);
    }
}
