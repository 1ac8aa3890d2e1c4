//! `[log]`: what is logged, and how.
//!
//! The filter only thins the log out: nothing personal is in it at any level.

use super::description::Page;
use super::kinds::{choice, log_filter, name_of};
use super::reader::Read;
use super::section::Section;

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Shape of a line.
    pub format: LogFormat,
    /// Directives in the syntax of `tracing_subscriber::EnvFilter`; they parse.
    pub filter: String,
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

const FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: String::from("info"),
        }
    }
}

impl Log {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let default = Self::default();
        let format = section.or("format", default.format, choice(&FORMATS));
        let filter = section.or("filter", default.filter, log_filter);
        Ok(Self {
            format: format?,
            filter: filter?,
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("log");
        page.set("format", name_of(&FORMATS, &self.format));
        page.set("filter", self.filter.as_str());
    }
}
