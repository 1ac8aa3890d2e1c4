-- The daily boards of the distant past lose their content, and nothing else does: number, days,
-- hash and moments of every report stay. The last board of each month keeps its content.
CREATE FUNCTION report_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may BOOLEAN;
BEGIN
    EXECUTE format('
        SELECT NOT EXISTS (SELECT 1 FROM %1$I.report_act a WHERE a.report = $1.sequence)
           AND EXISTS (SELECT 1 FROM %1$I.report later
                        WHERE later.kind = ''board'' AND later.unit = $1.unit
                          AND later.checks <> ''''
                          AND left(later.last_day, 7) = left($1.last_day, 7)
                          AND (later.as_of, later.sequence) > ($1.as_of, $1.sequence))',
        TG_TABLE_SCHEMA) INTO may USING OLD;
    IF OLD.kind = 'board' AND may
       AND NEW.vietnamese = '' AND NEW.english = '' AND NEW.checks = ''
       AND (NEW.sequence, NEW.kind, NEW.unit, NEW.first_day, NEW.last_day,
            NEW.as_of, NEW.kept_at, NEW.client, NEW.sha256)
         = (OLD.sequence, OLD.kind, OLD.unit, OLD.first_day, OLD.last_day,
            OLD.as_of, OLD.kept_at, OLD.client, OLD.sha256) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a report is never changed' USING ERRCODE = '23000';
END $$;

DROP TRIGGER report_kept ON report;
CREATE TRIGGER report_kept BEFORE DELETE OR TRUNCATE ON report
    FOR EACH STATEMENT EXECUTE FUNCTION register_kept();
CREATE TRIGGER report_unchanged BEFORE UPDATE ON report
    FOR EACH ROW EXECUTE FUNCTION report_emptied();

-- The last board before a moment, and boards whose content may go.
CREATE INDEX report_standing ON report (kind, unit, as_of) WHERE checks <> '';

-- Boards of which it was told what had turned to a contradiction in them.
CREATE TABLE report_told (
    report  BIGINT PRIMARY KEY REFERENCES report (sequence),
    told_at BIGINT NOT NULL
);

-- What stood in the boards that are there was told when they were made.
INSERT INTO report_told (report, told_at)
SELECT sequence, kept_at FROM report WHERE kind = 'board';

CREATE TRIGGER report_told_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON report_told
    FOR EACH STATEMENT EXECUTE FUNCTION register_kept();
