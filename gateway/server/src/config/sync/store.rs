//! Where the outbox is: a file of this machine, or a database that several gateways share.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::description::Page;
use crate::config::kinds::{choice, count};
use crate::config::reader::Read;
use crate::config::secret::secret_or_file;
use crate::config::section::Section;

/// Where the outbox is.
#[derive(Debug, Clone)]
pub enum StoreSettings {
    /// `sqlite`: in a file of this machine, for one gateway.
    Sqlite {
        /// The file. Its folder exists; the file may not yet.
        database: PathBuf,
    },
    /// `postgresql`: in a database that several gateways may share.
    Postgresql(PostgresqlSettings),
}

/// How `PostgreSQL` is reached.
#[derive(Debug, Clone)]
pub struct PostgresqlSettings {
    /// Address with account and password.
    pub url: SecretString,
    /// Authorities that the server's certificate must come from, PEM.
    pub ca_file: Option<PathBuf>,
    /// Most connections of this gateway.
    pub connections: NonZeroUsize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgresql,
}

const KINDS: [(&str, Kind); 2] = [("sqlite", Kind::Sqlite), ("postgresql", Kind::Postgresql)];
const DATABASE: &str = "outbox.sqlite";
const CONNECTIONS: usize = 8;

impl StoreSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        match section.or("store", Kind::Sqlite, choice(&KINDS)) {
            Ok(Kind::Sqlite) => {
                let message = "is of no use with the store sqlite";
                let help = "set `sync.store = \"postgresql\"` or take this out";
                let others = [
                    section.refuse("postgresql_url", message, help),
                    section.refuse("postgresql_url_file", message, help),
                    section.refuse("postgresql_ca_file", message, help),
                    section.refuse("postgresql_connections", message, help),
                ];
                let database = section.place_for_file("database", DATABASE)?;
                others.into_iter().collect::<Read<Vec<()>>>()?;
                Ok(Self::Sqlite { database })
            }
            Ok(Kind::Postgresql) => {
                let message = "is of no use with the store postgresql";
                let help = "set `sync.store = \"sqlite\"` or take this out";
                let other = section.refuse("database", message, help);
                let settings = PostgresqlSettings::read(section)?;
                other?;
                Ok(Self::Postgresql(settings))
            }
            Err(reported) => {
                // Without the kind, nobody knows which of these should be there.
                for key in [
                    "database",
                    "postgresql_url",
                    "postgresql_url_file",
                    "postgresql_ca_file",
                    "postgresql_connections",
                ] {
                    section.take(key);
                }
                Err(reported)
            }
        }
    }

    pub(super) fn describe(&self, page: &mut Page) {
        match self {
            Self::Sqlite { database } => {
                page.set("store", "sqlite");
                page.set("database", database.display().to_string());
            }
            Self::Postgresql(settings) => {
                page.set("store", "postgresql");
                page.hide("postgresql_url");
                let ca_file = settings.ca_file.as_ref();
                page.set_if_any(
                    "postgresql_ca_file",
                    ca_file.map(|file| file.display().to_string()),
                );
                page.count("postgresql_connections", settings.connections.get());
            }
        }
    }
}

impl PostgresqlSettings {
    fn read(section: &mut Section<'_>) -> Read<Self> {
        let url = read_url(section);
        let ca_file = section.optional_file("postgresql_ca_file");
        let connections = section.or("postgresql_connections", CONNECTIONS, count(1..=1_000));
        Ok(Self {
            url: url?,
            ca_file: ca_file?,
            connections: NonZeroUsize::new(connections?).unwrap_or(NonZeroUsize::MIN),
        })
    }
}

fn read_url(section: &mut Section<'_>) -> Read<SecretString> {
    let url = secret_or_file(section, "postgresql_url", "postgresql_url_file")?;
    let known = ["postgresql://", "postgres://"]
        .iter()
        .any(|scheme| url.expose_secret().starts_with(scheme));
    if known {
        return Ok(url);
    }
    let message = "is not the address of a PostgreSQL database";
    let help = "such as postgresql://account:password@host/database";
    Err(section.wrong("postgresql_url", message, help))
}
