//! The steps of a dossier as they were recorded.

use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::RecordedStep;
use lienthong_core::ports::portal::StepMark;

use crate::store::body;
use crate::store::postgres::column::TaskRow;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

// A dossier that is recorded without any step gives one row without an event.
const STEPS: &str = "
    SELECT d.id, e.revision, e.body
      FROM dossier d
      LEFT JOIN event e ON e.dossier = d.id AND e.kind = 'STEP'
     WHERE d.code = $1
     ORDER BY e.revision";

/// Every step of a dossier.
pub(super) struct ReadSteps(pub(super) DossierNumber);

impl Command for ReadSteps {
    type Answer = Option<Vec<RecordedStep>>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        let code = self.0.as_str();
        let rows = session.query(STEPS, &[&code]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut steps = Vec::new();
        for row in rows {
            let task = TaskRow(row.try_get(0)?);
            let Some(revision) = row.try_get::<_, Option<i64>>(1)? else {
                continue;
            };
            let Some(body) = row.try_get::<_, Option<&[u8]>>(2)? else {
                return Ok(None);
            };
            let EventBody::Step { step, .. } =
                body::read(body).map_err(|problem| task.corrupt(problem))?
            else {
                return Err(task.corrupt("its body is a state, not a step"));
            };
            steps.push(RecordedStep {
                revision: task.count(revision)?,
                mark: StepMark::of(&step),
            });
        }
        Ok(Some(steps))
    }
}
