//! Facts as bytes: a version, then numbers without names.
//!
//! A million dossiers are read for one report, so a row is small and read without a detour:
//! moments are distances from the receipt, codes are numbers, and names that occur again and
//! again stand in a list of their own. What is read back is checked like something from
//! outside.

mod codes;
mod lookups;

pub(in crate::store) use lookups::StoredLookups;

use std::collections::HashMap;

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{
    DossierFacts, DossierKept, LookupFacts, PaperFact, ResultFact, StatedEnds, StatusMark, StepFact,
};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::ProcedureCode;
use serde::{Deserialize, Serialize};

use codes::{
    Code, channel, channel_code, component, component_parts, owner, owner_code, payment,
    payment_code, result, result_code, result_parts, return_code, return_method, reuse, reuse_code,
    status,
};

use super::moments::{distance, moment, moment_if};
use super::{Problem, Row};

/// Version of what events told that is written; the only one that is read.
const VERSION: u8 = 1;

/// Numbers of names, when a row is written.
pub(in crate::store) type Words = HashMap<String, u32>;

/// Names by their numbers, when a row is read.
pub(in crate::store) type Known = HashMap<u32, String>;

/// A name.
#[derive(Debug, Serialize, Deserialize)]
enum Word<'a> {
    /// By its number in the list.
    Listed(u32),
    /// Itself, where the list was full.
    Spelled(&'a str),
}

/// What events told.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct StoredFacts<'a> {
    revision: u64,
    procedure: &'a str,
    /// Where it is not the agency of the dossier's number.
    unit: Option<&'a str>,
    channel: u8,
    return_method: u8,
    owner: u8,
    payment: u8,
    vneid: bool,
    digitised_flag: bool,
    fee: u64,
    /// In microseconds; all other moments are distances from it.
    received: i64,
    submitted: i64,
    due: Option<i64>,
    /// Where it is not the same as `due`.
    first_due: Option<i64>,
    /// Where it is not the same as `due`.
    last_due: Option<i64>,
    due_moved_late_at: Option<i64>,
    apologised_at: Option<i64>,
    finished: Option<i64>,
    returned: Option<i64>,
    refused: Option<i64>,
    states: Vec<(i64, u8)>,
    papers: Vec<StoredPaper>,
    results: Vec<(Option<Code>, bool)>,
    #[serde(borrow)]
    steps: Vec<StoredStep<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredPaper {
    component: Code,
    digitised: bool,
    reuse: u8,
    from_store: bool,
    replaced_by: Option<Code>,
    file: u16,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredStep<'a> {
    handled_at: i64,
    /// Distance from `handled_at`.
    due_at: Option<i64>,
    status: u8,
    #[serde(borrow)]
    department: Option<Word<'a>>,
}

/// Names in what is kept of a dossier that are to be listed.
pub(in crate::store) fn texts(row: &Row) -> impl Iterator<Item = &str> {
    let steps = row.kept.facts.iter().flat_map(|facts| &facts.steps);
    let departments = steps.filter_map(|step| step.department.as_deref());
    departments.chain(lookups::texts(&row.lookups))
}

/// What is kept of a dossier as bytes.
pub(in crate::store) struct Bytes {
    /// What events told, where there were any.
    pub(in crate::store) facts: Option<Vec<u8>>,
    /// What look-ups told, where there were any.
    pub(in crate::store) lookups: Option<Vec<u8>>,
}

/// Writes what is kept of a dossier. Names that are not in `words` are spelled.
pub(in crate::store) fn write(row: &Row, words: &Words) -> Result<Bytes, Problem> {
    let facts = match &row.kept.facts {
        Some(facts) => Some(bytes(VERSION, &StoredFacts::of(&row.kept, facts, words)?)?),
        None => None,
    };
    let lookups = lookups::write(&row.lookups, words)?;
    Ok(Bytes { facts, lookups })
}

