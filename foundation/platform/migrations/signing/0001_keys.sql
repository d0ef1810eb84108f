-- Keys of this server, wrapped by the master key; one current key a purpose and owner.
CREATE TABLE signing_key (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('authority', 'server', 'checkpoint', 'seal', 'personal')),
  owner TEXT NOT NULL,
  kid TEXT NOT NULL UNIQUE,
  public_key BYTEA NOT NULL,
  certificate BYTEA,
  wrapped BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  retired_at BIGINT
);
CREATE UNIQUE INDEX signing_key_current ON signing_key (purpose, owner) WHERE retired_at IS NULL;

-- Keys of other servers, pinned when they were introduced.
CREATE TABLE signing_peer_key (
  peer TEXT NOT NULL,
  kid TEXT NOT NULL,
  usage TEXT NOT NULL CHECK (usage IN ('authority', 'server', 'checkpoint')),
  public_key TEXT NOT NULL,
  certificate TEXT,
  pinned_at BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (peer, kid)
);

-- Numbers used once by signed requests, kept for the length of the time window.
CREATE TABLE signing_nonce (
  kid TEXT NOT NULL,
  nonce TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (kid, nonce)
);
CREATE INDEX signing_nonce_expiry ON signing_nonce (expires_at);
