//! A dossier at a glance, without its body, its timeline and its attempts.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::DossierGlance;

use super::column::TaskRow;
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session};

// One row, by the unique index on code: what concerns the head stands in it.
const GLANCE: &str = "
    SELECT d.id, d.client, d.revision, d.accepted_revision, d.state, d.attempts, d.due_at,
           d.last_accepted_at
      FROM dossier d
     WHERE d.code = $1";

/// A dossier at a glance.
pub(super) struct ReadGlance(pub(super) DossierNumber);

impl Command for ReadGlance {
    type Answer = Option<DossierGlance>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Option<DossierGlance>, Failure> {
        let code = self.0.as_str();
        let Some(row) = session.row(GLANCE, &[&code]).await? else {
            return Ok(None);
        };
        let task = TaskRow(row.try_get(0)?);
        Ok(Some(DossierGlance {
            recorded_by: task.client(row.try_get(1)?)?,
            revision: task.count(row.try_get(2)?)?,
            accepted_revision: task.count(row.try_get(3)?)?,
            state: task.state(row.try_get(4)?)?,
            attempts: task.count(row.try_get::<_, i64>(5)?)?,
            due_at: task.moment_if(row.try_get(6)?)?,
            last_accepted_at: task.moment_if(row.try_get(7)?)?,
        }))
    }
}
