//! One connection to an upstream, to the end of its handshake.
//!
//! What a reader would get wrong: no request is sent, so this says nothing about paths
//! and credentials.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Time for one connection with its handshake.
const CONNECT: Duration = Duration::from_secs(3);

/// Why an upstream cannot be reached.
#[derive(Debug, Error)]
pub(super) enum Unreachable {
    #[error("no answer within {} s", CONNECT.as_secs())]
    TimedOut,
    #[error("no connection")]
    Refused(#[source] io::Error),
    #[error("its certificate comes from an authority that ca_file does not hold")]
    UnknownAuthority,
    #[error("its certificate is not for the host in base_url")]
    OtherHost,
    #[error("its certificate has expired or is not valid yet")]
    OutOfDate,
    #[error("the TLS handshake failed")]
    Handshake(#[source] io::Error),
    #[error("the TLS handshake cannot be tried")]
    NotTried,
}

impl Unreachable {
    /// What to do, in Vietnamese and in English.
    pub(super) fn advice(&self) -> (&'static str, &'static str) {
        match self {
            Self::TimedOut | Self::Refused(_) => (
                "Kiểm tra địa chỉ, tường lửa và danh sách IP được phép của trục kết nối.",
                "Check the address, the firewall and the bus's list of allowed addresses.",
            ),
            Self::UnknownAuthority => (
                "Xin đơn vị vận hành tệp CA đã ký chứng thư này rồi ghi vào ca_file.",
                "Ask the operator for the authority that signed this certificate and name it in ca_file.",
            ),
            Self::OtherHost => (
                "Ghi vào base_url đúng tên máy chủ có trong chứng thư.",
                "Name in base_url the host that stands in the certificate.",
            ),
            Self::OutOfDate => (
                "Kiểm tra đồng hồ của máy này; nếu đúng, báo đơn vị vận hành gia hạn chứng thư.",
                "Check this machine's clock; if it is right, ask the operator to renew the certificate.",
            ),
            Self::Handshake(_) => (
                "Kiểm tra cổng trong base_url và xem ở đó có dùng https không.",
                "Check the port in base_url, and whether https is spoken there.",
            ),
            Self::NotTried => (
                "Kiểm tra tên máy chủ trong base_url và tệp ca_file.",
                "Check the host in base_url and the file ca_file.",
            ),
        }
    }
}

/// Connects to `url`, over TLS where it is `https`, trusting what `ca_file` holds.
pub(super) async fn reach(url: &Url, ca_file: Option<&Path>) -> Result<(), Unreachable> {
    timeout(CONNECT, connect(url, ca_file))
        .await
        .unwrap_or(Err(Unreachable::TimedOut))
}

async fn connect(url: &Url, ca_file: Option<&Path>) -> Result<(), Unreachable> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(443);
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(Unreachable::Refused)?;
    if url.scheme() != "https" {
        return Ok(());
    }
    let trust = ca_file.and_then(trusting).ok_or(Unreachable::NotTried)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Unreachable::NotTried)?;
    match TlsConnector::from(trust).connect(name, stream).await {
        Ok(_stream) => Ok(()),
        Err(error) => Err(of_handshake(error)),
    }
}

/// The client side of TLS as the adapters have it; `None` when `ca_file` is of no use.
fn trusting(ca_file: &Path) -> Option<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(ca_file).ok()? {
        roots.add(authority.ok()?).ok()?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(Arc::new(config))
}

fn of_handshake(error: io::Error) -> Unreachable {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    let Some(rustls::Error::InvalidCertificate(fault)) = cause else {
        return Unreachable::Handshake(error);
    };
    match fault {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            Unreachable::UnknownAuthority
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Unreachable::OtherHost
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Unreachable::OutOfDate,
        _ => Unreachable::Handshake(error),
    }
}
