//! Lives of dossiers: from handed in to given back, in events that can be told apart at the
//! portal.
//!
//! What a reader would get wrong: a number stands for one dossier for ever, so that a run
//! and the run that checks it need not share anything but numbers.

use jiff::{SignedDuration, Timestamp};
use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use lienthong_proto::v1::record_events_request::Event as Item;

use crate::desk::plain;

/// Sequences of one day: four digits.
const PER_DAY: u32 = 9_999;

/// Something that is recorded.
#[derive(Debug, Clone)]
pub enum Event {
    /// A dossier's full state.
    State(Box<v1::RecordDossierRequest>),
    /// A processing step.
    Step(Box<v1::RecordProgressRequest>),
}

impl Event {
    /// The caller's name for it.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::State(state) => &state.event_id,
            Self::Step(step) => &step.event_id,
        }
    }

    /// As an item of a stream.
    #[must_use]
    pub fn into_item(self) -> v1::RecordEventsRequest {
        let event = match self {
            Self::State(state) => Item::Dossier(*state),
            Self::Step(step) => Item::Progress(*step),
        };
        v1::RecordEventsRequest { event: Some(event) }
    }
}

/// The life of one dossier.
#[derive(Debug, Clone)]
pub struct Life {
    /// Mã hồ sơ.
    pub code: String,
    /// What is recorded, in order.
    pub events: Vec<Event>,
}

/// The dossier number of this life; nine thousand and more a day, from 2024 on.
#[must_use]
pub fn code(number: u32) -> String {
    let day = i64::from(20_000 + number / PER_DAY);
    let day = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
    messages::dossier_code(day, number % PER_DAY + 1)
}

impl Life {
    /// Handed in, `steps` steps, and given back with a result, all within the minutes
    /// before `end`.
    #[must_use]
    pub fn new(number: u32, steps: usize, end: Timestamp) -> Self {
        let code = code(number);
        let owner = plain();
        let seconds = i64::try_from(steps + 3).unwrap_or(i64::MAX);
        let mut now = end - SignedDuration::from_secs(seconds);
        let mut next = || {
            now += SignedDuration::from_secs(1);
            now
        };
        let mut events = vec![Event::State(Box::new(received(&code, &owner, next())))];
        for number in 1..=steps {
            let content = format!("Bước {number}");
            let mut step = messages::step(&code, PortalStatus::Processing, &content, next());
            step.event_id = format!("{code}/step/{number}");
            events.push(Event::Step(Box::new(step)));
        }
        let returned = returned(&code, &owner, next());
        events.push(Event::State(Box::new(returned)));
        Self { code, events }
    }

    /// The same without papers that somebody would have to fetch.
    #[must_use]
    pub fn without_files(mut self) -> Self {
        for event in &mut self.events {
            if let Event::State(state) = event
                && let Some(dossier) = &mut state.dossier
            {
                dossier.documents.clear();
                dossier.results.clear();
            }
        }
        self
    }

    /// What the portal must have seen of it, in order.
    #[must_use]
    pub fn wanted(&self) -> Vec<Seen> {
        self.events.iter().map(Seen::of).collect()
    }

    /// What the portal must have seen when only the first `events` were recorded.
    #[must_use]
    pub fn wanted_of(&self, events: usize) -> Vec<Seen> {
        self.events.iter().take(events).map(Seen::of).collect()
    }
}

/// What an event is at the portal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Seen {
    /// A state with this status.
    State(String),
    /// A step with this content.
    Step(String),
}

impl Seen {
    fn of(event: &Event) -> Self {
        match event {
            Event::State(state) => {
                let status = state.dossier.as_ref().map(|dossier| dossier.status);
                Self::State(status.unwrap_or_default().to_string())
            }
            Event::Step(step) => {
                let content = step.step.as_ref().map(|step| step.content.clone());
                Self::Step(content.unwrap_or_default())
            }
        }
    }
}

fn received(code: &str, owner: &SampleCitizen, now: Timestamp) -> v1::RecordDossierRequest {
    let mut state = messages::state(code, PortalStatus::Received, owner, now);
    state.event_id = format!("{code}/received");
    state
}

fn returned(code: &str, owner: &SampleCitizen, now: Timestamp) -> v1::RecordDossierRequest {
    let mut state = messages::state(code, PortalStatus::Returned, owner, now);
    state.event_id = format!("{code}/returned");
    if let Some(dossier) = &mut state.dossier {
        let moment = messages::timestamp(now);
        let earlier = messages::timestamp(now - SignedDuration::from_mins(1));
        (dossier.submitted_at, dossier.received_at) = (Some(earlier), Some(earlier));
        (dossier.finished_at, dossier.returned_at) = (Some(moment), Some(moment));
        dossier.results.push(v1::ResultDocument {
            name: "Giấy xác nhận".to_owned(),
            url: format!("https://files.h99.example/kq/{code}.pdf"),
            result_code: "KQ.G01.000001".to_owned(),
            ..v1::ResultDocument::default()
        });
    }
    state
}
