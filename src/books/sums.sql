-- The ledger, version 2: the same sums, kept up at a fraction of the cost. Each statement names a
-- row of `sums`: for a choice of several SQLite makes a table of its own, with every request.

DROP TRIGGER request_inserted;
DROP TRIGGER request_updated;

CREATE TRIGGER request_inserted AFTER INSERT ON request BEGIN
  INSERT INTO sums VALUES
    ('', -1, NEW.spent / 1000000000, NEW.spent % 1000000000,
      NEW.reserved / 1000000000, NEW.reserved % 1000000000),
    ('', NEW.booked / 900000, NEW.spent / 1000000000, NEW.spent % 1000000000,
      NEW.reserved / 1000000000, NEW.reserved % 1000000000)
  ON CONFLICT DO UPDATE SET
    spent_high = spent_high + excluded.spent_high,
    spent_low = spent_low + excluded.spent_low,
    reserved_high = reserved_high + excluded.reserved_high,
    reserved_low = reserved_low + excluded.reserved_low;
END;

CREATE TRIGGER request_inserted_tagged AFTER INSERT ON request WHEN NEW.tag <> '' BEGIN
  INSERT INTO sums VALUES
    (NEW.tag, -1, NEW.spent / 1000000000, NEW.spent % 1000000000,
      NEW.reserved / 1000000000, NEW.reserved % 1000000000),
    (NEW.tag, NEW.booked / 900000, NEW.spent / 1000000000, NEW.spent % 1000000000,
      NEW.reserved / 1000000000, NEW.reserved % 1000000000)
  ON CONFLICT DO UPDATE SET
    spent_high = spent_high + excluded.spent_high,
    spent_low = spent_low + excluded.spent_low,
    reserved_high = reserved_high + excluded.reserved_high,
    reserved_low = reserved_low + excluded.reserved_low;
END;

-- Where it is counted stays the same, and there are the rows that it was added to.
CREATE TRIGGER request_changed AFTER UPDATE OF state, cost, worst_case ON request
WHEN OLD.tag = NEW.tag AND OLD.booked = NEW.booked BEGIN
  UPDATE sums SET
    spent_high = spent_high + NEW.spent / 1000000000 - OLD.spent / 1000000000,
    spent_low = spent_low + NEW.spent % 1000000000 - OLD.spent % 1000000000,
    reserved_high = reserved_high + NEW.reserved / 1000000000 - OLD.reserved / 1000000000,
    reserved_low = reserved_low + NEW.reserved % 1000000000 - OLD.reserved % 1000000000
  WHERE tag = '' AND quarter = -1;
  UPDATE sums SET
    spent_high = spent_high + NEW.spent / 1000000000 - OLD.spent / 1000000000,
    spent_low = spent_low + NEW.spent % 1000000000 - OLD.spent % 1000000000,
    reserved_high = reserved_high + NEW.reserved / 1000000000 - OLD.reserved / 1000000000,
    reserved_low = reserved_low + NEW.reserved % 1000000000 - OLD.reserved % 1000000000
  WHERE tag = '' AND quarter = NEW.booked / 900000;
END;

CREATE TRIGGER request_changed_tagged AFTER UPDATE OF state, cost, worst_case ON request
WHEN NEW.tag <> '' AND OLD.tag = NEW.tag AND OLD.booked = NEW.booked BEGIN
  UPDATE sums SET
    spent_high = spent_high + NEW.spent / 1000000000 - OLD.spent / 1000000000,
    spent_low = spent_low + NEW.spent % 1000000000 - OLD.spent % 1000000000,
    reserved_high = reserved_high + NEW.reserved / 1000000000 - OLD.reserved / 1000000000,
    reserved_low = reserved_low + NEW.reserved % 1000000000 - OLD.reserved % 1000000000
  WHERE tag = NEW.tag AND quarter = -1;
  UPDATE sums SET
    spent_high = spent_high + NEW.spent / 1000000000 - OLD.spent / 1000000000,
    spent_low = spent_low + NEW.spent % 1000000000 - OLD.spent % 1000000000,
    reserved_high = reserved_high + NEW.reserved / 1000000000 - OLD.reserved / 1000000000,
    reserved_low = reserved_low + NEW.reserved % 1000000000 - OLD.reserved % 1000000000
  WHERE tag = NEW.tag AND quarter = NEW.booked / 900000;
END;

-- There is no trigger for DELETE: what was spent stays spent.
CREATE TRIGGER request_moved AFTER UPDATE OF tag, booked ON request
WHEN OLD.tag <> NEW.tag OR OLD.booked <> NEW.booked BEGIN
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
