-- Set when the database is put back to an earlier moment: what had happened by then may have
-- reached the portal without this database knowing, so it is asked about before it is sent.
CREATE TABLE restore_mark (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    restored_at BIGINT
);

INSERT INTO restore_mark (id) VALUES (1);

-- Which system a person used (Mã cán bộ alone says nothing between two consoles); NULL where
-- the gateway did it by itself.
ALTER TABLE release ADD COLUMN system TEXT;

-- RESOLVE_… where a person found at the portal what had been sent, or did not.
ALTER TABLE release DROP CONSTRAINT release_kind_check;
ALTER TABLE release ADD CONSTRAINT release_kind_check CHECK (kind IN
    ('RELEASE', 'CORRECT', 'REPLAY', 'RESOLVE_ARRIVED', 'RESOLVE_ABSENT'));

-- Calling systems of who started and who stopped it.
ALTER TABLE operation ADD COLUMN system          TEXT;
ALTER TABLE operation ADD COLUMN ended_by_system TEXT;
-- When it was started or items were last added.
ALTER TABLE operation ADD COLUMN touched_at      BIGINT   NOT NULL DEFAULT 0;
-- 0: whole. 1: its items and differences are being removed. 2: they are gone.
ALTER TABLE operation ADD COLUMN expired         SMALLINT NOT NULL DEFAULT 0
    CHECK (expired IN (0, 1, 2));

UPDATE operation SET touched_at = started_at;

-- What may be removed, the longest ended first.
CREATE INDEX operation_ended ON operation (ended_at) WHERE ended_at IS NOT NULL AND expired < 2;

-- Dossiers in the order in which they began: what a reconciliation of some days chooses from.
DROP INDEX dossier_recorded;
CREATE INDEX dossier_recorded ON dossier (first_recorded_at, code);

-- What the longer term may take: what did not come to its end and is left alone.
CREATE INDEX dossier_unfinished ON dossier (touched_at)
    WHERE NOT expired
      AND (state IN ('REFUSED', 'DEAD') OR (state = 'ACCEPTED' AND status NOT IN (3, 7, 8, 10)));

-- Of a refused or dead state that a person put right: revision of the newer state whose
-- content goes out in its place.
ALTER TABLE event ADD COLUMN corrected_by BIGINT;
