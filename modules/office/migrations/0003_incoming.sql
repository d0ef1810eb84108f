-- Incoming documents (văn bản đến): the record, its files, verification, directives, assignments and what was reported.

CREATE TABLE office_incoming (
  id TEXT PRIMARY KEY,
  agency TEXT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('exchange', 'mail', 'paper', 'portal')),
  -- What the package asks for; what is not new is about an earlier document.
  operation TEXT NOT NULL CHECK (operation IN ('new', 'recall', 'update', 'replace')),
  -- Id of that earlier document, where it stands here.
  about TEXT,
  -- Ids of the exchange, where it came that way.
  package TEXT,
  delivery TEXT,
  -- The issuer's document code.
  document_id TEXT,
  issuer_code TEXT,
  issuer TEXT NOT NULL,
  issuer_level TEXT NOT NULL CHECK (issuer_level IN ('central', 'province', 'commune', 'other')),
  number TEXT NOT NULL,
  notation TEXT NOT NULL,
  -- Number, notation and issuer in one comparable text (rules::duplicate).
  triple TEXT NOT NULL,
  issued_on TEXT,
  kind TEXT,
  kind_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  urgency TEXT NOT NULL,
  -- 4 minus the urgency's digit: what is more urgent sorts first.
  rank BIGINT NOT NULL,
  secrecy TEXT NOT NULL,
  field TEXT,
  signer_name TEXT NOT NULL,
  signer_position TEXT NOT NULL,
  signer_competence TEXT NOT NULL,
  -- The date by which the issuer wants an answer.
  due_on TEXT,
  pages BIGINT,
  paper BOOLEAN NOT NULL,
  note TEXT NOT NULL,
  -- valid, caution, failed, none: what the checks on arrival came to.
  verdict TEXT NOT NULL,
  arrived_at BIGINT NOT NULL,
  register TEXT,
  year BIGINT,
  arrival_number BIGINT,
  arrived_on TEXT,
  registered_at BIGINT,
  registered_by TEXT,
  registered_by_name TEXT,
  submitted_at BIGINT,
  -- The position before which it was put.
  submitted_to TEXT,
  submitted_to_name TEXT,
  proposal TEXT,
  -- The directive that was proposed, so that the leader can agree in one step.
  proposed JSONB,
  directed_at BIGINT,
  -- Our deadline (thời hạn giải quyết).
  deadline TEXT,
  lead_unit TEXT,
  lead_name TEXT,
  started_at BIGINT,
  done_at BIGINT,
  result TEXT,
  -- Id, number and notation of the outgoing document that answers it (book VIII, column 6).
  answer TEXT,
  answer_code TEXT,
  returned_at BIGINT,
  return_reason TEXT,
  recalled_at BIGINT,
  recall_reason TEXT,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX office_incoming_list ON office_incoming (agency, state, rank, arrived_at, id);
CREATE INDEX office_incoming_recent ON office_incoming (agency, arrived_at, id);
CREATE UNIQUE INDEX office_incoming_package ON office_incoming (agency, package) WHERE package IS NOT NULL;
CREATE UNIQUE INDEX office_incoming_number ON office_incoming (register, year, arrival_number) WHERE arrival_number IS NOT NULL;
CREATE INDEX office_incoming_triple ON office_incoming (agency, triple);
CREATE INDEX office_incoming_document ON office_incoming (agency, document_id) WHERE document_id IS NOT NULL;
CREATE INDEX office_incoming_submitted ON office_incoming (submitted_to, state) WHERE submitted_to IS NOT NULL;
CREATE INDEX office_incoming_deadline ON office_incoming (agency, deadline) WHERE deadline IS NOT NULL;

CREATE TABLE office_incoming_file (
  incoming TEXT NOT NULL REFERENCES office_incoming (id),
  ordinal BIGINT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  description TEXT,
  PRIMARY KEY (incoming, ordinal)
);

-- What the checks on arrival found; one row a check round, the latest counts.
CREATE TABLE office_verification (
  incoming TEXT NOT NULL REFERENCES office_incoming (id),
  checked_at BIGINT NOT NULL,
  verdict TEXT NOT NULL,
  report JSONB NOT NULL,
  PRIMARY KEY (incoming, checked_at)
);

CREATE TABLE office_directive (
  id TEXT PRIMARY KEY,
  incoming TEXT NOT NULL REFERENCES office_incoming (id),
  person TEXT NOT NULL,
  person_name TEXT NOT NULL,
  person_title TEXT NOT NULL,
  words TEXT NOT NULL,
  deadline TEXT,
  at BIGINT NOT NULL,
  -- A later directive replaces an earlier one; the earlier stays in sight.
  replaced_at BIGINT
);
CREATE INDEX office_directive_of ON office_directive (incoming, at);

CREATE TABLE office_assignment (
  id TEXT PRIMARY KEY,
  incoming TEXT NOT NULL REFERENCES office_incoming (id),
  directive TEXT NOT NULL REFERENCES office_directive (id),
  -- The unit's assignment out of which a head handed work to a person.
  parent TEXT,
  part TEXT NOT NULL CHECK (part IN ('lead', 'support', 'inform')),
  unit TEXT,
  unit_name TEXT,
  person TEXT,
  person_name TEXT,
  deadline TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'in_process', 'done', 'withdrawn')),
  assigned_by TEXT NOT NULL,
  at BIGINT NOT NULL,
  done_at BIGINT
);
CREATE INDEX office_assignment_of ON office_assignment (incoming, at);
CREATE INDEX office_assignment_person ON office_assignment (person, state, deadline);
CREATE INDEX office_assignment_unit ON office_assignment (unit, state, deadline);

-- Opinions, progress and results, in the order in which they were given.
CREATE TABLE office_progress (
  id TEXT PRIMARY KEY,
  incoming TEXT NOT NULL REFERENCES office_incoming (id),
  assignment TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('opinion', 'progress', 'result')),
  person TEXT NOT NULL,
  person_name TEXT NOT NULL,
  words TEXT NOT NULL,
  percent BIGINT,
  at BIGINT NOT NULL
);
CREATE INDEX office_progress_of ON office_progress (incoming, at);
