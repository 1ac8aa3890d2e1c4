-- How the portal names a dossier, where it issues numbers of its own (profile P4). Kept
-- before anything is sent under the number.
ALTER TABLE dossier ADD COLUMN portal_number TEXT;
ALTER TABLE dossier ADD COLUMN portal_id TEXT;
