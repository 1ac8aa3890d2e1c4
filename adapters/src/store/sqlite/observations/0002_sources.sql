-- Where one source is told anew beside what is known, and who follows it.

-- What stood at `position` in the source: SHA-256, or NULL where that is not known.
ALTER TABLE source ADD COLUMN fingerprint BLOB CHECK (length(fingerprint) = 32);
-- Its store was put back from a backup; until what it holds has taken its place.
ALTER TABLE source ADD COLUMN lost INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1));
-- Everything that its store held at this moment is folded in.
ALTER TABLE source ADD COLUMN complete_until INTEGER;
-- A process that follows it, and when it was last noted.
ALTER TABLE source ADD COLUMN follower TEXT;
ALTER TABLE source ADD COLUMN followed_at INTEGER
    CHECK ((followed_at IS NULL) = (follower IS NULL));
-- A process that was refused as a follower, and when one first and last was.
ALTER TABLE source ADD COLUMN rival TEXT;
ALTER TABLE source ADD COLUMN rival_since INTEGER;
ALTER TABLE source ADD COLUMN rival_at INTEGER
    CHECK ((rival_at IS NULL) = (rival IS NULL) AND (rival_since IS NULL) = (rival IS NULL));
-- Rows that could not be read.
ALTER TABLE source ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0;
-- While it is told anew: under which number. Up to where it is told, what stands there, and
-- what could not be read; NULL once all is told and takes its place.
ALTER TABLE source ADD COLUMN turn INTEGER;
ALTER TABLE source ADD COLUMN anew_position INTEGER CHECK (anew_position >= 0);
ALTER TABLE source ADD COLUMN anew_fingerprint BLOB;
ALTER TABLE source ADD COLUMN anew_unreadable INTEGER NOT NULL DEFAULT 0;
-- Under which number it was told after its store was put back, the last time.
ALTER TABLE source ADD COLUMN put_back INTEGER NOT NULL DEFAULT 0;

-- What a source told anew of a dossier, until it takes its place there.
CREATE TABLE anew (
    turn     INTEGER NOT NULL,
    number   TEXT    NOT NULL,
    -- The newest event that was told.
    revision INTEGER NOT NULL,
    facts    BLOB,
    lookups  BLOB,
    PRIMARY KEY (turn, number)
) STRICT, WITHOUT ROWID;

-- When sources were told anew, and why: an operator asked for all, or the store of one was
-- put back from a backup.
CREATE TABLE rebuild (
    number   INTEGER PRIMARY KEY CHECK (number >= 1),
    at       INTEGER NOT NULL,
    cause    TEXT    NOT NULL CHECK (cause IN ('ASKED', 'PUT_BACK')),
    -- Mã cán bộ, the calling system, and why.
    operator TEXT,
    client   TEXT,
    reason   TEXT,
    source   TEXT,
    -- Where the source stood.
    position INTEGER,
    CHECK ((cause = 'ASKED') = (operator IS NOT NULL AND client IS NOT NULL AND reason IS NOT NULL)),
    CHECK ((cause = 'PUT_BACK') = (source IS NOT NULL AND position IS NOT NULL))
) STRICT;

CREATE TRIGGER rebuild_unchanged BEFORE UPDATE ON rebuild BEGIN
    SELECT RAISE(ABORT, 'a rebuild is never changed');
END;

CREATE TRIGGER rebuild_kept BEFORE DELETE ON rebuild BEGIN
    SELECT RAISE(ABORT, 'a rebuild is never deleted');
END;

-- REPLACE deletes without a word to the trigger above.
CREATE TRIGGER rebuild_not_replaced BEFORE INSERT ON rebuild
 WHEN EXISTS (SELECT 1 FROM rebuild WHERE number = NEW.number) BEGIN
    SELECT RAISE(ABORT, 'a rebuild is never replaced');
END;

-- From here on `generation` counts how often a source was begun anew; which dossiers were is
-- known from the table above.
ALTER TABLE dossier DROP COLUMN event_generation;
ALTER TABLE dossier DROP COLUMN lookup_generation;
-- Under which number the events last told something of it. Below that of the events' `put_back`
-- the store that was put back did not hold it.
ALTER TABLE dossier ADD COLUMN told INTEGER NOT NULL DEFAULT 0;

-- Retention finds what ended without a look at the rest.
CREATE INDEX dossier_ended ON dossier (ended) WHERE ended IS NOT NULL;

-- A search for names that no row needs any more: its number, and up to which dossier it is;
-- NULL while there is none. Each name has the number of the search that last met it.
ALTER TABLE state ADD COLUMN sweep INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN swept TEXT;
ALTER TABLE word ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
