-- Registers, numbers, routes, and the answers to commands that came before.

-- A register (sổ đăng ký) keeps one series of numbers a year; its set of kinds is decided by the agency's head.
CREATE TABLE office_register (
  id TEXT PRIMARY KEY,
  agency TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  types JSONB NOT NULL,
  secret BOOLEAN NOT NULL,
  place BIGINT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT
);
CREATE INDEX office_register_of ON office_register (agency, direction, place);

-- How far a register has come in a year.
CREATE TABLE office_counter (
  register TEXT NOT NULL REFERENCES office_register (id),
  year BIGINT NOT NULL,
  last_number BIGINT NOT NULL,
  last_date TEXT NOT NULL,
  PRIMARY KEY (register, year)
);

-- Every number ever given; a voided one keeps its row.
CREATE TABLE office_number (
  register TEXT NOT NULL REFERENCES office_register (id),
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  dated TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  allocated_at BIGINT NOT NULL,
  voided_at BIGINT,
  void_reason TEXT,
  PRIMARY KEY (register, year, number)
);
CREATE INDEX office_number_subject ON office_number (subject_kind, subject_id);

-- Routes: who takes which step, dated, per agency, kind and field.
CREATE TABLE office_route (
  id TEXT PRIMARY KEY,
  agency TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  route JSONB NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX office_route_of ON office_route (agency, valid_from);

-- The answer to a command, by its key: a double click gets the same answer and changes nothing.
CREATE TABLE office_command (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  verb TEXT NOT NULL,
  answer JSONB NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);

-- Who may find a document beside those who read the whole agency's: scope tokens of units, people, positions.
CREATE TABLE office_reader (
  token TEXT NOT NULL,
  kind TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (token, kind, document)
);
CREATE INDEX office_reader_of ON office_reader (kind, document);

-- One document stands to another: answers, replaces, corrects.
CREATE TABLE office_link (
  id TEXT PRIMARY KEY,
  relation TEXT NOT NULL CHECK (relation IN ('response_for', 'replaces', 'corrects')),
  from_kind TEXT NOT NULL,
  from_id TEXT NOT NULL,
  to_kind TEXT NOT NULL,
  to_id TEXT NOT NULL,
  UNIQUE (relation, from_kind, from_id, to_kind, to_id)
);
CREATE INDEX office_link_to ON office_link (to_kind, to_id);
