-- All moments are whole microseconds since 1970-01-01T00:00:00Z; days are yyyy-MM-dd in Việt Nam.
-- STRICT: a value of the wrong type is refused, not bent.

-- Hồ sơ minh chứng: one row for each piece. The register only grows: what a newer piece
-- does to an older one is worked out when it is read.
CREATE TABLE evidence (
    -- Place in the register, from 1 without gaps; the id of the piece is made of it.
    sequence    INTEGER PRIMARY KEY CHECK (sequence >= 1),
    -- Calling system, and its own name for the recording.
    client      TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    -- Mã cán bộ: who recorded it.
    operator    TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    -- The piece as JSON with the version of its form.
    body        TEXT    NOT NULL,
    UNIQUE (client, event_id)
) STRICT;

-- Kho báo cáo: one row for each report that was kept, with all that is needed to draw it again.
CREATE TABLE report (
    sequence   INTEGER PRIMARY KEY CHECK (sequence >= 1),
    kind       TEXT    NOT NULL,
    -- Mã đơn vị; empty: the whole province.
    unit       TEXT    NOT NULL,
    first_day  TEXT    NOT NULL,
    last_day   TEXT    NOT NULL,
    as_of      INTEGER NOT NULL,
    kept_at    INTEGER NOT NULL,
    client     TEXT    NOT NULL,
    -- SHA-256 of the Vietnamese content.
    sha256     BLOB    NOT NULL CHECK (length(sha256) = 32),
    vietnamese TEXT    NOT NULL,
    english    TEXT    NOT NULL,
    checks     TEXT    NOT NULL
) STRICT;

-- Reports about the same: one of them may be in force, and the last one is compared with.
CREATE INDEX report_about ON report (kind, unit, first_day, last_day);

-- What people did about a report: duyệt, công khai, thu hồi.
CREATE TABLE report_act (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    report   INTEGER NOT NULL REFERENCES report (sequence),
    kind     TEXT    NOT NULL,
    -- Where and on which day it was published.
    address  TEXT,
    day      TEXT,
    -- Why it was withdrawn.
    reason   TEXT,
    -- Hash of what was approved.
    sha256   BLOB    CHECK (sha256 IS NULL OR length(sha256) = 32),
    client   TEXT    NOT NULL,
    -- Mã cán bộ.
    operator TEXT    NOT NULL,
    event_id TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    UNIQUE (client, event_id)
) STRICT;

CREATE INDEX report_act_report ON report_act (report);

-- Nothing is ever changed or taken out …
CREATE TRIGGER evidence_unchanged BEFORE UPDATE ON evidence BEGIN
    SELECT RAISE(ABORT, 'evidence is never changed');
END;
CREATE TRIGGER evidence_kept BEFORE DELETE ON evidence BEGIN
    SELECT RAISE(ABORT, 'evidence is never deleted');
END;
CREATE TRIGGER report_unchanged BEFORE UPDATE ON report BEGIN
    SELECT RAISE(ABORT, 'a report is never changed');
END;
CREATE TRIGGER report_kept BEFORE DELETE ON report BEGIN
    SELECT RAISE(ABORT, 'a report is never deleted');
END;
CREATE TRIGGER report_act_unchanged BEFORE UPDATE ON report_act BEGIN
    SELECT RAISE(ABORT, 'a deed is never changed');
END;
CREATE TRIGGER report_act_kept BEFORE DELETE ON report_act BEGIN
    SELECT RAISE(ABORT, 'a deed is never deleted');
END;

-- … nor replaced (REPLACE deletes without the triggers above) …
CREATE TRIGGER evidence_not_replaced BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM evidence
              WHERE sequence = new.sequence
                 OR (client = new.client AND event_id = new.event_id)) BEGIN
    SELECT RAISE(ABORT, 'evidence is never replaced');
END;
CREATE TRIGGER report_not_replaced BEFORE INSERT ON report
WHEN EXISTS (SELECT 1 FROM report WHERE sequence = new.sequence) BEGIN
    SELECT RAISE(ABORT, 'a report is never replaced');
END;
CREATE TRIGGER report_act_not_replaced BEFORE INSERT ON report_act
WHEN EXISTS (SELECT 1 FROM report_act
              WHERE sequence = new.sequence
                 OR (client = new.client AND event_id = new.event_id)) BEGIN
    SELECT RAISE(ABORT, 'a deed is never replaced');
END;

-- … and none is left out.
CREATE TRIGGER evidence_gapless AFTER INSERT ON evidence
WHEN new.sequence > 1
 AND NOT EXISTS (SELECT 1 FROM evidence WHERE sequence = new.sequence - 1) BEGIN
    SELECT RAISE(ABORT, 'a number was left out');
END;
CREATE TRIGGER report_gapless AFTER INSERT ON report
WHEN new.sequence > 1
 AND NOT EXISTS (SELECT 1 FROM report WHERE sequence = new.sequence - 1) BEGIN
    SELECT RAISE(ABORT, 'a number was left out');
END;
CREATE TRIGGER report_act_gapless AFTER INSERT ON report_act
WHEN new.sequence > 1
 AND NOT EXISTS (SELECT 1 FROM report_act WHERE sequence = new.sequence - 1) BEGIN
    SELECT RAISE(ABORT, 'a number was left out');
END;
