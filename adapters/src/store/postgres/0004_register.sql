-- Hồ sơ minh chứng: one row for each piece. The register only grows: what a newer piece
-- does to an older one is worked out when it is read. Moments are microseconds since 1970;
-- days are yyyy-MM-dd in Việt Nam.
CREATE TABLE evidence (
    -- Place in the register, from 1 without gaps, given under a lock of the table; the id of
    -- the piece is made of it.
    sequence    BIGINT PRIMARY KEY CHECK (sequence >= 1),
    -- Calling system, and its own name for the recording.
    client      TEXT   NOT NULL,
    event_id    TEXT   NOT NULL,
    -- Mã cán bộ: who recorded it.
    operator    TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    -- The piece as JSON with the version of its form; text and not jsonb, because it is
    -- compared letter for letter.
    body        TEXT   NOT NULL,
    UNIQUE (client, event_id)
);

-- Kho báo cáo: one row for each report that was kept, with all that is needed to draw it again.
CREATE TABLE report (
    sequence   BIGINT PRIMARY KEY CHECK (sequence >= 1),
    kind       TEXT   NOT NULL,
    -- Mã đơn vị; empty: the whole province.
    unit       TEXT   NOT NULL,
    first_day  TEXT   NOT NULL,
    last_day   TEXT   NOT NULL,
    as_of      BIGINT NOT NULL,
    kept_at    BIGINT NOT NULL,
    client     TEXT   NOT NULL,
    -- SHA-256 of the Vietnamese content.
    sha256     BYTEA  NOT NULL CHECK (octet_length(sha256) = 32),
    vietnamese TEXT   NOT NULL,
    english    TEXT   NOT NULL,
    checks     TEXT   NOT NULL
);

-- Reports about the same: one of them may be in force, and the last one is compared with.
CREATE INDEX report_about ON report (kind, unit, first_day, last_day);

-- What people did about a report: duyệt, công khai, thu hồi.
CREATE TABLE report_act (
    sequence BIGINT PRIMARY KEY CHECK (sequence >= 1),
    report   BIGINT NOT NULL REFERENCES report (sequence),
    kind     TEXT   NOT NULL,
    -- Where and on which day it was published.
    address  TEXT,
    day      TEXT,
    -- Why it was withdrawn.
    reason   TEXT,
    -- Hash of what was approved.
    sha256   BYTEA  CHECK (octet_length(sha256) = 32),
    client   TEXT   NOT NULL,
    -- Mã cán bộ.
    operator TEXT   NOT NULL,
    event_id TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    UNIQUE (client, event_id)
);

CREATE INDEX report_act_report ON report_act (report);

-- Nothing is ever changed or taken out, and no number is left out.
CREATE FUNCTION register_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the register only grows' USING ERRCODE = '23000';
END $$;

CREATE FUNCTION register_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_it BOOLEAN;
BEGIN
    IF NEW.sequence > 1 THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I WHERE sequence = $1)',
                       TG_TABLE_SCHEMA, TG_TABLE_NAME)
           INTO before_it USING NEW.sequence - 1;
        IF NOT before_it THEN
            RAISE EXCEPTION 'a number was left out' USING ERRCODE = '23000';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER evidence_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION register_kept();
CREATE TRIGGER report_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON report
    FOR EACH STATEMENT EXECUTE FUNCTION register_kept();
CREATE TRIGGER report_act_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON report_act
    FOR EACH STATEMENT EXECUTE FUNCTION register_kept();

CREATE TRIGGER evidence_gapless AFTER INSERT ON evidence
    FOR EACH ROW EXECUTE FUNCTION register_gapless();
CREATE TRIGGER report_gapless AFTER INSERT ON report
    FOR EACH ROW EXECUTE FUNCTION register_gapless();
CREATE TRIGGER report_act_gapless AFTER INSERT ON report_act
    FOR EACH ROW EXECUTE FUNCTION register_gapless();
