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
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::column::{Failure, corrupt};
use crate::store::observations::{read_source, source_name};

const ALL: &str = "
    SELECT name, position, fingerprint, lost, complete_until, follower, followed_at, unreadable,
           turn, anew_position, anew_fingerprint, rival, rival_since, rival_at, put_back
      FROM source
     ORDER BY name";

const ONE: &str = "
    SELECT name, position, fingerprint, lost, complete_until, follower, followed_at, unreadable,
           turn, anew_position, anew_fingerprint, rival, rival_since, rival_at, put_back
      FROM source
     WHERE name = ?1";

const FOLLOW: &str = "
    INSERT INTO source (name, position, follower, followed_at) VALUES (?1, 0, ?2, ?3)
        ON CONFLICT (name) DO UPDATE
       SET follower = excluded.follower, followed_at = excluded.followed_at,
           rival_since = iif(rival = excluded.follower, NULL, rival_since),
           rival_at = iif(rival = excluded.follower, NULL, rival_at),
           rival = iif(rival = excluded.follower, NULL, rival)
     WHERE source.follower IS ?4 OR source.follower = excluded.follower";

const RIVAL: &str = "
    UPDATE source
       SET rival = ?2, rival_since = coalesce(rival_since, ?3), rival_at = ?3
     WHERE name = ?1";

const COMPLETE: &str = "
    UPDATE source
       SET complete_until = ?3
     WHERE name = ?1 AND position = ?2 AND lost = 0
       AND (complete_until IS NULL OR complete_until < ?3)";

const NEXT_TURN: &str = "UPDATE state SET generation = generation + 1, swept = NULL
    RETURNING generation";

const DROP_TURN: &str = "DELETE FROM anew WHERE turn = ?1";

const BEGIN: &str = "
    UPDATE source
       SET turn = ?2, anew_position = 0, anew_fingerprint = NULL, anew_unreadable = 0,
           complete_until = iif(?3, NULL, complete_until), lost = lost OR ?3
     WHERE name = ?1";

const RECORD: &str = "
    INSERT INTO rebuild (at, cause, operator, client, reason, source, position)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    RETURNING number";

const TOLD: &str = "
    UPDATE source
       SET position = anew_position, fingerprint = anew_fingerprint,
           unreadable = anew_unreadable, anew_position = NULL,
           put_back = iif(lost, turn, put_back)
     WHERE name = ?1 AND anew_position = ?2 AND (lost OR position = ?2)";

const GIVE_UP: &str = "
    UPDATE source
       SET turn = NULL, anew_position = NULL, anew_fingerprint = NULL, lost = 0
     WHERE name = ?1";

const REBUILDS: &str = "
    SELECT number, at, cause, operator, client, reason, source, position
      FROM rebuild
     ORDER BY number DESC
     LIMIT ?1";

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

/// How every source stands.
pub(super) fn standings(conn: &Connection) -> Result<Vec<Standing>, Failure> {
    Ok(all(conn)?.into_iter().map(|known| known.standing).collect())
}

fn all(conn: &Connection) -> Result<Vec<Known>, Failure> {
    let mut statement = conn.prepare_cached(ALL)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(known(row)?);
    }
    Ok(all)
}

/// How one source stands.
pub(super) fn one(conn: &Connection, source: &Source) -> Result<Known, Failure> {
    let mut statement = conn.prepare_cached(ONE)?;
    let mut rows = statement.query([source_name(source)])?;
    match rows.next()? {
        Some(row) => known(row),
        None => Ok(Known {
            standing: Standing::new(source.clone()),
            turn: None,
            put_back: 0,
        }),
    }
}

