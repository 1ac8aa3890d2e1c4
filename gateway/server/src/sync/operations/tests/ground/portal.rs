//! A portal in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{
    Admission, Portal, PortalAnswer, PortalDetails, PortalError, PortalReference, PortalView,
    Reading, StepMark, StepsThere, SubmissionMode,
};
use lienthong_core::sync::cause::Cause;

/// How the portal behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It does what it is asked.
    Up,
    /// It cannot be reached.
    Down,
    /// It refuses every create for a field.
    Strict,
    /// It does what it is asked, but has no question.
    Mute,
    /// The guard in front of it leaves it alone.
    Parked,
}

/// A dossier at the portal.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// Its status.
    pub(crate) status: PortalStatus,
    /// Ngày hẹn trả.
    pub(crate) due: Option<Timestamp>,
    /// Its steps.
    pub(crate) steps: Vec<StepMark>,
}

/// A portal in memory.
#[derive(Debug)]
pub(crate) struct ModelPortal {
    mood: Mutex<Mood>,
    held: Mutex<BTreeMap<String, Held>>,
    questions: Mutex<Vec<String>>,
    sends: Mutex<usize>,
    presence_only: bool,
}

impl ModelPortal {
    pub(super) fn new(presence_only: bool) -> Self {
        Self {
            mood: Mutex::new(Mood::Up),
            held: Mutex::default(),
            questions: Mutex::default(),
            sends: Mutex::default(),
            presence_only,
        }
    }

    /// Behaves like this from now on.
    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Forgets a dossier.
    pub(crate) fn forget(&self, code: &str) {
        self.held.lock().unwrap().remove(code);
    }

    /// Holds what nobody here has sent.
    pub(crate) fn hold(&self, code: &str) {
        let held = Held {
            status: PortalStatus::Received,
            due: None,
            steps: Vec::new(),
        };
        self.held.lock().unwrap().insert(code.to_owned(), held);
    }

    /// Changes what it holds of a dossier behind everybody's back.
    pub(crate) fn change(&self, code: &str, change: impl FnOnce(&mut Held)) {
        change(self.held.lock().unwrap().get_mut(code).unwrap());
    }

    /// What it holds of a dossier.
    pub(crate) fn held(&self, code: &str) -> Option<Held> {
        self.held.lock().unwrap().get(code).cloned()
    }

    /// Questions asked so far.
    pub(crate) fn questions(&self) -> usize {
        self.questions.lock().unwrap().len()
    }

    /// Calls that brought something, so far.
    pub(crate) fn sends(&self) -> usize {
        *self.sends.lock().unwrap()
    }

    fn answer(
        &self,
        create: bool,
        apply: impl FnOnce(&mut BTreeMap<String, Held>) -> Reading,
    ) -> Result<PortalAnswer, PortalError> {
        *self.sends.lock().unwrap() += 1;
        let refused = Reading::Refused {
            cause: Cause::FieldRejected,
        };
        let reading = match *self.mood.lock().unwrap() {
            Mood::Down => return Err(PortalError::Unreachable),
            Mood::Parked => return Err(PortalError::BreakerOpen),
            Mood::Strict if create => refused,
            Mood::Up | Mood::Strict | Mood::Mute => apply(&mut self.held.lock().unwrap()),
        };
        Ok(PortalAnswer {
            reading,
            code: "-1".to_owned(),
            text: String::new(),
            reference: None,
        })
    }
}

#[async_trait]
impl Portal for ModelPortal {
    fn profile(&self) -> &'static str {
        "model"
    }

    fn steps_per_call(&self) -> usize {
        10
    }

    fn admission(&self) -> Admission {
        match *self.mood.lock().unwrap() {
            Mood::Parked => Admission::Parked {
                left: Duration::from_secs(1),
            },
            Mood::Up | Mood::Down | Mood::Strict | Mood::Mute => Admission::Free,
        }
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let code = dossier.number.as_str().to_owned();
        let create = mode == SubmissionMode::Create;
        self.answer(create, |held| match (create, held.get_mut(&code)) {
            (true, Some(_)) => Reading::AlreadyThere,
            (false, None) => Reading::NotThere,
            (true, None) => {
                let fresh = Held {
                    status: dossier.status,
                    due: dossier.dates.due,
                    steps: Vec::new(),
                };
                held.insert(code, fresh);
                Reading::Accepted
            }
            (false, Some(held)) => {
                held.status = dossier.status;
                held.due = dossier.dates.due;
                Reading::Accepted
            }
        })
    }

    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.answer(false, |held| match held.get_mut(dossier.as_str()) {
            None => Reading::NotThere,
            Some(held) => {
                held.steps.extend(steps.iter().map(StepMark::of));
                Reading::Accepted
            }
        })
    }

    async fn find(
        &self,
        dossier: &DossierNumber,
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalView, PortalError> {
        self.questions
            .lock()
            .unwrap()
            .push(dossier.as_str().to_owned());
        match *self.mood.lock().unwrap() {
            Mood::Down => return Err(PortalError::Unreachable),
            Mood::Parked => return Err(PortalError::BreakerOpen),
            Mood::Mute => {
                return Err(PortalError::NotOffered {
                    operation: "question",
                });
            }
            Mood::Up | Mood::Strict => {}
        }
        let Some(held) = self.held(dossier.as_str()) else {
            return Ok(PortalView::Absent);
        };
        if self.presence_only {
            return Ok(PortalView::Present {
                status: None,
                steps: StepsThere::NotCarried,
                details: Box::default(),
            });
        }
        Ok(PortalView::Present {
            status: Some(held.status),
            steps: StepsThere::Listed(held.steps),
            details: Box::new(PortalDetails {
                due: Some(held.due),
                ..PortalDetails::default()
            }),
        })
    }
}
