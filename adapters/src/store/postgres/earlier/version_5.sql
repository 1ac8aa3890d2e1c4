-- What the fifth version added to the rows of version_4.sql (0005_portal_side.sql): a difference
-- that stands, one that was mended, and an outage of the portal.
INSERT INTO mismatch (dossier, aspect, since, mended_at) VALUES
    ('H22.12-250714-0001', 'missing_there', 1752462012000000, NULL),
    ('H22.12-250714-0003', 'status', 1752462005000000, 1752462006000000);
INSERT INTO portal_outage (began, until) VALUES (1752462001000000, 1752462002000000);
INSERT INTO report (sequence, kind, unit, first_day, last_day, as_of, kept_at, client, sha256, vietnamese, english, checks) VALUES
    (1, 'board', '', '2025-06-14', '2025-07-13', 1752426000000000, 1752445800000000, 'lienthong', decode(repeat('01', 32), 'hex'), '{}', '{}', '{}'),
    (2, 'late-units', '', '2025-06-01', '2025-06-30', 1751302800000000, 1752445900000000, 'igate', decode(repeat('02', 32), 'hex'), '{}', '{}', '{}');
INSERT INTO report_act (sequence, report, kind, sha256, client, operator, event_id, at) VALUES
    (1, 2, 'APPROVED', decode(repeat('02', 32), 'hex'), 'igate', 'CB-01', 'e1', 1752446000000000);
