//! Whether the file is still in its place.
//!
//! What a reader would get wrong: SQLite goes on writing into a file that was removed or
//! moved away, and every commit succeeds, until the program ends and all of it is gone.
//! So no commit is answered before the names lead to the files that were written.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::lane::LaneError;

/// By what a file is known whatever its name.
type Identity = (u64, u64);

/// The names of an open file and of its log, and the files that they led to.
pub(super) struct Place {
    path: PathBuf,
    file: Option<Identity>,
    log_path: PathBuf,
    /// Known from the first commit on, which makes it.
    log: Option<Identity>,
}

impl Place {
    /// The place of the file that is open at `path`.
    pub(super) fn of(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self {
            path: path.to_owned(),
            file: identity(path),
            log_path: PathBuf::from(log),
            log: None,
        }
    }

    /// Whether what is written can be found again.
    pub(super) fn check(&mut self) -> Result<(), LaneError> {
        if self.log.is_none() {
            self.log = identity(&self.log_path);
        }
        let in_place = identity(&self.path) == self.file
            && (self.log.is_none() || identity(&self.log_path) == self.log);
        if in_place {
            Ok(())
        } else {
            Err(LaneError::Moved)
        }
    }
}

fn identity(path: &Path) -> Option<Identity> {
    let metadata = path.metadata().ok();
    metadata.map(|it: Metadata| (it.dev(), it.ino()))
}
