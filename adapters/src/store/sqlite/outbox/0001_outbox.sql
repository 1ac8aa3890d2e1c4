-- All moments are whole microseconds since 1970-01-01T00:00:00Z.
-- STRICT: a value of the wrong type is refused, not bent.

-- One row for each dossier that was ever recorded.
CREATE TABLE dossier (
    id               INTEGER PRIMARY KEY,
    -- Mã hồ sơ, letter for letter as it was given.
    code             TEXT    NOT NULL UNIQUE,
    -- Calling system that recorded it first; no other may read it or add to it.
    client           TEXT    NOT NULL,
    -- Number of events recorded.
    revision         INTEGER NOT NULL,
    -- Revision of the newest event that is a full state. A dossier begins with
    -- one, so there always is one.
    state_revision   INTEGER NOT NULL CHECK (state_revision BETWEEN 1 AND revision),
    -- Moment of the newest event, by the callers' clocks; an older one is stale.
    last_occurred_at INTEGER NOT NULL,
    -- Whether the portal is believed to hold the dossier.
    known_at_portal  INTEGER NOT NULL DEFAULT 0 CHECK (known_at_portal IN (0, 1)),
    -- When the portal last accepted an event of it.
    last_accepted_at INTEGER
) STRICT;

-- One row for each event; it is also the task of bringing the event to the portal.
CREATE TABLE event (
    id           INTEGER PRIMARY KEY,
    -- Calling system, and its own name for the event.
    client       TEXT    NOT NULL,
    event_id     TEXT    NOT NULL,
    dossier      INTEGER NOT NULL REFERENCES dossier (id),
    -- Position in the dossier, from 1; the order in which the portal gets them.
    revision     INTEGER NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('STATE', 'STEP')),
    -- Trạng thái hồ sơ that the event carries (portal.md 8).
    status       INTEGER NOT NULL CHECK (status BETWEEN 1 AND 10),
    occurred_at  INTEGER NOT NULL,
    -- When the gateway took it.
    accepted_at  INTEGER NOT NULL,
    -- SHA-256 of moment and body; tells a repetition from another content.
    content_hash BLOB    NOT NULL CHECK (length(content_hash) = 32),
    body         BLOB    NOT NULL,
    -- contract.md 2.
    state        TEXT    NOT NULL CHECK (state IN
        ('PENDING', 'SENDING', 'ACCEPTED', 'UNKNOWN', 'WAITING', 'REFUSED', 'DEAD', 'BLOCKED')),
    -- When a claim may take it: the next attempt, or while SENDING the end of the
    -- lease. NULL wherever the gateway does nothing by itself.
    due_at       INTEGER,
    -- Changes with each claim; an old claim is known by its old fence.
    fence        INTEGER NOT NULL DEFAULT 0,
    -- Attempts begun.
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- Attempts ended that count against the schedule.
    spent        INTEGER NOT NULL DEFAULT 0,
    -- Events in the latest claim, this one included.
    claimed      INTEGER NOT NULL DEFAULT 1 CHECK (claimed >= 1),
    UNIQUE (client, event_id),
    UNIQUE (dossier, revision),
    CHECK ((due_at IS NOT NULL) = (state IN ('PENDING', 'SENDING', 'UNKNOWN', 'WAITING')))
) STRICT;

-- What a claim reads: only due work stands here, in the order in which it is
-- handed out (the row id follows the key by itself).
CREATE INDEX event_due ON event (due_at) WHERE due_at IS NOT NULL;

-- What has waited longest among the work that the gateway can still do by itself.
CREATE INDEX event_unsent ON event (accepted_at) WHERE due_at IS NOT NULL;

-- A dossier has at most one head: the oldest event that is not accepted. That two
-- workers never hold one dossier rests on this index, not on care.
CREATE UNIQUE INDEX event_head ON event (dossier) WHERE state NOT IN ('ACCEPTED', 'BLOCKED');

-- One row for each attempt at an event.
CREATE TABLE attempt (
    event         INTEGER NOT NULL REFERENCES event (id),
    -- From 1.
    number        INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    -- NULL while it runs; so is the outcome.
    ended_at      INTEGER,
    outcome       TEXT    CHECK (outcome IN
        ('ACCEPTED', 'ALREADY_THERE', 'NOT_THERE', 'NOT_APPLIED', 'UNKNOWN', 'REFUSED',
         'FOUND_DONE', 'FOUND_ABSENT', 'FOUND_PRESENT')),
    -- contract.md 2; given exactly for the outcomes that are failures.
    cause         TEXT,
    -- What the portal said, cut; for the operator only.
    upstream_code TEXT    NOT NULL DEFAULT '',
    upstream_text TEXT    NOT NULL DEFAULT '',
    worker        TEXT    NOT NULL,
    PRIMARY KEY (event, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((cause IS NOT NULL) =
        (outcome IS NOT NULL AND outcome IN ('NOT_APPLIED', 'UNKNOWN', 'REFUSED')))
) STRICT, WITHOUT ROWID;

-- Number of events in each state, kept by the triggers below: counting ten million
-- rows each time that someone looks at the console would be felt.
CREATE TABLE state_count (
    state  TEXT    PRIMARY KEY,
    events INTEGER NOT NULL CHECK (events >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO state_count (state, events) VALUES
    ('PENDING', 0), ('SENDING', 0), ('ACCEPTED', 0), ('UNKNOWN', 0),
    ('WAITING', 0), ('REFUSED', 0), ('DEAD', 0), ('BLOCKED', 0);

CREATE TRIGGER event_counted AFTER INSERT ON event BEGIN
    UPDATE state_count SET events = events + 1 WHERE state = new.state;
END;

CREATE TRIGGER event_recounted AFTER UPDATE OF state ON event WHEN old.state <> new.state BEGIN
    UPDATE state_count SET events = events - 1 WHERE state = old.state;
    UPDATE state_count SET events = events + 1 WHERE state = new.state;
END;

CREATE TRIGGER event_uncounted AFTER DELETE ON event BEGIN
    UPDATE state_count SET events = events - 1 WHERE state = old.state;
END;

-- The latest success and the latest failure: one row.
CREATE TABLE sync_mark (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    last_success_at    INTEGER,
    last_failure_at    INTEGER,
    last_failure_cause TEXT,
    CHECK ((last_failure_at IS NULL) = (last_failure_cause IS NULL))
) STRICT;

INSERT INTO sync_mark (id) VALUES (1);
