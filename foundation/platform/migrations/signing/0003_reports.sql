-- What verifications of stored files found, by content: the first report and the latest are kept.
CREATE TABLE signing_report (
  sha256 TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  verdict TEXT NOT NULL,
  report JSONB NOT NULL,
  PRIMARY KEY (sha256, checked_at)
);
