//! Everything that is found wrong while the tree is read.
//!
//! A failed read has been reported already: the caller only passes [`Reported`]
//! on, and reads the rest before it does.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::source::{Node, Place, Value};

/// The value could not be read, and why stands in the report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported;

/// A value, or word that its problem has been reported.
pub(super) type Read<T> = Result<T, Reported>;

/// Why a value does not fit its key.
pub(super) struct Complaint {
    /// Goes after the name of the key: "must be …".
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
    /// Whether the value may be a secret although its key is none.
    pub(super) conceal: bool,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            conceal: false,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn concealed(mut self) -> Self {
        self.conceal = true;
        self
    }
}

/// A problem before its place is turned into a line.
pub(super) struct Finding {
    pub(super) place: Place,
    pub(super) key: String,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// What is known and what is wrong so far.
pub(super) struct Reading {
    folder: PathBuf,
    findings: RefCell<Vec<Finding>>,
    concealed: RefCell<Vec<Range<usize>>>,
    places: RefCell<BTreeMap<String, Place>>,
}

impl Reading {
    /// Begins; relative paths count from `folder`.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            findings: RefCell::default(),
            concealed: RefCell::default(),
            places: RefCell::default(),
        }
    }

    /// Remembers a problem.
    pub(super) fn report(&self, place: Place, key: &str, message: &str, help: Option<String>) {
        let (key, message) = (key.to_owned(), message.to_owned());
        self.findings.borrow_mut().push(Finding {
            place,
            key,
            message,
            help,
        });
    }

    /// Remembers a problem with a key that has been read, at its place or else at
    /// that of the section around it.
    pub(super) fn report_at(&self, key: &str, message: &str, help: &str) {
        let places = self.places.borrow();
        let mut around = key;
        let place = loop {
            match (places.get(around), around.rfind(['.', '['])) {
                (Some(place), _) => break place.clone(),
                (None, Some(end)) => around = &around[..end],
                (None, None) => break Place::File,
            }
        };
        self.report(place, key, message, Some(help.to_owned()));
    }

    /// Whether a variable set this key.
    pub(super) fn set_by_variable(&self, key: &str) -> bool {
        matches!(self.places.borrow().get(key), Some(Place::Variable(_)))
    }

    /// All problems, and the bytes of the file that must not be shown.
    pub(super) fn finish(self) -> (Vec<Finding>, Vec<Range<usize>>) {
        (self.findings.into_inner(), self.concealed.into_inner())
    }

    /// `path` as counted from the folder of the configuration file.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Keeps a value, and every value below it, out of the report.
    pub(super) fn conceal(&self, node: &Node) {
        match &node.value {
            Value::Table(table) => table.values().for_each(|entry| self.conceal(&entry.node)),
            Value::Array(items) => items.iter().for_each(|item| self.conceal(item)),
            Value::Text(_) | Value::Integer(_) | Value::Boolean(_) | Value::Unused => {
                if let Place::Bytes(bytes) = &node.place {
                    self.concealed.borrow_mut().push(bytes.clone());
                }
            }
        }
    }

    /// Remembers where a key or a section stands.
    pub(super) fn remember(&self, key: &str, place: &Place) {
        self.places
            .borrow_mut()
            .insert(key.to_owned(), place.clone());
    }
}
