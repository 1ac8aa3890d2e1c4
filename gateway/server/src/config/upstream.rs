//! What both upstreams have in common: `[population.limits]` and `[portal.limits]`, and
//! whether they may be reached in plain text.
//!
//! The total covers everything that one call of ours sets off there, a renewed
//! token and its replay included. The defaults are those of the adapters.

use lienthong_adapters::http::Limits;

use super::description::Page;
use super::kinds::{duration, size};
use super::quantity::{duration_text, size_text};
use super::reader::Read;
use super::section::Section;

/// Setting that lets an upstream be called in plain text beyond this machine.
pub(super) const ALLOW_PLAIN_TEXT: &str = "allow_plain_text";

/// Reads a section of limits; what it does not name is taken from `default`.
pub(super) fn read_limits(section: &mut Section<'_>, default: Limits) -> Read<Limits> {
    let connect = section.or("connect", default.connect_timeout, duration);
    let read = section.or("read", default.read_timeout, duration);
    let total = section.or("total", default.total, duration);
    let answer_size = section.or("answer_size", default.max_body, size);
    Ok(Limits {
        connect_timeout: connect?,
        read_timeout: read?,
        total: total?,
        max_body: answer_size?,
    })
}

/// Writes `limits` as the section of this name.
pub(super) fn describe_limits(limits: &Limits, section: &str, page: &mut Page) {
    page.section(section);
    page.set("connect", duration_text(limits.connect_timeout));
    page.set("read", duration_text(limits.read_timeout));
    page.set("total", duration_text(limits.total));
    page.set("answer_size", size_text(limits.max_body));
}
