-- The name of this log, which no other one has: whoever follows several keeps them apart by
-- it. A copy that is put back keeps it.
CREATE TABLE log_name (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT    NOT NULL
) STRICT;

INSERT INTO log_name (id, name) VALUES (1, lower(hex(randomblob(12))));

CREATE TRIGGER log_name_unchanged BEFORE UPDATE ON log_name BEGIN
    SELECT RAISE(ABORT, 'a log keeps its name');
END;

CREATE TRIGGER log_name_kept BEFORE DELETE ON log_name BEGIN
    SELECT RAISE(ABORT, 'a log keeps its name');
END;
