//! Which system a certificate belongs to.
//!
//! What a reader would get wrong: that the certificate is genuine was settled by the
//! handshake; here it is only given the name under which the configuration and the
//! access policy know its holder. A certificate that is genuine and not named is
//! refused.

use std::collections::HashMap;

use lienthong_core::access::ClientName;

/// Key fingerprint: SHA-256 of a certificate's `SubjectPublicKeyInfo` in DER.
pub type KeyFingerprint = [u8; 32];

/// The calling system of a request; stands in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// Its name in the configuration.
    pub client: ClientName,
}

/// The configured systems by what their certificates say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientDirectory {
    by_key: HashMap<KeyFingerprint, ClientName>,
    by_common_name: HashMap<String, ClientName>,
    plain_text: Option<ClientName>,
}

impl ClientDirectory {
    /// A directory that knows nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows certificates whose subject's common name is exactly `common_name`.
    #[must_use]
    pub fn with_common_name(mut self, common_name: impl Into<String>, client: ClientName) -> Self {
        self.by_common_name.insert(common_name.into(), client);
        self
    }

    /// Knows the certificates of one key; goes before the common name.
    #[must_use]
    pub fn with_key(mut self, fingerprint: KeyFingerprint, client: ClientName) -> Self {
        self.by_key.insert(fingerprint, client);
        self
    }

    /// Who a caller over plain text (loopback only) is. Without this nobody may call
    /// over plain text.
    #[must_use]
    pub fn with_plain_text(mut self, client: ClientName) -> Self {
        self.plain_text = Some(client);
        self
    }

    /// The system that a certificate belongs to.
    pub(crate) fn of_certificate(&self, certificate: &PeerCertificate) -> Option<&ClientName> {
        self.by_key.get(&certificate.key).or_else(|| {
            certificate
                .common_name
                .as_ref()
                .and_then(|name| self.by_common_name.get(name))
        })
    }

    /// The system that calls over plain text.
    pub(crate) fn of_plain_text(&self) -> Option<&ClientName> {
        self.plain_text.as_ref()
    }
}

/// What the door keeps of a peer's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PeerCertificate {
    /// The subject's only common name; `None` with several or none.
    pub(crate) common_name: Option<String>,
    /// Fingerprint of its key.
    pub(crate) key: KeyFingerprint,
}
