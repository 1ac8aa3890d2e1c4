//! `[services]`: the 25 essential services (dịch vụ công thiết yếu).
//!
//! What a reader would get wrong: the files that are named here are read once, at the
//! start, and everything that is wrong with them is told with the rest. A gateway that
//! judged by half a list would judge wrongly.

mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use lienthong_core::access::ClientName;
use lienthong_core::agency::AgencyCode;

use super::description::Page;
use super::kinds::{agency_code, client_name, count, duration, long_duration, raw_text, text};
use super::quantity::duration_text;
use super::reader::{Complaint, Read, Reading};
use super::section::Section;
use super::source::Node;
use super::sync::{StoreSettings, SyncSettings};
use crate::essential::{Knowledge, KnowledgeFile, Role, Roles};

/// The 25 essential services.
#[derive(Debug, Clone)]
pub struct ServicesSettings {
    /// Folder of the observations and of the evidence register, where the outbox is in a
    /// file too; with `PostgreSQL` both are in its database.
    pub folder: PathBuf,
    /// File of the observations in that folder: one for each outbox, because they follow it.
    pub observations: String,
    /// How often it is looked for new events and look-ups.
    pub observe_every: Duration,
    /// How long the facts of a dossier are kept after its end.
    pub keep_observations: Duration,
    /// How long days wait for the look-ups of a gateway that is silent.
    pub wait_for_gateways: Duration,
    /// When the services are checked by themselves, in the time of Việt Nam; `None`: never.
    pub check_at: Option<Time>,
    /// Days that are looked at where nobody names any: the last ones that are over.
    pub window_days: u32,
    /// Calling systems that may do more than read.
    pub roles: Roles,
    /// How long every daily board keeps its content; of older ones the last of each month does.
    pub keep_boards: Duration,
    /// Mã định danh of the province, whose working calendar counts where nobody names an
    /// agency.
    pub unit: Option<AgencyCode>,
    /// The operator's own files.
    pub files: BTreeMap<KnowledgeFile, PathBuf>,
    /// What is shipped, with the operator's files.
    pub knowledge: Arc<Knowledge>,
}

/// File of the observations beside the outbox with the usual name.
const OBSERVATIONS: &str = "observations.sqlite";
const USUAL_OUTBOX: &str = "outbox";
const OBSERVE_EVERY: Duration = Duration::from_secs(5);
const WAIT_FOR_GATEWAYS: Duration = Duration::from_hours(7 * 24);
const KEEP_OBSERVATIONS: Duration = Duration::from_hours(3 * 365 * 24);
const CHECK_AT: Time = Time::constant(5, 30, 0, 0);
const WINDOW_DAYS: u32 = 30;
const KEEP_BOARDS: Duration = Duration::from_hours(100 * 24);
/// Shorter, and there might be nothing to compare with but the end of last month.
const SHORTEST_BOARDS: Duration = Duration::from_hours(7 * 24);
/// Word for a check that nobody wants by itself.
const OFF: &str = "off";
const DAY: Duration = Duration::from_hours(24);

impl ServicesSettings {
    /// Reads the section; without a folder, that of the outbox is meant.
    pub(super) fn read(section: &mut Section<'_>, sync: Option<&SyncSettings>) -> Read<Self> {
        let folder = read_folder(section, sync);
        let observations = observations_of(sync);
        let observe_every = section.or("observe_every", OBSERVE_EVERY, duration);
        let keep = section.or("keep_observations", KEEP_OBSERVATIONS, long_duration);
        let wait = section.or("wait_for_gateways", WAIT_FOR_GATEWAYS, long_duration);
        let check_at = section.or("check_at", Some(CHECK_AT), daily);
        let window_days = section.or("window_days", WINDOW_DAYS, count(1..=366_u32));
        let roles = read_roles(section);
        let keep_boards = section.or("keep_boards", KEEP_BOARDS, long_duration);
        let unit = section.optional("unit", agency_code);
        let files = files::read(section);
        let ((files, knowledge), unit) = (files?, unit?);
        Ok(Self {
            folder: folder?,
            observations,
            observe_every: observe_every?,
            keep_observations: keep?,
            wait_for_gateways: wait?,
            check_at: check_at?,
            window_days: window_days?,
            roles: roles?,
            keep_boards: keep_boards?,
            files,
            knowledge: Arc::new(knowledge.of_province(unit.clone())),
            unit,
        })
    }

