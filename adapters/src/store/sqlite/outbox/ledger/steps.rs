//! By what the steps of a dossier are recognised at the portal.

use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::RecordedStep;
use lienthong_core::ports::portal::StepMark;
use rusqlite::Connection;

use crate::store::body;
use crate::store::sqlite::outbox::column::{Failure, TaskRow};

const STEPS: &str = "
    SELECT e.id, e.revision, e.body
      FROM dossier d
      JOIN event e ON e.dossier = d.id
     WHERE d.code = ?1 AND e.kind = 'STEP'
     ORDER BY e.revision";

const RECORDED: &str = "SELECT EXISTS (SELECT 1 FROM dossier WHERE code = ?1)";

/// Every step by revision; `None` where a body is gone or the dossier is not recorded.
pub(super) fn recorded_steps(
    conn: &Connection,
    dossier: &DossierNumber,
) -> Result<Option<Vec<RecordedStep>>, Failure> {
    let code = dossier.as_str();
    let recorded: bool = conn
        .prepare_cached(RECORDED)?
        .query_row([code], |row| row.get(0))?;
    if !recorded {
        return Ok(None);
    }
    let mut statement = conn.prepare_cached(STEPS)?;
    let mut rows = statement.query([code])?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        let task = TaskRow(row.get(0)?);
        let body: Vec<u8> = row.get(2)?;
        if body.is_empty() {
            return Ok(None);
        }
        let EventBody::Step { step, .. } =
            body::read(&body).map_err(|problem| task.corrupt(problem))?
        else {
            return Err(task.corrupt("its body is a state, not a step"));
        };
        steps.push(RecordedStep {
            revision: task.count(row.get(1)?)?,
            mark: StepMark::of(&step),
        });
    }
    Ok(Some(steps))
}
