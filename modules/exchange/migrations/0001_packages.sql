-- Packages of the document axis: what was taken, for whom, with which files, and what its recipients reported.

CREATE TABLE exchange_package (
    id              TEXT    NOT NULL PRIMARY KEY,
    -- what makes two packages the same (rules/identity.rs)
    identity        TEXT    NOT NULL UNIQUE,
    manifest_digest TEXT    NOT NULL,
    operation       TEXT    NOT NULL CHECK (operation IN ('new', 'recall', 'update', 'replace')),
    origin          TEXT    NOT NULL CHECK (origin IN ('local', 'system', 'peer')),
    origin_ref      TEXT,
    from_code       TEXT    NOT NULL,
    document_id     TEXT    NOT NULL,
    -- number/notation and date: the second way to find a document (ResponseFor)
    code            TEXT    NOT NULL,
    issued_on       TEXT,
    header          JSONB   NOT NULL,
    message         JSONB   NOT NULL,
    signatures      JSONB   NOT NULL,
    verification    JSONB   NOT NULL,
    signed          BOOLEAN NOT NULL,
    sender_closed   BOOLEAN NOT NULL,
    sha256          TEXT,
    size            BIGINT  NOT NULL,
    accepted_at     BIGINT  NOT NULL,
    version         BIGINT  NOT NULL
);
CREATE INDEX exchange_package_document ON exchange_package (from_code, document_id);
CREATE INDEX exchange_package_code ON exchange_package (from_code, code, issued_on);

CREATE TABLE exchange_attachment (
    package_id    TEXT   NOT NULL REFERENCES exchange_package (id),
    position      BIGINT NOT NULL,
    content_id    TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    media_type    TEXT   NOT NULL,
    detected_type TEXT   NOT NULL,
    sha256        TEXT   NOT NULL,
    size          BIGINT NOT NULL,
    description   TEXT,
    PRIMARY KEY (package_id, position)
);

CREATE TABLE exchange_delivery (
    id              TEXT   NOT NULL PRIMARY KEY,
    package_id      TEXT   NOT NULL REFERENCES exchange_package (id),
    position        BIGINT NOT NULL,
    to_code         TEXT   NOT NULL,
    to_name         TEXT   NOT NULL,
    -- 'here', a peer's id, or nothing when no way is known
    route           TEXT,
    transport       TEXT   NOT NULL CHECK (transport IN ('pending', 'sent', 'arrived', 'failed', 'parked', 'returned')),
    attempts        BIGINT NOT NULL,
    problem_vi      TEXT,
    problem_en      TEXT,
    status          TEXT,
    status_at       BIGINT,
    note            TEXT,
    take_back       TEXT,
    take_back_at    BIGINT,
    take_back_note  TEXT,
    -- a recall, update or replacement that waits for 15 or 16
    operation_by    TEXT,
    peer_receipt    JSONB,
    sent_at         BIGINT,
    arrived_at      BIGINT,
    changed_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    UNIQUE (package_id, to_code)
);
CREATE INDEX exchange_delivery_recipient ON exchange_delivery (to_code, arrived_at);
CREATE INDEX exchange_delivery_parked ON exchange_delivery (changed_at, id) WHERE transport IN ('parked', 'failed');

-- Statuses as reported, each once, in whatever order they came; without a package they wait as unmatched feedback.
CREATE TABLE exchange_status (
    id             TEXT   NOT NULL PRIMARY KEY,
    identity       TEXT   NOT NULL UNIQUE,
    package_id     TEXT   REFERENCES exchange_package (id),
    agency         TEXT   NOT NULL,
    code           TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    description    TEXT   NOT NULL,
    staff          JSONB,
    about          JSONB  NOT NULL,
    about_agency   TEXT   NOT NULL,
    origin         TEXT   NOT NULL CHECK (origin IN ('local', 'system', 'peer')),
    origin_ref     TEXT,
    recorded_at    BIGINT NOT NULL,
    -- unmatched feedback only: what a person decided
    resolved_at    BIGINT,
    resolution     TEXT,
    version        BIGINT NOT NULL
);
CREATE INDEX exchange_status_package ON exchange_status (package_id, at);
CREATE INDEX exchange_status_unmatched ON exchange_status (recorded_at, id) WHERE package_id IS NULL AND resolved_at IS NULL;

-- Signed receipts: of acceptance, of refusal, of quarantine.
CREATE TABLE exchange_receipt (
    id         TEXT   NOT NULL PRIMARY KEY,
    outcome    TEXT   NOT NULL CHECK (outcome IN ('accepted', 'refused', 'quarantined')),
    package_id TEXT   REFERENCES exchange_package (id),
    status_id  TEXT   REFERENCES exchange_status (id),
    -- refusals: the same bytes refused for the same reason get the same receipt
    refusal    TEXT   UNIQUE,
    caller     TEXT   NOT NULL,
    body       JSONB  NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX exchange_receipt_package ON exchange_receipt (package_id);
CREATE INDEX exchange_receipt_status ON exchange_receipt (status_id);
CREATE INDEX exchange_receipt_outcome ON exchange_receipt (outcome, created_at);
