-- A log of millions of events takes its time.
SET LOCAL statement_timeout = 0;

-- Where whoever follows the events stands. Numbers are drawn when events are added, after the
-- rows of their dossiers are locked, so those of one dossier rise with its revisions. They can
-- be committed in another order than they were drawn.
ALTER TABLE event ADD COLUMN sequence BIGINT;

UPDATE event e
   SET sequence = n.place
  FROM (SELECT dossier, revision, row_number() OVER (ORDER BY dossier, revision) AS place
          FROM event) AS n
 WHERE e.dossier = n.dossier AND e.revision = n.revision;

ALTER TABLE event ALTER COLUMN sequence SET NOT NULL;
ALTER TABLE event ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY;

SELECT setval(pg_get_serial_sequence('event', 'sequence'), max(sequence))
  FROM event
HAVING max(sequence) IS NOT NULL;

CREATE UNIQUE INDEX event_sequence ON event (sequence);

-- Counts how often everything was folded in anew: one row, which whoever folds locks. Nothing
-- of a person stands in these tables: facts say what was stated, when, and how often.
CREATE TABLE observed_state (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    generation BIGINT  NOT NULL
);

INSERT INTO observed_state (id, generation) VALUES (1, 1);

-- How far a source is folded in.
CREATE TABLE observed_source (
    name     TEXT   PRIMARY KEY,
    position BIGINT NOT NULL CHECK (position >= 0)
);

-- Names that occur again and again: of departments, and of fields. A number never changes its
-- name.
CREATE TABLE observed_word (
    id   INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text TEXT    COLLATE "C" NOT NULL UNIQUE
);

-- One row for each dossier.
CREATE TABLE observed_dossier (
    -- Mã hồ sơ.
    number            TEXT   COLLATE "C" NOT NULL,
    -- NULL before the first state.
    received          BIGINT,
    -- Where only look-ups are known, the last of those that is told.
    ended             BIGINT,
    unit              TEXT   COLLATE "C",
    -- Mã thủ tục without the suffix of an agency.
    procedure         TEXT   COLLATE "C",
    -- The generation in which its events, and its look-ups, were last begun anew.
    event_generation  BIGINT NOT NULL,
    lookup_generation BIGINT NOT NULL,
    -- What events told, and what look-ups did; NULL where there was none.
    facts             BYTEA,
    lookups           BYTEA,
    -- Everything that decides which rows are told, in the order in which they are.
    PRIMARY KEY (number) INCLUDE (received, ended, unit, procedure),
    CHECK ((received IS NULL) = (facts IS NULL))
-- A row is rewritten with each event of its dossier.
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
