//! What settings demand of each other.
//!
//! A section with a mistake of its own is not judged here: what it means is not
//! known yet, and a guess would report mistakes that are none.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lienthong_adapters::http::Limits;
use lienthong_core::access::AccessPolicy;
use lienthong_core::lookup::keeping::Keeping;
use reqwest::Url;

use super::audit::AuditSettings;
use super::cache::check_lawful;
use super::listen::Listen;
use super::policy::Client;
use super::population::Population;
use super::portal::Portal;
use super::procedures::Procedures;
use super::reader::Reading;
use super::services::ServicesSettings;
use super::sync::{StoreSettings, SyncSettings};
use super::upstream::ALLOW_PLAIN_TEXT;

/// The sections that could be read.
pub(super) struct Sections<'s> {
    pub(super) listen: Option<&'s Listen>,
    pub(super) clients: Option<&'s [Client]>,
    pub(super) access: Option<&'s AccessPolicy>,
    pub(super) population: Option<&'s Population>,
    pub(super) cache: Option<&'s Keeping>,
    pub(super) audit: Option<&'s AuditSettings>,
    pub(super) portal: Option<&'s Portal>,
    pub(super) procedures: Option<&'s Procedures>,
    pub(super) sync: Option<&'s SyncSettings>,
    pub(super) services: Option<&'s ServicesSettings>,
}

/// Reports every rule between settings that is broken.
pub(super) fn check(sections: &Sections<'_>, reading: &Reading) {
    if let Some(listen) = sections.listen {
        check_door(listen, reading);
    }
    if let Some(clients) = sections.clients {
        check_clients(clients, sections.listen, reading);
        if let Some(access) = sections.access {
            check_grants(access, clients, reading);
        }
    }
    if let Some(population) = sections.population {
        check_trust(
            "population",
            &population.base_url,
            population.ca_file.as_ref(),
            population.allow_plain_text,
            reading,
        );
        check_limits("population", &population.limits, reading);
        population.check(reading);
        if let Some(listen) = sections.listen {
            check_reserve(population, listen, reading);
        }
    }
    if let Some(cache) = sections.cache {
        check_lawful(cache, reading);
    }
    if let Some(audit) = sections.audit {
        check_audit(audit, sections, reading);
    }
    if let Some(portal) = sections.portal {
        check_trust(
            "portal",
            &portal.base_url,
            portal.ca_file.as_ref(),
            portal.allow_plain_text,
            reading,
        );
        check_limits("portal", &portal.limits, reading);
        portal.check(reading);
    }
    if let Some(procedures) = sections.procedures {
        procedures.check(sections.portal, sections.sync, reading);
    }
    if let Some(sync) = sections.sync {
        check_sync(sync, sections, reading);
    }
    if let Some(services) = sections.services {
        check_services(services, sections, reading);
    }
}

fn check_door(listen: &Listen, reading: &Reading) {
    if listen.tls.is_none() && listen.plain.is_none() {
        let help = "set `listen.tls`, or `listen.plain` for callers on this machine";
        reading.report_at("listen", "opens no door to callers", help);
    }
    if listen.tls.is_some() && listen.certificate.is_none() {
        let help = "add a section [listen.certificate]; `lienthong pki dev` makes one to try";
        reading.report_at("listen.tls", "needs a certificate", help);
    }
    if listen.plain.is_none() && listen.plain_client.is_some() {
        let help = "set `listen.plain` or take this out";
        reading.report_at(
            "listen.plain_client",
            "is of no use without plain text",
            help,
        );
    }
    let addresses = [
        ("listen.tls", listen.tls),
        ("listen.plain", listen.plain),
        ("listen.console", Some(listen.console)),
    ];
    for (index, (key, address)) in addresses.iter().enumerate() {
        let earlier = addresses[..index]
            .iter()
            .find(|(_, other)| same_socket(*address, *other));
        if let Some((other, _)) = earlier {
            let message = format!("is the same address as `{other}`");
            reading.report_at(key, &message, "give each listener a port of its own");
        }
    }
    if listen.limits.default_deadline > listen.limits.longest_call {
        let help = "raise `listen.limits.longest_deadline`";
        let message = "is longer than the longest deadline";
        reading.report_at("listen.limits.default_deadline", message, help);
    }
}

