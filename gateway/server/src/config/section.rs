//! One table of the configuration, while it is read.
//!
//! A section reports the keys that nobody asked for when it is dropped, so a
//! setting must be asked for even where it is not needed.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::environment::variable_for;
use super::kinds::{text, why_unreadable};
use super::reader::{Complaint, Read, Reading, Reported};
use super::source::{Entry, Node, Place, Table, Value};
use super::suggestion::nearest;

/// One table of the configuration, while it is read.
pub(super) struct Section<'r> {
    reading: &'r Reading,
    path: String,
    table: &'r Table,
    place: Place,
    asked: Vec<&'static str>,
}

impl<'r> Section<'r> {
    /// The table around all others.
    pub(super) fn root(reading: &'r Reading, table: &'r Table) -> Self {
        Self {
            reading,
            path: String::new(),
            table,
            place: Place::File,
            asked: Vec::new(),
        }
    }

    /// What is known so far.
    pub(super) fn reading(&self) -> &'r Reading {
        self.reading
    }

    /// The full name of a key of this section.
    pub(super) fn full(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value of `key` as `kind` reads it.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        kind: impl Fn(&Node) -> Result<T, Complaint>,
    ) -> Read<T> {
        match self.optional(key, kind)? {
            Some(value) => Ok(value),
            None => Err(self.missing(key, None)),
        }
    }

    /// As [`Section::required`], but the key may be missing.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        kind: impl Fn(&Node) -> Result<T, Complaint>,
    ) -> Read<Option<T>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        kind(node)
            .map(Some)
            .map_err(|complaint| self.complain(&self.full(key), node, complaint))
    }

    /// As [`Section::required`], but a missing key means `default`.
    pub(super) fn or<T>(
        &mut self,
        key: &'static str,
        default: T,
        kind: impl Fn(&Node) -> Result<T, Complaint>,
    ) -> Read<T> {
        Ok(self.optional(key, kind)?.unwrap_or(default))
    }

    /// A list, each element as `kind` reads it; `None` when the key is missing.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        kind: impl Fn(&Node) -> Result<T, Complaint>,
    ) -> Read<Option<Vec<T>>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        let full = self.full(key);
        let Value::Array(items) = &node.value else {
            return Err(self.complain(&full, node, Complaint::new("must be a list")));
        };
        let read = |(index, item)| {
            kind(item)
                .map_err(|complaint| self.complain(&format!("{full}[{index}]"), item, complaint))
        };
        // Collected twice: the first pass must not stop at the first bad element.
        let items: Vec<Read<T>> = items.iter().enumerate().map(read).collect();
        items.into_iter().collect::<Read<Vec<T>>>().map(Some)
    }

    /// As [`Section::list`], but it must be there.
    pub(super) fn required_list<T>(
        &mut self,
        key: &'static str,
        kind: impl Fn(&Node) -> Result<T, Complaint>,
    ) -> Read<Vec<T>> {
        match self.list(key, kind)? {
            Some(list) => Ok(list),
            None => Err(self.missing(key, None)),
        }
    }

    /// A section below this one; `None` when the file has none.
    pub(super) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'r>) -> Read<T>,
    ) -> Read<Option<T>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        let full = self.full(key);
        let Value::Table(table) = &node.value else {
            let complaint = Complaint::new(format!("must be a section, written [{full}]"));
            return Err(self.complain(&full, node, complaint.concealed()));
        };
        read(&mut self.below(full, table, &node.place)).map(Some)
    }

    /// As [`Section::section`], but it must be there.
    pub(super) fn required_section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'r>) -> Read<T>,
    ) -> Read<T> {
        match self.section(key, read)? {
            Some(value) => Ok(value),
            None => Err(self.missing(key, Some(format!("add a section [{}]", self.full(key))))),
        }
    }

    /// As [`Section::section`], but a missing section is one without settings.
    pub(super) fn section_or_empty<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'r>) -> Read<T>,
    ) -> Read<T> {
        static EMPTY: Table = Table::new();
        if self.table.contains_key(key) {
            return self.required_section(key, read);
        }
        self.asked.push(key);
        read(&mut self.below(self.full(key), &EMPTY, &Place::File))
    }

    /// Every section of this name, written `[[key]]`; empty when there is none.
    pub(super) fn sections<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'r>) -> Read<T>,
    ) -> Read<Vec<T>> {
        let Some(node) = self.take(key) else {
            return Ok(Vec::new());
        };
        let full = self.full(key);
        let wrong = || Complaint::new(format!("must be sections, written [[{full}]]")).concealed();
        let Value::Array(items) = &node.value else {
            return Err(self.complain(&full, node, wrong()));
        };
        let read = |(index, item): (usize, &'r Node)| {
            let name = format!("{full}[{index}]");
            self.reading.remember(&name, &item.place);
            match &item.value {
                Value::Table(table) => read(&mut self.below(name, table, &item.place)),
                Value::Text(_)
                | Value::Integer(_)
                | Value::Boolean(_)
                | Value::Array(_)
                | Value::Unused => Err(self.complain(&name, item, wrong())),
            }
        };
        let items: Vec<Read<T>> = items.iter().enumerate().map(read).collect();
        items.into_iter().collect()
    }

    /// A file that is there and can be opened.
    pub(super) fn file(&mut self, key: &'static str) -> Read<PathBuf> {
        match self.optional_file(key)? {
            Some(path) => Ok(path),
            None => Err(self.missing(key, None)),
        }
    }

    /// As [`Section::file`], but the key may be missing.
    pub(super) fn optional_file(&mut self, key: &'static str) -> Read<Option<PathBuf>> {
        let reading = self.reading;
        self.optional(key, |node| {
            let path = reading.resolve(&text(node)?);
            // A folder can be opened but not read.
            match File::open(&path).and_then(|file| file.metadata()) {
                Ok(found) if found.is_file() => Ok(path),
                Ok(_) => Err(Complaint::new("names something that is not a file")),
                Err(error) => Err(unreadable(&path, &error)),
            }
        })
    }

    /// Where a file is or will be: its folder is there.
    pub(super) fn place_for_file(&mut self, key: &'static str, default: &str) -> Read<PathBuf> {
        let reading = self.reading;
        self.or(key, reading.resolve(default), |node| {
            let path = reading.resolve(&text(node)?);
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            match folder {
                Some(folder) if !folder.is_dir() => Err(Complaint::new(
                    "names a file in a folder that does not exist",
                )
                .help(format!("looked for {}", folder.display()))),
                Some(_) | None => Ok(path),
            }
        })
    }

    /// Reports that `key` should be there.
    pub(super) fn missing(&self, key: &str, help: Option<String>) -> Reported {
        self.reading
            .report(self.place.clone(), &self.full(key), "is missing", help);
        Reported
    }

    /// Reports what is wrong with what `key` holds, or should hold.
    pub(super) fn wrong(&self, key: &str, message: &str, help: &str) -> Reported {
        self.reading.report_at(&self.full(key), message, help);
        Reported
    }

    /// Reports `key`, a setting or a section, when it is there.
    pub(super) fn refuse(&mut self, key: &'static str, message: &str, help: &str) -> Read<()> {
        let Some(node) = self.take(key) else {
            return Ok(());
        };
        // A secret may stand where a section of secrets should.
        self.reading.conceal(node);
        Err(self.wrong(key, message, help))
    }

    fn complain(&self, full: &str, node: &Node, complaint: Complaint) -> Reported {
        if complaint.conceal {
            self.reading.conceal(node);
        }
        self.reading
            .report(node.place.clone(), full, &complaint.message, complaint.help);
        Reported
    }

    /// The value of `key`, which counts as asked for from now on.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'r Node> {
        self.asked.push(key);
        let node = &self.table.get(key)?.node;
        self.reading.remember(&self.full(key), &node.place);
        Some(node)
    }

    fn below(&self, path: String, table: &'r Table, place: &Place) -> Section<'r> {
        let place = place.clone();
        Section {
            reading: self.reading,
            path,
            table,
            place,
            asked: Vec::new(),
        }
    }

    fn unknown(&self, key: &str, entry: &Entry) {
        // It may be a secret under a misspelt name.
        self.reading.conceal(&entry.node);
        let full = self.full(key);
        let meant = nearest(key, self.asked.iter().copied()).map(|meant| self.full(meant));
        let mut places = Vec::new();
        if matches!(entry.key, Place::Bytes(_) | Place::File) {
            places.push(entry.key.clone());
        }
        variables(&entry.node, &mut places);
        for place in places {
            let help = meant.as_deref().map(|meant| match place {
                Place::Variable(_) if matches!(entry.node.value, Value::Table(_)) => {
                    format!("did you mean {}__...?", variable_for(meant))
                }
                Place::Variable(_) => format!("did you mean {}?", variable_for(meant)),
                Place::Bytes(_) | Place::File => format!("did you mean `{meant}`?"),
            });
            self.reading
                .report(place, &full, "is not a setting of the gateway", help);
        }
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for (key, entry) in self.table {
            if !self.asked.contains(&key.as_str()) {
                self.unknown(key, entry);
            }
        }
    }
}

/// Why a file that a setting names is of no use.
fn unreadable(path: &Path, error: &std::io::Error) -> Complaint {
    Complaint::new(why_unreadable(error)).help(format!("looked for {}", path.display()))
}

/// Every variable that set `node` or a part of it.
fn variables(node: &Node, found: &mut Vec<Place>) {
    match &node.value {
        Value::Table(table) if !table.is_empty() => {
            for entry in table.values() {
                variables(&entry.node, found);
            }
        }
        Value::Table(_)
        | Value::Array(_)
        | Value::Text(_)
        | Value::Integer(_)
        | Value::Boolean(_)
        | Value::Unused => {
            if matches!(node.place, Place::Variable(_)) && !found.contains(&node.place) {
                found.push(node.place.clone());
            }
        }
    }
}
