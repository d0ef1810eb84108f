-- Changes of rights, in sight until somebody with the right confirms them (NĐ 30/2020/NĐ-CP, Phụ lục VI, phần I mục IV).

CREATE TABLE access_changes (
  id TEXT PRIMARY KEY,
  agency TEXT NOT NULL,
  person TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  granted JSONB NOT NULL,
  withdrawn JSONB NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  confirmed_at BIGINT,
  confirmed_by TEXT,
  version BIGINT NOT NULL
);
CREATE INDEX access_changes_pending ON access_changes (agency, id) WHERE confirmed_at IS NULL;
CREATE INDEX access_changes_person ON access_changes (person, id);
