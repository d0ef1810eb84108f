-- Roots that the server's operators trust for signatures from outside; a withdrawn one stays for what was judged by it.
CREATE TABLE signing_anchor (
  id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  certificate BYTEA NOT NULL,
  valid_from BIGINT,
  valid_until BIGINT,
  agencies JSONB NOT NULL,
  added_at BIGINT NOT NULL,
  removed_at BIGINT,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX signing_anchor_current ON signing_anchor (fingerprint) WHERE removed_at IS NULL;
