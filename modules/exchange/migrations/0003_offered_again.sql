-- After a restore of another server, what it had taken since its backup is offered to it once more.
ALTER TABLE exchange_peer ADD COLUMN offered_epoch BIGINT NOT NULL DEFAULT 0;
CREATE INDEX exchange_delivery_sent ON exchange_delivery (route, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX exchange_status_recorded ON exchange_status (recorded_at, id);
