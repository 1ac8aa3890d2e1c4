//! Reports (báo cáo) as files, and the archive of those that are kept.
//!
//! What a reader would get wrong: what is drawn is the content that the hash is of, and not
//! the report of the core. A kept report is drawn again from its kept content, whatever the
//! rules say by then; how far it came since (approved, published, withdrawn) stands beside the
//! content and is not in the hash.

mod archive;
mod boards;
mod canonical;
mod content;
mod deeds;
mod draw;
mod export;
mod state;
mod typography;
mod words;

pub(crate) use boards::{KeptBoard, board_before, board_of, board_to_compare, keep_board};
pub(crate) use deeds::{approve, list, publish, withdraw};
pub(crate) use export::export;

#[cfg(test)]
mod tests;
