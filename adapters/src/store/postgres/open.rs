//! Opening the store: what the server must be, and its schema.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::told;
use super::schema;
use super::settings::PostgresSettings;

/// The oldest server that is still maintained.
const OLDEST_SERVER: i32 = 14;

/// Why the store was not opened.
#[derive(Debug, Error)]
pub enum PostgresOpenError {
    /// The URL cannot be read, or names no host. It is not quoted: it may hold a password.
    #[error(
        "the URL of the database cannot be read; it has the form postgresql://user@host/database"
    )]
    Url,
    /// The name of the schema is not one of small letters, digits and underscores.
    #[error("the schema has a name that is not made of small letters, digits and underscores")]
    SchemaName,
    /// TLS is switched off for an address that others can listen to.
    #[error("sslmode=disable is for loopback and unix sockets only")]
    PlainText,
    /// TLS is needed and no authority is named.
    #[error("TLS needs a file with the authority that the server's certificate comes from")]
    NoCa,
    /// The file with the authorities cannot be used.
    #[error("the authorities in {path} cannot be read")]
    CaFile {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// The TLS library does not work.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The server cannot be reached or does not let us in.
    #[error("the database cannot be reached: {reason}")]
    Unreachable {
        /// What went wrong, without any stored value.
        reason: String,
    },
    /// The server is too old.
    #[error("the server is PostgreSQL {found}, but at least {OLDEST_SERVER} is needed")]
    ServerTooOld {
        /// Its version.
        found: String,
    },
    /// Several servers are named, and the one in charge waits for none of the others.
    #[error(
        "several servers are named, but the one in charge waits for no standby \
         (synchronous_standby_names is empty): a change of servers would lose events that \
         were acknowledged"
    )]
    NotSynchronous,
    /// The schema holds tables of something else.
    #[error("the schema holds tables that are not the outbox's")]
    OtherSchema,
    /// The schema was written by a newer version of this program.
    #[error("the schema has version {found}, this program knows up to {known}")]
    NewerSchema {
        /// Version of the schema.
        found: usize,
        /// Newest version known.
        known: usize,
    },
    /// Somebody else is bringing the schema to a newer version, which can take minutes.
    #[error(
        "another program is bringing the database to a newer schema; start again once its log \
         says that this is done"
    )]
    UpgradeUnderWay,
    /// The schema has to become newer, and somebody holds its tables; nothing was changed.
    #[error(
        "the schema has to become newer, but another program (a gateway, a backup) holds its \
         tables; nothing was changed, stop it first"
    )]
    TablesInUse,
    /// The database failed.
    #[error("the database cannot be opened: {reason}")]
    Database {
        /// What went wrong, without any stored value.
        reason: String,
    },
}

impl From<tokio_postgres::Error> for PostgresOpenError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database {
            reason: told(&error),
        }
    }
}

/// Connects once, checks the server and brings the schema to the newest version. Gives what
/// further connections are opened with.
pub(super) async fn prepare(
    settings: &PostgresSettings,
) -> Result<(Config, MakeRustlsConnect), PostgresOpenError> {
    let (config, tls) = settings.resolve()?;
    let (mut client, driven) = connect(settings, &config, &tls).await?;
    let checked = check(&client, &config).await;
    let done = match checked {
        Ok(()) => {
            let patience = settings.statement_timeout;
            schema::migrate(&mut client, &settings.schema, patience).await
        }
        Err(error) => Err(error),
    };
    drop(client);
    drop(driven.await);
    done.map(|()| (config, tls))
}

/// Connects once and checks the server; nothing is made or changed.
pub(super) async fn reach(settings: &PostgresSettings) -> Result<(), PostgresOpenError> {
    let (config, tls) = settings.resolve()?;
    let (client, driven) = connect(settings, &config, &tls).await?;
    let checked = check(&client, &config).await;
    drop(client);
    drop(driven.await);
    checked
}

pub(super) async fn connect(
    settings: &PostgresSettings,
    config: &Config,
    tls: &MakeRustlsConnect,
) -> Result<(Client, JoinHandle<()>), PostgresOpenError> {
    let connecting = config.connect(tls.clone());
    let connected = tokio::time::timeout(settings.connect_timeout, connecting).await;
    let (client, connection) = connected
        .map_err(|_| PostgresOpenError::Unreachable {
            reason: "it did not answer in time".to_owned(),
        })?
        .map_err(|error| PostgresOpenError::Unreachable {
            reason: told(&error),
        })?;
    // Ends by itself when the client is dropped; what it says, the client is told too.
    let driven = tokio::spawn(async move { drop(connection.await) });
    Ok((client, driven))
}

/// Whether several servers are named, of which another one may come to be in charge.
pub(super) fn is_of_several(config: &Config) -> bool {
    config.get_hosts().len().max(config.get_hostaddrs().len()) > 1
}

/// Whether the server answers a commit only when a standby has it too.
pub(super) async fn waits_for_a_standby(client: &Client) -> Result<bool, tokio_postgres::Error> {
    let names = "SELECT current_setting('synchronous_standby_names') <> ''";
    client.query_one(names, &[]).await?.try_get(0)
}

/// Checks the server; nothing is made or changed.
async fn check(client: &Client, config: &Config) -> Result<(), PostgresOpenError> {
    let row = client
        .query_one(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                    current_setting('fsync')",
            &[],
        )
        .await?;
    if row.try_get::<_, i32>(0)? < OLDEST_SERVER * 10_000 {
        return Err(PostgresOpenError::ServerTooOld {
            found: row.try_get(1)?,
        });
    }
    if is_of_several(config) && !waits_for_a_standby(client).await? {
        return Err(PostgresOpenError::NotSynchronous);
    }
    if row.try_get::<_, &str>(2)? == "off" {
        tracing::warn!("the database runs with fsync off: a power cut loses events");
    }
    Ok(())
}
