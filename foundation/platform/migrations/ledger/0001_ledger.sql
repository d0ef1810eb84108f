-- The entries: what the Merkle leaf says, column by column, so that the leaf can be built again and checked.
CREATE TABLE ledger_entry (
  id               TEXT PRIMARY KEY,
  seq              BIGINT UNIQUE,              -- from 1; NULL until numbered
  kind             TEXT NOT NULL,
  schema_version   BIGINT NOT NULL,
  subject_kind     TEXT NOT NULL,
  subject_id       TEXT NOT NULL,
  subject_version  BIGINT NOT NULL CHECK (subject_version > 0),
  agency           TEXT NOT NULL,
  actor            TEXT NOT NULL,
  occurred_at      BIGINT NOT NULL,
  recorded_at      BIGINT NOT NULL,
  arrival          BIGINT NOT NULL,            -- order of numbering: grows with every entry of a process and of a subject
  codes            JSONB NOT NULL,
  record_digest    BYTEA,                      -- NULL: the record is gone
  details_digest   BYTEA NOT NULL,
  leaf_hash        BYTEA NOT NULL,
  UNIQUE (subject_kind, subject_id, subject_version)
);
CREATE INDEX ledger_entry_pending ON ledger_entry (arrival) WHERE seq IS NULL;
CREATE INDEX ledger_entry_kind ON ledger_entry (kind, seq) WHERE seq IS NOT NULL;
CREATE INDEX ledger_entry_agency ON ledger_entry (agency, seq) WHERE seq IS NOT NULL;

-- Names and texts beside the entries; a row goes when the law says so, the digest in the leaf stays.
CREATE TABLE ledger_details (
  entry_id  TEXT PRIMARY KEY REFERENCES ledger_entry (id),
  salt      BYTEA NOT NULL,
  body      JSONB NOT NULL
);

-- One row: the numbered tree as it stands. Whoever numbers swaps (epoch, size, root) in the same transaction.
CREATE TABLE ledger_head (
  id           BIGINT PRIMARY KEY CHECK (id = 1),
  epoch        BIGINT NOT NULL,
  size         BIGINT NOT NULL,
  root         BYTEA NOT NULL,
  frontier     BYTEA NOT NULL,                 -- roots of the perfect subtrees, left to right, 32 bytes each
  holder       TEXT,                           -- who numbers now
  leased_until BIGINT NOT NULL
);

-- C2SP tlog-tiles, height 8: tile `tile` of level `level` holds up to 256 hashes of 32 bytes.
CREATE TABLE ledger_tile (
  level   BIGINT NOT NULL,
  tile    BIGINT NOT NULL,
  hashes  BYTEA NOT NULL,
  PRIMARY KEY (level, tile)
);

CREATE TABLE ledger_checkpoint (
  epoch      BIGINT NOT NULL,
  size       BIGINT NOT NULL,
  root       BYTEA NOT NULL,
  signed_at  BIGINT NOT NULL,
  note       TEXT NOT NULL,
  PRIMARY KEY (epoch, size)
);

-- A restore opens an epoch: what was restored, and the newest checkpoint known of the epoch before.
CREATE TABLE ledger_epoch (
  epoch       BIGINT PRIMARY KEY,
  first_size  BIGINT NOT NULL,                 -- tree size when it was opened
  first_root  BYTEA NOT NULL,
  opened_at   BIGINT NOT NULL,
  entry_id    TEXT
);

-- How far each reaction and counter has read, by sequence.
CREATE TABLE ledger_cursor (
  name  TEXT PRIMARY KEY,
  seq   BIGINT NOT NULL
);

-- Entries a reaction could not digest; a parked subject holds back its later entries.
CREATE TABLE ledger_parked (
  reaction      TEXT NOT NULL,
  seq           BIGINT NOT NULL,
  subject_kind  TEXT NOT NULL,
  subject_id    TEXT NOT NULL,
  attempts      BIGINT NOT NULL,               -- 0: held back by an earlier one
  last_error    TEXT,
  parked_at     BIGINT NOT NULL,
  retry_at      BIGINT,                        -- NULL: waits for a person
  PRIMARY KEY (reaction, seq)
);
CREATE INDEX ledger_parked_subject ON ledger_parked (reaction, subject_kind, subject_id, seq);

-- Figures derived from entries; `dimensions` is canonical JSON.
CREATE TABLE ledger_counter (
  name        TEXT NOT NULL,
  dimensions  TEXT NOT NULL,
  count       BIGINT NOT NULL,
  sum         BIGINT NOT NULL,
  PRIMARY KEY (name, dimensions)
);