fn known(row: &Row<'_>) -> Result<Known, Failure> {
    let name: String = row.get(0)?;
    let turn: Option<i64> = row.get(8)?;
    let told: Option<i64> = row.get(9)?;
    let anew = match (turn, told) {
        (None, _) => None,
        (Some(_), None) => Some(Anew::Taking),
        (Some(_), Some(position)) => Some(Anew::Telling {
            position: count(position)?,
            fingerprint: fingerprint(row.get(10)?)?,
        }),
    };
    let id: Option<String> = row.get(5)?;
    let seen_at: Option<i64> = row.get(6)?;
    let follower = match id.zip(seen_at) {
        Some((id, at)) => Some(Follower {
            id: FollowerId(id),
            seen_at: moment(at)?,
        }),
        None => None,
    };
    let complete_until: Option<i64> = row.get(4)?;
    Ok(Known {
        standing: Standing {
            source: read_source(&name).map_err(corrupt)?,
            position: count(row.get(1)?)?,
            fingerprint: fingerprint(row.get(2)?)?,
            is_lost: row.get(3)?,
            complete_until: complete_until.map(moment).transpose()?,
            follower,
            rival: rival(row)?,
            anew,
            unreadable: count(row.get(7)?)?,
        },
        turn,
        put_back: row.get(14)?,
    })
}

fn rival(row: &Row<'_>) -> Result<Option<Rival>, Failure> {
    let Some(id) = row.get(11)? else {
        return Ok(None);
    };
    Ok(Some(Rival {
        id: FollowerId(id),
        since: moment(row.get(12)?)?,
        seen_at: moment(row.get(13)?)?,
    }))
}

fn told_to(standing: &Standing) -> Option<u64> {
    match standing.anew {
        Some(Anew::Telling { position, .. }) => Some(position),
        Some(Anew::Taking) | None => None,
    }
}

fn count(number: i64) -> Result<u64, Failure> {
    u64::try_from(number).map_err(|_| corrupt("a number is below 0"))
}

fn moment(micros: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(micros).map_err(|_| corrupt("a moment is outside the calendar"))
}

fn fingerprint(bytes: Option<Vec<u8>>) -> Result<Option<Fingerprint>, Failure> {
    let bytes = bytes.map(<[u8; 32]>::try_from).transpose();
    let bytes = bytes.map_err(|_| corrupt("a fingerprint is no hash"))?;
    Ok(bytes.map(Fingerprint))
}

/// A number as it stands in a column.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Notes who follows a source.
pub(super) fn follow(
    conn: &Connection,
    source: &Source,
    follower: &Follower,
    instead_of: Option<&FollowerId>,
) -> Result<bool, Failure> {
    let noted = conn.prepare_cached(FOLLOW)?.execute(params![
        source_name(source),
        follower.id.0,
        follower.seen_at.as_microsecond(),
        instead_of.map(|id| id.0.as_str()),
    ])?;
    Ok(noted == 1)
}

/// Notes who was refused as a follower.
pub(super) fn note_rival(
    conn: &Connection,
    source: &Source,
    rival: &Follower,
) -> Result<(), Failure> {
    let at = rival.seen_at.as_microsecond();
    conn.prepare_cached(RIVAL)?
        .execute(params![source_name(source), rival.id.0, at])?;
    Ok(())
}

/// Gives up telling a source anew.
pub(super) fn give_up(conn: &Connection, source: &Source) -> Result<(), Failure> {
    let known = one(conn, source)?;
    if let Some(turn) = known.turn
        && known.taking().is_none()
    {
        conn.prepare_cached(DROP_TURN)?.execute([turn])?;
        conn.prepare_cached(GIVE_UP)?
            .execute([source_name(source)])?;
    }
    Ok(())
}

/// Notes up to when a source is folded in.
pub(super) fn complete(
    conn: &Connection,
    source: &Source,
    position: u64,
    until: Timestamp,
) -> Result<(), Failure> {
    conn.prepare_cached(COMPLETE)?.execute(params![
        source_name(source),
        column(position),
        until.as_microsecond(),
    ])?;
    Ok(())
}

