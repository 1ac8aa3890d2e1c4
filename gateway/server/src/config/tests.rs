//! Whole files through [`load`], as an operator meets them.

mod portal;
mod problems;
mod procedures;
mod profiles;
mod protection;
mod rules;
mod secrets;
mod services;
mod sync;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lienthong_adapters::population::AccessRecipe;
use lienthong_core::access::ProcedureScope;
use lienthong_core::ports::population::Operation;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;
use crate::door::DoorLimits;

/// A folder with a configuration file and everything that the example names.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for file in ["pki/ca.pem", "pki/server.pem", "pki/server.key"] {
            folder.write(file, "PEM");
        }
        folder.write("secrets/lgsp-secret-key", "S3CRET-lgsp\n");
        folder.write("secrets/officer-key-pass", "S3CRET-officer\r\n");
        folder.write("secrets/portal-password", "S3CRET-portal");
        let hash_key = format!("S3CRET-audit-{}", "0".repeat(32));
        folder.write("secrets/audit-hash-key", &hash_key);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn load(&self, text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigProblems> {
        self.write("lienthong.toml", text);
        let variables = variables
            .iter()
            .map(|(name, held)| ((*name).into(), (*held).into()));
        load(&self.path("lienthong.toml"), variables)
    }

    /// Loads a description, with something else for what is hidden where it is judged.
    fn load_again(&self, described: &str) -> Config {
        let key = format!("hash_key = \"{}\"", "k".repeat(32));
        let text = described
            .replace("hash_key = \"***\"", &key)
            .replace("code = \"***\"", "code = \"VPUB_H99\"");
        self.load(&text, &[])
            .unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// What is printed for a configuration that is refused.
    fn report(&self, text: &str, variables: &[(&str, &str)]) -> String {
        let problems = self
            .load(text, variables)
            .expect_err("the configuration was taken");
        let folder = format!("{}/", self.0.path().display());
        problems.to_string().replace(&folder, "")
    }
}

/// The session of a portal that has one.
fn session_of(portal: &Portal) -> &SessionRoute {
    match &portal.route {
        PortalRoute::Session(session) => session,
        other => panic!("{other:?}"),
    }
}

/// The example with one piece of it replaced.
fn example_with(piece: &str, by: &str) -> String {
    assert_eq!(
        example().matches(piece).count(),
        1,
        "{piece:?} must be there once"
    );
    example().replace(piece, by)
}

#[test]
fn the_example_loads() {
    let folder = Folder::new();
    let config = folder
        .load(example(), &[])
        .unwrap_or_else(|problems| panic!("{problems}"));

    assert_eq!(
        config.listen.tls,
        Some(SocketAddr::from(([127, 0, 0, 1], 50_443)))
    );
    let certificate = config.listen.certificate.unwrap();
    assert_eq!(certificate.chain_file, folder.path("pki/server.pem"));
    assert_eq!(config.listen.limits, DoorLimits::default());
    assert_eq!(config.clients.len(), 2);
    assert_eq!(config.access.grants[0].procedures, ProcedureScope::Any);
    assert!(config.access.grants[1].fields.is_empty());
    assert!(config.catalogue.test_place);
    let offered = |operation| {
        config.population.operations[&operation]
            .service_code
            .clone()
    };
    assert_eq!(offered(Operation::LookUp), "037");
    assert_eq!(offered(Operation::Confirm), "033");
    let shared = config.population.shared_officer.unwrap().key.unwrap();
    assert_eq!(shared.key_pass.expose_secret(), "S3CRET-officer");
    let AccessRecipe::Lgsp(lgsp) = config.population.access else {
        panic!("the profile's own access");
    };
    assert_eq!(lgsp.credential.secret_key.expose_secret(), "S3CRET-lgsp");
    assert_eq!(config.cache, Keeping::default());
    assert_eq!(config.audit.database, folder.path("audit.sqlite"));
    assert_eq!(config.audit.hash_key_id.as_str(), "k1");
    assert_eq!(config.portal.profile(), PortalProfile::P2);
    let session = session_of(&config.portal);
    assert_eq!(session.password.expose_secret(), "S3CRET-portal");
    assert_eq!(session.session_lifetime, Duration::from_mins(10));
    let StoreSettings::Sqlite { database } = &config.sync.store else {
        panic!("{:?}", config.sync.store);
    };
    assert_eq!(*database, folder.path("outbox.sqlite"));
    assert_eq!(config.sync.retry_after.len(), 5);
    assert_eq!(config.log, Log::default());
}

#[test]
fn what_may_be_left_out_is_left_out_with_its_defaults() {
    let folder = Folder::new();
    let start = example().find("[sync]").unwrap();
    let written = folder.load(example(), &[]).unwrap();
    let left_out = folder.load(&example()[..start], &[]).unwrap();
    assert_eq!(left_out.describe(), written.describe());
}

#[test]
fn a_variable_wins_over_the_file() {
    let folder = Folder::new();
    let variables = [
        ("LIENTHONG__PORTAL__AGENCY_CODE", "000.00.00.H22"),
        ("LIENTHONG__PORTAL__PASSWORD", "\"12345\""),
        ("LIENTHONG__POPULATION__LOOKUP_CODE", "037"),
        ("LIENTHONG__LISTEN__LIMITS__CONNECTIONS", "7"),
        ("LIENTHONG__CATALOGUE__TEST_PLACE", "true"),
        ("LIENTHONG__SYNC__RETRY_AFTER", "[\"1s\", \"2s\"]"),
        ("LIENTHONG__CLIENTS__0__COMMON_NAME", "42"),
        ("LIENTHONG_CONFIG", "another program's"),
        ("PATH", "/bin"),
    ];
    let config = folder
        .load(example(), &variables)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let session = session_of(&config.portal);
    assert_eq!(session.agency_code.as_str(), "000.00.00.H22");
    assert_eq!(
        session.password.expose_secret(),
        "\"12345\"",
        "a secret is taken as it is"
    );
    assert_eq!(config.listen.limits.connections, 7);
    assert!(config.catalogue.test_place);
    assert_eq!(config.sync.retry_after.len(), 2);
    let named = ClientCertificate::CommonName("42".to_owned());
    assert_eq!(config.clients[0].certificate, Some(named));
}

#[test]
fn a_description_can_be_loaded_again_where_nothing_is_hidden() {
    let folder = Folder::new();
    let config = folder.load(example(), &[]).unwrap();
    let described = config.describe().to_string();
    let again = folder.load_again(&described);
    assert_eq!(again.describe().to_string(), described);
}

#[test]
fn a_description_shows_every_setting() {
    let folder = Folder::new();
    let config = folder.load(example(), &[]).unwrap();
    let described = config.describe().to_string();
    let described = described.replace(&folder.0.path().display().to_string(), "/etc/lienthong");
    insta::assert_snapshot!(described);
}

#[test]
fn paths_in_a_file_without_a_folder_count_from_the_current_one() {
    let problems = load(Path::new("no-such-file.toml"), []).unwrap_err();
    assert_eq!(problems.problems.len(), 1);
    assert_eq!(problems.problems[0].origin, Origin::File);
    assert_eq!(problems.problems[0].message, "there is no such file");
}
