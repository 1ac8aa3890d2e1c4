//! `lienthong dossier record`: the events of a file, in their order.
//!
//! What a reader would get wrong: an event without a receipt may still be durable, when the
//! connection broke before its receipt came. Recording the same file again settles it: the
//! event id makes it the same event.

mod feed;
mod tally;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lienthong_proto::v1;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::super::failure::{Failure, refusal_block};
use super::super::print::{Progress, chain, complain, say, try_say_json};
use super::super::target::{Output, Target};
use super::super::words::clean;
use super::super::{FAILED, UPSTREAM_UNAVAILABLE};
use super::items::Items;
use crate::client::refusal::Refusal;
use crate::lang::Lang;
use feed::{Note, feed, unreadable};
use tally::Tally;

/// Events read ahead of what the gateway takes.
const AHEAD: usize = 256;
/// Answers between two looks at the progress.
const GLANCE: u64 = 64;

/// Records `file`.
pub(super) async fn run(target: &Target, file: &Path, lang: Lang) -> Result<u8, Failure> {
    let (input, size) = open(file, lang)?;
    let client = target.connect(lang).await?;
    let (told, notes) = mpsc::unbounded_channel();
    let (sent, events) = mpsc::channel(AHEAD);
    let read = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&read);
    // A thread of its own and not the runtime's, so that a standard input which never ends
    // does not keep the program alive.
    std::thread::spawn(move || feed(Items::of(input), &told, &sent, &seen));
    let answers = client
        .dossiers()
        .record_events(ReceiverStream::new(events))
        .await?
        .into_inner();
    let recording = Recording {
        notes,
        waiting: VecDeque::new(),
        tally: Tally::default(),
        progress: Progress::new(),
        read,
        size,
        output: target.output,
        lang,
    };
    recording.run(answers).await
}

/// The file, or standard input, and its size where that is known.
fn open(file: &Path, lang: Lang) -> Result<(Box<dyn BufRead + Send>, Option<u64>), Failure> {
    if file == Path::new("-") {
        return Ok((Box::new(BufReader::new(std::io::stdin())), None));
    }
    let opened = File::open(file).and_then(|open| Ok((open.metadata()?, open)));
    let unreadable = |problem: &str| {
        let cannot = lang.pick("không đọc được", "cannot be read");
        Failure::local(format!("{} {cannot}: {problem}", file.display()))
    };
    let (metadata, open) = opened.map_err(|error| unreadable(&error.to_string()))?;
    if metadata.is_dir() {
        return Err(unreadable(lang.pick("là thư mục", "it is a folder")));
    }
    let size = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(BufReader::with_capacity(1 << 16, open)), size))
}

/// The recording of one file.
struct Recording {
    notes: mpsc::UnboundedReceiver<Note>,
    /// Lines of the events that are not answered yet, oldest first.
    waiting: VecDeque<u64>,
    tally: Tally,
    progress: Progress,
    read: Arc<AtomicU64>,
    size: Option<u64>,
    output: Output,
    lang: Lang,
}

impl Recording {
    async fn run(
        mut self,
        mut answers: Streaming<v1::RecordEventsResponse>,
    ) -> Result<u8, Failure> {
        let mut is_reading = true;
        let cut = loop {
            tokio::select! {
                note = self.notes.recv(), if is_reading => match note {
                    Some(note) => self.note(note),
                    None => is_reading = false,
                },
                answer = answers.message() => match answer {
                    Ok(Some(answer)) => self.answer(answer).await?,
                    Ok(None) => break None,
                    Err(status) => break Some(Refusal::from(&status)),
                },
            }
        };
        while let Ok(note) = self.notes.try_recv() {
            self.note(note);
        }
        Ok(self.close(cut.as_ref()))
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Sent(line) => self.waiting.push_back(line),
            Note::Unreadable(line, invalid) => {
                self.tally.unreadable += 1;
                self.progress.clear();
                complain(&format!("✘ {}", unreadable(line, &invalid, self.lang)));
            }
            Note::TooLarge(line) => {
                self.tally.unreadable += 1;
                self.progress.clear();
                complain(&format!(
                    "✘ {} {line}: {}",
                    self.lang.pick("Dòng", "Line"),
                    self.lang.pick(
                        "lớn hơn mức cổng kết nối nhận",
                        "larger than a gateway takes"
                    )
                ));
            }
            Note::Lost(lost) => {
                self.tally.unreadable += 1;
                self.progress.clear();
                let ended = self.lang.pick("dừng đọc tệp", "reading ended here");
                complain(&format!("✘ {} ({ended})", chain(&lost)));
            }
        }
    }

    /// Takes one answer; they come in the order of the events.
    async fn answer(&mut self, answer: v1::RecordEventsResponse) -> Result<(), Failure> {
        while self.waiting.is_empty() {
            match self.notes.recv().await {
                Some(note) => self.note(note),
                None => break,
            }
        }
        let line = self.waiting.pop_front().unwrap_or_default();
        if self.output == Output::Json {
            self.progress.clear();
            try_say_json("RecordEventsResponse", &answer)?;
        }
        match answer.result {
            Some(v1::record_events_response::Result::Receipt(receipt)) if receipt.duplicate => {
                self.tally.repeated += 1;
            }
            Some(v1::record_events_response::Result::Receipt(_)) => self.tally.recorded += 1,
            Some(v1::record_events_response::Result::Error(error)) => {
                self.refused(line, &answer.event_id, &Refusal::from(error));
            }
            None => self.tally.unanswered += 1,
        }
        if self.tally.answered() % GLANCE == 1 {
            self.show_progress();
        }
        Ok(())
    }

    fn refused(&mut self, line: u64, event_id: &str, refusal: &Refusal) {
        if refusal.is_outage() || refusal.retry_after.is_some() {
            self.tally.put_off += 1;
        } else {
            self.tally.refused += 1;
        }
        if self.output == Output::Table {
            self.progress.clear();
            let place = self.lang.pick("Dòng", "Line");
            let block = refusal_block(refusal, self.lang);
            say(&format!("{place} {line}, {}\n{block}", clean(event_id)));
        }
    }

    fn show_progress(&mut self) {
        let read = self.read.load(Ordering::Relaxed);
        let told = self.tally.counts(self.lang);
        let share = self
            .size
            .filter(|size| *size > 0)
            .map_or_else(String::new, |size| {
                format!("{:>3} %  ", read.min(size) * 100 / size)
            });
        self.progress.show(&format!("{share}{told}"));
    }

    /// Says how it ended; `cut` where the stream broke.
    fn close(mut self, cut: Option<&Refusal>) -> u8 {
        self.progress.clear();
        self.tally.unanswered += self.waiting.len() as u64;
        if let Some(refusal) = cut {
            complain(&refusal_block(refusal, self.lang));
        }
        if self.output == Output::Table {
            say(&self.tally.counts(self.lang));
        }
        if self.tally.put_off + self.tally.unanswered > 0 {
            complain(self.lang.pick(
                "    → Chạy lại đúng lệnh này: sự kiện đã ghi nhận sẽ không bị ghi hai lần.",
                "    → Run the same command again: what is recorded is not recorded twice.",
            ));
        }
        let outage = cut.filter(|refusal| refusal.is_outage());
        match (self.tally.exit_code(), cut, outage) {
            (_, _, Some(_)) => UPSTREAM_UNAVAILABLE,
            (_, Some(_), None) => FAILED,
            (code, None, None) => code,
        }
    }
}
