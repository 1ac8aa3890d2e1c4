-- How the portal names a dossier, where it issues numbers of its own (profile P4). Kept
-- before anything is sent under the number.
ALTER TABLE dossier ADD COLUMN portal_number TEXT;
ALTER TABLE dossier ADD COLUMN portal_id     TEXT;

-- What lists and groups of failures show of a dossier, so that they need not look at its
-- events. Every command that changes an event changes these in the same transaction.

-- Events that the portal has, counted from the first; the head is the one behind them.
ALTER TABLE dossier ADD COLUMN accepted_revision INTEGER NOT NULL DEFAULT 0;
-- State of the head; ACCEPTED where there is none.
ALTER TABLE dossier ADD COLUMN head_state     TEXT NOT NULL DEFAULT 'ACCEPTED';
-- When the head was recorded; NULL where there is none.
ALTER TABLE dossier ADD COLUMN unsent_at      INTEGER;
-- The last failed attempt of the head: cause, the portal's code, moment.
ALTER TABLE dossier ADD COLUMN head_cause     TEXT;
ALTER TABLE dossier ADD COLUMN head_code      TEXT;
ALTER TABLE dossier ADD COLUMN head_failed_at INTEGER;
-- Mã thủ tục of the newest state.
ALTER TABLE dossier ADD COLUMN procedure      TEXT NOT NULL DEFAULT '';
-- Trạng thái of the newest event.
ALTER TABLE dossier ADD COLUMN newest_status  INTEGER NOT NULL DEFAULT 1;
-- When its first event was recorded.
ALTER TABLE dossier ADD COLUMN recorded_at    INTEGER NOT NULL DEFAULT 0;
-- When something was last recorded, accepted or released.
ALTER TABLE dossier ADD COLUMN touched_at     INTEGER NOT NULL DEFAULT 0;
-- Whether there is something left that retention removes.
ALTER TABLE dossier ADD COLUMN holds_bodies   INTEGER NOT NULL DEFAULT 1;

UPDATE dossier
   SET recorded_at   = (SELECT e.accepted_at FROM event e
                         WHERE e.dossier = dossier.id AND e.revision = 1),
       touched_at    = max(ifnull(last_accepted_at, 0),
                           (SELECT e.accepted_at FROM event e
                             WHERE e.dossier = dossier.id AND e.revision = dossier.revision)),
       newest_status = (SELECT e.status FROM event e
                         WHERE e.dossier = dossier.id AND e.revision = dossier.revision),
       -- A body that cannot be read leaves the code empty.
       procedure     = ifnull((SELECT iif(json_valid(CAST(e.body AS TEXT)),
                                          CAST(e.body AS TEXT) ->> '$.event.state.procedure', '')
                                 FROM event e
                                WHERE e.dossier = dossier.id
                                  AND e.revision = dossier.state_revision), ''),
       accepted_revision = revision;

-- By the partial unique index on heads there is at most one for each dossier.
UPDATE dossier
   SET accepted_revision = h.revision - 1,
       head_state        = h.state,
       unsent_at         = h.accepted_at
  FROM event h
 WHERE h.dossier = dossier.id AND h.state NOT IN ('ACCEPTED', 'BLOCKED');

UPDATE dossier
   SET head_cause = a.cause, head_code = a.upstream_code, head_failed_at = a.ended_at
  FROM event h
  JOIN attempt a ON a.event = h.id
 WHERE h.dossier = dossier.id
   AND h.state NOT IN ('ACCEPTED', 'BLOCKED')
   AND a.number = (SELECT max(f.number) FROM attempt f
                    WHERE f.event = h.id AND f.cause IS NOT NULL);

-- Lists of what is not accepted, state by state in their order.
CREATE INDEX dossier_unsent ON dossier (head_state, unsent_at, code)
 WHERE unsent_at IS NOT NULL;

-- The same by cause.
CREATE INDEX dossier_failing ON dossier (head_cause, unsent_at, code)
 WHERE head_cause IS NOT NULL;

-- What retention may empty: wholly accepted and ended (portal.md 8: 3, 7, 8, 10).
CREATE INDEX dossier_finished ON dossier (touched_at)
 WHERE unsent_at IS NULL AND newest_status IN (3, 7, 8, 10) AND holds_bodies = 1;

-- What has waited longest is the first of dossier_unsent now.
DROP INDEX event_unsent;

-- New events are counted by the command that adds them, once for all that it adds.
DROP TRIGGER event_counted;

-- Set when the file is put back from a backup: what had happened by then may have
-- reached the portal without this file knowing, so it is asked about before it is sent.
ALTER TABLE sync_mark ADD COLUMN restored_at INTEGER;

