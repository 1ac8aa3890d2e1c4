//! `lienthong backup restored`: a shared outbox was put back from a backup.
//!
//! What a reader would get wrong: nothing is restored here. The database's own tools did
//! that; what they cannot know is that some of what it holds as unsent has been sent since
//! the backup, so that the portal must be asked first.

use std::path::Path;

use lienthong_adapters::store::PostgresOutbox;
use lienthong_core::clock::Clock as _;
use serde_json::json;

use super::super::failure::Failure;
use super::super::print::{chain, complain, say};
use super::super::target::Output;
use super::super::{BAD_CONFIG, DONE, UPSTREAM_UNAVAILABLE};
use crate::clock::SystemClock;
use crate::config::{self, StoreSettings};
use crate::gateway::{postgres_advice, postgres_settings};
use crate::lang::Lang;

/// Marks the outbox that the configuration in `file` names.
pub(super) async fn run(
    file: &Path,
    environment: Vec<(String, String)>,
    output: Output,
    lang: Lang,
) -> Result<u8, Failure> {
    let config = match config::load(file, environment) {
        Ok(config) => config,
        Err(problems) => {
            complain(&problems.to_string());
            return Ok(BAD_CONFIG);
        }
    };
    let StoreSettings::Postgresql(settings) = &config.sync.store else {
        return Err(Failure::usage(lang.pick(
            "Cấu hình này dùng outbox SQLite: hãy dùng `lienthong backup restore`.",
            "This configuration has its outbox in SQLite: use `lienthong backup restore`.",
        )));
    };
    let settings = postgres_settings(settings);
    match PostgresOutbox::mark_restored(&settings, SystemClock.now()).await {
        Ok(marked) => {
            let questions = marked.questions;
            match output {
                Output::Json => say(&format!("{:#}", json!({ "questions": questions }))),
                Output::Table => say(&told(questions, lang)),
            }
            Ok(DONE)
        }
        Err(error) => {
            let (vi, en) = postgres_advice(&error);
            complain(&format!("✘ {}\n    → {}", chain(&error), lang.pick(vi, en)));
            Ok(UPSTREAM_UNAVAILABLE)
        }
    }
}

fn told(questions: u64, lang: Lang) -> String {
    let word = lang.pick(
        "sự kiện sẽ được hỏi cổng trước khi gửi.",
        "events are asked about before they are sent.",
    );
    let again = lang.pick(
        "Sự kiện nhận sau bản sao lưu không có ở đây: để hệ thống một cửa gửi lại.",
        "What was taken after the backup is not there: let the procedure systems send it again.",
    );
    format!("{questions} {word}\n    → {again}")
}
