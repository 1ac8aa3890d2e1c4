-- What the third version added to the rows of version_2.sql (0003_observations.sql): how far the
-- events are folded in, and a dossier of which only a look-up is known.
INSERT INTO observed_source (name, position) VALUES ('events', 3);
INSERT INTO observed_word (text) VALUES ('full_name');
INSERT INTO observed_dossier (number, ended, event_generation, lookup_generation, lookups) VALUES
    ('H22.12-250714-0009', 1752462000000000, 1, 1, '\x01010000008080c8c0f48d9d0600000000');
