//! The files are tried as they are used: in a handshake between two peers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tempfile::TempDir;

use super::{Flaw, PkiError, PkiFiles, PkiNames, write_development_pki};

const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);

#[derive(Debug)]
struct FixedTime(Timestamp);

impl TimeProvider for FixedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

fn certificates(path: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(path)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn key(path: &Path) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_file(path).unwrap()
}

fn roots(files: &PkiFiles) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates(&files.ca));
    Arc::new(roots)
}

fn server(files: &PkiFiles, now: Timestamp) -> ServerConnection {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let callers = WebPkiClientVerifier::builder_with_provider(roots(files), Arc::clone(&provider));
    let config = ServerConfig::builder_with_details(provider, Arc::new(FixedTime(now)))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(callers.build().unwrap())
        .with_single_cert(certificates(&files.server_chain), key(&files.server_key))
        .unwrap();
    ServerConnection::new(Arc::new(config)).unwrap()
}

fn client(files: &PkiFiles, name: &'static str, now: Timestamp) -> ClientConnection {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(FixedTime(now)))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots(files))
        .with_client_auth_cert(certificates(&files.client_chain), key(&files.client_key))
        .unwrap();
    ClientConnection::new(Arc::new(config), ServerName::try_from(name).unwrap()).unwrap()
}

/// Carries bytes between the two until both are done or one refuses.
fn shake_hands(
    client: &mut ClientConnection,
    server: &mut ServerConnection,
) -> Result<(), rustls::Error> {
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}

fn contents(files: &PkiFiles) -> BTreeMap<&Path, Vec<u8>> {
    files
        .all()
        .into_iter()
        .map(|path| (path, fs::read(path).unwrap()))
        .collect()
}

fn fresh() -> (TempDir, PkiFiles) {
    let dir = tempfile::tempdir().unwrap();
    let files = write_development_pki(dir.path(), &PkiNames::default(), NOW).unwrap();
    (dir, files)
}

fn flaw(result: Result<PkiFiles, PkiError>) -> (String, Flaw) {
    match result {
        Err(PkiError::Unusable { path, flaw }) => (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            flaw,
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn client_and_server_trust_each_other_under_every_name() {
    let (_dir, files) = fresh();
    for name in ["localhost", "127.0.0.1", "::1"] {
        let (mut client, mut server) = (client(&files, name, NOW), server(&files, NOW));
        shake_hands(&mut client, &mut server).unwrap();
        client.writer().write_all(b"xin chao").unwrap();
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().unwrap();
        let mut heard = [0; 8];
        server.reader().read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"xin chao");
        assert_eq!(
            server.peer_certificates().unwrap(),
            certificates(&files.client_chain)
        );
    }
}

#[test]
fn another_name_and_another_authority_are_refused() {
    let (_dir, files) = fresh();
    let (_other_dir, other) = fresh();
    let shaken = shake_hands(
        &mut client(&files, "example.vn", NOW),
        &mut server(&files, NOW),
    );
    assert!(
        matches!(shaken, Err(rustls::Error::InvalidCertificate(_))),
        "{shaken:?}"
    );
    let shaken = shake_hands(
        &mut client(&files, "localhost", NOW),
        &mut server(&other, NOW),
    );
    assert!(
        matches!(shaken, Err(rustls::Error::InvalidCertificate(_))),
        "{shaken:?}"
    );
}

#[test]
fn certificates_last_a_year() {
    let (_dir, files) = fresh();
    let after = |days: i64| NOW + SignedDuration::from_hours(24 * days);
    let shake_at = |now| {
        shake_hands(
            &mut client(&files, "localhost", now),
            &mut server(&files, now),
        )
    };
    shake_at(after(364)).unwrap();
    assert!(shake_at(after(366)).is_err());
    assert!(shake_at(after(-2)).is_err());
}

#[test]
fn keys_are_for_their_owner_only() {
    let (_dir, files) = fresh();
    for path in [
        &files.ca_key,
        &files.server_key,
        &files.client_key,
        &files.mocks_key,
    ] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let (dir, files) = fresh();
    let before = contents(&files);
    let later = NOW + SignedDuration::from_hours(24 * 300);
    let again = write_development_pki(dir.path(), &PkiNames::default(), later).unwrap();
    assert_eq!(again, files);
    assert_eq!(contents(&files), before);
}

#[test]
fn what_is_there_but_of_no_use_is_refused_and_kept() {
    let (dir, files) = fresh();
    let before = contents(&files);
    let names = PkiNames::default();
    let run = |names: &PkiNames, now| write_development_pki(dir.path(), names, now);

    let late = NOW + SignedDuration::from_hours(24 * 400);
    assert_eq!(
        flaw(run(&names, late)),
        ("server.pem".to_owned(), Flaw::NotValid)
    );
    let other_client = PkiNames {
        client: "another".to_owned(),
        ..names.clone()
    };
    assert_eq!(
        flaw(run(&other_client, NOW)),
        ("client.pem".to_owned(), Flaw::OtherClient)
    );
    let other_server = PkiNames {
        server: vec!["example.vn".to_owned()],
        ..names.clone()
    };
    assert_eq!(
        flaw(run(&other_server, NOW)),
        ("server.pem".to_owned(), Flaw::NotValid)
    );
    assert_eq!(contents(&files), before);

    fs::copy(&files.client_key, &files.mocks_key).unwrap();
    assert_eq!(
        flaw(run(&names, NOW)),
        ("mocks.pem".to_owned(), Flaw::OtherKey)
    );
    fs::write(&files.mocks_key, "nothing").unwrap();
    assert_eq!(
        flaw(run(&names, NOW)),
        ("mocks.key".to_owned(), Flaw::NotPem)
    );
    fs::remove_file(&files.mocks_key).unwrap();
    match run(&names, NOW) {
        Err(PkiError::Incomplete { path }) => assert_eq!(path, files.mocks_key),
        other => panic!("{other:?}"),
    }
    assert!(!files.mocks_key.exists());
}

#[test]
fn a_clock_that_cannot_be_right_makes_no_certificate() {
    let dir = tempfile::tempdir().unwrap();
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let made = write_development_pki(dir.path(), &PkiNames::default(), now);
        assert!(matches!(made, Err(PkiError::Clock)), "{made:?}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
