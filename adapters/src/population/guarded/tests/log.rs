//! What the operator reads: each change once, and nothing of a person.

use std::fmt::{Debug, Write as _};
use std::sync::Mutex;

use lienthong_core::ports::population::{AnswerStructure, OutlinedElement};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

use super::*;

/// Keeps every entry as one line, `LEVEL field=value …`.
#[derive(Debug, Default, Clone)]
struct Captured(Arc<Mutex<Vec<String>>>);

impl Captured {
    fn start() -> (Self, DefaultGuard) {
        let captured = Self::default();
        let guard = tracing::subscriber::set_default(captured.clone());
        (captured, guard)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Captured {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn nonsense() -> PopulationError {
    PopulationError::Nonsense(AnswerStructure {
        status: 200,
        media_type: "text/xml".to_owned(),
        length: 321,
        problem: "the answer is cut off",
        outline: vec![
            OutlinedElement {
                depth: 0,
                name: Some("Envelope"),
                text_length: 0,
            },
            OutlinedElement {
                depth: 1,
                name: None,
                text_length: 16,
            },
        ],
        stopped_at: Some(300),
    })
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_told_when_it_begins_when_it_is_tried_and_when_it_ends() {
    let (log, _guard) = Captured::start();
    let ground = ground(GuardSettings::default());
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 503 });
    for _ in 0..50 {
        ground.look_up().await.unwrap_err();
    }
    let lines = log.take();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].starts_with("WARN"), "{lines:?}");
    assert!(lines[0].contains("failure=\"FAILED\""), "{lines:?}");
    advance(Duration::from_secs(10)).await;
    for _ in 0..50 {
        ground.look_up().await.unwrap();
    }
    let lines = log.take();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[1].contains("the upstream answers again"), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_understood_is_told_by_its_form_once_a_minute() {
    let (log, _guard) = Captured::start();
    let ground = ground(GuardSettings::default());
    for _ in 0..3 {
        ground.registry.fails(1, &nonsense());
        ground.look_up().await.unwrap_err();
        ground.look_up().await.unwrap();
    }
    let lines = log.take();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for part in [
        "outline=\"0:Envelope[0] 1:?[16]\"",
        "problem=\"the answer is cut off\"",
        "stopped_at=300",
        "request_number=\"LT-0001\"",
        "upstream=\"population\"",
    ] {
        assert!(lines[0].contains(part), "{part} in {lines:?}");
    }
    advance(Duration::from_mins(1)).await;
    ground.registry.fails(1, &nonsense());
    ground.look_up().await.unwrap_err();
    let lines = log.take();
    assert!(lines[0].contains("held_back=2"), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn the_quota_is_told_before_it_is_spent_and_once_when_it_is() {
    let (log, _guard) = Captured::start();
    let ground = ground(quota(10));
    for _ in 0..30 {
        drop(ground.look_up().await);
    }
    let lines = log.take();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].starts_with("WARN"), "{lines:?}");
    assert!(lines[0].contains("used=8"), "{lines:?}");
    assert!(lines[1].starts_with("ERROR"), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn maintenance_is_told_once() {
    let (log, _guard) = Captured::start();
    let from: Timestamp = MORNING.parse().unwrap();
    let window = OneOff::new(from, from + SignedDuration::from_hours(2)).unwrap();
    let ground = ground(GuardSettings {
        maintenance: vec![Window::Once(window)],
        ..GuardSettings::default()
    });
    for _ in 0..30 {
        ground.look_up().await.unwrap_err();
    }
    assert_eq!(log.take().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_entry_holds_anything_of_a_person() {
    let (log, _guard) = Captured::start();
    let ground = ground(quota(4));
    let errors = [
        PopulationError::CredentialsRefused,
        nonsense(),
        PopulationError::CertificateRejected,
        PopulationError::AddressRefused,
    ];
    for error in &errors {
        ground.registry.fails(1, error);
        ground.look_up().await.unwrap_err();
    }
    let lines = log.take().join("\n");
    assert!(lines.contains("ERROR"), "{lines}");
    // The citizen's number, the officer's, the name and the birth.
    for personal in ["000185000001", "000180000009", "Mẫu", "1985"] {
        assert!(!lines.contains(personal), "{personal} in {lines}");
    }
    let shown = format!("{:?}", ground.guarded);
    assert!(!shown.contains("000180000009"), "{shown}");
}
