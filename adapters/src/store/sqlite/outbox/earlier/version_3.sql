-- What the third version added to the rows of version_2.sql (0003_upkeep.sql): signs of life,
-- and the calling system of whoever started something.
PRAGMA user_version = 3;
UPDATE operation SET touched_at = started_at;
UPDATE operation SET system = 'console' WHERE id = 2;
