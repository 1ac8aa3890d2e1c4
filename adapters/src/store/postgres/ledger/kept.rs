//! Who changed something of a dossier, and why.

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::ledger::Release;
use lienthong_core::text::Text;

use crate::store::postgres::column::{TaskRow, micros, storable};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::session::Session;

/// Longest name of an operation that is kept.
const OPERATION_NAME: usize = 40;

const KEEP: &str = "
    INSERT INTO release (dossier, revision, kind, operator, reason, operation, at, system)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps `release` with the event that it made due or settled.
pub(super) async fn keep(
    session: &Session,
    task: TaskRow,
    revision: i64,
    kind: &str,
    release: &Release,
) -> Result<(), Failure> {
    let operation = release.operation.as_deref();
    let operation = operation.map(|name| storable(name, OPERATION_NAME));
    session
        .execute(
            KEEP,
            &[
                &task.0,
                &revision,
                &kind,
                &OfficerId::expose(&release.operator),
                &Text::as_str(&release.reason),
                &operation,
                &micros(release.at),
                &release.system.as_ref().map(ClientName::as_str),
            ],
        )
        .await?;
    Ok(())
}
