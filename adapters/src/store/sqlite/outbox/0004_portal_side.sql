-- What was known of the portal's side, with its moments, so that days that are over are judged
-- the same for ever: differences outlive the operations that found them. Moments are
-- microseconds since 1970.

-- Since when a dossier is known to differ at the portal, and since when that is mended.
CREATE TABLE mismatch (
    id        INTEGER PRIMARY KEY,
    -- Mã hồ sơ; it need not be recorded here.
    dossier   TEXT    NOT NULL,
    -- By what the difference is known again, as in difference.
    aspect    TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    -- NULL while it stands.
    mended_at INTEGER,
    CHECK (mended_at IS NULL OR mended_at >= since)
) STRICT;

-- A difference stands once.
CREATE UNIQUE INDEX mismatch_open ON mismatch (dossier, aspect) WHERE mended_at IS NULL;

-- What may be removed.
CREATE INDEX mismatch_mended ON mismatch (mended_at) WHERE mended_at IS NOT NULL;

-- What stands: the differences of the latest answer about each dossier that no repair mended.
INSERT INTO mismatch (dossier, aspect, since)
SELECT d.dossier, d.aspect, min(d.known_since)
  FROM difference d
  JOIN item i ON i.operation = d.operation AND i.dossier = d.dossier
 WHERE NOT EXISTS (SELECT 1 FROM item l
                    WHERE l.dossier = d.dossier AND l.found IN ('EQUAL', 'DIFFERENT', 'MISSING')
                      AND (l.ended_at, l.operation) > (i.ended_at, i.operation))
   AND NOT EXISTS (SELECT 1 FROM operation o
                     JOIN item r ON r.operation = o.id AND r.dossier = d.dossier
                    WHERE o.kind = 'REPAIR' AND r.result = 'SUCCEEDED'
                      AND r.ended_at >= i.ended_at)
 GROUP BY d.dossier, d.aspect;

-- From when on differences are known with their moments, where there were reconciliations
-- before: what was mended until then is not known, so nothing is told of days before it.
CREATE TABLE mismatch_begin (
    at INTEGER NOT NULL
) STRICT;
INSERT INTO mismatch_begin (at)
SELECT max(ended_at) FROM operation
 WHERE kind = 'RECONCILIATION' AND state = 'FINISHED'
HAVING max(ended_at) IS NOT NULL;

-- Times in which the portal could not be reached.
CREATE TABLE portal_outage (
    began INTEGER PRIMARY KEY,
    until INTEGER NOT NULL CHECK (until >= began)
) STRICT;
