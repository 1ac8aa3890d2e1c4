//! `portal.mapping_file`: the mapping table, read and judged at the start.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use lienthong_core::mapping::MappingTable;

use crate::config::kinds::why_unreadable;
use crate::config::reader::{Read, Reported};
use crate::config::section::Section;

/// Largest table; hundreds of thousands of entries.
const LARGEST: u64 = 64 << 20;

const KEY: &str = "mapping_file";

/// The table and where it stands; an empty one where the file names none.
pub(super) fn read(section: &mut Section<'_>) -> Read<(Option<PathBuf>, Arc<MappingTable>)> {
    let Some(path) = section.optional_file(KEY)? else {
        return Ok((None, Arc::default()));
    };
    let unreadable = |error: std::io::Error| {
        section.wrong(
            KEY,
            &why_unreadable(&error),
            "it is read once, at the start",
        )
    };
    if fs::metadata(&path).map_err(unreadable)?.len() > LARGEST {
        let message = "names a file that is too large for a mapping table";
        return Err(section.wrong(KEY, message, "split off what is out of date"));
    }
    let text = fs::read(&path).map_err(unreadable)?;
    let Ok(text) = String::from_utf8(text) else {
        let message = "names a file that is not UTF-8 text";
        return Err(section.wrong(KEY, message, "save it as UTF-8"));
    };
    match MappingTable::parse(&text) {
        Ok(table) => Ok((Some(path), Arc::new(table))),
        Err(problems) => {
            for problem in problems {
                let message = format!("names a table with a mistake: {problem}");
                section.wrong(
                    KEY,
                    &message,
                    "correct the table; nothing was loaded from it",
                );
            }
            Err(Reported)
        }
    }
}
