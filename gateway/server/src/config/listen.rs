//! `[listen]`: addresses, the server's certificate and the limits of the door.
//!
//! Plain text is refused on every address that is not loopback, here and again
//! when the listener is bound.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use lienthong_core::access::ClientName;

use super::description::Page;
use super::kinds::{address, client_name, count, duration, loopback_address, size};
use super::quantity::{duration_text, size_text};
use super::reader::Read;
use super::section::Section;
use crate::door::DoorLimits;

/// Where callers reach the gateway.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Address for mutual TLS; `None` when it is not served.
    pub tls: Option<SocketAddr>,
    /// Loopback address for plain text; `None` when it is not served.
    pub plain: Option<SocketAddr>,
    /// Address of the console and of `/metrics`.
    pub console: SocketAddr,
    /// Who a plain text caller is taken for; without it such a caller is unknown.
    pub plain_client: Option<ClientName>,
    /// The server's certificate; always there when `tls` is.
    pub certificate: Option<ServerCertificate>,
    /// Limits of the door.
    pub limits: DoorLimits,
}

/// Files that the TLS listener is made of. That they can be read has been
/// checked; what is in them has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCertificate {
    /// The server's certificate chain, PEM, leaf first.
    pub chain_file: PathBuf,
    /// Its private key, PEM.
    pub key_file: PathBuf,
    /// The authorities that callers' certificates must come from, PEM.
    pub client_ca_file: PathBuf,
}

/// Where the console is when the configuration does not say (contract.md 4).
const CONSOLE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

impl Listen {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let tls = section.optional("tls", address);
        let plain = section.optional("plain", loopback_address);
        let console = section.or("console", CONSOLE, address);
        let plain_client = section.optional("plain_client", client_name);
        let certificate = section.section("certificate", ServerCertificate::read);
        let limits = section.section("limits", read_limits);
        Ok(Self {
            tls: tls?,
            plain: plain?,
            console: console?,
            plain_client: plain_client?,
            certificate: certificate?,
            limits: limits?.unwrap_or_default(),
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("listen");
        page.set_if_any("tls", self.tls.map(|address| address.to_string()));
        page.set_if_any("plain", self.plain.map(|address| address.to_string()));
        page.set("console", self.console.to_string());
        page.set_if_any(
            "plain_client",
            self.plain_client.as_ref().map(ClientName::as_str),
        );
        if let Some(certificate) = &self.certificate {
            page.section("listen.certificate");
            page.set("chain_file", certificate.chain_file.display().to_string());
            page.set("key_file", certificate.key_file.display().to_string());
            page.set(
                "client_ca_file",
                certificate.client_ca_file.display().to_string(),
            );
        }
        describe_limits(&self.limits, page);
    }
}

impl ServerCertificate {
    fn read(section: &mut Section<'_>) -> Read<Self> {
        let chain_file = section.file("chain_file");
        let key_file = section.file("key_file");
        let client_ca_file = section.file("client_ca_file");
        Ok(Self {
            chain_file: chain_file?,
            key_file: key_file?,
            client_ca_file: client_ca_file?,
        })
    }
}

/// `[listen.limits]`; what it does not name stays as the door has it.
fn read_limits(section: &mut Section<'_>) -> Read<DoorLimits> {
    let default = DoorLimits::default();
    let connections = section.or("connections", default.connections, count(1..=1_000_000));
    let streams_per_connection = section.or(
        "streams_per_connection",
        default.streams_per_connection,
        count(1..=100_000),
    );
    let handshake = section.or("handshake", default.handshake, duration);
    let request_size = section.or("request_size", default.request_bytes, size);
    let reply_size = section.or("reply_size", default.answer_bytes, size);
    let concurrent_requests =
        section.or("concurrent_requests", default.calls, count(1..=1_000_000));
    let default_deadline = section.or("default_deadline", default.default_deadline, duration);
    let longest_deadline = section.or("longest_deadline", default.longest_call, duration);
    let drain = section.or("drain", default.drain, duration);
    let connection_age = section.optional("connection_age", duration);
    Ok(DoorLimits {
        connections: connections?,
        streams_per_connection: streams_per_connection?,
        handshake: handshake?,
        request_bytes: request_size?,
        answer_bytes: reply_size?,
        calls: concurrent_requests?,
        default_deadline: default_deadline?,
        longest_call: longest_deadline?,
        drain: drain?,
        connection_age: connection_age?.or(default.connection_age),
        ..default
    })
}

fn describe_limits(limits: &DoorLimits, page: &mut Page) {
    page.section("listen.limits");
    page.count("connections", limits.connections);
    page.set("streams_per_connection", limits.streams_per_connection);
    page.set("handshake", duration_text(limits.handshake));
    page.set("request_size", size_text(limits.request_bytes));
    page.set("reply_size", size_text(limits.answer_bytes));
    page.count("concurrent_requests", limits.calls);
    page.set("default_deadline", duration_text(limits.default_deadline));
    page.set("longest_deadline", duration_text(limits.longest_call));
    page.set("drain", duration_text(limits.drain));
    page.set_if_any("connection_age", limits.connection_age.map(duration_text));
}