-- What a person had sent again, and why.
CREATE TABLE release (
    id        INTEGER PRIMARY KEY,
    event     INTEGER NOT NULL REFERENCES event (id),
    -- RELEASE of a refused or dead event, REPLAY from an accepted one on.
    kind      TEXT    NOT NULL CHECK (kind IN ('RELEASE', 'REPLAY')),
    -- Mã cán bộ.
    operator  TEXT    NOT NULL,
    -- Lý do.
    reason    TEXT    NOT NULL,
    operation TEXT,
    at        INTEGER NOT NULL
) STRICT;

CREATE INDEX release_event ON release (event);

-- Work that an operator started.
CREATE TABLE operation (
    id             INTEGER PRIMARY KEY,
    -- The id that the gateway gave it.
    name           TEXT    NOT NULL UNIQUE,
    kind           TEXT    NOT NULL CHECK (kind IN ('RETRY', 'RECONCILIATION', 'REPAIR')),
    state          TEXT    NOT NULL CHECK (state IN
        ('CHOOSING', 'RUNNING', 'FINISHED', 'CANCELLED', 'FAILED')),
    per_minute     INTEGER NOT NULL CHECK (per_minute >= 1),
    operator       TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    started_at     INTEGER NOT NULL,
    -- Of a repair: name of the reconciliation.
    reconciliation TEXT,
    -- Of a reconciliation: the portal's profile.
    profile        TEXT,
    ended_at       INTEGER,
    -- Who stopped it.
    ended_by       TEXT,
    failure        TEXT    NOT NULL DEFAULT '',
    -- Who works on it, and until when nobody else does.
    worker         TEXT,
    lease_until    INTEGER,
    -- Items, and those with a result; kept with each item.
    total          INTEGER NOT NULL DEFAULT 0,
    succeeded      INTEGER NOT NULL DEFAULT 0,
    failed         INTEGER NOT NULL DEFAULT 0,
    skipped        INTEGER NOT NULL DEFAULT 0,
    -- Findings of a reconciliation.
    found_equal      INTEGER NOT NULL DEFAULT 0,
    found_different  INTEGER NOT NULL DEFAULT 0,
    found_missing    INTEGER NOT NULL DEFAULT 0,
    found_unanswered INTEGER NOT NULL DEFAULT 0,
    found_by_fields  INTEGER NOT NULL DEFAULT 0,
    differences      INTEGER NOT NULL DEFAULT 0,
    CHECK ((ended_at IS NULL) = (state IN ('CHOOSING', 'RUNNING')))
) STRICT;

-- What is open is looked for every few seconds, the newest of a kind when someone asks.
CREATE INDEX operation_open ON operation (state, started_at) WHERE ended_at IS NULL;
CREATE INDEX operation_kind ON operation (kind, started_at);

CREATE TABLE item (
    operation INTEGER NOT NULL REFERENCES operation (id),
    -- From 1.
    number    INTEGER NOT NULL,
    -- Mã hồ sơ; it need not be recorded here.
    dossier   TEXT    NOT NULL,
    begun     INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1)),
    -- Of the event that was made due.
    revision  INTEGER,
    result    TEXT    CHECK (result IN ('SUCCEEDED', 'FAILED', 'SKIPPED')),
    cause     TEXT,
    ended_at  INTEGER,
    -- Of a reconciliation.
    found     TEXT    CHECK (found IN ('EQUAL', 'DIFFERENT', 'MISSING', 'UNANSWERED')),
    PRIMARY KEY (operation, number),
    UNIQUE (operation, dossier),
    CHECK ((ended_at IS NULL) = (result IS NULL)),
    CHECK ((cause IS NOT NULL) = (result IS NOT NULL AND result = 'FAILED'))
) STRICT, WITHOUT ROWID;

-- Items without a result, so that a page of them costs the same at the end of a long
-- operation.
CREATE INDEX item_open ON item (operation, begun, number) WHERE result IS NULL;

-- The latest answer about a dossier.
CREATE INDEX item_answered ON item (dossier, ended_at)
 WHERE found IN ('EQUAL', 'DIFFERENT', 'MISSING');

CREATE TABLE difference (
    operation   INTEGER NOT NULL REFERENCES operation (id),
    -- From 1.
    number      INTEGER NOT NULL,
    dossier     TEXT    NOT NULL,
    -- By what it is known again, and the whole of it as JSON.
    aspect      TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    found_at    INTEGER NOT NULL,
    known_since INTEGER NOT NULL,
    PRIMARY KEY (operation, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX difference_dossier ON difference (operation, dossier, aspect);
