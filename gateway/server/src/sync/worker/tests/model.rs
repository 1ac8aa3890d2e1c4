//! A portal in memory that fails on purpose.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, Reading, StepMark, StepStatus,
    StepsThere, SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
use tokio::sync::Notify;

/// How the portal behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Up,
    Down,
    /// What is sent takes effect, and the answer is lost.
    Deaf,
    /// Every create is refused for a field.
    Strict,
    /// An answer in no table, without effect.
    Babbling,
}

#[derive(Debug, Default)]
struct Held {
    creates: u32,
    steps: Vec<StepMark>,
}

fn code_of(status: &StepStatus) -> u8 {
    match status {
        StepStatus::Known(status) => status.code(),
        StepStatus::Other(odd) => panic!("{odd} was never sent"),
    }
}

/// A portal in memory.
#[derive(Debug)]
pub(crate) struct ModelPortal {
    mood: Mutex<Mood>,
    held: Mutex<BTreeMap<String, Held>>,
    /// Dossier whose calls are never answered.
    hanging: Mutex<Option<String>>,
    /// Notified when steps have arrived.
    pub(super) stepped: Notify,
    /// What a question is good for.
    question: Mutex<Asked>,
    /// The times that were given for sends.
    budgets: Mutex<Vec<Duration>>,
}

/// What the portal says when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whether the dossier is there, and its steps.
    Steps,
    /// Whether the dossier is there.
    Presence,
    /// Nothing: there is no such question.
    Nothing,
}

impl ModelPortal {
    pub(crate) fn up() -> Self {
        Self {
            mood: Mutex::new(Mood::Up),
            held: Mutex::default(),
            hanging: Mutex::default(),
            stepped: Notify::new(),
            question: Mutex::new(Asked::Steps),
            budgets: Mutex::default(),
        }
    }

    /// From now on a question is good for this.
    pub(super) fn tell(&self, asked: Asked) {
        *self.question.lock().unwrap() = asked;
    }

    /// From now on calls about `code` are never answered.
    pub(super) fn hang(&self, code: &str) {
        *self.hanging.lock().unwrap() = Some(code.to_owned());
    }

    /// The times that were given for sends.
    pub(super) fn budgets(&self) -> Vec<Duration> {
        self.budgets.lock().unwrap().clone()
    }

    pub(super) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Statuses of the steps of `code`, in order.
    pub(super) fn steps(&self, code: &str) -> Vec<u8> {
        let held = self.held.lock().unwrap();
        held.get(code).map_or_else(Vec::new, |held| {
            held.steps
                .iter()
                .map(|step| code_of(&step.status))
                .collect()
        })
    }

    pub(super) fn creates(&self, code: &str) -> u32 {
        self.held
            .lock()
            .unwrap()
            .get(code)
            .map_or(0, |held| held.creates)
    }

    fn answer(
        &self,
        apply: impl FnOnce(&mut BTreeMap<String, Held>) -> Reading,
    ) -> Result<PortalAnswer, PortalError> {
        let said = |reading| PortalAnswer {
            reading,
            code: "0".to_owned(),
            text: String::new(),
            reference: None,
        };
        let refusal = Reading::Refused {
            cause: Cause::FieldRejected,
        };
        match *self.mood.lock().unwrap() {
            Mood::Down => Err(PortalError::Unreachable),
            Mood::Strict => Ok(said(refusal)),
            Mood::Babbling => Ok(said(Reading::NotUnderstood)),
            Mood::Up => Ok(said(apply(&mut self.held.lock().unwrap()))),
            Mood::Deaf => {
                apply(&mut self.held.lock().unwrap());
                Err(PortalError::TimedOut)
            }
        }
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

    fn repeats_states(&self) -> bool {
        true
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        _: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.budgets.lock().unwrap().push(budget);
        let code = dossier.number.as_str().to_owned();
        let hangs = self.hanging.lock().unwrap().as_ref() == Some(&code);
        if hangs {
            std::future::pending::<()>().await;
        }
        self.answer(|held| match (mode, held.contains_key(&code)) {
            (SubmissionMode::Create, true) => Reading::AlreadyThere,
            (SubmissionMode::Update, false) => Reading::NotThere,
            (SubmissionMode::Update, true) => Reading::Accepted,
            (SubmissionMode::Create, false) => {
                held.entry(code).or_default().creates += 1;
                Reading::Accepted
            }
        })
    }

    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        _: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.budgets.lock().unwrap().push(budget);
        self.stepped.notify_one();
        self.answer(|held| match held.get_mut(dossier.as_str()) {
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
        let asked = *self.question.lock().unwrap();
        if asked == Asked::Nothing {
            return Err(PortalError::NotOffered {
                operation: "question",
            });
        }
        if *self.mood.lock().unwrap() != Mood::Up {
            return Err(PortalError::Unreachable);
        }
        let held = self.held.lock().unwrap();
        Ok(held
            .get(dossier.as_str())
            .map_or(PortalView::Absent, |held| PortalView::Present {
                status: None,
                steps: match asked {
                    Asked::Steps => StepsThere::Listed(held.steps.clone()),
                    Asked::Presence | Asked::Nothing => StepsThere::NotCarried,
                },
                details: Box::default(),
            }))
    }
}
