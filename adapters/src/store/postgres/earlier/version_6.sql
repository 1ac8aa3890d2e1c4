-- What the sixth version added to the rows of version_5.sql (0006_archive.sql): the next board,
-- of which it was not told yet what turned in it.
INSERT INTO report_told (report, told_at) VALUES (1, 1752445801000000);
INSERT INTO report (sequence, kind, unit, first_day, last_day, as_of, kept_at, client, sha256, vietnamese, english, checks) VALUES
    (3, 'board', '', '2025-06-15', '2025-07-14', 1752512400000000, 1752532200000000, 'lienthong', decode(repeat('03', 32), 'hex'), '{}', '{}', '{}');
