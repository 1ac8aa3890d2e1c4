-- What the fourth version added to the rows of version_3.sql (0004_register.sql): a piece of
-- evidence.
INSERT INTO evidence (sequence, client, event_id, operator, recorded_at, body) VALUES
    (1, 'igate', 'mc-1', 'CB-01', 1752462000000000, '{}');
