-- Which system a person used (Mã cán bộ alone says nothing between two consoles), and what a
-- person found who looked at the portal. A CHECK cannot be changed in place.
CREATE TABLE release_kept (
    id        INTEGER PRIMARY KEY,
    event     INTEGER NOT NULL REFERENCES event (id),
    -- RELEASE of a refused or dead event, CORRECT of a state with the content of a newer one,
    -- REPLAY from an accepted one on, RESOLVE_… where a person found at the portal what had
    -- been sent, or did not.
    kind      TEXT    NOT NULL CHECK (kind IN
        ('RELEASE', 'CORRECT', 'REPLAY', 'RESOLVE_ARRIVED', 'RESOLVE_ABSENT')),
    -- Mã cán bộ; empty once retention took it.
    operator  TEXT    NOT NULL,
    -- Calling system; NULL where the gateway did it by itself.
    system    TEXT,
    -- Lý do; empty once retention took it.
    reason    TEXT    NOT NULL,
    operation TEXT,
    at        INTEGER NOT NULL
) STRICT;

INSERT INTO release_kept (id, event, kind, operator, reason, operation, at)
SELECT id, event, kind, operator, reason, operation, at FROM release;

DROP TABLE release;
ALTER TABLE release_kept RENAME TO release;
CREATE INDEX release_event ON release (event);

-- Calling systems of who started and who stopped it.
ALTER TABLE operation ADD COLUMN system          TEXT;
ALTER TABLE operation ADD COLUMN ended_by_system TEXT;
-- When it was started or items were last added.
ALTER TABLE operation ADD COLUMN touched_at      INTEGER NOT NULL DEFAULT 0;
-- 0: whole. 1: its items and differences are being removed. 2: they are gone.
ALTER TABLE operation ADD COLUMN expired         INTEGER NOT NULL DEFAULT 0
    CHECK (expired IN (0, 1, 2));

UPDATE operation SET touched_at = started_at;

-- What may be removed, the longest ended first.
CREATE INDEX operation_ended ON operation (ended_at) WHERE ended_at IS NOT NULL AND expired < 2;

-- Dossiers in the order in which they began: what a reconciliation of some days chooses from.
CREATE INDEX dossier_recorded ON dossier (recorded_at, code);

-- Old ones that still hold something. The moment never changes, so that an event costs
-- nothing here.
CREATE INDEX dossier_kept ON dossier (recorded_at) WHERE holds_bodies = 1;

-- Failures by cause and code, the earliest first.
CREATE INDEX dossier_failed ON dossier (head_cause, head_code, head_failed_at, code)
 WHERE head_cause IS NOT NULL AND head_state IN ('REFUSED', 'DEAD', 'WAITING', 'UNKNOWN');

-- Of a refused or dead state that a person put right: revision of the newer state whose
-- content goes out in its place.
ALTER TABLE event ADD COLUMN corrected_by INTEGER;

-- A CHECK against a list builds a table of the list for every row that is written, which
-- took a third of the time of recording. The same checks in words that do not; the way to
-- change nothing but a CHECK is SQLite's own (lang_altertable.html, 7). The commands above
-- tell other connections that the tables have changed.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema
   SET sql = replace(replace(sql,
'state IN
        (''PENDING'', ''SENDING'', ''ACCEPTED'', ''UNKNOWN'', ''WAITING'', ''REFUSED'', ''DEAD'', ''BLOCKED'')',
'state = ''PENDING'' OR state = ''BLOCKED'' OR state = ''SENDING'' OR state = ''ACCEPTED''
        OR state = ''UNKNOWN'' OR state = ''WAITING'' OR state = ''REFUSED'' OR state = ''DEAD'''),
'state IN (''PENDING'', ''SENDING'', ''UNKNOWN'', ''WAITING'')',
'state = ''PENDING'' OR state = ''SENDING'' OR state = ''UNKNOWN'' OR state = ''WAITING''')
 WHERE type = 'table' AND name = 'event';

UPDATE sqlite_schema
   SET sql = replace(replace(sql,
'outcome IN
        (''ACCEPTED'', ''ALREADY_THERE'', ''NOT_THERE'', ''NOT_APPLIED'', ''UNKNOWN'', ''REFUSED'',
         ''FOUND_DONE'', ''FOUND_ABSENT'', ''FOUND_PRESENT'')',
'outcome = ''ACCEPTED'' OR outcome = ''ALREADY_THERE'' OR outcome = ''NOT_THERE''
        OR outcome = ''NOT_APPLIED'' OR outcome = ''UNKNOWN'' OR outcome = ''REFUSED''
        OR outcome = ''FOUND_DONE'' OR outcome = ''FOUND_ABSENT'' OR outcome = ''FOUND_PRESENT'''),
'outcome IN (''NOT_APPLIED'', ''UNKNOWN'', ''REFUSED'')',
'(outcome = ''NOT_APPLIED'' OR outcome = ''UNKNOWN'' OR outcome = ''REFUSED'')')
 WHERE type = 'table' AND name = 'attempt';

PRAGMA writable_schema = RESET;
