//! `lienthong dossier record`: the events of a file, in their order.
//!
//! What a reader would get wrong: an event without a receipt may still be durable, when the
//! connection broke before its receipt came. Recording the same file again settles it: the
//! event id makes it the same event.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lienthong_proto::v1;
use prost::Message as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::super::failure::{Failure, refusal_block};
use super::super::print::{Progress, chain, complain, say, try_say_json};
use super::super::target::{Output, Target};
use super::super::words::clean;
use super::super::{DONE, FAILED, UPSTREAM_UNAVAILABLE};
use super::items::{Items, Lost};
use crate::client::json::{self, InvalidJson};
use crate::client::refusal::Refusal;
use crate::door::DoorLimits;
use crate::lang::Lang;

/// Events read ahead of what the gateway takes.
const AHEAD: usize = 256;
/// Answers between two looks at the progress.
const GLANCE: u64 = 64;

/// What the reading of the file tells; an event is told before it is sent.
#[derive(Debug)]
enum Note {
    /// The event that begins on this line is sent next.
    Sent(u64),
    /// What begins on this line is no event.
    Unreadable(u64, InvalidJson),
    /// What begins on this line is larger than a gateway takes; in a stream it would end
    /// the recording of all that follows.
    TooLarge(u64),
    /// The file cannot be read on.
    Lost(Lost),
}

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

/// Reads the events and sends them, until the file or the stream ends.
fn feed<R: BufRead>(
    mut items: Items<R>,
    told: &mpsc::UnboundedSender<Note>,
    sent: &mpsc::Sender<v1::RecordEventsRequest>,
    read: &AtomicU64,
) {
    let largest = DoorLimits::default().request_bytes;
    while let Some(item) = items.next() {
        read.store(items.read, Ordering::Relaxed);
        let told = match item {
            Err(lost) => told.send(Note::Lost(lost)),
            Ok(item) => match item.json.map(|json| event(&json)) {
                None => told.send(Note::TooLarge(item.line)),
                Some(Err(invalid)) => told.send(Note::Unreadable(item.line, invalid)),
                Some(Ok(event)) if event.encoded_len() > largest => {
                    told.send(Note::TooLarge(item.line))
                }
                Some(Ok(event)) => {
                    // First the note, so that it is there when the answer comes.
                    let noted = told.send(Note::Sent(item.line));
                    if sent.blocking_send(event).is_err() {
                        return;
                    }
                    noted
                }
            },
        };
        if told.is_err() {
            return;
        }
    }
}

/// What tells a bare request from an event of the stream.
#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(alias = "eventId")]
    event_id: Option<IgnoredAny>,
    step: Option<IgnoredAny>,
}

/// One event: as the stream takes it, or as one of the two single calls does.
fn event(json: &[u8]) -> Result<v1::RecordEventsRequest, InvalidJson> {
    let event = match serde_json::from_slice::<Shape>(json) {
        Ok(Shape {
            event_id: Some(_),
            step: Some(_),
        }) => {
            v1::record_events_request::Event::Progress(json::read("RecordProgressRequest", json)?)
        }
        Ok(Shape {
            event_id: Some(_),
            step: None,
        }) => v1::record_events_request::Event::Dossier(json::read("RecordDossierRequest", json)?),
        Ok(Shape { event_id: None, .. }) | Err(_) => {
            return json::read("RecordEventsRequest", json);
        }
    };
    Ok(v1::RecordEventsRequest { event: Some(event) })
}

/// What became of the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    /// Durable now.
    recorded: u64,
    /// Durable before.
    repeated: u64,
    /// Refused for good.
    refused: u64,
    /// Not taken because something is out.
    put_off: u64,
    /// Not sent, because they cannot be read.
    unreadable: u64,
    /// Sent, and never answered.
    unanswered: u64,
}

impl Tally {
    fn answered(self) -> u64 {
        self.recorded + self.repeated + self.refused + self.put_off
    }

