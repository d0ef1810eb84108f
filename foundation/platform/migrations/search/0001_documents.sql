-- What is found, and the words it is found by. Words are folded and split by the program, never by the database.
-- only: sqlite
CREATE TABLE search_document (
  row INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  date TEXT NOT NULL,
  sort BIGINT NOT NULL
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
  words TSVECTOR NOT NULL
);
CREATE INDEX search_document_words ON search_document USING gin (words);
-- end
CREATE INDEX search_document_order ON search_document (sort, key);
