-- A table of a million dossiers takes its time.
SET LOCAL statement_timeout = 0;
-- A gateway that folds takes the state first: all at once, before it holds what this waits for.
LOCK TABLE observed_state, observed_source, observed_dossier, observed_word
    IN ACCESS EXCLUSIVE MODE;

-- Where one source is told anew beside what is known, and who follows it.
ALTER TABLE observed_source
    -- What stood at `position` in the source: SHA-256, or NULL where that is not known.
    ADD COLUMN fingerprint      BYTEA CHECK (length(fingerprint) = 32),
    -- Its store was put back from a backup; until what it holds has taken its place.
    ADD COLUMN lost             BOOLEAN NOT NULL DEFAULT FALSE,
    -- Everything that its store held at this moment is folded in.
    ADD COLUMN complete_until   BIGINT,
    -- A process that follows it, and when it was last noted.
    ADD COLUMN follower         TEXT,
    ADD COLUMN followed_at      BIGINT,
    -- A process that was refused as a follower, and when one first and last was.
    ADD COLUMN rival            TEXT,
    ADD COLUMN rival_since      BIGINT,
    ADD COLUMN rival_at         BIGINT,
    -- Rows that could not be read.
    ADD COLUMN unreadable       BIGINT NOT NULL DEFAULT 0,
    -- While it is told anew: under which number. Up to where it is told, what stands there, and
    -- what could not be read; NULL once all is told and takes its place.
    ADD COLUMN turn             BIGINT,
    ADD COLUMN anew_position    BIGINT CHECK (anew_position >= 0),
    ADD COLUMN anew_fingerprint BYTEA,
    ADD COLUMN anew_unreadable  BIGINT NOT NULL DEFAULT 0,
    -- Under which number it was told after its store was put back, the last time.
    ADD COLUMN put_back         BIGINT NOT NULL DEFAULT 0,
    ADD CHECK ((rival_at IS NULL) = (rival IS NULL) AND (rival_since IS NULL) = (rival IS NULL)),
    ADD CHECK ((followed_at IS NULL) = (follower IS NULL));

-- Other gateways' logs, which those go on with once they have this schema too: until then they
-- are waited for.
UPDATE observed_source
   SET follower = '', followed_at = (extract(epoch FROM now()) * 1000000)::bigint
 WHERE name LIKE 'lookups:%' AND position > 0;

-- What a source told anew of a dossier, until it takes its place there. Rows under a number that
-- no source has are left over of one that was begun again.
CREATE TABLE observed_anew (
    turn     BIGINT NOT NULL,
    number   TEXT   COLLATE "C" NOT NULL,
    -- The newest event that was told.
    revision BIGINT NOT NULL,
    facts    BYTEA,
    lookups  BYTEA,
    PRIMARY KEY (turn, number)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- When sources were told anew, and why: an operator asked for all, or the store of one was put
-- back from a backup.
CREATE TABLE observed_rebuild (
    number   BIGINT PRIMARY KEY CHECK (number >= 1),
    at       BIGINT NOT NULL,
    cause    TEXT   NOT NULL CHECK (cause IN ('ASKED', 'PUT_BACK')),
    -- Mã cán bộ, the calling system, and why.
    operator TEXT,
    client   TEXT,
    reason   TEXT,
    source   TEXT,
    -- Where the source stood.
    position BIGINT,
    CHECK ((cause = 'ASKED') = (operator IS NOT NULL AND client IS NOT NULL AND reason IS NOT NULL)),
    CHECK ((cause = 'PUT_BACK') = (source IS NOT NULL AND position IS NOT NULL))
);

CREATE FUNCTION observed_rebuild_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rebuild is never changed nor taken out' USING ERRCODE = '23000';
END $$;

CREATE TRIGGER observed_rebuild_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON observed_rebuild
    FOR EACH STATEMENT EXECUTE FUNCTION observed_rebuild_kept();

-- From here on `generation` counts how often a source was begun anew; which dossiers were is
-- known from the table above.
ALTER TABLE observed_dossier
    DROP COLUMN event_generation,
    DROP COLUMN lookup_generation,
    -- Under which number the events last told something of it. Below that of the events'
    -- `put_back` the store that was put back did not hold it.
    ADD COLUMN told BIGINT NOT NULL DEFAULT 0;

-- Retention finds what ended without a look at the rest.
CREATE INDEX observed_dossier_ended ON observed_dossier (ended) WHERE ended IS NOT NULL;

-- A search for names that no row needs any more: its number, and up to which dossier it is; NULL
-- while there is none. Each name has the number of the search that last met it.
ALTER TABLE observed_state
    ADD COLUMN sweep BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN swept TEXT   COLLATE "C";
ALTER TABLE observed_word ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
