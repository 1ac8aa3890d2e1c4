//! What is known without any traffic: the list, the rules, the calendar and the targets.
//!
//! What a reader would get wrong: an operator's file adds to what is shipped where it is
//! about the same thing (services, calendar, agencies, tolerances, reports), and takes its place
//! where a mixture would belong to nobody: the targets of another authority, the rules of
//! evidence. Everything that is wrong with the files is told at once.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use lienthong_core::agencies::Agencies;
use lienthong_core::agency::AgencyCode;
use lienthong_core::calendar::WorkCalendar;
use lienthong_core::check::CheckRules;
use lienthong_core::essential::ServiceList;
use lienthong_core::evidence::EvidenceRules;
use lienthong_core::observation::{ObservationRules, parse_totals};
use lienthong_core::ports::observations::ServiceTotal;
use lienthong_core::report::ReportRules;
use lienthong_core::service_index::{Figures, IndexRules};
use lienthong_core::target::TargetRegister;
use thiserror::Error;

const CALENDAR: &str = include_str!("../../../core/data/working-calendar.toml");
const TARGETS: &str = include_str!("../../../core/data/targets.toml");

/// A kind of file that an operator may supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KnowledgeFile {
    /// More services, codes, owners and levels.
    List,
    /// More years, days and office hours.
    Calendar,
    /// More agencies that ceased.
    Agencies,
    /// Other tolerances of the checks.
    CheckRules,
    /// Other rules of the reports, such as what is too small to be told.
    ReportRules,
    /// Other rules of evidence, such as review ages.
    EvidenceRules,
    /// The targets of the province's own authorities.
    Targets,
    /// How many dossiers there are in all.
    Totals,
}

impl KnowledgeFile {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::List,
        Self::Calendar,
        Self::Agencies,
        Self::CheckRules,
        Self::ReportRules,
        Self::EvidenceRules,
        Self::Targets,
        Self::Totals,
    ];
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file:?}: {what}")]
pub struct KnowledgeProblem {
    /// Which file; `None`: what is shipped, which a test reads.
    pub file: Option<KnowledgeFile>,
    /// What is wrong, with the place in the file.
    pub what: String,
}

/// Everything that is known without any traffic.
#[derive(Debug, Clone)]
pub struct Knowledge {
    /// The services and their codes.
    pub services: ServiceList,
    /// What a documented state rests on.
    pub evidence_rules: EvidenceRules,
    /// Working days and hours.
    pub calendar: WorkCalendar,
    /// Agencies that ceased.
    pub agencies: Agencies,
    /// Tolerances and least samples of the checks.
    pub check_rules: CheckRules,
    /// What steps and look-ups tell.
    pub observation_rules: Arc<ObservationRules>,
    /// What reports show.
    pub report_rules: ReportRules,
    /// All dossiers of services, as far as somebody counted them.
    pub totals: Vec<ServiceTotal>,
    /// Targets of authorities.
    pub targets: TargetRegister,
    /// The readings of the index of Decision 766.
    pub index: Vec<IndexRules>,
    /// Counts for that index from outside the gateway.
    pub outside: Figures,
    /// Mã định danh of the province, whose working calendar counts where nobody names an
    /// agency.
    pub home: Option<AgencyCode>,
    /// Names of agencies.
    pub unit_names: BTreeMap<AgencyCode, String>,
}

impl Knowledge {
    /// What is shipped.
    ///
    /// # Errors
    /// Never for a released program; a test reads it.
    pub fn shipped() -> Result<Self, Vec<KnowledgeProblem>> {
        Self::with(&BTreeMap::new())
    }

