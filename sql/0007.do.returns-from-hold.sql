-- Why: a caller on hold returns to an agent by a decision of its own, which is read together with the one that led to the
-- treatment.

ALTER TABLE decisions ADD COLUMN returns_from uuid;
CREATE INDEX decisions_returns_from ON decisions (returns_from) WHERE returns_from IS NOT NULL;
