//! What was known of the portal's side at a moment.

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal_history::{Compared, PortalHistory, PortalSide};
use lienthong_core::sync::outage::Outage;

use super::PostgresOutbox;
use super::column::{STORE, micros};
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session};

// The last of those of the gateways themselves, or of those that an operator asked for. Few
// rows: one for each reconciliation. None of days of which what was mended is not known.
const COMPARED: &str = "
    SELECT ended_at, found_by_fields > 0
      FROM operation
     WHERE kind = 'RECONCILIATION' AND state = 'FINISHED' AND ended_at <= $1
       AND found_equal + found_different + found_missing > 0
       AND (system IS NULL) = $2
       AND NOT EXISTS (SELECT 1 FROM mismatch_begin WHERE at > $1)
     ORDER BY ended_at DESC, id DESC
     LIMIT 1";

const DIFFERING: &str = "
    SELECT dossier, min(since)
      FROM mismatch
     WHERE since <= $1 AND (mended_at IS NULL OR mended_at > $1)
     GROUP BY dossier";

const OUTAGES: &str = "
    SELECT began, least(until, $1) FROM portal_outage WHERE began <= $1 ORDER BY began";

const KEEP_OUTAGE: &str = "
    INSERT INTO portal_outage AS o (began, until) VALUES ($1, $2)
        ON CONFLICT (began) DO UPDATE SET until = greatest(o.until, excluded.until)";

const FORGET_MENDED: &str = "
    DELETE FROM mismatch
     WHERE id IN (SELECT id FROM mismatch
                   WHERE mended_at IS NOT NULL AND mended_at < $1
                   ORDER BY mended_at
                   LIMIT $2)";

const FORGET_OUTAGES: &str = "
    DELETE FROM portal_outage
     WHERE began IN (SELECT began FROM portal_outage
                      WHERE until < $1
                      ORDER BY began
                      LIMIT $2)";

#[async_trait]
impl PortalHistory for PostgresOutbox {
    async fn side(&self, as_of: Timestamp) -> Result<PortalSide, OutboxError> {
        self.link.answer(ReadSide(as_of)).await
    }

    async fn keep_outage(&self, outage: Outage) -> Result<(), OutboxError> {
        self.link.answer(KeepOutage(outage)).await
    }

    async fn forget_side(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.link.answer(ForgetSide { before, most }).await
    }
}

/// What was known then.
struct ReadSide(Timestamp);

impl Command for ReadSide {
    type Answer = PortalSide;

    // The planner may choose: no index knows the answer in an order.
    const PURPOSE: Purpose = Purpose::Browse;

    async fn run(&self, session: &Session) -> Result<PortalSide, Failure> {
        let as_of = micros(self.0);
        let mut side = PortalSide {
            own: compared(session, as_of, true).await?,
            asked: compared(session, as_of, false).await?,
            ..PortalSide::default()
        };
        for row in session.query(DIFFERING, &[&as_of]).await? {
            let since = STORE.moment(row.try_get(1)?)?;
            side.differing.insert(STORE.number(row.try_get(0)?)?, since);
        }
        let mut outages = Vec::new();
        for row in session.query(OUTAGES, &[&as_of]).await? {
            let (began, until) = (
                STORE.moment(row.try_get(0)?)?,
                STORE.moment(row.try_get(1)?)?,
            );
            outages.extend(Outage::new(began, until));
        }
        side.outages = outages.into_iter().collect();
        Ok(side)
    }
}

async fn compared(session: &Session, as_of: i64, own: bool) -> Result<Option<Compared>, Failure> {
    let Some(row) = session.row(COMPARED, &[&as_of, &own]).await? else {
        return Ok(None);
    };
    Ok(Some(Compared {
        at: STORE.moment(row.try_get(0)?)?,
        by_fields: row.try_get(1)?,
    }))
}

/// Keeps an outage.
struct KeepOutage(Outage);

impl Command for KeepOutage {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let (began, until) = (micros(self.0.from()), micros(self.0.until()));
        session.execute(KEEP_OUTAGE, &[&began, &until]).await?;
        Ok(())
    }
}

/// Removes what is past its time.
struct ForgetSide {
    before: Timestamp,
    most: u32,
}

impl Command for ForgetSide {
    type Answer = u32;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<u32, Failure> {
        let (before, most) = (micros(self.before), i64::from(self.most));
        let mended = session.execute(FORGET_MENDED, &[&before, &most]).await?;
        let ended = session.execute(FORGET_OUTAGES, &[&before, &most]).await?;
        Ok(u32::try_from(mended + ended).unwrap_or(u32::MAX))
    }
}