/// Begins sources anew, and records it.
pub(super) fn begin_anew(
    conn: &Connection,
    at: Timestamp,
    cause: &RebuildCause,
) -> Result<Option<u64>, Failure> {
    let begun = match cause {
        RebuildCause::Asked { .. } => {
            let all = all(conn)?.into_iter();
            all.filter(|known| known.standing.can_be_told_anew())
                .collect()
        }
        RebuildCause::PutBack { source, position } => {
            let known = one(conn, source)?;
            let standing = &known.standing;
            let is_meant = told_to(standing) == Some(*position)
                || (standing.is_followed() && standing.position == *position);
            if !is_meant {
                return Ok(None);
            }
            vec![known]
        }
    };
    let is_lost = matches!(cause, RebuildCause::PutBack { .. });
    for known in begun {
        if let Some(turn) = known.turn {
            conn.prepare_cached(DROP_TURN)?.execute([turn])?;
        }
        let turn: i64 = conn
            .prepare_cached(NEXT_TURN)?
            .query_row([], |row| row.get(0))?;
        let name = source_name(&known.standing.source);
        conn.prepare_cached(BEGIN)?
            .execute(params![name, turn, is_lost])?;
    }
    record(conn, at, cause).map(Some)
}

fn record(conn: &Connection, at: Timestamp, cause: &RebuildCause) -> Result<u64, Failure> {
    let at = at.as_microsecond();
    let mut statement = conn.prepare_cached(RECORD)?;
    let number = match cause {
        RebuildCause::Asked {
            operator,
            client,
            reason,
        } => statement.query_row(
            params![
                at,
                "ASKED",
                operator.expose(),
                client.as_str(),
                reason.as_str(),
                None::<String>,
                None::<i64>,
            ],
            |row| row.get(0),
        )?,
        RebuildCause::PutBack { source, position } => statement.query_row(
            params![
                at,
                "PUT_BACK",
                None::<String>,
                None::<String>,
                None::<String>,
                source_name(source),
                column(*position),
            ],
            |row| row.get(0),
        )?,
    };
    count(number)
}

/// Ends the telling.
pub(super) fn told_anew(
    conn: &Connection,
    source: &Source,
    position: u64,
) -> Result<bool, Failure> {
    let ended = conn
        .prepare_cached(TOLD)?
        .execute(params![source_name(source), column(position)])?;
    Ok(ended == 1)
}

/// What was told anew, the newest first.
pub(super) fn rebuilds(conn: &Connection, most: u32) -> Result<Vec<Rebuild>, Failure> {
    let mut statement = conn.prepare_cached(REBUILDS)?;
    let mut rows = statement.query([most])?;
    let mut rebuilds = Vec::new();
    while let Some(row) = rows.next()? {
        rebuilds.push(Rebuild {
            number: count(row.get(0)?)?,
            at: moment(row.get(1)?)?,
            cause: cause(row)?,
        });
    }
    Ok(rebuilds)
}

fn cause(row: &Row<'_>) -> Result<RebuildCause, Failure> {
    const ODD: &str = "a rebuild does not say why it was";
    let cause: String = row.get(2)?;
    if cause == "PUT_BACK" {
        let source: String = row.get(6)?;
        return Ok(RebuildCause::PutBack {
            source: read_source(&source).map_err(corrupt)?,
            position: count(row.get(7)?)?,
        });
    }
    let (operator, client, reason): (String, String, String) =
        (row.get(3)?, row.get(4)?, row.get(5)?);
    Ok(RebuildCause::Asked {
        operator: OfficerId::parse(&operator).ok_or_else(|| corrupt(ODD))?,
        client: ClientName::parse(&client).ok_or_else(|| corrupt(ODD))?,
        reason: Text::parse(&reason).map_err(|_| corrupt(ODD))?,
    })
}

/// How far a source is folded in.
pub(super) fn position(conn: &Connection, source: &str) -> Result<u64, Failure> {
    const POSITION: &str = "SELECT position FROM source WHERE name = ?1";
    let position: Option<i64> = conn
        .prepare_cached(POSITION)?
        .query_row([source], |row| row.get(0))
        .optional()?;
    count(position.unwrap_or(0))
}
