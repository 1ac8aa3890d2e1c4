//! Who follows a source, and who was refused to.
//!
//! What a reader would get wrong: it is noted for others to see. Nobody is kept from folding by
//! it here; whoever finds somebody else noted keeps away by itself.

use lienthong_core::ports::observations::{Follower, FollowerId, Source};

use crate::store::observations::source_name;
use crate::store::postgres::column::micros;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

const FOLLOW: &str = "
    INSERT INTO observed_source AS s (name, position, follower, followed_at)
    VALUES ($1, 0, $2, $3)
        ON CONFLICT (name) DO UPDATE
       SET follower = excluded.follower, followed_at = excluded.followed_at,
           rival_since = CASE WHEN s.rival = excluded.follower THEN NULL ELSE s.rival_since END,
           rival_at = CASE WHEN s.rival = excluded.follower THEN NULL ELSE s.rival_at END,
           rival = CASE WHEN s.rival = excluded.follower THEN NULL ELSE s.rival END
     WHERE s.follower IS NOT DISTINCT FROM $4 OR s.follower = excluded.follower";

const RIVAL: &str = "
    UPDATE observed_source
       SET rival = $2, rival_since = coalesce(rival_since, $3), rival_at = $3
     WHERE name = $1";

/// Notes who follows a source.
pub(super) struct Follow {
    pub(super) source: Source,
    pub(super) follower: Follower,
    pub(super) instead_of: Option<FollowerId>,
}

impl Command for Follow {
    type Answer = bool;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<bool, Failure> {
        let instead_of = self.instead_of.as_ref().map(|id| id.0.as_str());
        let (id, seen_at) = (&self.follower.id.0, micros(self.follower.seen_at));
        let name = source_name(&self.source);
        let noted = session
            .execute(FOLLOW, &[&name, id, &seen_at, &instead_of])
            .await?;
        Ok(noted == 1)
    }
}

/// Notes who was refused as a follower.
pub(super) struct NoteRival {
    pub(super) source: Source,
    pub(super) rival: Follower,
}

impl Command for NoteRival {
    type Answer = ();

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let (name, at) = (source_name(&self.source), micros(self.rival.seen_at));
        session
            .execute(RIVAL, &[&name, &self.rival.id.0, &at])
            .await?;
        Ok(())
    }
}
