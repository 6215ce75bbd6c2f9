-- The ledger, version 1. Amounts are picodollars, times Unix milliseconds.

-- One row per request that may have been billed.
CREATE TABLE request (
  id               INTEGER PRIMARY KEY,
  -- The clock's reading, for reports; never changed.
  time             INTEGER NOT NULL CHECK (time >= 0),
  -- The moment at which budgets count the row: `time`, unless that turned out to be wrong.
  booked           INTEGER NOT NULL CHECK (booked >= 0),
  -- The next later time that was in the ledger already. Once the clock has passed it, `time` was
  -- wrong.
  behind           INTEGER,
  deadline         INTEGER NOT NULL,
  -- Who waits for the answer, as `process.rs` writes it.
  process          TEXT,
  -- The row of the attempt before this one, of the same request.
  retry_of         INTEGER REFERENCES request (id),
  command          TEXT NOT NULL,
  tag              TEXT NOT NULL,               -- '' for none
  model            TEXT NOT NULL,
  host             TEXT NOT NULL,
  estimated_prompt INTEGER NOT NULL CHECK (estimated_prompt >= 0),
  estimated_reply  INTEGER NOT NULL CHECK (estimated_reply >= 0),
  estimate_exact   INTEGER NOT NULL CHECK (estimate_exact IN (0, 1)),
  price            TEXT NOT NULL,
  price_source     TEXT NOT NULL,
  worst_case       INTEGER NOT NULL CHECK (worst_case >= 0),
  state            TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'unsettled')),
  by_hand          INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
  cost             INTEGER CHECK (cost >= 0),
  -- What was billed; NULL when there was no reply. `usage_source` is 'server' or 'count' (our own).
  usage_source     TEXT CHECK (usage_source IN ('server', 'count')),
  prompt           INTEGER CHECK (prompt >= 0),
  cached           INTEGER CHECK (cached >= 0),
  cache_written    INTEGER CHECK (cache_written >= 0),
  reply            INTEGER CHECK (reply >= 0),
  reasoning        INTEGER CHECK (reasoning >= 0),
  model_answered   TEXT,
  finish_reason    TEXT,
  request_id       TEXT,
  attempts         INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  duration_ms      INTEGER NOT NULL DEFAULT 0 CHECK (duration_ms >= 0),
  -- What the row counts in a budget.
  spent            INTEGER AS (CASE state WHEN 'settled' THEN cost ELSE 0 END) VIRTUAL,
  reserved         INTEGER AS (CASE state WHEN 'settled' THEN 0 ELSE worst_case END) VIRTUAL,
  CHECK ((state = 'settled') = (cost IS NOT NULL))
) STRICT;

CREATE INDEX request_time ON request (time);
CREATE INDEX request_behind ON request (behind) WHERE behind IS NOT NULL;

-- The sums of `request` as they come, so that a budget is checked without looking at a million
-- rows. For every tag, and for all rows together under the tag '': one row per quarter of an hour
-- that has any, and one, numbered -1, for all time. Local midnight is a multiple of a quarter of an
-- hour away from midnight UTC everywhere, so a budget's window always begins between two of these
-- rows. An amount is kept as amount / 10^9 and amount % 10^9, each summed for itself: neither sum
-- can overflow before there are a thousand million rows.
CREATE TABLE sums (
  tag              TEXT NOT NULL,
  quarter          INTEGER NOT NULL,
  spent_high       INTEGER NOT NULL,
  spent_low        INTEGER NOT NULL,
  reserved_high    INTEGER NOT NULL,
  reserved_low     INTEGER NOT NULL,
  PRIMARY KEY (tag, quarter)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER request_inserted AFTER INSERT ON request BEGIN
  INSERT INTO sums
  SELECT tag, quarter, NEW.spent / 1000000000, NEW.spent % 1000000000,
    NEW.reserved / 1000000000, NEW.reserved % 1000000000
  FROM (SELECT '' AS tag UNION SELECT NEW.tag),
    (SELECT -1 AS quarter UNION SELECT NEW.booked / 900000)
  WHERE true
  ON CONFLICT DO UPDATE SET
    spent_high = spent_high + excluded.spent_high,
    spent_low = spent_low + excluded.spent_low,
    reserved_high = reserved_high + excluded.reserved_high,
    reserved_low = reserved_low + excluded.reserved_low;
END;

-- There is no trigger for DELETE: what was spent stays spent.
CREATE TRIGGER request_updated AFTER UPDATE OF tag, booked, state, cost, worst_case ON request BEGIN
  UPDATE sums SET
    spent_high = spent_high - OLD.spent / 1000000000,
    spent_low = spent_low - OLD.spent % 1000000000,
    reserved_high = reserved_high - OLD.reserved / 1000000000,
    reserved_low = reserved_low - OLD.reserved % 1000000000
  WHERE tag IN ('', OLD.tag) AND quarter IN (-1, OLD.booked / 900000);
  INSERT INTO sums
  SELECT tag, quarter, NEW.spent / 1000000000, NEW.spent % 1000000000,
    NEW.reserved / 1000000000, NEW.reserved % 1000000000
  FROM (SELECT '' AS tag UNION SELECT NEW.tag),
    (SELECT -1 AS quarter UNION SELECT NEW.booked / 900000)
  WHERE true
  ON CONFLICT DO UPDATE SET
    spent_high = spent_high + excluded.spent_high,
    spent_low = spent_low + excluded.spent_low,
    reserved_high = reserved_high + excluded.reserved_high,
    reserved_low = reserved_low + excluded.reserved_low;
END;