fn bytes(version: u8, stored: &impl Serialize) -> Result<Vec<u8>, Problem> {
    postcard::to_extend(stored, vec![version]).map_err(|_| "its facts cannot be written")
}

const OTHER_VERSION: Problem = "its facts have a version that this program does not know";

fn read<'a, T: Deserialize<'a>>(stored: &'a [u8]) -> Result<T, Problem> {
    match stored.split_first() {
        Some((&VERSION, rest)) => read_rest(rest),
        Some(_) => Err(OTHER_VERSION),
        None => Err("its facts are empty"),
    }
}

fn read_rest<'a, T: Deserialize<'a>>(rest: &'a [u8]) -> Result<T, Problem> {
    postcard::from_bytes(rest).map_err(|_| "its facts do not have the form of their version")
}

fn word<'a>(text: &'a str, words: &Words) -> Word<'a> {
    words
        .get(text)
        .map_or(Word::Spelled(text), |&number| Word::Listed(number))
}

fn spelled(word: &Word<'_>, known: &Known) -> Result<String, Problem> {
    match word {
        Word::Spelled(text) => Ok((*text).to_owned()),
        Word::Listed(number) => known
            .get(number)
            .cloned()
            .ok_or("a name is not in the list"),
    }
}

fn listed(word: &Word<'_>) -> Option<u32> {
    match word {
        Word::Listed(number) => Some(*number),
        Word::Spelled(_) => None,
    }
}

impl<'a> StoredFacts<'a> {
    fn of(kept: &'a DossierKept, facts: &'a DossierFacts, words: &Words) -> Result<Self, Problem> {
        let from = facts.received;
        let since = |at: Option<Timestamp>| at.map(|at| distance(at, from));
        let unless_due = |at: Option<Timestamp>| since(at.filter(|_| at != facts.due));
        let steps = facts.steps.iter().map(|step| StoredStep {
            handled_at: distance(step.handled_at, from),
            due_at: step.due_at.map(|due| distance(due, step.handled_at)),
            status: step.status.code(),
            department: step.department.as_deref().map(|name| word(name, words)),
        });
        let states = kept.states.iter();
        Ok(Self {
            revision: facts.revision,
            procedure: facts.procedure.as_str(),
            unit: Some(facts.unit.as_str()).filter(|_| facts.unit != *facts.number.agency()),
            channel: channel_code(facts.channel),
            return_method: return_code(facts.return_method),
            owner: owner_code(facts.owner),
            payment: payment_code(facts.payment),
            vneid: facts.vneid,
            digitised_flag: facts.digitised_flag,
            fee: facts.fee,
            received: from.as_microsecond(),
            submitted: distance(facts.submitted, from),
            due: since(facts.due),
            first_due: unless_due(facts.first_due),
            last_due: unless_due(kept.last_due),
            due_moved_late_at: since(facts.due_moved_late_at),
            apologised_at: since(facts.apologised_at),
            finished: since(kept.stated.finished),
            returned: since(kept.stated.returned),
            refused: since(kept.stated.refused),
            states: states
                .map(|mark| (distance(mark.at, from), mark.status.code()))
                .collect(),
            papers: facts
                .papers
                .iter()
                .map(StoredPaper::of)
                .collect::<Result<_, _>>()?,
            results: facts.results.iter().map(result).collect::<Result<_, _>>()?,
            steps: steps.collect(),
        })
    }

    /// Reads the bytes of a row.
    pub(in crate::store) fn read(stored: &'a [u8]) -> Result<Self, Problem> {
        read(stored)
    }

    /// Numbers of the names in it.
    pub(in crate::store) fn words(&self) -> impl Iterator<Item = u32> {
        let names = self
            .steps
            .iter()
            .filter_map(|step| step.department.as_ref());
        names.filter_map(listed)
    }

