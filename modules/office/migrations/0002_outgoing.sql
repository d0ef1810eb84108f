-- Outgoing documents (văn bản đi): the record, its recipients, files, revisions, approvals, signatures, signing requests.

CREATE TABLE office_outgoing (
  id TEXT PRIMARY KEY,
  agency TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  field TEXT,
  subject TEXT NOT NULL,
  secrecy TEXT NOT NULL,
  urgency TEXT NOT NULL,
  -- 4 minus the urgency's digit: what is more urgent sorts first.
  rank BIGINT NOT NULL,
  due_on TEXT,
  unit TEXT,
  unit_name TEXT NOT NULL,
  unit_abbreviation TEXT,
  drafter TEXT NOT NULL,
  drafter_name TEXT NOT NULL,
  signer_position TEXT,
  signer TEXT,
  signer_name TEXT NOT NULL,
  signer_title TEXT NOT NULL,
  authority TEXT NOT NULL,
  places JSONB NOT NULL,
  note TEXT NOT NULL,
  pages BIGINT,
  copies BIGINT,
  -- The number of the latest revision, from 1.
  revision BIGINT NOT NULL,
  sent_back_reason TEXT,
  register TEXT,
  year BIGINT,
  number BIGINT,
  notation TEXT,
  code TEXT,
  dated TEXT,
  place TEXT,
  void_reason TEXT,
  -- The document code by which the exchange knows it.
  document_id TEXT,
  package TEXT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  signed_at BIGINT,
  numbered_at BIGINT,
  sealed_at BIGINT,
  issued_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX office_outgoing_list ON office_outgoing (agency, state, rank, changed_at, id);
CREATE INDEX office_outgoing_recent ON office_outgoing (agency, changed_at, id);
CREATE UNIQUE INDEX office_outgoing_number ON office_outgoing (register, year, number) WHERE number IS NOT NULL;
CREATE INDEX office_outgoing_drafter ON office_outgoing (drafter, state);
CREATE INDEX office_outgoing_package ON office_outgoing (package) WHERE package IS NOT NULL;

CREATE TABLE office_recipient (
  outgoing TEXT NOT NULL REFERENCES office_outgoing (id),
  ordinal BIGINT NOT NULL,
  -- NULL: a place without a code (paper).
  agency TEXT,
  name TEXT NOT NULL,
  medium TEXT NOT NULL CHECK (medium IN ('electronic', 'paper')),
  PRIMARY KEY (outgoing, ordinal)
);
CREATE INDEX office_recipient_agency ON office_recipient (agency);

CREATE TABLE office_file (
  id TEXT PRIMARY KEY,
  outgoing TEXT NOT NULL REFERENCES office_outgoing (id),
  ordinal BIGINT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  main BOOLEAN NOT NULL,
  added_by TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  -- Kept after removal: every draft stays (Phụ lục VI, phần I, III.5a).
  removed_at BIGINT
);
CREATE INDEX office_file_of ON office_file (outgoing, ordinal);

-- The chain of revisions: each holds the manifest that is signed and the digest of the one before.
CREATE TABLE office_revision (
  outgoing TEXT NOT NULL REFERENCES office_outgoing (id),
  number BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('content', 'seal')),
  -- What is signed.
  manifest JSONB NOT NULL,
  -- The draft as it stood: recipients, marks, dates (Phụ lục VI, phần I, III.5a: every draft is kept).
  snapshot JSONB NOT NULL,
  digest TEXT NOT NULL,
  previous TEXT,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (outgoing, number)
);

CREATE TABLE office_approval (
  id TEXT PRIMARY KEY,
  outgoing TEXT NOT NULL REFERENCES office_outgoing (id),
  revision BIGINT NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('opinion', 'content', 'format', 'sent_back')),
  person TEXT NOT NULL,
  person_name TEXT NOT NULL,
  person_title TEXT NOT NULL,
  remark TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX office_approval_of ON office_approval (outgoing, at);

CREATE TABLE office_signature (
  outgoing TEXT NOT NULL REFERENCES office_outgoing (id),
  revision BIGINT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('person', 'agency')),
  signer TEXT NOT NULL,
  signer_name TEXT NOT NULL,
  signer_title TEXT NOT NULL,
  authority TEXT NOT NULL,
  jws TEXT NOT NULL,
  kid TEXT NOT NULL,
  certificate JSONB NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (outgoing, revision, role)
);

CREATE TABLE office_signing_request (
  id TEXT PRIMARY KEY,
  outgoing TEXT NOT NULL REFERENCES office_outgoing (id),
  agency TEXT NOT NULL,
  revision BIGINT NOT NULL,
  signer TEXT NOT NULL,
  signer_position TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'signed', 'cancelled', 'expired')),
  requested_by TEXT NOT NULL,
  requested_by_name TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  reason TEXT
);
CREATE INDEX office_signing_request_of ON office_signing_request (outgoing, requested_at);
CREATE INDEX office_signing_request_signer ON office_signing_request (signer, state, requested_at);
