//! The documents themselves, for their hashes.
//!
//! What a reader would get wrong: the documents stay where they are. The gateway gets their
//! hashes and never the files.

use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path};

use aws_lc_rs::digest::{Context, SHA256};
use lienthong_adapters::evidence_import::{ImportProblem, ImportedRow, Reason};
use lienthong_core::evidence::FileHash;

/// Compares the hash of the document that a row names, or puts it in where the row has none.
/// A row that names no document is left as it is.
pub(super) fn hash(folder: &Path, row: &mut ImportedRow) -> Result<(), ImportProblem> {
    let Some(name) = row.file.clone() else {
        return Ok(());
    };
    let place = row.place("file");
    let problem = |vi: String, en: String| ImportProblem {
        place: place.clone(),
        reason: Reason::Told { vi, en },
    };
    let relative = Path::new(&name);
    let inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside || name.is_empty() {
        return Err(problem(
            "tên tệp phải nằm trong thư mục --files".to_owned(),
            "the name must stay within the folder of --files".to_owned(),
        ));
    }
    let computed = hash_of(&folder.join(relative)).map_err(|error| {
        problem(
            format!("không đọc được tệp: {error}"),
            format!("the file cannot be read: {error}"),
        )
    })?;
    let stated = row.draft.sha256.trim();
    if stated.is_empty() {
        row.draft.sha256 = computed.to_string();
    } else if FileHash::parse(stated).is_ok_and(|stated| stated != computed) {
        return Err(ImportProblem {
            place: row.place("sha256"),
            reason: Reason::Told {
                vi: "khác với SHA-256 của tệp: tệp đã đổi hoặc không phải tệp này".to_owned(),
                en: "is not the SHA-256 of the file: it was changed, or is another one".to_owned(),
            },
        });
    }
    Ok(())
}

fn hash_of(path: &Path) -> std::io::Result<FileHash> {
    let mut file = File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        context.update(buffer.get(..read).unwrap_or_default());
    }
    let hash: [u8; 32] = context
        .finish()
        .as_ref()
        .try_into()
        .map_err(std::io::Error::other)?;
    Ok(FileHash::new(hash))
}
