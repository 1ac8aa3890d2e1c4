//! Where the sources stand, and who follows them.
//!
//! What a reader would get wrong: the place of a source whose store was put back is that of
//! the store that was. Nothing is folded in there until what it holds now has been told.

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::observations::{
    Anew, Fingerprint, Follower, FollowerId, Rebuild, RebuildCause, Rival, Source, Standing,
};
use lienthong_core::text::Text;
use tokio_postgres::Row;

use super::names;
use crate::store::observations::{read_source, source_name};
use crate::store::postgres::column::{STORE, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const ALL: &str = "
    SELECT name, position, fingerprint, lost, complete_until, follower, followed_at, unreadable,
           turn, anew_position, anew_fingerprint, rival, rival_since, rival_at, put_back
      FROM observed_source
     ORDER BY name COLLATE \"C\"";

const ONE: &str = "
    SELECT name, position, fingerprint, lost, complete_until, follower, followed_at, unreadable,
           turn, anew_position, anew_fingerprint, rival, rival_since, rival_at, put_back
      FROM observed_source
     WHERE name = $1";

const POSITION: &str = "SELECT position FROM observed_source WHERE name = $1";

const IS_TOLD_ANEW: &str = "SELECT EXISTS (SELECT 1 FROM observed_source WHERE turn IS NOT NULL)";

const COMPLETE: &str = "
    UPDATE observed_source
       SET complete_until = $3
     WHERE name = $1 AND position = $2 AND NOT lost
       AND (complete_until IS NULL OR complete_until < $3)";

// A search for names begins again: what is told anew needs names of its own.
const NEXT_TURN: &str = "
    UPDATE observed_state SET generation = generation + 1, swept = NULL
     WHERE id = 1
    RETURNING generation";

const BEGIN: &str = "
    UPDATE observed_source
       SET turn = $2, anew_position = 0, anew_fingerprint = NULL, anew_unreadable = 0,
           complete_until = CASE WHEN $3 THEN NULL ELSE complete_until END, lost = lost OR $3
     WHERE name = $1";

const RECORD: &str = "
    INSERT INTO observed_rebuild (number, at, cause, operator, client, reason, source, position)
    SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM observed_rebuild
    RETURNING number";

const TOLD: &str = "
    UPDATE observed_source
       SET position = anew_position, fingerprint = anew_fingerprint,
           unreadable = anew_unreadable, anew_position = NULL,
           put_back = CASE WHEN lost THEN turn ELSE put_back END
     WHERE name = $1 AND anew_position = $2 AND (lost OR position = $2)";

// What is left over of it is removed by and by.
const GIVE_UP: &str = "
    UPDATE observed_source
       SET turn = NULL, anew_position = NULL, anew_fingerprint = NULL, lost = FALSE
     WHERE name = $1 AND anew_position IS NOT NULL";

const REBUILDS: &str = "
    SELECT number, at, cause, operator, client, reason, source, position
      FROM observed_rebuild
     ORDER BY number DESC
     LIMIT $1";

/// A source with the number under which it is told anew.
pub(super) struct Known {
    pub(super) standing: Standing,
    pub(super) turn: Option<i64>,
    /// Under which number it was told after its store was put back, the last time.
    pub(super) put_back: i64,
}

impl Known {
    /// Under which number what was told anew takes its place.
    pub(super) fn taking(&self) -> Option<i64> {
        self.turn
            .filter(|_| self.standing.anew == Some(Anew::Taking))
    }

    /// Under which number it is told anew, if it stands at `position` there.
    pub(super) fn telling(&self, position: u64) -> Option<i64> {
        self.turn
            .filter(|_| told_to(&self.standing) == Some(position))
    }
}

fn told_to(standing: &Standing) -> Option<u64> {
    match standing.anew {
        Some(Anew::Telling { position, .. }) => Some(position),
        Some(Anew::Taking) | None => None,
    }
}

async fn all(session: &Session) -> Result<Vec<Known>, Failure> {
    let rows = session.query(ALL, &[]).await?;
    rows.iter().map(known).collect()
}

/// How one source stands.
pub(super) async fn one(session: &Session, source: &Source) -> Result<Known, Failure> {
    match session.row(ONE, &[&source_name(source)]).await? {
        Some(row) => known(&row),
        None => Ok(Known {
            standing: Standing::new(source.clone()),
            turn: None,
            put_back: 0,
        }),
    }
}

/// Whether any source is told anew at present.
pub(super) async fn is_any_told_anew(session: &Session) -> Result<bool, Failure> {
    let row = session.row(IS_TOLD_ANEW, &[]).await?;
    let row = row.ok_or_else(|| STORE.corrupt("nothing was answered"))?;
    Ok(row.try_get(0)?)
}

fn known(row: &Row) -> Result<Known, Failure> {
    let turn: Option<i64> = row.try_get(8)?;
    let told: Option<i64> = row.try_get(9)?;
    let anew = match (turn, told) {
        (None, _) => None,
        (Some(_), None) => Some(Anew::Taking),
        (Some(_), Some(position)) => Some(Anew::Telling {
            position: STORE.count(position)?,
            fingerprint: fingerprint(row.try_get(10)?)?,
        }),
    };
    let id: Option<String> = row.try_get(5)?;
    let seen_at = STORE.moment_if(row.try_get(6)?)?;
    let follower = id.zip(seen_at).map(|(id, seen_at)| Follower {
        id: FollowerId(id),
        seen_at,
    });
    Ok(Known {
        standing: Standing {
            source: source(row.try_get(0)?)?,
            position: STORE.count(row.try_get(1)?)?,
            fingerprint: fingerprint(row.try_get(2)?)?,
            is_lost: row.try_get(3)?,
            complete_until: STORE.moment_if(row.try_get(4)?)?,
            follower,
            rival: rival(row)?,
            anew,
            unreadable: STORE.count(row.try_get(7)?)?,
        },
        turn,
        put_back: row.try_get(14)?,
    })
}

fn rival(row: &Row) -> Result<Option<Rival>, Failure> {
    let Some(id) = row.try_get(11)? else {
        return Ok(None);
    };
    Ok(Some(Rival {
        id: FollowerId(id),
        since: STORE.moment(row.try_get(12)?)?,
        seen_at: STORE.moment(row.try_get(13)?)?,
    }))
}

fn source(name: &str) -> Result<Source, Failure> {
    read_source(name).map_err(|problem| STORE.corrupt(problem))
}

fn fingerprint(bytes: Option<Vec<u8>>) -> Result<Option<Fingerprint>, Failure> {
    let bytes = bytes.map(<[u8; 32]>::try_from).transpose();
    let bytes = bytes.map_err(|_| STORE.corrupt("a fingerprint is no hash"))?;
    Ok(bytes.map(Fingerprint))
}

/// A number as it stands in a column.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How every source stands.
pub(super) struct ReadStandings;

impl Command for ReadStandings {
    type Answer = Vec<Standing>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<Standing>, Failure> {
        let mut standings: Vec<_> = all(session)
            .await?
            .into_iter()
            .map(|it| it.standing)
            .collect();
        standings.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(standings)
    }
}

/// How far a source is folded in.
pub(super) struct ReadPosition(pub(super) Source);

impl Command for ReadPosition {
    type Answer = u64;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<u64, Failure> {
        match session.row(POSITION, &[&source_name(&self.0)]).await? {
            Some(row) => STORE.count(row.try_get(0)?),
            None => Ok(0),
        }
    }
}

/// Gives up telling a source anew.
pub(super) struct GiveUp(pub(super) Source);

impl Command for GiveUp {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        names::lock(session).await?;
        session.execute(GIVE_UP, &[&source_name(&self.0)]).await?;
        Ok(())
    }
}

