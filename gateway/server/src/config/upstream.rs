//! Limits of one upstream: `[population.limits]` and `[portal.limits]`.
//!
//! The total covers everything that one call of ours sets off there, a renewed
//! token and its replay included.

use std::time::Duration;

use super::description::Page;
use super::kinds::{duration, size};
use super::quantity::{duration_text, size_text};
use super::reader::Read;
use super::section::Section;

/// How long, and how much, one upstream may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpstreamLimits {
    /// Time to connect.
    pub connect: Duration,
    /// Longest silence while an answer is read.
    pub read: Duration,
    /// Longest time for the whole exchange.
    pub total: Duration,
    /// Largest answer after decompression, in bytes.
    pub answer_size: usize,
}

impl Default for UpstreamLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            read: Duration::from_secs(5),
            total: Duration::from_secs(10),
            answer_size: 1 << 20,
        }
    }
}

impl UpstreamLimits {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let default = Self::default();
        let connect = section.or("connect", default.connect, duration);
        let read = section.or("read", default.read, duration);
        let total = section.or("total", default.total, duration);
        let answer_size = section.or("answer_size", default.answer_size, size);
        Ok(Self {
            connect: connect?,
            read: read?,
            total: total?,
            answer_size: answer_size?,
        })
    }

    pub(super) fn describe(&self, section: &str, page: &mut Page) {
        page.section(section);
        page.set("connect", duration_text(self.connect));
        page.set("read", duration_text(self.read));
        page.set("total", duration_text(self.total));
        page.set("answer_size", size_text(self.answer_size));
    }
}
