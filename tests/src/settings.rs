//! The configuration of a gateway under test: one file, and settings laid over it.
//!
//! What a reader would get wrong: the file is the same for every test. What a test wants
//! otherwise goes over it as `LIENTHONG__SECTION__KEY`, the way an operator would do it,
//! both for a gateway in this process and for one of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the configuration file in a test's folder.
pub const FILE: &str = "lienthong.toml";

const TEXT: &str = include_str!("lienthong.toml");

/// Settings laid over the file.
#[derive(Debug, Clone)]
pub struct Settings(BTreeMap<String, String>);

impl Default for Settings {
    /// Callers in plain text are taken for the client `igate`.
    fn default() -> Self {
        Self(BTreeMap::new()).with("listen.plain_client", "igate")
    }
}

impl Settings {
    /// The same with `key` (`sync.lease`) set to `value`, a TOML value or plain text.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// The same with `key` set to `value` unless it is set already.
    #[must_use]
    pub fn or(mut self, key: &str, value: impl Into<String>) -> Self {
        let entry = self.0.entry(key.to_owned());
        entry.or_insert_with(|| value.into());
        self
    }

    /// The same without `key`.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.0.remove(key);
        self
    }

    /// Settings under which an outage or a crash is over within seconds.
    #[must_use]
    pub fn impatient(self) -> Self {
        self.with("portal.limits.connect", "1s")
            .with("portal.limits.read", "2s")
            .with("portal.limits.total", "2s")
            .with("sync.lease", "3s")
    }

    /// Settings under which a look-up is given up after `limit` (`2s`), however it hangs.
    #[must_use]
    pub fn population_within(self, limit: &str) -> Self {
        ["connect", "read", "total"]
            .into_iter()
            .fold(self, |settings, which| {
                settings.with(&format!("population.limits.{which}"), limit)
            })
    }

    /// As the variables that the gateway reads.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let name = |key: &str| format!("LIENTHONG__{}", key.replace('.', "__").to_uppercase());
        self.0
            .iter()
            .map(|(key, value)| (name(key), value.clone()))
            .collect()
    }

    /// Writes the file into `dir` and returns its path.
    ///
    /// # Errors
    /// The file system's.
    pub fn write_file(dir: &Path) -> std::io::Result<PathBuf> {
        let path = dir.join(FILE);
        std::fs::write(&path, TEXT)?;
        Ok(path)
    }
}