/// Notes up to when a source is folded in.
pub(super) struct Complete {
    pub(super) source: Source,
    pub(super) position: u64,
    pub(super) until: Timestamp,
}

impl Command for Complete {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let name = source_name(&self.source);
        let (position, until) = (column(self.position), micros(self.until));
        session
            .execute(COMPLETE, &[&name, &position, &until])
            .await?;
        Ok(())
    }
}

/// Begins sources anew, and records it.
pub(super) struct BeginAnew {
    pub(super) at: Timestamp,
    pub(super) cause: RebuildCause,
}

impl Command for BeginAnew {
    type Answer = Option<u64>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Option<u64>, Failure> {
        names::lock(session).await?;
        let (begun, is_lost) = match &self.cause {
            RebuildCause::Asked { .. } => {
                let all = all(session).await?.into_iter();
                let told = all.filter(|known| known.standing.can_be_told_anew());
                (told.collect(), false)
            }
            RebuildCause::PutBack { source, position } => {
                let known = one(session, source).await?;
                let standing = &known.standing;
                let is_meant = told_to(standing) == Some(*position)
                    || (standing.is_followed() && standing.position == *position);
                if !is_meant {
                    return Ok(None);
                }
                (vec![known], true)
            }
        };
        for known in begun {
            let turn = session.row(NEXT_TURN, &[]).await?;
            let turn =
                turn.ok_or_else(|| STORE.corrupt("the state of the observations is gone"))?;
            let turn: i64 = turn.try_get(0)?;
            let name = source_name(&known.standing.source);
            session.execute(BEGIN, &[&name, &turn, &is_lost]).await?;
        }
        self.record(session).await.map(Some)
    }
}

