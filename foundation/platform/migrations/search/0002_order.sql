-- The embedded engine's rows stand in the order in which hits are shown, so that the newest of a million are found without
-- sorting them. What is there already is numbered in that order; what comes later (microseconds) comes behind it.
-- only: sqlite
CREATE TABLE search_numbered (key TEXT PRIMARY KEY, place INTEGER NOT NULL);
INSERT INTO search_numbered (key, place) SELECT key, row_number() OVER (ORDER BY sort, key) FROM search_document;
UPDATE search_document SET row_local = -row_local;
UPDATE search_document SET row_local = (SELECT place FROM search_numbered WHERE search_numbered.key = search_document.key);
DROP TABLE search_numbered;
INSERT INTO search_words (search_words) VALUES ('delete-all');
INSERT INTO search_words (rowid, words, exact, scope) SELECT row_local, words, exact, scopes FROM search_document;
-- end