    /// The facts of the dossier of this number, with what follows from them.
    pub(in crate::store) fn kept(
        self,
        number: DossierNumber,
        known: &Known,
    ) -> Result<DossierKept, Problem> {
        let from = Timestamp::from_microsecond(self.received)
            .map_err(|_| "its receipt is outside the calendar")?;
        let due = moment_if(self.due, from)?;
        let states = self.states.iter().map(|&(at, code)| {
            Ok(StatusMark {
                at: moment(at, from)?,
                status: status(code)?,
            })
        });
        let ends = StatedEnds {
            finished: moment_if(self.finished, from)?,
            returned: moment_if(self.returned, from)?,
            refused: moment_if(self.refused, from)?,
        };
        let mut kept = DossierKept {
            states: states.collect::<Result<_, Problem>>()?,
            stated: ends,
            last_due: moment_if(self.last_due, from)?.or(due),
            ..DossierKept::default()
        };
        kept.facts = Some(self.facts(number, from, due, known)?);
        kept.derive();
        Ok(kept)
    }

    fn facts(
        self,
        number: DossierNumber,
        from: Timestamp,
        due: Option<Timestamp>,
        known: &Known,
    ) -> Result<DossierFacts, Problem> {
        let unit = match self.unit {
            Some(unit) => AgencyCode::parse(unit).map_err(|_| "its unit does not parse")?,
            None => number.agency().clone(),
        };
        let steps = self.steps.iter().map(|step| step.fact(from, known));
        Ok(DossierFacts {
            number,
            revision: self.revision,
            procedure: ProcedureCode::parse(self.procedure)
                .map_err(|_| "its procedure does not parse")?,
            unit,
            channel: channel(self.channel)?,
            return_method: return_method(self.return_method)?,
            owner: owner(self.owner)?,
            submitted: moment(self.submitted, from)?,
            received: from,
            first_due: moment_if(self.first_due, from)?.or(due),
            due,
            due_moved_late_at: moment_if(self.due_moved_late_at, from)?,
            processed: None,
            returned: None,
            stopped: None,
            refused: None,
            withdrawn: None,
            reopened_at: None,
            status: PortalStatus::Registered,
            status_since: from,
            pauses: Vec::new(),
            vneid: self.vneid,
            payment: payment(self.payment)?,
            fee: self.fee,
            digitised_flag: self.digitised_flag,
            papers: self
                .papers
                .iter()
                .map(StoredPaper::fact)
                .collect::<Result<_, _>>()?,
            results: self
                .results
                .iter()
                .map(|&(code, has_file)| {
                    Ok(ResultFact {
                        code: code.map(result_code).transpose()?,
                        has_file,
                    })
                })
                .collect::<Result<_, Problem>>()?,
            steps: steps.collect::<Result<_, _>>()?,
            apologised_at: moment_if(self.apologised_at, from)?,
            lookups: LookupFacts::default(),
        })
    }
}

impl StoredPaper {
    fn of(paper: &PaperFact) -> Result<Self, Problem> {
        Ok(Self {
            component: component_parts(&paper.component)?,
            digitised: paper.digitised,
            reuse: reuse_code(paper.reuse),
            from_store: paper.from_store,
            replaced_by: paper.replaced_by.as_ref().map(result_parts).transpose()?,
            file: paper.file,
        })
    }

    fn fact(&self) -> Result<PaperFact, Problem> {
        Ok(PaperFact {
            component: component(self.component)?,
            digitised: self.digitised,
            reuse: reuse(self.reuse)?,
            from_store: self.from_store,
            replaced_by: self.replaced_by.map(result_code).transpose()?,
            file: self.file,
        })
    }
}

impl StoredStep<'_> {
    fn fact(&self, from: Timestamp, known: &Known) -> Result<StepFact, Problem> {
        let handled_at = moment(self.handled_at, from)?;
        let department = self.department.as_ref();
        Ok(StepFact {
            handled_at,
            due_at: moment_if(self.due_at, handled_at)?,
            status: status(self.status)?,
            department: department.map(|name| spelled(name, known)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests;
