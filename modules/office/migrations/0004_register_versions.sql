-- A register is a subject of the ledger: it is opened and ended by a person, and each change counts its version.
ALTER TABLE office_register ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