    /// Reports what settings of this section demand of each other.
    pub(super) fn check(&self, reading: &Reading) {
        if self.keep_observations < DAY * self.window_days {
            let message = "is shorter than `services.window_days`";
            let help = "what is checked must still be there";
            reading.report_at("services.keep_observations", message, help);
        }
        if self.keep_boards < SHORTEST_BOARDS {
            let help = "the daily check is compared with the boards of the days before";
            reading.report_at("services.keep_boards", "is shorter than 7d", help);
        }
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("services");
        page.set("folder", self.folder.display().to_string());
        page.set("observe_every", duration_text(self.observe_every));
        page.set("keep_observations", duration_text(self.keep_observations));
        page.set("wait_for_gateways", duration_text(self.wait_for_gateways));
        let check_at = self.check_at.map(|at| at.strftime("%H:%M").to_string());
        page.set("check_at", check_at.unwrap_or_else(|| OFF.to_owned()));
        page.set("window_days", i64::from(self.window_days));
        page.set("keep_boards", duration_text(self.keep_boards));
        let recorders = self.roles.recorders.iter();
        page.list("recorders", recorders.map(ClientName::as_str));
        for (role, clients) in &self.roles.named {
            page.list(role.key(), clients.iter().map(ClientName::as_str));
        }
        page.set_if_any("unit", self.unit.as_ref().map(AgencyCode::as_str));
        for (file, path) in &self.files {
            page.set(files::key(*file), path.display().to_string());
        }
    }
}

/// Name of the file of what was observed of this outbox. Two outboxes in one folder must not
/// share one: their positions would be mistaken for each other.
fn observations_of(sync: Option<&SyncSettings>) -> String {
    let outbox = match sync.map(|sync| &sync.store) {
        Some(StoreSettings::Sqlite { database }) => database.file_stem(),
        Some(StoreSettings::Postgresql(_)) | None => None,
    };
    match outbox.and_then(|stem| stem.to_str()) {
        None | Some(USUAL_OUTBOX) => OBSERVATIONS.to_owned(),
        Some(outbox) => format!("{outbox}-{OBSERVATIONS}"),
    }
}

/// Who may do more than read; a role that is not named is that of the recorders.
fn read_roles(section: &mut Section<'_>) -> Read<Roles> {
    let recorders = section.list("recorders", client_name);
    let named: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| (role, section.list(role.key(), client_name)))
        .collect();
    let mut roles = Roles {
        recorders: recorders?.unwrap_or_default(),
        named: BTreeMap::new(),
    };
    for (role, clients) in named {
        if let Some(clients) = clients? {
            roles.named.insert(role, clients);
        }
    }
    Ok(roles)
}

/// A time of each day, or none.
fn daily(node: &Node) -> Result<Option<Time>, Complaint> {
    if raw_text(node).is_ok_and(|text| text == OFF) {
        return Ok(None);
    }
    super::kinds::time_of_day(node).map(Some).map_err(|_| {
        Complaint::new("must be a time of the day from \"00:00\" to \"23:59\", or \"off\"")
            .help("it counts in the time of Viet Nam")
    })
}

fn read_folder(section: &mut Section<'_>, sync: Option<&SyncSettings>) -> Read<PathBuf> {
    let beside = match sync.map(|sync| &sync.store) {
        Some(StoreSettings::Sqlite { database }) => database.parent().map(Path::to_owned),
        Some(StoreSettings::Postgresql(_)) | None => None,
    };
    let reading = section.reading();
    let mut default = beside.unwrap_or_else(|| reading.resolve(""));
    if default.as_os_str().is_empty() {
        // The folder in which the gateway was started, as it is written.
        default = PathBuf::from(".");
    }
    section.or("folder", default, |node| {
        let path = reading.resolve(&text(node)?);
        if path.is_dir() {
            return Ok(path);
        }
        let help = format!("looked for {}", path.display());
        Err(Complaint::new("names a folder that does not exist").help(help))
    })
}
