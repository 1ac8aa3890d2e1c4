-- What the second version added to the rows of version_1.sql (0002_upkeep.sql): who used which
-- system, what a person found, and when operations were touched.
UPDATE operation SET touched_at = started_at, system = 'igate' WHERE system IS NULL;
INSERT INTO release (dossier, revision, kind, operator, reason, operation, at, system) VALUES
    (1, 1, 'RESOLVE_ARRIVED', 'CB-02', 'Đã tra cứu trên Cổng', NULL, 1752462011500000, 'igate');
UPDATE restore_mark SET restored_at = NULL;
