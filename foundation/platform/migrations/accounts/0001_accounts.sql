-- Accounts, sessions, one-time links, throttling, outside systems. No secret stands here in the clear.

CREATE TABLE accounts_accounts (
  id TEXT PRIMARY KEY,
  -- The user name as typed, and folded for comparison.
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL REFERENCES directory_persons (id),
  agency TEXT NOT NULL REFERENCES directory_agencies (code),
  disabled BOOLEAN NOT NULL,
  -- PHC string (Argon2id); NULL until the one-time link was used.
  password TEXT,
  password_changed_at BIGINT,
  -- Wrapped by the master key; confirmed only when a first code was right.
  totp_secret BYTEA,
  totp_confirmed BOOLEAN NOT NULL,
  -- The last time step used, so that a code is good once (RFC 6238, section 5.2).
  totp_step BIGINT NOT NULL,
  language TEXT NOT NULL,
  theme TEXT NOT NULL,
  shortcuts BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX accounts_accounts_agency ON accounts_accounts (agency, username_key);
CREATE INDEX accounts_accounts_person ON accounts_accounts (person);

CREATE TABLE accounts_recovery_codes (
  account TEXT NOT NULL REFERENCES accounts_accounts (id),
  code_hash BYTEA NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (account, code_hash)
);

CREATE TABLE accounts_sessions (
  id TEXT PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  account TEXT NOT NULL REFERENCES accounts_accounts (id),
  device TEXT NOT NULL,
  address TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  idle_expires_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  position TEXT NOT NULL REFERENCES directory_positions (id),
  delegation TEXT REFERENCES directory_delegations (id),
  ended_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX accounts_sessions_account ON accounts_sessions (account, ended_at);

-- A link that lets its holder set a password once: a new account, a lost password, the first administrator.
CREATE TABLE accounts_links (
  token_hash BYTEA PRIMARY KEY,
  purpose TEXT NOT NULL,
  account TEXT REFERENCES accounts_accounts (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX accounts_links_account ON accounts_links (account);

-- Failures by (account, network) and by network; never by account alone, so that nobody can lock another out.
CREATE TABLE accounts_throttle (
  place TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_failure_at BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL
);
CREATE INDEX accounts_throttle_age ON accounts_throttle (last_failure_at);

-- Devices on which the account signed in before; others' failures do not hold these up.
CREATE TABLE accounts_devices (
  token_hash BYTEA PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts_accounts (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX accounts_devices_account ON accounts_devices (account);

CREATE TABLE accounts_systems (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  agencies JSONB NOT NULL,
  agency TEXT NOT NULL REFERENCES directory_agencies (code),
  token_hash BYTEA NOT NULL UNIQUE,
  token_hint TEXT NOT NULL,
  registered_at BIGINT NOT NULL,
  revoked_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX accounts_systems_agency ON accounts_systems (agency, id);
