-- Where the bytes of a content lie: in a pack, or (no pack) in a file of their own named by the key.
CREATE TABLE blob_object (
  sha256 TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  pack TEXT,
  pack_offset BIGINT,
  size BIGINT NOT NULL CHECK (size >= 0),
  stored_at BIGINT NOT NULL,
  condemned_at BIGINT,
  quarantine TEXT,
  CHECK ((pack IS NULL) = (pack_offset IS NULL))
);
CREATE INDEX blob_object_pack ON blob_object (pack) WHERE pack IS NOT NULL;
CREATE INDEX blob_object_condemned ON blob_object (condemned_at) WHERE condemned_at IS NOT NULL;

-- Whose copy it is: one agency's destruction does not depend on another's copy.
CREATE TABLE blob_reference (
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  agency TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES blob_object (sha256),
  attached_at BIGINT NOT NULL,
  PRIMARY KEY (owner_kind, owner_id, agency, sha256)
);
CREATE INDEX blob_reference_content ON blob_reference (sha256, agency);
