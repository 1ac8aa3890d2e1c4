//! Since when dossiers are known to differ at the portal, kept with what was found of them.

use jiff::Timestamp;

use crate::store::postgres::column::micros;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::session::Session;

// What the latest answer does not show any more; one that tells only whether a dossier is
// there mends nothing else. A clock that went back makes no time that ends before it began.
const MENDED: &str = "
    UPDATE mismatch
       SET mended_at = greatest(since, $2)
     WHERE dossier = $1 AND mended_at IS NULL AND aspect <> ALL ($3::text[])
       AND ($4 OR aspect IN ('missing_there', 'missing_here', 'unexpected_there'))";

// What stands already keeps its moment.
const BEGUN: &str = "
    INSERT INTO mismatch (dossier, aspect, since)
    SELECT $1, n.aspect, $2 FROM unnest($3::text[]) AS n (aspect)
        ON CONFLICT (dossier, aspect) WHERE mended_at IS NULL DO NOTHING";

// A repair without anything to send again has found the sides equal. What one sent again is
// mended once an answer shows it: it may have sent a part only.
const REPAIRED: &str = "
    UPDATE mismatch
       SET mended_at = greatest(since, $3)
     WHERE mended_at IS NULL
       AND dossier = (SELECT i.dossier
                        FROM operation o
                        JOIN item i ON i.operation = o.id
                       WHERE o.id = $1 AND o.kind = 'REPAIR' AND i.number = $2
                         AND i.revision IS NULL)";

/// Keeps that these aspects of `dossier` differ at `at`, and no others of those that were
/// looked at: all, or with `by_fields` unset only whether it is there.
pub(super) async fn answered(
    session: &Session,
    dossier: &str,
    aspects: &[String],
    by_fields: bool,
    at: Timestamp,
) -> Result<(), Failure> {
    let at = micros(at);
    session
        .execute(MENDED, &[&dossier, &at, &aspects, &by_fields])
        .await?;
    if !aspects.is_empty() {
        session.execute(BEGUN, &[&dossier, &at, &aspects]).await?;
    }
    Ok(())
}

/// Keeps that an item of an operation succeeded: of a repair that had nothing to send again,
/// nothing differs any more.
pub(super) async fn repaired(
    session: &Session,
    operation: i64,
    number: i64,
    at: Timestamp,
) -> Result<(), Failure> {
    session
        .execute(REPAIRED, &[&operation, &number, &micros(at)])
        .await?;
    Ok(())
}
