//! The few places where the program writes to its terminal.
//!
//! What a reader would get wrong: answers go to standard output and everything else to
//! standard error, so that a pipe carries nothing but answers.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};

use prost::Message;

use super::failure::Failure;
use crate::client::json;

/// Writes one line for the user. A closed pipe is no reason to stop working.
pub(crate) fn say(line: &str) {
    let _ = try_say(line);
}

/// Writes a file to standard output as it is.
pub(super) fn say_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Writes one line for the user; whether somebody still reads.
pub(super) fn try_say(line: &str) -> bool {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

/// Writes one line about something that went wrong.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Writes an answer as JSON over several lines.
pub(super) fn say_json<M: Message>(name: &str, message: &M) -> Result<(), Failure> {
    say(&format!("{:#}", json::value(name, message)?));
    Ok(())
}

/// Writes an answer of a stream as JSON on one line; whether somebody still reads.
pub(super) fn try_say_json<M: Message>(name: &str, message: &M) -> Result<bool, Failure> {
    Ok(try_say(&json::value(name, message)?.to_string()))
}

/// An error with all its sources in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// A line that is written over while work goes on; nothing where standard error is no
/// terminal.
#[derive(Debug)]
pub(super) struct Progress {
    shown: bool,
    terminal: bool,
}

impl Progress {
    /// A line on this process's standard error.
    pub(super) fn new() -> Self {
        Self {
            shown: false,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Shows `text` in place of what was shown before.
    pub(super) fn show(&mut self, text: &str) {
        if self.terminal {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r\x1b[2K{text}").and_then(|()| err.flush());
            self.shown = true;
        }
    }

    /// Takes the line away, so that something else can be written.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r\x1b[2K").and_then(|()| err.flush());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Whether somebody sits there who can be asked.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks; whether the answer was yes, in either language.
pub(super) async fn ask(question: String) -> bool {
    let asked = tokio::task::spawn_blocking(move || {
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "{question} ").and_then(|()| err.flush());
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        read.is_ok() && is_yes(&answer)
    });
    asked.await.unwrap_or(false)
}

/// Whether `answer` is a yes.
fn is_yes(answer: &str) -> bool {
    let answer = answer.trim().to_lowercase();
    ["y", "yes", "c", "có", "co\u{301}", "co"].contains(&answer.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_plain_yes_is_one() {
        for yes in ["y\n", "Yes", " có ", "C"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", "\n", "n", "không", "yess", "ok"] {
            assert!(!is_yes(no), "{no}");
        }
    }
}
