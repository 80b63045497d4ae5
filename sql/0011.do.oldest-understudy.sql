-- Why: in a rolling upgrade an older Understudy works on the newer schema beside the newer one, since migrations only add. One that
-- breaks this raises the number: an Understudy that knows less than this schema version doesn't start on this database.
CREATE TABLE schema_compatibility (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  oldest_version integer NOT NULL
);
INSERT INTO schema_compatibility (oldest_version) VALUES (11);
