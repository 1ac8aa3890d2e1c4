-- All moments are whole microseconds since 1970-01-01T00:00:00Z, and always the gateways'
-- own: the server's clock decides nothing.

-- One row for each dossier that was ever recorded. It is also the task of bringing the
-- dossier's next event to the portal: whoever changes anything of a dossier locks this
-- row, and no other, so events are only ever added and claims never wait for bodies.
CREATE TABLE dossier (
    -- Also the name of the task in claims.
    id                BIGINT   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Mã hồ sơ, letter for letter as it was given; sorted by bytes, as SQLite does.
    code              TEXT     COLLATE "C" NOT NULL UNIQUE,
    -- Calling system that recorded it first; no other may read it or add to it.
    client            TEXT     NOT NULL,
    -- Mã thủ tục of the newest state.
    procedure         TEXT     COLLATE "C" NOT NULL,
    -- Trạng thái hồ sơ of the newest event (portal.md 8).
    status            SMALLINT NOT NULL CHECK (status BETWEEN 1 AND 10),
    -- Number of events recorded.
    revision          BIGINT   NOT NULL,
    -- Revision of the newest event that is a full state. A dossier begins with one.
    state_revision    BIGINT   NOT NULL CHECK (state_revision BETWEEN 1 AND revision),
    -- Moment of the newest event, by the callers' clocks; an older one is stale.
    last_occurred_at  BIGINT   NOT NULL,
    first_recorded_at BIGINT   NOT NULL,
    -- When something was last recorded, accepted or released.
    touched_at        BIGINT   NOT NULL,
    -- Whether retention took its bodies away, and nothing was recorded since.
    expired           BOOLEAN  NOT NULL DEFAULT FALSE,
    -- Whether the portal is believed to hold the dossier.
    known_at_portal   BOOLEAN  NOT NULL DEFAULT FALSE,
    -- How the portal names it, where it issues numbers of its own (profile P4).
    portal_number     TEXT,
    portal_id         TEXT,
    -- When the portal last accepted an event of it.
    last_accepted_at  BIGINT,

    -- Revision of the newest event that is accepted; the accepted ones are a prefix. The
    -- head, the oldest event that is not accepted, is the one behind it. Those behind the
    -- head are BLOCKED.
    accepted_revision BIGINT   NOT NULL DEFAULT 0 CHECK (accepted_revision BETWEEN 0 AND revision),
    -- State of the head (contract.md 2); ACCEPTED when there is none.
    state             TEXT     NOT NULL CHECK (state IN
        ('PENDING', 'SENDING', 'ACCEPTED', 'UNKNOWN', 'WAITING', 'REFUSED', 'DEAD')),
    -- When a claim may take the head: the next attempt, or while SENDING the end of the
    -- lease. NULL wherever the gateway does nothing by itself.
    due_at            BIGINT,
    -- When the head was recorded; NULL when there is none.
    unsent_at         BIGINT,
    -- Changes with each claim; an old claim is known by its old fence.
    fence             BIGINT   NOT NULL DEFAULT 0,
    -- Attempts at the head that were begun.
    attempts          BIGINT   NOT NULL DEFAULT 0,
    -- Attempts at the head that ended and count against the schedule.
    spent             BIGINT   NOT NULL DEFAULT 0,
    -- Events in the latest claim, the head included.
    claimed           BIGINT   NOT NULL DEFAULT 1 CHECK (claimed >= 1),
    -- The last failed attempt at the head.
    cause             TEXT,
    upstream_code     TEXT     NOT NULL DEFAULT '',
    upstream_text     TEXT     NOT NULL DEFAULT '',
    failed_at         BIGINT,
    CHECK ((state = 'ACCEPTED') = (accepted_revision = revision)),
    CHECK ((unsent_at IS NULL) = (state = 'ACCEPTED')),
    CHECK ((due_at IS NOT NULL) = (state IN ('PENDING', 'SENDING', 'UNKNOWN', 'WAITING'))),
    CHECK ((cause IS NULL) = (failed_at IS NULL))
-- A row is rewritten some four times for each event; room on its page saves index entries,
-- and vacuum has to come long before a fifth of five million rows are dead.
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

-- What a claim reads: only due work stands here, in the order in which it is handed out.
CREATE INDEX dossier_due ON dossier (due_at, id) WHERE due_at IS NOT NULL;

-- Lists, state by state in their order; and what has waited longest, which is the first of a
-- state.
CREATE INDEX dossier_listed ON dossier (state, unsent_at, code);

-- Failures by cause and code, the earliest first: none of the millions that are accepted.
CREATE INDEX dossier_failed ON dossier (cause, upstream_code, failed_at, code)
    WHERE cause IS NOT NULL AND state IN ('REFUSED', 'DEAD', 'WAITING', 'UNKNOWN');

-- Ranges of days, of which reconciliations are made.
CREATE INDEX dossier_recorded ON dossier (first_recorded_at);

-- What retention may take: the final states of portal.md 8.
CREATE INDEX dossier_ended ON dossier (touched_at)
    WHERE state = 'ACCEPTED' AND NOT expired AND status IN (3, 7, 8, 10);

-- One row for each event; never changed, but for retention.
CREATE TABLE event (
    dossier      BIGINT   NOT NULL REFERENCES dossier (id),
    -- Position in the dossier, from 1; the order in which the portal gets them.
    revision     BIGINT   NOT NULL,
    -- Calling system, and its own name for the event.
    client       TEXT     COLLATE "C" NOT NULL,
    event_id     TEXT     COLLATE "C" NOT NULL,
    kind         TEXT     NOT NULL CHECK (kind IN ('STATE', 'STEP')),
    status       SMALLINT NOT NULL CHECK (status BETWEEN 1 AND 10),
    occurred_at  BIGINT   NOT NULL,
    -- When the gateway took it.
    accepted_at  BIGINT   NOT NULL,
    -- SHA-256 of moment and body; tells a repetition from another content.
    content_hash BYTEA    NOT NULL CHECK (length(content_hash) = 32),
    -- NULL once retention took it.
    body         BYTEA,
    PRIMARY KEY (dossier, revision),
    UNIQUE (client, event_id)
);

-- One row for each attempt at an event.
CREATE TABLE attempt (
    dossier       BIGINT NOT NULL,
    revision      BIGINT NOT NULL,
    -- From 1.
    number        BIGINT NOT NULL,
    started_at    BIGINT NOT NULL,
    -- NULL while it runs; so is the outcome.
    ended_at      BIGINT,
    outcome       TEXT   CHECK (outcome IN
        ('ACCEPTED', 'ALREADY_THERE', 'NOT_THERE', 'NOT_APPLIED', 'UNKNOWN', 'REFUSED',
         'FOUND_DONE', 'FOUND_ABSENT', 'FOUND_PRESENT')),
    -- contract.md 2; given exactly for the outcomes that are failures.
    cause         TEXT,
    -- What the portal said, cut; for the operator only.
    upstream_code TEXT   NOT NULL DEFAULT '',
    upstream_text TEXT   NOT NULL DEFAULT '',
    worker        TEXT   NOT NULL,
    PRIMARY KEY (dossier, revision, number),
    FOREIGN KEY (dossier, revision) REFERENCES event (dossier, revision),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((cause IS NOT NULL) =
        (outcome IS NOT NULL AND outcome IN ('NOT_APPLIED', 'UNKNOWN', 'REFUSED')))
);

-- Number of events in each state, the latest success and the latest failure, spread over
-- rows by the connection that counts: one row for all would make every commit wait for the
-- one before it, and counting millions of rows would be felt. What is true is the sum, so
-- one row may hold less than nothing.
CREATE TABLE tally (
    shard              INTEGER PRIMARY KEY,
    pending            BIGINT NOT NULL DEFAULT 0,
    sending            BIGINT NOT NULL DEFAULT 0,
    accepted           BIGINT NOT NULL DEFAULT 0,
    unknown            BIGINT NOT NULL DEFAULT 0,
    waiting            BIGINT NOT NULL DEFAULT 0,
    refused            BIGINT NOT NULL DEFAULT 0,
    dead               BIGINT NOT NULL DEFAULT 0,
    blocked            BIGINT NOT NULL DEFAULT 0,
    last_success_at    BIGINT,
    last_failure_at    BIGINT,
    last_failure_cause TEXT,
    CHECK ((last_failure_at IS NULL) = (last_failure_cause IS NULL))
) WITH (fillfactor = 20);

INSERT INTO tally (shard) SELECT generate_series(0, 63);

-- What a person had sent again, and why.
CREATE TABLE release (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dossier   BIGINT NOT NULL,
    -- The event that was made due.
    revision  BIGINT NOT NULL,
    -- RELEASE of a refused or dead event, REPLAY from an accepted one on.
    kind      TEXT   NOT NULL CHECK (kind IN ('RELEASE', 'REPLAY')),
    -- Mã cán bộ.
    operator  TEXT   NOT NULL,
    -- Lý do.
    reason    TEXT   NOT NULL,
    operation TEXT,
    at        BIGINT NOT NULL,
    FOREIGN KEY (dossier, revision) REFERENCES event (dossier, revision)
);

CREATE INDEX release_event ON release (dossier, revision);

-- Work that an operator started.
CREATE TABLE operation (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The id that the gateway gave it.
    name             TEXT   NOT NULL UNIQUE,
    kind             TEXT   NOT NULL CHECK (kind IN ('RETRY', 'RECONCILIATION', 'REPAIR')),
    state            TEXT   NOT NULL CHECK (state IN
        ('CHOOSING', 'RUNNING', 'FINISHED', 'CANCELLED', 'FAILED')),
    per_minute       BIGINT NOT NULL CHECK (per_minute >= 1),
    operator         TEXT   NOT NULL,
    reason           TEXT   NOT NULL,
    started_at       BIGINT NOT NULL,
    -- Of a repair: name of the reconciliation.
    reconciliation   TEXT,
    -- Of a reconciliation: the portal's profile.
    profile          TEXT,
    ended_at         BIGINT,
    -- Who stopped it.
    ended_by         TEXT,
    failure          TEXT   NOT NULL DEFAULT '',
    -- Which gateway works on it, and until when no other does.
    worker           TEXT,
    lease_until      BIGINT,
    -- Items, and those with a result; kept with each item.
    total            BIGINT NOT NULL DEFAULT 0,
    succeeded        BIGINT NOT NULL DEFAULT 0,
    failed           BIGINT NOT NULL DEFAULT 0,
    skipped          BIGINT NOT NULL DEFAULT 0,
    -- Findings of a reconciliation.
    found_equal      BIGINT NOT NULL DEFAULT 0,
    found_different  BIGINT NOT NULL DEFAULT 0,
    found_missing    BIGINT NOT NULL DEFAULT 0,
    found_unanswered BIGINT NOT NULL DEFAULT 0,
    found_by_fields  BIGINT NOT NULL DEFAULT 0,
    differences      BIGINT NOT NULL DEFAULT 0,
    CHECK ((ended_at IS NULL) = (state IN ('CHOOSING', 'RUNNING')))
) WITH (fillfactor = 50);

-- What is open is looked for every few seconds, the newest of a kind when someone asks.
CREATE INDEX operation_open ON operation (state, started_at, id) WHERE ended_at IS NULL;
CREATE INDEX operation_kind ON operation (kind, started_at, id);

CREATE TABLE item (
    operation BIGINT  NOT NULL REFERENCES operation (id),
    -- From 1.
    number    BIGINT  NOT NULL,
    -- Mã hồ sơ; it need not be recorded here.
    dossier   TEXT    COLLATE "C" NOT NULL,
    begun     BOOLEAN NOT NULL DEFAULT FALSE,
    -- Of the event that was made due.
    revision  BIGINT,
    result    TEXT    CHECK (result IN ('SUCCEEDED', 'FAILED', 'SKIPPED')),
    cause     TEXT,
    ended_at  BIGINT,
    -- Of a reconciliation.
    found     TEXT    CHECK (found IN ('EQUAL', 'DIFFERENT', 'MISSING', 'UNANSWERED')),
    PRIMARY KEY (operation, number),
    UNIQUE (operation, dossier),
    CHECK ((ended_at IS NULL) = (result IS NULL)),
    CHECK ((cause IS NOT NULL) = (result IS NOT NULL AND result = 'FAILED'))
);

-- Items without a result, so that a page of them costs the same at the end of a long
-- operation.
CREATE INDEX item_open ON item (operation, begun, number) WHERE result IS NULL;

-- The latest answer about a dossier.
CREATE INDEX item_answered ON item (dossier, ended_at, operation)
    WHERE found IN ('EQUAL', 'DIFFERENT', 'MISSING');

CREATE TABLE difference (
    operation   BIGINT NOT NULL REFERENCES operation (id),
    -- From 1.
    number      BIGINT NOT NULL,
    dossier     TEXT   COLLATE "C" NOT NULL,
    -- By what it is known again, and the whole of it as JSON.
    aspect      TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    found_at    BIGINT NOT NULL,
    known_since BIGINT NOT NULL,
    PRIMARY KEY (operation, number)
);

CREATE INDEX difference_dossier ON difference (operation, dossier);