/// Port 0 is a free port of the system's choice, so it never clashes.
fn same_socket(left: Option<SocketAddr>, right: Option<SocketAddr>) -> bool {
    left.is_some_and(|address| address.port() != 0) && left == right
}

fn check_clients(clients: &[Client], listen: Option<&Listen>, reading: &Reading) {
    if clients.is_empty() {
        let help = "add a section [[clients]] for each system that calls the gateway";
        reading.report_at("clients", "names no calling system", help);
        return;
    }
    for (index, client) in clients.iter().enumerate() {
        let before = &clients[..index];
        let key = |name: &str| format!("clients[{index}].{name}");
        if before.iter().any(|other| other.name == client.name) {
            reading.report_at(
                &key("name"),
                "is the name of two clients",
                "give each its own",
            );
        }
        let same = |other: &Client| {
            client.certificate.is_some() && other.certificate == client.certificate
        };
        if let Some(other) = before.iter().find(|other| same(other)) {
            let message = format!(
                "has the same certificate as the client {}",
                other.name.as_str()
            );
            reading.report_at(
                &format!("clients[{index}]"),
                &message,
                "a certificate names one client",
            );
        }
        let Some(listen) = listen else { continue };
        if client.certificate.is_none() && listen.plain_client.as_ref() != Some(&client.name) {
            let help = "set `common_name` or `fingerprint`";
            reading.report_at(&format!("clients[{index}]"), "cannot be recognised", help);
        }
    }
    let plain_client = listen.and_then(|listen| listen.plain_client.as_ref());
    if plain_client.is_some_and(|name| clients.iter().all(|client| client.name != *name)) {
        let help = "add it as a section [[clients]]";
        reading.report_at("listen.plain_client", "is none of the clients", help);
    }
}

fn check_grants(access: &AccessPolicy, clients: &[Client], reading: &Reading) {
    for (index, grant) in access.grants.iter().enumerate() {
        if clients.iter().all(|client| client.name != grant.client) {
            let key = format!("access.grants[{index}].client");
            reading.report_at(
                &key,
                "is none of the clients",
                "add it as a section [[clients]]",
            );
        }
    }
}

fn check_trust(
    section: &str,
    base_url: &Url,
    ca_file: Option<&PathBuf>,
    allow_plain_text: bool,
    reading: &Reading,
) {
    let key = format!("{section}.base_url");
    if base_url.scheme() == "https" {
        if ca_file.is_none() {
            let help = format!(
                "name the PEM file of the authority that signed its certificate in `{section}.ca_file`"
            );
            reading.report_at(&key, "is https, and no authority is named to trust", &help);
        }
    } else if !allow_plain_text && !on_this_machine(base_url) {
        let help = format!(
            "use https, or set `{section}.{ALLOW_PLAIN_TEXT} = true` where the network between is trusted"
        );
        let message =
            "is http on another host: passwords and citizens' data could be read on the way";
        reading.report_at(&key, message, &help);
    }
}

/// Whether what is sent to `url` stays on this machine.
pub(super) fn on_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    address.map_or(host == "localhost", |address| {
        address.to_canonical().is_loopback()
    })
}

fn check_limits(section: &str, limits: &Limits, reading: &Reading) {
    for (key, part) in [
        ("connect", limits.connect_timeout),
        ("read", limits.read_timeout),
    ] {
        if part > limits.total {
            let key = format!("{section}.limits.{key}");
            let help = format!("raise `{section}.limits.total` or lower this");
            reading.report_at(&key, "is longer than the total", &help);
        }
    }
}

fn check_reserve(population: &Population, listen: &Listen, reading: &Reading) {
    if population.protection.reserve >= listen.limits.default_deadline {
        let help = "it is taken from a caller's deadline; what is left is for the database";
        let message = "is not shorter than `listen.limits.default_deadline`";
        reading.report_at("population.protection.reserve", message, help);
    }
}

