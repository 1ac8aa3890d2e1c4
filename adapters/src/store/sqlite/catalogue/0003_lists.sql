-- How each list beside the procedures stands. The entries themselves stand in unit, field and,
-- of the online services, in the content of the procedures.
CREATE TABLE side (
    list       TEXT    NOT NULL PRIMARY KEY
               CHECK (list IN ('ONLINE_SERVICES', 'UNITS', 'FIELDS')),
    -- When it was last taken. NULL while it never was, and of what was taken before this table.
    fetched_at INTEGER,
    entries    INTEGER NOT NULL CHECK (entries >= 0),
    -- EMPTY or SHRUNK: how it was last refused since; NULL when it was not.
    refusal    TEXT CHECK (refusal IN ('EMPTY', 'SHRUNK')),
    -- SHRUNK: entries that were held, that were offered, and that were lost.
    held       INTEGER,
    offered    INTEGER,
    lost       INTEGER,
    -- Why it last did not come since, in our words; NULL when it always came.
    failure    TEXT
) STRICT;

INSERT INTO side (list, entries) VALUES
    ('ONLINE_SERVICES', (
        SELECT count(*) FROM (
            SELECT DISTINCT procedure.code, json_extract(service.value, '$.code')
            FROM procedure, json_each(procedure.content, '$.online') AS service
            WHERE procedure.withdrawn_at IS NULL))),
    ('UNITS',  (SELECT count(*) FROM unit)),
    ('FIELDS', (SELECT count(*) FROM field));

-- Procedures come and go seldom and change often: who asks for the former does not read the
-- latter.
CREATE INDEX change_presence ON change (number) WHERE kind <> 'CHANGED';
