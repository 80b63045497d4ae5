-- Why: while a contact center is in bypass its agents' endpoints are held past their expiry, and must be known as held
-- after a restart: the time for which they are held goes on.

ALTER TABLE endpoints ADD COLUMN held_since timestamptz;
