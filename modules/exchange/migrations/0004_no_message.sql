-- The message as parsed stood here beside the bytes as they came; whatever it said stands in those, or in the header, the
-- files and the signatures of a package that began here.
ALTER TABLE exchange_package DROP COLUMN message;