    fn exit_code(self) -> u8 {
        if self.refused + self.unreadable > 0 {
            FAILED
        } else if self.put_off + self.unanswered > 0 {
            UPSTREAM_UNAVAILABLE
        } else {
            DONE
        }
    }

    fn told(self, lang: Lang) -> String {
        let rows = [
            (self.recorded, "đã ghi nhận", "recorded"),
            (self.repeated, "đã có từ trước", "recorded before"),
            (self.refused, "bị từ chối", "refused"),
            (self.put_off, "chưa nhận được", "not taken at present"),
            (self.unreadable, "không đọc được", "unreadable"),
            (self.unanswered, "chưa có biên nhận", "without receipt"),
        ];
        let told: Vec<String> = rows
            .iter()
            .enumerate()
            .filter(|(index, (number, ..))| *index == 0 || *number > 0)
            .map(|(_, (number, vi, en))| format!("{number} {}", lang.pick(vi, en)))
            .collect();
        told.join(", ")
    }
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
                    self.lang
                        .pick("lớn hơn mức gateway nhận", "larger than a gateway takes")
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
        let told = self.tally.told(self.lang);
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
            say(&self.tally.told(self.lang));
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

/// Where in the file something is no event, and why.
fn unreadable(line: u64, invalid: &InvalidJson, lang: Lang) -> String {
    let word = lang.pick("Dòng", "Line");
    match invalid {
        InvalidJson::At {
            line: within,
            column,
            ..
        } => {
            let place = line + (*within as u64).saturating_sub(1);
            format!("{word} {place}:{column}: {invalid}")
        }
        InvalidJson::NotUtf8 | InvalidJson::Ambiguous | InvalidJson::NoSuchMessage => {
            format!("{word} {line}: {invalid}")
        }
    }
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1::record_events_request::Event;

    use super::{Tally, event, unreadable};
    use crate::client::json::InvalidJson;
    use crate::lang::Lang;

    #[test]
    fn an_event_is_read_as_the_stream_and_as_the_single_calls_take_it() {
        let state = br#"{"event_id": "e", "dossier": {"dossier_code": "c"}}"#;
        let step = br#"{"eventId": "e", "dossierCode": "c", "step": {"content": "x"}}"#;
        let wrapped = br#"{"dossier": {"event_id": "e"}}"#;
        let wrapped_step = br#"{"progress": {"event_id": "e"}}"#;
        let kind = |json: &[u8]| event(json).unwrap().event.unwrap();
        assert!(matches!(kind(state), Event::Dossier(request) if request.dossier.is_some()));
        assert!(matches!(kind(step), Event::Progress(request) if request.step.is_some()));
        assert!(matches!(kind(wrapped), Event::Dossier(request) if request.event_id == "e"));
        assert!(matches!(kind(wrapped_step), Event::Progress(_)));
        assert!(event(br#"{"event_id": "e", "colour": "green"}"#).is_err());
        assert!(event(b"{").is_err());
    }

    #[test]
    fn the_place_of_a_fault_is_counted_from_the_top_of_the_file() {
        let invalid = InvalidJson::At {
            problem: "it is not JSON",
            line: 3,
            column: 7,
        };
        assert_eq!(
            unreadable(10, &invalid, Lang::En),
            "Line 12:7: it is not JSON"
        );
        assert_eq!(
            unreadable(10, &InvalidJson::Ambiguous, Lang::Vi),
            "Dòng 10: it gives a field twice"
        );
    }

    #[test]
    fn the_exit_code_tells_what_a_script_must_do() {
        let done = Tally {
            recorded: 2,
            repeated: 1,
            ..Tally::default()
        };
        assert_eq!(done.exit_code(), 0);
        assert_eq!(done.told(Lang::En), "2 recorded, 1 recorded before");
        let again = Tally { put_off: 1, ..done };
        assert_eq!(again.exit_code(), 69);
        let mend = Tally {
            refused: 1,
            ..again
        };
        assert_eq!(mend.exit_code(), 1);
        assert_eq!(Tally::default().told(Lang::Vi), "0 đã ghi nhận");
    }
}
