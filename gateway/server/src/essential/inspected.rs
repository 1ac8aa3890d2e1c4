//! What one scan over the facts brought.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::agency::AgencyCode;
use lienthong_core::catalogue::CatalogueChange;
use lienthong_core::check::ServiceCheck;
use lienthong_core::evidence::Register;
use lienthong_core::report::{Gathering, Material, Notice, PreviousReport};

use super::knowledge::Knowledge;
use super::place::Place;
use super::question::Question;
use super::warning::CheckWarning;

/// What one scan brought: verdicts, and what reports are made of.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// What was asked.
    pub question: Question,
    /// One check for each service that was asked about, in the order of the list.
    pub checks: Vec<ServiceCheck>,
    /// Counts for the reports.
    pub gathering: Gathering,
    /// Dossiers that were looked at, those of no service included.
    pub dossiers: u64,
    /// The register as it was.
    pub register: Arc<Register>,
    /// What keeps the answer from being whole.
    pub warnings: Vec<CheckWarning>,
    /// Those that stand in reports too.
    pub(super) notices: Vec<Notice>,
    /// What was known without any traffic.
    pub knowledge: Arc<Knowledge>,
    /// Names of agencies, as they were known.
    pub(super) unit_names: BTreeMap<AgencyCode, String>,
    /// Procedures of services that came to the national catalogue, went or came back; `None`
    /// where no catalogue is kept.
    pub(super) catalogue_changes: Option<Vec<CatalogueChange>>,
    /// How long it took.
    pub took: Duration,
    /// Taken as long as it is worked with.
    pub(super) place: Place,
}

impl Inspected {
    /// What a report is made of.
    #[must_use]
    pub fn material<'a>(&'a self, previous: Option<&'a PreviousReport>) -> Material<'a> {
        let Self {
            question,
            knowledge,
            ..
        } = self;
        Material {
            window: question.window,
            as_of: question.as_of,
            unit: question.unit.as_ref(),
            services: &knowledge.services,
            checks: &self.checks,
            gathering: &self.gathering,
            register: &self.register,
            evidence_rules: &knowledge.evidence_rules,
            targets: &knowledge.targets,
            index: &knowledge.index,
            outside: &knowledge.outside,
            rules: &knowledge.report_rules,
            check_rules: &knowledge.check_rules,
            versions: &knowledge.versions,
            unit_names: &self.unit_names,
            catalogue_changes: self.catalogue_changes.as_deref(),
            notices: &self.notices,
            previous,
            public: false,
        }
    }

    /// Whether something that is kept of dossiers or look-ups was not looked at yet.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.warnings.iter().any(CheckWarning::is_passing)
    }

    /// The place of this work, to be held until it is drawn.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Versions of everything that was judged by, as one text.
    #[must_use]
    pub fn rule_version(&self) -> String {
        self.knowledge.rule_version()
    }
}
