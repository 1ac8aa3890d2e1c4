//! Who is at the other end of a connection.

use std::net::SocketAddr;

use aws_lc_rs::digest;
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::clients::PeerCertificate;

/// The other end of a connection; stands in the extensions of each of its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Peer {
    /// Its address.
    pub(super) address: SocketAddr,
    /// What it proved about itself.
    pub(super) identity: Identity,
}

/// What a peer proved about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    /// It holds the key of this certificate.
    Certificate(PeerCertificate),
    /// Nothing; it is on this machine.
    PlainText,
}

/// Reads what the door keeps of a certificate; `None` when it cannot be read.
pub(super) fn read_certificate(der: &CertificateDer<'_>) -> Option<PeerCertificate> {
    let (_rest, certificate) = X509Certificate::from_der(der).ok()?;
    let mut names = certificate.subject().iter_common_name();
    // With two common names it would be up to the reader which one counts.
    let common_name = match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().ok().map(str::to_owned),
        _ => None,
    };
    let digest = digest::digest(&digest::SHA256, certificate.public_key().raw);
    let key = digest.as_ref().try_into().ok()?;
    Some(PeerCertificate { common_name, key })
}
