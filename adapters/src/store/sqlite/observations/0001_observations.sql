-- All moments are whole microseconds since 1970-01-01T00:00:00Z.
-- STRICT: a value of the wrong type is refused, not bent.
-- Nothing of a person stands here: facts say what was stated, when, and how often.

-- Counts how often everything was folded in anew: one row.
CREATE TABLE state (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL
) STRICT;

INSERT INTO state (id, generation) VALUES (1, 1);

-- How far a source is folded in.
CREATE TABLE source (
    name     TEXT    PRIMARY KEY,
    position INTEGER NOT NULL CHECK (position >= 0)
) STRICT, WITHOUT ROWID;

-- Names that occur again and again: of departments, and of fields. A number never changes
-- its name.
CREATE TABLE word (
    id   INTEGER PRIMARY KEY,
    text TEXT    NOT NULL UNIQUE
) STRICT;

-- One row for each dossier. The rows stand in the order of their numbers, in which they are
-- told.
CREATE TABLE dossier (
    -- Mã hồ sơ.
    number            TEXT    PRIMARY KEY,
    -- NULL before the first state.
    received          INTEGER,
    -- Where only look-ups are known, the last of those that is told.
    ended             INTEGER,
    unit              TEXT,
    -- Mã thủ tục without the suffix of an agency.
    procedure         TEXT,
    -- The generation in which its events, and its look-ups, were last begun anew.
    event_generation  INTEGER NOT NULL,
    lookup_generation INTEGER NOT NULL,
    -- What events told, and what look-ups did; NULL where there was none.
    facts             BLOB,
    lookups           BLOB,
    CHECK ((received IS NULL) = (facts IS NULL))
) STRICT, WITHOUT ROWID;

-- Everything that decides which rows are told, in the order in which they are: a report on a
-- month out of years looks at the rows of that month only.
CREATE INDEX dossier_scope ON dossier (number, received, ended, unit, procedure);
