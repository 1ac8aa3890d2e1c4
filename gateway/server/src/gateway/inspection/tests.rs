//! What is looked at, against real folders and real handshakes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::upstreams::samples;
use super::database::Unwritable;
use super::reach::Unreachable;
use super::*;
use crate::clock::SystemClock;
use crate::config::{PostgresqlSettings, StoreSettings};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn ca_file(folder: &TempDir, authority: &Authority) -> PathBuf {
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, authority.pem()).unwrap();
    path
}

/// The address of a server that shakes hands as `localhost`.
async fn server(authority: &Authority, change: impl FnOnce(&mut CertificateParams)) -> u16 {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate.der().to_vec())],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ended = TlsAcceptor::from(Arc::new(config.clone()))
                .accept(stream)
                .await;
        }
    });
    port
}

async fn try_https(host: &str, port: u16, ca_file: &Path) -> Result<(), Unreachable> {
    let url = format!("https://{host}:{port}/api").parse().unwrap();
    reach(&url, Some(ca_file)).await
}

#[tokio::test]
async fn a_certificate_of_the_named_authority_is_good() {
    let (folder, authority) = (TempDir::new().unwrap(), authority());
    let port = server(&authority, |_| {}).await;
    let reached = try_https("localhost", port, &ca_file(&folder, &authority)).await;
    assert!(reached.is_ok(), "{reached:?}");
}

#[tokio::test]
async fn a_wrong_authority_is_named_with_advice() {
    let folder = TempDir::new().unwrap();
    let port = server(&authority(), |_| {}).await;
    let url = format!("https://localhost:{port}").parse().unwrap();
    let other = ca_file(&folder, &authority());
    let Finding::Upstream(trouble) = upstream("[portal] base_url", &url, Some(&other)).await else {
        panic!("the certificate was taken");
    };
    assert!(trouble.error.to_string().contains("authority that ca_file"));
    assert!(trouble.advice_vi.contains("ca_file"));
    assert!(trouble.advice_en.contains("ca_file"));
}

#[tokio::test]
async fn a_certificate_for_another_host_or_time_is_told_apart() {
    let (folder, authority) = (TempDir::new().unwrap(), authority());
    let file = ca_file(&folder, &authority);
    let port = server(&authority, |_| {}).await;
    let other_host = try_https("127.0.0.1", port, &file).await;
    assert!(
        matches!(other_host, Err(Unreachable::OtherHost)),
        "{other_host:?}"
    );
    let expired = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    };
    let port = server(&authority, expired).await;
    let out_of_date = try_https("localhost", port, &file).await;
    assert!(
        matches!(out_of_date, Err(Unreachable::OutOfDate)),
        "{out_of_date:?}"
    );
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_reached_over_http_only() {
    let (folder, authority) = (TempDir::new().unwrap(), authority());
    let file = ca_file(&folder, &authority);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while let Ok((_closed, _)) = listener.accept().await {} });
    let https = try_https("localhost", port, &file).await;
    assert!(matches!(https, Err(Unreachable::Handshake(_))), "{https:?}");
    let http = format!("http://localhost:{port}").parse().unwrap();
    assert!(reach(&http, None).await.is_ok());
}

#[test]
fn the_folder_of_the_outbox_is_tried_and_nothing_is_left_there() {
    let folder = TempDir::new().unwrap();
    writable(&folder.path().join("outbox.sqlite")).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_outbox_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing/outbox.sqlite");
    assert!(matches!(writable(&missing), Err(Unwritable::Folder { .. })));
    let taken = folder.path().join("outbox.sqlite");
    std::fs::create_dir(&taken).unwrap();
    assert!(matches!(writable(&taken), Err(Unwritable::File { .. })));
}

#[tokio::test]
async fn a_record_of_look_ups_that_cannot_be_written_is_found() {
    let folder = TempDir::new().unwrap();
    let mut config = samples::config(folder.path(), samples::SOAP_LGSP);
    let findings = inspect(&config, Arc::new(SystemClock), true).await;
    assert!(wrong(&findings).is_empty());
    config.audit.database = folder.path().to_owned();
    let findings = inspect(&config, Arc::new(SystemClock), true).await;
    assert_eq!(wrong(&findings), ["[audit] database"]);
}

fn wrong(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Good { .. } => None,
            Finding::Local(trouble) | Finding::Upstream(trouble) => Some(trouble.what.as_str()),
        })
        .collect()
}

/// What is said about an outbox in PostgreSQL at this address.
async fn postgresql(url: &str) -> Finding {
    let store = StoreSettings::Postgresql(PostgresqlSettings {
        url: url.to_owned().into(),
        ca_file: None,
        connections: std::num::NonZeroUsize::MIN,
    });
    outbox::inspect(&store, false).await.unwrap()
}

#[tokio::test]
async fn what_is_wrong_with_a_shared_outbox_is_told_with_what_to_do_about_it() {
    let Finding::Local(trouble) = postgresql("postgresql://lienthong@db.h99.example/x").await
    else {
        panic!("a server elsewhere was trusted");
    };
    assert_eq!(trouble.what, "[sync] postgresql_url");
    assert!(trouble.advice_vi.contains("postgresql_ca_file"));
    assert!(trouble.advice_en.contains("postgresql_ca_file"));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgresql://lienthong:S3CRET@127.0.0.1:{port}/x?sslmode=disable");
    let Finding::Upstream(trouble) = postgresql(&url).await else {
        panic!("nobody listens there");
    };
    assert!(trouble.advice_vi.contains("pg_hba.conf"));
    assert!(trouble.advice_en.contains("pg_hba.conf"));
    assert!(!format!("{:?}", trouble.error).contains("S3CRET"));
}
