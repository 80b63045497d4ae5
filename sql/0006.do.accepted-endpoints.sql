-- Why: while a contact center that registers its agents is down, the phones that it had accepted are told from all others, also
-- when their binding has ended. One row a device, as endpoints are keyed.

CREATE TABLE accepted_endpoints (
  domain      text NOT NULL,
  agent       text NOT NULL,
  key         text NOT NULL,
  -- Where its REGISTER came from, when the script said so.
  source_ip   text,
  accepted_at timestamptz NOT NULL,
  -- When what the contact center granted ends.
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (domain, agent, key),
  FOREIGN KEY (domain, agent) REFERENCES agents (domain, name) ON DELETE CASCADE
);

-- Registered since then without the contact center's word.
ALTER TABLE endpoints ADD COLUMN on_behalf boolean NOT NULL DEFAULT false;
