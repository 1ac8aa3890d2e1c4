-- All moments are whole microseconds since 1970-01-01T00:00:00Z.
-- STRICT: a value of the wrong type is refused, not bent.
-- Names of questions, operations, outcomes and the like are not listed in CHECKs: the
-- lists grow, and a CHECK of a table whose rows never change cannot.

-- One row for each access to a citizen's data, or for one that was refused. No value
-- of a citizen stands here: fields by name, the person by a keyed hash. The officer
-- stands here in clear, because this is what the officer answers for.
--
-- Room for a hash chain: rows never change, so links will stand in a table of their own,
-- link (sequence PRIMARY KEY REFERENCES access, …), which can also be computed for the
-- rows that are older than it.
CREATE TABLE access (
    -- From 1 without gaps: SQLite gives the highest number plus one, a group that fails
    -- takes its numbers back, and the triggers below keep every row.
    sequence        INTEGER PRIMARY KEY CHECK (sequence >= 1),
    asked_at        INTEGER NOT NULL,
    -- Calling system, from its certificate.
    client          TEXT    NOT NULL,
    -- Mã cán bộ, and the officer's login name in the calling system (tài khoản).
    officer         TEXT    NOT NULL,
    officer_account TEXT,
    -- Mã đơn vị of the officer.
    unit            TEXT    NOT NULL,
    -- Mã thủ tục, in the form in which it was given.
    procedure       TEXT    NOT NULL,
    -- Mã hồ sơ, letter for letter as it was given.
    dossier         TEXT    NOT NULL,
    -- Mục đích and căn cứ pháp lý.
    purpose         TEXT    NOT NULL,
    legal_basis     TEXT,
    question        TEXT    NOT NULL,
    -- NULL when it did not come to an operation of the database.
    operation       TEXT,
    -- Names of fields, each a JSON array of texts.
    requested       TEXT    NOT NULL,
    returned        TEXT    NOT NULL,
    withheld        TEXT    NOT NULL,
    outcome         TEXT    NOT NULL,
    -- Name of the error reason; empty where there is none.
    reason          TEXT    NOT NULL,
    -- Both NULL without an answer.
    source          TEXT,
    observed_at     INTEGER,
    -- Mã yêu cầu at the population database.
    request_number  TEXT,
    -- Requests that this access itself sent there.
    attempts        INTEGER NOT NULL CHECK (attempts >= 0),
    profile         TEXT    NOT NULL,
    -- In microseconds.
    latency         INTEGER NOT NULL CHECK (latency >= 0),
    -- The key's name, and HMAC-SHA256 of the person's number under it.
    person_key      TEXT    NOT NULL,
    person_hash     BLOB    NOT NULL CHECK (length(person_hash) = 32)
) STRICT;

-- Entries with one key stand in the order of the sequence by themselves, which is the
-- order in which records are told; so these three need no sort.
CREATE INDEX access_dossier ON access (dossier);
CREATE INDEX access_person  ON access (person_hash);
CREATE INDEX access_officer ON access (officer);

-- Serves a range of time, and with its two other columns the sum of requests sent since
-- a moment, without a look at the rows. New entries go to its end.
CREATE INDEX access_time ON access (asked_at, profile, attempts);

-- A record is never changed and never taken out …
CREATE TRIGGER access_unchanged BEFORE UPDATE ON access BEGIN
    SELECT RAISE(ABORT, 'a record is never changed');
END;

CREATE TRIGGER access_kept BEFORE DELETE ON access BEGIN
    SELECT RAISE(ABORT, 'a record is never deleted');
END;

-- … nor replaced (REPLACE deletes without the trigger above) …
CREATE TRIGGER access_not_replaced BEFORE INSERT ON access
WHEN EXISTS (SELECT 1 FROM access WHERE sequence = new.sequence) BEGIN
    SELECT RAISE(ABORT, 'a record is never replaced');
END;

-- … and none is left out.
CREATE TRIGGER access_gapless AFTER INSERT ON access
WHEN new.sequence > 1
 AND NOT EXISTS (SELECT 1 FROM access WHERE sequence = new.sequence - 1) BEGIN
    SELECT RAISE(ABORT, 'a number was left out');
END;

-- One row for each time that somebody read the records.
CREATE TABLE reading (
    sequence   INTEGER PRIMARY KEY CHECK (sequence >= 1),
    at         INTEGER NOT NULL,
    client     TEXT    NOT NULL,
    reader     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    -- Names of the conditions that were set, a JSON array of texts.
    conditions TEXT    NOT NULL,
    shown      INTEGER NOT NULL CHECK (shown >= 0)
) STRICT;

CREATE TRIGGER reading_unchanged BEFORE UPDATE ON reading BEGIN
    SELECT RAISE(ABORT, 'a record is never changed');
END;

CREATE TRIGGER reading_kept BEFORE DELETE ON reading BEGIN
    SELECT RAISE(ABORT, 'a record is never deleted');
END;

CREATE TRIGGER reading_not_replaced BEFORE INSERT ON reading
WHEN EXISTS (SELECT 1 FROM reading WHERE sequence = new.sequence) BEGIN
    SELECT RAISE(ABORT, 'a record is never replaced');
END;

CREATE TRIGGER reading_gapless AFTER INSERT ON reading
WHEN new.sequence > 1
 AND NOT EXISTS (SELECT 1 FROM reading WHERE sequence = new.sequence - 1) BEGIN
    SELECT RAISE(ABORT, 'a number was left out');
END;

-- Where the store tries whether it can write; says nothing.
CREATE TABLE trial (
    id      INTEGER PRIMARY KEY,
    filling BLOB    NOT NULL
) STRICT;
