-- The daily boards of the distant past lose their content, and nothing else does: number, days,
-- hash and moments of every report stay. The last board of each month keeps its content.
DROP TRIGGER report_unchanged;
CREATE TRIGGER report_unchanged BEFORE UPDATE ON report
WHEN old.kind <> 'board'
  OR new.vietnamese <> '' OR new.english <> '' OR new.checks <> ''
  OR (new.sequence, new.kind, new.unit, new.first_day, new.last_day,
      new.as_of, new.kept_at, new.client, new.sha256)
     IS NOT (old.sequence, old.kind, old.unit, old.first_day, old.last_day,
             old.as_of, old.kept_at, old.client, old.sha256)
  OR EXISTS (SELECT 1 FROM report_act a WHERE a.report = old.sequence)
  OR NOT EXISTS (SELECT 1 FROM report later
                  WHERE later.kind = 'board' AND later.unit = old.unit AND later.checks <> ''
                    AND substr(later.last_day, 1, 7) = substr(old.last_day, 1, 7)
                    AND (later.as_of, later.sequence) > (old.as_of, old.sequence)) BEGIN
    SELECT RAISE(ABORT, 'a report is never changed');
END;

-- The last board before a moment, and boards whose content may go.
CREATE INDEX report_standing ON report (kind, unit, as_of) WHERE checks <> '';

-- Boards of which it was told what had turned to a contradiction in them.
CREATE TABLE report_told (
    report  INTEGER PRIMARY KEY REFERENCES report (sequence),
    told_at INTEGER NOT NULL
) STRICT;

-- What stood in the boards that are there was told when they were made.
INSERT INTO report_told (report, told_at)
SELECT sequence, kept_at FROM report WHERE kind = 'board';

CREATE TRIGGER report_told_unchanged BEFORE UPDATE ON report_told BEGIN
    SELECT RAISE(ABORT, 'what was told is never changed');
END;
CREATE TRIGGER report_told_kept BEFORE DELETE ON report_told BEGIN
    SELECT RAISE(ABORT, 'what was told is never deleted');
END;
CREATE TRIGGER report_told_not_replaced BEFORE INSERT ON report_told
WHEN EXISTS (SELECT 1 FROM report_told WHERE report = new.report) BEGIN
    SELECT RAISE(ABORT, 'what was told is never replaced');
END;
