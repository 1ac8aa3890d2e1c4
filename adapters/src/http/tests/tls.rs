use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::header::HeaderMap;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{LIMITS, PLENTY, clock};
use crate::http::rough_server::{Behaviour, RoughServer};
use crate::http::{Answer, BaseUrl, CaBundle, ExchangeError, Upstream};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server whose certificate is for `name`; gives its port.
async fn serve(authority: &Authority, name: &str) -> u16 {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not trust the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

async fn post(port: u16, trusted: &Authority) -> Result<Answer, ExchangeError> {
    let base = BaseUrl::parse(&format!("https://localhost:{port}")).unwrap();
    let ca = CaBundle::from_pem(trusted.pem().as_bytes()).unwrap();
    let upstream = Upstream::new(&base, Some(&ca), LIMITS, clock()).unwrap();
    let endpoint = base.endpoint("/", "path").unwrap();
    upstream
        .post(&endpoint, HeaderMap::new(), Vec::new(), PLENTY)
        .await
}

#[tokio::test]
async fn a_certificate_of_the_configured_authority_holds() {
    let ours = authority();
    let answer = post(serve(&ours, "localhost").await, &ours).await.unwrap();
    assert_eq!(&answer.body[..], b"ok");
}

#[tokio::test]
async fn a_certificate_of_another_authority_does_not_hold() {
    let port = serve(&authority(), "localhost").await;
    let error = post(port, &authority()).await.unwrap_err();
    assert_eq!(error, ExchangeError::CertificateRejected);
}

#[tokio::test]
async fn a_certificate_for_another_name_does_not_hold() {
    let ours = authority();
    let error = post(serve(&ours, "other.example").await, &ours)
        .await
        .unwrap_err();
    assert_eq!(error, ExchangeError::CertificateRejected);
}

#[tokio::test]
async fn a_port_that_does_not_speak_tls_has_received_nothing() {
    let server = RoughServer::start(vec![Behaviour::HangUp]).await;
    let port = server.url.rsplit(':').next().unwrap().parse().unwrap();
    let error = post(port, &authority()).await.unwrap_err();
    assert_eq!(error, ExchangeError::Unreachable);
}
