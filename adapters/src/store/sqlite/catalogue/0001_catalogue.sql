-- All moments are whole microseconds since 1970-01-01T00:00:00Z.
-- STRICT: a value of the wrong type is refused, not bent.

-- Which catalogue is held: one row, or none while none was ever taken.
CREATE TABLE held (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    -- Digest of what is listed.
    version    TEXT    NOT NULL,
    fetched_at INTEGER NOT NULL,
    profile    TEXT    NOT NULL,
    -- How many procedures are listed.
    procedures INTEGER NOT NULL CHECK (procedures >= 0)
) STRICT;

-- One row for each procedure that was ever listed. The content stands last, so that a walk
-- through the list does not read it.
CREATE TABLE procedure (
    code              TEXT    NOT NULL PRIMARY KEY,
    name              TEXT    NOT NULL,
    -- Lĩnh vực and cấp thực hiện, each a JSON array of codes and names.
    fields            TEXT    NOT NULL,
    levels            TEXT    NOT NULL,
    -- FRESH, OLDER or MISSING.
    detail            TEXT    NOT NULL,
    -- NULL while the source lists it.
    withdrawn_at      INTEGER,
    changed_at        INTEGER NOT NULL,
    -- NULL while the details were never fetched, as the two columns below.
    detail_fetched_at INTEGER,
    -- SHA-256 of the content.
    digest            BLOB CHECK (length(digest) = 32),
    -- The procedure in full, as JSON.
    content           TEXT,
    CHECK ((content IS NULL) = (digest IS NULL))
) STRICT;

CREATE TABLE unit (
    code  TEXT NOT NULL PRIMARY KEY,
    name  TEXT NOT NULL,
    level TEXT NOT NULL
) STRICT;

CREATE TABLE field (
    code   TEXT NOT NULL PRIMARY KEY,
    name   TEXT NOT NULL,
    sector TEXT NOT NULL
) STRICT;

-- What changed from one catalogue to the next. AUTOINCREMENT: a number never comes twice, so
-- that a page goes on where the last one ended.
CREATE TABLE change (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    code    TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    -- Paths, a JSON array of texts.
    fields  TEXT    NOT NULL,
    seen_at INTEGER NOT NULL,
    version TEXT    NOT NULL
) STRICT;

-- Entries with one code stand in the order of the numbers by themselves.
CREATE INDEX change_code ON change (code);

CREATE TRIGGER change_unchanged BEFORE UPDATE ON change BEGIN
    SELECT RAISE(ABORT, 'a change is never rewritten');
END;

-- Who fetched, when, and what came of it.
CREATE TABLE fetch (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    -- Mã cán bộ; the gateway itself on schedule.
    operator      TEXT    NOT NULL,
    accept_shrink INTEGER NOT NULL CHECK (accept_shrink IN (0, 1)),
    -- TAKEN, SHRUNK, EMPTY or FAILED.
    outcome       TEXT    NOT NULL,
    -- TAKEN: what is held from then on, and how much it changed.
    version       TEXT,
    added         INTEGER,
    changed       INTEGER,
    withdrawn     INTEGER,
    restored      INTEGER,
    not_fetched   INTEGER,
    -- SHRUNK: procedures that were held, that were offered, and that were lost.
    held          INTEGER,
    offered       INTEGER,
    lost          INTEGER,
    -- FAILED: why, in our words.
    reason        TEXT
) STRICT;
