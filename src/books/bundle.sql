-- The ledger, version 4: requests that are booked together share a row until they end.

-- How many requests the row is of.
ALTER TABLE request ADD COLUMN requests INTEGER NOT NULL DEFAULT 1 CHECK (requests > 0);
