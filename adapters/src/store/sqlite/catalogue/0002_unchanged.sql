-- The history of changes and of fetches is only ever added to. Nothing is changed or taken out …
CREATE TRIGGER change_kept BEFORE DELETE ON change BEGIN
    SELECT RAISE(ABORT, 'a change is never deleted');
END;
CREATE TRIGGER fetch_unchanged BEFORE UPDATE ON fetch BEGIN
    SELECT RAISE(ABORT, 'a fetch is never rewritten');
END;
CREATE TRIGGER fetch_kept BEFORE DELETE ON fetch BEGIN
    SELECT RAISE(ABORT, 'a fetch is never deleted');
END;

-- … nor replaced (REPLACE deletes without the triggers above).
CREATE TRIGGER change_not_replaced BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE number = new.number) BEGIN
    SELECT RAISE(ABORT, 'a change is never replaced');
END;
CREATE TRIGGER fetch_not_replaced BEFORE INSERT ON fetch
WHEN EXISTS (SELECT 1 FROM fetch WHERE number = new.number) BEGIN
    SELECT RAISE(ABORT, 'a fetch is never replaced');
END;