    /// What is shipped, with an operator's files.
    ///
    /// # Errors
    /// Everything that is wrong with all of them.
    pub fn with(files: &BTreeMap<KnowledgeFile, String>) -> Result<Self, Vec<KnowledgeProblem>> {
        let mut reading = Reading {
            files,
            problems: Vec::new(),
        };
        let services = reading.extended(
            KnowledgeFile::List,
            ServiceList::shipped(),
            ServiceList::extended_by,
        );
        let calendar = reading.extended(
            KnowledgeFile::Calendar,
            WorkCalendar::parse(CALENDAR),
            WorkCalendar::extended,
        );
        let agencies = reading.extended(
            KnowledgeFile::Agencies,
            Agencies::shipped(),
            Agencies::extended_by,
        );
        let check_rules = reading.extended(
            KnowledgeFile::CheckRules,
            CheckRules::shipped(),
            CheckRules::extended_by,
        );
        let evidence_rules = reading.instead(
            KnowledgeFile::EvidenceRules,
            EvidenceRules::shipped,
            EvidenceRules::parse,
        );
        let targets = reading.instead(
            KnowledgeFile::Targets,
            || TargetRegister::parse(TARGETS),
            TargetRegister::parse,
        );
        let totals = reading.instead(KnowledgeFile::Totals, || Ok(Vec::new()), parse_totals);
        let observation_rules = reading.read(None, ObservationRules::shipped());
        let report_rules = reading.extended(
            KnowledgeFile::ReportRules,
            ReportRules::shipped(),
            ReportRules::extended_by,
        );
        let index = reading.read(None, IndexRules::shipped());
        let known = (|| {
            Some(Self {
                services: services?,
                evidence_rules: evidence_rules?,
                calendar: calendar?,
                agencies: agencies?,
                check_rules: check_rules?,
                observation_rules: Arc::new(observation_rules?),
                report_rules: report_rules?,
                totals: totals?,
                targets: targets?,
                index: index?,
                outside: Figures::new(),
                home: None,
                unit_names: BTreeMap::new(),
            })
        })();
        known.ok_or(reading.problems)
    }

    /// Versions of everything that is judged by, as one text.
    #[must_use]
    pub fn rule_version(&self) -> String {
        let versions = [
            ("services", self.services.version()),
            ("check", self.check_rules.version()),
            ("evidence", self.evidence_rules.version()),
            ("observation", self.observation_rules.version()),
            ("calendar", self.calendar.version()),
            ("agencies", self.agencies.version()),
        ];
        let versions = versions.map(|(name, version)| format!("{name} {version}"));
        versions.join("; ")
    }
}

/// What was read so far, and what is wrong with it.
struct Reading<'f> {
    files: &'f BTreeMap<KnowledgeFile, String>,
    problems: Vec<KnowledgeProblem>,
}

impl Reading<'_> {
    /// What is shipped, with the operator's file above it.
    fn extended<T, E: Display>(
        &mut self,
        file: KnowledgeFile,
        shipped: Result<T, Vec<E>>,
        extend: impl FnOnce(&T, &str) -> Result<T, Vec<E>>,
    ) -> Option<T> {
        let shipped = self.read(None, shipped)?;
        match self.files.get(&file) {
            None => Some(shipped),
            Some(text) => self.read(Some(file), extend(&shipped, text)),
        }
    }

    /// The operator's file, or what is shipped without one.
    fn instead<T, E: Display>(
        &mut self,
        file: KnowledgeFile,
        shipped: impl FnOnce() -> Result<T, Vec<E>>,
        parse: impl FnOnce(&str) -> Result<T, Vec<E>>,
    ) -> Option<T> {
        match self.files.get(&file) {
            None => self.read(None, shipped()),
            Some(text) => self.read(Some(file), parse(text)),
        }
    }

    fn read<T, E: Display>(
        &mut self,
        file: Option<KnowledgeFile>,
        read: Result<T, Vec<E>>,
    ) -> Option<T> {
        let problem = |what: E| KnowledgeProblem {
            file,
            what: what.to_string(),
        };
        read.map_err(|problems| self.problems.extend(problems.into_iter().map(problem)))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_can_be_read() {
        let known = Knowledge::shipped().unwrap();
        assert_eq!(known.services.services().len(), 25);
        assert_eq!(known.index.len(), 3);
    }

    #[test]
    fn everything_wrong_with_all_files_is_told_at_once() {
        let files = BTreeMap::from([
            (KnowledgeFile::List, "version = 3".to_owned()),
            (
                KnowledgeFile::Calendar,
                "[[year]]\nyear = 2027\n".to_owned(),
            ),
            (KnowledgeFile::Targets, "nonsense".to_owned()),
        ]);
        let problems = Knowledge::with(&files).unwrap_err();
        for file in files.keys() {
            let told = problems.iter().any(|problem| problem.file == Some(*file));
            assert!(told, "{file:?} in {problems:?}");
        }
    }

    #[test]
    fn an_operators_code_stands_beside_what_is_shipped() {
        let more = "version = \"H60-1\"\n[[service]]\nnumber = 1\n\
                    codes = [{ code = \"9.000001\", role = \"main\", certainty = \"unverified\" }]\n";
        let files = BTreeMap::from([(KnowledgeFile::List, more.to_owned())]);
        let known = Knowledge::with(&files).unwrap();
        assert_eq!(known.services.services().len(), 25);
        assert_eq!(known.services.services()[0].codes.len(), 1);
        assert!(known.services.version().ends_with("+H60-1"));
    }
}
