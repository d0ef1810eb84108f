-- What is found, and the words it is found by. Words are folded and split by the program, never by the database. The plain
-- columns are what a backup carries; the engine's own index (`…_local`) is built from them.
-- only: sqlite
CREATE TABLE search_document (
  row_local INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  date TEXT NOT NULL,
  sort BIGINT NOT NULL,
  words TEXT NOT NULL,
  exact TEXT NOT NULL,
  scopes TEXT NOT NULL
);
CREATE VIRTUAL TABLE search_words USING fts5 (
  words, exact, scope,
  content = '', contentless_delete = 1, detail = 'column', prefix = '2 3',
  tokenize = 'unicode61 remove_diacritics 0'
);
-- end
-- only: postgres
CREATE TABLE search_document (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  date TEXT NOT NULL,
  sort BIGINT NOT NULL,
  words TEXT NOT NULL,
  exact TEXT NOT NULL,
  scopes TEXT NOT NULL,
  index_local TSVECTOR NOT NULL DEFAULT ''
);
CREATE INDEX search_document_index ON search_document USING gin (index_local);
-- end
CREATE INDEX search_document_order ON search_document (sort, key);
