//! The rules of documented states, read from dated data.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::{DocumentedState, EvidenceClass};

const SHIPPED: &str = include_str!("../../data/evidence-rules.toml");

/// What a documented state rests on, and when evidence is out of date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRules {
    version: String,
    classes: BTreeMap<EvidenceClass, ClassRule>,
    states: Vec<StateRule>,
    cap: Option<Cap>,
}

/// When evidence of a class is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ClassRule {
    /// Months for which such a document counts.
    pub(super) valid_months: Option<u16>,
    /// Months after which somebody has to look at it again.
    pub(super) review_months: Option<u16>,
    /// Whether publishing the procedure anew ends it.
    pub(super) ends_with_publication: bool,
}

/// What a state needs besides what the states before it need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StateRule {
    pub(super) state: DocumentedState,
    pub(super) needs: Vec<EvidenceClass>,
}

/// A state above which nothing counts without this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cap {
    pub(super) state: DocumentedState,
    pub(super) needs: Vec<EvidenceClass>,
    pub(super) statements: Vec<String>,
}

/// One thing that is wrong with a file of rules; entries are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvidenceRulesProblem {
    /// Not TOML, or not with the expected keys.
    #[error("are no rules of evidence: {0}")]
    Syntax(String),
    /// A class that does not exist.
    #[error("{place}: \"{found}\" is no class of evidence; known are E1 to E9")]
    Class {
        /// Which entry.
        place: String,
        /// What stands there.
        found: String,
    },
    /// A state that does not exist, or that is none of the way of the work.
    #[error("{place}: \"{found}\" is no state from REVIEWED to EVALUATED")]
    State {
        /// Which entry.
        place: String,
        /// What stands there.
        found: String,
    },
    /// A class that stands twice.
    #[error("class {entry}: {class} stands there already")]
    ClassAgain {
        /// Which entry.
        entry: usize,
        /// Which class.
        class: &'static str,
    },
    /// States that do not stand in the order of the work.
    #[error("state {entry}: {state} comes before the state above it")]
    Order {
        /// Which entry.
        entry: usize,
        /// Which state.
        state: &'static str,
    },
    /// Months that are none.
    #[error("class {entry}: `{key}` is not 1 to 600 months")]
    Months {
        /// Which entry.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    class: Vec<RawClass>,
    #[serde(default)]
    state: Vec<RawState>,
    cap: Option<RawCap>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    id: String,
    valid_months: Option<u16>,
    review_months: Option<u16>,
    #[serde(default)]
    ends_with_publication: bool,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: crate::places::SourceCertainty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawState {
    name: String,
    needs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCap {
    state: String,
    needs: Vec<String>,
    #[serde(default)]
    statements: Vec<String>,
}

impl EvidenceRules {
    /// The rules as they are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped file is read by a test.
    pub fn shipped() -> Result<Self, Vec<EvidenceRulesProblem>> {
        Self::parse(SHIPPED)
    }

    /// Reads rules in the form of the shipped file.
    ///
    /// # Errors
    /// Everything that is wrong, table by table in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<EvidenceRulesProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![EvidenceRulesProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        let classes = read_classes(file.class, &mut problems);
        let mut states: Vec<StateRule> = Vec::new();
        for (entry, raw) in (1..).zip(file.state) {
            let place = format!("state {entry}");
            let needs = classes_of(&place, &raw.needs, &mut problems);
            let Some(state) = state_of(&place, &raw.name, &mut problems) else {
                continue;
            };
            if states.last().is_some_and(|before| before.state >= state) {
                let state = state.name();
                problems.push(EvidenceRulesProblem::Order { entry, state });
            }
            states.push(StateRule { state, needs });
        }
        let cap = file.cap.and_then(|raw| {
            let needs = classes_of("cap", &raw.needs, &mut problems);
            let state = state_of("cap", &raw.state, &mut problems)?;
            Some(Cap {
                state,
                needs,
                statements: raw.statements,
            })
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            version: file.version,
            classes,
            states,
            cap,
        })
    }

    /// Version of the rules.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn class(&self, class: EvidenceClass) -> ClassRule {
        self.classes.get(&class).copied().unwrap_or_default()
    }

    pub(super) fn states(&self) -> &[StateRule] {
        &self.states
    }

    pub(super) fn cap(&self) -> Option<&Cap> {
        self.cap.as_ref()
    }
}

fn read_classes(
    raw: Vec<RawClass>,
    problems: &mut Vec<EvidenceRulesProblem>,
) -> BTreeMap<EvidenceClass, ClassRule> {
    let mut classes = BTreeMap::new();
    for (entry, raw) in (1..).zip(raw) {
        for (key, months) in [
            ("valid_months", raw.valid_months),
            ("review_months", raw.review_months),
        ] {
            if months.is_some_and(|months| !(1..=600).contains(&months)) {
                problems.push(EvidenceRulesProblem::Months { entry, key });
            }
        }
        let rule = ClassRule {
            valid_months: raw.valid_months,
            review_months: raw.review_months,
            ends_with_publication: raw.ends_with_publication,
        };
        let place = format!("class {entry}");
        for class in classes_of(&place, &[raw.id], problems) {
            if classes.insert(class, rule).is_some() {
                let class = class.id();
                problems.push(EvidenceRulesProblem::ClassAgain { entry, class });
            }
        }
    }
    classes
}

fn classes_of(
    place: &str,
    ids: &[String],
    problems: &mut Vec<EvidenceRulesProblem>,
) -> Vec<EvidenceClass> {
    let mut classes = Vec::new();
    for id in ids {
        match EvidenceClass::from_id(id) {
            Some(class) => classes.push(class),
            None => problems.push(EvidenceRulesProblem::Class {
                place: place.to_owned(),
                found: id.clone(),
            }),
        }
    }
    classes
}

fn state_of(
    place: &str,
    name: &str,
    problems: &mut Vec<EvidenceRulesProblem>,
) -> Option<DocumentedState> {
    let on_the_way = DocumentedState::Reviewed..=DocumentedState::Evaluated;
    let state = DocumentedState::from_name(name).filter(|state| on_the_way.contains(state));
    if state.is_none() {
        problems.push(EvidenceRulesProblem::State {
            place: place.to_owned(),
            found: name.to_owned(),
        });
    }
    state
}