impl BeginAnew {
    async fn record(&self, session: &Session) -> Result<u64, Failure> {
        let (operator, client, reason, source, position) = match &self.cause {
            RebuildCause::Asked {
                operator,
                client,
                reason,
            } => (
                Some(operator.expose()),
                Some(client.as_str()),
                Some(reason.as_str()),
                None,
                None,
            ),
            RebuildCause::PutBack { source, position } => {
                let (source, position) = (source_name(source), column(*position));
                (None, None, None, Some(source), Some(position))
            }
        };
        let cause = if source.is_some() { PUT_BACK } else { ASKED };
        let at = micros(self.at);
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
            [&at, &cause, &operator, &client, &reason, &source, &position];
        let row = session.row(RECORD, &values).await?;
        let row = row.ok_or_else(|| STORE.corrupt("a rebuild was not recorded"))?;
        STORE.count(row.try_get(0)?)
    }
}

const ASKED: &str = "ASKED";
const PUT_BACK: &str = "PUT_BACK";

/// Ends the telling.
pub(super) struct ToldAnew {
    pub(super) source: Source,
    pub(super) position: u64,
}

impl Command for ToldAnew {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        // Whoever folds has looked how the source stands.
        names::lock(session).await?;
        let (name, position) = (source_name(&self.source), column(self.position));
        Ok(session.execute(TOLD, &[&name, &position]).await? == 1)
    }
}

/// What was told anew, the newest first.
pub(super) struct ReadRebuilds(pub(super) u32);

impl Command for ReadRebuilds {
    type Answer = Vec<Rebuild>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<Rebuild>, Failure> {
        let rows = session.query(REBUILDS, &[&i64::from(self.0)]).await?;
        rows.iter().map(rebuild).collect()
    }
}

fn rebuild(row: &Row) -> Result<Rebuild, Failure> {
    Ok(Rebuild {
        number: STORE.count(row.try_get(0)?)?,
        at: STORE.moment(row.try_get(1)?)?,
        cause: cause(row)?,
    })
}

fn cause(row: &Row) -> Result<RebuildCause, Failure> {
    let odd = || STORE.corrupt("a rebuild does not say why it was");
    if row.try_get::<_, &str>(2)? == PUT_BACK {
        return Ok(RebuildCause::PutBack {
            source: source(row.try_get(6)?)?,
            position: STORE.count(row.try_get(7)?)?,
        });
    }
    Ok(RebuildCause::Asked {
        operator: OfficerId::parse(row.try_get(3)?).ok_or_else(odd)?,
        client: ClientName::parse(row.try_get(4)?).ok_or_else(odd)?,
        reason: Text::parse(row.try_get(5)?).map_err(|_| odd())?,
    })
}
