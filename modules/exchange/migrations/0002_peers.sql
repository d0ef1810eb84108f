-- Other servers: who they are, which agencies they may speak for, and the invitations that introduce them.

CREATE TABLE exchange_peer (
    id            TEXT   NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL,
    -- the address that the operator confirmed; nothing is ever sent elsewhere
    url           TEXT   NOT NULL,
    -- JWK thumbprint of the key that signs its requests and receipts
    kid           TEXT   NOT NULL,
    -- verifier key of its checkpoints (C2SP signed note)
    note_key      TEXT   NOT NULL,
    introduced_at BIGINT NOT NULL,
    dismissed_at  BIGINT,
    -- the latest checkpoint seen in its receipts: kept so that its history cannot be re-signed in silence
    checkpoint    TEXT,
    checkpoint_at BIGINT,
    version       BIGINT NOT NULL
);
CREATE UNIQUE INDEX exchange_peer_kid ON exchange_peer (kid) WHERE dismissed_at IS NULL;

CREATE TABLE exchange_peer_agency (
    peer_id TEXT NOT NULL REFERENCES exchange_peer (id),
    -- an agency is served by one server: unique as long as the peer stands
    code    TEXT NOT NULL PRIMARY KEY
);
CREATE INDEX exchange_peer_agency_peer ON exchange_peer_agency (peer_id);

CREATE TABLE exchange_peer_invitation (
    -- SHA-256 of the one-time secret, hexadecimal; the secret itself is only in the invitation
    secret_hash TEXT   NOT NULL PRIMARY KEY,
    -- the codes for which the invited server may speak
    codes       JSONB  NOT NULL,
    -- the address that the invited server must have, where the operator fixed it
    url         TEXT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    peer_id     TEXT   REFERENCES exchange_peer (id)
);
