//! The operator's own files about the services, read and judged at the start.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::kinds::why_unreadable;
use crate::config::reader::{Read, Reported};
use crate::config::section::Section;
use crate::essential::{Knowledge, KnowledgeFile};

/// Largest file; a list of every commune of the country is smaller.
const LARGEST: u64 = 16 << 20;

/// The setting that names a file.
pub(super) const fn key(file: KnowledgeFile) -> &'static str {
    match file {
        KnowledgeFile::List => "list_file",
        KnowledgeFile::Calendar => "calendar_file",
        KnowledgeFile::Agencies => "agencies_file",
        KnowledgeFile::CheckRules => "check_rules_file",
        KnowledgeFile::ReportRules => "report_rules_file",
        KnowledgeFile::EvidenceRules => "evidence_rules_file",
        KnowledgeFile::Targets => "targets_file",
        KnowledgeFile::Totals => "totals_file",
        KnowledgeFile::IndexRules => "index_rules_file",
        KnowledgeFile::IndexFigures => "index_figures_file",
        KnowledgeFile::UnitNames => "unit_names_file",
    }
}

/// Where the files are, and what is known with them.
pub(super) fn read(
    section: &mut Section<'_>,
) -> Read<(BTreeMap<KnowledgeFile, PathBuf>, Knowledge)> {
    let mut paths = BTreeMap::new();
    let mut texts = BTreeMap::new();
    let mut unread = false;
    for file in KnowledgeFile::ALL {
        match read_one(section, file) {
            Ok(None) => {}
            Ok(Some((path, text))) => {
                paths.insert(file, path);
                texts.insert(file, text);
            }
            Err(Reported) => unread = true,
        }
    }
    match Knowledge::with(&texts) {
        Ok(knowledge) if !unread => Ok((paths, knowledge)),
        Ok(_) => Err(Reported),
        Err(problems) => {
            for problem in problems {
                // What is shipped can be read, so there is always a file.
                let key = problem.file.map_or("list_file", key);
                let message = format!("names a file with a mistake: {}", problem.what);
                section.wrong(
                    key,
                    &message,
                    "correct the file; nothing was loaded from it",
                );
            }
            Err(Reported)
        }
    }
}

fn read_one(section: &mut Section<'_>, file: KnowledgeFile) -> Read<Option<(PathBuf, String)>> {
    let key = key(file);
    let Some(path) = section.optional_file(key)? else {
        return Ok(None);
    };
    let text = text_of(&path).map_err(|(message, help)| section.wrong(key, &message, help))?;
    if let Err(error) = toml::from_str::<toml::Table>(&text) {
        let line = error.span().map(|span| line_of(&text, span.start));
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        let message = format!("names a file that is no TOML: {place}{}", error.message());
        return Err(section.wrong(key, &message, "correct the file"));
    }
    Ok(Some((path, text)))
}

/// The text of a file, or what is wrong with it and what to do.
fn text_of(path: &Path) -> Result<String, (String, &'static str)> {
    let unreadable =
        |error: std::io::Error| (why_unreadable(&error), "it is read once, at the start");
    if fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
        let message = "names a file that is too large to be one".to_owned();
        return Err((message, "is it the right file?"));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| {
        let message = "names a file that is not UTF-8 text".to_owned();
        (message, "save it as UTF-8")
    })
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|byte| **byte == b'\n').count()
}
