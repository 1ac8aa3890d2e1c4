//! The gateway's configuration: one TOML file, overlaid by environment variables.
//!
//! Everything is judged before anything is started, and every problem is
//! reported at once with the line or the variable that holds it. Values of
//! secrets, and whatever may name a person, never leave this module as text:
//! not in a problem, not in `Debug`, not in [`Config::describe`].

mod audit;
mod cache;
mod description;
mod environment;
mod kinds;
mod lines;
mod listen;
mod log;
mod policy;
mod population;
mod portal;
mod problem;
mod procedures;
mod quantity;
mod reader;
mod report;
mod rules;
mod secret;
mod section;
mod services;
mod source;
mod suggestion;
mod sync;
mod upstream;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use lienthong_core::access::AccessPolicy;
use lienthong_core::lookup::keeping::Keeping;

pub use audit::AuditSettings;
pub use description::Description;
pub use environment::process_environment;
pub use listen::{Listen, ServerCertificate};
pub use log::{Log, LogFormat};
pub use policy::{Catalogue, Client, ClientCertificate};
pub use population::{
    Maintenance, Officer, OfficerKey, Population, PopulationProfile, Protection, RequestForm,
    SharedOfficer, SoapForm,
};
pub use portal::{
    Files, Header, NoiHoSoRoute, Portal, PortalProfile, PortalRoute, SessionRoute, WrapperForm,
    WrapperRoute,
};
pub use problem::{ConfigProblems, Origin, Problem};
pub use procedures::Procedures;
pub use services::ServicesSettings;
pub use sync::{PostgresqlSettings, ReconcileSchedule, StoreSettings, SyncSettings};

use reader::{Read, Reading};
use section::Section;
use source::Value;

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[listen]`: where callers reach the gateway.
    pub listen: Listen,
    /// `[[clients]]`: the calling systems, in the order of the file.
    pub clients: Vec<Client>,
    /// `[access]`: who may see what.
    pub access: AccessPolicy,
    /// `[catalogue]`: choices about the shipped data files.
    pub catalogue: Catalogue,
    /// `[population]`: the national population database.
    pub population: Population,
    /// `[cache]`: what of its answers may be kept.
    pub cache: Keeping,
    /// `[audit]`: the record of look-ups.
    pub audit: AuditSettings,
    /// `[portal]`: the National Public Service Portal.
    pub portal: Portal,
    /// `[procedures]`: the procedure catalogue; `None`: none is kept.
    pub procedures: Option<Procedures>,
    /// `[sync]`: the outbox and its worker.
    pub sync: SyncSettings,
    /// `[services]`: the 25 essential services.
    pub services: ServicesSettings,
    /// `[log]`: what is logged, and how.
    pub log: Log,
}

/// Reads the configuration in `path`; relative paths in it count from its folder.
/// Of `environment`, the variables `LIENTHONG__SECTION__KEY` win over the file.
///
/// Files that it names are opened, secrets among them read; no socket is.
///
/// # Errors
/// [`ConfigProblems`] with everything that is wrong.
pub fn load(
    path: &Path,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigProblems> {
    let file = || path.to_owned();
    let bytes =
        fs::read(path).map_err(|error| ConfigProblems::with_file(file(), unreadable(&error)))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        ConfigProblems::with_file(file(), String::from("the file is not UTF-8 text"))
    })?;
    let mut root =
        source::parse(&text).map_err(|error| ConfigProblems::with_syntax(file(), &text, &error))?;
    let reading = Reading::in_folder(path.parent().unwrap_or(Path::new("")));
    let config = match &mut root.value {
        Value::Table(table) => {
            environment::overlay(table, environment, &reading);
            secret::conceal_all(table, &reading);
            read(&mut Section::root(&reading, table), &reading)
        }
        Value::Text(_)
        | Value::Integer(_)
        | Value::Boolean(_)
        | Value::Array(_)
        | Value::Unused => Err(reader::Reported),
    };
    let (findings, concealed) = reading.finish();
    match config {
        Ok(config) if findings.is_empty() => Ok(config),
        Ok(_) | Err(reader::Reported) => {
            Err(ConfigProblems::of(file(), &text, findings, concealed))
        }
    }
}

/// Why the configuration file itself cannot be read.
fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "this user may not read the file".to_owned(),
        other => format!("the file cannot be read: {other}"),
    }
}

/// A configuration to begin with, as it stands in the README.
#[must_use]
pub fn example() -> &'static str {
    include_str!("config/example.toml")
}

fn read(root: &mut Section<'_>, reading: &Reading) -> Read<Config> {
    let listen = root.required_section("listen", Listen::read);
    let clients = root.sections("clients", Client::read);
    let access = root
        .section("access", policy::read_access)
        .map(Option::unwrap_or_default);
    let catalogue = root.section("catalogue", Catalogue::read);
    let population = root.required_section("population", Population::read);
    let cache = root.section_or_empty("cache", cache::read_cache);
    let audit = root.required_section("audit", AuditSettings::read);
    let portal = root.required_section("portal", Portal::read);
    let procedures = root.section("procedures", Procedures::read);
    let sync = root.section_or_empty("sync", SyncSettings::read);
    let services = root.section_or_empty("services", |section| {
        ServicesSettings::read(section, sync.as_ref().ok())
    });
    let log = root.section("log", Log::read);
    let sections = rules::Sections {
        listen: listen.as_ref().ok(),
        clients: clients.as_deref().ok(),
        access: access.as_ref().ok(),
        population: population.as_ref().ok(),
        cache: cache.as_ref().ok(),
        audit: audit.as_ref().ok(),
        portal: portal.as_ref().ok(),
        procedures: procedures.as_ref().ok().and_then(Option::as_ref),
        sync: sync.as_ref().ok(),
        services: services.as_ref().ok(),
    };
    rules::check(&sections, reading);
    Ok(Config {
        listen: listen?,
        clients: clients?,
        access: access?,
        catalogue: catalogue?.unwrap_or_default(),
        population: population?,
        cache: cache?,
        audit: audit?,
        portal: portal?,
        procedures: procedures?,
        sync: sync?,
        services: services?,
        log: log?.unwrap_or_default(),
    })
}
