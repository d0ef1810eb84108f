-- What the counts beside the lists read: every narrowing (state, source, level of the issuer, urgency) finds its rows in
-- one index, however many documents there are.
CREATE INDEX office_incoming_narrowed ON office_incoming (agency, state, source, issuer_level, rank);
-- The list of everything, the most urgent first; what is late among what is open.
CREATE INDEX office_incoming_all ON office_incoming (agency, rank, arrived_at, id);
DROP INDEX office_incoming_deadline;
CREATE INDEX office_incoming_deadline ON office_incoming (agency, state, deadline) WHERE deadline IS NOT NULL;
CREATE INDEX office_incoming_registered ON office_incoming (agency, registered_at) WHERE registered_at IS NOT NULL;
CREATE INDEX office_outgoing_signed ON office_outgoing (agency, signed_at) WHERE signed_at IS NOT NULL;
CREATE INDEX office_outgoing_issued ON office_outgoing (agency, issued_at) WHERE issued_at IS NOT NULL;
-- What an answer cites.
CREATE INDEX office_outgoing_document ON office_outgoing (agency, document_id) WHERE document_id IS NOT NULL;
CREATE INDEX office_outgoing_code ON office_outgoing (agency, code) WHERE code IS NOT NULL;
