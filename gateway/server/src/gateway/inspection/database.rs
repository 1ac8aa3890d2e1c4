//! Whether a database can be written, found out without making it.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use thiserror::Error;

/// Why a database cannot be written.
#[derive(Debug, Error)]
pub(super) enum Unwritable {
    /// Its folder takes no files: `SQLite` needs two more beside the database.
    #[error("no file can be made in the folder {folder}")]
    Folder {
        folder: String,
        #[source]
        source: io::Error,
    },
    /// It is there and cannot be written.
    #[error("{path} cannot be written")]
    File {
        path: String,
        #[source]
        source: io::Error,
    },
}

/// Tries the folder of `database` with a nameless file, and `database` where it is there.
pub(super) fn writable(database: &Path) -> Result<(), Unwritable> {
    let folder = database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    tempfile::tempfile_in(folder).map_err(|source| Unwritable::Folder {
        folder: folder.display().to_string(),
        source,
    })?;
    match OpenOptions::new().read(true).write(true).open(database) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Unwritable::File {
            path: database.display().to_string(),
            source,
        }),
    }
}
