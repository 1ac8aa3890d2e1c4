//! Where the database is and how it is reached.
//!
//! What a reader would get wrong: without an explicit `sslmode` the address decides. TLS is
//! left out only where nobody else can listen, on loopback and on a unix socket; everywhere
//! else the server's certificate and name are verified.

use std::fs;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::open::PostgresOpenError;
use crate::http::{CaBundle, client_config};

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    /// `postgresql://user:password@host:port/database`, with several hosts where there are
    /// standbys (the one in charge must then wait for them: `synchronous_standby_names`),
    /// and `?host=/directory` for a unix socket. `sslmode` may be `disable` (on
    /// loopback and unix sockets only), `require` or `verify-full`; both of these verify the
    /// certificate and the name in it.
    pub url: SecretString,
    /// PEM file with the authorities that the server's certificate must come from; needed
    /// wherever TLS is.
    pub ca_file: Option<PathBuf>,
    /// Schema that holds the tables; made when it is missing. Small letters, digits and
    /// underscores.
    pub schema: String,
    /// Name of the connections in the server's own lists.
    pub application_name: String,
    /// Most connections for work; one more listens for what other gateways do.
    pub connections: NonZeroUsize,
    /// Longest wait for a new connection.
    pub connect_timeout: Duration,
    /// Longest time for one statement, waits for locks included.
    pub statement_timeout: Duration,
}

impl PostgresSettings {
    /// Settings for the database at `url`: schema `lienthong`, 8 connections, 3 seconds to
    /// connect, 10 seconds for a statement.
    #[must_use]
    pub fn new(url: SecretString) -> Self {
        Self {
            url,
            ca_file: None,
            schema: "lienthong".to_owned(),
            application_name: "lienthong".to_owned(),
            connections: NonZeroUsize::MIN.saturating_add(7),
            connect_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
        }
    }

    /// Checks the settings and makes of them what connections are opened with.
    pub(super) fn resolve(&self) -> Result<(Config, MakeRustlsConnect), PostgresOpenError> {
        let url = self.url.expose_secret();
        // The client library knows `require` alone; here both mean that all is verified.
        let url = url.replace("sslmode=verify-full", "sslmode=require");
        // What the library says of a URL may quote it, and with it the password.
        let mut config: Config = url.parse().map_err(|_| PostgresOpenError::Url)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(PostgresOpenError::Url);
        }
        if !is_schema(&self.schema) {
            return Err(PostgresOpenError::SchemaName);
        }
        let local = is_local(&config);
        let tls = match config.get_ssl_mode() {
            SslMode::Disable if !local => return Err(PostgresOpenError::PlainText),
            SslMode::Disable => false,
            SslMode::Require => true,
            _ => !local || self.ca_file.is_some(),
        };
        config.ssl_mode(if tls {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        self.harden(&mut config);
        Ok((config, self.connector(tls)?))
    }

    fn harden(&self, config: &mut Config) {
        let millis = self.statement_timeout.as_millis();
        let given = config.get_options().unwrap_or_default();
        // Every question here is answered by an index in its order. Without statistics, as in
        // a new database that fills quickly, the planner would now and then read and sort all
        // that waits, and claims would cost more the more waits.
        let options = format!(
            "{given} -c search_path={} -c statement_timeout={millis} \
             -c idle_in_transaction_session_timeout={millis} -c jit=off \
             -c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off",
            self.schema
        );
        config
            .options(options.trim_start())
            .application_name(&self.application_name)
            .connect_timeout(self.connect_timeout)
            .tcp_user_timeout(self.statement_timeout)
            .keepalives_idle(Duration::from_secs(15))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3)
            // Of several hosts the one that is not a standby.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
    }

    fn connector(&self, tls: bool) -> Result<MakeRustlsConnect, PostgresOpenError> {
        let bundle = match (&self.ca_file, tls) {
            (Some(path), true) => {
                let file = |source| PostgresOpenError::CaFile {
                    path: path.clone(),
                    source,
                };
                let pem = fs::read(path).map_err(file)?;
                let bundle =
                    CaBundle::from_pem(&pem).map_err(|error| file(std::io::Error::other(error)))?;
                Some(bundle)
            }
            (None, true) => return Err(PostgresOpenError::NoCa),
            (_, false) => None,
        };
        client_config(bundle.as_ref())
            .map(MakeRustlsConnect::new)
            .map_err(PostgresOpenError::Tls)
    }
}

