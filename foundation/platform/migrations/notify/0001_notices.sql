-- Notices to people; grouped by the record they are about.
CREATE TABLE notice (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  title_vi TEXT NOT NULL,
  title_en TEXT NOT NULL,
  link TEXT NOT NULL,
  urgency BIGINT NOT NULL CHECK (urgency BETWEEN 0 AND 2),
  subject_kind TEXT,
  subject_id TEXT,
  created_at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE INDEX notice_person ON notice (person, id);
CREATE INDEX notice_unread ON notice (person) WHERE read_at IS NULL;
CREATE INDEX notice_subject ON notice (person, subject_kind, subject_id);