fn check_audit(audit: &AuditSettings, sections: &Sections<'_>, reading: &Reading) {
    let is_outbox = |sync: &SyncSettings| match &sync.store {
        StoreSettings::Sqlite { database } => same_file(&audit.database, database),
        StoreSettings::Postgresql(_) => false,
    };
    if sections.sync.is_some_and(is_outbox) {
        let help = "the record of look-ups and the outbox are two files";
        reading.report_at("audit.database", "is the same as `sync.database`", help);
    }
    let Some(clients) = sections.clients else {
        return;
    };
    for (index, reader) in audit.readers.iter().enumerate() {
        if clients.iter().all(|client| client.name != *reader) {
            let key = format!("audit.readers[{index}]");
            let help = "add it as a section [[clients]]";
            reading.report_at(&key, "is none of the clients", help);
        }
    }
}

/// Whether two paths of files that may not be there yet lead to the same place.
fn same_file(left: &Path, right: &Path) -> bool {
    let folder = |path: &Path| path.parent().and_then(|folder| folder.canonicalize().ok());
    left == right || (left.file_name() == right.file_name() && folder(left) == folder(right))
}

fn check_sync(sync: &SyncSettings, sections: &Sections<'_>, reading: &Reading) {
    sync.check(reading);
    let portal = sections.portal;
    if let Some(portal) = portal {
        check_against_portal(sync, portal, reading);
    }
    let Some(clients) = sections.clients else {
        return;
    };
    for (index, operator) in sync.operators.iter().enumerate() {
        if clients.iter().all(|client| client.name != *operator) {
            let key = format!("sync.operators[{index}]");
            let help = "add it as a section [[clients]]";
            reading.report_at(&key, "is none of the clients", help);
        }
    }
}

fn check_services(services: &ServicesSettings, sections: &Sections<'_>, reading: &Reading) {
    services.check(reading);
    let Some(clients) = sections.clients else {
        return;
    };
    let roles = services.roles.named.iter();
    let roles = roles.map(|(role, clients)| (role.key(), clients));
    for (key, systems) in roles.chain([("recorders", &services.roles.recorders)]) {
        for (index, system) in systems.iter().enumerate() {
            if clients.iter().all(|client| client.name != *system) {
                let key = format!("services.{key}[{index}]");
                let help = "add it as a section [[clients]]";
                reading.report_at(&key, "is none of the clients", help);
            }
        }
    }
}

/// What a lease holds beside the longest call: the time that the store takes for the claim,
/// and the worker's margin.
const BESIDE_THE_CALL: Duration = Duration::from_secs(1);

/// What the sync demands of the portal that it works with.
fn check_against_portal(sync: &SyncSettings, portal: &Portal, reading: &Reading) {
    // No call outlives its lease in any case: one that has too little of it left is not
    // made. With a shorter lease that would happen to calls that nothing is wrong with.
    if sync.lease < portal.limits.total.saturating_add(BESIDE_THE_CALL) {
        let message = "is not at least 1s longer than `portal.limits.total`";
        let help = "claiming an event takes time too, and a call must end before its lease";
        reading.report_at("sync.lease", message, help);
    }
    // The guard may wait for its rate with half of a call's time; what is left must be
    // longer than its patience, or a portal that hangs never counts as one that failed.
    if sync.breaker.patience > portal.limits.total / 2 {
        let message = "is longer than half of `portal.limits.total`";
        let help = "a call that hangs is cut before the breaker has lost its patience, so it \
                    would never open; lower this or raise `portal.limits.total`";
        reading.report_at("sync.breaker.patience", message, help);
    }
    if sync.reconcile.is_some() && !portal.can_be_asked() {
        let message = "needs a portal that can be asked";
        let help = "set `portal.find_path`, or take this out: there is nothing to compare with";
        reading.report_at("sync.reconcile_at", message, help);
    }
}
