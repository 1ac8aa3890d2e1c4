//! The resolved configuration as TOML, without anything that must stay hidden.
//!
//! It is for people: `"***"` stands for every secret and every officer, so it
//! can not be loaded again where there are any.

use std::fmt::{self, Write as _};

use toml::Value;

use super::Config;

/// Prints a configuration as TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(String);

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Config {
    /// The configuration as TOML, every setting resolved, with `"***"` for each
    /// secret and for whatever may name a person.
    #[must_use]
    pub fn describe(&self) -> Description {
        let mut page = Page::default();
        self.listen.describe(&mut page);
        self.clients
            .iter()
            .for_each(|client| client.describe(&mut page));
        self.access
            .grants
            .iter()
            .for_each(|grant| super::policy::describe_grant(grant, &mut page));
        self.catalogue.describe(&mut page);
        self.population.describe(&mut page);
        super::cache::describe_cache(&self.cache, &mut page);
        self.audit.describe(&mut page);
        self.portal.describe(&mut page);
        if let Some(procedures) = &self.procedures {
            procedures.describe(&mut page);
        }
        self.sync.describe(&mut page);
        self.services.describe(&mut page);
        self.log.describe(&mut page);
        Description(page.text)
    }
}

/// A page of TOML that is being written.
#[derive(Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Begins a section: `[portal]`.
    pub(super) fn section(&mut self, name: &str) {
        self.header(&format!("[{name}]"));
    }

    /// Begins one section of several: `[[clients]]`.
    pub(super) fn element(&mut self, name: &str) {
        self.header(&format!("[[{name}]]"));
    }

    /// Writes a setting.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{key} = {}", value.into());
    }

    /// Writes a number of things.
    pub(super) fn count(&mut self, key: &str, count: usize) {
        self.set(key, i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Writes a setting that may be absent.
    pub(super) fn set_if_any(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    /// Writes a list.
    pub(super) fn list<T: Into<Value>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        self.set(
            key,
            Value::Array(values.into_iter().map(Into::into).collect()),
        );
    }

    /// Writes that there is a value that must not be shown.
    pub(super) fn hide(&mut self, key: &str) {
        self.set(key, "***");
    }

    fn header(&mut self, header: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(header);
        self.text.push('\n');
    }
}
