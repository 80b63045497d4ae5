-- Why: everything that must survive a restart: what is provisioned, who is registered, and what was decided for calls.

CREATE TABLE contact_centers (
  domain      text PRIMARY KEY,
  mode        text NOT NULL CHECK (mode IN ('proxy', 'b2bua')),
  expiry_min_seconds     integer NOT NULL,
  expiry_default_seconds integer NOT NULL,
  expiry_max_seconds     integer NOT NULL,
  failover_on_contact_center text NOT NULL,
  failover_on_agent          text NOT NULL,
  failover_on_treatment      text NOT NULL,
  headers     boolean NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE locations (
  domain      text NOT NULL REFERENCES contact_centers ON DELETE CASCADE,
  uri         text NOT NULL,
  priority    integer NOT NULL,
  fr_timer_ms integer NOT NULL,
  PRIMARY KEY (domain, uri)
);

CREATE TABLE treatments (
  domain      text NOT NULL REFERENCES contact_centers ON DELETE CASCADE,
  name        text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('ivr', 'music_on_hold', 'announcement')),
  uri         text NOT NULL,
  fr_timer_ms integer NOT NULL,
  PRIMARY KEY (domain, name)
);

CREATE TABLE skillsets (
  domain       text NOT NULL REFERENCES contact_centers ON DELETE CASCADE,
  name         text NOT NULL,
  treatment    text,
  ring_seconds integer NOT NULL,
  PRIMARY KEY (domain, name),
  FOREIGN KEY (domain, treatment) REFERENCES treatments (domain, name) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE agents (
  domain text NOT NULL REFERENCES contact_centers ON DELETE CASCADE,
  name   text NOT NULL,
  PRIMARY KEY (domain, name)
);

CREATE TABLE skills (
  domain   text NOT NULL,
  agent    text NOT NULL,
  skillset text NOT NULL,
  level    integer NOT NULL CHECK (level >= 1),
  PRIMARY KEY (domain, agent, skillset),
  FOREIGN KEY (domain, agent) REFERENCES agents (domain, name) ON DELETE CASCADE,
  FOREIGN KEY (domain, skillset) REFERENCES skillsets (domain, name) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

-- One live binding of an agent's phone, keyed as a refresh finds it (RFC 5626 instance and reg-id, else the contact).
CREATE TABLE endpoints (
  domain        text NOT NULL,
  agent         text NOT NULL,
  key           text NOT NULL,
  contact       text NOT NULL,
  instance      text,
  reg_id        integer,
  path          text,
  received      text,
  user_agent    text,
  node          text,
  call_id       text NOT NULL,
  cseq          bigint NOT NULL,
  expires       integer NOT NULL,
  expires_at    timestamptz NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (domain, agent, key),
  FOREIGN KEY (domain, agent) REFERENCES agents (domain, name) ON DELETE CASCADE
);
CREATE INDEX endpoints_expires_at ON endpoints (expires_at);

CREATE TABLE nodes (
  node                text PRIMARY KEY,
  role                text NOT NULL CHECK (role IN ('edge', 'registrar')),
  rpc_url             text,
  max_branches        integer NOT NULL,
  max_inv_lifetime_ms integer NOT NULL
);

CREATE TABLE decisions (
  id        uuid PRIMARY KEY,
  at        timestamptz NOT NULL,
  domain    text NOT NULL,
  address   text NOT NULL,
  bypass    boolean NOT NULL,
  node      text,
  call_id   text NOT NULL,
  caller    text,
  source_ip text,
  targets   jsonb NOT NULL
);
CREATE INDEX decisions_address_at ON decisions (address, at DESC);
CREATE INDEX decisions_at ON decisions (at DESC);

-- What became of each target; an outcome may arrive twice, or before its decision is written.
CREATE TABLE outcomes (
  decision   uuid NOT NULL,
  target     integer NOT NULL,
  event      text NOT NULL CHECK (event IN ('ringing', 'answered', 'failed', 'canceled', 'ended')),
  status     integer,
  elapsed_ms integer,
  node       text,
  at         timestamptz NOT NULL,
  PRIMARY KEY (decision, target, event)
);
CREATE INDEX outcomes_at ON outcomes (at);
