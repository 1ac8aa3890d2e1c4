//! The disk alone: what one durable write costs before any program of ours has a part in it.
//!
//! What a reader would get wrong: the file is written through once before it is measured.
//! A page that is overwritten in place needs no entry in the file system's own journal,
//! and nothing that is durable costs less than that.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};

/// Bytes of a page, and pages of the file.
const PAGE: usize = 4096;
const PAGES: u32 = 4096;

/// A file that is overwritten page by page.
pub(crate) struct Disk {
    file: Arc<Mutex<File>>,
}

impl Disk {
    /// Makes the file in `dir`, the folder in which the gateway keeps its data.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn new(dir: &Path) -> Result<Self> {
        let path = dir.join("disk.bin");
        let file = File::create(&path).context("the disk's own file")?;
        for page in 0..PAGES {
            file.write_all_at(&[1; PAGE], offset(page))?;
        }
        file.sync_all()?;
        Ok(Self {
            file: Arc::new(Mutex::new(file)),
        })
    }

    /// Overwrites one page and waits until the disk has it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn write(&self, call: u32) -> Result<()> {
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || {
            let file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all_at(&[2; PAGE], offset(call % PAGES))?;
            anyhow::Ok(file.sync_data()?)
        })
        .await?
    }
}

fn offset(page: u32) -> u64 {
    u64::from(page) * PAGE as u64
}
