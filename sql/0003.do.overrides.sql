-- Why: what operators order for a time must outlive a restart of the service.

CREATE TABLE overrides (
  id         uuid PRIMARY KEY,
  domain     text NOT NULL REFERENCES contact_centers ON DELETE CASCADE,
  kind       text NOT NULL CHECK (kind IN ('bypass', 'normal', 'drain', 'drill', 'pause')),
  skillset   text,
  location   text,
  agent      text,
  caller     text,
  address    text,
  reason     text NOT NULL,
  by         text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX overrides_expires_at ON overrides (expires_at);

-- Who has ever answered a probe of which node. One that never has may be one that answers nobody's; so a silent place can be
-- told from a dead one also by a service that was started during the outage.
CREATE TABLE answered_probes (
  place text NOT NULL,
  node  text NOT NULL,
  PRIMARY KEY (place, node)
);
