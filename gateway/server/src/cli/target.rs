//! Which gateway a command calls, and how its answer is shown.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::FalseyValueParser;
use http::uri::Authority;

use super::failure::Failure;
use crate::client::{Client, TlsFiles};
use crate::lang::Lang;

/// Where a gateway takes plain text by default (contract.md 4).
const PLAIN: &str = "127.0.0.1:50051";
/// Where a gateway takes mutual TLS by default (contract.md 4).
const TLS: &str = "127.0.0.1:50443";

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people.
    Table,
    /// The whole answer in the canonical JSON of the contract, personal data included;
    /// of a stream one object a line.
    Json,
}

/// Options of every command that calls a gateway.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Gateway")]
pub(super) struct Target {
    /// Address of the gateway; without TLS only on this machine [default: 127.0.0.1:50051,
    /// with TLS 127.0.0.1:50443].
    #[arg(
        long,
        env = "LIENTHONG_SERVER",
        value_name = "HOST:PORT",
        global = true
    )]
    server: Option<String>,
    /// Mutual TLS, with --ca, --cert and --key.
    #[arg(long, env = "LIENTHONG_TLS", value_parser = FalseyValueParser::new(), global = true)]
    tls: bool,
    /// Authority that signed the gateway's certificate (PEM).
    #[arg(long, env = "LIENTHONG_CA", value_name = "FILE", global = true)]
    ca: Option<PathBuf>,
    /// This caller's certificate with its chain (PEM).
    #[arg(long, env = "LIENTHONG_CERT", value_name = "FILE", global = true)]
    cert: Option<PathBuf>,
    /// This caller's key (PEM).
    #[arg(long, env = "LIENTHONG_KEY", value_name = "FILE", global = true)]
    key: Option<PathBuf>,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value = "table", global = true)]
    pub(super) output: Output,
}

impl Target {
    /// Connects to the gateway that is meant.
    pub(super) async fn connect(&self, lang: Lang) -> Result<Client, Failure> {
        let tls = self.tls_files(lang)?;
        let default = if tls.is_some() { TLS } else { PLAIN };
        let server = self.server.as_deref().unwrap_or(default);
        let host = host_of(server).ok_or_else(|| {
            Failure::usage(lang.pick(
                "--server phải có dạng máy:cổng, ví dụ 127.0.0.1:50051.",
                "--server must be host:port, such as 127.0.0.1:50051.",
            ))
        })?;
        if tls.is_none() && !is_loopback(&host) {
            return Err(Failure::usage(lang.pick(
                "Không mã hoá thì chỉ gọi được trên chính máy này; dùng --tls --ca --cert --key.",
                "Plain text goes to this machine only; use --tls --ca --cert --key.",
            )));
        }
        Ok(Client::connect(server, tls.as_ref()).await?)
    }

    /// The keys, where TLS is asked for. Naming a key file asks for it too: data that was
    /// meant to be protected must not go out in plain text for a forgotten word.
    fn tls_files(&self, lang: Lang) -> Result<Option<TlsFiles>, Failure> {
        match (&self.ca, &self.cert, &self.key) {
            (None, None, None) if !self.tls => Ok(None),
            (Some(ca), Some(certificate), Some(key)) => Ok(Some(TlsFiles {
                ca: ca.clone(),
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            _ => Err(Failure::usage(lang.pick(
                "TLS hai chiều cần đủ --ca, --cert và --key.",
                "Mutual TLS needs all of --ca, --cert and --key.",
            ))),
        }
    }
}

/// The host of `host:port`; `None` where one of the two is missing or there is more.
fn host_of(server: &str) -> Option<String> {
    let authority: Authority = server.parse().ok()?;
    authority.port_u16()?;
    let plain = !server.contains('@') && !authority.host().is_empty();
    plain.then(|| authority.host().to_owned())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{host_of, is_loopback};

    #[test]
    fn an_address_is_a_host_and_a_port_and_nothing_else() {
        assert_eq!(host_of("127.0.0.1:50051").as_deref(), Some("127.0.0.1"));
        assert_eq!(host_of("[::1]:50051").as_deref(), Some("[::1]"));
        assert_eq!(
            host_of("gateway.example:443").as_deref(),
            Some("gateway.example")
        );
        for wrong in [
            "",
            "localhost",
            "localhost:",
            ":50051",
            "http://localhost:1",
            "a@b:1",
            "h:70000",
        ] {
            assert_eq!(host_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for here in ["127.0.0.1", "127.8.8.8", "[::1]", "localhost", "LOCALHOST"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "10.0.0.1",
            "[::]",
            "0.0.0.0",
            "localhost.example",
            "gateway",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }
}
