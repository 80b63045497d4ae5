-- Why: how a contact center is treated while it fails, who is called first, and where agents can be reached besides.
-- What a contact center that is older than a setting doesn't say takes the setting's default when it is read.

ALTER TABLE contact_centers ADD COLUMN policy jsonb NOT NULL DEFAULT '{}';

ALTER TABLE treatments ADD COLUMN hold_seconds integer;

ALTER TABLE skillsets
  ADD COLUMN call_order text NOT NULL DEFAULT 'longest_idle',
  ADD COLUMN group_size integer NOT NULL DEFAULT 3;

ALTER TABLE agents
  ADD COLUMN weight   integer NOT NULL DEFAULT 10,
  ADD COLUMN contacts jsonb NOT NULL DEFAULT '[]';

-- Who changed what, when, from what to what; kept for longer than calls are.
CREATE TABLE changes (
  id      uuid PRIMARY KEY,
  at      timestamptz NOT NULL,
  domain  text,
  kind    text NOT NULL,
  subject text NOT NULL,
  by      text,
  reason  text,
  before  jsonb,
  after   jsonb
);
CREATE INDEX changes_at ON changes (at DESC, id DESC);
CREATE INDEX changes_domain_at ON changes (domain, at DESC);
-- What time in bypass is counted from.
CREATE INDEX changes_bypass ON changes (domain, subject, at DESC) WHERE kind = 'bypass';
