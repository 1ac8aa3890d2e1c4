//! Handshakes, client certificates and their names.

use std::sync::Arc;
use std::time::Duration;

use lienthong_proto::interop::SimpleResponse;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::harness::{TestDoor, UNARY, Wire, client, door, scripted};
use super::pki::{Authority, Leaf};
use crate::door::tls::server_config;
use crate::door::{ClientDirectory, DoorLimits, Transport};

async fn tls_door(authority: &Authority, clients: ClientDirectory, limits: DoorLimits) -> TestDoor {
    let server = authority.leaf("gateway");
    let config = server_config(
        server.certificate.as_bytes(),
        server.key.as_bytes(),
        authority.pem().as_bytes(),
    )
    .unwrap();
    door(limits, clients, Transport::Tls(config)).await
}

/// A connection, or why there is none. TLS 1.3 shows a refused certificate on the first
/// call only, so one is made.
async fn try_call(
    door: &TestDoor,
    trusted: &Authority,
    leaf: Option<&Leaf>,
) -> Result<Wire, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.pem().as_bytes())?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let mut config = match leaf {
        Some(leaf) => builder.with_client_auth_cert(
            vec![CertificateDer::from_pem_slice(leaf.certificate.as_bytes())?],
            PrivateKeyDer::from_pem_slice(leaf.key.as_bytes())?,
        )?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let socket = TcpStream::connect(door.address()).await?;
    let name = ServerName::try_from("localhost")?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, socket)
        .await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let mut wire = Wire::over(stream).await?;
    wire.try_begin(UNARY, &[("content-type", "application/grpc")], "")
        .await?;
    Ok(wire)
}

#[tokio::test]
async fn a_caller_without_a_certificate_is_refused() {
    let authority = Authority::new();
    let door = tls_door(&authority, ClientDirectory::new(), DoorLimits::default()).await;
    assert!(try_call(&door, &authority, None).await.is_err());
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let clients = ClientDirectory::new().with_common_name("igate", client("igate"));
    let door = tls_door(&authority, clients, DoorLimits::default()).await;
    assert!(
        try_call(&door, &authority, Some(&other.leaf("igate")))
            .await
            .is_err()
    );
    assert!(
        try_call(&door, &authority, Some(&authority.leaf("igate")))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_caller_is_known_by_its_name_or_its_key_and_the_key_goes_first() {
    let authority = Authority::new();
    let (named, keyed, stranger) = (
        authority.leaf("igate"),
        authority.leaf("igate"),
        authority.leaf("someone"),
    );
    let clients = ClientDirectory::new()
        .with_common_name("igate", client("by-name"))
        .with_key(keyed.fingerprint, client("by-key"))
        .with_plain_text(client("local"));
    let door = tls_door(&authority, clients, DoorLimits::default()).await;
    for (leaf, name) in [(&named, "by-name"), (&keyed, "by-key")] {
        let mut wire = try_call(&door, &authority, Some(leaf)).await.unwrap();
        let received = wire.grpc(UNARY, &[], &scripted("")).await;
        assert_eq!(received.message::<SimpleResponse>().username, name);
    }
    let mut wire = try_call(&door, &authority, Some(&stranger)).await.unwrap();
    assert_eq!(
        wire.grpc(UNARY, &[], &scripted("")).await.reason(),
        "UNKNOWN_CALLER"
    );
}

#[tokio::test]
async fn a_handshake_that_never_comes_is_cut() {
    let authority = Authority::new();
    let limits = DoorLimits {
        handshake: Duration::from_millis(20),
        ..DoorLimits::default()
    };
    let door = tls_door(&authority, ClientDirectory::new(), limits).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    let mut bytes = Vec::new();
    let patience = Duration::from_secs(30);
    let ended = tokio::time::timeout(patience, socket.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn new_certificates_count_for_new_connections_only() {
    let (old, new) = (Authority::new(), Authority::new());
    let clients = ClientDirectory::new().with_common_name("igate", client("igate"));
    let door = tls_door(&old, clients, DoorLimits::default()).await;
    let mut open = try_call(&door, &old, Some(&old.leaf("igate")))
        .await
        .unwrap();

    let server = new.leaf("gateway");
    let config = server_config(
        server.certificate.as_bytes(),
        server.key.as_bytes(),
        new.pem().as_bytes(),
    )
    .unwrap();
    door.running.replace_certificates(&config);

    assert!(
        try_call(&door, &new, Some(&new.leaf("igate")))
            .await
            .is_ok()
    );
    assert!(
        try_call(&door, &old, Some(&old.leaf("igate")))
            .await
            .is_err()
    );
    let received = open.grpc(UNARY, &[], &scripted("")).await;
    assert_eq!(received.message::<SimpleResponse>().username, "igate");
}

#[test]
fn texts_without_pem_are_named() {
    let authority = Authority::new();
    let leaf = authority.leaf("gateway");
    let (chain, key, root) = (
        leaf.certificate.as_bytes(),
        leaf.key.as_bytes(),
        authority.pem().into_bytes(),
    );
    for (chain, key, root, part) in [
        (b"x".as_slice(), key, root.as_slice(), "certificate chain"),
        (chain, b"x".as_slice(), root.as_slice(), "private key"),
        (chain, key, b"".as_slice(), "client authorities"),
    ] {
        let error = server_config(chain, key, root).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}
