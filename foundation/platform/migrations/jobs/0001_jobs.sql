-- Background work: leased, retried with back-off, parked in sight.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  job_key TEXT,
  subject TEXT,
  payload JSONB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'parked', 'done', 'returned')),
  attempts BIGINT NOT NULL,
  run_at BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  worker TEXT,
  last_error TEXT,
  progress_done BIGINT,
  progress_total BIGINT,
  created_at BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE UNIQUE INDEX job_open_key ON job (kind, job_key) WHERE job_key IS NOT NULL AND state = 'open';
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'open';
CREATE INDEX job_parked ON job (id) WHERE state = 'parked';
CREATE INDEX job_closed ON job (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX job_subject ON job (subject, id) WHERE subject IS NOT NULL;

-- The last time of each schedule that was acted upon.
CREATE TABLE job_schedule (
  name TEXT PRIMARY KEY,
  last_due BIGINT NOT NULL
);
