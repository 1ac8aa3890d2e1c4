//! Secrets: written in the file, named by a file of their own, or in a variable.
//!
//! What a variable holds is taken as it stands, quotation marks included. Of a
//! secret's own file only the line breaks at its end are cut off.

use std::fs;

use secrecy::SecretString;

use super::environment::variable_for;
use super::kinds::{raw_text, text, why_unreadable};
use super::reader::{Complaint, Read, Reading, Reported};
use super::section::Section;
use super::source::{Node, Table, Value};

/// Keys whose values are never shown, wherever in the file they stand: secrets,
/// and what may name a person.
const SENSITIVE: [&str; 14] = [
    "access_key",
    "api_key",
    "auth",
    "client_secret",
    "code",
    "hash_key",
    "key_name",
    "key_pass",
    "officer",
    "password",
    "postgresql_url",
    "secret_key",
    "token",
    "value",
];

const LARGEST_FILE: u64 = 64 << 10;

/// Keeps every sensitive value in `table` out of the report.
pub(super) fn conceal_all(table: &Table, reading: &Reading) {
    for (key, entry) in table {
        if SENSITIVE.contains(&key.as_str()) {
            reading.conceal(&entry.node);
        } else {
            conceal_below(&entry.node, reading);
        }
    }
}

fn conceal_below(node: &Node, reading: &Reading) {
    match &node.value {
        Value::Table(table) => conceal_all(table, reading),
        Value::Array(items) => items.iter().for_each(|item| conceal_below(item, reading)),
        Value::Text(_) | Value::Integer(_) | Value::Boolean(_) | Value::Unused => {}
    }
}

/// A secret that has no file of its own.
pub(super) fn secret(node: &Node) -> Result<SecretString, Complaint> {
    let held = node
        .verbatim
        .as_deref()
        .map_or_else(|| raw_text(node), Ok)?;
    if held.is_empty() {
        return Err(Complaint::new("must not be empty"));
    }
    Ok(SecretString::from(held))
}

/// A secret in `key` or in the file that `file_key` names; a variable wins over
/// the configuration file.
pub(super) fn secret_or_file(
    section: &mut Section<'_>,
    key: &'static str,
    file_key: &'static str,
) -> Read<SecretString> {
    if let Some(secret) = optional_secret_or_file(section, key, file_key)? {
        return Ok(secret);
    }
    let variable = variable_for(&section.full(key));
    let help = format!("write it into a file and name that in `{file_key}`, or set {variable}");
    Err(section.missing(key, Some(help)))
}

/// As [`secret_or_file`], but both may be missing.
pub(super) fn optional_secret_or_file(
    section: &mut Section<'_>,
    key: &'static str,
    file_key: &'static str,
) -> Read<Option<SecretString>> {
    let written = section.optional(key, secret);
    let folder = section.reading();
    let in_file = section.optional(file_key, |node| {
        // The secret itself may stand where its file should.
        read_file(node, folder).map_err(Complaint::concealed)
    });
    let (full, full_file) = (section.full(key), section.full(file_key));
    match (written?, in_file?) {
        (Some(secret), None) | (None, Some(secret)) => Ok(Some(secret)),
        (Some(written), Some(in_file)) => {
            match (
                folder.set_by_variable(&full),
                folder.set_by_variable(&full_file),
            ) {
                (true, false) => Ok(Some(written)),
                (false, true) => Ok(Some(in_file)),
                (true, true) | (false, false) => {
                    let message = format!("is given twice, here and by `{full_file}`");
                    folder.report_at(&full, &message, "keep one of the two");
                    Err(Reported)
                }
            }
        }
        (None, None) => Ok(None),
    }
}

fn read_file(node: &Node, reading: &Reading) -> Result<SecretString, Complaint> {
    let path = reading.resolve(&text(node)?);
    let unreadable = |error: std::io::Error| {
        Complaint::new(why_unreadable(&error))
            .help("a relative path counts from the folder of the configuration file")
    };
    if fs::metadata(&path).map_err(unreadable)?.len() > LARGEST_FILE {
        return Err(Complaint::new(
            "names a file that is too large for a secret",
        ));
    }
    let content = String::from_utf8(fs::read(&path).map_err(unreadable)?)
        .map_err(|_| Complaint::new("names a file that is not UTF-8 text"))?;
    match content.trim_end_matches(['\r', '\n']) {
        "" => Err(Complaint::new("names an empty file")),
        secret => Ok(SecretString::from(secret)),
    }
}
