//! What is known without any traffic: the list, the rules, the calendar and the targets.
//!
//! What a reader would get wrong: an operator's file adds to what is shipped where it is
//! about the same thing (services, calendar, agencies, tolerances, reports, readings of the
//! index), and takes its place where a mixture would belong to nobody: the targets of another
//! authority, the rules of evidence. Everything that is wrong with the files is told at once.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use lienthong_core::agencies::Agencies;
use lienthong_core::agency::AgencyCode;
use lienthong_core::calendar::WorkCalendar;
use lienthong_core::check::CheckRules;
use lienthong_core::checked_days::CheckedDays;
use lienthong_core::essential::ServiceList;
use lienthong_core::evidence::EvidenceRules;
use lienthong_core::observation::{ObservationRules, parse_totals};
use lienthong_core::ports::observations::ServiceTotal;
use lienthong_core::report::{ReportRules, counts_itself};
use lienthong_core::service_index::{IndexRules, OutsideFigures, OutsideProblem};
use lienthong_core::target::TargetRegister;
use lienthong_core::unit_names::UnitNames;
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
    /// Another reading of the index of Decision 766.
    IndexRules,
    /// Counts for that index that the gateway cannot see.
    IndexFigures,
    /// Names of agencies, above those of the catalogue of units.
    UnitNames,
}

impl KnowledgeFile {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::List,
        Self::Calendar,
        Self::Agencies,
        Self::CheckRules,
        Self::ReportRules,
        Self::EvidenceRules,
        Self::Targets,
        Self::Totals,
        Self::IndexRules,
        Self::IndexFigures,
        Self::UnitNames,
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
    /// Days that can be asked about.
    pub days: CheckedDays,
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
    pub outside: OutsideFigures,
    /// Versions of all of it, by the ids that reports and their comparison use.
    pub versions: BTreeMap<&'static str, String>,
    /// Mã định danh of the province, whose working calendar counts where nobody names an
    /// agency.
    pub home: Option<AgencyCode>,
    /// Names of agencies that the operator supplied.
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
        let (services, calendar, agencies) = reading.lists();
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
        let unit_names = reading.instead(
            KnowledgeFile::UnitNames,
            || Ok(UnitNames::default()),
            UnitNames::parse,
        );
        let days = reading.read(None, CheckedDays::shipped());
        let observation_rules = reading.read(None, ObservationRules::shipped());
        let report_rules = reading.extended(
            KnowledgeFile::ReportRules,
            ReportRules::shipped(),
            ReportRules::extended_by,
        );
        let (index, outside) = reading.index();
        let known = (|| {
            let mut known = Self {
                services: services?,
                evidence_rules: evidence_rules?,
                calendar: calendar?,
                agencies: agencies?,
                check_rules: check_rules?,
                days: days?,
                observation_rules: Arc::new(observation_rules?),
                report_rules: report_rules?,
                totals: totals?,
                targets: targets?,
                index: index?,
                outside: outside?,
                versions: BTreeMap::new(),
                home: None,
                unit_names: unit_names?.names().clone(),
            };
            known.versions = known.version_of_each(files);
            Some(known)
        })();
        known.ok_or(reading.problems)
    }

    /// The same in the province with this mã định danh.
    #[must_use]
    pub fn of_province(self, home: Option<AgencyCode>) -> Self {
        Self {
            outside: self.outside.of_province(home.clone()),
            home,
            ..self
        }
    }

    /// Versions of everything that is judged by, as one text.
    #[must_use]
    pub fn rule_version(&self) -> String {
        let versions = self.versions.iter();
        let versions = versions.map(|(name, version)| format!("{name} {version}"));
        versions.collect::<Vec<_>>().join("; ")
    }

    /// The version of each thing. Files that have none of their own are told by their content.
    fn version_of_each(
        &self,
        files: &BTreeMap<KnowledgeFile, String>,
    ) -> BTreeMap<&'static str, String> {
        let readings = self.index.iter().map(|reading| reading.id().to_owned());
        let own = files.get(&KnowledgeFile::IndexRules);
        let readings = readings.chain(own.map(|text| content_of(text)));
        let mut versions = BTreeMap::from([
            ("services", self.services.version().to_owned()),
            ("checks", self.check_rules.version().to_owned()),
            ("evidence", self.evidence_rules.version().to_owned()),
            ("observation", self.observation_rules.version().to_owned()),
            ("calendar", self.calendar.version().to_owned()),
            ("agencies", self.agencies.version().to_owned()),
            ("targets", self.targets.version().to_owned()),
            ("reports", self.report_rules.version().to_owned()),
            ("late", self.report_rules.reading().version().to_owned()),
            ("index", readings.collect::<Vec<_>>().join(", ")),
        ]);
        if files.contains_key(&KnowledgeFile::IndexFigures) {
            versions.insert("outside", self.outside.version().to_owned());
        }
        let unversioned = [
            ("totals", KnowledgeFile::Totals),
            ("unit-names", KnowledgeFile::UnitNames),
        ];
        versions.extend(unversioned.into_iter().filter_map(|(id, file)| {
            let text = files.get(&file)?;
            Some((id, content_of(text)))
        }));
        versions
    }
}

/// What a file says, in a few characters: the beginning of its SHA-256.
fn content_of(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let begins = digest.as_ref().iter().take(6);
    begins.fold("sha256:".to_owned(), |told, byte| {
        format!("{told}{byte:02x}")
    })
}

/// Reads the counts where the readings of the index are wrong: which counts those ask for is
/// not known then, and so none is told as unknown.
fn figures_without_readings(text: &str) -> Result<OutsideFigures, Vec<OutsideProblem>> {
    OutsideFigures::parse(text, &[], counts_itself).or_else(|mut problems| {
        problems.retain(|problem| !matches!(problem, OutsideProblem::Unknown { .. }));
        if problems.is_empty() {
            Ok(OutsideFigures::default())
        } else {
            Err(problems)
        }
    })
}

/// What was read so far, and what is wrong with it.
struct Reading<'f> {
    files: &'f BTreeMap<KnowledgeFile, String>,
    problems: Vec<KnowledgeProblem>,
}

impl Reading<'_> {
    /// What there is: services, days and agencies.
    fn lists(&mut self) -> (Option<ServiceList>, Option<WorkCalendar>, Option<Agencies>) {
        let services = self.extended(
            KnowledgeFile::List,
            ServiceList::shipped(),
            ServiceList::extended_by,
        );
        let calendar = self.extended(
            KnowledgeFile::Calendar,
            WorkCalendar::parse(CALENDAR),
            WorkCalendar::extended,
        );
        let agencies = self.extended(
            KnowledgeFile::Agencies,
            Agencies::shipped(),
            Agencies::extended_by,
        );
        (services, calendar, agencies)
    }

    /// The readings of the index, and the counts that one of them asks for.
    fn index(&mut self) -> (Option<Vec<IndexRules>>, Option<OutsideFigures>) {
        let index = self.extended(
            KnowledgeFile::IndexRules,
            IndexRules::shipped(),
            |shipped, text| IndexRules::extended(shipped, text),
        );
        let outside = self.instead(
            KnowledgeFile::IndexFigures,
            || Ok(OutsideFigures::default()),
            |text| {
                let Some(index) = &index else {
                    return figures_without_readings(text);
                };
                OutsideFigures::parse(text, index, counts_itself)
            },
        );
        (index, outside)
    }

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
mod tests;
