-- The directory: agencies, units, people, positions, delegations, with the dates they hold for.

CREATE TABLE directory_agencies (
  code TEXT PRIMARY KEY,
  legacy_code TEXT,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  abbreviation TEXT NOT NULL,
  parent TEXT,
  level TEXT NOT NULL,
  kind TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  successors JSONB NOT NULL,
  contact JSONB NOT NULL,
  hosted BOOLEAN NOT NULL,
  calendar JSONB,
  -- Shown first when short: the number of levels, then the dictionary order of the name.
  rank TEXT NOT NULL,
  -- The folded words of name, abbreviation and codes, each between spaces.
  folded TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX directory_agencies_parent ON directory_agencies (parent, rank, code);
CREATE INDEX directory_agencies_rank ON directory_agencies (rank, code);
CREATE INDEX directory_agencies_legacy ON directory_agencies (legacy_code);

-- Names, abbreviations and parents that held before; the present ones stand in directory_agencies.
CREATE TABLE directory_agency_periods (
  code TEXT NOT NULL REFERENCES directory_agencies (code),
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  abbreviation TEXT NOT NULL,
  parent TEXT,
  PRIMARY KEY (code, valid_from)
);

-- Words of agencies; the order of the index is the order of the answer, so that a search reads only what it shows.
CREATE TABLE directory_agency_tokens (
  token TEXT NOT NULL,
  rank TEXT NOT NULL,
  code TEXT NOT NULL REFERENCES directory_agencies (code),
  PRIMARY KEY (token, rank, code)
);
CREATE INDEX directory_agency_tokens_code ON directory_agency_tokens (code);

CREATE TABLE directory_units (
  id TEXT PRIMARY KEY,
  agency TEXT NOT NULL REFERENCES directory_agencies (code),
  parent TEXT REFERENCES directory_units (id),
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL,
  abbreviation TEXT NOT NULL,
  calendar JSONB,
  sort_key TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  version BIGINT NOT NULL
);
CREATE INDEX directory_units_agency ON directory_units (agency, sort_key, id);

CREATE TABLE directory_persons (
  id TEXT PRIMARY KEY,
  full_name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  folded TEXT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE directory_positions (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES directory_persons (id),
  agency TEXT NOT NULL REFERENCES directory_agencies (code),
  unit TEXT REFERENCES directory_units (id),
  title_vi TEXT NOT NULL,
  title_en TEXT NOT NULL,
  rank TEXT NOT NULL,
  rank_order BIGINT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  version BIGINT NOT NULL
);
CREATE INDEX directory_positions_person ON directory_positions (person);
CREATE INDEX directory_positions_agency ON directory_positions (agency, rank_order, id);

CREATE TABLE directory_position_roles (
  position TEXT NOT NULL REFERENCES directory_positions (id),
  role TEXT NOT NULL,
  agency TEXT NOT NULL,
  PRIMARY KEY (position, role)
);
CREATE INDEX directory_position_roles_role ON directory_position_roles (agency, role);

CREATE TABLE directory_delegations (
  id TEXT PRIMARY KEY,
  from_position TEXT NOT NULL REFERENCES directory_positions (id),
  to_position TEXT NOT NULL REFERENCES directory_positions (id),
  agency TEXT NOT NULL REFERENCES directory_agencies (code),
  permissions JSONB NOT NULL,
  scope_note TEXT NOT NULL,
  written_basis TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  ended_on TEXT,
  version BIGINT NOT NULL,
  CHECK (valid_from <= valid_to),
  CHECK (from_position <> to_position)
);
CREATE INDEX directory_delegations_to ON directory_delegations (to_position);
CREATE INDEX directory_delegations_from ON directory_delegations (from_position);
CREATE INDEX directory_delegations_agency ON directory_delegations (agency, valid_to);