/// Whether nobody but this machine can be at any of the addresses.
fn is_local(config: &Config) -> bool {
    let loopback = |name: &str| {
        name == "localhost"
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    };
    let addresses = config.get_hostaddrs();
    let hosts_are_local = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => loopback(name),
        Host::Unix(_) => true,
    });
    // An address is what is really called; the name beside it is for the certificate.
    if addresses.is_empty() {
        hosts_are_local
    } else {
        addresses.iter().all(IpAddr::is_loopback)
    }
}

fn is_schema(name: &str) -> bool {
    let mut bytes = name.bytes();
    (1..=40).contains(&name.len())
        && bytes
            .next()
            .is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with("pg_")
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use tokio_postgres::config::SslMode;

    use super::PostgresSettings;
    use crate::store::postgres::PostgresOpenError;

    fn settings(url: &str) -> PostgresSettings {
        PostgresSettings::new(SecretString::from(url.to_owned()))
    }

    fn mode(url: &str) -> Result<SslMode, PostgresOpenError> {
        Ok(settings(url).resolve()?.0.get_ssl_mode())
    }

    #[test]
    fn plain_text_is_only_for_loopback_and_sockets() {
        for url in [
            "postgresql://u@localhost/d",
            "postgresql://u@127.0.0.1:5433/d?sslmode=disable",
            "postgresql://u@[::1]/d",
            "postgresql:///d?host=/run/postgresql&user=u",
        ] {
            assert_eq!(mode(url).unwrap(), SslMode::Disable, "{url}");
        }
        let remote = "postgresql://u@db.example.invalid/d?sslmode=disable";
        assert!(matches!(mode(remote), Err(PostgresOpenError::PlainText)));
        let half = "postgresql://u@localhost,db.example.invalid/d?sslmode=disable";
        assert!(matches!(mode(half), Err(PostgresOpenError::PlainText)));
        let elsewhere = "postgresql://u@localhost/d?hostaddr=192.0.2.7&sslmode=disable";
        assert!(matches!(mode(elsewhere), Err(PostgresOpenError::PlainText)));
    }

    #[test]
    fn tls_needs_to_be_told_whom_to_trust() {
        for url in [
            "postgresql://u@db.example.invalid/d",
            "postgresql://u@localhost/d?sslmode=require",
            "postgresql://u@db.example.invalid/d?sslmode=verify-full",
        ] {
            assert!(matches!(mode(url), Err(PostgresOpenError::NoCa)), "{url}");
        }
    }

    #[test]
    fn with_an_authority_everything_is_verified() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["db.example.invalid".to_owned()]).unwrap();
        std::fs::write(&path, params.self_signed(&key).unwrap().pem()).unwrap();
        for url in [
            "postgresql://u@localhost/d",
            "postgresql://u@db.example.invalid/d",
            "postgresql://u@db.example.invalid/d?sslmode=verify-full",
        ] {
            let mut settings = settings(url);
            settings.ca_file = Some(path.clone());
            let (config, _) = settings.resolve().unwrap();
            assert_eq!(config.get_ssl_mode(), SslMode::Require, "{url}");
        }
    }

    #[test]
    fn a_broken_url_is_not_quoted() {
        let error = mode("postgresql://u:s3cret@host:port/d").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        assert!(matches!(mode("postgresql://"), Err(PostgresOpenError::Url)));
    }

    #[test]
    fn a_schema_is_a_plain_name() {
        for name in ["", "Upper", "a b", "a;drop", "pg_own", "1st"] {
            let mut settings = settings("postgresql://u@localhost/d");
            settings.schema = name.to_owned();
            assert!(
                matches!(settings.resolve(), Err(PostgresOpenError::SchemaName)),
                "{name:?}"
            );
        }
    }
}
